"""Which lines of a document the graph accounts for, and which of a reader's copy are open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.model.statements.model import short
from kg.model.statements.reader import Copy
from kg.model.vocabulary import text_of
from kg.store.base import Store
from kg.store.queries import shipped_rows


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


def read_coverage(store: Store, copies: Sequence[Copy] = ()) -> tuple[Coverage, ...]:
    """The coverage of every document; with copies, their lines are those that must be covered."""
    return tuple(_against(each, copies) for each in _documents(store))


def _against(coverage: Coverage, copies: Sequence[Copy]) -> Coverage:
    for copy in copies:
        if copy.digest == coverage.digest:
            known = {line.number for line in coverage.lines if line.accounted}
            left = tuple(number for number in copy.filled if number not in known)
            return replace(coverage, copy=copy.name, filled=len(copy.filled), open=left)
    return coverage


def _documents(store: Store) -> Iterator[Coverage]:
    lines = _lines(store)
    for row in shipped_rows(store, "report/documents").records():
        document = short(text_of(row["document"]))
        described = lines.get(document, ())
        yield Coverage(
            document=document,
            title=text_of(row["title"]),
            digest=text_of(row["digest"]),
            total=int(text_of(row.get("total")) or 0),
            encoded=int(text_of(row["encoded"])),
            lines=described,
            open=tuple(line.number for line in described if not line.accounted),
        )


def _lines(store: Store) -> dict[str, tuple[Line, ...]]:
    """The lines of each document, in order."""
    found: dict[str, dict[int, Line]] = {}
    for row in shipped_rows(store, "report/lines").records():
        lines = found.setdefault(short(text_of(row["document"])), {})
        number = int(text_of(row["line"]))
        line = lines.get(number, Line(number))
        statement, reason = short(text_of(row.get("statement"))), text_of(row.get("reason"))
        lines[number] = Line(
            number, _added(line.statements, statement), _added(line.reasons, reason)
        )
    return {document: tuple(lines.values()) for document, lines in found.items()}


def _added(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if not value or value in values else (*values, value)
