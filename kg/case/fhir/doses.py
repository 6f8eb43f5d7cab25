"""Administrations as treatments: repeated doses of a drug are a course, inferred and said to be.

A single dose stays a single dose. The course begins with the first dose; it is taken to go on as
long as the next dose is not overdue, by the longest time between two doses or by the dosage that is
prescribed. How far apart two doses of one course can be is data of the drug, where it is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Final

from msgspec import Struct

from kg.case.dates import When
from kg.case.fhir.builder import UNKNOWN, YES, CaseBuilder, Period, Resource
from kg.model.terms import Entry, Lexicon
from kg.model.vocabulary import IRI

_PAUSE: Final = 4
"""A time between doses so many times the usual one ends a course, where the drug sets no bound."""


class _Doses(Struct):
    """What is recorded of the administrations of one drug."""

    entry: Entry
    given: dict[date, When] = {}
    """The doses by day."""
    resources: list[Resource] = []
    missed: list[date] = []
    """Days on which a dose was not given, or was broken off."""
    intervals: list[int] = []
    """Days between doses, as prescribed."""
    ended: list[When] = []
    stopped: list[When | None] = []
    """When an order that was stopped on no known day was written."""


class Doses:
    """Collects the administrations of one patient, drug by drug."""

    def __init__(self, lexicon: Lexicon, day: date, builder: CaseBuilder) -> None:
        self._lexicon = lexicon
        self._day = day
        self._builder = builder
        self._drugs: dict[IRI, _Doses] = {}

    def _of(self, entry: Entry) -> _Doses:
        return self._drugs.setdefault(entry.iri, _Doses(entry))

    def dose(self, entry: Entry, resource: Resource, on: When) -> None:
        """Keep a dose that was given."""
        doses = self._of(entry)
        doses.given.setdefault(on.day, on)
        doses.resources.append(resource)

    def missed(self, entry: Entry, on: When) -> None:
        """Keep that a dose was not given, or not wholly."""
        self._of(entry).missed.append(on.day)

    def interval(self, entry: Entry, days: int) -> None:
        """Keep how many days the dosage leaves between two doses."""
        self._of(entry).intervals.append(days)

    def ended(self, entry: Entry, on: When) -> None:
        """Keep the day on which a treatment with the drug is said to have ended."""
        self._of(entry).ended.append(on)

    def stopped(self, entry: Entry, ordered: When | None) -> None:
        """Keep that an order was stopped, on no known day."""
        self._of(entry).stopped.append(ordered)

    def conclude(self) -> None:
        """Tell the builder what the doses of each drug come to."""
        for doses in self._drugs.values():
            if doses.given:
                self._conclude(doses)
            elif doses.missed and not self._builder.is_given(doses.entry):
                self._builder.answer(doses.entry, UNKNOWN)  # one not given denies no other

    def _conclude(self, doses: _Doses) -> None:
        entry = doses.entry
        course = self._last_course(doses)
        if len(course) < 2:  # noqa: PLR2004 - one dose is none of several
            self._tell_single(doses)
            return
        first, last = doses.given[course[0]], doses.given[course[-1]]
        if self._builder.is_given_throughout(entry, first, last):
            return
        end = next((each for each in doses.ended if last.day <= each.day <= self._day), None)
        told = f"{len(course)} administrations from {first.day} to {last.day}"
        doubt = "" if end else self._doubt(doses, course)
        if doubt and not self._builder.is_given(entry):
            self._builder.answer(entry, UNKNOWN)
            text = f"{entry.label} is not known to be given now: {told}, and {doubt}."
            self._builder.notice(entry.iri, f"{entry.label} not known now", text)
            return
        self._builder.answer(entry, YES, Period(first, end))
        goes_on = f"; {doubt}, and the record says that it is given" if doubt else ""
        text = f"{entry.label} is taken as given since {first.day}, inferred from {told}{goes_on}."
        self._builder.notice(entry.iri, f"{entry.label} inferred", text)

    def _tell_single(self, doses: _Doses) -> None:
        """A dose alone says nothing of now; what else is said of the drug stands."""
        if self._builder.is_given(doses.entry):
            return
        self._builder.answer(doses.entry, UNKNOWN)
        remark = "taken as not known, for one administration does not say whether more follow"
        for each in doses.resources:
            self._builder.flag(each, remark, doses.entry.label)

    def _last_course(self, doses: _Doses) -> Sequence[date]:
        """The days of the doses of the latest course."""
        days = sorted(doses.given)
        if len(days) < 2:  # noqa: PLR2004 - there is no time between
            return days
        gaps = [(after - before).days for before, after in pairwise(days)]
        bound = self._bound(doses.entry) or _PAUSE * max(median_low(gaps), *doses.intervals, 1)
        breaks = [place for place, gap in enumerate(gaps, 1) if gap > bound]
        return days[max(breaks, default=0) :]

    def _bound(self, entry: Entry) -> int:
        """How many days two doses of one course can be apart: of the drug, or of its kind."""
        if entry.usable_for_days:
            return entry.usable_for_days
        above = (self._lexicon.entries.get(each) for each in entry.parents)
        return min(
            (each.usable_for_days for each in above if each and each.usable_for_days), default=0
        )

    def _doubt(self, doses: _Doses, course: Sequence[date]) -> str:
        """Why the course may not go on; empty where it does."""
        last = course[-1]
        missed = [each for each in doses.missed if last <= each <= self._day]
        if missed:
            return f"the one of {max(missed)} was not given, or was broken off"
        if any(each is None or each.day >= last for each in doses.stopped):
            return "the order was stopped on a day that is not said"
        gaps = ((after - before).days for before, after in pairwise(course))
        due = last + timedelta(
            days=max(*gaps, *_within(doses.intervals, self._bound(doses.entry)), 0)
        )
        return f"the next was due by {due}" if due < self._day else ""


def _within(days: Iterable[int], bound: int) -> list[int]:
    return [each for each in days if not bound or each <= bound]
