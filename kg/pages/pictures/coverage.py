"""What became of the lines of an article: a mark for each, in the order of the text.

A line carries statements, is set aside with a reason, or is open. No word of the article is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from kg.model.copies import Coverage, Line
from kg.pages.pictures.canvas import Canvas
from kg.pages.pictures.text import SMALL, clip
from kg.pages.values import Box, Figure

WIDTH: Final = 320
_STEP: Final = 10
_MARK: Final = 7
_TALLEST: Final = 22
_EACH: Final = 4
"""So much taller is a mark for each statement that its line carries."""
_BETWEEN: Final = 3
"""So many lines that are set aside, and no more, count to the section that follows."""
_KEYS: Final = (
    ("said", "in a statement; the taller, the more of them"),
    ("aside", "set aside, with a reason"),
    ("open", "open"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that stand together under a name."""

    name: str
    lines: tuple[Line, ...]


def coverage_picture(coverage: Coverage, sections: Mapping[int, str], prefix: str) -> Figure:
    """The lines of a document as a picture; ids in it begin with `prefix`.

    `sections` has the name of the section of each line that carries a statement.
    """
    parts = tuple(parts_of(coverage, sections))
    canvas = Canvas(prefix, WIDTH)
    at = _draw_keys(canvas, coverage)
    for part in parts:
        at = _draw_part(canvas, part, at + 25)
    title = f"Lines of document {coverage.document}"
    return canvas.figure(at + 6, title, " ".join(_in_words(coverage, parts)))


def parts_of(coverage: Coverage, sections: Mapping[int, str]) -> Iterator[Part]:
    """The lines in parts: those of one section together, with the few set aside before them."""
    known = {line.number: line for line in coverage.lines}
    for number in coverage.open:
        known.setdefault(number, Line(number, (), ()))
    lines = [known[number] for number in sorted(known)]
    runs = [(name, [*run]) for name, run in groupby(lines, lambda e: sections.get(e.number, ""))]
    waiting: list[Line] = []
    for name, run in runs:
        if not name and len(run) <= _BETWEEN:
            waiting += run
        elif not name:
            yield Part("outside the sections", (*waiting, *run))
            waiting = []
        else:
            yield Part(name, (*waiting, *run))
            waiting = []
    if waiting:
        yield Part("outside the sections", tuple(waiting))


def _draw_keys(canvas: Canvas, coverage: Coverage) -> float:
    """What each sort of mark means, as far as it is there; where the marks may begin."""
    at = 0.0
    counts = {
        "said": len(coverage.carrying),
        "aside": sum(bool(line.reasons) for line in coverage.lines),
        "open": len(coverage.open),
    }
    for sort, meaning in _KEYS:
        if counts[sort]:
            at += 17
            canvas.rectangle(Box(0.5, at - 11, _MARK, 13), sort)
            canvas.text((16, at), f"{counts[sort]} {meaning}", "small", size=SMALL)
    return at


def _draw_part(canvas: Canvas, part: Part, at: float) -> float:
    """The name of a part, and its marks in rows; where they end."""
    canvas.text((0, at), clip(part.name, WIDTH, SMALL), "soft small", size=SMALL)
    in_row = WIDTH // _STEP
    for start in range(0, len(part.lines), in_row):
        row = part.lines[start : start + in_row]
        at += max(map(_tall, row)) + 6
        for place, line in enumerate(row):
            tall = _tall(line)
            box = Box(place * _STEP + 0.5, at - tall, _MARK, tall)
            canvas.rectangle(box, _sort(line), hint=_meaning(line))
    return at


def _tall(line: Line) -> int:
    return min(6 + _EACH * max(len(line.statements), 1), _TALLEST)


def _sort(line: Line) -> str:
    if line.statements:
        return "said"
    return "aside" if line.reasons else "open"


def _meaning(line: Line) -> str:
    """A line in words."""
    said = ", ".join(line.statements)
    return f"line {line.number}: {said or '; '.join(line.reasons) or 'open'}"


def _in_words(coverage: Coverage, parts: Sequence[Part]) -> Iterator[str]:
    yield f"{len(coverage.carrying)} lines carry {coverage.encoded} statements."
    for reason, lines in coverage.aside.items():
        yield f"{len(lines)} set aside: {reason}."
    if coverage.open:
        yield f"Open: {', '.join(map(str, coverage.open))}."
    else:
        yield "No line is open."
    for part in parts:
        count = sum(len(line.statements) for line in part.lines)
        if count:
            yield f"{part.name}: {count} statements."
