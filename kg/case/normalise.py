"""Everything that was said as a case: what contradicts itself and what cannot be used is out.

Nothing is lost on the way: whatever is not used is named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from kg.case.dates import When
from kg.case.derived import work_out
from kg.case.figures import Known, by_marker, figures_in_units
from kg.case.model import (
    NOTED,
    Case,
    Contradiction,
    Course,
    Derived,
    Event,
    LabResult,
    Notice,
    Unused,
    short_name,
)
from kg.case.names import NOT_COVERED
from kg.case.series import Comparison, Series, Span, Unread, compare, group_results
from kg.case.together import read_groups, set_aside
from kg.model.derived import RecipeKind
from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG, IRI


class CaseInput(Struct, frozen=True, kw_only=True):
    """Everything that was said of a patient, in terms of the graph and not yet compared."""

    answers: tuple[tuple[Entry, str], ...] = ()
    """Conditions, drugs and treatments, each with `yes`, `no` or `unknown`."""
    words: tuple[tuple[IRI, str], ...] = ()
    """In which words a term was given, where they say more than the term."""
    courses: tuple[Course, ...] = ()
    events: tuple[Event, ...] = ()
    """The conditions of which it is said when they began."""
    results: tuple[LabResult, ...] = ()
    left: tuple[Unused, ...] = ()
    """What no term of the graph could be found for."""
    unread: tuple[Unread, ...] = ()
    """Results that are there and that whoever read them could not use, and has named."""
    age: Decimal | None = None
    sex: Entry | None = None
    day: When | None = None
    """The day that is asked about."""
    today: date | None = None

    def span(self) -> Span:
        """The days on which a result of this patient can have been taken."""
        last = self.day.day if self.day else self.today
        asked = self.day.day if self.day else self._latest_day(last)
        if last is None or self.age is None:
            return Span(None, last, asked)
        year = last.year - int(self.age) - 1
        # The 28th, since not every year has the 29th of February; a day more or less is no matter.
        return Span(last.replace(year=max(year, 1), day=min(last.day, 28)), last, asked)

    def _latest_day(self, last: date | None) -> date | None:
        """The day of the latest result that is not still to come."""
        days = (each.on.day for each in self.results if each.on is not None)
        return max((day for day in days if last is None or day <= last), default=None)


def normalise(said: CaseInput, lexicon: Lexicon) -> Case:
    """The case without the facts that contradict each other.

    UsageError where the day that is asked about is still to come.
    """
    if said.day and said.today and said.day.day > said.today:
        raise UsageError(f"the day that is asked about, {said.day.day}, is after {said.today}.")
    groups = {v: _once(e for e, a in said.answers if a == v) for v in ("yes", "no", "unknown")}
    clashing = [
        (yes, no) for yes in groups["yes"] for no in groups["no"] if lexicon.is_a(yes.iri, no.iri)
    ]
    out = {entry.iri for pair in clashing for entry in pair}
    kept = {value: [e for e in group if e.iri not in out] for value, group in groups.items()}
    drugs = [entry for entry in kept["yes"] if entry.kind is not Kind.CONDITION]
    conditions = tuple(entry for entry in kept["yes"] if entry.kind is Kind.CONDITION)
    record = _Record(lexicon, said, drugs, conditions)
    return Case(
        conditions=conditions,
        drugs=tuple(record.drugs),
        courses=tuple(record.courses),
        denied=tuple(kept["no"]),
        words=tuple(dict.fromkeys(said.words)),
        doubted=_once(yes for yes, _ in clashing),
        unknown=tuple(kept["unknown"]),
        labs=tuple(record.labs),
        groups=tuple(record.groups),
        derived=record.derived,
        scores=tuple(e for e in lexicon.recipes if e.kind is RecipeKind.SCORE),
        events=record.events,
        baselines=tuple(record.baselines),
        earlier=tuple(record.earlier),
        ended=tuple(record.ended),
        age=said.age,
        sex=said.sex,
        date=said.day,
        contradictions=(*(_yes_and_no(*pair) for pair in clashing), *record.contradictions),
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


class _Record:
    """The results and treatments of a case, sorted out along the days."""

    def __init__(
        self,
        lexicon: Lexicon,
        said: CaseInput,
        drugs: list[Entry],
        conditions: tuple[Entry, ...],
    ) -> None:
        self._lexicon = lexicon
        self.drugs = drugs
        """Those that the patient is given on the day asked about."""
        self.events = tuple(each for each in said.events if each.entry in conditions)
        self._indexes: list[LabResult] = []
        """The result of each measurement that is asked about, with a class or without."""
        self.courses: list[Course] = []
        self.labs: list[LabResult] = []
        self.baselines: list[LabResult] = []
        self.earlier: list[LabResult] = []
        self.ended: list[Course] = []
        self.contradictions: list[Contradiction] = []
        self.unused: list[Unused] = []
        self.notices: list[Notice] = []
        series = group_results(said.results, said.span(), said.unread)
        day = _asked_day(said, series)
        self._treat(said.courses, day)
        for each in series:
            self._add(each)
        classed = {each.marker.iri for each in self.labs}
        self.labs, aside = set_aside(self.labs, lexicon)
        self.unused += aside
        self.derived = self._derive(classed, conditions, day) if lexicon.recipes else ()
        used = {each for derived in self.derived for each in derived.parts}
        used -= {each.given for each in self._indexes}
        self.unused = [each for each in self.unused if each.given not in used]
        self.groups = read_groups(self.labs, said.results, lexicon)
        self.unused += said.left
        self.notices += _name_left(said.left)

    def _derive(
        self, classed: set[IRI], conditions: tuple[Entry, ...], day: date | None
    ) -> tuple[Derived, ...]:
        """What rules ask for that has to be worked out; of no result that was set aside."""
        silent = (each for each in self._indexes if each.marker.iri not in classed)
        courses = (*self.courses, *self.ended)
        starts = [Event(e.entry, e.start, e.entry.label) for e in courses if e.start]
        events = (*starts, *self.events)
        dated = {each.entry.iri for each in events}
        known = Known(
            self._lexicon,
            {each.marker.iri: each for each in (*silent, *self.labs)},
            by_marker(self.earlier),
            events,
            frozenset(each.iri for each in (*self.drugs, *conditions)) - dated,
            day,
        )
        return work_out(known)

    def _treat(self, courses: Iterable[Course], day: date | None) -> None:
        """Keep the courses that the patient is given on a day, and the drugs without dates."""
        given = {entry.iri for entry in self.drugs}
        ended: set[IRI] = set()
        for course in courses:
            if course.entry.iri not in given:
                continue
            reason = course.not_now(day)
            if reason:
                ended.add(course.entry.iri)
                self.ended.append(course)
                self.unused.append(Unused(f"{course.entry.label} {course.shown}", reason))
            else:
                self.courses.append(course)
            self.unused += [Unused(course.entry.label, doubt) for doubt in course.doubts]
        ended -= {course.entry.iri for course in self.courses}
        self.drugs = [entry for entry in self.drugs if entry.iri not in ended]
        self.courses = [course for course in self.courses if course.start or course.stop]

    def _add(self, series: Series) -> None:
        """Add the result of one measurement; say at the head what an older one cannot say."""
        self._sort(series)
        if not series.is_known_now and series.last_usable is not None:
            self._tell_last_usable(series, series.last_usable)

    def _sort(self, series: Series) -> None:
        """Add the result of one measurement, and name what is left of the others."""
        self.contradictions += series.contradictions
        self.unused += series.unused
        for result in series.unclassed:
            self._add_unclassed(result)
        if series.index is None:
            reason = "there is no result to compare it with"
            if series.newer is not None:
                reason = "a newer result cannot be used, so this one does not say what holds now"
            left = (*series.earlier, *series.baselines)
            self.unused += [Unused(each.given, reason) for each in left]
            return
        self.earlier += [*series.baselines, *series.earlier]
        found = compare(series, series.index, self.courses)
        self.contradictions += found.contradictions
        self.unused += found.unused
        self.baselines += [each for each in found.used if each not in self.baselines]
        self._keep(found)

    def _tell_last_usable(self, series: Series, usable: LabResult) -> None:
        """Open the answer with a result that would have been taken for today's."""
        silent = series.newer or series.silent
        why = (
            f"{silent.given}: {silent.reason}"
            if silent
            else "its latest results contradict each other"
        )
        name = short_name(usable.marker)
        text = f"{name} is not known now: {why}; last usable: {usable.shown}."
        self.notices = [each for each in self.notices if each.text != f"{why}."]
        self.notices.append(Notice(usable.marker.iri, f"{name} not known now", text))

    def _keep(self, found: Comparison) -> None:
        """Keep a result that says anything: its state, its place to its limit, or its change."""
        index = self._without_ended(found.index)
        self._indexes.append(index)
        index = replace(index, figures=figures_in_units(index, self._lexicon))
        changed = any(change.percent is not None for change in index.changes)
        if index.state or index.ratio_to_uln is not None or changed or index.figures:
            self.labs.append(index)
        if not index.state:
            self._add_unclassed(index)
        elif index.partly:
            self.unused.append(Unused(index.given, index.partly))
        if index.state and index.remark:
            self.unused.append(Unused(index.given, index.remark, NOTED))

    def _without_ended(self, index: LabResult) -> LabResult:
        """The result without a change under a treatment that is not taken as given."""
        given = {entry.iri for entry in self.drugs}
        kept = tuple(e for e in index.changes if e.during is None or e.during in given)
        if len(kept) < len(index.changes):
            reason = "its treatment is not taken as given, so its change under it is not used"
            self.unused.append(Unused(index.given, reason))
        return replace(index, changes=kept)

    def _add_unclassed(self, result: LabResult) -> None:
        """Name a result of which no class can be given; open the answer with it if it matters."""
        reason = result.unsafe or result.partly
        self.unused.append(Unused(result.given, reason))
        if result.marker.iri in self._lexicon.asked:
            name = short_name(result.marker)
            label = f"{name} not used" if result.unsafe else f"{name} without a class"
            text = f"{result.given}: {reason}."
            self.notices.append(Notice(result.marker.iri, label, text))


def _name_left(left: Iterable[Unused]) -> Iterator[Notice]:
    """What an answer opens with: every name that is not covered, and each that is not clear."""
    uncovered = [each for each in left if each.kind == NOT_COVERED]
    if uncovered:
        names = "; ".join(dict.fromkeys(map(_with_hint, uncovered)))
        yield Notice(EG.Case, NOT_COVERED, f"Not covered: {names}.")
    for each in left:
        if each.kind != NOT_COVERED:
            text = f"Not used: {each.given}: {each.reason}."
            yield Notice(EG.Case, f"{each.given} not used", text)


def _with_hint(name: Unused) -> str:
    return f"{name.given} (did you mean {' or '.join(name.names)}?)" if name.names else name.given


def _asked_day(said: CaseInput, series: Iterable[Series]) -> date | None:
    """The day asked about: as said, otherwise that of the latest result, otherwise today."""
    if said.day is not None:
        return said.day.day
    chosen = (each.index.on for each in series if each.index is not None)
    return max((on.day for on in chosen if on is not None), default=said.today)
