"""The scale of a measurement: its reference range, the lines of documents, the patient's value.

The scale counts in multiples of the upper limit of normal and is logarithmic, since documents
speak of twice and five times. No line stands in the code: each is a `Threshold` of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Final

from kg.model.tables import Bounds
from kg.pages.pictures.canvas import Canvas, joined
from kg.pages.pictures.layered import spread
from kg.pages.pictures.text import LINE, SMALL, clip, width_of, wrap
from kg.pages.values import Box, Figure

WIDTH: Final = 320
"""So wide that it stands on the smallest phone as it is."""
UNIT: Final = "× ULN"
_TOP: Final = 34
_BAR: Final = Box(84, 0, 14, 0)
_WORDS: Final = 118
"""Where the words beside the bar begin."""
_ROOM: Final = WIDTH - _WORDS
_VALUE: Final = 62
"""Where the words of the value end."""
_LEAST: Final = 230
"""So high is the bar at least."""
_FURTHEST: Final = (0.02, 100.0)
"""What lies beyond is drawn at the end of the scale."""
_STEPS: Final = (0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100)
_GAP: Final = 9


@dataclass(frozen=True, slots=True)
class Line:
    """A part of the scale that documents speak of, and the statements that draw its line."""

    label: str
    bounds: Bounds
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The patient's result, as far as the scale can show it."""

    words: str
    """The whole result, as an answer repeats it."""
    short: str
    """The value with its unit, or the word of the laboratory."""
    ratio: float | None = None
    """Its multiple of the upper limit; None where only a part of the scale is known."""
    low: float | None = None
    """Of a result without a value: where it lies at least."""
    high: float | None = None
    """The same, at most."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What the picture shows."""

    name: str
    lines: tuple[Line, ...]
    says: Mapping[str, str]
    """The words of each statement, by its id."""
    reading: Reading | None = None
    lower: float | None = None
    """The lower limit of normal as a multiple of the upper one, where the laboratory gave both."""


def scale_picture(scale: Scale, prefix: str) -> Figure:
    """The scale as a picture; ids in it begin with `prefix`."""
    return _Drawing(scale, Canvas(prefix, WIDTH)).figure()


def bounds_text(bounds: Bounds) -> str:
    """Where a figure has to lie: `above 2`, `1.5 to 2`, `below 1.5`."""
    low, high = bounds.low, bounds.high
    if low is not None and high is not None:
        return f"{low.normalize():f} to {high.normalize():f}"
    if low is not None:
        return f"{'above' if bounds.at_least is None else 'from'} {low.normalize():f}"
    if high is not None:
        return f"{'below' if bounds.at_most is None else 'up to'} {high.normalize():f}"
    return "any"


@dataclass(frozen=True, slots=True)
class _Callout:
    """The words beside a part of the bar."""

    low: float
    high: float
    head: str
    links: tuple[str, ...] = ()
    body: tuple[str, ...] = ()

    @property
    def size(self) -> float:
        return LINE * (1 + len(self.body))


class _Drawing:
    """Draws one scale."""

    def __init__(self, scale: Scale, canvas: Canvas) -> None:
        self._scale = scale
        self._canvas = canvas
        self._ends = self._find_ends()
        self._callouts = sorted(self._list_callouts(), key=lambda each: -each.low)
        needed = sum(each.size + _GAP for each in self._callouts)
        self._height = max(_LEAST, needed)

    def figure(self) -> Figure:
        """The whole."""
        self._canvas.text((0, 14), f"{self._scale.name} in multiples of", "bold")
        self._canvas.text(
            (0, 14 + LINE), "the upper limit of normal (ULN)", "soft small", size=SMALL
        )
        self._draw_bar()
        at = self._draw_value()
        self._draw_ticks(at)
        self._draw_callouts()
        bottom = _TOP + self._height + 14
        return self._canvas.figure(bottom, f"{self._scale.name} on its scale", self._in_words())

    # ── The scale ───────────────────────────────────────────────────────────────────────────

    def _find_ends(self) -> tuple[float, float]:
        scale, reading = self._scale, self._scale.reading
        edges = [each for line in scale.lines for each in _edges(line.bounds)]
        values = [reading.ratio] if reading and reading.ratio else []
        values += [each for each in (reading and reading.low, reading and reading.high) if each]
        low = min([0.6, *(0.8 * each for each in (*values, scale.lower or 1.0))])
        high = max([2.0, *(2 * each for each in edges), *(1.3 * each for each in values)])
        return max(low, _FURTHEST[0]), min(high, _FURTHEST[1])

    def _y(self, value: float) -> float:
        low, high = self._ends
        kept = min(max(value, low), high)
        return _TOP + 8 + self._height * (1 - log(kept / low) / log(high / low))

    def _span(self, low: float, high: float) -> Box:
        top = self._y(high)
        return Box(_BAR.x, top, _BAR.width, self._y(low) - top)

    # ── Drawing ─────────────────────────────────────────────────────────────────────────────

    def _draw_bar(self) -> None:
        low, high = self._ends
        self._canvas.rectangle(self._span(low, high), "bar")
        self._canvas.hatch(self._span(self._scale.lower or low, 1))
        for place, line in enumerate(self._scale.lines, 1):
            bottom, top = _ends_of(line.bounds)
            self._canvas.rectangle(self._span(bottom or low, top or high), f"level-{min(place, 5)}")
        self._canvas.rectangle(self._span(low, high), "frame")

    def _draw_value(self) -> float | None:
        """The patient's value left of the bar; where it stands."""
        reading = self._scale.reading
        if reading is None:
            return None
        if reading.ratio is not None:
            at = self._y(reading.ratio)
            self._canvas.path(f"M{_BAR.x - 2} {at:.1f}l-9 -6v12z", "pointer")
            self._canvas.line(((_BAR.x, at), (_BAR.x + _BAR.width, at)), "reading")
            head = f"{reading.ratio:.3g} ×"
        else:
            span = self._span(reading.low or self._ends[0], reading.high or self._ends[1])
            self._canvas.rectangle(span, "part")
            at, head = span.y + span.height / 2, self._scale.name
        lines = wrap(reading.short, _VALUE, SMALL, most=3)
        first = min(at, _TOP + self._height + 8 - 15 * len(lines))
        self._canvas.text((_VALUE, first), clip(head, _VALUE), "bold", anchor="end")
        self._canvas.lines((_VALUE, first), lines, anchor="end")
        return at

    def _draw_ticks(self, taken: float | None) -> None:
        """The numbers of the scale, those of the lines first; none where the value points."""
        edges = {each for line in self._scale.lines for each in _edges(line.bounds)} | {1.0}
        low, high = self._ends
        kept = [] if taken is None else [taken]
        words = list(self._canvas.words)
        for value in (*sorted(edges), *_STEPS):
            at, name = self._y(value), f"{value:g}"
            wide = width_of(name, SMALL) + 4
            room = Box(_BAR.x - wide, at - 6, wide, 12)
            apart = all(abs(at - each) > LINE for each in kept)
            if low <= value <= high and apart and not any(map(room.overlaps, words)):
                kept.append(at)
                place = (_BAR.x - 4, at + 4)
                self._canvas.text(place, name, "soft small", anchor="end", size=SMALL)

    def _draw_callouts(self) -> None:
        middles = [(self._y(each.low) + self._y(each.high)) / 2 for each in self._callouts]
        sizes = [each.size for each in self._callouts]
        starts = spread(middles, sizes, _TOP + 4, _GAP)
        overshoot = max(0, starts[-1] + sizes[-1] - (_TOP + self._height + 12))
        for callout, middle, start in zip(self._callouts, middles, starts, strict=True):
            self._draw_callout(callout, middle, start - overshoot)

    def _draw_callout(self, callout: _Callout, middle: float, top: float) -> None:
        first = top + 12
        edge = _BAR.x + _BAR.width
        self._canvas.line(
            ((edge, middle), (edge + 12, first - 4), (_WORDS - 3, first - 4)), "leader"
        )
        head = self._canvas.text((_WORDS, first), callout.head, "bold small", size=SMALL)
        x = head.x + head.width + 8
        for each in callout.links:
            x += self._canvas.id_link((x, first), each, self._scale.says.get(each, "")) + 6
        self._canvas.lines((_WORDS, first), callout.body)

    # ── Words ───────────────────────────────────────────────────────────────────────────────

    def _list_callouts(self) -> list[_Callout]:
        told: set[str] = set()
        found = [self._of_range()]
        lows = sorted(low for line in self._scale.lines if (low := _ends_of(line.bounds)[0]))
        for line in self._scale.lines:
            low, high = _ends_of(line.bounds)
            new = [each for each in line.statements if each not in told]
            told.update(new)
            words = " · ".join(self._scale.says.get(each, "") for each in new)
            above = next((each for each in lows if each > (low or 0)), None)
            found.append(
                _Callout(
                    low or self._ends[0],
                    min(filter(None, (high, above, self._ends[1]))),
                    f"{bounds_text(line.bounds)} {UNIT}",
                    line.statements,
                    wrap(words, _ROOM, SMALL, most=6),
                )
            )
        return found

    def _of_range(self) -> _Callout:
        lower = self._scale.lower
        head = f"{lower:.2g} to 1 {UNIT}" if lower else f"up to 1 {UNIT}"
        return _Callout(lower or self._ends[0], 1, head, (), ("reference range",))

    def _in_words(self) -> str:
        scale = self._scale
        said = []
        if scale.reading is not None:
            at = scale.reading.ratio
            multiple = f", {at:.3g} {UNIT}" if at is not None else ""
            said.append(f"Of the patient: {scale.name} {scale.reading.words}{multiple}.")
        low = f"from {scale.lower:.2g} " if scale.lower else ""
        said.append(f"Reference range: {low}up to 1 {UNIT}.")
        said += [self._line_in_words(line) for line in scale.lines]
        return " ".join(said)

    def _line_in_words(self, line: Line) -> str:
        carried = joined(f"{each}: {self._scale.says.get(each, '')}" for each in line.statements)
        return f"{bounds_text(line.bounds).capitalize()} {UNIT}: {line.label} ({carried})."


def _edges(bounds: Bounds) -> list[float]:
    return [float(each) for each in (bounds.low, bounds.high) if each is not None]


def _ends_of(bounds: Bounds) -> tuple[float | None, float | None]:
    low, high = bounds.low, bounds.high
    return None if low is None else float(low), None if high is None else float(high)
