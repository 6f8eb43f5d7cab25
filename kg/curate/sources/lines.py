"""The lines of a text as values: what stands in front of each sentence, and what at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a line looks like."""

    HEADING = auto()
    NUMBERED_HEADING = auto()
    ITEM = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Line:
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
    kind: Kind
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


def read_lines(text: str) -> tuple[Line, ...]:
    """Every line that is not blank; the kind of a line is also told by what stands around it."""
    bracketed = any(_BRACKETED.search(raw.rstrip()) for raw in text.split("\n"))
    raw = tuple(_raw(text, bracketed=bracketed))
    return tuple(_told_by_neighbours(raw, text.split("\n")))


def _raw(text: str, *, bracketed: bool) -> Iterator[Line]:
    offset = 0
    for number, raw in enumerate(text.split("\n"), 1):
        written = raw.rstrip()
        mark = _MARK.match(written)
        if written and mark is not None:
            yield _line(number, offset, written, mark, bracketed=bracketed)
        offset += len(raw) + 1


def _line(number: int, offset: int, written: str, mark: re.Match[str], *, bracketed: bool) -> Line:
    body = written[mark.end() :]
    item = bool(mark["bullet"] or mark["number"])
    return Line(
        number=number,
        start=offset + mark.end(),
        end=offset + len(written),
        indent=len(mark["blank"]),
        text=written.strip(),
        body=body,
        kind=Kind.HEADING if mark["hashes"] else Kind.ITEM if item else Kind.TEXT,
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


def _told_by_neighbours(raw: tuple[Line, ...], text: list[str]) -> Iterator[Line]:
    for position, line in enumerate(raw):
        following = raw[position + 1] if position + 1 < len(raw) else None
        alone = line.number >= len(text) or not text[line.number].strip()
        if line.kind is Kind.TEXT and alone and _like_a_heading(line):
            yield replace(line, kind=Kind.HEADING)
        elif line.ordinal and not line.indent and alone and _like_a_heading(line):
            yield replace(line, kind=Kind.NUMBERED_HEADING)
        else:
            opens = following is not None and following.kind is Kind.ITEM
            lead = line.kind is Kind.TEXT and line.body.endswith(":") and opens
            yield replace(line, is_lead=lead)


def _like_a_heading(line: Line) -> bool:
    short = len(line.body.split()) <= _LONGEST_HEADING or line.body.endswith("?")
    return short and not line.citations and not line.body.endswith(_SENTENCE_END)
