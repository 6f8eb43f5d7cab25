"""What rules ask for that no laboratory reports, worked out of results and days as recipes say.

A number is there only where every part of it is known. Otherwise what is missing is named, and
nothing follows from it: what is not known is not normal. Scores are added up later, since their
rows are kinds of case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct

from kg.case.figures import Quantity, belongs, in_unit
from kg.case.model import NOT_KNOWN, Derived, Event, Figure, LabResult, short_name
from kg.case.quantities import round_fraction
from kg.model.derived import Earlier, Recipe, RecipeKind
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI


class Known(Struct, frozen=True):
    """What there is to work with."""

    lexicon: Lexicon
    labs: Mapping[IRI, LabResult]
    """By measurement, the result that is asked about."""
    earlier: Mapping[IRI, Sequence[LabResult]]
    """By measurement, the usable results before it."""
    events: Sequence[Event] = ()
    undated: frozenset[IRI] = frozenset()
    """What took place and has no day."""
    day: date | None = None
    """The day that is asked about."""

    def name(self, marker: IRI) -> str:
        """The short name of a measurement."""
        entry = self.lexicon.entries.get(marker)
        return marker if entry is None else short_name(entry)


class MissingError(Exception):
    """A part is not known; the message is what is needed."""


class _Found(Struct, frozen=True):
    """A number with what it was worked out of."""

    quantity: Quantity
    how: str
    parts: tuple[LabResult | Event, ...]


def work_out(known: Known) -> tuple[Derived, ...]:
    """Each recipe of which at least one part is there, with its number or with what is missing."""
    found = (_derive(recipe, known) for recipe in known.lexicon.recipes)
    return tuple(each for each in found if each is not None)


def _derive(recipe: Recipe, known: Known) -> Derived | None:
    """What a recipe gives; None of a score, and where the case says nothing it is about."""
    make = _MAKERS.get(recipe.kind)
    if make is None or recipe.iri in known.labs or not _is_touched(recipe, known):
        return None
    try:
        found = make(recipe, known)
    except MissingError as error:
        return Derived(recipe.iri, recipe.label, None, f"{NOT_KNOWN} {error}", markers=recipe.of)
    if found is None:
        return None
    number = found.quantity
    return Derived(
        recipe.iri,
        recipe.label,
        Figure(recipe.figure, round_fraction(number.value), number.comparator),
        f"{number.shown(recipe.unit)} ({found.how})",
        tuple(each.given for each in found.parts),
        tuple(dict.fromkeys((*recipe.of, *map(_term_of, found.parts)))),
    )


def _term_of(part: LabResult | Event) -> IRI:
    return part.marker.iri if isinstance(part, LabResult) else part.entry.iri


def _is_touched(recipe: Recipe, known: Known) -> bool:
    """Whether the case has any part that a number would be made of."""
    if recipe.events and recipe.of[0] not in known.labs:
        return bool(_starts(recipe, known)) or not recipe.events.isdisjoint(known.undated)
    return any(each in known.labs for each in recipe.of)


# ── Two measurements of one sample ──────────────────────────────────────────────────────────


def _quotient(recipe: Recipe, known: Known) -> _Found:
    (above, below), parts = _pair(recipe, known)
    if not below.value:
        raise MissingError(f"{known.name(recipe.of[1])} above 0")
    number = Quantity(above.value / below.value, above.comparator or below.turned)
    return _Found(number, _shown_pair(recipe, known, " by ", (above, below), parts), parts)


def _difference(recipe: Recipe, known: Known) -> _Found:
    (one, other), parts = _pair(recipe, known)
    number = Quantity(one.value - other.value, one.comparator or other.turned)
    return _Found(number, _shown_pair(recipe, known, " less ", (one, other), parts), parts)


def _pair(
    recipe: Recipe, known: Known
) -> tuple[tuple[Quantity, Quantity], tuple[LabResult, LabResult]]:
    """Both numbers in one unit, and their results; MissingError for what they lack."""
    needs = [need for marker in recipe.of if (need := _lacks(marker, recipe.compared_in, known))]
    if needs:
        raise MissingError(" and ".join(needs))
    one, other = (known.labs[marker] for marker in recipe.of)
    _check_days(one, other, recipe.within_days or 0, known)
    first, second = in_unit(one, recipe.compared_in), in_unit(other, recipe.compared_in)
    if first is None or second is None:
        raise MissingError("both results in one unit")
    if first.comparator and second.comparator:
        raise MissingError(f"an exact value of {' or of '.join(map(known.name, recipe.of))}")
    return (first, second), (one, other)


def _lacks(marker: IRI, unit: str, known: Known) -> str:
    """What is missing of a measurement to have it in a unit; empty where nothing is."""
    result, name = known.labs.get(marker), known.name(marker)
    if result is None:
        return name
    if in_unit(result, unit) is not None:
        return ""
    if result.value is None:
        return f"a value of {name}"
    by_limit = unit == result.marker.measured_in.of_limit
    return f"the upper limit of {name}" if by_limit else f"{name} in {unit}"


def _check_days(one: LabResult, other: LabResult, within: int, known: Known) -> None:
    """MissingError where two results are too far apart to be read together, or may be."""
    if one.on is None and other.on is None:
        return
    names = known.name(one.marker.iri), known.name(other.marker.iri)
    for result, name in zip((one, other), names, strict=True):
        if result.on is None:
            raise MissingError(f"the day of {name}")
    days = _days(one, other)
    if days is not None and abs(days) > within:
        apart = "of one day" if not within else f"at most {within} days apart"
        raise MissingError(f"{' and '.join(names)} {apart} (they are {abs(days)} days apart)")


def _days(one: LabResult, other: LabResult) -> int | None:
    """The days from one result to another."""
    if one.on is None or other.on is None:
        return None
    return (other.on.day - one.on.day).days


def _shown_pair(
    recipe: Recipe,
    known: Known,
    word: str,
    numbers: tuple[Quantity, Quantity],
    results: tuple[LabResult, LabResult],
) -> str:
    both = zip(recipe.of, numbers, results, strict=True)
    shown = (
        f"{known.name(marker)} {_in_words(number, recipe.compared_in, result)}{_on(result)}"
        for marker, number, result in both
    )
    return word.join(shown)


def _in_words(number: Quantity, unit: str, result: LabResult) -> str:
    if unit == result.marker.measured_in.of_limit:
        return f"{number.shown('')} × ULN"
    return number.shown(unit)


def _on(result: LabResult) -> str:
    return "" if result.on is None else f" on {result.on.day}"


# ── Several results of one measurement ──────────────────────────────────────────────────────


def _change(recipe: Recipe, known: Known) -> _Found:
    """A later result against an earlier one, in percent of that one or as a difference."""
    marker, relative = recipe.of[0], recipe.unit == "%"
    index = known.labs[marker]
    unit = index.unit if relative else recipe.unit
    if lack := _lacks(marker, unit, known):
        raise MissingError(lack)
    before = _earlier(recipe, known, lambda each: _exact_in(each, unit, relative=relative))
    now, then = in_unit(index, unit), _exact_in(before, unit, relative=relative)
    if now is None or then is None:
        raise MissingError("both results in one unit")
    change = now.value - then
    number = Quantity(change / then * 100 if relative else change, now.comparator)
    days = _days(before, index)
    how = (
        f"from {Quantity(then).shown(unit)}{_on(before)} to {now.shown(unit)}{_on(index)}, "
        f"{days} days"
    )
    return _Found(number, f"{known.name(marker)} {how}", (before, index))


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
        if (days := _days(each, index)) is not None
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
        raise MissingError(f"one value of {name}{_on(same[0][1])}, where several differ")
    return same[0][1]


def _moment(result: LabResult) -> date:
    """The day of a result that has one."""
    return date.min if result.on is None else result.on.day


def _persistence(recipe: Recipe, known: Known) -> _Found | None:
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
        return _Found(Quantity(Fraction(0)), f"{name}: only {_counted(run)}", tuple(run))
    days = Quantity(Fraction(_days(run[-1], run[0]) or 0), "≥" if is_open else "")
    return _Found(days, f"{name}: {_counted(run)}", tuple(run))


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
    count = "an earlier result" if recipe.least_results == _PAIR else "more earlier results"
    return f"{count} of {name}"


def _counted(run: Sequence[LabResult]) -> str:
    days = [each.on.day for each in run if each.on is not None]
    if len(days) == 1:
        return f"1 result, on {days[0]}"
    return f"{len(days)} results from {days[-1]} to {days[0]}"


# ── Days from an event ──────────────────────────────────────────────────────────────────────


def _days_from(recipe: Recipe, known: Known) -> _Found | None:
    """The days from an event, or from an earlier result, to a result or the day asked about."""
    start = recipe.of[0]
    end, until, parts = _end(recipe, known)
    if start in known.labs:
        before = _start_result(recipe, known)
        day = _moment(before)
        how, parts = f"from {known.name(start)}{_on(before)} to {until}", (before, *parts)
    else:
        event = _start(recipe, known, end)
        if event is None:
            return None
        day = event.on.day
        how, parts = f"from {event.given} on {day} to {until}", (event, *parts)
    return _Found(Quantity(Fraction((end - day).days)), how, parts)


def _end(recipe: Recipe, known: Known) -> tuple[date, str, tuple[LabResult | Event, ...]]:
    """The day up to which days are counted, in words, and the result that it is of."""
    if len(recipe.of) < _PAIR:
        if known.day is None:
            raise MissingError("the day that is asked about")
        return known.day, f"{known.day}", ()
    result, name = known.labs.get(recipe.of[1]), known.name(recipe.of[1])
    if result is None:
        raise MissingError(name)
    if result.on is None:
        raise MissingError(f"the day of {name}")
    return result.on.day, f"{name}{_on(result)}", (result,)


def _start_result(recipe: Recipe, known: Known) -> LabResult:
    """The result that days are counted from: an earlier one, where they end in the same marker."""
    start = recipe.of[0]
    if start != recipe.of[-1] or len(recipe.of) < _PAIR:
        result = known.labs[start]
        if result.on is None:
            raise MissingError(f"the day of {known.name(start)}")
        return result
    return _earlier(recipe, known, lambda _: Fraction(0))


def _start(recipe: Recipe, known: Known, end: date) -> Event | None:
    """The latest event on or before a day; None where all are later, MissingError without a day."""
    starts = _starts(recipe, known)
    before = [each for each in starts if each.on.day <= end]
    if not before and not starts:
        label = known.lexicon.entries.get(recipe.of[0])
        raise MissingError(f"the day of {label.label if label else recipe.label}")
    return max(before, key=lambda each: each.on.day, default=None)


def _starts(recipe: Recipe, known: Known) -> list[Event]:
    return [each for each in known.events if each.entry.iri in recipe.events]


_PAIR: Final = 2
_MAKERS: Final[Mapping[RecipeKind, Callable[[Recipe, Known], _Found | None]]] = {
    RecipeKind.QUOTIENT: _quotient,
    RecipeKind.DIFFERENCE: _difference,
    RecipeKind.CHANGE: _change,
    RecipeKind.PERSISTENCE: _persistence,
    RecipeKind.DAYS: _days_from,
}
"""Of each kind of recipe what works it out; a score is none of them."""


def by_marker(results: Iterable[LabResult]) -> dict[IRI, list[LabResult]]:
    """Results by their measurement."""
    found: dict[IRI, list[LabResult]] = {}
    for each in results:
        found.setdefault(each.marker.iri, []).append(each)
    return found
