"""What is worked out along the days: changes, persistence over results, and days from an event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from kg.case.figures import (
    PAIR,
    Found,
    Known,
    MissingError,
    Quantity,
    belongs,
    days_between,
    in_unit,
    lacks,
    on_day,
    starts_of,
)
from kg.case.model import Event, LabResult
from kg.case.quantities import percent_change
from kg.model.derived import Earlier, Recipe

# ── Several results of one measurement ──────────────────────────────────────────────────────


def work_out_change(recipe: Recipe, known: Known) -> Found:
    """A later result against an earlier one, in percent of that one or as a difference."""
    marker, relative = recipe.of[0], recipe.unit == "%"
    index = known.labs[marker]
    unit = index.unit if relative else recipe.unit
    if lack := lacks(marker, unit, known):
        raise MissingError(lack)
    before = _earlier(recipe, known, lambda each: _exact_in(each, unit, relative=relative))
    now, then = in_unit(index, unit), _exact_in(before, unit, relative=relative)
    if now is None or then is None:
        raise MissingError("both results in one unit")
    change = percent_change(then, now.value) if relative else now.value - then
    number = Quantity(change, now.comparator)
    days = days_between(before, index)
    how = (
        f"from {Quantity(then).shown(unit)}{on_day(before)} to {now.shown(unit)}{on_day(index)}, "
        f"{days} days"
    )
    return Found(number, f"{known.name(marker)} {how}", (before, index))


def _exact_in(result: LabResult, unit: str, *, relative: bool) -> Fraction | None:
    """The exact value of a result in a unit; None where there is none to compare with."""
    number = in_unit(result, unit)
    if number is None or number.comparator or (relative and not number.value):
        return None
    return number.value


def _earlier(
    recipe: Recipe, known: Known, value: Callable[[LabResult], Fraction | None]
) -> LabResult:
    """The earlier result that a recipe compares with; MissingError where there is none."""
    marker = recipe.of[0]
    index, name = known.labs[marker], known.name(marker)
    if index.on is None:
        raise MissingError(f"the day of {name}")
    within = recipe.within_days
    before = [
        (value_, each)
        for each in known.earlier.get(marker, ())
        if (days := days_between(each, index)) is not None
        and days > 0
        and (within is None or days <= within)
        and (value_ := value(each)) is not None
    ]
    if not before:
        window = "" if within is None else f" of the {within} days before"
        raise MissingError(f"an earlier value of {name}{window}")
    return _chosen(recipe.earlier, before, name)


def _chosen(which: Earlier, before: Sequence[tuple[Fraction, LabResult]], name: str) -> LabResult:
    """The one result that is wanted; MissingError where several of one time differ."""
    if which in (Earlier.LOWEST, Earlier.HIGHEST):
        best = (min if which is Earlier.LOWEST else max)(value for value, _ in before)
        return next(each for value, each in before if value == best)
    last = (max if which is Earlier.LATEST else min)(_moment(each) for _, each in before)
    same = [(value, each) for value, each in before if _moment(each) == last]
    if len({value for value, _ in same}) > 1:
        raise MissingError(f"one value of {name}{on_day(same[0][1])}, where several differ")
    return same[0][1]


def _moment(result: LabResult) -> date:
    """The day of a result that has one."""
    return date.min if result.on is None else result.on.day


def work_out_persistence(recipe: Recipe, known: Known) -> Found | None:
    """For how long results have been of a class without a break; None where the last is not."""
    marker = recipe.of[0]
    index, name = known.labs[marker], known.name(marker)
    own = belongs(index, recipe, known.lexicon)
    if own is False:
        return None
    if own is None:
        raise MissingError(f"a value of {name} with its range")
    if index.on is None:
        raise MissingError(f"the day of {name}")
    dated = (each for each in known.earlier.get(marker, ()) if each.on is not None)
    before = sorted(dated, key=_moment, reverse=True)
    run, stop, is_open = _run(index, before, lambda each: belongs(each, recipe, known.lexicon))
    if len(run) < recipe.least_results:
        if stop is None or is_open:
            raise MissingError(_more(recipe, name, stop))
        return Found(Quantity(Fraction(0)), f"{name}: only {_counted(run)}", tuple(run))
    # Before the first result that is known it may have begun long ago.
    is_least = is_open or stop is None
    days = Quantity(Fraction(days_between(run[-1], run[0]) or 0), "≥" if is_least else "")
    return Found(days, f"{name}: {_counted(run)}", tuple(run))


def _run(
    index: LabResult,
    before: Sequence[LabResult],
    is_one: Callable[[LabResult], bool | None],
) -> tuple[list[LabResult], LabResult | None, bool]:
    """The results of the class up to the first that is not known to be one.

    With that one, if there is any, and with whether it may be one.
    """
    run = [index]
    for each in before:
        member = is_one(each)
        if not member:
            return run, each, member is None
        run.append(each)
    return run, None, False


def _more(recipe: Recipe, name: str, stop: LabResult | None) -> str:
    """What it takes to know more of a run that is too short."""
    if stop is not None:
        return f"the class of {stop.given}"
    count = "an earlier result" if recipe.least_results == PAIR else "more earlier results"
    return f"{count} of {name}"


def _counted(run: Sequence[LabResult]) -> str:
    days = [each.on.day for each in run if each.on is not None]
    if len(days) == 1:
        return f"1 result, on {days[0]}"
    return f"{len(days)} results from {days[-1]} to {days[0]}"


# ── Days from an event ──────────────────────────────────────────────────────────────────────


def work_out_days(recipe: Recipe, known: Known) -> Found | None:
    """The days from an event, or from an earlier result, to a result or the day asked about."""
    start = recipe.of[0]
    end, until, parts = _end(recipe, known)
    if start in known.labs:
        before = _start_result(recipe, known)
        day = _moment(before)
        if day > end:
            raise MissingError(f"a result of {known.name(start)} no later than {until}")
        how, parts = f"from {known.name(start)}{on_day(before)} to {until}", (before, *parts)
    else:
        event = _start(recipe, known, end)
        if event is None:
            return None
        day = event.on.day
        how, parts = f"from {event.given} on {day} to {until}", (event, *parts)
    return Found(Quantity(Fraction((end - day).days)), how, parts)


def _end(recipe: Recipe, known: Known) -> tuple[date, str, tuple[LabResult | Event, ...]]:
    """The day up to which days are counted, in words, and the result that it is of."""
    if len(recipe.of) < PAIR:
        if known.day is None:
            raise MissingError("the day that is asked about")
        return known.day, f"{known.day}", ()
    result, name = known.labs.get(recipe.of[1]), known.name(recipe.of[1])
    if result is None:
        raise MissingError(name)
    if result.on is None:
        raise MissingError(f"the day of {name}")
    return result.on.day, f"{name}{on_day(result)}", (result,)


def _start_result(recipe: Recipe, known: Known) -> LabResult:
    """The result that days are counted from: an earlier one, where they end in the same marker."""
    start = recipe.of[0]
    if start != recipe.of[-1] or len(recipe.of) < PAIR:
        result = known.labs[start]
        if result.on is None:
            raise MissingError(f"the day of {known.name(start)}")
        return result
    return _earlier(recipe, known, lambda _: Fraction(0))


def _start(recipe: Recipe, known: Known, end: date) -> Event | None:
    """The latest event on or before a day; None where all are later, MissingError without a day."""
    starts = starts_of(recipe, known)
    before = [each for each in starts if each.on.day <= end]
    if not before and not starts:
        label = known.lexicon.entries.get(recipe.of[0])
        raise MissingError(f"the day of {label.label if label else recipe.label}")
    return max(before, key=lambda each: each.on.day, default=None)
