"""A graph in columns as a picture: what leads to what, from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.pages.pictures.canvas import Canvas, smooth
from kg.pages.pictures.layered import lay_out
from kg.pages.pictures.text import SMALL, clip, width_of, wrap
from kg.pages.values import Box, Figure

MOST: Final = 60
"""A picture of more nodes is read by nobody."""
_LINE: Final = 15
_PADDING: Final = 7
_HEAD: Final = 30
_GUTTER: Final = 34
_EDGE: Final = 1
"""So that a line at the edge is not cut."""
_MOST_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class Node:
    """Something in a graph: a name, what kind of thing it is, and the page it leads to."""

    key: str
    name: str
    kind: str = ""
    """The class by which the style sheet knows it."""
    above: str = ""
    """A word above the name, such as that of a relation."""
    below: str = ""
    """A word below it."""
    path: str | None = None
    hint: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    """Statements that carry it, each with its words."""


@dataclass(frozen=True, slots=True)
class Edge:
    """That one thing leads to another."""

    source: str
    target: str
    against: bool = False
    """Whether it speaks against the other; its line is broken."""


@dataclass(frozen=True, slots=True)
class Column:
    """Things of one sort under a heading."""

    head: str
    width: int
    nodes: tuple[Node, ...]
    ordered: bool = False
    """Whether their order means something and stays."""


@dataclass(frozen=True, slots=True)
class Graph:
    """What the picture shows."""

    title: str
    columns: tuple[Column, ...]
    edges: tuple[Edge, ...]
    says: str
    left_out: str = ""
    """What is not shown for want of room."""


def graph_picture(graph: Graph, prefix: str) -> Figure:
    """The graph as a picture; ids in it begin with `prefix`."""
    return _Drawing(graph, prefix).figure()


class _Drawing:
    """Draws one graph."""

    def __init__(self, graph: Graph, prefix: str) -> None:
        self._graph = graph
        widths = [column.width for column in graph.columns]
        self._lefts = [_EDGE + sum(widths[:n]) + _GUTTER * n for n in range(len(widths))]
        self._canvas = Canvas(prefix, 2 * _EDGE + sum(widths) + _GUTTER * (len(widths) - 1))
        self._of = {n.key: (p, n) for p, c in enumerate(graph.columns) for n in c.nodes}
        self._lines = {
            key: wrap(node.name, widths[place] - 2 * _PADDING, SMALL, most=_MOST_LINES)
            for key, (place, node) in self._of.items()
        }
        self._ids = {
            key: [*_id_rows(node, widths[place])] for key, (place, node) in self._of.items()
        }
        self._layout = lay_out(
            [[node.key for node in column.nodes] for column in graph.columns],
            {key: self._tall(key) for key in self._of},
            [(each.source, each.target) for each in graph.edges],
            frozenset(p for p, column in enumerate(graph.columns) if column.ordered),
        )
        self._top = _HEAD if any(column.head for column in graph.columns) else 4
        self._boxes = {key: self._place(key) for key in self._of}

    def figure(self) -> Figure:
        """The whole."""
        for left, column in zip(self._lefts, self._graph.columns, strict=True):
            if column.head:
                self._canvas.text((left, 14), column.head, "soft small", size=SMALL)
        for against in (False, True):
            parts = [self._curve(each) for each in self._graph.edges if each.against is against]
            if parts:
                self._canvas.path("".join(parts), "denies" if against else "leads")
        for key in self._of:
            self._draw_node(key)
        height = self._top + self._layout.height + 4
        left_out = wrap(self._graph.left_out, self._canvas.width, SMALL)
        height = self._canvas.lines((0, height), left_out, "soft small", step=_LINE)
        says = " ".join(filter(None, (self._graph.says, self._graph.left_out)))
        return self._canvas.figure(height + 4, self._graph.title, says)

    def _tall(self, key: str) -> float:
        _, node = self._of[key]
        lines = len(self._lines[key]) + bool(node.above) + bool(node.below)
        ids = 24 * len(self._ids[key])
        return max(lines * _LINE + ids + _PADDING + (0 if ids else 3), 24)

    def _place(self, key: str) -> Box:
        place, _ = self._of[key]
        tall = self._tall(key)
        top = self._top + self._layout.middles[key] - tall / 2
        return Box(self._lefts[place], top, self._graph.columns[place].width, tall)

    def _curve(self, edge: Edge) -> str:
        """The way of an edge, level where it leaves, where it comes in, and where it passes."""
        source, target = self._boxes[edge.source], self._boxes[edge.target]
        points = [(source.x + source.width, source.y + source.height / 2)]
        for place, middle in self._layout.ways[edge.source, edge.target]:
            left, right = self._lefts[place], self._lefts[place] + self._graph.columns[place].width
            points += [(left, self._top + middle), (right, self._top + middle)]
        points.append((target.x, target.y + target.height / 2))
        curves = [smooth(*each) for each in zip(points[::2], points[1::2], strict=True)]
        passed = zip(points[1:-1:2], points[2:-1:2], strict=True)
        return "".join((*curves, *(smooth(*each) for each in passed)))

    def _draw_node(self, key: str) -> None:
        _, node = self._of[key]
        if node.path is None:
            self._draw_box(node)
        else:
            with self._canvas.link(node.path, node.hint):
                self._draw_box(node)
        self._draw_ids(node)

    def _draw_box(self, node: Node) -> None:
        box = self._boxes[node.key]
        self._canvas.rectangle(box, f"node {node.kind}".strip(), rounded=3)
        x, y = box.x + _PADDING, box.y + 1
        if node.above:
            y += _LINE
            self._canvas.text((x, y), _fitting(node.above, box), "soft small", size=SMALL)
        lines: Sequence[str] = self._lines[node.key]
        if not (node.above or node.below or self._ids[node.key]):
            y = box.y + (box.height - _LINE * len(lines)) / 2 - 3
        y = self._canvas.lines((x, y), lines, step=_LINE)
        if node.below:
            self._canvas.text((x, y + _LINE), _fitting(node.below, box), "soft small", size=SMALL)

    def _draw_ids(self, node: Node) -> None:
        box = self._boxes[node.key]
        rows = self._ids[node.key]
        y = box.y + box.height - 24 * len(rows) + 14
        for row in rows:
            x = box.x + _PADDING
            for statement, hint in row:
                x += self._canvas.id_link((x, y), statement, hint) + 9
            y += 24


def _fitting(word: str, box: Box) -> str:
    return clip(word, box.width - 2 * _PADDING, SMALL)


def _id_rows(node: Node, width: float) -> Iterator[list[tuple[str, str]]]:
    """The ids of a node in rows that fit."""
    row: list[tuple[str, str]] = []
    taken = 0.0
    for each in node.ids:
        room = width_of(each[0], SMALL) + 9
        if row and taken + room > width - 2 * _PADDING + 9:
            yield row
            row, taken = [], 0.0
        row.append(each)
        taken += room
    if row:
        yield row
