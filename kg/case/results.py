"""A laboratory result as a value, and the exact figures that reasoning takes from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kg.case.dates import When
from kg.case.numbers import rounded
from kg.model.terms import Entry
from kg.model.vocabulary import IRI
from kg.reasoning.intervals import Interval


@dataclass(frozen=True, slots=True)
class Change:
    """How a result stands to what was before a treatment: stated, or computed from dates."""

    percent: Decimal | None = None
    """From baseline, in percent of it."""
    day: Decimal | None = None
    """Of the treatment; the day of its start is day 0."""
    during: IRI | None = None
    """The drug under whose treatment the result was taken."""
    computed_from: str = ""
    """Of a computed one: what it was computed from, in words."""


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result: a flag, or a value with its unit and reference range."""

    marker: Entry
    given: str
    """The result as it was typed."""
    state: str = ""
    """`high`, `normal` or `low`; empty where neither range nor flag decides it."""
    state_class: IRI | None = None
    """The class of results in that state."""
    possible: frozenset[str] = frozenset()
    """The states that value and range leave possible; empty where there is no value."""
    value: Decimal | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    range_unit: str = ""
    to_range: Fraction = Fraction(1)
    """What the value is multiplied by to be in the unit of the range."""
    comparator: str = ""
    flag: str = ""
    """The laboratory's own word."""
    flagged: bool = False
    """Whether its class rests on the flag, and not on value and range."""
    on: When | None = None
    baseline: bool = False
    """Whether it was said to be the value before treatment."""
    changes: tuple[Change, ...] = ()
    note: str = ""
    partly: str = ""
    """Why a part of it is not used, or no class can be given."""
    unsafe: str = ""
    """Why nothing of it can be used."""
    conflict: str = ""
    """How it contradicts itself."""

    def is_outlived_on(self, day: date) -> bool:
        """Whether it is too old to speak of the patient on a day; never without a bound."""
        days = self.marker.usable_for_days
        return bool(days) and self.on is not None and (day - self.on.day).days > days

    @property
    def exact(self) -> bool:
        """Whether the value itself is known, not only a bound of it."""
        return self.value is not None and not self.comparator

    @property
    def ratio_to_uln(self) -> Decimal | None:
        """The value by its upper limit, on the right side of every shorter decimal."""
        return self._ratio(self.high) if self.exact else None

    @property
    def ratio_to_lln(self) -> Decimal | None:
        """The value by its lower limit, on the right side of every shorter decimal."""
        return self._ratio(self.low) if self.exact else None

    @property
    def bound_to_uln(self) -> Interval | None:
        """Where the ratio to the upper limit lies when only a bound of the value is known."""
        ratio = self._ratio(self.high)
        if not self.comparator or ratio is None:
            return None
        match self.comparator:
            case ">":
                return Interval(above=ratio)
            case "≥":
                return Interval(at_least=ratio)
            case "<":
                return Interval(below=ratio)
            case _:
                return Interval(at_most=ratio)

    @property
    def shown(self) -> str:
        """The result as an answer repeats it."""
        head = f"{self.state} (no value)" if self.value is None else self._value_shown()
        notes = [head, *([self.note] if self.note else [])]
        notes += [f"on {self.on.day}"] if self.on else []
        notes += [each.computed_from for each in self.changes if each.computed_from]
        return ", ".join(notes)

    def _value_shown(self) -> str:
        state = f"{self.state}, " if self.state else ""
        value = f"{state}{self.comparator}{self.value:f} {self.unit}"
        if self.low is None and self.high is None:
            return f"{value} (no range{self._by_flag})"
        limits = " to ".join(
            "…" if limit is None else f"{limit:f}" for limit in (self.low, self.high)
        )
        unit = f" {self.range_unit}" if self.range_unit != self.unit else ""
        return f"{value} (range {limits}{unit}{self._by_flag})"

    @property
    def _by_flag(self) -> str:
        return "; the laboratory's flag" if self.flagged else ""

    def _ratio(self, limit: Decimal | None) -> Decimal | None:
        if self.value is None or not limit:
            return None
        return rounded(Fraction(self.value) * self.to_range / Fraction(limit))
