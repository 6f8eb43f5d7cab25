"""One laboratory result: from what is reported to what can be used, and why the rest cannot.

There is no built-in normal range. What is written wrongly is an error; what is understood and
cannot be used safely becomes a result that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kg.case.dates import When, read_date_of_result
from kg.case.document import Lab
from kg.case.model import LabResult
from kg.case.quantities import (
    COMPARATORS,
    DIGITS,
    HIGH,
    LOW,
    NORMAL,
    UnsafeResultError,
    check_limit,
    check_plausible,
    conversion_factor,
    conversion_note,
    decide_state,
    parse_number,
    possible_states,
    read_unit,
    round_fraction,
    value_interval,
)
from kg.model.errors import LabFormatError
from kg.model.spelling import fold
from kg.model.terms import Entry, Lexicon, quoted
from kg.model.vocabulary import IRI
from kg.reasoning.intervals import Interval

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
_IN_ONE_UNIT: Final = "unit not given; value and range taken to be in one unit"
_UNIT_OF_RANGE: Final = "unit not given; taken to be that of its range"


Texts: TypeAlias = Mapping[str, str]
"""A result of the plain dictionary, each value as text, without what is empty."""


def lab_texts(lab: Lab) -> dict[str, str]:
    """The texts of a result; a reason where a number is of a size that no result has."""
    texts: dict[str, str] = {}
    for key, value in lab.items():
        text = value if isinstance(value, str) else "" if value is False else number_text(value)
        if text := text.strip():
            texts[key] = text
    return texts


def format_texts(lab: Texts) -> str:
    """The result as it would be typed."""
    unit = f" {lab['rangeUnit']}" if "rangeUnit" in lab else ""
    limits = f"({lab.get('low', '')}-{lab.get('high', '')}{unit})"
    limits = limits if "low" in lab or "high" in lab else ""
    value = f"{lab.get('comparator', '')}{lab.get('value', '')} {lab.get('unit', '')}{limits}"
    marks = [f"@{lab['date']}"] if "date" in lab else []
    marks += [";baseline"] if "baseline" in lab else []
    marks += [f";{lab['flag']}"] if "flag" in lab else []
    return (value.strip() or lab["state"]) + "".join(marks)


def number_text(value: object) -> str:
    """The digits of a number, or a text as it is."""
    if isinstance(value, str) or not isinstance(value, (int, Decimal)):
        return str(value)
    value = Decimal(value)
    if abs(value.adjusted()) > DIGITS or len(f"{value:f}".lstrip("-")) > DIGITS:
        raise UnsafeResultError(f"a number has more than {DIGITS} digits")
    return f"{value:f}"


def read_flag(text: str) -> str:
    """The flag that a word stands for: `high`, `normal`, `low`, `abnormal`, or the word."""
    return _FLAG_WORDS.get(fold(text), fold(text))


def read_result(marker: Entry, lab: Texts, lexicon: Lexicon, given: str) -> LabResult:
    """What can be made of a result: a class, a value, or the reason why it is not used."""
    try:
        return _LabReader(marker, lab, lexicon, given).read()
    except UnsafeResultError as error:
        baseline = "baseline" in lab
        return LabResult(marker, given, unsafe=error.message, baseline=baseline, on=_date_of(lab))


def _date_of(lab: Texts) -> When | None:
    """The day of a result that cannot be used, where that can be read."""
    try:
        return read_date_of_result(lab.get("date", ""))
    except UnsafeResultError:
        return None


def counts_as_normal(marker: Entry, state: str, lexicon: Lexicon) -> bool:
    """Whether low results of a measurement are not told apart, or a state counts as normal."""
    states = lexicon.states(marker.iri)
    found, normal = states.get(state), states.get(NORMAL)
    if found is None:
        return state == LOW
    return normal is not None and lexicon.is_a(found.iri, normal.iri)


class _Range(Struct, frozen=True):
    """The reference range of a value."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    scale: Fraction
    """What the value is multiplied by to be in the unit of the range."""


class _LabReader:
    """Reads one result."""

    def __init__(self, marker: Entry, lab: Texts, lexicon: Lexicon, given: str) -> None:
        self._marker = marker
        self._lab = lab
        self._given = given
        self._lexicon = lexicon
        self._comparator = COMPARATORS.get(lab.get("comparator", ""), "")
        self._states: Mapping[str, Entry] = lexicon.states(marker.iri)
        self._low_is_normal = counts_as_normal(marker, LOW, lexicon)
        self._high_is_normal = counts_as_normal(marker, HIGH, lexicon)

    def read(self) -> LabResult:
        flag, no_flag = self._read_flag()
        on, baseline = read_date_of_result(self._lab.get("date", "")), "baseline" in self._lab
        plain = LabResult(self._marker, self._given, flag=flag, on=on, baseline=baseline)
        partly = ""
        if "value" in self._lab:
            value = parse_number(self._lab["value"], "the value", self._given)
            if "unit" in self._lab or "rangeUnit" in self._lab:
                return self._with_value(plain, value)
            if "low" in self._lab or "high" in self._lab:
                return self._in_one_unit(plain, value)
            partly = self._without_unit(flag)
        elif no_flag:
            raise UnsafeResultError(no_flag)
        state_class = self._class_of(flag)
        return replace(plain, state=flag, state_class=state_class, flagged=True, partly=partly)

    def _with_value(self, plain: LabResult, value: Decimal) -> LabResult:
        """The result of a value with its unit."""
        marker, comparator, flag = self._marker, self._comparator, plain.flag
        unit, note = read_unit(marker, self._lab.get("unit") or self._lab["rangeUnit"])
        range_ = self._read_range(value, unit)
        check_plausible(marker, value, unit, "the value", comparator=comparator)
        known = value_interval(round_fraction(Fraction(value) * range_.scale), comparator)
        states, decided = self._decide(known, range_)
        conflict = _conflict(flag, states, decided)
        state = "" if conflict else flag or decided
        notes = (note, conversion_note(marker, unit, range_.unit))
        return replace(
            plain,
            state=state,
            state_class=self._class_of(state),
            possible=states,
            value=value,
            unit=unit,
            low=range_.low or None,
            high=range_.high,
            range_unit=range_.unit,
            to_range=range_.scale,
            comparator=comparator,
            flagged=bool(flag) and decided != flag,
            note=", ".join(filter(None, notes)),
            remark="" if "unit" in self._lab else _UNIT_OF_RANGE,
            partly="" if conflict else self._left_over(value, range_, decided, flag),
            conflict=conflict,
        )

    def _in_one_unit(self, plain: LabResult, value: Decimal) -> LabResult:
        """The class of a value beside its range where neither has a unit, and nothing more."""
        low, high = self._limits()
        _check_distance(Fraction(value), low, high)
        range_ = _Range(low, high, "", Fraction(1))
        states, decided = self._decide(value_interval(value, self._comparator), range_)
        conflict = _conflict(plain.flag, states, decided)
        state = "" if conflict else plain.flag or decided
        return replace(
            plain,
            state=state,
            state_class=self._class_of(state),
            possible=states,
            flagged=bool(plain.flag) and decided != plain.flag,
            remark=_IN_ONE_UNIT,
            partly="" if conflict or state else self._left_over(value, range_, decided, ""),
            conflict=conflict,
        )

    def _decide(self, known: Interval, range_: _Range) -> tuple[frozenset[str], str]:
        """The states that a value may have, and the one of them that it has."""
        states = possible_states(known, range_.low, range_.high)
        decided = decide_state(
            states, low_is_normal=self._low_is_normal, high_is_normal=self._high_is_normal
        )
        return states, decided

    def _read_flag(self) -> tuple[str, str]:
        """The flag, or why the word that was given is none that can be used."""
        text = self._lab.get("state", self._lab.get("flag", ""))
        word = read_flag(text)
        if not word or word in self._states:
            return word, ""
        if word == ABNORMAL:
            return "", "its flag says abnormal, and not whether high or low"
        if word in (HIGH, NORMAL, LOW):
            return "", f"no statement speaks of a {word} {self._marker.label}"
        wanted = ", ".join(self._states)
        raise LabFormatError(
            f"{quoted(self._given)}: {quoted(text)} is neither {wanted} nor a "
            "value; wanted the flag of the laboratory."
        )

    def _class_of(self, state: str) -> IRI | None:
        known = self._states.get(state)
        return None if known is None else known.iri

    def _without_unit(self, flag: str) -> str:
        """Why a value alone is not used; nothing is where there is no flag either."""
        wanted = " or ".join(self._marker.units)
        if flag:
            return f"the unit of its value is missing ({wanted}), so only the flag is used"
        raise UnsafeResultError(
            f"no reference range and no unit is given, so no class can be given; ask for the "
            f"laboratory's upper limit of normal and the unit ({wanted}), or for its flag"
        )

    def _read_range(self, value: Decimal, unit: str) -> _Range:
        """The reference range; a reason where it cannot be the one of the value."""
        marker = self._marker
        low, high = self._limits()
        if unit == marker.measured_in.of_limit:
            if low or high not in (None, 1):
                raise UnsafeResultError(
                    "a multiple of the upper limit stands without a range, which is 1 in that unit"
                )
            high = Decimal(1)
        own = self._lab.get("rangeUnit", unit)
        of_range = unit if own == unit else read_unit(marker, own)[0]
        for limit, what in ((low, "the lower limit"), (high, "the upper limit")):
            if limit:
                check_plausible(marker, limit, of_range, what)
        if high is not None:
            check_limit(marker, high, of_range)
        scale = conversion_factor(marker, unit, of_range)
        _check_distance(Fraction(value) * scale, low, high)
        return _Range(low, high, of_range, scale)

    def _limits(self) -> tuple[Decimal | None, Decimal | None]:
        """The lower and the upper limit; a reason where no range can have them."""
        low, high = self._limit("lower", "low"), self._limit("upper", "high")
        if low is not None and high is not None and low > high:
            raise UnsafeResultError(f"the range runs backwards, from {low} to {high}")
        if high is not None and not high:
            raise UnsafeResultError("the upper limit is 0")
        return low, high

    def _limit(self, which: str, key: str) -> Decimal | None:
        text = self._lab.get(key)
        return None if text is None else parse_number(text, f"the {which} limit", self._given)

    def _left_over(self, value: Decimal, range_: _Range, decided: str, flag: str) -> str:
        """What of the result no rule can use, and what to ask for."""
        state, comparator = decided or flag, self._comparator
        if range_.low in (None, 0) and range_.high is None:
            used = "only the laboratory's flag is used" if flag else "no class can be given"
            return f"no reference range is given, so {used}; {_ASK}"
        if comparator and not state:
            return f"{comparator}{value} does not say on which side of the range the value lies"
        if range_.low in (None, 0) and not state:
            return (
                "it is not above its upper limit, and no lower limit is given, so it is not known "
                "whether it is low; ask for the laboratory's lower limit of normal, or for its flag"
            )
        if not state:
            return f"its range does not say whether the value is high, normal or low; {_ASK}"
        if comparator:
            return (
                "only a bound of the value is known, so no rule on how far it is from its limit is "
                "used beyond what the bound decides"
            )
        return ""


def _check_distance(value: Fraction, low: Decimal | None, high: Decimal | None) -> None:
    """A reason where a value is farther from its limits than any patient's."""
    for limit in filter(None, (low, high)):
        if value > limit * _FARTHEST or (value and value * _FARTHEST < limit):
            raise UnsafeResultError(
                f"the value is more than {_FARTHEST} times away from its limit {limit}; check "
                "value and unit"
            )


def _conflict(flag: str, states: frozenset[str], decided: str) -> str:
    """How flag and range contradict each other; empty where they do not."""
    if not flag or flag in states:
        return ""
    read = decided or " or ".join(sorted(states))
    return f"the laboratory's flag says {flag}, and value and range say {read}"
