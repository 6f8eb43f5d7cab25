"""Days of a case: as they were written, and in which order they come.

A time of day is kept where one is given. The day is the one that was written down, in whatever
time zone: it is the day that the patient and the laboratory called it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kg.case.numbers import UnsafeResultError
from kg.model.errors import UsageError
from kg.model.terms import quoted

DATE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII
)
"""ISO 8601: a day, or a day with a time; the case schema has the same pattern."""


@dataclass(frozen=True, slots=True)
class When:
    """A day, with the time where it is known."""

    text: str
    day: date
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoDay:
    """What has the form of a date and is none, such as 30 February."""

    text: str


def read_when(text: str, what: str) -> When | NoDay:
    """The day that a text names; UsageError where it has not the form of one."""
    plain = text.strip()
    if not DATE.fullmatch(plain):
        raise UsageError(
            f"{what} is {quoted(text)}; wanted a date (2026-03-01), or a date with a time "
            "(2026-03-01T08:30)."
        )
    try:
        if len(plain) == len("2026-03-01"):
            return When(plain, date.fromisoformat(plain))
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return NoDay(plain)
    return When(plain, moment.date(), moment)


def read_day(text: str | None, what: str) -> When | None:
    """The day that a text names; UsageError where there is no such day."""
    if text is None:
        return None
    found = read_when(text, what)
    if isinstance(found, NoDay):
        raise UsageError(f"{what} is {text}, and there is no such day.")
    return found


def read_date_of_result(text: str) -> When | None:
    """The day of a result; None where none is given, a reason where there is no such day."""
    found = read_when(text, "the date of a result") if text else None
    if isinstance(found, NoDay):
        raise UnsafeResultError(f"its date is {found.text}, and there is no such day")
    return found


def latest(moments: list[When]) -> list[When]:
    """Those of the latest day; of its times the latest, where all can be compared."""
    if not moments:
        return []
    last = max(each.day for each in moments)
    same = [each for each in moments if each.day == last]
    times = [each.time for each in same if each.time is not None]
    comparable = len(times) == len(same) and len({t.tzinfo is None for t in times}) == 1
    return [each for each in same if not comparable or each.time == max(times)]
