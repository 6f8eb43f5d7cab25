"""What the definition of a kind of case asks for: a flat list of conditions, and its limits."""

from __future__ import annotations

from collections.abc import Container

from msgspec import Struct

from kg.model.compiled import Limit, Ways
from kg.reasoning.rules import TYPE, Rules


class Requirement(Struct, frozen=True):
    """One thing that a defined class asks of its members.

    `filler` is the class that `role` must lead to, or, where `role` is rdf:type, a class that is
    not defined further; it is empty where `role` is a data property with bounds.
    """

    role: str
    filler: str = ""


def requirements(rules: Rules, class_iri: str) -> tuple[Requirement, ...]:
    """Everything that the definitions of a class ask for, each once.

    A union asks for nothing by itself and is left out, as is a class that the axioms say nothing
    of but that it exists.
    """
    found: dict[Requirement, None] = {}
    waiting = [class_iri]
    seen: set[str] = set()
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        definitions = _definitions(rules, current)
        if not definitions:
            found[Requirement(TYPE, current)] = None
        for kind, *parts in definitions:
            if kind == "and":
                waiting.extend(parts)
            elif kind == "some":
                found[Requirement(parts[0], parts[1])] = None
            elif kind == "facet":
                found[Requirement(parts[0])] = None
    return tuple(found)


def _definitions(rules: Rules, class_iri: str) -> list[tuple[str, ...]]:
    """The expressions that mean the same as the class."""
    if class_iri in rules.definitions:
        return [rules.definitions[class_iri]]
    above = rules.supers.get(class_iri, ())
    return [
        rules.definitions[each]
        for each in above
        if each in rules.definitions and class_iri in rules.supers.get(each, ())
    ]


# ── Limits ──────────────────────────────────────────────────────────────────────────────────


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


def ruled_out(found: Ways, figures: Container[str], classes: Container[str]) -> bool:
    """Whether every way has a limit whose figure is known and does not lie within it."""
    return all(
        any(limit.figure in figures and limit.within not in classes for limit in way)
        for way in found
    )


def _limits(rules: Rules, class_iri: str) -> frozenset[Limit]:
    """The limits that hold for every member of a class."""
    implied = {class_iri, *rules.supers.get(class_iri, ())}
    return frozenset(Limit(figure, head) for figure, _, head in rules.facets if head in implied)
