"""How much room words take: widths that hold in any of the system's fonts, and where lines break.

Nothing is asked of a browser. The widths are those of a wide face (DejaVu Sans, Verdana), so what
fits here fits in the narrower ones that other systems have.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Final

SIZE: Final = 13
"""The size of a text, in pixels: it can be read at 360 pixels, where nothing is made smaller."""
SMALL: Final = 12
LINE: Final = 16
"""From one line to the next."""
_WIDTHS: Final = {
    0.3: "'ijlIJ",
    0.35: " ,.·/:;\\|f",
    0.42: '-()[]t!r"',
    0.52: "*_`\u2013szL?",
    0.6: "cFkvxyPTYao",
    0.65: "eESbdghnpqu$0123456789{}",
    0.7: "KAVBRXZC",
    0.78: "UHNDG&OQ▽",
    0.87: "w#+<=>^~×≥≤→±←✓✕M●",
    1.0: "%mW@—…",
}
_WIDTH_OF: Final = {each: width for width, letters in _WIDTHS.items() for each in letters}
_BOLD: Final = 1.12
"""A heavier letter is so much wider."""


def width_of(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """The width of a text in pixels; a letter that is not known counts as a wide one."""
    ems = sum(map(_WIDTH_OF.get, text, repeat(1.0)))
    return ems * size * (_BOLD if bold else 1)


def wrap(text: str, width: float, size: float = SIZE, most: int = 9) -> tuple[str, ...]:
    """The lines of a text, none wider than so many pixels; what is left after `most` is cut."""
    lines = [*_lines(text.split(), width, size)]
    if len(lines) <= most:
        return tuple(lines)
    last = clip(f"{lines[most - 1]} {lines[most]}", width, size)
    return (*lines[: most - 1], last if last.endswith("…") else clip(f"{last} …", width, size))


def clip(text: str, width: float, size: float = SIZE) -> str:
    """The text, or its beginning and an ellipsis where it is wider than so many pixels."""
    if width_of(text, size) <= width:
        return text
    kept = text
    while kept and width_of(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _lines(words: list[str], width: float, size: float) -> Iterator[str]:
    line = ""
    for word in (piece for each in words for piece in _pieces(each, width, size)):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, size) > width:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def _pieces(word: str, width: float, size: float) -> Iterator[str]:
    """A word, broken where it alone is wider than a line."""
    while width_of(word, size) > width and len(word) > 1:
        end = len(word) - 1
        while end > 1 and width_of(word[:end], size) > width:
            end -= 1
        yield word[:end]
        word = word[end:]
    yield word
