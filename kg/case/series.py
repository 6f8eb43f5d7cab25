"""Several results of one measurement: which of them is asked about, and what it is compared with.

The one that is asked about is chosen before any reasoning: the latest that is not after the day
asked about. What is left aside is named, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kg.case.dates import latest
from kg.case.results import LabResult
from kg.model.vocabulary import IRI


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Facts that cannot both be so; neither is used."""

    facts: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Unused:
    """An input, or a part of one, that was not used, and why."""

    given: str
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
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
        return f"it is of {result.on.day}, more than {days} days before {self.asked}"

    def refuses(self, result: LabResult) -> str:
        """Why a result is not of these days; empty where it may be."""
        if result.on is None:
            return ""
        if self.last is not None and result.on.day > self.last:
            return f"it is of {result.on.day}, after {self.last}, the day that is asked about"
        if self.first is not None and result.on.day < self.first:
            return f"it is of {result.on.day}, before a patient of that age was born; check date"
        return ""


@dataclass(slots=True)
class Series:
    """The results of one measurement, sorted out."""

    index: LabResult | None = None
    """The one that is asked about."""
    earlier: list[LabResult] = field(default_factory=list)
    """Those before it that it may be compared with."""
    baselines: list[LabResult] = field(default_factory=list)
    """Those that were said to be the value before treatment."""
    against: list[Contradiction] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    unclassed: list[LabResult] = field(default_factory=list)
    """Results that no class can be given of, each with its reason."""


def sorted_out(results: Iterable[LabResult], span: Span) -> list[Series]:
    """The results by measurement, in the order in which the measurements are first named."""
    groups: dict[IRI, list[LabResult]] = {}
    for result in results:
        groups.setdefault(result.marker.iri, []).append(result)
    return [_series(group, span) for group in groups.values()]


def _series(group: Sequence[LabResult], span: Span) -> Series:
    series = Series()
    sound: list[LabResult] = []
    old: list[LabResult] = []
    for result in group:
        reason = result.unsafe or span.refuses(result)
        if reason:
            series.unclassed.append(replace(result, unsafe=reason))
        elif not result.baseline and (reason := span.outlived(result)):
            old.append(replace(result, unsafe=reason))
        elif result.conflict:
            series.against.append(_against_itself(result))
            sound.append(result)
        else:
            sound.append(result)
    series.baselines = [each for each in sound if each.baseline and not each.conflict]
    current, series.earlier = _current([each for each in sound if not each.baseline])
    series.earlier = [each for each in series.earlier if not each.conflict]
    if not any(each.conflict for each in current):
        _choose(current, series)
    if series.index is None:
        series.unclassed += old
    else:  # a value of before a long treatment
        series.earlier += [replace(each, unsafe="") for each in old if not each.conflict]
    return series


def _current(results: list[LabResult]) -> tuple[list[LabResult], list[LabResult]]:
    """The results of the latest day, and those before; undated ones cannot be told apart."""
    moments = [each.on for each in results if each.on is not None]
    if len(moments) < len(results):
        return results, []
    last = latest(moments)
    current = [each for each in results if each.on in last]
    return current, [each for each in results if each.on not in last]


def _choose(current: list[LabResult], series: Series) -> None:
    """Set the index result from results that are equally recent."""
    telling = [each for each in current if each.state]
    silent = [each for each in current if not each.state]
    states = {each.state for each in telling}
    opposed = [each for each in silent if each.possible and not states <= each.possible]
    if len(states) > 1 or opposed:
        series.against.append(_differing([*telling, *opposed]))
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
    sides = (f"{result.marker.label} {plain.shown}", f"{result.marker.label} flag {result.flag}")
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
