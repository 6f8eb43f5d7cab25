"""What became of each line of a text: in an answer, kept as reading, set aside, or open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.curate.reports import open_sources
from kg.curate.sources.desk import find_copy, read_desk
from kg.model.copies import Coverage
from kg.model.rdf import read_sources
from kg.model.statements import short_id
from kg.store.queries import shipped_rows


@dataclass(frozen=True, slots=True)
class Account:
    """The lines of a text, and the statements on which no answer rests."""

    coverage: Coverage
    drafts: int
    """Statements that a machine wrote and nobody has signed."""
    idle: tuple[str, ...]
    """Statements that do nothing in the graph, and do not say why."""

    @property
    def waiting(self) -> tuple[int, ...]:
        """The lines that carry such statements, or kept ones, and no other."""
        idle = {*self.idle}
        return tuple(
            line.number
            for line in self.coverage.carrying
            if not line.is_kept
            if {*line.statements} <= idle | {each for each, _ in line.reading}
        )

    @property
    def complete(self) -> bool:
        """Whether every line and every statement is accounted for."""
        return self.coverage.complete and not self.idle


def account_of(folder: Path, name: str, texts: Path) -> Account:
    """The account of an article, with the copy in a folder of texts."""
    desk = read_desk(folder, name)
    reading = {each for line in desk.lines for each, _ in line.reading}
    names = [each.name for each in desk.records if each.name not in reading]
    doing = _doing(folder) if names else frozenset()
    return Account(
        coverage=desk.cover(find_copy(desk, texts)),
        drafts=sum(each.is_draft for each in desk.records),
        idle=tuple(each for each in names if each not in doing),
    )


def _doing(folder: Path) -> frozenset[str]:
    """The statements that carry an axiom, agree with one, or are linked with another."""
    store = open_sources(read_sources(folder), folder)
    rows = shipped_rows(store, "report/reached-statements").texts()
    return frozenset(short_id(row["statement"]) for row in rows if "role" in row)
