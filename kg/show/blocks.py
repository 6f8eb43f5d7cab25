"""What is shown, as a small tree of blocks, and its two writers: text, and Markdown.

A terminal has columns, a margin and 100 places; a page has headings, lists and tables. A block
holds what both show, and says where one of them has other words, or no room for a thing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kg.show.runs import few_ids

WIDTH: Final = 100
"""The places of a line on a terminal."""
UNBROKEN: Final = 1_000_000
"""The width of lines that a program reads too: none is that long."""


class Strong(str):
    """Words that a page sets in bold."""

    __slots__ = ()


class Emphasis(str):
    """Words that a page sets in italics."""

    __slots__ = ()


Cell: TypeAlias = str | tuple[str, ...]
"""What stands in a table: some words, or several lines of them."""


Columns: TypeAlias = tuple[int, int, int]
"""The widths of three columns."""


class Row(Struct, frozen=True):
    """One thing that is said, with what stands beside it, and the statements it rests on."""

    text: str = ""
    """What it says on a terminal; a row that says nothing there is on pages only."""
    beside: str = ""
    """What stands in the second column."""
    ids: tuple[str, ...] = ()
    """The statements at its end."""
    right: str = ""
    """What a terminal has at its end instead, where that is more than ids."""
    mark: str = ""
    """What stands before it in the margin, such as an id."""
    depth: int = 0
    """How far it is below the first rows, as a narrower cause is below a wider."""
    page: tuple[str, ...] | None = None
    """What a page says instead, parted by colons; nothing where it is empty."""
    cells: tuple[Cell, ...] = ()
    """What a page says in a table."""
    under: Sequence[Block] = ()
    """What is below it; a table has no room for that."""

    @property
    def words(self) -> tuple[str, ...]:
        """What a page says."""
        return (self.mark, self.text, self.beside) if self.page is None else self.page

    def off_page(self) -> Row:
        """The same for a terminal alone."""
        return replace(self, page=())

    def off_terminal(self) -> Row:
        """The same for a page alone."""
        return replace(self, text="", beside="", page=self.words)


class Rows(Struct, frozen=True):
    """Rows of one layout: on a page a list, or a table where there is a head."""

    rows: Sequence[Row]
    columns: Columns | None = None
    """The widths of text, of what is beside it and of ids; without them the text has it all."""
    indent: int = 2
    """From where the block above it begins."""
    margin: int = 0
    """The width of the margin, where marks stand."""
    mark: str = ""
    """What stands in the margin before the first row on a terminal."""
    hang: int = 2
    """How far the further lines of a text are indented."""
    width: int | None = None
    """The places of its lines, where that is not those of the page."""
    head: tuple[str, ...] = ()
    """The heads of the columns of a table, on a page."""


class Paragraph(Struct, frozen=True):
    """Some running words."""

    text: str
    page: str | None = None
    """What a page says instead; nothing where it is empty."""


class Table(Struct, frozen=True):
    """Columns of a head and rows, all shown: figures stand at the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Section(Struct, frozen=True):
    """Blocks under a head; one that has blocks, and all of them empty, is left out."""

    title: str = ""
    """The heading on a page, where it has one."""
    head: str = ""
    """The first line on a terminal, where it has one."""
    blocks: Sequence[Block] = ()
    level: int = 2
    """1 for the title of the page."""

    @property
    def is_empty(self) -> bool:
        """Whether it has blocks, and nothing is in them."""
        return bool(self.blocks) and all(map(_is_empty, self.blocks))


Block: TypeAlias = "Section | Rows | Paragraph | Table"


def _is_empty(block: Block) -> bool:
    match block:
        case Section():
            return block.is_empty
        case Rows():
            return not block.rows
    return False


def list_names(
    names: Sequence[str], lead: str = "", separator: str = "; ", indent: int = 0
) -> Rows:
    """Names one after the other on a terminal, and a list of them on a page."""
    run = Row(f"{lead}{separator.join(names)}").off_page()
    rows = [run, *(Row(page=(name,)) for name in names)] if names else []
    return Rows(rows, indent=indent, hang=0)


NOTICE: Final = Emphasis("Research and education. Not a diagnosis.")
"""What stands under everything that is said of a case."""
GAP: Final = 2
"""Blanks between columns."""
_DEPTH: Final = 2
"""Places by which a narrower row stands below a wider one."""
_NEST: Final = 4
"""Places by which a list on a page stands below the item that it belongs to."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")
_LEADING: Final = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[+-](?:\s|$)|-{3,}$))")
"""Before what makes a list or a line of the first words of a text."""


# ── Text ────────────────────────────────────────────────────────────────────────────────────


def to_text(sections: Iterable[Section], width: int = WIDTH) -> str:
    """The sections for a terminal, an e-mail or a note, with an empty line between them."""
    parts = ["\n".join(lines) for each in sections if (lines := list(_text(each, 0, width)))]
    return "\n\n".join(parts) + "\n"


def wrap(text: str, width: int, *, hang: int = 0) -> list[str]:
    """The text in lines of a width; a word that is longer is broken."""
    if len(text) <= width and text.isprintable() and not text.endswith(" "):
        return [str(text)]  # most texts of a page; the library would find the same
    lines = textwrap.wrap(
        text, width, subsequent_indent=" " * hang, break_on_hyphens=False, break_long_words=True
    )
    return lines or [""]


def align(left: str, middle: str, right: str, columns: Columns, *, hang: int = 4) -> Iterator[str]:
    """Three texts, each in its column; the left one has the middle too where it is empty."""
    first, second, third = columns
    if not middle:
        first, second = first + GAP + second, 0
    cells = [(wrap(left, first, hang=hang), first)]
    cells += [(wrap(middle, second), second)] if second else []
    cells.append((wrap(right, third) if right else [], third))
    for parts in zip_longest(*(lines for lines, _ in cells), fillvalue=""):
        placed = (part.ljust(width) for part, (_, width) in zip(parts, cells, strict=True))
        yield (" " * GAP).join(placed).rstrip()


def _text(block: Block, indent: int, width: int) -> Iterator[str]:
    match block:
        case Section() if not block.is_empty:
            yield from _paragraph(block.head, 0, width)
            for each in block.blocks:
                yield from _text(each, indent, width)
        case Rows():
            yield from _rows_text(block, indent + block.indent, block.width or width)
        case Paragraph():
            yield from _paragraph(block.text, indent, width)
        case Table():
            yield from table_lines(block.head, block.rows, figures=True)


def _paragraph(text: str, indent: int, width: int) -> Iterator[str]:
    for line in wrap(text, width - indent) if text else ():
        yield f"{' ' * indent}{line}".rstrip()


def _rows_text(block: Rows, indent: int, width: int) -> Iterator[str]:
    mark = block.mark
    for row in block.rows:
        if row.text or row.beside:
            depth = indent + _DEPTH * row.depth
            yield from _row_text(row, block, (depth, width), mark or row.mark)
            mark = ""


def _row_text(row: Row, block: Rows, place: tuple[int, int], mark: str) -> Iterator[str]:
    indent, width = place
    start = indent + block.margin
    margin = f"{' ' * indent}{mark.ljust(block.margin)}"
    if block.margin and len(mark) >= block.margin:  # on a line of its own: it may not touch a value
        yield margin
        margin = " " * start
    for line in _lines(row, block, width - start):
        yield f"{margin}{line}".rstrip()
        margin = " " * start
    for each in row.under:
        yield from _text(each, start, width)


def _lines(row: Row, block: Rows, room: int) -> Iterable[str]:
    if block.columns is None:
        return wrap(row.text, room, hang=block.hang)
    first, middle, last = block.columns
    columns = (first - _DEPTH * row.depth, middle, last)
    right = row.right or " ".join(few_ids(row.ids))
    return align(row.text, row.beside, right, columns, hang=block.hang)


def table_lines(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, figures: bool = False
) -> Iterator[str]:
    """Columns as wide as their widest value, perhaps with figures at the right."""
    cells = [tuple(head), *map(tuple, rows)]
    columns = list(zip(*cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [figures and all(map(_is_figure, column[1:])) for column in columns]
    for number, row in enumerate(cells):
        parts = (
            cell.rjust(width) if at_right else cell.ljust(width)
            for cell, width, at_right in zip(row, widths, right, strict=True)
        )
        yield "  ".join(parts).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def _is_figure(cell: str) -> bool:
    return not cell or cell.strip("-").isdigit() or cell == "-"


# ── Markdown ────────────────────────────────────────────────────────────────────────────────


class _Part(Struct, frozen=True):
    """Lines of a page that belong together."""

    lines: list[str]
    is_list: bool = False


def to_markdown(sections: Iterable[Section]) -> str:
    """The sections as a page for an issue, a wiki or a report.

    A list goes on with the list before it where no heading parts them.
    """
    lines: list[str] = []
    before = _Part([])
    for part in (part for each in sections for part in _page(each) if part.lines):
        apart = before.lines and not (part.is_list and before.is_list)
        lines += [*([""] if apart else []), *part.lines]
        before = part
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """The text with everything escaped that Markdown would read as a mark, on one line."""
    escaped = _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text)).strip()
    escaped = _LEADING.sub(r"\1\\", escaped)
    match text:
        case Strong():
            return f"**{escaped}**"
        case Emphasis():
            return f"*{escaped}*"
    return escaped


def _page(block: Block) -> Iterator[_Part]:
    match block:
        case Section() if not block.is_empty:
            yield _Part([f"{'#' * block.level} {escape(block.title)}"] if block.title else [])
            for each in block.blocks:
                yield from _page(each)
        case Rows() if block.head:
            cells = [row.cells for row in block.rows if row.cells]
            yield _Part(list(_table_page(block.head, cells)))
        case Rows():
            yield _Part(list(_list(block, 0)), is_list=True)
        case Paragraph():
            words = block.text if block.page is None else block.page
            yield _Part([escape(words)] if words else [])
        case Table():
            yield _Part(list(_table_page(block.head, block.rows)))


def _table_page(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    under = ["---" for _ in head]
    for row in (map(_cell, head), under, *(map(_cell, each) for each in rows)) if rows else ():
        yield f"| {' | '.join(row)} |"


def _cell(cell: Cell) -> str:
    return escape(cell) if isinstance(cell, str) else "<br>".join(map(escape, cell))


def _list(block: Rows, depth: int) -> Iterator[str]:
    for row in block.rows:
        words = _words(row)
        if words:
            yield f"{' ' * _NEST * depth}- {words}"
            for each in row.under:
                yield from _list(each, depth + 1) if isinstance(each, Rows) else ()


def _words(row: Row) -> str:
    """What a list says of a row: its words and, in brackets, its statements."""
    words = ": ".join(escape(each) for each in row.words if each)
    return f"{words} ({escape(', '.join(few_ids(row.ids)))})" if words and row.ids else words
