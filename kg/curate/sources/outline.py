"""The outline of a text: section, item and characters of each line, from the shape of the text.

A plain text has headings, bullets and numbers, and no marks that say how deep a heading stands.
What is found here is the plain reading, and a proposal: what a curator wrote is never overruled.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kg.curate.sources.citing import Citing, read_citing
from kg.curate.sources.lines import (
    OF_A_TABLE,
    LineKind,
    PageLine,
    Zone,
    explain_boilerplate,
    name_cells,
    read_lines,
    zone_of,
)
from kg.model.citations import CitationStyle
from kg.model.statements import WORDS, digest_of, normalise_sentence


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One line of a text with its place in the whole."""

    number: int
    start: int
    """Characters before the sentence, after its bullet or number."""
    end: int
    text: str
    section: str
    title: str
    """Heading of the section, where it is short enough to be no quotation."""
    item: str
    citations: tuple[int, ...]
    aside: str
    """Why the line is proposed as no statement; empty for a line that may carry one."""
    row: str = ""
    """The line as a row of a table is read: each cell after the head of its column."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A text, line by line, without its blank lines."""

    entries: tuple[OutlineEntry, ...]
    citing: Citing
    """How the text prints its citation numbers."""

    @property
    def by_line(self) -> Mapping[int, OutlineEntry]:
        """The entries by line number."""
        return {entry.number: entry for entry in self.entries}

    def digest(self, entry: OutlineEntry) -> str:
        """The digest of the sentence of a line."""
        sentence = normalise_sentence(entry.text, self.highest, self.citing.style)
        return digest_of(sentence.encode())

    @property
    def highest(self) -> int:
        """Highest citation number: a larger number at the end of a line belongs to the sentence."""
        return self.citing.highest


_TOP: Final = re.compile(
    r"\b(management|treatment|therapy|monitoring|follow-up|caveats?|pitfalls|limitations"
    r"|summary|conclusions?|key points|take-home|references)\b",
    re.IGNORECASE,
)
"""Words of headings that open a part of an article, not a part of a part."""


_MOST_TITLES: Final = 2


def read_outline(text: str, *, declared: int = 0, style: CitationStyle | None = None) -> Outline:
    """The outline of a text, in the citation style that is chosen, or else recognised.

    `declared` is the highest citation number known so far.
    """
    citing = read_citing(text, declared=declared, style=style)
    zoned = tuple(_zones(read_lines(text, citing)))
    body = _without_empty_headings([line for line, zone in zoned if zone is Zone.BODY])
    placed = {entry.number: entry for entry in _Sections(body).entries()}
    entries = (placed.get(line.number) or _outside(line, zone) for line, zone in zoned)
    return Outline(tuple(entries), citing)


def _without_empty_headings(body: Sequence[PageLine]) -> Sequence[PageLine]:
    """The lines of an article; a heading with nothing under it is a line like any other.

    Such lines become part of the section before them, which then is empty no more.
    """
    told = body
    while empty := frozenset(_Sections(told).empty_headings()):
        told = [
            replace(each, kind=LineKind.TEXT) if each.number in empty else each for each in told
        ]
    return told


def _zones(lines: Sequence[PageLine]) -> Iterator[tuple[PageLine, Zone]]:
    """Each line with the part of the page that it stands in."""
    current = Zone.BODY
    begun = False
    for line in lines:
        opened = zone_of(line) if line.kind is LineKind.HEADING else None
        current = opened or current
        sentence = begun and line.body.endswith(".")
        if current is Zone.BODY and explain_boilerplate(line, Zone.FRONT) and not sentence:
            yield line, Zone.FRONT
            continue
        begun = begun or line.kind is not LineKind.HEADING
        yield line, current


class _Sections:
    """Walks through the body of an article and says where each line stands."""

    def __init__(self, body: Sequence[PageLine]) -> None:
        self._body = body
        self._path: list[int] = [0]
        self._nested = False
        """Whether the part has sub-headings, so that a heading may be one more of them."""
        self._titles = _titles(body)
        self._depth = min((line.level for line in self._marked()), default=0)

    def entries(self) -> Iterator[OutlineEntry]:
        """Every line of the body."""
        for section in self._split():
            yield from _placed(section)

    def empty_headings(self) -> Iterator[int]:
        """The lines of headings under which neither a line nor a deeper heading stands.

        Two in a row are a heading and its sub-heading; between the first and the last of more
        stand lines of a list without bullets.
        """
        between = tuple(self._between_headings())
        yield from between or self._without_lines()

    def _without_lines(self) -> Iterator[int]:
        sections = tuple(self._split())
        for section, following in itertools.zip_longest(sections, sections[1:]):
            deeper = following is not None and following.path.startswith(f"{section.path}.")
            if section.head is None or section.head.kind is not LineKind.HEADING or deeper:
                continue
            if all(each.kind is LineKind.RULE for each in section.lines):
                yield section.head.number

    def _between_headings(self) -> Iterator[int]:
        """The lines of unmarked headings with such a heading right before and after them."""
        told = [self._is_guessed(line) for line in self._body]
        for position, line in enumerate(self._body[1:-1], 1):
            if all(told[position - 1 : position + 2]):
                yield line.number

    def _is_guessed(self, line: PageLine) -> bool:
        unmarked = line.kind is LineKind.HEADING and not line.level
        return unmarked and line.number not in self._titles

    def _marked(self) -> Iterator[PageLine]:
        """The headings that a sign marks as such, without the title."""
        return (line for line in self._body if line.level and line.number not in self._titles)

    def _split(self) -> Iterator[_Section]:
        """The lines by section; what stands before the first heading is the lead."""
        current = _Section("0", "")
        for position, line in enumerate(self._body):
            if line.number in self._titles:
                current.titles.append(line)
            elif line.kind in (LineKind.HEADING, LineKind.NUMBERED_HEADING):
                yield current
                self._enter(line, self._next(position))
                current = _Section(".".join(map(str, self._path)), line.body, head=line)
            else:
                current.lines.append(line)
        yield current

    def _next(self, position: int) -> PageLine | None:
        return self._body[position + 1] if position + 1 < len(self._body) else None

    def _enter(self, line: PageLine, following: PageLine | None) -> None:
        depth = self._depth_of(line, following)
        path = (self._path + [0] * depth)[:depth]
        path[-1] += 1
        self._path = path
        if depth == 1:
            self._nested = following is not None and following.kind is LineKind.HEADING

    def _depth_of(self, line: PageLine, following: PageLine | None) -> int:
        """How deep a heading stands; only a guess where no sign marks it."""
        if line.level:
            return line.level - self._depth + 1
        if line.kind is LineKind.NUMBERED_HEADING:
            return 2 if self._path != [0] else 1
        opens = following is not None and following.kind is LineKind.HEADING
        within = self._nested and not opens and not _TOP.search(line.body)
        return 2 if within else 1


@dataclass(slots=True)
class _Section:
    """The lines under one heading."""

    path: str
    title: str
    head: PageLine | None = None
    titles: list[PageLine] = field(default_factory=list)
    lines: list[PageLine] = field(default_factory=list)


def _titles(body: Sequence[PageLine]) -> frozenset[int]:
    """The headings in front of the text: its title, and the question that it was asked.

    The first heading that is no question ends them, for the next opens a section.
    """
    front: list[int] = []
    for line in (each for each in body if each.kind is not LineKind.RULE):
        if line.kind is not LineKind.HEADING:
            break
        front.append(line.number)
        if not line.body.endswith("?"):
            break
    return frozenset(front[:_MOST_TITLES])


def _placed(section: _Section) -> Iterator[OutlineEntry]:
    for line in section.titles:
        yield _entry(line, section, "", aside=explain_boilerplate(line, Zone.TITLE))
    if section.head is not None:
        numbered = section.head.kind is LineKind.NUMBERED_HEADING
        aside = "" if numbered else explain_boilerplate(section.head, Zone.BODY)
        yield _entry(section.head, section, "0", aside=aside)
    for part in _parts(section):
        items = _items(part.lines, lead=section.head is None)
        for line in part.lines:
            aside = OF_A_TABLE.get(line.kind, "")
            yield _entry(line, part, "" if aside else items[line.number], aside=aside)


def _parts(section: _Section) -> tuple[_Section, ...]:
    """The section, or where two of its lines each open a list, a part for each of them."""
    leads = [line for line in section.lines if line.is_lead]
    if len(leads) < 2 or section.head is None:  # noqa: PLR2004 - one lead opens no part
        return (section,)
    parts = [_Section(section.path, section.title)]
    for line in section.lines:
        if line.is_lead:
            parts.append(_Section(f"{section.path}.{len(parts)}", ""))
        parts[-1].lines.append(line)
    return tuple(part for part in parts if part.lines)


def _items(lines: Sequence[PageLine], *, lead: bool) -> dict[int, str]:
    """The item of each line of a section: lists by their numbers, paragraphs from nought."""
    found: dict[int, str] = {}
    paragraphs = 1 if lead else 0
    levels: list[tuple[int, int]] = []
    parents = _parents(lines)
    for line in lines:
        if line.kind in OF_A_TABLE:
            continue
        if line.kind is LineKind.TEXT:
            levels = [] if line.is_lead else levels
            found[line.number] = f"0.{paragraphs}" if paragraphs else "0"
            paragraphs += 1
            continue
        levels = _counted(levels, line)
        item = ".".join(str(count) for _, count in levels)
        found[line.number] = f"{item}.0" if line.ordinal and parents else item
    return found


def _parents(lines: Sequence[PageLine]) -> bool:
    """Whether items with a number have items of their own."""
    pairs = itertools.pairwise(lines)
    return any(one.ordinal and other.indent > one.indent for one, other in pairs)


def _counted(levels: Sequence[tuple[int, int]], line: PageLine) -> list[tuple[int, int]]:
    """The counters of a list and of the lists around it, after one more item."""
    kept = [level for level in levels if level[0] <= line.indent]
    before = kept.pop()[1] if kept and kept[-1][0] == line.indent else 0
    return [*kept, (line.indent, line.ordinal or before + 1)]


def _entry(line: PageLine, section: _Section, item: str, *, aside: str = "") -> OutlineEntry:
    title = section.title
    return OutlineEntry(
        number=line.number,
        start=line.start,
        end=line.end,
        text=line.text,
        section=section.path,
        title=title if len(title.split()) < WORDS else "",
        item=item,
        citations=line.citations,
        aside=aside,
        row=name_cells(line.heads, line.cells) if line.kind is LineKind.ROW else "",
    )


def _outside(line: PageLine, zone: Zone) -> OutlineEntry:
    """A line that stands in no section."""
    return _entry(line, _Section("", ""), "", aside=explain_boilerplate(line, zone))
