"""The blocks of `kg.show` as a page of HTML shows them: headings, lists and tables, ids as links.

What the template needs is a list of plain values; every text is a run of links and words, so that
no text is ever markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.answer.model import Answer
from kg.answer.proof.model import Explanation
from kg.model.vocabulary import PREFIXES
from kg.pages.values import Link, path_of
from kg.show.blocks import Block, Cell, Emphasis, Paragraph, Row, Rows, Section, Strong, Table
from kg.show.runs import few_ids

_NAME: Final = re.compile(r"\b[A-Za-z]\w*(?:-[\w-]*\w|(?<=\d))(?![\w-])")
"""What may be an id: letters with a number, or words joined by hyphens."""

Words = tuple[Link, ...]
"""Ids one after the other, each a link."""


class Piece(Struct, frozen=True):
    """A part of a text: words, or an id that leads somewhere."""

    text: str
    path: str | None = None
    style: str = ""
    """`strong` or `em`, where the words stand out."""


Run = tuple[Piece, ...]
"""A text in which ids are links."""


class Item(Struct, frozen=True):
    """One entry of a list, with what is below it."""

    text: Run
    ids: Words = ()
    under: tuple[Item, ...] = ()


class Node(Struct, frozen=True, kw_only=True):
    """A heading, a paragraph, a list or a table, by its kind."""

    kind: str
    level: int = 0
    text: Run = ()
    """Of a heading and a paragraph; of a table, what it is called."""
    items: tuple[Item, ...] = ()
    head: tuple[Run, ...] = ()
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()
    """Of a table: rows of cells of lines."""


_COLON: Final = Piece(": ")


class Ids:
    """Where ids lead, by the IRIs that they are short for."""

    def __init__(self, iris: Mapping[str, str]) -> None:
        self._paths = {key: path_of(iri) for key, iri in iris.items()}

    def links(self, ids: Iterable[str]) -> Words:
        """A link for each id; one that is not known is a word, as how many more there are."""
        return tuple(Link(each, path=self._paths.get(each)) for each in few_ids(tuple(ids)))

    def run(self, text: str, style: str = "") -> Run:
        """The text with every id in it as a link."""
        return tuple(self._pieces(text, style))

    def _pieces(self, text: str, style: str) -> Iterator[Piece]:
        end = 0
        for start, name in _names_in(text):
            path = self._paths.get(name)
            if path is not None:
                if start > end:
                    yield Piece(text[end:start], style=style)
                yield Piece(name, path)
                end = start + len(name)
        if end < len(text):
            yield Piece(text[end:], style=style)


def _names_in(text: str) -> tuple[tuple[int, str], ...]:
    """What may be an id in a text, each with its place."""
    return tuple((match.start(), match[0]) for match in _NAME.finditer(text))


def ids_of(*found: Answer | Explanation) -> Ids:
    """Where the ids lead that answers and proofs name."""
    iris = {key: f"{PREFIXES['bg']}{key}" for each in found for key in each.background}
    notes = (note for each in found for note in each.statements.items())
    return Ids(iris | {key: note.iri for key, note in notes})


def nodes_of(sections: Iterable[Section], ids: Ids, level: int) -> tuple[Node, ...]:
    """The sections for the template; those below the title have headings of this level.

    The title of a page is left out: whoever shows the nodes has one.
    """
    return tuple(_joined(_Writer(ids, level).nodes(each) for each in sections))


def _joined(parts: Iterable[Iterable[Node]]) -> Iterator[Node]:
    """The nodes, with a list that follows a list as one."""
    before: Node | None = None
    for node in (each for part in parts for each in part):
        if before is not None and before.kind == node.kind == "list":
            before = replace(before, items=(*before.items, *node.items))
            continue
        if before is not None:
            yield before
        before = node
    if before is not None:
        yield before


class _Writer:
    """Turns one section into nodes."""

    def __init__(self, ids: Ids, level: int) -> None:
        self._ids = ids
        self._level = level
        self._title: Run = ()

    def nodes(self, block: Block) -> Iterator[Node]:
        """The nodes of a block, without those that say nothing."""
        match block:
            case Section() if not block.is_empty:
                yield from self._heading(block)
                for each in block.blocks:
                    yield from self.nodes(each)
            case Rows() if block.head:
                rows = tuple(self._row(row.cells) for row in block.rows if row.cells)
                yield from self._table(block.head, rows)
            case Rows():
                items = tuple(self._items(block))
                if items:
                    yield Node(kind="list", items=items)
            case Paragraph():
                said = block.text if block.page is None else block.page
                if said:
                    yield Node(kind="paragraph", text=self._text(said))
            case Table():
                yield from self._table(block.head, tuple(self._row(each) for each in block.rows))

    def _heading(self, section: Section) -> Iterator[Node]:
        if section.title and section.level > 1:
            self._title = self._text(section.title)
            yield Node(kind="heading", level=self._level + section.level - 2, text=self._title)

    def _table(
        self, head: Iterable[str], rows: tuple[tuple[tuple[Run, ...], ...], ...]
    ) -> Iterator[Node]:
        if rows:
            heads = tuple(self._text(each) for each in head)
            yield Node(kind="table", text=self._title, head=heads, rows=rows)

    def _row(self, cells: Iterable[Cell]) -> tuple[tuple[Run, ...], ...]:
        return tuple(self._cell(each) for each in cells)

    def _cell(self, cell: Cell) -> tuple[Run, ...]:
        lines = (cell,) if isinstance(cell, str) else cell
        return tuple(self._text(each) for each in lines)

    def _items(self, rows: Rows) -> Iterator[Item]:
        for row in rows.rows:
            words = [each for each in row.words if each]
            if words:
                yield Item(self._joined(words), self._ids.links(row.ids), tuple(self._under(row)))

    def _joined(self, words: Iterable[str]) -> Run:
        """The parts of a row, parted by colons."""
        first, *others = map(self._text, words)
        return (*first, *(piece for each in others for piece in (_COLON, *each)))

    def _under(self, row: Row) -> Iterator[Item]:
        for each in row.under:
            if isinstance(each, Rows):
                yield from self._items(each)

    def _text(self, said: str) -> Run:
        style = {Strong: "strong", Emphasis: "em"}.get(type(said), "")
        return self._ids.run(" ".join(said.split()), style)
