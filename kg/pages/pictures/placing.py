"""Where labels beside an axis go: as near as they can be to what they name, none on another."""

from __future__ import annotations

from collections.abc import Sequence


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
