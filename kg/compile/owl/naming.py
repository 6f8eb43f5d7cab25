"""Names for class expressions: with them, one classification answers every question of a case.

A definition is found by table look-up only where each of its parts has a name that the reasoner
placed in the hierarchy. Besides the expressions that stand in axioms, some that are only implied
need names too: what a property chain or a super-property would make of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.compile.owl.axioms import Axiom
from kg.compile.owl.expressions import Expression, Named, Some, Value, expression_iri, walk
from kg.model.errors import ReasonerError


def name_expressions(axioms: Iterable[Axiom]) -> dict[str, Expression]:
    """Every compound expression that needs a name, by the IRI that its content gives it."""
    axioms = tuple(axioms)
    found = {part for axiom in axioms for term in axiom.terms for part in walk(term)}
    compound: set[Expression] = {part for part in found if not isinstance(part, Named)}
    supers = closed_super_properties(axioms)
    grown = _grow(compound, _chains(axioms), supers)
    names = {expression_iri(each): each for each in sorted(grown, key=expression_iri)}
    if len(names) != len(grown):
        raise ReasonerError("Two class expressions share a name; lengthen the hash.")
    return names


def super_properties(axioms: Iterable[Axiom]) -> dict[str, dict[str, str]]:
    """For each property those that an axiom says it implies, with the id of the axiom."""
    direct: dict[str, dict[str, str]] = defaultdict(dict)
    for axiom in axioms:
        if axiom.kind == "subproperty":
            lower, upper = axiom.iris
            direct[lower][upper] = axiom.id
    return direct


def closed_super_properties(axioms: Iterable[Axiom]) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each property those it implies (not itself), with the ids of the axioms between."""
    direct = super_properties(axioms)
    closed: dict[str, dict[str, tuple[str, ...]]] = {}
    for start in sorted(direct):
        reached: dict[str, tuple[str, ...]] = {start: ()}
        queue = [start]
        for current in queue:
            for upper, identifier in sorted(direct.get(current, {}).items()):
                if upper not in reached:
                    reached[upper] = (*reached[current], identifier)
                    queue.append(upper)
        closed[start] = {role: path for role, path in reached.items() if role != start}
    return closed


def chains(axioms: Iterable[Axiom]) -> tuple[tuple[str, str, str, str], ...]:
    """First, second, implied property and axiom id of every chain; a transitive one is a chain."""
    found: list[tuple[str, str, str, str]] = []
    for axiom in axioms:
        if axiom.kind == "chain":
            first, second, implied = axiom.iris
            found.append((first, second, implied, axiom.id))
        if axiom.kind == "transitive":
            role = axiom.iris[0]
            found.append((role, role, role, axiom.id))
    return tuple(found)


def functional(axioms: Iterable[Axiom]) -> dict[str, str]:
    """The functional data properties, each with the id of its axiom."""
    return {axiom.iris[0]: axiom.id for axiom in axioms if axiom.kind == "functional"}


def _chains(axioms: Iterable[Axiom]) -> tuple[tuple[str, str], ...]:
    return tuple((second, implied) for _, second, implied, _ in chains(axioms))


def _grow(
    compound: set[Expression],
    links: tuple[tuple[str, str], ...],
    supers: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> set[Expression]:
    """The expressions with those they imply, to the fixpoint."""
    grown = set(compound)
    queue = list(compound)
    while queue:
        for each in _implied(queue.pop(), links, supers):
            if each not in grown:
                grown.add(each)
                queue.append(each)
    return grown


def _implied(
    expression: Expression,
    links: tuple[tuple[str, str], ...],
    supers: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Iterable[Expression]:
    match expression:
        case Value(role, individual):
            # an anonymous member may carry the end of a chain: the start then has the value too
            uppers = {role, *supers.get(role, {})}
            heads = {implied for second, implied in links if second in uppers}
            yield from (Value(each, individual) for each in sorted(uppers | heads))
        case Some(role, filler):
            # `second some F` is what makes an edge of the chain's first property lead to F
            for second, implied in links:
                if role in {implied, *supers.get(implied, {})}:
                    yield Some(second, filler)
        case _:
            return
