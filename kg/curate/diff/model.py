"""The value of a comparison: what was changed, and which answers move.

Statements and documents are named by their short ids, terms by their names with prefix.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.model.changes import Change


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
