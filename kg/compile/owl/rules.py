"""Compiles axioms and their classification into rules for cases; refuses what rules cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from kg.compile.owl.axioms import Axiom
from kg.compile.owl.expressions import (
    And,
    Expression,
    Facet,
    Interval,
    Named,
    Or,
    Some,
    Value,
    expression_iri,
)
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.horn import check_horn
from kg.compile.owl.naming import chains, closed_super_properties, functional, name_expressions
from kg.model.errors import NotHornError, UnsatisfiableError
from kg.reasoning.engine import classify
from kg.reasoning.ruleset import (
    EXPRESSION,
    THING,
    Chain,
    Facts,
    PropertyRule,
    Rules,
    SuperProperty,
)


def compile_rules(axioms: Iterable[Axiom], hierarchy: Hierarchy) -> Rules:
    """The rules that the axioms and the hierarchy of their named expressions amount to.

    The hierarchy must come from `write_ontology(axioms, names=name_expressions(axioms))`.
    """
    axioms = tuple(axioms)
    check_horn(axioms, hierarchy)
    _refuse_unsatisfiable(hierarchy)
    names = name_expressions(axioms)
    supers = closed_super_properties(axioms)
    links = tuple(Chain(*link) for link in chains(axioms))
    single = functional(axioms)
    facets = tuple(
        (each.property, each.interval, iri)
        for iri, each in names.items()
        if isinstance(each, Facet)
    )
    rules = Rules(
        supers=_closed_supers(hierarchy, names),
        unsatisfiable=tuple(sorted(hierarchy.unsatisfiable)),
        conjunctions=(
            *_conjunctions(names),
            *(conjunction for conjunction, _ in facet_conjunctions(facets, single)),
        ),
        existentials=_existentials(names, links, supers),
        values=tuple(
            (each.property, each.individual, iri)
            for iri, each in names.items()
            if isinstance(each, Value)
        ),
        facets=facets,
        super_properties={
            role: tuple(SuperProperty(upper, path) for upper, path in sorted(implied.items()))
            for role, implied in supers.items()
        },
        chains=links,
        inverses=inverses(axioms),
        domains=property_rules(axioms, "domain"),
        ranges=property_rules(axioms, "range"),
        disjoint=(*disjoint(axioms), *disjoint_facets(facets, single)),
        functional=single,
        constants=tuple(
            (axiom.iris[0], expression_iri(axiom.terms[1]), axiom.id)
            for axiom in axioms
            if axiom.kind == "type"
        ),
        definitions={iri: definition(each) for iri, each in names.items()},
    )
    _refuse_linked_individuals(rules)
    return rules


def _refuse_unsatisfiable(hierarchy: Hierarchy) -> None:
    named = sorted(each for each in hierarchy.unsatisfiable if not each.startswith(EXPRESSION))
    if named:
        raise UnsatisfiableError(
            f"No individual can belong to {', '.join(f'<{each}>' for each in named)}."
        )


def _refuse_linked_individuals(rules: Rules) -> None:
    """What an individual of the ontology has holds even in cases that do not mention it."""
    told = tuple((individual, class_iri) for individual, class_iri, _ in rules.constants)
    for subject, role, target in classify(rules, Facts(types=told)).edge_table:
        raise NotHornError(f"<{subject}> has <{role}> <{target}> outside of any case.")


def _closed_supers(
    hierarchy: Hierarchy, names: Mapping[str, Expression]
) -> dict[str, tuple[str, ...]]:
    """The closed table, with every part of a union below the union."""
    table = {each: set(above) for each, above in hierarchy.supers.items()}
    for iri, expression in names.items():
        if isinstance(expression, Or):
            for part in map(expression_iri, expression.parts):
                table.setdefault(part, set()).update({iri, *hierarchy.supers.get(iri, ())})
    return {each: tuple(sorted(above - {each})) for each, above in sorted(table.items()) if above}


def _conjunctions(names: Mapping[str, Expression]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (iri, tuple(map(expression_iri, each.parts)))
        for iri, each in names.items()
        if isinstance(each, And)
    )


def _existentials(
    names: Mapping[str, Expression],
    links: tuple[Chain, ...],
    supers: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> tuple[tuple[str, str, str], ...]:
    """Property and filler to head; an edge to something that has the rest of a chain, too."""
    found: set[tuple[str, str, str]] = set()
    for iri, each in names.items():
        if not isinstance(each, Some):
            continue
        found.add((each.property, expression_iri(each.filler), iri))
        for link in links:
            if each.property == link.implied or each.property in supers.get(link.implied, {}):
                rest = expression_iri(Some(link.second, each.filler))
                found.add((link.first, rest, iri))
    return tuple(sorted(found))


def facet_conjunctions(
    facets: tuple[tuple[str, Interval, str], ...], single: Mapping[str, str]
) -> tuple[tuple[tuple[str, tuple[str, ...]], str], ...]:
    """Two facets of a single value that together lie within a third which neither lies within.

    Each with the axiom by which there is a single value.
    """
    found: list[tuple[tuple[str, tuple[str, ...]], str]] = []
    for role in sorted(single):
        own = [(interval, iri) for each, interval, iri in facets if each == role]
        for (one, first), (other, second) in combinations(own, 2):
            both = one.intersection(other)
            if both.empty():
                continue
            for third, head in own:
                if both.within(third) and not one.within(third) and not other.within(third):
                    found.append(((head, (first, second)), single[role]))
    return tuple(found)


def disjoint_facets(
    facets: tuple[tuple[str, Interval, str], ...], single: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """Two facets of a single value that share no number, with the axiom by which it is single."""
    return tuple(
        (first, second, single[role])
        for (role, one, first), (other_role, other, second) in combinations(facets, 2)
        if role == other_role and role in single and one.intersection(other).empty()
    )


def disjoint(axioms: Iterable[Axiom]) -> tuple[tuple[str, str, str], ...]:
    """The pairs of classes that an axiom says have no member in common, with the axiom."""
    return tuple(
        (expression_iri(axiom.terms[0]), expression_iri(axiom.terms[1]), axiom.id)
        for axiom in axioms
        if axiom.kind == "disjoint"
    )


def inverses(axioms: tuple[Axiom, ...]) -> tuple[PropertyRule, ...]:
    """Every inverse in both directions, with its axiom."""
    pairs = [(axiom.iris, axiom.id) for axiom in axioms if axiom.kind == "inverse"]
    both = {(one, other, key) for (one, other), key in pairs}
    both |= {(other, one, key) for (one, other), key in pairs}
    return tuple(PropertyRule(*each) for each in sorted(both))


def property_rules(axioms: tuple[Axiom, ...], kind: str) -> tuple[PropertyRule, ...]:
    """What the axioms of a kind (`domain` or `range`) say of properties."""
    found: list[PropertyRule] = []
    for axiom in axioms:
        if axiom.kind != kind or not isinstance(axiom.terms[0], Named):
            continue
        target = expression_iri(axiom.terms[1])
        if target != THING:
            found.append(PropertyRule(axiom.terms[0].iri, target, axiom.id))
    return tuple(found)


def definition(expression: Expression) -> tuple[str, ...]:
    """The kind of an expression and its parts, as the rules keep them."""
    match expression:
        case Named(iri):
            return ("class", iri)
        case And(parts):
            return ("and", *map(expression_iri, parts))
        case Or(parts):
            return ("or", *map(expression_iri, parts))
        case Some(role, filler):
            return ("some", role, expression_iri(filler))
        case Value(role, individual):
            return ("value", role, individual)
        case Facet(role, interval):
            return ("facet", role, *(bound or "" for bound in interval.to_list()))


__all__ = ["Rules", "compile_rules"]
