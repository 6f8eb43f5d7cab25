"""The words that every rendering of an answer shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kg.answer.model import (
    Answer,
    Argument,
    Cause,
    Document,
    Elsewhere,
    StatementNote,
    Tension,
    Verdict,
)

FOOTER: Final = "Research and education. Not a diagnosis."

HEADINGS: Final = {
    Verdict.CANDIDATE: ("Candidate", "listed in the sources, and nothing given speaks against it"),
    Verdict.UNDETERMINED: ("Undetermined", "what would settle it stands beside it"),
    Verdict.ARGUED_AGAINST: (
        "Argued against",
        "something given speaks against it; none is excluded",
    ),
    Verdict.EXCLUDED: ("Excluded", "only where a source says that a fact like these excludes it"),
}
"""Title and meaning of each verdict."""

SIGNS: Final = {
    Verdict.CANDIDATE: "+",
    Verdict.UNDETERMINED: "?",
    Verdict.ARGUED_AGAINST: "-",
    Verdict.EXCLUDED: "x",
}
"""A sign beside the word: never colour alone."""

NO_EXCLUSION: Final = "no sentence of the sources excludes a cause on these facts"


def listed(ids: Iterable[str]) -> tuple[str, ...]:
    """Each id once, in the order given."""
    return tuple(dict.fromkeys(ids))


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 cause`, `2 causes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def given(answer: Answer) -> str:
    """The case in one line, as it was understood."""
    return "; ".join(fact.text for fact in answer.case)


def origins(documents: Sequence[Document]) -> str:
    """How many independent voices the documents are."""
    names = listed(document.origin for document in documents)
    noun = counted(len(documents), "document")
    voices = f"{counted(len(names), 'origin')} ({', '.join(names)})"
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


def central(answer: Answer) -> dict[str, StatementNote]:
    """The statements behind verdicts and messages, in the order of their ids."""
    said = answer.messages
    used = {each for message in said for each in (*message.statements, *message.corroboration)}
    for cause in answer.causes:
        used |= {*cause.statements, *cause.tensions, *(e.statement for e in cause.elsewhere)}
        used |= {each for need in cause.needs for each in need.statements}
        for argument in (*cause.supports, *cause.against):
            used |= {*argument.rule, *argument.statements, *argument.corroboration}
    return {key: note for key, note in answer.statements.items() if key in used}


def sides(tension: Tension, notes: Mapping[str, StatementNote]) -> tuple[str, str]:
    """What each of two statements that pull apart says, how surely, and of whom."""
    one, other = (
        f"{note.id}: {note.text} [{note.modality}; of: {note.population}]"
        for each in tension.statements
        for note in [notes[each]]
    )
    return one, other


def population_gap(elsewhere: Elsewhere) -> str:
    """Of whom a statement is made, and what this case lacks for it."""
    if elsewhere.contradicted:
        return f"{elsewhere.population.label}: not this patient"
    missing = f"; not known here: {', '.join(elsewhere.missing)}" if elsewhere.missing else ""
    return f"{elsewhere.population.label}{missing}"


def why(cause: Cause) -> str:
    """Why a cause has its verdict, in few words."""
    parts = ["known to be there"] if cause.present else []
    parts += [cause.note] if cause.note else []
    parts += [need.text for need in cause.needs]
    parts += [_argued(argument, "for") for argument in cause.supports]
    parts += [_argued(argument, "against") for argument in cause.against]
    parts += [f"{' '.join(ids)} for {gap}" for gap, ids in by_gap(cause.elsewhere)]
    return "; ".join(parts)


def by_gap(elsewhere: Iterable[Elsewhere]) -> Iterator[tuple[str, list[str]]]:
    """Statements for other patients, grouped by what keeps them from this one."""
    groups: dict[str, list[str]] = {}
    for each in elsewhere:
        groups.setdefault(population_gap(each), []).append(each.statement)
    yield from groups.items()


def inferred(cause: Cause) -> str:
    """That what speaks against a cause was reasoned, and from which background; else nothing."""
    if not any(argument.inferred for argument in cause.against):
        return ""
    background = listed(each for argument in cause.against for each in argument.background)
    return (
        f"by inference, with background: {', '.join(background)}" if background else "by inference"
    )


def by_background(cause: Cause) -> tuple[str, ...]:
    """The background statements that arguments about a cause rest on."""
    arguments = (*cause.supports, *cause.against)
    return listed(each for argument in arguments for each in argument.background)


def _argued(argument: Argument, side: str) -> str:
    of_its_kind = f"{side} its kind" if argument.inferred else side
    return f"{of_its_kind}: {argument.finding.label} ({argument.strength})"


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


def place_line(note: StatementNote) -> str:
    """Where a statement stands and what its document cites for it, on one line."""
    place = f"document {note.document}, section {note.section}, item {note.item}, line {note.line}"
    return f"{place}; {citations(note)}"


def citations(note: StatementNote) -> str:
    """What a document cites for a statement, and what is known of it."""
    if not note.citations:
        return "cites nothing"
    cited = []
    for each in note.citations:
        sure = f", confidence {each.confidence}" if each.confidence else ""
        work = f": {each.reference}{sure}" if each.reference else ""
        cited.append(f"[{each.number}] {each.status}{work}")
    return f"cites {'; '.join(cited)}"
