"""Laboratory results: what is typed, and the exact ratios to the limits printed with it.

There is no built-in normal range. Numbers are decimals, and a ratio that no decimal can hold is
rounded so that it stays on its own side of every limit it may be compared with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_05UP, Context, Decimal
from typing import Final

from kg.errors import LabFormatError
from kg.reasoning.intervals import Interval
from kg.terms import Entry, Kind, Lexicon, fold, quoted
from kg.vocab import IRI

HIGH: Final = "high"
NORMAL: Final = "normal"
LOW: Final = "low"

_FLAG_WORDS: Final = {
    "h": HIGH,
    "raised": HIGH,
    "elevated": HIGH,
    "n": NORMAL,
    "l": LOW,
    "decreased": LOW,
}
"""Other words for the flags of a laboratory."""

_DIGITS: Final = 50
"""Longest number that is read; with it, 60 digits of a quotient tell any two results apart."""
_FARTHEST: Final = Decimal(10_000)
"""A result so many times its limit is taken for a slip of the pen or the unit."""
_QUOTIENT: Final = Context(prec=60, rounding=ROUND_05UP)
"""ROUND_05UP never ends an inexact result in 0 or 5, so it never lands on a shorter decimal."""

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_VALUE: Final = re.compile(
    r"(?P<comparator><=|>=|[<>≤≥])?\s*"
    r"(?P<number>[+−-]?[\d.,]+(?:[eE][+-]?\d+)?|[A-Za-z]+\b)"  # noqa: RUF001
    r"\s*(?P<unit>[^()]*?)\s*(?:\((?P<range>[^()]*)\))?",
    re.DOTALL,
)
_RANGE: Final = re.compile(
    r"(?P<low>[^\s<>≤≥–—−-]*)\s*(?:-|–|—|−|\bto\b)\s*(?P<high>[^\s–—−-]*)"  # noqa: RUF001
)
_ONE_SIDED: Final = re.compile(r"(?P<sign><=|>=|[<>≤≥])\s*(?P<limit>\S+)")
_NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity", "+inf", "-inf"})


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result: a flag, or a value with its unit and reference range."""

    marker: Entry
    given: str
    """The result as it was typed."""
    state: str = ""
    """`high`, `normal` or `low`; empty where the range does not decide it."""
    state_class: IRI | None = None
    """The class of results in that state."""
    value: Decimal | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: str = ""
    note: str = ""
    percent_change: Decimal | None = None
    day_of_treatment: Decimal | None = None
    during: IRI | None = None
    """The drug under whose treatment the result was taken."""

    @property
    def exact(self) -> bool:
        """Whether the value itself is known, not only a bound of it."""
        return self.value is not None and not self.comparator

    @property
    def says_nothing(self) -> bool:
        """Whether the range leaves it open on which side of any limit the value lies."""
        return self.value is not None and not self.state

    @property
    def ratio_to_uln(self) -> Decimal | None:
        """The value by its upper limit, on the right side of every shorter decimal."""
        if not self.exact or self.value is None or self.high is None:
            return None
        return quotient(self.value, self.high)

    @property
    def ratio_to_lln(self) -> Decimal | None:
        """The value by its lower limit, on the right side of every shorter decimal."""
        if not self.exact or self.value is None or not self.low:
            return None
        return quotient(self.value, self.low)

    @property
    def bound_to_uln(self) -> Interval | None:
        """Where the ratio to the upper limit lies when only a bound of the value is known."""
        if not self.comparator or self.value is None or self.high is None:
            return None
        ratio = quotient(self.value, self.high)
        return Interval(above=ratio) if self.comparator in (">", "≥") else Interval(below=ratio)

    @property
    def shown(self) -> str:
        """The result as an answer repeats it."""
        if self.value is None:
            return f"{self.state} (no value)"
        limits = " to ".join(
            "…" if limit is None else f"{limit:f}" for limit in (self.low, self.high)
        )
        noted = f", {self.note}" if self.note else ""
        state = f"{self.state}, " if self.state else ""
        return f"{state}{self.comparator}{self.value:f} {self.unit} (range {limits}){noted}"


def quotient(value: Decimal, limit: Decimal) -> Decimal:
    """The ratio, on the same side of every shorter decimal as the fraction itself."""
    return _QUOTIENT.divide(value, limit)


def parse_lab(text: str, lexicon: Lexicon) -> LabResult:
    """The result in `NAME=high|normal|low` or `NAME=VALUE UNIT(LOW-HIGH)`."""
    name, equals, result = text.partition("=")
    if not equals or not name.strip() or not result.strip():
        raise LabFormatError(
            f"{quoted(text)} is no result; wanted NAME=high, NAME=normal, NAME=low, "
            "or NAME=VALUE UNIT(LOW-HIGH)."
        )
    marker = lexicon.find(name.strip(), Kind.MARKER)
    return read_result(marker, result.strip(), lexicon, given=text.strip())


def read_result(marker: Entry, result: str, lexicon: Lexicon, *, given: str) -> LabResult:
    """The result of a measurement from a flag or a value with unit and range."""
    states = lexicon.states(marker.iri)
    flag = _FLAG_WORDS.get(fold(result), fold(result))
    if flag in states:
        return LabResult(marker, given, flag, states[flag].iri)
    match = _VALUE.fullmatch(result)
    if match is None or (match["number"][0].isalpha() and fold(match["number"]) not in _NO_NUMBERS):
        raise LabFormatError(
            f"{quoted(given)}: {quoted(result)} is neither {', '.join(states)} nor a value; "
            "wanted VALUE UNIT(LOW-HIGH)."
        )
    value = _number(match["number"], given, "the value")
    unit, note = _unit(marker, match["unit"].strip(), given)
    low, high = _range(marker, match["range"], unit, given)
    comparator = {"<=": "≤", ">=": "≥"}.get(match["comparator"], match["comparator"]) or ""
    state = _decided(value, low, high, comparator, given)
    state_class = states[state].iri if state in states else None
    return LabResult(marker, given, state, state_class, value, unit, low, high, comparator, note)


def _decided(
    value: Decimal, low: Decimal | None, high: Decimal | None, comparator: str, given: str
) -> str:
    """The state of a value that may be right; LabFormatError where it cannot be."""
    for limit in (low, high):
        if limit and max(quotient(value, limit), _reciprocal(value, limit)) > _FARTHEST:
            raise LabFormatError(
                f"{quoted(given)}: the value is more than {_FARTHEST} times away from its limit "
                f"{limit}; check value and unit."
            )
    state = _state(value, low, high, comparator)
    if comparator and not state:
        raise LabFormatError(
            f"{quoted(given)}: {comparator}{value} does not say on which side of the range the "
            "value lies."
        )
    return state


def number(text: str, what: str, given: str) -> Decimal:
    """A number as a case may hold it: plain digits, no sign, no exponent."""
    return _number(text, given, what)


def _reciprocal(value: Decimal, limit: Decimal) -> Decimal:
    return quotient(limit, value) if value else Decimal(0)


def _number(text: str, given: str, what: str) -> Decimal:
    if fold(text) in _NO_NUMBERS:
        raise LabFormatError(f"{quoted(given)}: {what} is {quoted(text)}, which is not a number.")
    if "," in text:
        raise LabFormatError(
            f"{quoted(given)}: {what} has a comma. Write decimals with a point (4.5), and "
            "thousands without a mark (1200)."
        )
    if text[:1] in ("-", "−"):  # noqa: RUF001
        raise LabFormatError(f"{quoted(given)}: {what} is negative, which no result can be.")
    if "e" in text.casefold():
        raise LabFormatError(f"{quoted(given)}: {what} has an exponent; write the number out.")
    plain = text.removeprefix("+")
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise LabFormatError(f"{quoted(given)}: {what} is {quoted(text)}, which is not a number.")
    if len(plain) > _DIGITS:
        raise LabFormatError(
            f"{quoted(given)}: {what} has {len(plain)} characters; at most {_DIGITS} are read."
        )
    return Decimal(plain)


def _unit(marker: Entry, text: str, given: str) -> tuple[str, str]:
    """The unit as the ontology writes it, and a note where another spelling was read as it."""
    wanted = " or ".join(marker.units) or "no unit"
    if not text:
        raise LabFormatError(f"{quoted(given)}: the unit is missing; wanted {wanted}.")
    for unit in marker.units:
        if _unit_key(unit) == _unit_key(text):
            return unit, ""
    for alias, unit in marker.unit_aliases:
        if _unit_key(alias) == _unit_key(text):
            return unit, f"{alias} read as {unit}"
    raise LabFormatError(
        f"{quoted(given)}: {quoted(text)} is no unit of {marker.label}; wanted {wanted}."
    )


def _unit_key(text: str) -> str:
    return fold(text).replace("μ", "u").strip("{}")


def _range(
    marker: Entry, text: str | None, unit: str, given: str
) -> tuple[Decimal | None, Decimal | None]:
    if text is None or not text.strip():
        raise LabFormatError(
            f"{quoted(given)}: the reference range is missing; wanted it in brackets, as in "
            "VALUE UNIT(LOW-HIGH). There are no built-in normal ranges."
        )
    low, high = _limits(_without_unit(marker, text.strip(), unit, given), given)
    if low is not None and high is not None and low > high:
        raise LabFormatError(f"{quoted(given)}: the range runs backwards, from {low} to {high}.")
    if high is not None and not high:
        raise LabFormatError(f"{quoted(given)}: the upper limit is 0.")
    if not low and high is None:
        raise LabFormatError(f"{quoted(given)}: the range names no limit.")
    return low or None, high


def _without_unit(marker: Entry, text: str, unit: str, given: str) -> str:
    """The range without the unit that may stand behind it; it has to be that of the value."""
    match = re.search(r"(?<=[\d\s])\s*(?P<unit>[^\d\s.,<>≤≥–—−()-][^\d\s]*|%)$", text)  # noqa: RUF001
    if match is None or not match["unit"]:
        return text
    other, _ = _unit(marker, match["unit"], given)
    if other != unit:
        raise LabFormatError(
            f"{quoted(given)}: the value is in {unit} and the range in {other}; wanted one unit."
        )
    return text[: match.start()].rstrip()


def _limits(text: str, given: str) -> tuple[Decimal | None, Decimal | None]:
    one = _ONE_SIDED.fullmatch(text)
    if one is not None:
        limit = _number(one["limit"], given, "the limit of the range")
        return (None, limit) if one["sign"] in ("<", "≤", "<=") else (limit, None)
    two = _RANGE.fullmatch(text)
    if two is None:
        raise LabFormatError(
            f"{quoted(given)}: {quoted(text)} is no range; wanted (LOW-HIGH), (-HIGH) or (LOW-)."
        )
    low = _number(two["low"], given, "the lower limit") if two["low"] else None
    high = _number(two["high"], given, "the upper limit") if two["high"] else None
    return low, high


def _state(value: Decimal, low: Decimal | None, high: Decimal | None, comparator: str) -> str:
    """The state that the range decides; empty where it decides none."""
    if comparator in ("<", "≤"):
        return _state_below(value, low, high, open_=comparator == "<")
    if comparator in (">", "≥"):
        return _state_above(value, high, open_=comparator == ">")
    if high is not None and value > high:
        return HIGH
    if low is not None and value < low:
        return LOW
    return NORMAL if high is not None else ""


def _state_below(bound: Decimal, low: Decimal | None, high: Decimal | None, *, open_: bool) -> str:
    if low is not None:
        return LOW if bound < low or (open_ and bound == low) else ""
    return NORMAL if high is not None and bound <= high else ""


def _state_above(bound: Decimal, high: Decimal | None, *, open_: bool) -> str:
    decided = high is not None and (bound > high or (open_ and bound == high))
    return HIGH if decided else ""
