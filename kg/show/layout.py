"""The lines of a page: how much of an answer has room, and how its rows stand in columns.

A row has a number or a letter in its margin, a text, sometimes a word beside it, and at its end
its ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.show.blocks import GAP, WIDTH, Columns, Row, Rows, Strong
from kg.show.runs import id_run
from kg.show.words import each_once

LINES: Final = 40
"""The most lines of a page on a terminal of 100 columns."""
FEW: Final = 36
"""As many lines are wanted, as long as nothing that is numbered has to be left out for it."""
_NARROW: Final = 95
"""The places for names on a page that says only what a reader needs."""
MARGIN: Final = 4
"""The places for the number of a cause or the letter of a step."""
BESIDE: Final = 15
"""The places for what stands beside a step."""


class Room(Struct, frozen=True):
    """How much of an answer is spelled out, and how wide."""

    rows: int = 30
    """The lines for the causes of a group, and for next steps."""
    joined: int = 1
    """What shares lines: 1 what is less likely, and steps that decide nothing; 2 all that is no
    more than listed; 0 nothing."""
    texts: int = 30
    """The rules, prognoses and pieces of advice that are said in full; of the others, advice is
    named, and the rest is counted."""
    labels: int = 2
    """The lines for the names of advice that is only named."""
    asides: bool = True
    """Whether rules and advice are said in full too, where prognoses leave some of the texts."""
    names: int = 150
    """The places for names that are listed one after the other."""
    limits: int = 30
    """The limits of scope and the conflicts that are said; the others are counted."""
    told: int = 30
    """The lines for what was typed and has no end: how a question was read, and a conflict."""
    parted: int = 3
    """Where empty lines stand: 3 between all parts, 2 around the causes, 1 behind them, 0
    nowhere."""
    is_closed: bool = True
    """Whether what is said beside the causes, and not covered, has lines of its own."""
    lines: int = FEW
    """The most lines that a page may have with it."""
    width: int = WIDTH

    @property
    def long(self) -> int:
        """The places for a text that has no end."""
        return self.told * (self.width - 2 * MARGIN)

    @property
    def ids(self) -> int:
        """The places for ids at the end of a line."""
        return self.width * 19 // 100

    @property
    def label(self) -> int:
        """The places for the name of a cause that has a note beside it."""
        return self.width * 36 // 100

    @property
    def text(self) -> int:
        """The places for a text between its mark and its ids."""
        return self.width - MARGIN - GAP - self.ids

    @property
    def is_wide(self) -> bool:
        """Whether a page may have words that a reader can do without."""
        return self.names > _NARROW


_DENSE: Final = Room(joined=2, texts=2, asides=False, names=_NARROW, told=6)
_FULL: Final = replace(_DENSE, lines=LINES)
_TIGHT: Final = replace(_FULL, texts=0, labels=1, parted=0, told=3)
_OPEN: Final = replace(_TIGHT, is_closed=False, limits=4)
ROOMS: Final = (
    Room(joined=0),
    Room(),
    Room(texts=3),
    Room(texts=2, names=_NARROW),
    _DENSE,
    replace(_DENSE, labels=1),
    replace(_DENSE, labels=1, parted=2),
    replace(_DENSE, labels=1, parted=1),
    replace(_DENSE, labels=1, parted=0),
    replace(_FULL, labels=1, parted=2),
    replace(_FULL, texts=1, labels=1, parted=2),
    replace(_FULL, texts=1, labels=1, parted=0),
    _TIGHT,
    replace(_TIGHT, limits=4),
    _OPEN,
    replace(_OPEN, rows=9),
    replace(_OPEN, rows=6, limits=3, told=2),
    replace(_OPEN, rows=4, limits=2, told=2),
    replace(_OPEN, rows=2, limits=1, told=2),
    replace(_OPEN, rows=1, limits=1, names=80, told=1),
)
"""From the widest to the narrowest."""


class Entry(Struct, frozen=True):
    """A numbered or lettered line before it is laid out."""

    mark: str
    text: str
    beside: str
    ids: tuple[str, ...]
    low: bool = False
    """Whether it may share a line with others that have the same beside them."""


def columns(room: Room, margin: int = 0, middle: int = 0) -> Columns:
    """The columns behind a margin: a text, with something in the middle or without, and ids."""
    return room.width - margin - middle - room.ids - 2 * GAP, middle, room.ids


def row(mark: str, text: str, beside: str, ids: Iterable[str], *, called: str = "") -> Row:
    """A row whose ids stand together; on a page it is one line, opened by what it is called."""
    run = id_run(ids)
    said = f"{text.strip()}: {beside}" if beside else text.strip()
    said = f"{said} ({run})" if run else said
    page = (Strong(called), said) if called else (f"{mark.strip()} {said}".strip(),)
    return Row(text, beside, right=run, mark=mark, page=page)


def more(left: int, opens: str) -> Iterator[Row]:
    """That so many rows are left out, and what opens them."""
    if left > 0:
        text = f"… and {left} more: --show {opens}"
        yield Row(text, page=(text,))


def marked(room: Room, rows: Sequence[Row], margin: int) -> Rows:
    """Rows with a mark in the margin, and ids at the end where there are some."""
    has_ids = any(each.right for each in rows)
    return Rows(rows, columns(room, margin) if has_ids else None, indent=0, margin=margin, hang=0)


def headed(room: Room, head: Row, rows: Sequence[Row], middle: int = 0) -> Rows:
    """Rows under a head; what stands in their middle has by default all that a label leaves."""
    behind = columns(room, MARGIN, middle or room.text - room.label - GAP)
    under = Rows(rows, behind, indent=0, margin=MARGIN)
    heads = [replace(head, under=[under])] if rows else []
    return Rows(heads, columns(room, 0, middle), indent=0)


def folded(room: Room, entries: Sequence[Entry], opens: str) -> Iterator[Row]:
    """The entries in as many lines as there is room for, then how many are left out."""
    lines = list(_joined(room, entries))
    shown = lines if len(lines) <= room.rows + 1 else lines[: room.rows]
    yield from map(_line, shown)
    yield from more(len(entries) - sum(map(len, shown)), opens)


def _joined(room: Room, entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries of each line, of the low ones as many as it holds."""
    line: list[Entry] = []
    for entry in entries:
        if line and not _shares(room, line, entry):
            yield line
            line = []
        line.append(entry)
    if line:
        yield line


def _line(entries: Sequence[Entry]) -> Row:
    """One entry, or several on one line, each with its mark."""
    first, *others = entries
    ids = each_once(e for entry in entries for e in entry.ids)
    text = " · ".join((first.text, *(f"{e.mark.strip()} {e.text.strip()}" for e in others)))
    return row(first.mark, text, first.beside, sorted(ids) if others else ids)


def _shares(room: Room, line: Sequence[Entry], entry: Entry) -> bool:
    """Whether an entry has room on a line of low ones."""
    first, whole = line[0], _line([*line, entry])
    places = room.text - (BESIDE + GAP if first.beside else 0)
    alike = first.low and entry.low and first.beside == entry.beside
    return alike and len(whole.text) <= places and len(whole.right) <= room.ids
