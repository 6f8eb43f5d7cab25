"""What a claim or a statement says, in the one form in which both are compared (decision 0021)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import Struct

from kg.model.vocabulary import eg

Part = tuple[str, str]
"""Something that the cases have of whom a thing is said: a property, and what it leads to."""
Scope = frozenset[Part]
"""All of it; of nothing, everybody is meant."""
EVERYBODY: Final[Scope] = frozenset()
FIGURES: Final = {"size": "magnitude", "time": "timing", "dose": "dose"}
"""The figures that have two numbers, a comparator and a unit, by the words for them in claims."""
COUNTS: Final = {"study size": "studySize", "p value": "pValue"}
"""Those of one number."""
EQUAL: Final = "="
"""The comparator of a number that is given without a word."""
OUTRIGHT: Final = str(eg("modality-asserts"))
"""What is said without a word of how firmly is said outright."""


class Quantity(Struct, frozen=True):
    """A number, or two, with unit and comparator."""

    of: str
    low: Decimal
    high: Decimal
    comparator: str = EQUAL
    unit: str = ""

    def __str__(self) -> str:
        number = f"{self.low}" if self.low == self.high else f"{self.low} to {self.high}"
        sign = "" if self.comparator == EQUAL else f"{self.comparator} "
        return f"{sign}{number}{f' {self.unit}' if self.unit else ''}"


class Content(Struct, frozen=True):
    """What is said, by the IRIs of terms; empty where nothing is said.

    Its predicate is the one that the ontology compares it by: what is attributed to a cause is
    caused by it, and what argues against a thing denies that something argues for it.
    """

    subject: frozenset[str]
    """The terms that stand for it: a drug, and the treatment with it."""
    predicate: str
    object: frozenset[str]
    opposed: bool
    """Whether it denies its relation, or its words are against what they name, and not both."""
    denied: bool
    """Whether its polarity is that of a denial."""
    strength: int
    """The rank of its modality."""
    word: str
    """IRI of the modality."""
    scope: Scope
    """Who it is said of, by name."""
    ends: Scope
    """What cases have besides, since the statement speaks of cases with it."""
    conditions: tuple[str, ...] = ()
    """Circumstances in words."""
    frequency: str = ""
    direction: str = ""
    analyte: str = ""
    comparator: str = ""
    sign: str = ""
    degree: str = ""
    quantities: tuple[Quantity, ...] = ()
