"""A value behind the name of a measurement: number, unit, range and flag, or a multiple."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.case.quantities import HIGH, LOW, NORMAL
from kg.case.words.roles import COMPARED, Role
from kg.case.words.sheet import Sheet
from kg.model.terms import Entry

_LONGEST_UNIT: Final = 7
"""Tokens that a unit has at most."""
_FLAGS: Final = {"H": HIGH, "L": LOW, "N": NORMAL}
"""What a laboratory prints behind a value."""
_OPENING: Final = ("(", "[", ",")
_DASH: Final = "-"
_THOUSAND: Final = 3
"""Digits of a group behind a blank."""


class Value(Struct, frozen=True):
    """What stands behind a measurement."""

    end: int
    """The place behind it."""
    start: int = 0
    """The place of its number, behind the words that lead to it."""
    head: int = 0
    """The place behind what a table has in brackets before it."""
    number: str = ""
    comparator: str = ""
    unit: str = ""
    limits: str = ""
    """The range as an option has it, such as `35-105`."""
    flag: str = ""
    state: str = ""
    """What it says without a number: `above the upper limit`."""
    span: tuple[str, str] | None = None
    """Two numbers with a dash between, of which it is not said what they are."""
    of_limit: bool = False
    """Whether the number counts upper limits."""


def read_value(sheet: Sheet, marker: Entry, place: int) -> Value | None:
    """The value that stands at a place, or behind the words that may lead to it; None for none."""
    return _Reader(sheet, marker).read(place)


def read_limits(sheet: Sheet, marker: Entry, value: Value) -> Value:
    """The value with the reference range that stands at its end, where one does."""
    return _Reader(sheet, marker).with_range(value)


class _Reader:
    """Reads one value."""

    def __init__(self, sheet: Sheet, marker: Entry) -> None:
        self._sheet = sheet
        self._marker = marker

    def read(self, place: int) -> Value | None:
        head = self._head(place)
        start = self._skip_words(head.end)
        found = None if start in self._sheet.day_of else self._number(start)
        if found is None or self._is_other(found) or self._is_change(place, found):
            return None
        found = replace(found, unit=found.unit or head.unit, limits=head.limits)
        found = self.with_range(self._with_flag(self._with_unit(found)))
        led = head.end if head.unit or head.limits else 0
        return self._by_multiple(replace(self._with_flag(found), start=start, head=led))

    def _is_change(self, place: int, value: Value) -> bool:
        """Whether the number is a change in percent, and no result: `fell 50%`."""
        sheet = self._sheet
        changes = any(sheet.plays(p, Role.FALL, Role.RISE) for p in range(place, value.end))
        return changes and sheet.sign(value.end) == "%"

    def _head(self, place: int) -> Value:
        """What a table has in brackets behind a name: its unit, or its range: `ALP (U/L): 310`."""
        sheet, none = self._sheet, Value(place)
        if sheet.sign(place) not in ("(", "["):
            return none
        unit, end = self._unit(place + 1)
        limits, after = self._limits(place + 1, named=False)
        found = Value(end + 1, unit=unit) if unit else Value(after + 1, limits=limits)
        return found if (unit or limits) and sheet.sign(found.end - 1) in (")", "]") else none

    def _by_multiple(self, value: Value) -> Value:
        """The multiple of the upper limit that a bracket has, where no range is said."""
        sheet = self._sheet
        if value.limits or value.of_limit or value.state or sheet.sign(value.end) != "(":
            return value
        multiple = self._number(value.end + 1)
        multiple = self._with_unit(multiple) if multiple is not None else None
        if multiple is None or sheet.sign(multiple.end) != ")":
            return value
        unit = self._marker.measured_in.read(multiple.unit)
        if unit is None or unit[0] != self._marker.measured_in.of_limit:
            return value
        sheet.told[value.start] = "it is read by its multiple of the upper limit"
        return replace(multiple, start=value.start, head=value.head, end=multiple.end + 1)

    def _skip_words(self, place: int) -> int:
        """The place of a number, behind words such as `level was raised at`."""
        sheet = self._sheet
        while not self._is_minus(place):
            if self._is_day(place):
                place += 1
                continue
            compared = sheet.plays(place, *COMPARED) or sheet.number(place)
            between = sheet.plays(place, Role.BETWEEN) and bool(sheet.number(place + 1))
            quiet = sheet.is_quiet(place) and self._leads(place)
            quiet = quiet or (sheet.sign(place) == "(" and self._begins_value(place + 1))
            quiet = quiet or sheet.plays(place, Role.NOW, Role.BASELINE, Role.FALL)
            state = sheet.is_state(place) and not (
                sheet.plays(place, Role.NORMAL) and self._is_span(place + 1)
            )
            if compared or not (quiet or state or between or sheet.plays(place, Role.ABOUT)):
                return place
            place += 1
        return place

    def _leads(self, place: int) -> bool:
        """Whether a quiet word may stand between a measurement and its value."""
        sheet = self._sheet
        if sheet.sign(place):
            return sheet.sign(place) not in _OPENING
        from_first = sheet.plays(place, Role.SINCE) and bool(sheet.number(place + 1))
        return from_first or sheet.plays(place, Role.COPULA, Role.DEGREE, Role.ARTICLE)

    def _is_day(self, place: int) -> bool:
        """Whether a day stands between a measurement and its value: `ALP on 2026-06-15 was 250`."""
        sheet = self._sheet
        led = sheet.plays(place, Role.TAKING) and place + 1 in sheet.days
        day = place if place in sheet.day_of else place + 1 if led else -1
        return day >= 0 and sheet.days[sheet.day_of[day]].text != ""

    def _begins_value(self, place: int) -> bool:
        """Whether a value stands in brackets, and no range."""
        sheet = self._sheet
        begins = sheet.number(place) or sheet.plays(place, *COMPARED, Role.ABOUT, Role.MULTIPLE)
        named = sheet.plays(place + 1, Role.ULN) or sheet.plays(place, Role.BELOW, Role.AT_MOST)
        return bool(begins) and not self._is_span(place) and not named

    def _is_span(self, place: int) -> bool:
        """Whether two numbers with a dash between them stand at a place."""
        number = self._sheet.number(place)
        return bool(number) and self._span(Value(place + 1, number=number)).span is not None

    def _is_minus(self, place: int) -> bool:
        """Whether a sign makes the number behind it negative: `ALP -212`."""
        sheet = self._sheet
        if sheet.sign(place) != _DASH or not sheet.number(place + 1):
            return False
        start, end = (sheet.tokens[sheet.marks[place].start + n].start for n in (0, 1))
        return end == start + 1 and not sheet.text[start - 1].isalnum()

    # ── The number ────────────────────────────────────────────────────────────────────────────

    def _number(self, place: int) -> Value | None:
        sheet, comparator = self._sheet, ""
        while sheet.plays(place, *COMPARED):
            comparator = comparator or self._comparator(place)
            place += 1
        if sheet.plays(place, Role.ABOUT):
            place += 1
        multiple = sheet.plays(place, Role.MULTIPLE) and sheet.marks[place].phrase(Role.MULTIPLE)
        if multiple:
            return self._multiple(
                Value(place + 1, number=multiple.value, comparator=comparator), needed=True
            )
        minus = _DASH if self._is_minus(place) else ""
        timed = sheet.plays(place, Role.TIMES) and bool(sheet.number(place + 1))
        place += bool(minus) or timed
        number = sheet.number(place) and minus + sheet.number(place)
        if not number or sheet.sign(place + 1) == "^":
            return self._limit_alone(place, comparator)
        if self._is_parted(place):
            return None
        value = Value(place + 1, number=number, comparator=comparator)
        return self._multiple(self._span(value), needed=timed)

    def _is_parted(self, place: int) -> bool:
        """Whether more digits may belong to the number: `1 200`, `90/120/190`."""
        if self._sheet.sign(place + 1) == "/" and self._sheet.number(place + 2):
            return True
        after = self._sheet.number(place + 1)
        return len(after) == _THOUSAND and after.isdecimal() and place + 1 not in self._sheet.day_of

    def _comparator(self, place: int) -> str:
        found = self._sheet.marks[place].phrase(*COMPARED)
        return found.value if found else ""

    def _limit_alone(self, place: int, comparator: str) -> Value | None:
        """Only a limit: above the upper one, or below the lower one."""
        if comparator in ("<", "<=") and self._sheet.plays(place, Role.ULN):
            limit = Value(place + 1, number="1", comparator=comparator)
            return replace(limit, of_limit=True, unit=self._limit_unit)
        high = comparator == ">" and self._sheet.plays(place, Role.ULN)
        low = comparator == "<" and self._sheet.plays(place, Role.LLN)
        return Value(place + 1, state=HIGH if high else LOW) if high or low else None

    def _span(self, value: Value) -> Value:
        """Two numbers with a dash between."""
        sheet, place = self._sheet, value.end
        dash = sheet.sign(place) in (_DASH, "–", "—") or sheet.plays(place, Role.UNTIL)  # noqa: RUF001
        dash = dash and not sheet.plays(place - 2, Role.SINCE)  # from 100 to 230 is a change
        dash = dash or (sheet.plays(place, Role.AND) and sheet.plays(place - 2, Role.BETWEEN))
        second = sheet.number(place + 1)
        if not dash or not second:
            return value
        return replace(value, end=place + 2, span=(value.number, second))

    def _multiple(self, value: Value, *, needed: bool) -> Value | None:
        """The number as a multiple of the upper limit, where it is said to be one."""
        sheet, place = self._sheet, value.end
        if sheet.sign(place) == "*" and not self._is_limit(place + 1):
            return replace(value, end=place + 1)  # a laboratory's mark
        while sheet.sign(place) == _DASH or (
            needed and sheet.is_state(place) and not self._is_limit(place)
        ):
            place += 1
        times = needed
        while sheet.plays(place, Role.TIMES) or (times and sheet.plays(place, *COMPARED)):
            times, place = True, place + 1
        while times and sheet.plays(place, Role.PLAIN) and not self._is_limit(place):
            place += 1
        if times and self._is_limit(place):
            return replace(value, end=place + 1, of_limit=True, unit=self._limit_unit)
        if sheet.plays(place, Role.NORMAL_LIMIT) and sheet.touches(place - 1, place):
            return replace(value, end=place + 1, of_limit=True, unit=self._limit_unit)
        if sheet.plays(value.end, Role.ULN) and not self._limits(value.end, named=False)[0]:
            return replace(value, end=value.end + 1, of_limit=True, unit=self._limit_unit)
        return None if times else value

    def _is_limit(self, place: int) -> bool:
        return self._sheet.plays(place, Role.ULN, Role.NORMAL_LIMIT)

    @property
    def _limit_unit(self) -> str:
        return self._marker.measured_in.of_limit.strip("{}")

    def _is_other(self, value: Value) -> bool:
        """Whether the number is of something else: an age, a time, a change in percent."""
        sheet, place = self._sheet, value.end
        if value.of_limit or value.state:
            return False
        if sheet.plays(place, Role.YEARS_OLD, Role.MONTHS_OLD, Role.TIME, Role.ORDINAL):
            return True
        if place - 1 in sheet.day_of:
            return True
        return sheet.sign(place) == "%" and self._marker.measured_in.read("%") is None

    # ── What belongs to the number ────────────────────────────────────────────────────────────

    def _with_unit(self, value: Value) -> Value:
        if value.unit or value.state:
            return value
        unit, end = self._unit(value.end)
        return replace(value, unit=unit, end=end)

    def _unit(self, place: int) -> tuple[str, int]:
        """The unit at a place, as it was typed, and the place behind it."""
        sheet = self._sheet
        if not 0 <= place < len(sheet.marks):
            return "", place
        first = sheet.marks[place].start
        for last in range(min(first + _LONGEST_UNIT, len(sheet.tokens)), first, -1):
            text = sheet.text[sheet.tokens[first].start : sheet.tokens[last - 1].end]
            if self._marker.measured_in.read(text) and self._ends_mark(last):
                return text, self._place_of(last)
        return self._unknown_unit(place)

    def _unknown_unit(self, place: int) -> tuple[str, int]:
        """What has the form of a unit, such as `mg/dL`: it is for the case to refuse it."""
        sheet = self._sheet
        weight = sheet.is_unread(place) or sheet.plays(place, Role.DOSE)
        if weight and sheet.sign(place + 1) == "/" and sheet.is_unread(place + 2):
            parts = sheet.marks[place : place + 3]
            if parts[0].end == parts[1].start and not sheet.plays(place, Role.PLAIN):
                return "".join(each.text for each in parts), place + 3
        return "", place

    def _ends_mark(self, token: int) -> bool:
        return token == len(self._sheet.tokens) or any(e.start == token for e in self._sheet.marks)

    def _place_of(self, token: int) -> int:
        marks = enumerate(self._sheet.marks)
        return next((place for place, each in marks if each.start >= token), len(self._sheet.marks))

    def _with_flag(self, value: Value) -> Value:
        """The letter that a laboratory prints behind a value."""
        sheet = self._sheet
        opened = sheet.sign(value.end) in ("(", "[")
        place = value.end + opened
        mark = sheet.marks[place] if place < len(sheet.marks) else None
        flag = _FLAGS.get(mark.text, "") if mark is not None and not mark.is_term else ""
        closed = sheet.sign(place + 1) in (")", "]")
        if not flag or opened != closed or (flag == NORMAL and self._range_name(place) > place + 1):
            return value
        if flag == NORMAL and self._limits(place + 1, named=True)[0]:
            return value
        return replace(value, flag=flag, end=place + 1 + opened)

    def with_range(self, value: Value) -> Value:
        """The reference range that stands behind the value, in brackets or by its name."""
        if value.of_limit or value.state or value.span or value.limits:
            return value
        sheet, place = self._sheet, value.end
        opened = sheet.sign(place) in _OPENING or (
            sheet.sign(place) == ";" and sheet.plays(place + 1, Role.ULN, Role.RANGE)
        )
        place += opened
        named = self._range_name(place)
        place = named or place
        limits, end = self._limits(place, named=bool(named))
        bracket = sheet.sign(value.end) in ("(", "[")
        limit = sheet.plays(place, Role.ULN)
        follows = place == value.end and self._is_span(place)
        follows = follows and not sheet.plays(end, Role.TIME, Role.YEARS_OLD)
        if not limits or not (bracket or named or limit or follows):
            return value
        if bracket:
            end += sheet.sign(end) in (")", "]")
        return replace(value, limits=limits, end=end)

    def _range_name(self, place: int) -> int:
        """The place behind the name of a range; 0 where there is none."""
        sheet, start = self._sheet, place
        while sheet.plays(place, Role.RANGE) or (place > start and sheet.sign(place) in (":", "=")):
            place += 1
        while place > start and sheet.plays(place, Role.COPULA, Role.PLAIN):
            place += 1
        return place if place > start else 0

    def _limits(self, place: int, *, named: bool) -> tuple[str, int]:
        """The limits at a place, as an option has them."""
        sheet = self._sheet
        limit = sheet.plays(place, Role.ULN)
        if limit or sheet.plays(place, Role.BELOW, Role.AT_MOST, Role.UNTIL):
            place += 1
            while sheet.sign(place) in (":", "=") or sheet.plays(place, Role.COPULA):
                place += 1
            number = sheet.number(place)
            return self._and_unit(f"-{number}", place + 1) if number else ("", place)
        span = (
            self._span(Value(place + 1, number=sheet.number(place)))
            if sheet.number(place)
            else None
        )
        if span is not None and span.span:
            return self._and_unit("-".join(span.span), span.end)
        if span is not None and not named and sheet.plays(span.end, Role.ULN):
            return f"-{span.number}", span.end + 1
        return "", place

    def _and_unit(self, limits: str, place: int) -> tuple[str, int]:
        unit, end = self._unit(place)
        return (f"{limits} {unit}" if unit else limits), end
