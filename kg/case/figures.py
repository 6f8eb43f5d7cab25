"""A result in the units that rules have limits in, and whether it is of a class of results.

Nothing is rounded on the way: a value is compared as the fraction that the conversion gives.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from msgspec import Struct

from kg.case.model import Figure, LabResult
from kg.case.quantities import format_fraction, round_fraction
from kg.model.derived import Recipe
from kg.model.tables import Bounds
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI
from kg.reasoning.intervals import Interval

_TURNED: Final = {"": "", "<": ">", "≤": "≥", ">": "<", "≥": "≤"}
"""The side of a bound when what it bounds is subtracted, or divides."""


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
