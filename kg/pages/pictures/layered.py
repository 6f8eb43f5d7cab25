"""Where the nodes of a graph in columns stand: few crossings, and each near what it is joined to.

An edge over several columns passes each of them at a place of its own. Columns keep their order
where it means something, such as the rank of causes; the others are put in the order in which
fewest edges cross.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Key = str
Edge = tuple[Key, Key]

_SWEEPS: Final = 8
_IN_VAIN: Final = 2
"""After so many sweeps without a better order there is none to be found."""
_SETTLING: Final = 4
_PASSING: Final = 8
"""So high is the place at which an edge passes a column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the middle of each node stands, and the places that each edge passes."""

    middles: Mapping[Key, float]
    ways: Mapping[Edge, tuple[tuple[int, float], ...]]
    """Of each edge over several columns: the columns that it passes, and where."""
    height: float


def lay_out(
    columns: Sequence[Sequence[Key]],
    sizes: Mapping[Key, float],
    edges: Iterable[Edge],
    fixed: frozenset[int] = frozenset(),
    gap: float = 10,
) -> Layout:
    """The places of nodes in columns; `fixed` are the columns whose order stays."""
    rows = [[*column] for column in columns]
    column_of = {key: place for place, column in enumerate(rows) for key in column}
    passing: dict[Edge, dict[int, Key]] = {}
    links: list[Edge] = []
    sizes = dict(sizes)
    for edge in dict.fromkeys(edges):
        between = range(column_of[edge[0]] + 1, column_of[edge[1]])
        passing[edge] = {place: f"{edge} passes {place}" for place in between}
        for place, key in passing[edge].items():
            rows[place].append(key)
            sizes[key] = _PASSING
        links += pairwise((edge[0], *passing[edge].values(), edge[1]))
    rows = _ordered(rows, links, fixed)
    middles = _settled(rows, links, sizes, gap)
    ways = {
        edge: tuple((place, middles[key]) for place, key in passed.items())
        for edge, passed in passing.items()
    }
    height = max((middles[key] + sizes[key] / 2 for key in middles), default=0)
    return Layout(middles, ways, height)


# ── The order within columns ────────────────────────────────────────────────────────────────


def _ordered(rows: list[list[Key]], links: list[Edge], fixed: frozenset[int]) -> list[list[Key]]:
    """The best order that some sweeps there and back find."""
    before, after = _neighbours(links)
    best, fewest = rows, _crossings(rows, after)
    current = [[*row] for row in rows]
    in_vain = 0
    for sweep in range(_SWEEPS):
        if not fewest or in_vain > _IN_VAIN:
            break
        forward = sweep % 2 == 0
        order = range(1, len(current)) if forward else range(len(current) - 2, -1, -1)
        for place in order:
            if place not in fixed:
                beside = current[place - 1] if forward else current[place + 1]
                _sort_by(current[place], beside, before if forward else after)
        crossed = _crossings(current, after)
        in_vain += 1
        if crossed < fewest:
            best, fewest, in_vain = [[*row] for row in current], crossed, 0
    return best


def _neighbours(links: Iterable[Edge]) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
    before: defaultdict[Key, list[Key]] = defaultdict(list)
    after: defaultdict[Key, list[Key]] = defaultdict(list)
    for source, target in links:
        before[target].append(source)
        after[source].append(target)
    return before, after


def _sort_by(row: list[Key], beside: list[Key], joined: Mapping[Key, list[Key]]) -> None:
    """Sort a column by the mean place of what each node is joined to; the others stay."""
    at = {key: place for place, key in enumerate(beside)}
    rank: dict[Key, float] = {}
    for place, key in enumerate(row):
        found = [at[each] for each in joined.get(key, ()) if each in at]
        rank[key] = sum(found) / len(found) if found else place
    row.sort(key=rank.__getitem__)


def _crossings(rows: list[list[Key]], after: Mapping[Key, list[Key]]) -> int:
    """How many pairs of edges cross between columns that stand side by side."""
    total = 0
    for left, right in pairwise(rows):
        at = {key: place for place, key in enumerate(right)}
        ends: list[int] = []
        for key in left:
            own = [at[each] for each in after.get(key, ())]
            total += sum(len(ends) - bisect_right(ends, each) for each in own)
            for each in own:
                insort(ends, each)
    return total


# ── Heights ─────────────────────────────────────────────────────────────────────────────────


def _settled(
    rows: list[list[Key]], links: list[Edge], sizes: Mapping[Key, float], gap: float
) -> dict[Key, float]:
    """The middle of each node: the columns in turn draw near to what they are joined to."""
    before, after = _neighbours(links)
    tallest = max((_tall(row, sizes, gap) for row in rows), default=0)
    middles: dict[Key, float] = {}
    for row in rows:
        at = (tallest - _tall(row, sizes, gap)) / 2
        for key in row:
            middles[key] = at + sizes[key] / 2
            at += sizes[key] + gap
    widest = max(range(len(rows)), key=lambda place: _tall(rows[place], sizes, gap), default=0)
    for _ in range(_SETTLING):
        for place, row in enumerate(rows):
            if place != widest and row:
                wanted = [_mean(key, middles, before, after) for key in row]
                own = [sizes[key] for key in row]
                starts = spread(wanted, own, 0, gap)
                for key, start, size in zip(row, starts, own, strict=True):
                    middles[key] = start + size / 2
    return middles


def _tall(row: Sequence[Key], sizes: Mapping[Key, float], gap: float) -> float:
    return sum(sizes[key] for key in row) + gap * max(len(row) - 1, 0)


def _mean(
    key: Key,
    middles: Mapping[Key, float],
    before: Mapping[Key, list[Key]],
    after: Mapping[Key, list[Key]],
) -> float:
    joined = [middles[each] for each in (*before.get(key, ()), *after.get(key, ()))]
    return sum(joined) / len(joined) if joined else middles[key]


# ── Side by side, none on another ───────────────────────────────────────────────────────────────


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, gap: float) -> list[float]:
    """The beginning of each label, in order, from the middle that it would like to have.

    None begins before `low`. Labels that would overlap become a block around their mean.
    """
    blocks: list[_Block] = []
    for place, (middle, size) in enumerate(zip(wanted, sizes, strict=True)):
        blocks.append(_Block(place, 1, size, middle - size / 2))
        while len(blocks) > 1 and blocks[-2].end(gap) > blocks[-1].start(low):
            last = blocks.pop()
            blocks[-1] = blocks[-1].with_block(last, gap, low)
    found: list[float] = []
    for block in blocks:
        at = block.start(low)
        for place in range(block.first, block.first + block.count):
            found.append(at)
            at += sizes[place] + gap
    return found


class _Block:
    """Labels that touch each other; `wanted` is where they would like to begin, taken together."""

    def __init__(self, first: int, count: int, size: float, wanted: float) -> None:
        self.first = first
        self.count = count
        self.size = size
        self.wanted = wanted
        self._low = 0.0

    def start(self, low: float) -> float:
        """Where the block begins."""
        return max(self.wanted, low)

    def end(self, gap: float) -> float:
        """Where the next may begin."""
        return max(self.wanted, self._low) + self.size + gap

    def with_block(self, other: _Block, gap: float, low: float) -> _Block:
        """The two as one."""
        count = self.count + other.count
        shift = self.size + gap
        wanted = (self.wanted * self.count + (other.wanted - shift) * other.count) / count
        both = _Block(self.first, count, shift + other.size, wanted)
        both._low = low
        return both
