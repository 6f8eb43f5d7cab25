"""Days that a question names, or reckons from today."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from kg.case.words.roles import Role
from kg.case.words.sheet import Day, Sheet

_DAYS_OF: Final = {"d": 1, "w": 7}
_MONTHS_OF: Final = {"m": 1, "y": 12}
_MOST: Final = 1500
"""No time before today that is longer, in its unit, is reckoned with."""
_YEARS: Final = (1900, 2100)
_SHORT_YEAR: Final = 99
_CENTURY: Final = 100
_MONTH: Final = re.compile(r"\d{4}-\d{2}")


def read_days(sheet: Sheet) -> None:
    """Find the days of a question, each at the mark that it begins with."""
    place = 0
    while place < len(sheet.marks):
        found = _day_at(sheet, place)
        if found is None:
            place += 1
            continue
        day, end = found
        sheet.days[place] = day
        sheet.day_of |= dict.fromkeys(range(place, end), place)
        place = end


def _day_at(sheet: Sheet, place: int) -> tuple[Day, int] | None:
    for reader in (_written, _with_month, _of_treatment, _reckoned, _year):
        found = reader(sheet, place)
        if found is not None:
            return found
    return None


def _written(sheet: Sheet, place: int) -> tuple[Day, int] | None:
    """A day such as 2025-01-10."""
    token = sheet.tokens[sheet.marks[place].start]
    if not token.is_day or sheet.is_term(place):
        return None
    if _MONTH.fullmatch(token.text):
        over = token.text < f"{sheet.today:%Y-%m}"
        until = _ends_then(sheet, place)
        return Day("", month=token.text, until=until, past=until and over), place + 1
    day = _read(token.text, sheet.today)
    if day is None:
        return None
    return Day(day.isoformat(), until=_ends_then(sheet, place)), place + 1


def _read(text: str, today: date) -> date | None:
    """The day of 2025-01-10, of 10.1.2025, and of 31/1/2025, which is no 1st of a month 31.

    A year of two digits is the last one that ends so and does not lie after this year.
    """
    try:
        if "-" in text:
            return date.fromisoformat(text)
        day, month, year = map(int, text.replace("/", ".").split("."))
        if "/" in text and max(day, month) <= _MONTHS_OF["y"]:
            return None
        day, month = (day, month) if month <= _MONTHS_OF["y"] else (month, day)
        if year <= _SHORT_YEAR:
            year = today.year - (today.year - year) % _CENTURY
        return date(year, month, day)
    except ValueError:
        return None


def _with_month(sheet: Sheet, place: int) -> tuple[Day, int] | None:
    """A day such as 10 January 2025 or January 10, 2025; of a month alone there is no day."""
    month_at = place + 1 if sheet.number(place) else place
    month = sheet.plays(month_at, Role.MONTH) and sheet.marks[month_at].phrase(Role.MONTH)
    if not month:
        return None
    at = [place] if sheet.number(place) else []
    after = [each for each in range(month_at + 1, month_at + 4) if sheet.number(each)]
    if after and _is_year(sheet.number(after[0])):
        after = after[:1]
    numbers = [sheet.number(each) for each in (*at, *after)]
    years = [each for each in numbers if _is_year(each)]
    days = [each for each in numbers if not _is_year(each)]
    if not years:
        return None
    end = max((*at, *after)) + 1
    try:
        day = date(int(years[0]), int(month.value), int(days[0])) if days else None
    except ValueError:
        return None
    month_of = f"{years[0]}-{int(month.value):02}"
    until = _ends_then(sheet, place)
    return Day(day.isoformat() if day else "", until=until, month=month_of), end


def _of_treatment(sheet: Sheet, place: int) -> tuple[Day, int] | None:
    """A day such as day 30 of a treatment, which began so long before today."""
    time = sheet.plays(place, Role.TIME) and sheet.marks[place].phrase(Role.TIME)
    count = sheet.number(place + 1)
    of = place + 2 < len(sheet.marks) and sheet.marks[place + 2].text.casefold() in ("of", "on")
    if not (time and of and count.isdecimal() and int(count) <= _MOST and sheet.is_fact(place + 3)):
        return None
    day = _back(sheet.today, int(count), time.value)
    text = " ".join(each.text for each in sheet.marks[place : place + 2])
    return (
        None
        if day is None
        else (
            Day(day.isoformat(), f"{text} is today, and began on {day}", treatment=True),
            place + 2,
        )
    )


def _reckoned(sheet: Sheet, place: int) -> tuple[Day, int] | None:
    """A day such as 3 weeks ago, or since 3 weeks."""
    lasting = sheet.plays(place, Role.DURATION, Role.SINCE)
    at = place + 1 if lasting else place
    count = sheet.number(at) or ("1" if sheet.plays(at, Role.PLAIN) and _is_a(sheet, at) else "")
    time = sheet.plays(at + 1, Role.TIME) and sheet.marks[at + 1].phrase(Role.TIME)
    if not time or not count.isdecimal() or int(count) > _MOST:
        return None
    passed = sheet.plays(at + 2, Role.AGO)
    behind = sheet.marks[at + 2].text.casefold() if at + 2 < len(sheet.marks) else ""
    into = sheet.plays(at + 2, Role.STARTED, Role.TAKING) and (
        "after" in behind or behind == "post"
    )
    into = into or (behind in ("of", "into", "on") and sheet.is_fact(at + 3))
    if not (passed or into or lasting):
        return None
    day = _back(sheet.today, int(count), time.value)
    end = at + 3 if passed else at + 2
    text = " ".join(each.text for each in sheet.marks[at:end])
    ends, past = _ends_then(sheet, place), passed and not lasting
    return (
        None
        if day is None
        else (Day(day.isoformat(), f"{text} is {day.isoformat()}", until=ends, past=past), end)
    )


def _year(sheet: Sheet, place: int) -> tuple[Day, int] | None:
    """A year by itself, which says no day."""
    before = place - 1
    named = sheet.plays(before, Role.SINCE, Role.DIAGNOSED, Role.DURATION, Role.UNTIL) or (
        before >= 0 and sheet.marks[before].text.casefold() in ("in", "of", "during")
    )
    if named and _is_year(sheet.number(place)):
        over = int(sheet.number(place)) < sheet.today.year
        past = over and not sheet.plays(before, Role.SINCE, Role.DIAGNOSED)
        return Day("", past=past, until=_ends_then(sheet, place)), place + 1
    if (
        _is_year(sheet.number(place))
        and sheet.sign(place + 1)
        and _is_year(sheet.number(place + 2))
    ):
        over = int(sheet.number(place + 2)) < sheet.today.year
        return Day("", past=over, until=True), place + 3
    return None


def _is_a(sheet: Sheet, place: int) -> bool:
    return sheet.marks[place].text.casefold() in ("a", "an")


def _is_year(text: str) -> bool:
    return text.isdecimal() and _YEARS[0] <= int(text) <= _YEARS[1]


def _ends_then(sheet: Sheet, place: int) -> bool:
    return sheet.plays(place - 1, Role.UNTIL)


def _back(today: date, count: int, unit: str) -> date | None:
    """The day so long before today; None where the calendar has none."""
    try:
        if unit in _DAYS_OF:
            return today - timedelta(days=count * _DAYS_OF[unit])
        months = today.year * 12 + today.month - 1 - count * _MONTHS_OF[unit]
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    except (ValueError, OverflowError):
        return None


def days_between(sheet: Sheet, start: int, end: int) -> Iterator[tuple[int, Day]]:
    """The days that are named from one place up to another."""
    for place in range(start, end):
        if place in sheet.days:
            yield place, sheet.days[place]
