"""Several results of one measurement: which is asked about, and its change from those before it.

The one that is asked about is chosen before any reasoning: the latest that is not after the day
asked about. Where the latest cannot be used, an older one does not take its place: the state is
not known now, and the older one is named. Changes are computed exactly. The baseline is the
result that is said to be one, otherwise the latest on or before the start of the treatment; the
day of the start is day 0. What is left aside is named, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kg.case.dates import When, latest
from kg.case.model import Change, Contradiction, Course, LabResult, Unused
from kg.case.quantities import (
    UnsafeResultError,
    conversion_factor,
    format_fraction,
    percent_change,
    round_fraction,
)
from kg.model.terms import Entry
from kg.model.vocabulary import IRI


class Span(Struct, frozen=True):
    """The days on which a result can have been taken."""

    first: date | None = None
    """No patient of that age was born before."""
    last: date | None = None
    """The day asked about, or today."""
    asked: date | None = None
    """The day asked about, or that of the latest result."""

    def outlived(self, result: LabResult) -> str:
        """Why a result is too old to speak of the patient on the day asked about, or nothing."""
        if self.asked is None or result.on is None or not result.is_outlived_on(self.asked):
            return ""
        days = result.marker.usable_for_days
        return f"too old (of {result.on.day}), more than {days} days before {self.asked}"

    def refuses(self, result: LabResult) -> str:
        """Why a result is not of these days; empty where it may be."""
        if result.on is None:
            return ""
        if self.last is not None and result.on.day > self.last:
            return f"it is of {result.on.day}, after {self.last}, the day that is asked about"
        if self.first is not None and result.on.day < self.first:
            return f"it is of {result.on.day}, before a patient of that age was born; check date"
        return ""


class Unread(Struct, frozen=True):
    """A result that is there and cannot be used: what is older no longer says what holds."""

    marker: Entry
    given: str
    """Where it stands, or how it was typed."""
    reason: str
    on: When | None = None


class Series(Struct):
    """The results of one measurement, sorted out."""

    index: LabResult | None = None
    """The one that is asked about."""
    earlier: list[LabResult] = []
    """Those before it that it may be compared with."""
    baselines: list[LabResult] = []
    """Those that were said to be the value before treatment."""
    contradictions: list[Contradiction] = []
    unused: list[Unused] = []
    unclassed: list[LabResult] = []
    """Results that no class can be given of, each with its reason."""
    newer: Unread | None = None
    """A result later than all that can be used, which cannot be used itself."""

    @property
    def is_known_now(self) -> bool:
        """Whether the latest result says what holds on the day asked about."""
        return self.index is not None and bool(self.index.state)

    @property
    def silent(self) -> Unread | None:
        """The latest result, where it has no class."""
        found = self.index or next(iter(self.unclassed), None)
        if found is None or found.state or self.contradictions:
            return None
        return Unread(found.marker, found.given, found.unsafe or found.partly, found.on)

    @property
    def last_usable(self) -> LabResult | None:
        """The latest of the earlier results that says what held then."""
        told = [each for each in self.earlier if each.state and each.on is not None]
        last = latest([each.on for each in told if each.on is not None])
        return next((each for each in told if each.on in last), None)


def group_results(
    results: Iterable[LabResult], span: Span, unread: Iterable[Unread] = ()
) -> list[Series]:
    """The results by measurement, in the order in which the measurements are first named."""
    groups: dict[IRI, list[LabResult]] = {}
    for result in results:
        groups.setdefault(result.marker.iri, []).append(result)
    missed: dict[IRI, list[Unread]] = {}
    for each in unread:
        missed.setdefault(each.marker.iri, []).append(each)
    return [_series(group, span, missed.get(marker, [])) for marker, group in groups.items()]


def _series(group: Sequence[LabResult], span: Span, unread: Sequence[Unread]) -> Series:
    series = Series()
    missed = [*unread, *(_unread(e) for e in group if e.unsafe and not span.refuses(e))]
    sound: list[LabResult] = []
    old: list[LabResult] = []
    for result in group:
        reason = result.unsafe or span.refuses(result)
        if reason:
            series.unclassed.append(replace(result, unsafe=reason))
        elif not result.baseline and (reason := span.outlived(result)):
            old.append(replace(result, unsafe=reason))
        else:
            sound.append(result)
            series.contradictions += [_against_itself(result)] if result.conflict else []
    series.baselines = [each for each in sound if each.baseline and not each.conflict]
    current, earlier = _split_by_day([each for each in sound if not each.baseline])
    series.earlier = [each for each in earlier if not each.conflict]
    series.newer = _newest(missed, current)
    if series.newer is not None:
        series.earlier += [each for each in current if not each.conflict]
    elif not any(each.conflict for each in current):
        _choose(current, series)
    if series.index is None:
        series.unclassed += old
    else:  # a value of before a long treatment
        series.earlier += [replace(each, unsafe="") for each in old if not each.conflict]
    return series


def _split_by_day(results: list[LabResult]) -> tuple[list[LabResult], list[LabResult]]:
    """The results of the latest day, and those before; undated ones cannot be told apart."""
    moments = [each.on for each in results if each.on is not None]
    if len(moments) < len(results):
        return results, []
    last = latest(moments)
    current = [each for each in results if each.on in last]
    return current, [each for each in results if each.on not in last]


def _unread(result: LabResult) -> Unread:
    return Unread(result.marker, result.given, result.unsafe, result.on)


def _newest(missed: Iterable[Unread], current: Sequence[LabResult]) -> Unread | None:
    """The latest result that cannot be used, where it is later than each that can be."""
    moments = [each.on for each in current if each.on is not None]
    if not current or len(moments) < len(current):
        return None
    later = [
        each
        for each in missed
        if each.on is not None and not any(on in moments for on in latest([*moments, each.on]))
    ]
    last = latest([each.on for each in later if each.on is not None])
    return next((each for each in later if each.on in last), None)


def _choose(current: list[LabResult], series: Series) -> None:
    """Set the index result from results that are equally recent."""
    telling = [each for each in current if each.state]
    silent = [each for each in current if not each.state]
    states = {each.state for each in telling}
    opposed = [each for each in silent if each.possible and not states <= each.possible]
    if len(states) > 1 or opposed:
        series.contradictions.append(_differing([*telling, *opposed]))
        silent = [each for each in silent if not each.possible or states <= each.possible]
    elif telling:
        series.index = _agreed(telling)
        if series.index.value is None:
            series.unused += [_one_of_several(e) for e in telling if e.value is not None]
    elif len({replace(each, given="", note="") for each in silent}) == 1:
        series.index, silent = silent[0], []
    series.unclassed += silent


def _agreed(group: Sequence[LabResult]) -> LabResult:
    """The one result that results of one state agree on.

    A value says more than its flag. Of several values none is the one that is asked about, so
    their common state is kept and no value.
    """
    if len(group) == 1:
        return group[0]
    different = {replace(result, given="", note=""): result for result in group}
    valued = [result for result in different.values() if result.value is not None]
    if len(different) == 1 or len(valued) == 1:
        return (valued or group)[0]
    first = group[0]
    on = first.on if len({each.on for each in group}) == 1 else None
    return LabResult(first.marker, first.given, first.state, first.state_class, on=on, flagged=True)


def _against_itself(result: LabResult) -> Contradiction:
    plain = replace(result, state="", flag="", on=None, note="")
    value = result.given.partition("=")[2] if result.value is None else plain.shown
    sides = (f"{result.marker.label} {value}", f"{result.marker.label} flag {result.flag}")
    return Contradiction(sides, f"{result.given}: {result.conflict}; neither was used.")


def _one_of_several(result: LabResult) -> Unused:
    """A value beside others of the same state; a flag loses nothing."""
    return Unused(
        result.given, "one of several results of this measurement: only their state is used"
    )


def _differing(group: Sequence[LabResult]) -> Contradiction:
    return Contradiction(
        tuple(result.given for result in group),
        f"{group[0].marker.label} is given {len(group)} times with results that differ; none was "
        "used. Give the one result that is asked about.",
    )


class Comparison(Struct):
    """A result with its changes, and what became of the results it could be compared with."""

    index: LabResult
    used: list[LabResult] = []
    """Baselines that a change was computed from."""
    unused: list[Unused] = []
    contradictions: list[Contradiction] = []

    def leave(self, results: Iterable[LabResult], reason: str) -> None:
        """Name results that are no baseline: once, and not for each treatment."""
        named = {each.given for each in self.unused}
        self.unused += [Unused(each.given, reason) for each in results if each.given not in named]


def compare(series: Series, index: LabResult, courses: Iterable[Course]) -> Comparison:
    """The index result of a series with its changes under each treatment."""
    found = Comparison(index)
    computed = tuple(
        _change_under(course, day, series, found)
        for course in courses
        if (day := _day_of_treatment(index, course)) is not None
    )
    if not computed and series.baselines:
        computed = tuple(_change_from_baseline(series, found))
    changes, clash = _merge(index.changes, computed)
    if clash:
        found.contradictions.append(_stated_and_computed(index))
    trend = "" if changes or clash else _trend(series, index)
    found.index = replace(index, changes=changes, trend=trend)
    found.unused += _left_over(series, found)
    return found


def _trend(series: Series, index: LabResult) -> str:
    """How a result stands to the latest before it, in words: it is told, and no rule uses it."""
    before = [each for each in series.earlier if _shortly_before(each, index.on)]
    return _percent(before, Comparison(index))[1]


def _day_of_treatment(index: LabResult, course: Course) -> int | None:
    """The day of the treatment on which a result was taken; None where it was not under it."""
    if index.on is None or course.start is None or not course.covers(index.on.day):
        return None
    return (index.on.day - course.start.day).days


def _change_under(course: Course, day: int, series: Series, found: Comparison) -> Change:
    """The change on a day of a treatment."""

    def before(result: LabResult) -> bool:
        return result.on is None or _shortly_before(result, course.start)

    baselines = [each for each in series.baselines if before(each)]
    percent, words = _percent(baselines or [e for e in series.earlier if before(e)], found)
    text = f"day {day} of {course.entry.label}"
    text = f"{words} on {text}" if words else text
    return Change(percent, Decimal(day), course.entry.iri, text)


def _shortly_before(result: LabResult, moment: When | None) -> bool:
    """Whether a result is of that day or before, and not too old to speak of the patient then."""
    if result.on is None or moment is None:
        return False
    return result.on.day <= moment.day and not result.is_outlived_on(moment.day)


def _change_from_baseline(series: Series, found: Comparison) -> Iterator[Change]:
    """The change from a baseline where no treatment is dated."""
    on = found.index.on
    before = [e for e in series.baselines if e.on is None or on is None or _shortly_before(e, on)]
    percent, text = _percent(before, found)
    if percent is not None:
        yield Change(percent, computed_from=text)


def _percent(baselines: Sequence[LabResult], found: Comparison) -> tuple[Decimal | None, str]:
    """The change from the latest baseline in percent, and in words; None where there is none."""
    baseline = _latest_value(baselines, found)
    index = found.index
    if baseline is None or baseline.value is None or index.value is None or not index.exact:
        return None, ""
    try:
        scale = conversion_factor(index.marker, index.unit, baseline.unit)
    except UnsafeResultError as error:
        found.leave([baseline], error.message)
        return None, ""
    before = Fraction(baseline.value)
    change = percent_change(before, Fraction(index.value) * scale)
    found.used.append(baseline)
    sign = "+" if change > 0 else ""
    day = f" on {baseline.on.day}" if baseline.on else ""
    text = f"{sign}{format_fraction(change)} % from {baseline.value:f} {baseline.unit}{day}"
    return round_fraction(change), text


def _latest_value(baselines: Sequence[LabResult], found: Comparison) -> LabResult | None:
    """The latest baseline with a value; none where several of one day differ."""
    exact = [each for each in baselines if each.exact and each.value]
    last = latest([each.on for each in exact if each.on is not None])
    newest = [each for each in exact if each.on in last] or exact
    if len({(each.value, each.unit) for each in newest}) > 1:
        reason = "several baselines of one time differ; none is used"
        found.leave(newest, reason)
        return None
    return newest[0] if newest else None


def _merge(
    stated: tuple[Change, ...], computed: tuple[Change, ...]
) -> tuple[tuple[Change, ...], bool]:
    """What was stated and what was computed as one; nothing of either where they differ."""
    if not stated:
        return computed, False
    first = stated[0]
    same = [each for each in computed if first.during in (None, each.during)]
    if any(_differ(first.percent, e.percent) or _differ(first.day, e.day) for e in same):
        return (), True
    rest = [each for each in computed if each not in same]
    filled = [
        replace(
            each,
            percent=first.percent if each.percent is None else each.percent,
            day=first.day if each.day is None else each.day,
        )
        for each in same
    ]
    return (*(filled or stated), *rest), False


def _differ(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and one != other


def _stated_and_computed(index: LabResult) -> Contradiction:
    return Contradiction(
        (f"{index.given} as stated", f"{index.given} by its dates"),
        f"{index.given}: the change or day that is stated is not the one that its dates and "
        "baseline give; neither was used.",
    )


def _left_over(series: Series, found: Comparison) -> Iterator[Unused]:
    """What was not compared with, and why."""
    named = {each.given for each in found.unused}
    day = f" of {found.index.on.day}" if found.index.on else ""
    for each in (*series.baselines, *series.earlier):
        if each in found.used or each.given in named:
            continue
        if not each.baseline:
            reason = f"a later result{day} is used in its place"
        elif not each.exact or not found.index.exact:
            reason = "a change from baseline needs both values, and not only a bound or a flag"
        else:
            reason = "this baseline is after the start of treatment, or another one is used"
        yield Unused(each.given, reason)
