"""Laboratory results: what is reported, read into what can be used and what cannot.

There is no built-in normal range. What is written wrongly is an error; what is understood and
cannot be used safely becomes a result that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kg.case.dates import When, read_date_of_result
from kg.case.numbers import UnsafeResultError, number
from kg.case.ranges import HIGH, LOW, NORMAL, Bounds, decided, possible
from kg.case.results import LabResult
from kg.case.units import check_limit, check_plausible, conversion_note, factor, read_unit
from kg.model.errors import LabFormatError
from kg.model.terms import Entry, Lexicon, fold, quoted
from kg.model.vocabulary import IRI

ABNORMAL: Final = "abnormal"
"""What a laboratory says that does not say on which side."""
_FLAG_WORDS: Final = {
    **dict.fromkeys(("h", "hh", "hu", "raised", "elevated", "increased"), HIGH),
    **dict.fromkeys(("l", "ll", "lu", "decreased", "reduced"), LOW),
    **dict.fromkeys(("n",), NORMAL),
    **dict.fromkeys(("a", "aa"), ABNORMAL),
}
"""Other words for the flags of a laboratory."""

_FARTHEST: Final = 10_000
"""A result so many times its limit is taken for a slip of the pen or the unit."""
_ASK: Final = "ask for the laboratory's upper limit of normal, or for its flag"

_COMPARATORS: Final = {"<=": "≤", ">=": "≥"}


@dataclass(frozen=True, slots=True)
class Reported:
    """A result as it was reported: the texts, before anything is made of them."""

    value: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    range_unit: str = ""
    comparator: str = ""
    flag: str = ""
    date: str = ""
    baseline: bool = False

    @property
    def text(self) -> str:
        """The result as it would be typed."""
        unit = f" {self.range_unit}" if self.range_unit else ""
        limits = f"({self.low}-{self.high}{unit})" if self.low or self.high else ""
        typed = f"{self.comparator}{self.value} {self.unit}{limits}".strip()
        marks = [f"@{self.date}"] if self.date else []
        marks += [";baseline"] if self.baseline else []
        marks += [f";{self.flag}"] if self.flag and self.value else []
        return (typed or self.flag) + "".join(marks)


def read_result(marker: Entry, reported: Reported, lexicon: Lexicon, given: str) -> LabResult:
    """What can be made of a result: a class, a value, or the reason why it is not used."""
    given = given.strip()
    try:
        return _Reader(marker, reported, lexicon, given).result()
    except UnsafeResultError as error:
        return LabResult(marker, given, unsafe=error.message, baseline=reported.baseline)


def flag_word(text: str) -> str:
    """The flag that a word stands for: `high`, `normal`, `low`, `abnormal`, or the word."""
    return _FLAG_WORDS.get(fold(text), fold(text))


class _Reader:
    """Reads one result."""

    def __init__(self, marker: Entry, reported: Reported, lexicon: Lexicon, given: str) -> None:
        self._marker = marker
        self._reported = reported
        self._given = given
        self._states: Mapping[str, Entry] = lexicon.states(marker.iri)
        low, normal = self._states.get(LOW), self._states.get(NORMAL)
        self._low_is_normal = low is None or (
            normal is not None and lexicon.is_a(low.iri, normal.iri)
        )

    def result(self) -> LabResult:
        reported = self._reported
        flag, no_flag = self._flag()
        on = read_date_of_result(reported.date)
        if not reported.value:
            if no_flag:
                raise UnsafeResultError(no_flag)
            return self._flag_only(flag, on, "")
        value = number(reported.value, "the value", self._given)
        if not reported.unit:
            return self._flag_only(flag, on, self._without_unit(flag))
        unit, note = read_unit(self._marker, reported.unit)
        limits = self._limits(value, unit)
        check_plausible(self._marker, value, unit, "the value", comparator=limits.comparator)
        state, conflict = self._state(limits, flag)
        return LabResult(
            self._marker,
            self._given,
            state=state,
            state_class=self._class(state),
            possible=limits.states,
            value=value,
            unit=unit,
            low=limits.low,
            high=limits.high,
            range_unit=limits.unit,
            to_range=limits.to_range,
            comparator=limits.comparator,
            flag=flag,
            flagged=bool(flag) and limits.state != flag,
            on=on,
            baseline=reported.baseline,
            note=", ".join(filter(None, (note, conversion_note(self._marker, unit, limits.unit)))),
            partly="" if conflict else _left_over(value, limits, flag),
            conflict=conflict,
        )

    def _flag(self) -> tuple[str, str]:
        """The flag, or why the word that was given is none that can be used."""
        word = flag_word(self._reported.flag)
        if not word or word in self._states:
            return word, ""
        if word == ABNORMAL:
            return "", "its flag says abnormal, and not whether high or low"
        if word in (HIGH, NORMAL, LOW):
            return "", f"no statement speaks of a {word} {self._marker.label}"
        wanted = ", ".join(self._states)
        raise LabFormatError(
            f"{quoted(self._given)}: {quoted(self._reported.flag)} is neither {wanted} nor a "
            "value; wanted the flag of the laboratory."
        )

    def _class(self, state: str) -> IRI | None:
        known = self._states.get(state)
        return None if known is None else known.iri

    def _flag_only(self, flag: str, on: When | None, partly: str) -> LabResult:
        return LabResult(
            self._marker,
            self._given,
            state=flag,
            state_class=self._class(flag),
            flag=flag,
            flagged=True,
            on=on,
            baseline=self._reported.baseline,
            partly=partly,
        )

    def _without_unit(self, flag: str) -> str:
        """Why a value without a unit is not used; nothing is where there is no flag either."""
        wanted = " or ".join(self._marker.units)
        if flag:
            return f"the unit of its value is missing ({wanted}), so only the flag is used"
        if self._reported.low or self._reported.high:
            raise UnsafeResultError(f"the unit is missing; wanted {wanted}")
        raise UnsafeResultError(
            f"no reference range and no unit is given, so no class can be given; ask for the "
            f"laboratory's upper limit of normal and the unit ({wanted}), or for its flag"
        )

    def _limits(self, value: Decimal, unit: str) -> _Limits:
        reported, marker = self._reported, self._marker
        low, high = self._limit(reported.low, "lower"), self._limit(reported.high, "upper")
        if low is not None and high is not None and low > high:
            raise UnsafeResultError(f"the range runs backwards, from {low} to {high}")
        if high is not None and not high:
            raise UnsafeResultError("the upper limit is 0")
        if unit == marker.measured_in.of_limit:
            if low or high not in (None, 1):
                raise UnsafeResultError(
                    "a multiple of the upper limit stands without a range, which is 1 in that unit"
                )
            high = Decimal(1)
        of_range = unit
        if reported.range_unit and reported.range_unit != unit:
            of_range, _ = read_unit(marker, reported.range_unit)
        for limit, what in ((low, "the lower limit"), (high, "the upper limit")):
            if limit:
                check_plausible(marker, limit, of_range, what)
        if high is not None:
            check_limit(marker, high, of_range)
        comparator = _COMPARATORS.get(reported.comparator, reported.comparator)
        to_range = factor(marker, unit, of_range)
        return _Limits.of(
            Fraction(value) * to_range,
            low=low,
            high=high,
            unit=of_range,
            to_range=to_range,
            comparator=comparator,
            low_is_normal=self._low_is_normal,
        )

    def _limit(self, text: str, which: str) -> Decimal | None:
        return number(text, f"the {which} limit", self._given) if text else None

    def _state(self, limits: _Limits, flag: str) -> tuple[str, str]:
        """The state that range or flag decide, or how they contradict each other."""
        if flag and flag not in limits.states:
            read = limits.state or " or ".join(sorted(limits.states))
            return "", f"the laboratory's flag says {flag}, and value and range say {read}"
        return flag or limits.state, ""


@dataclass(frozen=True, slots=True)
class _Limits:
    """The reference range of a value, and what it says of it."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    to_range: Fraction
    comparator: str
    states: frozenset[str]
    """The states that the range leaves possible."""
    state: str
    """The one that it decides; empty where it decides none."""

    @classmethod
    def of(  # noqa: PLR0913 - the parts of a range
        cls,
        value: Fraction,
        *,
        low: Decimal | None,
        high: Decimal | None,
        unit: str,
        to_range: Fraction,
        comparator: str,
        low_is_normal: bool,
    ) -> _Limits:
        """The range held against a value that is in its unit."""
        for limit in filter(None, (low, high)):
            if value > limit * _FARTHEST or (value and value * _FARTHEST < limit):
                raise UnsafeResultError(
                    f"the value is more than {_FARTHEST} times away from its limit {limit}; check "
                    "value and unit"
                )
        exact_low = None if low is None else Fraction(low)
        exact_high = None if high is None else Fraction(high)
        states = possible(Bounds.of(value, comparator), exact_low, exact_high)
        state = decided(states, low_is_normal=low_is_normal)
        return cls(low or None, high, unit, to_range, comparator, states, state)


def _left_over(value: Decimal, limits: _Limits, flag: str) -> str:
    """What of the result no rule can use, and what to ask for."""
    comparator = limits.comparator
    if limits.low is None and limits.high is None:
        used = "only the laboratory's flag is used" if flag else "no class can be given"
        return f"no reference range is given, so {used}; {_ASK}"
    if comparator and not (limits.state or flag):
        return f"{comparator}{value} does not say on which side of the range the value lies"
    if limits.low is None and not (limits.state or flag):
        return (
            "it is not above its upper limit, and no lower limit is given, so it is not known "
            "whether it is low; ask for the laboratory's lower limit of normal, or for its flag"
        )
    if not (limits.state or flag):
        return f"its range does not say whether the value is high, normal or low; {_ASK}"
    if comparator:
        return (
            "only a bound of the value is known, so no rule on how far it is from its limit is "
            "used beyond what the bound decides"
        )
    return ""
