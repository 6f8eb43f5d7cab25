"""A case out of everything that was told: what contradicts itself and what cannot be used is out.

Nothing is lost on the way: whatever is not used is named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kg.case.changes import Compared, compared
from kg.case.dates import When
from kg.case.model import Case, Notice, short
from kg.case.results import LabResult
from kg.case.series import Contradiction, Series, Span, Unused, sorted_out
from kg.case.treatments import Course
from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG_OBSERVATION, IRI


@dataclass(frozen=True, slots=True)
class UnknownAnalyte:
    """A result of a measurement that no statement speaks of."""

    name: str
    given: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that was said of a patient, read and not yet compared."""

    said: tuple[tuple[Entry, str], ...] = ()
    """Conditions, drugs and treatments, each with `yes`, `no` or `unknown`."""
    courses: tuple[Course, ...] = ()
    results: tuple[LabResult | UnknownAnalyte, ...] = ()
    age: Decimal | None = None
    sex: Entry | None = None
    day: When | None = None
    today: date | None = None


def settled(lexicon: Lexicon, told: Told) -> Case:
    """The case without the facts that contradict each other.

    UsageError where the day that is asked about is still to come.
    """
    if told.day and told.today and told.day.day > told.today:
        raise UsageError(f"the day that is asked about, {told.day.day}, is after {told.today}.")
    answers = {v: _once(e for e, a in told.said if a == v) for v in ("yes", "no", "unknown")}
    clashing = [
        (yes, no) for yes in answers["yes"] for no in answers["no"] if lexicon.is_a(yes.iri, no.iri)
    ]
    out = {entry.iri for pair in clashing for entry in pair}
    kept = {value: [e for e in group if e.iri not in out] for value, group in answers.items()}
    drugs = [entry for entry in kept["yes"] if entry.kind is not Kind.CONDITION]
    record = _Record(lexicon, told, drugs)
    return Case(
        conditions=tuple(entry for entry in kept["yes"] if entry.kind is Kind.CONDITION),
        drugs=tuple(record.drugs),
        courses=tuple(record.courses),
        denied=tuple(kept["no"]),
        doubted=_once(yes for yes, _ in clashing),
        unknown=tuple(kept["unknown"]),
        labs=tuple(record.labs),
        baselines=tuple(record.baselines),
        age=told.age,
        sex=told.sex,
        date=told.day,
        contradictions=(*(_yes_and_no(*pair) for pair in clashing), *record.against),
        unused=tuple(record.unused),
        notices=tuple(record.notices),
    )


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple({entry.iri: entry for entry in entries}.values())


def _yes_and_no(yes: Entry, no: Entry) -> Contradiction:
    kind = "" if yes.iri == no.iri else f", and {yes.label} is a kind of {no.label}"
    return Contradiction(
        (f"{yes.label}=yes", f"{no.label}=no"),
        f"{yes.label} is said to be there and {no.label} not{kind}; neither was used.",
    )


def _span(told: Told) -> Span:
    """The days on which a result of this patient can have been taken."""
    last = told.day.day if told.day else told.today
    asked = told.day.day if told.day else _latest_day(told, last)
    if last is None or told.age is None:
        return Span(None, last, asked)
    year = last.year - int(told.age) - 1
    # The 28th, since not every year has the 29th of February; a day more or less is no matter.
    return Span(last.replace(year=max(year, 1), day=min(last.day, 28)), last, asked)


def _latest_day(told: Told, last: date | None) -> date | None:
    """The day of the latest result that is not still to come."""
    days = (e.on.day for e in told.results if isinstance(e, LabResult) and e.on is not None)
    return max((day for day in days if last is None or day <= last), default=None)


@dataclass(slots=True)
class _Record:
    """The results and treatments of a case, sorted out along the days."""

    lexicon: Lexicon
    told: Told
    drugs: list[Entry]
    """Those that the patient is given on the day asked about."""
    courses: list[Course] = field(default_factory=list)
    labs: list[LabResult] = field(default_factory=list)
    baselines: list[LabResult] = field(default_factory=list)
    against: list[Contradiction] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = [each for each in self.told.results if isinstance(each, LabResult)]
        series = sorted_out(known, _span(self.told))
        self._treat(_day_of(self.told, series))
        for each in series:
            self._add(each)
        for result in self.told.results:
            if isinstance(result, UnknownAnalyte):
                self._unknown(result)

    def _treat(self, day: date | None) -> None:
        """Keep the courses that the patient is given on a day, and the drugs without dates."""
        given = {entry.iri for entry in self.drugs}
        ended: set[IRI] = set()
        for course in self.told.courses:
            if course.entry.iri not in given:
                continue
            reason = course.not_now(day)
            if reason:
                ended.add(course.entry.iri)
                self.unused.append(Unused(f"{course.entry.label} {course.shown}", reason))
            else:
                self.courses.append(course)
            self.unused += [Unused(course.entry.label, doubt) for doubt in course.doubts]
        ended -= {course.entry.iri for course in self.courses}
        self.drugs = [entry for entry in self.drugs if entry.iri not in ended]
        self.courses = [course for course in self.courses if course.start or course.stop]

    def _add(self, series: Series) -> None:
        """Add the result of one measurement, and name what is left of the others."""
        self.against += series.against
        self.unused += series.unused
        for result in series.unclassed:
            self._not_classed(result)
        if series.index is None:
            self.unused += [
                Unused(each.given, "there is no result to compare it with")
                for each in (*series.earlier, *series.baselines)
            ]
            return
        found = compared(series, series.index, self.courses)
        self.against += found.against
        self.unused += found.unused
        self.baselines += [each for each in found.used if each not in self.baselines]
        self._keep(found)

    def _keep(self, found: Compared) -> None:
        """Keep a result that says anything: its state, its place to its limit, or its change."""
        index = self._without_ended(found.index)
        changed = any(change.percent is not None for change in index.changes)
        if index.state or index.ratio_to_uln is not None or changed:
            self.labs.append(index)
        if not index.state:
            self._not_classed(index)
        elif index.partly:
            self.unused.append(Unused(index.given, index.partly))

    def _without_ended(self, index: LabResult) -> LabResult:
        """The result without a change under a treatment that is not taken as given."""
        given = {entry.iri for entry in self.drugs}
        kept = tuple(e for e in index.changes if e.during is None or e.during in given)
        if len(kept) < len(index.changes):
            reason = "its treatment is not taken as given, so its change under it is not used"
            self.unused.append(Unused(index.given, reason))
        return replace(index, changes=kept)

    def _not_classed(self, result: LabResult) -> None:
        """Name a result of which no class can be given; open the answer with it if it matters."""
        reason = result.unsafe or result.partly
        self.unused.append(Unused(result.given, reason))
        if result.marker.iri in self.lexicon.asked:
            name = short(result.marker)
            label = f"{name} not used" if result.unsafe else f"{name} without a class"
            text = f"{result.given}: {reason}."
            self.notices.append(Notice(result.marker.iri, label, text))

    def _unknown(self, result: UnknownAnalyte) -> None:
        reason = f"no statement of the sources speaks of a measurement called {result.name}"
        self.unused.append(Unused(result.given, reason))
        text = f"{result.given}: {reason}, so it was not used."
        self.notices.append(Notice(EG_OBSERVATION, f"{result.name} not covered", text))


def _day_of(told: Told, series: Iterable[Series]) -> date | None:
    """The day asked about: as said, otherwise that of the latest result, otherwise today."""
    if told.day is not None:
        return told.day.day
    return max(_days(series), default=told.today)


def _days(series: Iterable[Series]) -> Iterator[date]:
    for each in series:
        if each.index is not None and each.index.on is not None:
            yield each.index.on.day
