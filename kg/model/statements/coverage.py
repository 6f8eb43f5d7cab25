"""Which lines of a document are accounted for: each carries a statement or is set aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kg.model.statements.copies import Copy


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is spoken of: with statements, or with the reason why without."""

    number: int
    statements: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of the lines of one document."""

    document: str
    title: str
    digest: str
    total: int
    """How many statements the document makes, as its description says; 0 where it does not."""
    encoded: int
    lines: tuple[Line, ...]
    """The lines that are spoken of, in order."""
    copy: str = ""
    """The copy of this very version whose lines are counted; empty where there is none."""
    filled: tuple[int, ...] = ()
    """The lines of the copy that are not blank."""

    @property
    def carrying(self) -> tuple[Line, ...]:
        """The lines with statements."""
        return tuple(line for line in self.lines if line.statements)

    @property
    def aside(self) -> dict[str, tuple[int, ...]]:
        """The lines set aside, by reason."""
        found: dict[str, tuple[int, ...]] = {}
        for line in self.lines:
            for reason in line.reasons:
                found[reason] = (*found.get(reason, ()), line.number)
        return found

    @property
    def open(self) -> tuple[int, ...]:
        """The lines that nobody has accounted for: of the copy, or of those spoken of."""
        known = self._numbers(lambda line: bool(line.statements or line.reasons))
        wanted = self.filled if self.copy else self._numbers(lambda _: True)
        return tuple(number for number in wanted if number not in known)

    @property
    def both(self) -> tuple[int, ...]:
        """The lines with a statement that are set aside too: one of the two is wrong."""
        return self._numbers(lambda line: bool(line.statements and line.reasons))

    @property
    def nowhere(self) -> tuple[int, ...]:
        """The lines spoken of that the copy does not have, or has blank."""
        return self._numbers(lambda line: bool(self.copy) and line.number not in self.filled)

    @property
    def complete(self) -> bool:
        """Whether every line is accounted for once, and no other line is named."""
        return not (self.open or self.both or self.nowhere)

    def _numbers(self, wanted: Callable[[Line], bool]) -> tuple[int, ...]:
        return tuple(line.number for line in self.lines if wanted(line))


def count_lines(coverage: Coverage, copies: Sequence[Copy]) -> Coverage:
    """The coverage with the lines of the copy of this very version, where one is there."""
    for copy in copies:
        if copy.digest == coverage.digest:
            return replace(coverage, copy=copy.name, filled=copy.filled)
    return coverage
