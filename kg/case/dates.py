"""Days of a case: as they were written, and in which order they come.

A time of day is kept where one is given. The day is the one that was written down, in whatever
time zone: it is the day that the patient and the laboratory called it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Final

from msgspec import Struct

from kg.case.quantities import UnsafeResultError
from kg.model.errors import UsageError
from kg.model.terms import quoted

OLDEST: Final = 120
"""No patient is older, in years; a birth date that makes one so stands for one not known."""

_DATE: Final = (
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})"
    r"(?P<time>T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?"
)
"""ISO 8601: a year, a month, a day or a day with a time; the case schema has that of a day."""
_ZONE: Final = r"T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\+(?P<hours>0\d|1[0-4]):(?P<minutes>[0-5]\d)"
"""A time of day in a zone that is ahead of UTC."""


class When(Struct, frozen=True):
    """A day, with the time where it is known; or the days that a month or a year leaves open."""

    text: str
    """The day as it was written; empty where the day is not known."""
    day: date
    last: date
    """The last of the days that are left open; otherwise the day."""
    time: datetime | None = None


def day_there(now: datetime, written: str) -> date:
    """The day that it is now: where the reader is, or where dates were written, if that is ahead.

    A morning's result of another time zone is not still to come.
    """
    zones = {(match["hours"], match["minutes"]) for match in re.finditer(_ZONE, written, re.ASCII)}
    offsets = (timedelta(hours=int(hours), minutes=int(minutes)) for hours, minutes in zones)
    ahead = (now.astimezone(timezone(each)).date() for each in offsets)
    return max((now.date(), *ahead))


class NoSuchDayError(UsageError):
    """What has the form of a date and is none, such as 30 February."""


@cache
def _date() -> re.Pattern[str]:
    """Compiled when a day is read: most cases that are typed have none."""
    return re.compile(_DATE, re.ASCII)


def is_day(text: str) -> bool:
    """Whether a text has the form of a day, with a time or without."""
    match = _date().fullmatch(text)
    return match is not None and match["day"] is not None


def find_when(text: str) -> When | None:
    """The day, month or year of a text; None where it is none, NoSuchDayError for 30 February."""
    match = _date().fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(match[part] or 0) for part in ("year", "month", "day"))
    try:
        time = datetime.fromisoformat(text) if match["time"] else None
        first = date(year, month or 1, day or 1)
        last = first if day else _end_of_month(year, month or 12)
    except ValueError:
        raise NoSuchDayError(f"{text}, and there is no such day") from None
    return When(text if day else "", first, last, time)


def _end_of_month(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1) if (year, month) < (9999, 12) else None
    return date.max if following is None else following - timedelta(days=1)


def read_when(text: str, what: str) -> When:
    """The day of a text; UsageError where it has not the form of one, or there is no such day."""
    plain = text.strip()
    found = find_when(plain) if is_day(plain) else None
    if found is None:
        raise UsageError(
            f"{what} is {quoted(text)}; wanted a date (2026-03-01), or a date with a time "
            "(2026-03-01T08:30)."
        )
    return found


def read_day(text: str | None, what: str) -> When | None:
    """The day that is asked about, where one is; UsageError where there is no such day."""
    try:
        return None if text is None else read_when(text, what)
    except NoSuchDayError:
        raise UsageError(f"{what} is {text}, and there is no such day.") from None


def read_date_of_result(text: str) -> When | None:
    """The day of a result; None where none is given, a reason where it is no day."""
    try:
        return read_when(text, "the date of a result") if text else None
    except NoSuchDayError as error:
        raise UnsafeResultError(f"its date is {error.message}") from None
    except UsageError:
        raise UnsafeResultError(f"its date is {quoted(text)}, which is no date") from None


def latest(moments: list[When]) -> list[When]:
    """Those of the latest day; of its times the latest, where all can be compared.

    Where every moment has a time with its zone, the instants decide, on whatever day they were
    written.
    """
    if not moments:
        return []
    instants = [each.time for each in moments if each.time is not None and each.time.tzinfo]
    if len(instants) == len(moments):
        return [each for each in moments if each.time == max(instants)]
    last = max(each.day for each in moments)
    same = [each for each in moments if each.day == last]
    times = [each.time for each in same if each.time is not None]
    comparable = len(times) == len(same) and len({t.tzinfo is None for t in times}) == 1
    return [each for each in same if not comparable or each.time == max(times)]
