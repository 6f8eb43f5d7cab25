"""What a term is joined to: what leads to it stands left of it, and what it leads to right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.pages.pictures.canvas import joined
from kg.pages.pictures.graph import Column, Edge, Graph, Node

_MOST: Final = 10
"""Things on one side; the page lists all of them."""
_LEAST: Final = 3
"""Of fewer things a picture tells no more than a line."""
_WIDTH: Final = 216


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Something that a term is joined to."""

    relation: str
    """The relation as it reads from left to right, such as `is a` or `may cause`."""
    name: str
    path: str | None = None
    ids: tuple[tuple[str, str], ...] = ()
    """The statements that say so, each with its words."""


def neighbourhood_graph(
    name: str, before: Sequence[Neighbour], after: Sequence[Neighbour]
) -> Graph | None:
    """The graph of a term with what leads to it and what it leads to; None for a thing or two."""
    if len(before) + len(after) < _LEAST:
        return None
    sides = [list(_nodes(side, found)) for side, found in (("from", before), ("to", after))]
    center = Node("term", name, "row")
    columns = [Column("", _WIDTH, (center,))]
    columns[:0] = [Column("leads to it", _WIDTH, tuple(sides[0]), ordered=True)] if before else []
    columns += [Column("it leads to", _WIDTH, tuple(sides[1]), ordered=True)] if after else []
    edges = (*(Edge(n.key, "term") for n in sides[0]), *(Edge("term", n.key) for n in sides[1]))
    left = sum(max(len(side) - _MOST, 0) for side in (before, after))
    return Graph(
        f"{name} and what it is joined to",
        tuple(columns),
        edges,
        " ".join((*_told("", before, name), *_told(name, after, ""))),
        f"Not drawn for want of room: {left} more, which the page lists." if left else "",
    )


def _nodes(side: str, found: Sequence[Neighbour]) -> Iterator[Node]:
    for place, each in enumerate(found[:_MOST]):
        node = Node(f"{side} {place}", each.name, "kind", path=each.path, ids=each.ids[:6])
        node = replace(node, hint=each.name if each.path else "")
        is_before = side == "from"
        relation = f"{each.relation} →"
        yield replace(node, below=relation) if is_before else replace(node, above=relation)


def _told(subject: str, found: Iterable[Neighbour], object_: str) -> Iterator[str]:
    """Each relation as a sentence."""
    for each in found:
        carried = f" ({joined(name for name, _ in each.ids)})" if each.ids else ""
        yield f"{subject or each.name} {each.relation} {object_ or each.name}{carried}."
