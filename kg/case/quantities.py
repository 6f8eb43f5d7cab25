"""Numbers, units and reference ranges of results: read strictly, and kept exactly."""

from __future__ import annotations

import re
from decimal import ROUND_05UP, Context, Decimal
from fractions import Fraction
from math import gcd
from typing import Final

from kg.model.errors import LabFormatError
from kg.model.spelling import fold
from kg.model.terms import Entry, quoted
from kg.reasoning.intervals import Interval

DIGITS: Final = 50
"""Longest number that is read; with it, 60 digits of a quotient tell any two results apart."""
COMPARATORS: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "≤": "≤", "≥": "≥"}
"""How a value that is only known to be on one side of something is written."""
HIGH: Final = "high"
NORMAL: Final = "normal"
LOW: Final = "low"

_QUOTIENT: Final = Context(prec=60, rounding=ROUND_05UP)
"""ROUND_05UP never ends an inexact result in 0 or 5, so it never lands on a shorter decimal."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_EXPONENT: Final = re.compile(r"[\d.]+[eE][+-]?[\d.]+")
_MINUS: Final = ("-", "−")  # noqa: RUF001
_NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity", "+inf"})


class UnsafeResultError(LabFormatError):
    """A result that was understood and cannot be used; the message is the reason."""


# ── Numbers ─────────────────────────────────────────────────────────────────────────────────────


def parse_number(text: str, what: str, given: str) -> Decimal:
    """A number as a case may hold it: plain digits, no sign, no exponent."""
    check_spelling(text, what, given)
    if text[:1] in _MINUS:
        raise UnsafeResultError(f"{what} is negative, which no result can be")
    return Decimal(text.removeprefix("+"))


def parse_signed(text: str, what: str, given: str) -> Decimal:
    """A number that may be below zero."""
    check_spelling(text, what, given)
    plain = Decimal(text.lstrip("+-−"))  # noqa: RUF001
    return -plain if text[:1] in _MINUS else plain


def check_spelling(text: str, what: str, given: str) -> None:
    """LabFormatError for a text that is no number, with a sign or without."""
    if len(text) <= DIGITS and text.isascii() and _NUMBER.fullmatch(text):
        return  # as nearly all are
    plain = text[1:] if text[:1] in ("+", *_MINUS) else text
    problem = ""
    if fold(plain) in _NO_NUMBERS:
        problem = f"{what} is {quoted(text)}, which is not a number."
    elif "," in plain:
        problem = (
            f"{what} has a comma. Write decimals with a point (4.5), and thousands without a "
            "mark (1200)."
        )
    elif _EXPONENT.fullmatch(plain):
        problem = f"{what} has an exponent; write the number out."
    elif not plain.isascii() or not _NUMBER.fullmatch(plain):
        problem = f"{what} is {quoted(text)}, which is not a number."
    elif len(text) > DIGITS:
        problem = f"{what} has {len(text)} characters; at most {DIGITS} are read."
    if problem:
        raise LabFormatError(f"{quoted(given)}: {problem}")


def round_fraction(value: Fraction) -> Decimal:
    """The fraction as a decimal, on the same side of every shorter decimal as the fraction."""
    return _QUOTIENT.divide(Decimal(value.numerator), Decimal(value.denominator))


def round_quotient(value: Decimal, scale: Fraction, by: Decimal) -> Decimal:
    """A value times a scale, by another value: what `round_fraction` makes of it, and quicker."""
    above, below = value.as_integer_ratio()
    times, part = by.as_integer_ratio()
    above, below = above * scale.numerator * part, below * scale.denominator * times
    common = gcd(above, below)
    return _QUOTIENT.divide(Decimal(above // common), Decimal(below // common))


def format_fraction(value: Fraction, places: int = 4) -> str:
    """The fraction for a reader: a few digits, and no needless zeros."""
    number = Context(prec=places).divide(Decimal(value.numerator), Decimal(value.denominator))
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent_change(before: Fraction, now: Fraction) -> Fraction:
    """How much a value changed, in percent of what it was."""
    return (now - before) / before * 100


# ── Units ───────────────────────────────────────────────────────────────────────────────────────


def read_unit(marker: Entry, text: str) -> tuple[str, str]:
    """The unit as the ontology writes it, and a note where another spelling was read as it."""
    found = marker.measured_in.read(text)
    if found is None:
        wanted = " or ".join(marker.units) or "no unit"
        raise UnsafeResultError(f"{quoted(text)} is no unit of {marker.label}; wanted {wanted}")
    unit, alias = found
    return unit, f"{alias} read as {unit}" if alias else ""


def conversion_factor(marker: Entry, unit: str, to: str) -> Fraction:
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
    return ", ".join(f"1 {e.unit} is {format_fraction(e.factor)} {e.to}" for e in used)


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
        least, most = map(format_fraction, band)
        raise UnsafeResultError(
            f"{what} is {_cut(value)} {unit}, and {marker.label} is taken as reported from "
            f"{least} to {most} {unit}; check value and unit"
        )


def check_limit(marker: Entry, limit: Decimal, unit: str) -> None:
    """A reason where no laboratory has such an upper limit: the range is in another unit."""
    band = marker.measured_in.limit_band(unit)
    if band is not None and not band[0] <= limit <= band[1]:
        least, most = map(format_fraction, band)
        raise UnsafeResultError(
            f"the upper limit is {_cut(limit)} {unit}, and that of {marker.label} is taken as "
            f"reported from {least} to {most} {unit}; check the unit of the range"
        )


def _cut(value: Decimal) -> str:
    text = f"{value:f}"
    return text if len(text) <= len("1234567890.12") else f"{text[:12]}…"


# ── Ranges ──────────────────────────────────────────────────────────────────────────────────────


def value_interval(value: Decimal, comparator: str) -> Interval:
    """Where a value lies: at itself, or only on one side of it."""
    match comparator:
        case ">":
            return Interval(above=value)
        case "≥":
            return Interval(at_least=value)
        case "<":
            return Interval(below=value)
        case "≤":
            return Interval(at_most=value)
        case _:
            return Interval(at_least=value, at_most=value)


def possible_states(value: Interval, low: Decimal | None, high: Decimal | None) -> frozenset[str]:
    """The states that a value may have against the limits that are given."""
    regions = {NORMAL: Interval(at_least=low, at_most=high)}
    regions |= {} if low is None else {LOW: Interval(below=low)}
    regions |= {} if high is None else {HIGH: Interval(above=high)}
    found = {state for state, each in regions.items() if not value.intersection(each).empty()}
    if NORMAL in found:  # without a limit nothing tells a normal value from one beyond it
        found |= {LOW, HIGH} - regions.keys()
    return frozenset(found)


def decide_state(
    states: frozenset[str], *, low_is_normal: bool, high_is_normal: bool = False
) -> str:
    """The state that the range decides; empty where it decides none.

    A range with an upper limit alone cannot tell a low value from a normal one. Only of a
    measurement whose low results count as normal is such a value normal; so it is with high ones.
    """
    if low_is_normal and states == {NORMAL, LOW}:
        return NORMAL
    if high_is_normal and states == {NORMAL, HIGH}:
        return NORMAL
    return next(iter(states)) if len(states) == 1 else ""
