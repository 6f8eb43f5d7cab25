"""A result in the units that rules have limits in, and what recipes are worked out with.

Nothing is rounded on the way: a value is compared as the fraction that the conversion gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct

from kg.case.model import Event, Figure, LabResult, short_name
from kg.case.quantities import format_fraction, round_fraction
from kg.model.derived import Recipe
from kg.model.tables import Bounds
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI
from kg.reasoning.intervals import Interval

_TURNED: Final = {"": "", "<": ">", "≤": "≥", ">": "<", "≥": "≤"}
"""The side of a bound when what it bounds is subtracted, or divides."""
PAIR: Final = 2
"""The parts of a recipe that is made of two."""


class Quantity(Struct, frozen=True):
    """An exact number, or a bound of one."""

    value: Fraction
    comparator: str = ""

    @property
    def turned(self) -> str:
        """The side of what is left when this is subtracted from it, or divides it."""
        return _TURNED[self.comparator]

    def shown(self, unit: str) -> str:
        """The number as an answer gives it; a bare one has no unit."""
        number = f"{self.comparator}{format_fraction(self.value)}"
        return number if unit in ("", "1") else f"{number} {unit.strip('{}')}"


def figures_in_units(result: LabResult, lexicon: Lexicon) -> tuple[Figure, ...]:
    """The value of a result in each unit that rules have a limit in, as far as one leads there."""
    found = []
    for line in lexicon.lines.get(result.marker.iri, ()):
        quantity = in_unit(result, line.unit)
        if quantity is not None:
            value = round_fraction(quantity.value)
            found.append(Figure(line.figure, value, quantity.comparator))
    return tuple(found)


def in_unit(result: LabResult, unit: str) -> Quantity | None:
    """The value of a result in a unit, or by its upper limit where the unit stands for that.

    None where no value, no limit or no factor is known.
    """
    units = result.marker.measured_in
    if result.value is None:
        return None
    if unit and unit == units.of_limit:
        if not result.high:
            return None
        return Quantity(
            Fraction(result.value) * result.to_range / Fraction(result.high), result.comparator
        )
    factor = units.factor(result.unit, unit)
    return None if factor is None else Quantity(Fraction(result.value) * factor, result.comparator)


def belongs(result: LabResult, recipe: Recipe, lexicon: Lexicon) -> bool | None:
    """Whether a result is of the class whose persistence a recipe tells; None where open."""
    wanted, state = recipe.results, result.state_class
    if wanted is None:
        return None
    if state is not None and lexicon.is_a(state, wanted):
        return True
    known = {each: _interval(result, each, lexicon) for each in recipe.limits}
    sides = [_within(known[each], bounds) for each, bounds in recipe.limits.items()]
    if sides and all(sides):
        return True
    if False in sides or (state is not None and _is_beside(state, wanted, recipe, lexicon)):
        return False
    return None


def _is_beside(state: IRI, wanted: IRI, recipe: Recipe, lexicon: Lexicon) -> bool:
    """Whether a state of a measurement is none of those that a class of its results lies in."""
    states = [each.iri for each in lexicon.states(recipe.of[0]).values()]
    around = [each for each in states if lexicon.is_a(wanted, each)]
    return bool(around) and not any(lexicon.is_a(state, each) for each in around)


def _interval(result: LabResult, figure: str, lexicon: Lexicon) -> Interval | None:
    """Where a figure of a result lies; None where it is not known."""
    numbers = (*result.numbers, *figures_in_units(result, lexicon))
    return next((each.interval for each in numbers if each.role == figure), None)


def _within(known: Interval | None, bounds: Bounds) -> bool | None:
    """Whether a figure lies within bounds; None where what is known of it leaves that open."""
    if known is None:
        return None
    wanted = Interval(bounds.at_least, bounds.above, bounds.at_most, bounds.below)
    if known.within(wanted):
        return True
    return False if known.intersection(wanted).empty() else None


# ── What recipes are worked out with ──────────────────────────────────────────────────────────


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
