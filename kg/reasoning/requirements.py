"""What the definition of a kind of case asks for, as a flat list of conditions."""

from __future__ import annotations

from msgspec import Struct

from kg.reasoning.ruleset import TYPE, Rules


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
