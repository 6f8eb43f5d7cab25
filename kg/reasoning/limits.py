"""Which figures decide whether something is of a class, and when they rule it out."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model.compiled import Limit, Ways
from kg.reasoning.ruleset import Rules


def ways(rules: Rules, class_iri: str) -> Ways:
    """The ways to be of a class.

    One way, where the class has limits of its own; otherwise one for each class that is a way to
    be of it, such as the kinds that a union is made of. A way without a limit is never ruled out.
    """
    own = _limits(rules, class_iri)
    if own:
        return (own,)
    kinds = [each for each in sorted(rules.below(class_iri)) if each != class_iri]
    return tuple(dict.fromkeys(_limits(rules, each) for each in kinds)) or (own,)


def ruled_out(found: Ways, figures: frozenset[str], classes: Mapping[str, object]) -> bool:
    """Whether every way has a limit whose figure is known and does not lie within it."""
    return all(
        any(limit.figure in figures and limit.within not in classes for limit in way)
        for way in found
    )


def _limits(rules: Rules, class_iri: str) -> frozenset[Limit]:
    """The limits that hold for every member of a class."""
    implied = {class_iri, *rules.supers.get(class_iri, ())}
    return frozenset(Limit(figure, head) for figure, _, head in rules.facets if head in implied)
