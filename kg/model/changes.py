"""Two states of the same things compared: what came, what went, and what is said otherwise.

Statements and documents are named by their short ids, terms by their names with prefix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
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

    how: ChangeKind
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
class Entity:
    """Something that is named or told, and all that is said of it."""

    id: str
    label: str
    fields: Mapping[str, tuple[str, ...]]
    statements: tuple[str, ...] = ()
    """The statements that it rests on."""


Entities = Mapping[str, Entity]
"""Entities by their ids."""


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


def changes(old: Entities, new: Entities) -> tuple[Change, ...]:
    """Everything that is in one of the two only, or of which they do not say the same."""
    return tuple(_changes(old, new))


def _changes(old: Entities, new: Entities) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            yield Change(ChangeKind.ADDED, name, after.label, statements=after.statements)
        elif before is not None and after is None:
            yield Change(ChangeKind.REMOVED, name, before.label, statements=before.statements)
        elif before is not None and after is not None and (found := _fields(before, after)):
            yield Change(ChangeKind.CHANGED, name, after.label, found, statements=after.statements)


def _fields(old: Entity, new: Entity) -> tuple[Field, ...]:
    """What is said otherwise of one thing."""
    names = dict.fromkeys((*old.fields, *new.fields))
    pairs = ((name, old.fields.get(name, ()), new.fields.get(name, ())) for name in names)
    return tuple(Field(*each) for each in pairs if each[1] != each[2])
