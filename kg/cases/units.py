"""Units of a measurement, as the ontology lists them, and the exact factors between them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from kg.cases.numbers import UnsafeResultError, shown
from kg.terms import Conversion, Entry, fold, quoted


def read_unit(marker: Entry, text: str) -> tuple[str, str]:
    """The unit as the ontology writes it, and a note where another spelling was read as it."""
    wanted = " or ".join(marker.units) or "no unit"
    if not text:
        raise UnsafeResultError(f"the unit is missing; wanted {wanted}")
    for unit in marker.units:
        if _key(unit) == _key(text):
            return unit, ""
    for alias, unit in marker.unit_aliases:
        if _key(alias) == _key(text):
            return unit, f"{alias} read as {unit}"
    raise UnsafeResultError(f"{quoted(text)} is no unit of {marker.label}; wanted {wanted}")


def factor(marker: Entry, unit: str, to: str) -> Fraction:
    """What a value in one unit is multiplied by to be in another; a reason where nothing is."""
    one, other = _root(marker, unit), _root(marker, to)
    if one[0] != other[0]:
        because = f": {marker.unit_note}" if marker.unit_note else ""
        raise UnsafeResultError(f"no factor leads from {unit} to {to}{because}")
    return one[1] / other[1]


def conversion_note(marker: Entry, unit: str, to: str) -> str:
    """The factors that were used between two units, as an answer tells them."""
    used = [each for each in marker.conversions if each.unit in (unit, to)]
    return ", ".join(f"1 {e.unit} is {shown(e.factor)} {e.to}" for e in used)


def check_plausible(
    marker: Entry, value: Decimal, unit: str, what: str, *, comparator: str = ""
) -> None:
    """A reason where no result of the measurement can be so small or so large.

    A value that is only known to be below something may be as small as it likes, and the other
    way round.
    """
    if marker.plausible is None:
        return
    reference, least, most = marker.plausible
    if _root(marker, unit)[0] != _root(marker, reference)[0]:
        return
    size = Fraction(value) * factor(marker, unit, reference)
    too_small = size < Fraction(least) and comparator not in ("<", "≤")
    if too_small or (size > Fraction(most) and comparator not in (">", "≥")):
        raise UnsafeResultError(
            f"{what} is {_short(value)} {unit}, and {marker.label} is taken as reported from "
            f"{least.normalize():f} to {most.normalize():f} {reference}; check value and unit"
        )


def _short(value: Decimal) -> str:
    text = f"{value:f}"
    return text if len(text) <= len("1234567890.12") else f"{text[:12]}…"


def _root(marker: Entry, unit: str) -> tuple[str, Fraction]:
    """The unit that conversions lead to, and how much of it one of this unit is."""
    step = _step(marker, unit)
    return (unit, Fraction(1)) if step is None else (step.to, step.factor)


def _step(marker: Entry, unit: str) -> Conversion | None:
    return next((each for each in marker.conversions if each.unit == unit), None)


def _key(text: str) -> str:
    return fold(text).replace("μ", "u").strip("{}")
