"""What a patient is given, with the days on which it began and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kg.case.dates import NoDay, When, read_when
from kg.model.errors import UsageError
from kg.model.terms import Entry, quoted


@dataclass(frozen=True, slots=True)
class Course:
    """One course of a drug or treatment; the day of its start is day 0."""

    entry: Entry
    start: When | None = None
    stop: When | None = None
    doubts: tuple[str, ...] = ()
    """Why a date that was given is not used."""

    @property
    def shown(self) -> str:
        """When it was given, as an answer repeats it."""
        parts = [f"since {self.start.day}"] if self.start else []
        parts += [f"until {self.stop.day}"] if self.stop else []
        return " ".join(parts)

    def covers(self, day: date) -> bool:
        """Whether a result of that day was taken under the treatment."""
        if self.start is None or day < self.start.day:
            return False
        return self.stop is None or day <= self.stop.day

    def not_now(self, day: date | None) -> str:
        """Why it is not taken as given on a day; empty where it is."""
        if self.stop and (day is None or self.stop.day < day):
            before = f", before {day}" if day else ""
            return f"it ended on {self.stop.day}{before}, so it is not taken as given"
        if self.start and day is not None and self.start.day > day:
            return f"it starts on {self.start.day}, after {day}, so it is not taken as given"
        return ""


def read_course(entry: Entry, start: str, stop: str) -> Course:
    """A course from its dates as text; those that cannot be are doubts and not used."""
    found: dict[str, When] = {}
    doubts: list[str] = []
    for name, text in (("start", start), ("stop", stop)):
        day = read_when(text, f"the {name} of {entry.label}") if text else None
        if isinstance(day, NoDay):
            doubts.append(f"its {name} is {day.text}, and there is no such day")
        elif day is not None:
            found[name] = day
    if len(found) == len(("start", "stop")) and found["stop"].day < found["start"].day:
        doubts.append(f"it ends on {stop}, before it starts on {start}; neither date is used")
        found = {}
    return Course(entry, found.get("start"), found.get("stop"), tuple(doubts))


def typed_course(text: str) -> tuple[str, str, str]:
    """Name, start and stop of what is typed as `NAME`, `NAME@START` or `NAME@START..STOP`."""
    name, at, dates = text.partition("@")
    start, _, stop = dates.partition("..")
    if at and not (start.strip() or stop.strip()):
        raise UsageError(f"{quoted(text)}: wanted a date behind @, as in NAME@2026-01-10.")
    return name.strip(), start.strip(), stop.strip()
