"""Elements of a resource, read with their types: what is not as FHIR writes it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from kg.case.fhir.model import RefusedError, Table

_LONGEST: Final = 30
"""Digits of a number before or after the point; no measurement has more."""
_DATE: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?P<time>T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class When:
    """A day, or the days that a month or a year leaves open."""

    first: date
    last: date
    text: str
    """The day as it was written, with its time; empty where the day is not known."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time with its start and its end, as far as they are known."""

    start: When | None = None
    end: When | None = None


def text(table: Table, key: str) -> str:
    """The text of an element; empty where there is none."""
    value = table.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(key)
    return value


def flag(table: Table, key: str) -> bool | None:
    """A yes or a no; None where there is neither."""
    value = table.get(key)
    if value is not None and not isinstance(value, bool):
        raise _wrong(key)
    return value


def table(data: Table, key: str) -> Table | None:
    """The object of an element."""
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise _wrong(key)
    return value


def tables(data: Table, key: str) -> list[Table]:
    """The objects of an element that repeats."""
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _wrong(key)
    return value


def number(data: Table, key: str) -> Decimal | None:
    """The number of an element."""
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, Decimal):
        raise RefusedError(f"{key} is not a number")
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST or _digits(value) > _LONGEST:
        raise RefusedError(f"{key} is a number of a size that no measurement has")
    return value


def _digits(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(len(value.as_tuple().digits), -exponent if isinstance(exponent, int) else 0)


def choice(data: Table, name: str) -> tuple[str, object] | None:
    """The type and the value of an element that takes one of several types."""
    found = [key for key in data if key.startswith(name) and key[len(name) :][:1].isupper()]
    if len(found) > 1:
        raise RefusedError(f"{name}[x] is given {len(found)} times")
    return (found[0][len(name) :], data[found[0]]) if found else None


def when(value: object, key: str) -> When | None:
    """The day of a date or a time of day."""
    if value is None:
        return None
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise RefusedError(f"{key} is not a date")
    year, month, day = (int(match[part]) if match[part] else 0 for part in ("year", "month", "day"))
    try:
        if match["time"]:
            datetime.fromisoformat(match[0])
        first = date(year, month or 1, day or 1)
        last = first if day else _last(year, month or 12)
    except ValueError:
        raise RefusedError(f"{key} is a day that does not exist") from None
    return When(first, last, match[0] if day else "")


def _last(year: int, month: int) -> date:
    """The last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1) if (year, month) < (9999, 12) else None
    return date.max if following is None else following - timedelta(days=1)


def period(value: object, key: str) -> Period:
    """The start and the end of a period."""
    if value is None:
        return Period()
    if not isinstance(value, dict):
        raise _wrong(key)
    found = Period(when(value.get("start"), f"{key}.start"), when(value.get("end"), f"{key}.end"))
    if found.start and found.end and found.end.last < found.start.first:
        raise RefusedError(f"{key} ends before it starts")
    return found


def times(data: Table, name: str) -> Period:
    """The time of an element that is a moment or a period; a moment is both start and end."""
    found = choice(data, name)
    if found is None:
        return Period()
    kind, value = found
    if kind in ("DateTime", "Instant", "Date"):
        moment = when(value, f"{name}{kind}")
        return Period(moment, moment)
    return period(value, f"{name}Period") if kind == "Period" else Period()


def codings(concept: Table) -> Iterator[tuple[str, str, str]]:
    """System, code and printed name of each coding of a concept."""
    for coding in tables(concept, "coding"):
        yield text(coding, "system"), text(coding, "code"), text(coding, "display")


def status(data: Table, key: str, systems: tuple[str, ...]) -> str:
    """The one code of a concept in the systems that FHIR fixes for it; empty where it is absent."""
    concept = table(data, key)
    if concept is None:
        return ""
    found = {code for system, code, _ in codings(concept) if system in systems}
    if len(found) != 1:
        raise RefusedError(f"{key} is not one code that FHIR R4 or R5 defines for it")
    return found.pop()


def _wrong(key: str) -> RefusedError:
    return RefusedError(f"{key} is not as FHIR R4 or R5 writes it")
