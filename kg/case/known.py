"""What recipes are worked out with: what there is of a case, what is missing, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from kg.case.figures import Quantity, in_unit
from kg.case.model import Event, LabResult, short_name
from kg.model.derived import Recipe
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI

PAIR: Final = 2
"""The parts of a recipe that is made of two."""


class Known(Struct, frozen=True):
    """What there is to work with."""

    lexicon: Lexicon
    labs: Mapping[IRI, LabResult]
    """By measurement, the result that is asked about."""
    earlier: Mapping[IRI, Sequence[LabResult]]
    """By measurement, the usable results before it."""
    events: Sequence[Event] = ()
    undated: frozenset[IRI] = frozenset()
    """What took place and has no day."""
    day: date | None = None
    """The day that is asked about."""

    def name(self, marker: IRI) -> str:
        """The short name of a measurement."""
        entry = self.lexicon.entries.get(marker)
        return marker if entry is None else short_name(entry)


class MissingError(Exception):
    """A part is not known; the message is what is needed."""


class Found(Struct, frozen=True):
    """A number with what it was worked out of."""

    quantity: Quantity
    how: str
    parts: tuple[LabResult | Event, ...]


def lacks(marker: IRI, unit: str, known: Known) -> str:
    """What is missing of a measurement to have it in a unit; empty where nothing is."""
    result, name = known.labs.get(marker), known.name(marker)
    if result is None:
        return name
    if in_unit(result, unit) is not None:
        return ""
    if result.value is None:
        return f"a value of {name}"
    by_limit = unit == result.marker.measured_in.of_limit
    return f"the upper limit of {name}" if by_limit else f"{name} in {unit}"


def days_between(one: LabResult, other: LabResult) -> int | None:
    """The days from one result to another."""
    if one.on is None or other.on is None:
        return None
    return (other.on.day - one.on.day).days


def on_day(result: LabResult) -> str:
    """The day of a result, as it stands behind its number; empty where it has none."""
    return "" if result.on is None else f" on {result.on.day}"


def starts_of(recipe: Recipe, known: Known) -> list[Event]:
    """The events with a day that a recipe may count from."""
    return [each for each in known.events if each.entry.iri in recipe.events]


def by_marker(results: Iterable[LabResult]) -> dict[IRI, list[LabResult]]:
    """Results by their measurement."""
    found: dict[IRI, list[LabResult]] = {}
    for each in results:
        found.setdefault(each.marker.iri, []).append(each)
    return found
