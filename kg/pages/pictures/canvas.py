"""What a picture is drawn on: shapes, words and links, and the boxes that words take.

This is the one module that knows the library. It escapes every text, for the library does not;
an element has classes and never a style, and the same drawing gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Final

import svg

from kg.pages.pictures.text import SIZE, SMALL, width_of
from kg.pages.values import ROOT, Box, Figure

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Letters that no label has, and that would break the text or turn it around."""
_ASCENT: Final = 0.8
"""Of the size of a text, so much stands above its line."""
_DESCENT: Final = 0.22

Point = tuple[float, float]


class Canvas:
    """A drawing that grows; its links are drawn above all else, in their order.

    `prefix` makes ids that no other picture of the page has.
    """

    def __init__(self, prefix: str, width: int) -> None:
        self._prefix = prefix
        self.width = width
        self._shapes: list[svg.Element] = []
        self._links: list[svg.Element] = []
        self._into = self._shapes
        self.words: list[Box] = []
        """The room that each text takes, in the order in which they were drawn."""
        self._hatched = False

    # ── Shapes ──────────────────────────────────────────────────────────────────────────────

    def rectangle(self, box: Box, classes: str, *, rounded: float = 0, hint: str = "") -> None:
        """A rectangle; `hint` is what is shown when the pointer rests on it."""
        self._into.append(
            _made(
                svg.Rect,
                x=_number(box.x),
                y=_number(box.y),
                width=_number(box.width),
                height=_number(box.height),
                rx=_number(rounded) if rounded else None,
                class_=classes,
                elements=[_title(hint)] if hint else None,
            )
        )

    def hatch(self, box: Box) -> None:
        """A rectangle of slanting lines, which is told from others without colour."""
        self._hatched = True
        self._into.append(
            _made(
                svg.Rect,
                x=_number(box.x),
                y=_number(box.y),
                width=_number(box.width),
                height=_number(box.height),
                fill=f"url(#{self._prefix}-hatch)",
            )
        )

    def path(self, data: str, classes: str) -> None:
        """A path, as SVG writes one."""
        self._into.append(_made(svg.Path, d=data, class_=classes))

    def line(self, points: Sequence[Point], classes: str) -> None:
        """A line through some points."""
        self.path(f"M{'L'.join(_pair(*each) for each in points)}", classes)

    def dot(self, at: Point, radius: float, classes: str) -> None:
        """A filled circle."""
        x, y = map(_number, at)
        self._into.append(_made(svg.Circle, cx=x, cy=y, r=_number(radius), class_=classes))

    # ── Words ───────────────────────────────────────────────────────────────────────────────

    def text(
        self,
        at: Point,
        words: str,
        classes: str = "",
        *,
        anchor: str = "start",
        size: float = SIZE,
    ) -> Box:
        """One line of words; what it takes of the drawing. `bold` and `small` are classes."""
        x, y = at
        width = width_of(words, size, bold="bold" in classes.split())
        left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
        box = Box(left, y - _ASCENT * size, width, (_ASCENT + _DESCENT) * size)
        self.words.append(box)
        self._into.append(
            _made(
                svg.Text,
                x=_number(x),
                y=_number(y),
                text=clean(words),
                class_=classes or None,
                text_anchor=None if anchor == "start" else anchor,
            )
        )
        return box

    def lines(
        self,
        at: Point,
        lines: Iterable[str],
        classes: str = "small",
        *,
        step: float = 15,
        anchor: str = "start",
    ) -> float:
        """Small lines below each other, the first a step below the point; where the last stands."""
        x, y = at
        for line in lines:
            y += step
            self.text((x, y), line, classes, anchor=anchor, size=SMALL)
        return y

    @contextmanager
    def link(self, path: str, hint: str = "") -> Iterator[None]:
        """What is drawn within it leads to a path below the root; `hint` says where."""
        inside: list[svg.Element] = [_title(hint)] if hint else []
        self._into = inside
        yield
        self._into = self._shapes
        self._links.append(_made(svg.A, href=ROOT + clean(path), elements=inside))

    def id_link(self, at: Point, statement: str, hint: str) -> float:
        """The id of a statement as a link to its page; how wide it is."""
        x, y = at
        width = width_of(statement, SMALL)
        with self.link(f"statement/{statement}", f"{statement}: {hint}" if hint else ""):
            self.rectangle(Box(x - 3, y - 16, width + 6, 24), "target")
            self.text(at, statement, "id small", size=SMALL)
        return width

    # ── The whole ───────────────────────────────────────────────────────────────────────────

    def figure(self, height: float, title: str, says: str) -> Figure:
        """The drawing as a picture of its width and so high."""
        tall = round(height)
        named, described = f"{self._prefix}-title", f"{self._prefix}-desc"
        inside: list[svg.Element] = [
            svg.Title(id=named, text=clean(title)),
            svg.Desc(id=described, text=clean(says)),
            *self._patterns(),
        ]
        shapes = svg.G(elements=self._shapes)
        aria = {"role": "img", "aria-labelledby": f"{named} {described}"}
        if self._links:  # an image is one thing to a reader without eyes, and has no links in it
            aria = {"role": "group", "aria-labelledby": named, "aria-describedby": described}
            shapes.extra = {"aria-hidden": "true"}
        whole = svg.SVG(
            viewBox=svg.ViewBoxSpec(0, 0, self.width, tall),
            width=self.width,
            height=tall,
            xmlns=None,
            elements=[*inside, shapes, *self._links],
            extra=aria,
        )
        return Figure(title, says, str(whole), self.width, tall, tuple(self.words))

    def _patterns(self) -> Iterator[svg.Element]:
        if self._hatched:
            stroke = svg.Path(d="M0 6L6 0", class_=["hatch"])  # type: ignore[arg-type] # as text
            pattern = svg.Pattern(
                id=f"{self._prefix}-hatch", width=6, height=6, elements=[stroke],
                patternUnits="userSpaceOnUse",
            )  # fmt: skip
            yield svg.Defs(elements=[pattern])


def clean(text: str) -> str:
    """A text as markup has it: nothing in it is markup, and no letter turns others around."""
    return escape(_CONTROL.sub("", text), quote=True)


def smooth(start: Point, end: Point) -> str:
    """A curve that leaves and comes in level, as the data of a path."""
    (x1, y1), (x2, y2) = start, end
    middle = (x1 + x2) / 2
    return f"M{_pair(x1, y1)}C{_pair(middle, y1)} {_pair(middle, y2)} {_pair(x2, y2)}"


def joined(parts: Iterable[str]) -> str:
    """Several things in words: `a, b and c`."""
    *first, last = [*parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _made(kind: type[svg.Element], **attributes: object) -> svg.Element:
    """An element that has what is given and nothing else.

    The constructors of the library write down every attribute that an element could have, some
    forty, and its writer looks at each again: half of the time of a picture.
    """
    element = kind.__new__(kind)
    vars(element).update((key, each) for key, each in attributes.items() if each is not None)
    return element


def _title(text: str) -> svg.Element:
    return _made(svg.Title, text=clean(text))


def _pair(x: float, y: float) -> str:
    return f"{_number(x)} {_number(y)}"


def _number(value: float) -> float:
    """A number as short as a tenth of a pixel allows."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded
