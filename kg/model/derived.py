"""What is worked out of results and dates before anything is concluded, as the ontology says how.

A recipe makes one number of a class of observations out of what a case says. A figure is a data
property that gives values in one unit, so that the definition of a class can draw a line in it.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from kg.model.tables import Bounds
from kg.model.vocabulary import IRI


class RecipeKind(StrEnum):
    """How the number of a derived observation is worked out."""

    QUOTIENT = "quotient"
    DIFFERENCE = "difference"
    CHANGE = "change"
    PERSISTENCE = "persistence"
    DAYS = "days"
    SCORE = "score"


class Earlier(StrEnum):
    """Which of the earlier results a result is compared with."""

    LATEST = "latest"
    EARLIEST = "earliest"
    LOWEST = "lowest"
    HIGHEST = "highest"


class ScoreRow(Struct, frozen=True, omit_defaults=True):
    """One row of a score: how many points an item gives where something is so."""

    item: str
    """What the row is one of the possibilities of, such as the age."""
    points: Decimal
    where: str = ""
    """The kind of case of which it is so."""
    absent: str = ""
    """The class that the patient is said not to have, in place of a kind of case."""


class Recipe(Struct, frozen=True, omit_defaults=True):
    """How the one number of a class of derived observations is worked out."""

    iri: IRI
    label: str
    kind: RecipeKind
    unit: str
    figure: IRI
    """The data property that gives values in that unit."""
    of: tuple[IRI, ...] = ()
    """The measurements or events that it is made of, in their order; none of a score."""
    compared_in: str = ""
    """The unit in which two results are compared."""
    within_days: int | None = None
    """How far apart two results may be; None where nothing bounds it."""
    earlier: Earlier = Earlier.LATEST
    """Of a change and of days between two results: from which one it is counted."""
    results: IRI | None = None
    """Of a persistence: the class of results that has to hold without a break."""
    limits: Mapping[str, Bounds] = {}
    """By figure, where the results of that class lie."""
    least_results: int = 2
    """Of a persistence: the fewest results that show one."""
    events: frozenset[IRI] = frozenset()
    """Of days from an event: the terms that are said of a patient where it took place."""
    rows: tuple[ScoreRow, ...] = ()


class Line(Struct, frozen=True):
    """A figure that some class of results has a limit in."""

    figure: IRI
    unit: str
