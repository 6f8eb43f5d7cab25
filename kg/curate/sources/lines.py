"""The lines of a page as values, and which of them are boilerplate and no statement.

The patterns are of how pages are made, not of what they say: titles, headings, dates, banners,
references, notices. Each comes with the reason that is proposed for setting such a line aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final


class LineKind(Enum):
    """What a line looks like."""

    HEADING = auto()
    NUMBERED_HEADING = auto()
    ITEM = auto()
    TEXT = auto()


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


_MARK: Final = re.compile(
    r"(?P<blank>\s*)(?:(?P<bullet>[•*‣·–-])\s+|(?P<number>\d+)[.)]\s+|(?P<hashes>#{1,6})\s+)?"  # noqa: RUF001
)
_PLAIN_NUMBERS: Final = re.compile(r"\s(?P<run>\d{1,3}(?:\s*,\s*\d{1,3})*)\s*:?$")
_BRACKETED: Final = re.compile(r"(?P<run>(?:\[\d+(?:\s*[,–-]\s*\d+)*\]\s*)+)[.:]?$")  # noqa: RUF001
_SENTENCE_END: Final = (".", ":", ";", ",")
_LONGEST_HEADING: Final = 16
"""Words; a longer line is a paragraph."""


def read_lines(text: str) -> tuple[PageLine, ...]:
    """Every line that is not blank; the kind of a line is also told by what stands around it."""
    bracketed = any(_BRACKETED.search(raw.rstrip()) for raw in text.split("\n"))
    raw = tuple(_raw(text, bracketed=bracketed))
    return tuple(_told_by_neighbours(raw, text.split("\n")))


def _raw(text: str, *, bracketed: bool) -> Iterator[PageLine]:
    offset = 0
    for number, raw in enumerate(text.split("\n"), 1):
        written = raw.rstrip()
        mark = _MARK.match(written)
        if written and mark is not None:
            yield _line(number, offset, written, mark, bracketed=bracketed)
        offset += len(raw) + 1


def _line(
    number: int, offset: int, written: str, mark: re.Match[str], *, bracketed: bool
) -> PageLine:
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
        citations=_citations(body, bracketed=bracketed),
    )


def _citations(body: str, *, bracketed: bool) -> tuple[int, ...]:
    """The numbers at the end of a sentence, as its text prints them: bare, or in brackets."""
    found = (_BRACKETED if bracketed else _PLAIN_NUMBERS).search(body)
    if found is None:
        return ()
    numbers: list[int] = []
    for first, last in re.findall(r"(\d+)(?:\s*[–-]\s*(\d+))?", found["run"]):  # noqa: RUF001
        numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(dict.fromkeys(numbers))


def _told_by_neighbours(raw: tuple[PageLine, ...], text: list[str]) -> Iterator[PageLine]:
    for position, line in enumerate(raw):
        following = raw[position + 1] if position + 1 < len(raw) else None
        alone = line.number >= len(text) or not text[line.number].strip()
        if line.kind is LineKind.TEXT and alone and _like_a_heading(line):
            yield replace(line, kind=LineKind.HEADING)
        elif line.ordinal and not line.indent and alone and _like_a_heading(line):
            yield replace(line, kind=LineKind.NUMBERED_HEADING)
        else:
            opens = following is not None and following.kind is LineKind.ITEM
            lead = line.kind is LineKind.TEXT and line.body.endswith(":") and opens
            yield replace(line, is_lead=lead)


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
    (Zone.REFERENCES, _words(r"^(references?|bibliography|sources|literature|works cited)$")),
    (Zone.QUESTIONS, _words(r"^(related|similar|more|other) questions$|^people also ask|^faqs?$")),
    (Zone.NOTICE, _words(r"\b(disclaimer|legal notice|terms of use|copyright)\b")),
    (Zone.SERVICE, _words(r"follow-up question|^(subscribe|newsletter|sign up|contact us)\b")),
)
"""Headings that open a part of the page."""

_QUESTION: Final = "asks the question that the article answers, and asserts nothing"
_IN_ZONE: Final = {
    Zone.REFERENCES: "part of an entry of the reference list: kept with that entry",
    Zone.QUESTIONS: "question offered to the reader, without an answer here",
    Zone.NOTICE: "legal notice that asserts nothing about patients",
    Zone.SERVICE: "page furniture that advertises the service",
    Zone.TITLE: "title of the document: kept with it",
    Zone.BODY: "heading that names a topic and asserts nothing",
}
TITLES: Final = frozenset({_QUESTION, _IN_ZONE[Zone.TITLE], _IN_ZONE[Zone.BODY]})
"""The reasons of lines that may be the title of the document."""

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
