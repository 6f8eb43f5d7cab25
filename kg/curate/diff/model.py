"""The value of a comparison: what was changed, and which answers move.

Statements and documents are named by their short ids, terms by their names with prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """What became of a thing between the old version and the new one."""

    ADDED = "added"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    """Still there to be looked up, and no longer standing."""
    RESTORED = "restored"
    """Withdrawn before, and standing again."""
    CHANGED = "changed"


@dataclass(frozen=True)
class Field:
    """One thing that is said otherwise now; no values means that it was not said."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A statement, term, axiom, conclusion or row of an answer that differs."""

    how: How
    id: str
    label: str
    fields: tuple[Field, ...] = ()
    note: str = ""
    """Why a statement was withdrawn."""
    statements: tuple[str, ...] = ()
    """The statements that it rests on, or did."""
    part: str = ""
    """The part of an answer that a row belongs to."""


@dataclass(frozen=True)
class AnswerChange:
    """A competency question with the rows of its answer that differ."""

    question: str
    asked: str
    rows: tuple[Change, ...]


@dataclass(frozen=True)
class Side:
    """One of the two versions."""

    name: str
    version: str = ""
    """The first digits of its hash; empty for a graph that was made for the question only."""
    built_at: str = ""


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two versions."""

    old: Side
    new: Side
    asked: int
    """How many competency questions were put to both."""
    statements: tuple[Change, ...] = ()
    terms: tuple[Change, ...] = ()
    records: tuple[Change, ...] = ()
    """Places, citations, references and documents."""
    axioms: tuple[Change, ...] = ()
    conclusions: tuple[Change, ...] = ()
    """What the reasoner found: kinds of kinds, and what findings say of causes."""
    answers: tuple[AnswerChange, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything differs."""
        return any(
            (
                self.statements,
                self.terms,
                self.records,
                self.axioms,
                self.conclusions,
                self.answers,
            )
        )
