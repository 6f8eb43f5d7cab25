"""What of a page is no statement: titles, headings, dates, banners, references, notices.

The patterns are of how pages are made, not of what they say. Each comes with the reason that is
proposed for setting such a line aside.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

from kg.curate.sources.lines import Kind, Line


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


def zone_of(line: Line) -> Zone | None:
    """The part of the page that a heading opens, where it opens another."""
    return next((zone for zone, words in _HEADINGS if words.search(line.body)), None)


def reason(line: Line, zone: Zone) -> str:
    """Why a line of this part of a page is no statement; empty where it may be one."""
    if zone is Zone.FRONT:
        return _of_the_page(line)
    if line.kind is Kind.HEADING and zone in _HEADING_OF and zone_of(line) is zone:
        return _HEADING_OF[zone]
    if zone is Zone.TITLE and line.body.endswith("?"):
        return _QUESTION
    return _IN_ZONE[zone]


def _of_the_page(line: Line) -> str:
    if line.citations or line.kind in (Kind.ITEM, Kind.NUMBERED_HEADING):
        return ""
    return next((why for words, why in _FRONT if words.search(line.body)), "")
