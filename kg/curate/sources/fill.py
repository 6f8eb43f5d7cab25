"""Fills in what a text says of the place of each statement, and leaves a curator's lines alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.curate.sources.files import Files, Stated
from kg.curate.sources.outline import Entry, Outline, read_outline
from kg.curate.sources.turtle import Block, among, blocks, inserted, with_property
from kg.model.errors import UsageError
from kg.model.vocabulary import BASE, PREFIXES, Literal, eg, expand

_NUMBERED: Final = re.compile(r"(?:reg|cite):[A-Za-z]+-(\d+)")
_REGIONS: Final = "Regions"
_CITATIONS: Final = "Citation numbers"
_ASIDE: Final = "Lines set aside"


@dataclass(frozen=True, slots=True)
class Filled:
    """The two files after filling, and what was written into them."""

    document_text: str
    statements_text: str
    regions: tuple[int, ...]
    pointers: tuple[int, ...]
    set_aside: tuple[int, ...]
    statements: tuple[str, ...]


def filled(
    files: Files, text: str, *, set_aside: bool = False, reasons: Mapping[int, str] | None = None
) -> Filled:
    """Both files with every place, citation number and link that the text gives.

    What is there is not written again, so filling twice changes nothing. Lines are set aside for
    the reasons given, and with `set_aside` also those that the outline takes for no statement.
    """
    outline = read_outline(text, declared=max(files.pointers, default=0))
    entries = _entries_of(files, outline)
    wanted = sorted({entry.number for entry in entries.values()})
    regions = tuple(line for line in wanted if line not in files.regions)
    cited = {number for entry in entries.values() for number in entry.citations}
    pointers = tuple(sorted(cited - files.pointers))
    aside = dict(_proposed(outline)) if set_aside else {}
    aside |= _given(files, outline, wanted, reasons or {})
    aside = {line: aside[line] for line in sorted(aside.keys() - _known(files, wanted))}
    additions = dict(_additions(files, entries))
    return Filled(
        document_text=_document(files, outline, regions, pointers, aside),
        statements_text=_with_additions(files.statements_text, additions),
        regions=regions,
        pointers=pointers,
        set_aside=tuple(aside),
        statements=tuple(sorted(additions)),
    )


def _entries_of(files: Files, outline: Outline) -> dict[str, Entry]:
    """The line of each statement; UsageError where it names none, two, or one that cannot be."""
    found: dict[str, Entry] = {}
    for each in files.stated:
        if len(each.lines) != 1:
            named = ", ".join(map(str, sorted(each.lines))) or "none"
            raise UsageError(
                f"{files.statements_path}: st:{each.name} names as its line {named}; wanted one, "
                "as `eg:line` and a number."
            )
        (line,) = each.lines
        if line not in outline.by_line:
            raise UsageError(
                f"{files.statements_path}: st:{each.name} names line {line}, which is blank or "
                f"not in the text of document {files.id}."
            )
        if line in files.aside:
            raise UsageError(
                f"{files.document_path}: line {line} is set aside, and st:{each.name} stands on "
                "it; take the one or the other away."
            )
        found[each.name] = outline.by_line[line]
    return found


def _known(files: Files, wanted: Iterable[int]) -> set[int]:
    """The lines that carry a statement or are set aside already."""
    return {*wanted, *files.regions, *files.aside}


def _proposed(outline: Outline) -> Iterator[tuple[int, str]]:
    return ((entry.number, entry.aside) for entry in outline.entries if entry.aside)


def _given(
    files: Files, outline: Outline, wanted: Iterable[int], reasons: Mapping[int, str]
) -> Mapping[int, str]:
    """The reasons of a curator; UsageError for a line that cannot be set aside."""
    for line in reasons:
        if line not in outline.by_line:
            raise UsageError(f"line {line} is blank or not in the text of document {files.id}.")
        if line in {*wanted, *files.regions}:
            raise UsageError(f"line {line} carries a statement, so it is not set aside.")
    return reasons


def _additions(files: Files, entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """What each statement lacks and the text or the file gives, as pairs of Turtle."""
    for stated in files.stated:
        pairs = list(_lacking(files, stated, entries[stated.name]))
        if pairs:
            yield stated.name, " ; ".join(pairs)


def _lacking(files: Files, stated: Stated, entry: Entry) -> Iterator[str]:
    if eg("inDocument") not in stated.has:
        yield f"eg:inDocument doc:{files.id}"
    if eg("region") not in stated.has:
        yield f"eg:region reg:{files.id}-{entry.number}"
    if eg("cites") not in stated.has:
        numbers = " , ".join(f"cite:{files.id}-{number}" for number in entry.citations)
        yield f"eg:cites {numbers or 'eg:no-citation'}"
    if expand("rdfs:isDefinedBy") not in stated.has:
        yield f"rdfs:isDefinedBy <{BASE}ontology/statements/{files.id}>"


def _with_additions(text: str, additions: Mapping[str, str]) -> str:
    """The statements with one more line each; its first block counts where there are several."""
    waiting = dict(additions)
    edits: list[tuple[int, str]] = []
    for block in blocks(text):
        name = _local(block.subject, "st")
        if name in waiting:
            edits.append(with_property(text, block, waiting.pop(name)))
    return inserted(text, edits)


def _local(subject: str, prefix: str) -> str:
    """The local name of a subject, however it is written."""
    namespace = f"<{PREFIXES[prefix]}"
    if subject.startswith(namespace):
        return subject.removeprefix(namespace).rstrip(">")
    return subject.removeprefix(f"{prefix}:")


def _document(
    files: Files,
    outline: Outline,
    regions: Iterable[int],
    pointers: Iterable[int],
    aside: Mapping[int, str],
) -> str:
    """The document with the new regions, numbers and lines set aside, each in its order."""
    text, lines = files.document_text, outline.by_line
    for line in regions:
        piece = _region(files, outline, lines[line])
        text = _placed(text, "eg:Region", line, piece, _REGIONS)
    for number in pointers:
        text = _placed(text, "eg:CitationPointer", number, _pointer(files, number), _CITATIONS)
    for line, why in aside.items():
        piece = _set_aside(files, line, why)
        text = _placed(text, "eg:LineSetAside", line, piece, _ASIDE)
    return text


def _placed(text: str, kind: str, number: int, piece: str, heading: str) -> str:
    like = list(_of_kind(text, kind))
    return inserted(text, [among(text, like, number, piece, heading)])


def _of_kind(text: str, kind: str) -> Iterator[tuple[int, Block]]:
    for block in blocks(text):
        named = _NUMBERED.fullmatch(block.subject)
        if named and any(token.text == kind for token in block.tokens):
            yield int(named[1]), block


def _region(files: Files, outline: Outline, entry: Entry) -> str:
    title = files.sections.get(entry.section, entry.title)
    titled = f" ; eg:sectionTitle {Literal(title, language='en').n3()}" if title else ""
    place = f'eg:sectionPath "{entry.section or "0"}"{titled} ; eg:item "{entry.item or "0"}"'
    characters = f"eg:charStart {entry.start} ; eg:charEnd {entry.end}"
    return "\n".join(
        (
            f"reg:{files.id}-{entry.number} a eg:Region , owl:NamedIndividual ;",
            f'    rdfs:label "{files.id} line {entry.number}"@en ;',
            f"    eg:inDocument doc:{files.id} ; {place} ; eg:line {entry.number} ;",
            f"    {characters} ; eg:sentenceDigest <{outline.digest(entry)}> ;",
            _defined(files),
        )
    )


def _pointer(files: Files, number: int) -> str:
    return "\n".join(
        (
            f"cite:{files.id}-{number} a eg:CitationPointer , owl:NamedIndividual ;",
            f'    rdfs:label "{files.id} [{number}]"@en ;',
            (
                f"    eg:inDocument doc:{files.id} ; eg:number {number} ; "
                "eg:resolution eg:unresolved ;"
            ),
            _defined(files),
        )
    )


def _set_aside(files: Files, line: int, why: str) -> str:
    return "\n".join(
        (
            f"reg:{files.id}-{line} a eg:LineSetAside , owl:NamedIndividual ;",
            f'    rdfs:label "{files.id} line {line}"@en ;',
            (
                f"    eg:inDocument doc:{files.id} ; eg:line {line} ; "
                f"eg:setAsideBecause {Literal(why, language='en').n3()} ;"
            ),
            _defined(files),
        )
    )


def _defined(files: Files) -> str:
    return f"    rdfs:isDefinedBy <{BASE}ontology/documents/{files.id}> ."
