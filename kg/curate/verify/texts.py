"""Every place of the graph checked against a reader's own copies of the documents."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.compile.check.places import NOWHERE, Places
from kg.model.errors import Extent, Finding, Level, Report
from kg.model.statements import Copy, Coverage, Located, Visit


@dataclass(frozen=True, slots=True)
class TextRule:
    """A rule that only someone with the texts can check."""

    name: str
    title: str
    problem: str
    level: Level
    solution: str


_NO_TEXT: Final = TextRule(
    "document-not-found",
    "Document not found",
    "No file of the folder is the document, or holds a sentence of it, so nothing was checked.",
    "error",
    "Put your copy of the document into the folder, as UTF-8 text.",
)
_OTHER_VERSION: Final = TextRule(
    "document-changed",
    "Document of another version",
    "The copy is not the version that was read, so what else changed in it is not known.",
    "warning",
    "Read what changed, and describe the new version as a document of its own.",
)
_WRONG: Final = TextRule(
    "locator-wrong",
    "Wrong place",
    "In the very version that was read, the sentence is not where the graph says.",
    "error",
    "Correct line, characters and digest of the region.",
)
_CHANGED: Final = TextRule(
    "sentence-changed",
    "Sentence changed",
    "No line of the copy has the digest of the sentence, so the statement rests on other words.",
    "error",
    "Read the line again, and correct or withdraw the statement.",
)
_RECITED: Final = TextRule(
    "citation-changed",
    "Other citation numbers",
    "The line prints other citation numbers than the statement has, so it rests on other works.",
    "error",
    "Correct the numbers that the statement cites.",
)
_MOVED: Final = TextRule(
    "sentence-moved",
    "Sentence moved",
    "The sentence is the one that was read, and stands elsewhere in this copy.",
    "info",
    "Nothing has to be done for this copy; a new version gets regions of its own.",
)
OPEN: Final = TextRule(
    "line-unaccounted",
    "Line without a statement or a reason",
    "Something that the document says may be missing from the graph without anybody knowing.",
    "error",
    "Write a statement of the line, or set it aside with a reason; `kg report coverage` lists all.",
)
COPIED: Final = TextRule(
    "copied-words",
    "Words of a document",
    "Eight words in a row of a document stand in a file; the graph locates and does not quote.",
    "error",
    "Say it in words of your own.",
)
NOTHING: Final = TextRule(
    "nothing-checked",
    "Nothing was checked",
    "A check that looked at nothing finds nothing, which proves nothing.",
    "error",
    "Name the folder, or the store, that holds what is to be checked.",
)
TEXT_RULES: Final = (_NO_TEXT, _OTHER_VERSION, _WRONG, _CHANGED, _RECITED, _MOVED, OPEN, COPIED)
"""Every rule that needs the texts."""


def run_texts(visits: Iterable[Visit], places: Places = NOWHERE) -> Report:
    """What copies of the documents say about the places of the statements."""
    return Report(tuple(finding for visit in visits for finding in _findings(visit, places)))


def run_coverage(coverages: Iterable[Coverage], places: Places = NOWHERE) -> Report:
    """The lines of each document that no statement and no reason accounts for."""
    return Report(tuple(_open(each, places) for each in coverages if each.open))


def run_missing(
    coverages: Iterable[Coverage], visited: Container[str], places: Places = NOWHERE
) -> Report:
    """The documents without a statement to know a text by, of which no copy is there."""
    absent = (each for each in coverages if not each.copy and each.document not in visited)
    return Report(
        tuple(
            finding(
                _NO_TEXT,
                f"document {each.document}",
                f"{each.title}; no statement yet, and its lines not counted",
                places.of(f"doc:{each.document}"),
            )
            for each in absent
        )
    )


def run_extent(extent: Extent) -> Report:
    """An error for each part of a check that had nothing to look at; otherwise nothing."""
    texts = extent.texts
    empty = {
        "no rule was read": not extent.rules,
        "no shape was read": extent.files and not extent.shapes,
        "no graph is published": not (extent.files or extent.graphs),
        "no statement met a text": texts is not None and not texts.looked_up,
    }
    return Report(tuple(finding(NOTHING, why, "", "") for why, so in empty.items() if so))


def _open(coverage: Coverage, places: Places) -> Finding:
    lines = ", ".join(map(str, coverage.open))
    said = f"{len(coverage.open)} of its lines: {lines}"
    document = coverage.document
    return finding(OPEN, f"document {document}", said, places.of(f"doc:{document}"))


def _findings(visit: Visit, places: Places) -> Iterator[Finding]:
    if visit.copy is None:
        said = f"{visit.title}; {len(visit.located)} statements not checked"
        yield _document_finding(_NO_TEXT, visit, said, places)
        return
    if not visit.same:
        yield _document_finding(_OTHER_VERSION, visit, _counted(visit, visit.copy), places)
    for located in visit.located:
        rule = _rule(located, same=visit.same)
        if rule is not None:
            yield _finding(rule, located, visit.copy, places)


def _rule(located: Located, *, same: bool) -> TextRule | None:
    if located.recited:
        return _RECITED
    if same:
        return None if located.found and not located.moved else _WRONG
    if not located.found:
        return _CHANGED
    return _MOVED if located.moved else None


def _counted(visit: Visit, copy: Copy) -> str:
    found = sum(located.found for located in visit.located)
    return f"{copy.name}; {found} of {len(visit.located)} statements found by their digest"


def _finding(rule: TextRule, located: Located, copy: Copy, places: Places) -> Finding:
    statement = located.statement
    said = _numbers(located) if rule is _RECITED else _said(located, copy)
    return finding(rule, statement.id, said, places.of(statement.iri))


def finding(rule: TextRule, focus: str, said: str, place: str) -> Finding:
    """A finding of a rule that needs the texts."""
    return Finding(
        rule=rule.name,
        level=rule.level,
        focus=focus,
        message=f"{rule.title}: {focus}{f' ({said})' if said else ''}. {rule.solution}",
        place=place,
        solution=rule.solution,
    )


def _document_finding(rule: TextRule, visit: Visit, said: str, places: Places) -> Finding:
    return finding(rule, f"document {visit.document}", said, places.of(f"doc:{visit.document}"))


def _numbers(located: Located) -> str:
    printed = ", ".join(map(str, located.printed)) or "none"
    cited = ", ".join(str(each.number) for each in located.statement.pointers) or "none"
    return f"line {located.line} prints {printed}; the graph says {cited}"


def _said(located: Located, copy: Copy) -> str:
    """Which of digest, path and offset led where."""
    place = located.place
    was = f"line {place.line}, characters {place.start} to {place.end}"
    now = f"line {located.line}, characters {located.start} to {located.end}"
    where = f"section {place.section}, item {place.item}"
    match located.by:
        case "digest":
            return f"found by its digest in {copy.name} on {now}; the graph says {was}"
        case "path":
            return f"no line of {copy.name} has its digest; by its path, {where}, it would be {now}"
        case "offset":
            return f"no line of {copy.name} has its digest; by its offset it would be {now}"
    return f"no line of {copy.name} has its digest, and neither {where} nor {was} leads to a line"
