"""The change of a result from the value before a treatment, and the day of that treatment.

Both are computed exactly. The baseline is the result that is said to be one, otherwise the latest
on or before the start of the treatment; the day of the start is day 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from kg.case.dates import When, latest
from kg.case.numbers import UnsafeResultError, rounded, shown
from kg.case.results import Change, LabResult
from kg.case.series import Contradiction, Series, Unused
from kg.case.treatments import Course
from kg.case.units import factor


@dataclass(slots=True)
class Compared:
    """A result with its changes, and what became of the results it could be compared with."""

    index: LabResult
    used: list[LabResult] = field(default_factory=list)
    """Baselines that a change was computed from."""
    unused: list[Unused] = field(default_factory=list)
    against: list[Contradiction] = field(default_factory=list)


def compared(series: Series, index: LabResult, courses: Iterable[Course]) -> Compared:
    """The index result of a series with its changes under each treatment."""
    found = Compared(index)
    computed = tuple(
        _under(course, day, series, found)
        for course in courses
        if (day := _day(index, course)) is not None
    )
    if not computed and series.baselines:
        computed = tuple(_from_baseline(series, found))
    changes, clash = _merged(index.changes, computed)
    if clash:
        found.against.append(_stated_and_computed(index))
    found.index = replace(index, changes=changes)
    found.unused += _left(series, found)
    return found


def _day(index: LabResult, course: Course) -> int | None:
    """The day of the treatment on which a result was taken; None where it was not under it."""
    if index.on is None or course.start is None or not course.covers(index.on.day):
        return None
    return (index.on.day - course.start.day).days


def _under(course: Course, day: int, series: Series, found: Compared) -> Change:
    """The change on a day of a treatment."""

    def before(result: LabResult) -> bool:
        return result.on is None or _shortly_before(result, course.start)

    said = [each for each in series.baselines if before(each)]
    percent, words = _percent(said or [each for each in series.earlier if before(each)], found)
    text = f"day {day} of {course.entry.label}"
    text = f"{words} on {text}" if words else text
    return Change(percent, Decimal(day), course.entry.iri, text)


def _shortly_before(result: LabResult, moment: When | None) -> bool:
    """Whether a result is of that day or before, and not too old to speak of the patient then."""
    if result.on is None or moment is None:
        return False
    return result.on.day <= moment.day and not result.is_outlived_on(moment.day)


def _from_baseline(series: Series, found: Compared) -> Iterator[Change]:
    """The change from a baseline where no treatment is dated."""
    on = found.index.on
    before = [e for e in series.baselines if e.on is None or on is None or _shortly_before(e, on)]
    percent, text = _percent(before, found)
    if percent is not None:
        yield Change(percent, computed_from=text)


def _percent(baselines: Sequence[LabResult], found: Compared) -> tuple[Decimal | None, str]:
    """The change from the latest baseline in percent, and in words; None where there is none."""
    baseline = _latest(baselines, found)
    index = found.index
    if baseline is None or baseline.value is None or index.value is None or not index.exact:
        return None, ""
    try:
        scale = factor(index.marker, index.unit, baseline.unit)
    except UnsafeResultError as error:
        found.unused.append(Unused(baseline.given, error.message))
        return None, ""
    before = Fraction(baseline.value)
    change = (Fraction(index.value) * scale - before) / before * 100
    found.used.append(baseline)
    sign = "+" if change > 0 else ""
    day = f" on {baseline.on.day}" if baseline.on else ""
    text = f"{sign}{shown(change)} % from {baseline.value:f} {baseline.unit}{day}"
    return rounded(change), text


def _latest(baselines: Sequence[LabResult], found: Compared) -> LabResult | None:
    """The latest baseline with a value; none where several of one day differ."""
    exact = [each for each in baselines if each.exact and each.value]
    last = latest([each.on for each in exact if each.on is not None])
    newest = [each for each in exact if each.on in last] or exact
    if len({(each.value, each.unit) for each in newest}) > 1:
        found.unused += [
            Unused(each.given, "several baselines of one time differ; none is used")
            for each in newest
        ]
        return None
    return newest[0] if newest else None


def _merged(
    stated: tuple[Change, ...], computed: tuple[Change, ...]
) -> tuple[tuple[Change, ...], bool]:
    """What was stated and what was computed as one; nothing of either where they differ."""
    if not stated:
        return computed, False
    said = stated[0]
    same = [each for each in computed if said.during in (None, each.during)]
    if any(_differ(said.percent, e.percent) or _differ(said.day, e.day) for e in same):
        return (), True
    rest = [each for each in computed if each not in same]
    filled = [
        replace(
            each,
            percent=said.percent if each.percent is None else each.percent,
            day=said.day if each.day is None else each.day,
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


def _left(series: Series, found: Compared) -> Iterator[Unused]:
    """What was not compared with, and why."""
    told = {each.given for each in found.unused}
    day = f" of {found.index.on.day}" if found.index.on else ""
    for each in (*series.baselines, *series.earlier):
        if each in found.used or each.given in told:
            continue
        if not each.baseline:
            reason = f"a later result{day} is used in its place"
        elif not each.exact or not found.index.exact:
            reason = "a change from baseline needs both values, and not only a bound or a flag"
        else:
            reason = "this baseline is after the start of treatment, or another one is used"
        yield Unused(each.given, reason)
