"""Laboratory results: what is reported, read into what can be used and what cannot.

There is no built-in normal range. What is written wrongly is an error; what is understood and
cannot be used safely becomes a result that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kg.cases.dates import read_date_of_result
from kg.cases.numbers import UnsafeResultError, number
from kg.cases.ranges import HIGH, LOW, NORMAL, Bounds, decided, possible
from kg.cases.results import LabResult
from kg.cases.units import check_plausible, conversion_note, factor, read_unit
from kg.errors import LabFormatError
from kg.terms import Entry, Lexicon, fold, quoted

ABNORMAL: Final = "abnormal"
"""What a laboratory says that does not say on which side."""
_FLAG_WORDS: Final = {
    **dict.fromkeys(("h", "hh", "hu", "raised", "elevated", "increased"), HIGH),
    **dict.fromkeys(("l", "ll", "lu", "decreased", "reduced"), LOW),
    **dict.fromkeys(("n",), NORMAL),
    **dict.fromkeys(("a", "aa"), ABNORMAL),
}
"""Other words for the flags of a laboratory."""

_FARTHEST: Final = Decimal(10_000)
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

    def result(self) -> LabResult:
        reported = self._reported
        flag, no_flag = self._flag()
        on = read_date_of_result(reported.date)
        start = LabResult(self._marker, self._given, flag=flag, on=on, baseline=reported.baseline)
        if not reported.value:
            if no_flag:
                raise UnsafeResultError(no_flag)
            return self._in_state(start, flag)
        value = number(reported.value, "the value", self._given)
        if not reported.unit:
            return self._without_unit(start, flag)
        unit, note = read_unit(self._marker, reported.unit)
        return self._judged(self._with_limits(replace(start, value=value, unit=unit, note=note)))

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

    def _in_state(self, result: LabResult, state: str) -> LabResult:
        known = self._states.get(state)
        return replace(
            result, state=state, state_class=None if known is None else known.iri, flagged=True
        )

    def _without_unit(self, result: LabResult, flag: str) -> LabResult:
        """A value without a unit is not used; a flag can be."""
        wanted = " or ".join(self._marker.units)
        if flag:
            used = f"the unit of its value is missing ({wanted}), so only the flag is used"
            return replace(self._in_state(result, flag), partly=used)
        if self._has_range:
            raise UnsafeResultError(f"the unit is missing; wanted {wanted}")
        raise UnsafeResultError(
            f"no reference range and no unit is given, so no class can be given; ask for the "
            f"laboratory's upper limit of normal and the unit ({wanted}), or for its flag"
        )

    @property
    def _has_range(self) -> bool:
        return bool(self._reported.low or self._reported.high)

    def _with_limits(self, result: LabResult) -> LabResult:
        reported, marker = self._reported, self._marker
        low, high = self._limit(reported.low, "lower"), self._limit(reported.high, "upper")
        if low is not None and high is not None and low > high:
            raise UnsafeResultError(f"the range runs backwards, from {low} to {high}")
        if high is not None and not high:
            raise UnsafeResultError("the upper limit is 0")
        range_unit, _ = read_unit(marker, reported.range_unit or result.unit)
        to_range = factor(marker, result.unit, range_unit)
        converted = conversion_note(marker, result.unit, range_unit) if to_range != 1 else ""
        return replace(
            result,
            low=low or None,
            high=high,
            range_unit=range_unit,
            to_range=to_range,
            comparator=_COMPARATORS.get(reported.comparator, reported.comparator),
            note=", ".join(each for each in (result.note, converted) if each),
        )

    def _limit(self, text: str, which: str) -> Decimal | None:
        return number(text, f"the {which} limit", self._given) if text else None

    def _judged(self, result: LabResult) -> LabResult:
        """The result in the state that its range leaves, or its flag says."""
        self._check_size(result)
        low, high = (None if x is None else Fraction(x) for x in (result.low, result.high))
        value = Fraction(result.value or 0) * result.to_range
        states = possible(Bounds.of(value, result.comparator), low, high)
        state = decided(states, low, high)
        if result.flag and result.flag not in states:
            read = state or " or ".join(sorted(states))
            text = f"the laboratory's flag says {result.flag}, and value and range say {read}"
            return replace(result, conflict=text)
        return replace(
            self._in_state(result, result.flag or state),
            flagged=bool(result.flag) and result.flag != state,
            partly=self._left_over(result, state),
        )

    def _left_over(self, result: LabResult, state: str) -> str:
        """What of the result no rule can use, and what to ask for."""
        if result.low is None and result.high is None:
            used = "only the laboratory's flag is used" if result.flag else "no class can be given"
            return f"no reference range is given, so {used}; {_ASK}"
        if result.comparator and not (state or result.flag):
            return (
                f"{result.comparator}{result.value} does not say on which side of the range the "
                "value lies"
            )
        if not (state or result.flag):
            return f"its range does not say whether the value is high, normal or low; {_ASK}"
        if result.comparator:
            return (
                "only a bound of the value is known, so no rule on how far it is from its limit "
                "is used beyond what the bound decides"
            )
        return ""

    def _check_size(self, result: LabResult) -> None:
        """A reason where value or range can be of no patient."""
        value = result.value or Decimal(0)
        check_plausible(self._marker, value, result.unit, "the value", comparator=result.comparator)
        for limit, what in ((result.low, "the lower limit"), (result.high, "the upper limit")):
            if limit is not None:
                check_plausible(self._marker, limit, result.range_unit, what)
        for limit in filter(None, (result.low, result.high)):
            compared = Fraction(value) * result.to_range / Fraction(limit)
            if compared > _FARTHEST or (compared and 1 / compared > _FARTHEST):
                raise UnsafeResultError(
                    f"the value is more than {_FARTHEST} times away from its limit {limit}; check "
                    "value and unit"
                )
