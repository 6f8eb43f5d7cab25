"""What rules ask for that no laboratory reports, worked out of results and days as recipes say.

A number is there only where every part of it is known. Otherwise what is missing is named, and
nothing follows from it: what is not known is not normal. Scores are added up later, since their
rows are kinds of case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kg.case.figures import (
    Found,
    Known,
    MissingError,
    Quantity,
    days_between,
    in_unit,
    lacks,
    on_day,
    starts_of,
)
from kg.case.model import NOT_KNOWN, Derived, Event, Figure, LabResult
from kg.case.quantities import round_fraction
from kg.case.timeline import work_out_change, work_out_days, work_out_persistence
from kg.model.derived import Recipe, RecipeKind
from kg.model.vocabulary import IRI


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
        return bool(starts_of(recipe, known)) or not recipe.events.isdisjoint(known.undated)
    return any(each in known.labs for each in recipe.of)


# ── Two measurements of one sample ──────────────────────────────────────────────────────────


def _quotient(recipe: Recipe, known: Known) -> Found:
    (above, below), parts = _pair(recipe, known)
    if not below.value:
        raise MissingError(f"{known.name(recipe.of[1])} above 0")
    # nothing divided by any amount is nothing
    side = above.comparator or (below.turned if above.value else "")
    number = Quantity(above.value / below.value, side)
    return Found(number, _shown_pair(recipe, known, " by ", (above, below), parts), parts)


def _difference(recipe: Recipe, known: Known) -> Found:
    (one, other), parts = _pair(recipe, known)
    number = Quantity(one.value - other.value, one.comparator or other.turned)
    return Found(number, _shown_pair(recipe, known, " less ", (one, other), parts), parts)


def _pair(
    recipe: Recipe, known: Known
) -> tuple[tuple[Quantity, Quantity], tuple[LabResult, LabResult]]:
    """Both numbers in one unit, and their results; MissingError for what they lack."""
    needs = [need for marker in recipe.of if (need := lacks(marker, recipe.compared_in, known))]
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


def _check_days(one: LabResult, other: LabResult, within: int, known: Known) -> None:
    """MissingError where two results are too far apart to be read together, or may be."""
    if one.on is None and other.on is None:
        return
    names = known.name(one.marker.iri), known.name(other.marker.iri)
    for result, name in zip((one, other), names, strict=True):
        if result.on is None:
            raise MissingError(f"the day of {name}")
    days = days_between(one, other)
    if days is not None and abs(days) > within:
        apart = "of one day" if not within else f"at most {within} days apart"
        raise MissingError(f"{' and '.join(names)} {apart} (they are {abs(days)} days apart)")


def _shown_pair(
    recipe: Recipe,
    known: Known,
    word: str,
    numbers: tuple[Quantity, Quantity],
    results: tuple[LabResult, LabResult],
) -> str:
    both = zip(recipe.of, numbers, results, strict=True)
    shown = (
        f"{known.name(marker)} {_in_words(number, recipe.compared_in, result)}{on_day(result)}"
        for marker, number, result in both
    )
    return word.join(shown)


def _in_words(number: Quantity, unit: str, result: LabResult) -> str:
    if unit == result.marker.measured_in.of_limit:
        return f"{number.shown('')} × ULN"
    return number.shown(unit)


_MAKERS: Final[Mapping[RecipeKind, Callable[[Recipe, Known], Found | None]]] = {
    RecipeKind.QUOTIENT: _quotient,
    RecipeKind.DIFFERENCE: _difference,
    RecipeKind.CHANGE: work_out_change,
    RecipeKind.PERSISTENCE: work_out_persistence,
    RecipeKind.DAYS: work_out_days,
}
"""Of each kind of recipe what works it out; a score is none of them."""
