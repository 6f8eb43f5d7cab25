"""How a measurement went: its results by day, the drugs, and what documents say of the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kg.pages.pictures.canvas import Canvas, Point
from kg.pages.pictures.text import LINE, SMALL, clip, width_of, wrap
from kg.pages.values import Box, Figure

WIDTH: Final = 320
_LEFT: Final = 34
_RIGHT: Final = WIDTH - 50
_TOP: Final = 44
_HEIGHT: Final = 130
_BAR: Final = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """One result of a day."""

    day: date
    value: float
    """In what the axis counts."""
    short: str
    """What stands beside its point."""
    words: str
    """The whole of it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A drug, and from when until when it is taken; an end that is not known is absent."""

    name: str
    start: date | None = None
    stop: date | None = None

    @property
    def days(self) -> str:
        """When it is taken, in words."""
        if self.start and self.stop:
            return f"{self.start} to {self.stop}"
        return f"since {self.start}" if self.start else f"until {self.stop}"


@dataclass(frozen=True, slots=True)
class Window:
    """Days of a treatment that a document speaks of."""

    name: str
    start: date
    stop: date


@dataclass(frozen=True, slots=True)
class Level:
    """A height that documents name, such as a quarter above baseline."""

    name: str
    value: float
    start: date | None
    """The start of the treatment that it is about."""


@dataclass(frozen=True, slots=True)
class CourseChart:
    """What the picture shows."""

    name: str
    unit: str
    samples: tuple[Sample, ...]
    """In the order of their days; at least two."""
    band: tuple[float | None, float] | None = None
    """The reference range; the lower end may not be known."""
    taken: tuple[Taken, ...] = ()
    windows: tuple[Window, ...] = ()
    levels: tuple[Level, ...] = ()
    changes: tuple[str, ...] = ()
    """How results stand to those before them, in words."""
    said: Mapping[str, str] = field(default_factory=dict)
    """What documents say of a change under such a drug, by statement."""


def course_picture(chart: CourseChart, prefix: str) -> Figure:
    """The course as a picture; ids in it begin with `prefix`."""
    return _Drawing(chart, Canvas(prefix, WIDTH)).figure()


class _Drawing:
    """Draws one course."""

    def __init__(self, chart: CourseChart, canvas: Canvas) -> None:
        self._chart = chart
        self._canvas = canvas
        self._first, self._days = self._find_days()
        self._highest = self._find_highest()
        self._at = float(_TOP + _HEIGHT)

    def figure(self) -> Figure:
        """The whole."""
        chart = self._chart
        self._canvas.text((0, 14), f"{chart.name} over time", "bold")
        self._canvas.text((0, 14 + LINE), f"in {chart.unit}", "soft small", size=SMALL)
        self._draw_ground()
        self._draw_levels()
        self._draw_samples()
        self._draw_days()
        for each in chart.taken:
            self._draw_taken(each)
        self._draw_legend()
        self._draw_list()
        title = f"{chart.name} over time"
        return self._canvas.figure(self._at + 8, title, self._in_words())

    # ── The plane ───────────────────────────────────────────────────────────────────────────

    def _find_days(self) -> tuple[date, int]:
        """The first day, and how many are shown; what lies long before the results is cut."""
        chart = self._chart
        days = [each.day for each in chart.samples]
        days += [each for window in chart.windows for each in (window.start, window.stop)]
        days += [each.start for each in chart.taken if each.start and each.start >= min(days)]
        first, last = min(days), max(days)
        return first, max((last - first).days, 1)

    def _find_highest(self) -> float:
        chart = self._chart
        values = [each.value for each in chart.samples] + [each.value for each in chart.levels]
        values += [chart.band[1]] if chart.band else []
        return max(values) * 1.2 or 1.0

    def _x(self, day: date) -> float:
        share = (day - self._first).days / self._days
        return _LEFT + 8 + (_RIGHT - _LEFT - 8) * min(max(share, 0), 1)

    def _y(self, value: float) -> float:
        return _TOP + _HEIGHT * (1 - value / self._highest)

    # ── Drawing ─────────────────────────────────────────────────────────────────────────────

    def _draw_ground(self) -> None:
        """The reference range, the windows, and the axes."""
        for window in self._chart.windows:
            left, right = self._x(window.start), self._x(window.stop)
            self._canvas.hatch(Box(left, _TOP, right - left, _HEIGHT))
            self._canvas.line(((right, _TOP), (right, _TOP + _HEIGHT)), "limit")
        if self._chart.band:
            low, high = self._chart.band
            top = self._y(high)
            box = Box(_LEFT, top, _RIGHT - _LEFT, self._y(low or 0) - top)
            self._canvas.rectangle(box, "level-1")
            self._canvas.line(((_LEFT, top), (_RIGHT, top)), "edge")
            for value in filter(None, (high, low)):
                self._tick(value)
        corner = (_LEFT, _TOP + _HEIGHT)
        self._canvas.line(((_LEFT, _TOP), corner, (_RIGHT, _TOP + _HEIGHT)), "frame")

    def _tick(self, value: float) -> None:
        words = f"{value:.2g}" if value < 10 else f"{value:.0f}"  # noqa: PLR2004 - two digits
        self._note((_LEFT - 5, self._y(value) + 4), words, anchor="end")

    def _draw_levels(self) -> None:
        for level in self._chart.levels:
            at, left = self._y(level.value), self._x(level.start or self._first)
            self._canvas.line(((left, at), (_RIGHT, at)), "level")
            self._note((_RIGHT + 4, at + 4), level.name)

    def _note(self, at: Point, words: str, *, anchor: str = "start") -> None:
        """Words beside the plane, unless others stand there."""
        width = width_of(words, SMALL)
        room = Box(at[0] - (width if anchor == "end" else 0), at[1] - 10, width, 13)
        if not any(map(room.overlaps, self._canvas.words)):
            self._canvas.text(at, words, "soft small", anchor=anchor, size=SMALL)

    def _draw_samples(self) -> None:
        points = [(self._x(each.day), self._y(each.value)) for each in self._chart.samples]
        self._canvas.line(points, "reading")
        taken = list(self._canvas.words)
        for sample, point in zip(self._chart.samples, points, strict=True):
            self._canvas.dot(point, 4, "point")
            place = self._place(sample.short, point, taken)
            if place is not None:
                words = "bold small"
                at = self._canvas.text(place, sample.short, words, anchor="middle", size=SMALL)
                taken.append(at)

    def _place(self, words: str, point: Point, taken: list[Box]) -> Point | None:
        """Where the words of a point stand free: above it or below it, else nowhere."""
        width = width_of(words, SMALL, bold=True)
        x = min(max(point[0], _LEFT + width / 2 + 2), WIDTH - width / 2)
        for along, y in ((0, -9), (0, 18), (width / 2 + 8, 4), (-width / 2 - 8, 4)):
            at = x + along, point[1] + y
            box = Box(at[0] - width / 2, at[1] - 10, width, 13)
            inside = box.y >= _TOP - 4 and at[1] <= _TOP + _HEIGHT - 2 and at[0] <= _RIGHT + 20
            if inside and not any(map(box.overlaps, taken)):
                return at
        return None

    def _draw_days(self) -> None:
        self._at += 16
        last = max(each.day for each in self._chart.samples)
        self._note((_LEFT, self._at), f"{self._first}")
        self._note((min(WIDTH, self._x(last) + 24), self._at), f"{last}", anchor="end")
        self._at += 4

    def _draw_taken(self, taken: Taken) -> None:
        """A bar from the first day to the last; an open end points on."""
        self._at += 2
        words = wrap(f"{taken.name} {taken.days}", WIDTH - _LEFT, SMALL, most=2)
        self._at = self._canvas.lines((_LEFT, self._at), words, step=LINE)
        left = _LEFT if taken.start is None else self._x(taken.start)
        right = _RIGHT if taken.stop is None else max(self._x(taken.stop), left + 2)
        top = self._at + 5
        self._canvas.rectangle(Box(left, top, right - left, _BAR), "level-3")
        if taken.stop is None:
            self._canvas.path(f"M{right} {top - 2:.1f}l8 6l-8 6z", "arrow")
        self._at = top + _BAR

    def _draw_legend(self) -> None:
        """What is hatched, and what is grey."""
        self._at += 6
        for window in self._chart.windows:
            self._draw_key(window.name, hatched=True)
        if self._chart.band:
            self._draw_key("reference range", hatched=False)
        self._at += 6

    def _draw_key(self, words: str, *, hatched: bool) -> None:
        """A row of the legend."""
        self._at += 15
        swatch = Box(0, self._at - 10, 18, 11)
        if hatched:
            self._canvas.hatch(swatch)
        self._canvas.rectangle(swatch, "frame" if hatched else "level-1")
        self._canvas.text((26, self._at), clip(words, WIDTH - 26, SMALL), "small", size=SMALL)

    def _draw_list(self) -> None:
        """Every result, every change, and what documents say of such a change."""
        for words in (*(each.words for each in self._chart.samples), *self._chart.changes):
            self._at = self._canvas.lines((0, self._at), wrap(words, WIDTH, SMALL, most=4)) + 3
        for statement, words in self._chart.said.items():
            self._draw_said(statement, words)

    def _draw_said(self, statement: str, words: str) -> None:
        left = width_of(statement, SMALL) + 10
        self._at += 24
        self._canvas.id_link((0, self._at), statement, words)
        lines = wrap(words, WIDTH - left, SMALL, most=4)
        self._at = max(self._at, self._canvas.lines((left, self._at - 15), lines))

    # ── Words ───────────────────────────────────────────────────────────────────────────────

    def _in_words(self) -> str:
        return " ".join(f"{each}." for each in self._sentences())

    def _sentences(self) -> Iterator[str]:
        chart = self._chart
        yield from (each.words for each in chart.samples)
        if chart.band:
            low = f"{chart.band[0]:.2g} to " if chart.band[0] else "up to "
            yield f"Reference range: {low}{chart.band[1]:g} {chart.unit}"
        yield from (f"Hatched: {each.name}" for each in chart.windows)
        yield from (f"{each.name} {each.days}" for each in chart.taken)
        yield from chart.changes
        for statement, words in chart.said.items():
            yield f"{statement}: {words}"
