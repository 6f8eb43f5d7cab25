"""A picture as a page shows it: markup, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

ROOT: Final = "\x00"
"""Stands before each path in the markup of a picture; no text of a picture can hold it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that something takes."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two have more than an edge in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that was made on the server; `figure.html` has the macro that shows it."""

    title: str
    says: str
    """The same in words: whoever does not see the picture misses no fact of it."""
    svg: str
    width: int
    height: int
    words: tuple[Box, ...] = ()
    """The room that each text takes."""

    def markup(self, root: str) -> str:
        """The picture for a page whose paths begin with `root`; it needs no escaping."""
        return self.svg.replace(ROOT, escape(root, quote=True))
