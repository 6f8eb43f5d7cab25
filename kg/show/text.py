"""An answer as plain text: complete by itself, at most 100 columns, ids at the line ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.answer.model import (
    Answer,
    Argument,
    Cause,
    Document,
    Message,
    OtherPopulation,
    Result,
    StatementNote,
    Verdict,
)
from kg.show.layout import WIDTH, block, paragraph, row, wrapped
from kg.show.prospects import UNADVISED, by_effect, would_do
from kg.show.words import (
    FOOTER,
    HEADINGS,
    NO_EXCLUSION,
    SIGNS,
    by_gap,
    central,
    given,
    inferred,
    listed,
    nested,
    origins,
    place_line,
    sides,
    standing,
    why,
)

_IDS: Final = 26
_MARGIN: Final = 9


def to_text(answer: Answer) -> str:
    """The answer for a terminal, an e-mail or a note."""
    blocks = [
        _head(answer),
        _messages("SCOPE", answer.scope),
        _conflicts(answer),
        _sources(answer),
        _messages("ALERT", answer.alerts),
        _messages("OUTCOME", answer.outcomes),
        _messages("RULE", answer.rules, strength=True),
        _verdicts(answer),
        _absent(answer),
        _for_others("STATED FOR OTHER PATIENTS (population gap)", answer.other_populations),
        _tensions(answer),
        _messages("ADVICE", answer.advice),
        _next_steps(answer),
        _for_others("ADVISED FOR OTHER PATIENTS (population gap)", answer.steps_for_others),
        _unadvised(answer),
        _unknown(answer),
        _not_covered(answer),
        _unused(answer),
        _evidence(answer),
        _background(answer),
        _footer(),
    ]
    parts = ["\n".join(lines) for lines in map(list, blocks) if lines]
    return "\n\n".join(parts) + "\n"


def _head(answer: Answer) -> Iterator[str]:
    facts = given(answer) or "nothing"
    yield from paragraph(f"{answer.question}    given: {facts}")


def _conflicts(answer: Answer) -> Iterator[str]:
    for conflict in answer.conflicts:
        text = f"{conflict.text} Given: {'; '.join(conflict.facts)}."
        yield from block("CONFLICT", wrapped(text, WIDTH - _MARGIN), indent=_MARGIN)


def _sources(answer: Answer) -> Iterator[str]:
    lines = [line for document in answer.documents for line in _source(document)]
    lines += wrapped(origins(answer.documents), WIDTH - _MARGIN)
    lines += [f"graph {answer.graph}"]
    yield from block("SOURCES", lines, indent=_MARGIN)


def _source(document: Document) -> Iterator[str]:
    head = f"{document.id}  {document.title}"
    dated = f"{document.publisher}, updated {document.updated}"
    yield from row(head, dated, document.review, hang=3, columns=(31, 31, 25))
    yield from paragraph(standing(document), indent=3, width=WIDTH - _MARGIN)


def _messages(head: str, messages: Iterable[Message], *, strength: bool = False) -> Iterator[str]:
    for message in messages:
        word = f" ({message.strength})" if strength and message.strength else ""
        ids = _ids((*message.statements, *message.corroboration), ())
        lines = _with_ids(f"{message.text}{word}", ids)
        yield from block(head, lines, indent=_MARGIN)


def _with_ids(text: str, ids: str) -> Iterator[str]:
    """A text with its ids at the end of its first line."""
    room = WIDTH - _MARGIN
    yield from row(text, "", ids, hang=0, columns=(room - _IDS - 4, 0, _IDS))


def _verdicts(answer: Answer) -> Iterator[str]:
    for verdict in Verdict if answer.judged else ():
        causes = answer.by_verdict(verdict)
        name, meaning = HEADINGS[verdict]
        title = f"{name.upper()} ({len(causes)})"
        nothing = verdict is Verdict.EXCLUDED and not causes
        yield f"{title.ljust(20)} {NO_EXCLUSION if nothing else meaning}"
        for cause, depth in nested(causes):
            yield from _cause(cause, depth)


def _cause(cause: Cause, depth: int) -> Iterator[str]:
    indent = "  " * (depth + 1)
    left = f"{SIGNS[cause.verdict]} {cause.label}"
    ids = _ids(cause.statements, cause.tensions, cause.against, cause.supports)
    lines = row(left, why(cause), ids, hang=2, columns=(34 - 2 * depth, 34, _IDS))
    yield from (f"{indent}{line}" for line in lines)
    if inferred(cause):
        yield from paragraph(inferred(cause), indent=len(indent) + 2)


def _ids(
    statements: Sequence[str],
    tensions: Sequence[str],
    against: Sequence[Argument] = (),
    supports: Sequence[Argument] = (),
) -> str:
    """Ids as they end a line: `<` weakened by, `+` supported by, `~` in tension with."""
    parts = [" ".join(statements)]
    for mark, ids in (
        ("<", listed(each for argument in against for each in argument.rule)),
        ("+", listed(each for argument in supports for each in argument.rule)),
        ("~", listed(tensions)),
    ):
        if ids:
            parts.append(f"{mark} {' '.join(ids)}")
    return " ".join(part for part in parts if part)


def _absent(answer: Answer) -> Iterator[str]:
    if answer.absent:
        names = "; ".join(term.label for term in answer.absent)
        yield from paragraph(f"NOT THERE, as the case says: {names}")


def _for_others(head: str, others: Iterable[OtherPopulation]) -> Iterator[str]:
    if others:
        yield head
    for other in others:
        for gap, ids in by_gap(other.elsewhere):
            known = f"the patient has it; {gap}" if other.present else gap
            lines = row(f"? {other.label}", known, " ".join(ids), hang=2, columns=(34, 34, _IDS))
            yield from (f"  {line}" for line in lines)


def _tensions(answer: Answer) -> Iterator[str]:
    if not answer.tensions:
        return
    yield "WHERE STATEMENTS PULL APART"
    for tension in answer.tensions:
        yield f"  {tension.statements[0]} {tension.relation} {tension.statements[1]}"
        one, other = sides(tension, answer.statements)
        yield from (f"    {line}" for line in row(one, other, "", hang=6, columns=(46, 46, 0)))


def _next_steps(answer: Answer) -> Iterator[str]:
    if not answer.ask_next:
        return
    columns = (44, 24, _IDS)
    yield from row("ASK NEXT", "a result", "advised by", columns=columns)
    for number, step in enumerate(answer.ask_next, 1):
        left = f"{number} {step.label}{' (to consider)' if step.optional else ''}"
        ids = " ".join(step.statements)
        lines = row(left, would_do(step), ids, hang=2, columns=columns)
        yield from (f"  {line}" for line in lines)
        yield from _results(step.results)


def _unadvised(answer: Answer) -> Iterator[str]:
    if not answer.unadvised:
        return
    yield f"NOT ADVISED         {UNADVISED}"
    for each in answer.unadvised:
        yield f"  {each.label}"
        yield from _results(each.results)


def _results(results: Iterable[Result]) -> Iterator[str]:
    """Each result that would do something, and what."""
    for label, effects in by_effect(results):
        yield from paragraph(f"if {label}:", indent=4)
        for text, ids in effects:
            lines = row(text, "", " ".join(ids), hang=2, columns=(64, 0, _IDS))
            yield from (f"      {line}" for line in lines)


def _unknown(answer: Answer) -> Iterator[str]:
    if not answer.unknown:
        return
    yield "NOT KNOWN HERE      what the case does not say, and statements wait for"
    for unknown in answer.unknown:
        lines = row(unknown.label, "", " ".join(unknown.statements), columns=(54, 0, 40))
        yield from (f"  {line}" for line in lines)


def _not_covered(answer: Answer) -> Iterator[str]:
    if answer.not_covered:
        yield "NOT COVERED BY THE SOURCES"
        yield from paragraph("; ".join(answer.not_covered), indent=2)


def _unused(answer: Answer) -> Iterator[str]:
    if not answer.unused:
        return
    yield "GIVEN AND NOT USED"
    for unused in answer.unused:
        yield from paragraph(f"{unused.given}: {unused.reason}", indent=2)


def _evidence(answer: Answer) -> Iterator[str]:
    notes = central(answer)
    if not notes:
        return
    yield "STATEMENTS          in our words; behind what stands above, with what the document cites"
    for note in notes.values():
        yield from _statement(note)


def _statement(note: StatementNote) -> Iterator[str]:
    qualified = f" [{note.modality}; of: {note.population}]"
    lines = wrapped(f"{note.text}{qualified}", WIDTH - 8)
    lines += wrapped(place_line(note), WIDTH - 8)
    yield from (f"  {line}" for line in block(note.id, lines, indent=6))


def _background(answer: Answer) -> Iterator[str]:
    if not answer.background:
        return
    yield "BACKGROUND          common knowledge that no document here states, used by inference"
    for identifier, text in answer.background.items():
        yield from (f"  {line}" for line in wrapped(f"{identifier}: {text}", WIDTH - 2, hang=2))


def _footer() -> Iterator[str]:
    yield "marks: + supported by, < weakened by, ~ in tension with; (word) how strongly it is said"
    yield "its kind: said of a class of causes that it belongs to, and not of the cause by name"
    yield "a statement in full: kg claim ID    its sentence in your copy: kg claim ID --texts DIR"
    yield FOOTER
