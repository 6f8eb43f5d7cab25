"""Which lines of a document the graph accounts for, and which of a reader's copy are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.model.statements.copies import Copy


@dataclass(frozen=True, slots=True)
class Line:
    """One line that the graph speaks of: with statements, or with the reason why without."""

    number: int
    statements: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def accounted(self) -> bool:
        """Whether nothing of the line can be missing unnoticed."""
        return bool(self.statements or self.reasons)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the graph says of the lines of one document."""

    document: str
    title: str
    digest: str
    total: int
    """How many statements the document makes, as its description says; 0 where it does not."""
    encoded: int
    lines: tuple[Line, ...]
    copy: str = ""
    """The copy of this very version whose lines were counted; empty where there was none."""
    filled: int = 0
    """Lines of the copy that are not blank."""
    open: tuple[int, ...] = ()
    """Lines without a statement and without a reason."""

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


def count_lines(coverage: Coverage, copies: Sequence[Copy]) -> Coverage:
    """The coverage with the lines of the copy of this very version, where one is there."""
    for copy in copies:
        if copy.digest == coverage.digest:
            known = {line.number for line in coverage.lines if line.accounted}
            left = tuple(number for number in copy.filled if number not in known)
            return replace(coverage, copy=copy.name, filled=len(copy.filled), open=left)
    return coverage
