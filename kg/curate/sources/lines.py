"""The lines of a page as values, and which of them are boilerplate and no statement.

The patterns are of how pages are made, not of what they say: titles, headings, dates, banners,
references, notices. Each comes with the reason that is proposed for setting such a line aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from kg.curate.sources.citing import REFERENCE_HEADING, Citing


class LineKind(Enum):
    """What a line looks like."""

    HEADING = auto()
    NUMBERED_HEADING = auto()
    ITEM = auto()
    TEXT = auto()
    ROW = auto()
    TABLE_HEAD = auto()
    RULE = auto()


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line that is not blank."""

    number: int
    start: int
    """Characters of the text before the sentence, after its bullet or number."""
    end: int
    indent: int
    text: str
    """The whole line without the blanks around it."""
    body: str
    """The line without its bullet, number or heading sign."""
    kind: LineKind
    ordinal: int = 0
    """The number in front of an item, or 0."""
    level: int = 0
    """How deep a heading sign puts the line, or 0."""
    citations: tuple[int, ...] = ()
    is_lead: bool = False
    """Whether the line opens the list under it."""
    cells: tuple[str, ...] = ()
    """The cells of a row."""
    heads: tuple[str, ...] = ()
    """The heads of its columns, where a line is drawn under them."""


_MARK: Final = re.compile(
    r"(?P<blank>\s*)(?:(?P<bullet>[•*‣·–-])\s+|(?P<number>\d+)[.)]\s+|(?P<hashes>#{1,6})\s+)?"  # noqa: RUF001
)
_SENTENCE_END: Final = (".", ":", ";", ",")
_LONGEST_HEADING: Final = 16
"""Words; a longer line is a paragraph."""


def read_lines(text: str, citing: Citing) -> tuple[PageLine, ...]:
    """Every line that is not blank; the kind of a line is also told by what stands around it."""
    raw = tuple(_raw(text, citing))
    tabled = _tell_tables(tuple(_tell_rows(raw)))
    return tuple(_told_by_neighbours(tabled, text.split("\n")))


def _raw(text: str, citing: Citing) -> Iterator[PageLine]:
    offset = 0
    for number, raw in enumerate(text.split("\n"), 1):
        written = raw.rstrip()
        mark = _MARK.match(written)
        if written and mark is not None:
            yield _line(number, offset, written, mark, citing)
        offset += len(raw) + 1


def _line(number: int, offset: int, written: str, mark: re.Match[str], citing: Citing) -> PageLine:
    body = written[mark.end() :]
    item = bool(mark["bullet"] or mark["number"])
    return PageLine(
        number=number,
        start=offset + mark.end(),
        end=offset + len(written),
        indent=len(mark["blank"]),
        text=written.strip(),
        body=body,
        kind=LineKind.HEADING if mark["hashes"] else LineKind.ITEM if item else LineKind.TEXT,
        ordinal=int(mark["number"] or 0),
        level=len(mark["hashes"] or ""),
        citations=citing.numbers(body),
    )


def _tell_rows(raw: Sequence[PageLine]) -> Iterator[PageLine]:
    """The lines with rows of tables and drawn lines told from sentences."""
    cells = [split_cells(line.body) if line.kind is LineKind.TEXT else () for line in raw]
    for position, line in enumerate(raw):
        own = cells[position]
        beside = cells[max(position - 1, 0) : position] + cells[position + 1 : position + 2]
        alike = len(own) > 1 and any(len(each) == len(own) for each in beside)
        if line.kind is LineKind.TEXT and is_rule(line.body):
            yield replace(line, kind=LineKind.RULE)
        elif alike or (own and is_certain_row(line.body)):
            yield replace(line, kind=LineKind.ROW, cells=own)
        else:
            yield line


def _tell_tables(lines: Sequence[PageLine]) -> tuple[PageLine, ...]:
    """The lines with the heads of tables told from their rows, and rows under their heads."""
    found: list[PageLine] = []
    heads: tuple[str, ...] = ()
    for position, line in enumerate(lines):
        after = [each.kind for each in lines[position + 1 : position + 3]]
        if line.kind is LineKind.ROW and after == [LineKind.RULE, LineKind.ROW]:
            heads = line.cells
            found.append(replace(line, kind=LineKind.TABLE_HEAD))
            continue
        heads = heads if line.kind in (LineKind.ROW, LineKind.RULE) else ()
        found.append(replace(line, heads=heads) if line.kind is LineKind.ROW else line)
    return tuple(found)


def _told_by_neighbours(raw: tuple[PageLine, ...], text: list[str]) -> Iterator[PageLine]:
    for position, line in enumerate(raw):
        following = raw[position + 1] if position + 1 < len(raw) else None
        alone = line.number >= len(text) or not text[line.number].strip()
        certain = not position or REFERENCE_HEADING.match(line.body)
        if line.kind is LineKind.TEXT and (alone or certain) and _like_a_heading(line):
            yield replace(line, kind=LineKind.HEADING)
        elif line.ordinal and not line.indent and alone and _like_a_heading(line):
            yield replace(line, kind=LineKind.NUMBERED_HEADING)
        else:
            opens = following is not None and following.kind in _LISTED
            lead = line.kind is LineKind.TEXT and line.body.endswith(":") and opens
            yield replace(line, is_lead=lead)


_LISTED: Final = (LineKind.ITEM, LineKind.ROW, LineKind.TABLE_HEAD)


def _like_a_heading(line: PageLine) -> bool:
    short = len(line.body.split()) <= _LONGEST_HEADING or line.body.endswith("?")
    return short and not line.citations and not line.body.endswith(_SENTENCE_END)


# ── Boilerplate ───────────────────────────────────────────────────────────────────────────────


class Zone(Enum):
    """Part of a page."""

    TITLE = auto()
    FRONT = auto()
    BODY = auto()
    REFERENCES = auto()
    QUESTIONS = auto()
    NOTICE = auto()
    SERVICE = auto()


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_HEADINGS: Final = (
    (Zone.REFERENCES, REFERENCE_HEADING),
    (Zone.QUESTIONS, _words(r"^(related|similar|more|other) questions$|^people also ask|^faqs?$")),
    (Zone.NOTICE, _words(r"\b(disclaimer|legal notice|terms of use|copyright)\b")),
    (Zone.SERVICE, _words(r"follow-up question|^(subscribe|newsletter|sign up|contact us)\b")),
)
"""Headings that open a part of the page."""

_QUESTION: Final = "asks the question that the article answers, and asserts nothing"
OF_A_REFERENCE: Final = "part of an entry of the reference list: kept with that entry"
_IN_ZONE: Final = {
    Zone.REFERENCES: OF_A_REFERENCE,
    Zone.QUESTIONS: "question offered to the reader, without an answer here",
    Zone.NOTICE: "legal notice that asserts nothing about patients",
    Zone.SERVICE: "page furniture that advertises the service",
    Zone.TITLE: "title of the document: kept with it",
    Zone.BODY: "heading that names a topic and asserts nothing",
}
TITLES: Final = frozenset({_QUESTION, _IN_ZONE[Zone.TITLE], _IN_ZONE[Zone.BODY]})
"""The reasons of lines that may be the title of the document."""

OF_A_TABLE: Final = {
    LineKind.TABLE_HEAD: "head of a table: names its columns, and asserts nothing",
    LineKind.RULE: "drawn line without words",
}
_HEADING_OF: Final = {
    Zone.REFERENCES: "heading of the reference list",
    Zone.QUESTIONS: "heading of the questions offered to the reader",
    Zone.NOTICE: "heading of the legal notice",
    Zone.SERVICE: "page furniture that advertises the service",
}

DATE: Final = _words(
    r"^(last\s+)?(updated|reviewed|modified|revised|published|posted|date)\b.*\d{4}"
)
BOARD: Final = _words(r"\b(advisory|editorial) board|^(medically )?reviewed (by|for)\b")
AWAITED: Final = _words(r"\b(pending|awaiting|not yet)\b.*\b(review|reviewed)\b|\bunreviewed\b")
PEER: Final = _words(r"\bpeer[- ]review")
_FRONT: Final = (
    (BOARD, "speaks of review by a board: kept as a claim of the document about itself"),
    (AWAITED, "says that review is awaited: kept as the status of the document"),
    (PEER, "says how it was reviewed: kept as the status of the document"),
    (
        _words(r"^(\w+ )?review status$|^(submitted|under review|in review|accepted|approved)$"),
        "names a stage of a review bar",
    ),
    (DATE, "date of the document: kept with it"),
    (
        _words(r"^(by|authors?:|written by|publisher:|published by|doi:|https?://|©)(\s|\S)"),
        "says who made the document: kept with it",
    ),
    (
        _words(
            r"^(personali[sz]e|help us|which best describes you|share|print|log in|sign in|menu"
            r"|skip to|advertisement|on this page|table of contents)\b"
        ),
        "page furniture",
    ),
)
"""Lines that speak of the page; only a line without bullet, number or citation can be one."""


def zone_of(line: PageLine) -> Zone | None:
    """The part of the page that a heading opens, where it opens another."""
    return next((zone for zone, words in _HEADINGS if words.search(line.body)), None)


def explain_boilerplate(line: PageLine, zone: Zone) -> str:
    """Why a line of this part of a page is no statement; empty where it may be one."""
    if zone is Zone.FRONT:
        return _of_the_page(line)
    if line.kind is LineKind.HEADING and zone in _HEADING_OF and zone_of(line) is zone:
        return _HEADING_OF[zone]
    if zone is Zone.TITLE and line.body.endswith("?"):
        return _QUESTION
    return _IN_ZONE[zone]


def _of_the_page(line: PageLine) -> str:
    if line.citations or line.kind in (LineKind.ITEM, LineKind.NUMBERED_HEADING):
        return ""
    return next((why for words, why in _FRONT if words.search(line.body)), "")


# ── Rows of tables ──────────────────────────────────────────────────────────────────────────────

_RULE: Final = re.compile(r"[\s|+:=─━┼│_-]*(?:-{3}|={3}|_{3}|─{3}|━{3})[\s|+:=─━┼│_-]*")
_GAP: Final = re.compile(r"\s*[|│]\s*|\t+| {2,}")
_CERTAIN: Final = re.compile(r"^[|│].*[|│]$|\S\s*\t\s*\S|\S {3,}\S")
"""What stands in a row and in no sentence; two blanks or one bar need a neighbour of their like."""


def is_rule(line: str) -> bool:
    """Whether a line is drawn, and holds no word."""
    return _RULE.fullmatch(line) is not None


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a line that may be a row; one cell for a line that cannot."""
    written = line.strip()
    cells = _GAP.split(re.sub(r"^[|│]\s*|\s*[|│]$", "", written))
    sentences = any(cell.endswith((".", "!", "?")) for cell in cells[:-1])
    return (written,) if sentences or is_rule(written) else tuple(cells)


def is_certain_row(line: str) -> bool:
    """Whether a line is a row by itself, whatever stands around it."""
    return len(split_cells(line)) > 1 and _CERTAIN.search(line.strip()) is not None


def name_cells(heads: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """A row as it is read: each cell after the head of its column, where there is one."""
    named = heads if len(heads) == len(cells) else ("",) * len(cells)
    return "; ".join(
        f"{head}: {cell}" if head else cell for head, cell in zip(named, cells, strict=True)
    )
