"""Fills in what a text says of the place of each statement, and leaves a curator's lines alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.curate.sources.files import Draft, Files
from kg.curate.sources.outline import Outline, OutlineEntry, read_outline
from kg.curate.sources.turtle import Block, add_numbered, add_property, insert, read_blocks
from kg.model.errors import UsageError
from kg.model.vocabulary import BASE, PREFIXES, eg, english, expand

_NUMBERED: Final = re.compile(r"(?:reg|cite):[A-Za-z]+-(\d+)")


@dataclass(frozen=True, slots=True)
class Filling:
    """The two files after filling, and what was written into them."""

    document_text: str
    statements_text: str
    regions: tuple[int, ...]
    pointers: tuple[int, ...]
    set_aside: tuple[int, ...]
    statements: tuple[str, ...]


def fill_places(
    files: Files, text: str, *, set_aside: bool = False, reasons: Mapping[int, str] | None = None
) -> Filling:
    """Both files with every place, citation number and link that the text gives.

    What is there is not written again, so filling twice changes nothing. Lines are set aside for
    the reasons given, and with `set_aside` also those that the outline takes for no statement.
    """
    outline = read_outline(text, declared=max(files.pointers, default=0), style=files.style)
    entries = _find_entries(files, outline)
    wanted = sorted({entry.number for entry in entries.values()})
    cited = {number for entry in entries.values() for number in entry.citations}
    regions = tuple(line for line in wanted if line not in files.regions)
    pointers = tuple(sorted(cited - files.pointers))
    aside = {entry.number: entry.aside for entry in outline.entries if entry.aside and set_aside}
    aside |= _check_reasons(files, outline, wanted, reasons or {})
    known = {*wanted, *files.regions, *files.aside}
    aside = {line: aside[line] for line in sorted(aside.keys() - known)}
    additions = dict(_additions(files, entries))
    return Filling(
        document_text=_Document(files, outline).write(regions, pointers, aside),
        statements_text=_add_to_statements(files.statements.text, additions),
        regions=regions,
        pointers=pointers,
        set_aside=tuple(aside),
        statements=tuple(sorted(additions)),
    )


def _find_entries(files: Files, outline: Outline) -> dict[str, OutlineEntry]:
    """The line of each statement; UsageError where it names none, two, or one that cannot be."""
    return {draft.name: outline.by_line[_line_of(files, outline, draft)] for draft in files.drafts}


def _line_of(files: Files, outline: Outline, draft: Draft) -> int:
    where = f"{files.statements.path}: st:{draft.name}"
    if len(draft.lines) != 1:
        named = ", ".join(map(str, sorted(draft.lines))) or "none"
        raise UsageError(
            f"{where} names as its line {named}; wanted one, as `eg:line` and a number."
        )
    (line,) = draft.lines
    if line not in outline.by_line:
        raise UsageError(
            f"{where} names line {line}, which is blank or not in the text of document {files.id}."
        )
    if line in files.aside:
        raise UsageError(
            f"{files.document.path}: line {line} is set aside, and st:{draft.name} stands on it; "
            "take the one or the other away."
        )
    return line


def _check_reasons(
    files: Files, outline: Outline, wanted: Iterable[int], reasons: Mapping[int, str]
) -> Mapping[int, str]:
    """The reasons of a curator; UsageError for a line that cannot be set aside."""
    for line in reasons:
        if line not in outline.by_line:
            raise UsageError(f"line {line} is blank or not in the text of document {files.id}.")
        if line in {*wanted, *files.regions}:
            raise UsageError(f"line {line} carries a statement, so it is not set aside.")
    return reasons


# ── The statements ──────────────────────────────────────────────────────────────────────────


def _additions(files: Files, entries: Mapping[str, OutlineEntry]) -> Iterator[tuple[str, str]]:
    """What each statement lacks and the text or the file gives, as pairs of Turtle."""
    for draft in files.drafts:
        lacking = _lacking(files, draft, entries[draft.name])
        if lacking:
            yield draft.name, " ; ".join(lacking)


def _lacking(files: Files, draft: Draft, entry: OutlineEntry) -> list[str]:
    numbers = " , ".join(f"cite:{files.id}-{number}" for number in entry.citations)
    wanted = {
        eg("inDocument"): f"eg:inDocument doc:{files.id}",
        eg("region"): f"eg:region reg:{files.id}-{entry.number}",
        eg("cites"): f"eg:cites {numbers or 'eg:no-citation'}",
        expand("rdfs:isDefinedBy"): f"rdfs:isDefinedBy <{BASE}ontology/statements/{files.id}>",
    }
    return [pair for name, pair in wanted.items() if name not in draft.properties]


def _add_to_statements(text: str, additions: Mapping[str, str]) -> str:
    """The statements with one more line each; its first block counts where there are several."""
    waiting = dict(additions)
    edits: list[tuple[int, str]] = []
    for block in read_blocks(text):
        name = _local(block.subject)
        if name in waiting:
            edits.append(add_property(text, block, waiting.pop(name)))
    return insert(text, edits)


def _local(subject: str) -> str:
    """The local name of a statement, however it is written."""
    return subject.removeprefix(f"<{PREFIXES['st']}").removesuffix(">").removeprefix("st:")


# ── The document ────────────────────────────────────────────────────────────────────────────

_REGION: Final = """\
reg:{id}-{number} a eg:Region , owl:NamedIndividual ;
    rdfs:label "{id} line {number}"@en ;
    eg:inDocument doc:{id} ; {place} ; eg:line {number} ;
    eg:charStart {start} ; eg:charEnd {end} ; eg:sentenceDigest <{digest}> ;
    rdfs:isDefinedBy <{defined}> ."""
_POINTER: Final = """\
cite:{id}-{number} a eg:CitationPointer , owl:NamedIndividual ;
    rdfs:label "{id} [{number}]"@en ;
    eg:inDocument doc:{id} ; eg:number {number} ; eg:resolution eg:unresolved ;
    rdfs:isDefinedBy <{defined}> ."""
_SET_ASIDE: Final = """\
reg:{id}-{number} a eg:LineSetAside , owl:NamedIndividual ;
    rdfs:label "{id} line {number}"@en ;
    eg:inDocument doc:{id} ; eg:line {number} ; eg:setAsideBecause {reason} ;
    rdfs:isDefinedBy <{defined}> ."""


class _Document:
    """The file of a document that gains regions, citation numbers and lines set aside."""

    def __init__(self, files: Files, outline: Outline) -> None:
        self._files = files
        self._outline = outline
        self._text = files.document.text
        self._named = {"id": files.id, "defined": f"{BASE}ontology/documents/{files.id}"}

    def write(
        self, regions: Iterable[int], pointers: Iterable[int], aside: Mapping[int, str]
    ) -> str:
        """The text with what is new, each in its order."""
        for line in regions:
            self._add("eg:Region", line, "Regions", self._region(line))
        for number in pointers:
            piece = _POINTER.format(number=number, **self._named)
            self._add("eg:CitationPointer", number, "Citation numbers", piece)
        for line, why in aside.items():
            piece = _SET_ASIDE.format(number=line, reason=english(why).n3(), **self._named)
            self._add("eg:LineSetAside", line, "Lines set aside", piece)
        return self._text

    def _add(self, kind: str, number: int, heading: str, piece: str) -> None:
        like = list(_find_numbered(self._text, kind))
        self._text = insert(self._text, [add_numbered(self._text, like, number, piece, heading)])

    def _region(self, line: int) -> str:
        entry = self._outline.by_line[line]
        title = self._files.sections.get(entry.section, entry.title)
        titled = f" ; eg:sectionTitle {english(title).n3()}" if title else ""
        section, item = entry.section or "0", entry.item or "0"
        return _REGION.format(
            number=line,
            place=f'eg:sectionPath "{section}"{titled} ; eg:item "{item}"',
            start=entry.start,
            end=entry.end,
            digest=self._outline.digest(entry),
            **self._named,
        )


def _find_numbered(text: str, kind: str) -> Iterator[tuple[int, Block]]:
    for block in read_blocks(text):
        named = _NUMBERED.fullmatch(block.subject)
        if named and any(token.text == kind for token in block.tokens):
            yield int(named[1]), block
