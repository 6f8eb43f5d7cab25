"""Text in columns: wrapping, rows with ids at the right, and nothing wider than the page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final

WIDTH: Final = 100
GAP: Final = 2
_COLUMNS: Final = (36, 36, 24)


def wrapped(text: str, width: int, *, hang: int = 0) -> list[str]:
    """The text in lines of a width; a word that is longer is broken."""
    lines = textwrap.wrap(
        text, width, subsequent_indent=" " * hang, break_on_hyphens=False, break_long_words=True
    )
    return lines or [""]


def row(
    left: str,
    middle: str,
    right: str,
    *,
    hang: int = 4,
    columns: Sequence[int] = _COLUMNS,
) -> Iterator[str]:
    """A row of three columns, each wrapped in its own; the middle joins the left where empty."""
    first, second, third = columns
    if not middle:
        first, second = first + GAP + second, 0
    cells = (
        wrapped(left, first, hang=hang),
        wrapped(middle, second) if second else [],
        wrapped(right, third) if right else [],
    )
    widths = [first, second, third] if second else [first, third]
    shown = cells if second else (cells[0], cells[2])
    for parts in zip_longest(*shown, fillvalue=""):
        line = (" " * GAP).join(
            part.ljust(width) for part, width in zip(parts, widths, strict=True)
        )
        yield line.rstrip()


def block(head: str, lines: Iterable[str], *, indent: int = 9) -> Iterator[str]:
    """Lines under a head in the margin: the head stands beside the first of them."""
    margin = head.ljust(indent)
    for line in lines:
        yield f"{margin}{line}".rstrip()
        margin = " " * indent


def paragraph(text: str, *, indent: int = 0, width: int = WIDTH) -> Iterator[str]:
    """A text wrapped to the page, indented."""
    for line in wrapped(text, width - indent):
        yield f"{' ' * indent}{line}".rstrip()
