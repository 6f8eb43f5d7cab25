"""Citation numbers as texts print them: bare, in brackets, raised, or behind a full stop.

One text keeps one style, so the style is a property of the document: `(1)` is a citation in one
text and the mark of a list in another. Which style a text keeps is proposed by `recognise`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kg.model.errors import UsageError


class CitationStyle(StrEnum):
    """How a text prints its citation numbers; the value is how a curator writes it."""

    PLAIN = "plain"
    """It is so 1, 2"""
    SQUARE = "square"
    """It is so [1, 2]."""
    ROUND = "round"
    """It is so (1, 2)."""
    SUPERSCRIPT = "superscript"
    """It is so.¹"""
    ATTACHED = "attached"
    """It is so.1,2: raised numbers that lost their height when the text was copied."""
    NONE = "none"
    """No numbers: names and years, or nothing at all."""


def style_named(name: str) -> CitationStyle | None:
    """The style of a name, or None for no name; UsageError for another word."""
    if not name:
        return None
    try:
        return CitationStyle(name)
    except ValueError:
        known = ", ".join(CitationStyle)
        raise UsageError(f"{name!r} is no citation style; wanted one of: {known}.") from None


@dataclass(frozen=True, slots=True)
class Mark:
    """One run of citation numbers in a line, with the blanks in front of it."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """How often a text prints a style: its lines, and the highest number that counts."""

    style: CitationStyle
    lines: int
    highest: int


_LIST: Final = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"  # noqa: RUF001
_RAISED: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_FROM_RAISED: Final = str.maketrans(_RAISED + "⁻˒", "0123456789-,")
_LONGEST_RANGE: Final = 100
"""Numbers; a longer range is a quantity."""

_GAP: Final = 3
"""Numbers of a reference list that a text may leave out one after another."""

_PATTERNS: Final = {
    CitationStyle.PLAIN: re.compile(rf"(?:^|\s)\s*(?P<run>{_LIST})\s*(?=:?\s*$)"),
    CitationStyle.SQUARE: re.compile(rf"\s*\[\s*(?P<run>{_LIST})\s*\]"),
    CitationStyle.ROUND: re.compile(rf"\s*\(\s*(?P<run>{_LIST})\s*\)(?=\s*[.,;:]|\s*$|\s+[A-Z])"),
    CitationStyle.SUPERSCRIPT: re.compile(
        rf"(?<![\d⁻{_RAISED}])(?<!\b[mM])(?<!\b[kcdmµnμ]m)\s*"
        rf"(?P<run>[{_RAISED}]+(?:\s*[,˒⁻–-]\s*[{_RAISED}]+)*)(?![⁺⁻{_RAISED}])"  # noqa: RUF001
    ),
    CitationStyle.ATTACHED: re.compile(rf"(?<=[^\d\s][.,;:])(?P<run>{_LIST})(?=\s+\S|\s*$)"),
}
"""What a run looks like, by style; units with a power (m², 10⁹) are none."""

_BOUNDED: Final = (CitationStyle.PLAIN, CitationStyle.ROUND, CitationStyle.ATTACHED)
"""Styles that quantities look like: their numbers count as far as they run on from 1."""


def find_marks(line: str, highest: int, style: CitationStyle) -> tuple[Mark, ...]:
    """The runs of citation numbers in a line; a number above the highest belongs to the text."""
    return tuple(mark for mark in _marks(line, style) if all(n <= highest for n in mark.numbers))


def find_citations(
    line: str, highest: int, style: CitationStyle = CitationStyle.PLAIN
) -> tuple[int, ...]:
    """The citation numbers of a line, ranges counted out, each once."""
    marks = find_marks(line, highest, style)
    return tuple(dict.fromkeys(number for mark in marks for number in mark.numbers))


def remove_citations(line: str, highest: int, style: CitationStyle = CitationStyle.PLAIN) -> str:
    """A line without its citation numbers; the marks of its sentence stay."""
    kept, done = [], 0
    for mark in find_marks(line, highest, style):
        kept.append(line[done : mark.start])
        done = mark.end
    return "".join([*kept, line[done:]])


def recognise(lines: Sequence[str], *, declared: int = 0, listed: int = 0) -> tuple[Usage, ...]:
    """The styles that the lines of a text print, the likeliest first; empty where none is."""
    found = (measure(lines, style, declared=declared, listed=listed) for style in _PATTERNS)
    return tuple(sorted((each for each in found if each.lines), key=lambda each: -each.lines))


def measure(
    lines: Iterable[str], style: CitationStyle, *, declared: int = 0, listed: int = 0
) -> Usage:
    """How far the numbers of a style run in a text, and on how many lines.

    `declared` is the highest number that a curator knows of, `listed` that of a reference list.
    """
    numbers = [{n for mark in _marks(line, style) for n in mark.numbers} for line in lines]
    printed = set[int]().union(*numbers)
    bounded = style in _BOUNDED
    highest = _run_on(printed, declared, listed) if bounded else max(printed, default=0)
    return Usage(style, sum(any(n <= highest for n in each) for each in numbers), highest)


def _run_on(printed: set[int], declared: int, listed: int) -> int:
    """How far numbers run on from 1; within a list that is printed a few may be left out."""
    run = declared
    for number in sorted(printed):
        gap = _GAP if number <= listed else 0
        if number > run + 1 + gap:
            break
        run = max(run, number)
    return run


def _marks(line: str, style: CitationStyle) -> Iterator[Mark]:
    pattern = _PATTERNS.get(style)
    for found in pattern.finditer(line) if pattern else ():
        numbers = tuple(_count_out(found["run"]))
        if numbers:
            yield Mark(found.start(), found.end(), numbers)


def _count_out(run: str) -> Iterator[int]:
    """The numbers of a run with its ranges counted out; nothing for a range that runs back."""
    numbers: list[int] = []
    text = run.translate(_FROM_RAISED)
    for first, last in re.findall(r"(\d+)(?:\s*[–-]\s*(\d+))?", text):  # noqa: RUF001
        start, stop = int(first), int(last or first)
        if not 0 < start <= stop < start + _LONGEST_RANGE:
            return
        numbers += range(start, stop + 1)
    yield from numbers
