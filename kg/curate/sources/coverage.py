"""Which lines of a text are accounted for: each carries a statement or is set aside.

The counting works on line numbers alone, so that whoever has them, from files or from a graph,
counts alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of each line of a text that is not blank."""

    lines: int
    """Lines that are not blank."""
    statements: int
    stated: tuple[int, ...]
    """Lines that carry a statement."""
    aside: tuple[int, ...]
    """Lines that are set aside with a reason, and carry no statement."""
    both: tuple[int, ...]
    """Lines that carry a statement and are set aside: one of the two is wrong."""
    open: tuple[int, ...]
    """Lines that nobody has accounted for."""
    nowhere: tuple[int, ...]
    """Lines that are named and that the text does not have, or has blank."""

    @property
    def complete(self) -> bool:
        """Whether every line is accounted for once, and no other line is named."""
        return not (self.open or self.both or self.nowhere)


def coverage(text: Sequence[str], stated: Iterable[int], set_aside: Iterable[int]) -> Coverage:
    """The account of a text, given as its lines.

    `stated` holds one line number for each statement, `set_aside` one for each line set aside.
    """
    carrying = tuple(stated)
    written = {number for number, line in enumerate(text, 1) if line.strip()}
    on, aside = set(carrying), set(set_aside)
    return Coverage(
        lines=len(written),
        statements=len(carrying),
        stated=_sorted(on & written),
        aside=_sorted((aside - on) & written),
        both=_sorted(on & aside),
        open=_sorted(written - on - aside),
        nowhere=_sorted((on | aside) - written),
    )


def _sorted(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers))
