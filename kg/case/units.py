"""Units of results: read, converted exactly, and held against what is plausible."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from kg.case.numbers import UnsafeResultError, shown
from kg.model.terms import Entry, quoted


def read_unit(marker: Entry, text: str) -> tuple[str, str]:
    """The unit as the ontology writes it, and a note where another spelling was read as it."""
    wanted = " or ".join(marker.units) or "no unit"
    if not text:
        raise UnsafeResultError(f"the unit is missing; wanted {wanted}")
    found = marker.measured_in.read(text)
    if found is None:
        raise UnsafeResultError(f"{quoted(text)} is no unit of {marker.label}; wanted {wanted}")
    unit, alias = found
    return unit, f"{alias} read as {unit}" if alias else ""


def factor(marker: Entry, unit: str, to: str) -> Fraction:
    """What a value in one unit is multiplied by to be in another; a reason where nothing is."""
    found = marker.measured_in.factor(unit, to)
    if found is None:
        note = marker.measured_in.note
        because = f": {note}" if note else ""
        raise UnsafeResultError(f"no factor leads from {unit} to {to}{because}")
    return found


def conversion_note(marker: Entry, unit: str, to: str) -> str:
    """The factors that are used between two units, as an answer tells them."""
    conversions = marker.measured_in.conversions
    used = [each for each in conversions if unit != to and each.unit in (unit, to)]
    return ", ".join(f"1 {e.unit} is {shown(e.factor)} {e.to}" for e in used)


def check_plausible(
    marker: Entry, value: Decimal, unit: str, what: str, *, comparator: str = ""
) -> None:
    """A reason where no result of the measurement can be so small or so large.

    A value that is only known to be below something may be as small as it likes, and the other
    way round.
    """
    band = marker.measured_in.band(unit)
    if band is None:
        return
    too_small = value < band[0] and comparator not in ("<", "≤")
    if too_small or (value > band[1] and comparator not in (">", "≥")):
        least, most = (shown(each) for each in band)
        raise UnsafeResultError(
            f"{what} is {_short(value)} {unit}, and {marker.label} is taken as reported from "
            f"{least} to {most} {unit}; check value and unit"
        )


def check_limit(marker: Entry, limit: Decimal, unit: str) -> None:
    """A reason where no laboratory has such an upper limit: the range is in another unit."""
    band = marker.measured_in.limit_band(unit)
    if band is not None and not band[0] <= limit <= band[1]:
        least, most = (shown(each) for each in band)
        raise UnsafeResultError(
            f"the upper limit is {_short(limit)} {unit}, and that of {marker.label} is taken as "
            f"reported from {least} to {most} {unit}; check the unit of the range"
        )


def _short(value: Decimal) -> str:
    text = f"{value:f}"
    return text if len(text) <= len("1234567890.12") else f"{text[:12]}…"
