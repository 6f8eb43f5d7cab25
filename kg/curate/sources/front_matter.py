"""What a page says of itself: title, date, publisher, review, and whether it lists references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kg.curate.sources.lines import AWAITED, BOARD, DATE, PEER, TITLES
from kg.curate.sources.outline import Outline, OutlineEntry


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What was found of a document; empty where its text does not say."""

    title: str
    updated: str
    publisher: str
    review: str
    review_claim: str
    references: str


_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_WRITTEN: Final = re.compile(r"([A-Z][a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]+)\.?,? (\d{4})")
_PUBLISHER: Final = re.compile(r"^(?:publisher|published by)\s*:?\s+(?P<name>.+)$", re.IGNORECASE)
_LISTED: Final = re.compile(r"^(?:\[\d+\]|\d+[.)])\s")


def read_front_matter(outline: Outline) -> FrontMatter:
    """What the lines of a page say of the document."""
    lines = [entry.text for entry in outline.entries]
    return FrontMatter(
        title=next((e.text.lstrip("\ufeff# ") for e in outline.entries if e.aside in TITLES), ""),
        updated=next(_dates(lines), ""),
        publisher=next((found["name"] for found in map(_PUBLISHER.match, lines) if found), ""),
        review=_review(outline.entries),
        review_claim="says that others review it" if _any(outline.entries, BOARD) else "",
        references=_references(outline.entries),
    )


def _dates(lines: Iterable[str]) -> Iterator[str]:
    """The dates on lines that begin with the word for one."""
    for line in lines:
        found = _date_in(line) if DATE.search(line) else None
        if found is not None:
            yield found.isoformat()


def _date_in(line: str) -> date | None:
    iso = _ISO.search(line)
    if iso is not None:
        return _parsed(iso[0], "%Y-%m-%d")
    written = _WRITTEN.search(line)
    if written is not None:
        return _parsed(" ".join((written[2], written[1][:3], written[3])), "%d %b %Y")
    day_first = _DAY_FIRST.search(line)
    if day_first is not None:
        return _parsed(" ".join((day_first[1], day_first[2][:3], day_first[3])), "%d %b %Y")
    return None


def _parsed(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


def _any(entries: Iterable[OutlineEntry], words: re.Pattern[str]) -> bool:
    return any(words.search(entry.text) for entry in entries if entry.aside and not entry.item)


def _review(entries: Iterable[OutlineEntry]) -> str:
    found = tuple(entries)
    if _any(found, AWAITED):
        return "pending review"
    return "peer reviewed, by its own word" if _any(found, PEER) else ""


def _references(entries: Iterable[OutlineEntry]) -> str:
    """What the reference list holds, in words."""
    listed = [entry.text for entry in entries if "reference list" in entry.aside]
    if not listed:
        return "no reference list"
    numbered = [line for line in listed[1:] if _LISTED.match(line)]
    if numbered:
        return f"{len(numbered)} entries, numbered"
    return f"{len(listed) - 1} lines, not numbered" if listed[1:] else "none printed"
