"""An answer as Markdown, for an issue, a wiki or a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.answer.model import (
    Answer,
    Argument,
    Cause,
    Message,
    OtherPopulation,
    Result,
    Verdict,
)
from kg.show.prospects import UNADVISED, by_effect, would_do
from kg.show.words import (
    FOOTER,
    HEADINGS,
    NO_EXCLUSION,
    by_background,
    by_gap,
    given,
    nested,
    origins,
    place_line,
    sides,
    standing,
    why,
)

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")


def to_markdown(answer: Answer) -> str:
    """The answer as a page: a heading for each block, a table for each verdict."""
    blocks: list[Iterable[str]] = [
        [f"# {escaped(answer.question)}"],
        [f"Given: {escaped(given(answer) or 'nothing')}."],
        _messages("Scope", answer.scope),
        _list("Conflicts", (f"{c.text} Given: {'; '.join(c.facts)}." for c in answer.conflicts)),
        _sources(answer),
        _messages("Alerts", answer.alerts),
        _messages("Outcomes", answer.outcomes),
        _messages("Rules", answer.rules),
        *(_verdict(answer, verdict) for verdict in Verdict if answer.judged),
        _list("Not there, as the case says", (term.label for term in answer.absent)),
        _for_others(
            "Stated for other patients (population gap)", "Cause", answer.other_populations
        ),
        _tensions(answer),
        _messages("What the sources say of treatment and follow-up", answer.advice),
        _next_steps(answer),
        _for_others("Advised for other patients (population gap)", "Step", answer.steps_for_others),
        _unadvised(answer),
        _list("Not known here", (f"{u.label} ({', '.join(u.statements)})" for u in answer.unknown)),
        _list("Not covered by the sources", answer.not_covered),
        _list("Given and not used", (f"{u.given}: {u.reason}" for u in answer.unused)),
        _statements(answer),
        _list("Background", (f"{key}: {text}" for key, text in answer.background.items())),
        [f"*{FOOTER}*"],
    ]
    parts = ["\n".join(lines) for lines in map(list, blocks) if lines]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """The text with everything escaped that Markdown would read as a mark, on one line."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text)).strip()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of cells that are escaped already."""
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield from lines


def _list(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {escaped(item)}" for item in items]
    return list(_section(title, lines)) if lines else []


def _sources(answer: Answer) -> Iterator[str]:
    rows = (
        [
            each.id,
            each.title,
            f"{each.publisher}, updated {each.updated}",
            each.review,
            standing(each),
        ]
        for each in answer.documents
    )
    head = ("Id", "Document", "Published", "Review", "Standing")
    yield from _section("Sources", table(head, (list(map(escaped, cells)) for cells in rows)))
    yield ""
    yield f"{escaped(origins(answer.documents))} Graph {escaped(answer.graph)}."


def _messages(title: str, messages: Iterable[Message]) -> list[str]:
    return _list(
        title,
        (
            f"{message.text}{f' ({message.strength})' if message.strength else ''} "
            f"({', '.join((*message.statements, *message.corroboration))})"
            if message.statements
            else message.text
            for message in messages
        ),
    )


def _verdict(answer: Answer, verdict: Verdict) -> Iterator[str]:
    causes = answer.by_verdict(verdict)
    name, meaning = HEADINGS[verdict]
    yield f"## {name} ({len(causes)})"
    yield ""
    said = NO_EXCLUSION if verdict is Verdict.EXCLUDED and not causes else meaning
    yield f"{said[0].upper()}{said[1:]}."
    if causes:
        yield ""
        head = ("Cause", "Why", "Listed by", "Argued by", "Background")
        yield from table(head, (_row(cause, depth) for cause, depth in nested(causes)))


def _row(cause: Cause, depth: int) -> list[str]:
    cells = [
        why(cause),
        ", ".join(cause.statements),
        _argued((*cause.supports, *cause.against)),
        ", ".join(by_background(cause)),
    ]
    return [f"{'↳ ' * depth}{escaped(cause.label)}", *(escaped(cell) for cell in cells)]


def _argued(arguments: Iterable[Argument]) -> str:
    return "; ".join(
        f"{argument.finding.label} {argument.direction}: {', '.join(argument.rule)}"
        for argument in arguments
    )


def _for_others(title: str, what: str, others: Iterable[OtherPopulation]) -> list[str]:
    rows = [
        [escaped(other.label), escaped(gap), ", ".join(ids)]
        for other in others
        for gap, ids in by_gap(other.elsewhere)
    ]
    return list(_section(title, table((what, "Of whom", "Statements"), rows))) if rows else []


def _tensions(answer: Answer) -> list[str]:
    rows = [
        [escaped(one), escaped(tension.relation), escaped(other)]
        for tension in answer.tensions
        for one, other in [sides(tension, answer.statements)]
    ]
    head = ("One says", "", "The other says")
    return list(_section("Where statements pull apart", table(head, rows))) if rows else []


def _next_steps(answer: Answer) -> list[str]:
    rows = [
        [
            str(number),
            escaped(step.label) + (" (to consider)" if step.optional else ""),
            _results(step.results) or would_do(step),
            ", ".join(step.statements),
        ]
        for number, step in enumerate(answer.ask_next, 1)
    ]
    head = ("", "Step", "What each result would do", "Advised by")
    return list(_section("Ask next", table(head, rows))) if rows else []


def _unadvised(answer: Answer) -> list[str]:
    rows = [[escaped(each.label), _results(each.results)] for each in answer.unadvised]
    title = f"Not advised: {UNADVISED}"
    return list(_section(title, table(("To find out", "Result"), rows))) if rows else []


def _results(results: Iterable[Result]) -> str:
    """What results would do, as one cell."""
    said = (
        f"if {escaped(label)}: "
        + "; ".join(f"{escaped(text)}{_cited(ids)}" for text, ids in effects)
        for label, effects in by_effect(results)
    )
    return "<br>".join(said)


def _cited(ids: Sequence[str]) -> str:
    return f" ({', '.join(ids)})" if ids else ""


def _statements(answer: Answer) -> list[str]:
    return _list(
        "Statements",
        (
            f"{note.id}: {note.text} [{note.modality}; of: {note.population}]. {place_line(note)}"
            for note in answer.statements.values()
        ),
    )
