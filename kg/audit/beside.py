"""A claim beside a statement that speaks of the same."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct

from kg.audit.content import Content
from kg.audit.evidence import Stated
from kg.audit.model import Verdict
from kg.audit.terms import Terms

Found = Iterator[tuple[Verdict, str]]
"""In what a claim departs, each with the reason."""


class End(Enum):
    """How an end of a claim stands to that of a statement."""

    SAME = auto()
    KIND = auto()
    """It is a kind of it."""
    WIDER = auto()
    ANALYTE = auto()
    """It is the like in another measurement."""
    OPPOSITE = auto()
    """It is the opposite in the same measurement."""
    OTHER = auto()


class Comparison(Struct, frozen=True):
    """A claim beside a statement that speaks of the same."""

    claim: Content
    stated: Stated
    terms: Terms
    subject: End
    object: End

    @property
    def is_flipped(self) -> bool:
        """Whether the one affirms what the other denies."""
        return self.claim.opposed != self.stated.content.opposed
