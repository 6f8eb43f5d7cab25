"""The words for what an answer holds, and the rows that answers and proofs share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from kg.answer.model import (
    Answer,
    Argument,
    Cause,
    Document,
    Elsewhere,
    Move,
    NextStep,
    Result,
    StatementNote,
    Verdict,
)
from kg.show.blocks import Row, Rows, Section

VERDICTS: Final = {
    Verdict.CANDIDATE: (
        "+", "Candidate", "listed in the sources, and nothing given speaks against it",
    ),
    Verdict.UNDETERMINED: ("?", "Undetermined", "what would settle it stands beside it"),
    Verdict.ARGUED_AGAINST: (
        "-", "Argued against", "something given speaks against it; none is excluded",
    ),
    Verdict.EXCLUDED: (
        "x", "Excluded", "only where a source says that a fact like these excludes it",
    ),
}  # fmt: skip
"""Sign, title and meaning of each verdict: a sign beside the word, and never colour alone."""
NOT_THERE: Final = "not there"

_Thing = TypeVar("_Thing")
Effect = tuple[str, tuple[str, ...]]
"""What would happen to some causes, and the statements that bring it about."""


def headed(head: str, meaning: str, width: int = 20) -> str:
    """A head of a terminal with its meaning beside it."""
    return f"{head.ljust(width)}{meaning}"


def each_once(things: Iterable[_Thing]) -> tuple[_Thing, ...]:
    """Each thing once, in the order given."""
    return tuple(dict.fromkeys(things))


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 cause`, `2 causes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# ── The case and the sources ────────────────────────────────────────────────────────────────


def given(answer: Answer) -> str:
    """The case in one line, as it was understood."""
    return "; ".join(fact.text for fact in answer.case)


def origins(documents: Sequence[Document]) -> str:
    """How many independent voices the documents are."""
    names = each_once(document.origin for document in documents)
    noun = count(len(documents), "document")
    voices = f"{count(len(names), 'origin')} ({', '.join(names)})"
    again = (
        " Agreement between them is not a second opinion." if len(names) < len(documents) else ""
    )
    return f"{noun}, {voices}.{again}"


def standing(document: Document) -> str:
    """What the document's statements can be followed to."""
    return (
        f"reference list {document.references}; "
        f"{document.resolved} of {document.statements} statements can be followed to a work"
    )


# ── Causes ──────────────────────────────────────────────────────────────────────────────────


def why(cause: Cause) -> str:
    """Why a cause has its verdict, in few words."""
    parts = ["known to be there"] if cause.present else []
    parts += [cause.note] if cause.note else []
    parts += [need.text for need in cause.needs]
    parts += [_argued(argument, "for") for argument in cause.supports]
    parts += [_argued(argument, "against") for argument in cause.against]
    parts += [f"{' '.join(ids)} for {gap}" for gap, ids in by_gap(cause.elsewhere)]
    return "; ".join(parts)


def inference(cause: Cause) -> str:
    """That what speaks against a cause was reasoned, and from which background; else nothing."""
    if not any(argument.inferred for argument in cause.against):
        return ""
    background = ", ".join(used_background(cause.against))
    return f"by inference, with background: {background}" if background else "by inference"


def used_background(arguments: Iterable[Argument]) -> tuple[str, ...]:
    """The background statements that arguments rest on."""
    return each_once(each for argument in arguments for each in argument.background)


def used_statements(arguments: Iterable[Argument]) -> tuple[str, ...]:
    """The statements of documents that arguments rest on."""
    return each_once(each for argument in arguments for each in argument.statements)


def marked_ids(cause: Cause) -> str:
    """Its ids as they end a line: `<` weakened by, `+` supported by, `~` in tension with."""
    ids = list(cause.statements)
    for mark, others in (
        ("<", [each for argument in cause.against for each in argument.rule]),
        ("+", [each for argument in cause.supports for each in argument.rule]),
        ("~", cause.tensions),
    ):
        ids += [mark, *each_once(others)] if others else []
    return " ".join(ids)


def nested(causes: Sequence[Cause]) -> Iterator[tuple[Cause, int]]:
    """The causes with narrower ones under the wider, and how deep each stands."""
    here = {cause.iri for cause in causes}
    shown: set[str] = set()

    def below(parent: str | None, depth: int) -> Iterator[tuple[Cause, int]]:
        for cause in causes:
            wider = [iri for iri in cause.broader if iri in here and iri != cause.iri]
            if cause.iri in shown or (parent not in wider if parent else wider):
                continue
            shown.add(cause.iri)
            yield cause, depth
            yield from below(cause.iri, depth + 1)

    yield from below(None, 0)
    yield from ((cause, 0) for cause in causes if cause.iri not in shown)


def by_gap(elsewhere: Iterable[Elsewhere]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Statements for other patients, grouped by what keeps them from this one."""
    groups: dict[str, tuple[str, ...]] = {}
    for each in elsewhere:
        gap = _population_gap(each)
        groups[gap] = (*groups.get(gap, ()), each.statement)
    yield from groups.items()


def _population_gap(elsewhere: Elsewhere) -> str:
    """Of whom a statement is made, and what this case lacks for it."""
    if elsewhere.contradicted:
        return f"{elsewhere.population.label}: not this patient"
    missing = f"; not known here: {', '.join(elsewhere.missing)}" if elsewhere.missing else ""
    return f"{elsewhere.population.label}{missing}"


def _argued(argument: Argument, side: str) -> str:
    of_its_kind = f"{side} its kind" if argument.inferred else side
    return f"{of_its_kind}: {argument.finding.label} ({argument.strength})"


# ── What may turn out ───────────────────────────────────────────────────────────────────────


def would_do(step: NextStep) -> str:
    """How many causes a step may move or say more of, in few words."""
    if step.settles:
        return f"may move {count(len(step.settles), 'cause')}"
    informed = len(step.informs)
    return f"says more of {count(informed, 'cause')}" if informed else "no row by itself"


def by_effect(results: Iterable[Result]) -> Iterator[tuple[str, tuple[Effect, ...]]]:
    """The results, those with the same effects together, and what they would do."""
    groups: dict[tuple[Effect, ...], list[str]] = {}
    for result in results:
        groups.setdefault(tuple(_effects(result)), []).append(result.label)
    for effects, labels in groups.items():
        yield f"if {' or '.join(labels)}:", effects


def _effects(result: Result) -> Iterator[Effect]:
    labels: dict[Effect, list[str]] = {}
    for move in result.moves:
        labels.setdefault((_moved(move), move.statements), []).append(move.label)
    for each in result.supports:
        labels.setdefault(("speaks for", each.statements), []).append(each.label)
    for (effect, statements), names in labels.items():
        yield f"{effect}: {'; '.join(names)}", statements


def _moved(move: Move) -> str:
    if move.after is None:
        return NOT_THERE
    return move.after.value if move.before is not None else f"newly listed, {move.after.value}"


# ── Statements ──────────────────────────────────────────────────────────────────────────────


def central(answer: Answer) -> dict[str, StatementNote]:
    """The statements behind verdicts and messages, in the order of their ids."""
    used = {each for e in answer.messages for each in (*e.statements, *e.corroboration)}
    for cause in answer.causes:
        used |= {*cause.statements, *cause.tensions, *(e.statement for e in cause.elsewhere)}
        used |= {each for need in cause.needs for each in need.statements}
        for argument in (*cause.supports, *cause.against):
            used |= {*argument.rule, *argument.statements, *argument.corroboration}
    return {key: note for key, note in answer.statements.items() if key in used}


def qualified(note: StatementNote) -> str:
    """What a statement says, how surely, and of whom."""
    return f"{note.text} [{note.modality}; of: {note.population}]"


def statement_row(note: StatementNote, joint: str) -> Row:
    """A statement with its place: below it on a terminal, and behind it on a page."""
    said, place = qualified(note), _place(note)
    page = (note.id, f"{said}{joint}{place}")
    return Row(
        said, mark=note.id, page=page, under=[Rows([Row(place).off_page()], indent=0, hang=0)]
    )


def statement_rows(rows: Iterable[Row]) -> Rows:
    """The layout of statements: the id in the margin."""
    return Rows(list(rows), margin=6, hang=0)


def background_section(background: Mapping[str, str], meaning: str) -> Section:
    """Background statements, each by its name."""
    rows = Rows([Row(f"{key}: {text}") for key, text in background.items()])
    return Section("Background", headed("BACKGROUND", meaning), [rows])


def _place(note: StatementNote) -> str:
    """Where a statement stands and what its document cites for it."""
    place = f"document {note.document}, section {note.section}, item {note.item}, line {note.line}"
    return f"{place}; {_citations(note)}"


def _citations(note: StatementNote) -> str:
    """What a document cites for a statement, and what is known of it."""
    if not note.citations:
        return "cites nothing"
    cited = []
    for each in note.citations:
        sure = f", confidence {each.confidence}" if each.confidence else ""
        work = f": {each.reference}{sure}" if each.reference else ""
        cited.append(f"[{each.number}] {each.status}{work}")
    return f"cites {'; '.join(cited)}"
