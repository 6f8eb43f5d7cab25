"""Compiles axioms into rules: closed ones for cases, and those of one step for proofs.

The rules for cases need a classification, and refuse what rules cannot say. The rules of one step
need no reasoner: each stands for an axiom, or only takes an expression apart or puts it together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, permutations

from msgspec.structs import replace

from kg.compile.owl.axioms import (
    Axiom,
    chains,
    closed_super_properties,
    functional,
    super_properties,
)
from kg.compile.owl.fragment import check_horn, name_expressions
from kg.compile.owl.hierarchy import Hierarchy
from kg.model.errors import NotHornError, UnsatisfiableError
from kg.reasoning.asserted import MEMBER, AssertedRules
from kg.reasoning.engine import classify
from kg.reasoning.expressions import (
    And,
    Expression,
    Facet,
    Named,
    Or,
    Some,
    Value,
    expression_iri,
)
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import (
    EXPRESSION,
    THING,
    Apart,
    Chain,
    Facts,
    PropertyRule,
    Rules,
    SuperProperty,
)


def compile_rules(
    axioms: Iterable[Axiom], hierarchy: Hierarchy, names: Mapping[str, Expression] | None = None
) -> Rules:
    """The rules that the axioms and the hierarchy of their named expressions amount to.

    The names are those of `name_expressions(axioms)`, and the hierarchy places each of them.
    """
    axioms = tuple(axioms)
    names = name_expressions(axioms) if names is None else names
    check_horn(axioms, hierarchy)
    _refuse_unsatisfiable(hierarchy)
    single = functional(axioms)
    supers = closed_super_properties(axioms)
    base = _common(axioms, names)
    rules = replace(
        base,
        supers=_closed_supers(hierarchy, names),
        unsatisfiable=tuple(sorted(hierarchy.unsatisfiable)),
        conjunctions=(
            *_conjunctions(names),
            *(conjunction for conjunction, _ in facet_conjunctions(base.facets, single)),
        ),
        existentials=_existentials(names, base.chains, supers),
        super_properties={
            role: tuple(SuperProperty(upper, path) for upper, path in sorted(implied.items()))
            for role, implied in supers.items()
        },
        disjoint=(*disjoint(axioms), *disjoint_facets(base.facets, single)),
        functional=single,
    )
    _refuse_linked_individuals(rules)
    return rules


def _common(axioms: tuple[Axiom, ...], names: Mapping[str, Expression]) -> Rules:
    """The rules that are the same for cases and for proofs; the other tables are empty."""
    return Rules(
        supers={},
        unsatisfiable=(),
        conjunctions=(),
        existentials=(),
        values=tuple(
            (each.property, each.individual, iri)
            for iri, each in names.items()
            if isinstance(each, Value)
        ),
        facets=tuple(
            (each.property, each.interval, iri)
            for iri, each in names.items()
            if isinstance(each, Facet)
        ),
        super_properties={},
        chains=tuple(Chain(*link) for link in chains(axioms)),
        inverses=inverses(axioms),
        domains=property_rules(axioms, "domain"),
        ranges=property_rules(axioms, "range"),
        disjoint=(),
        functional={},
        constants=tuple(
            (axiom.iris[0], expression_iri(axiom.terms[1]), axiom.id)
            for axiom in axioms
            if axiom.kind == "type"
        ),
        definitions={iri: definition(each) for iri, each in names.items()},
    )


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
) -> tuple[Apart, ...]:
    """Two facets of a single value that share no number, with the axiom by which it is single."""
    return tuple(
        Apart((first, second), single[role])
        for (role, one, first), (other_role, other, second) in combinations(facets, 2)
        if role == other_role and role in single and one.intersection(other).empty()
    )


def disjoint(axioms: Iterable[Axiom]) -> tuple[Apart, ...]:
    """The classes of which an axiom says that no two have a member in common, with the axiom."""
    return tuple(
        Apart(tuple(map(expression_iri, axiom.terms)), axiom.id)
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


# ── Rules of one step ───────────────────────────────────────────────────────────────────────

_Row = tuple[str, tuple[str, ...], str]
"""Head and parts of a conjunction, and its axiom."""


def compile_asserted(
    axioms: Iterable[Axiom], names: Mapping[str, Expression] | None = None
) -> AssertedRules:
    """The axioms as rules of one step each; what they derive, the closed rules derive too.

    What an axiom says there is stands as one individual for each existential expression: in the
    fragment that `check_horn` lets through, nothing can be told of it that its class does not say.
    """
    axioms = tuple(axioms)
    names = name_expressions(axioms) if names is None else names
    base = _common(axioms, names)
    facet_rows = facet_conjunctions(base.facets, functional(axioms))
    rows = _distinct(
        (
            *_form(names),
            *((*row, axiom) for row, axiom in facet_rows),
            *_of_figures(base),
            *_stated(axioms),
        )
    )
    somes = {iri: each for iri, each in names.items() if isinstance(each, Some)}
    rules = replace(
        base,
        conjunctions=tuple((head, parts) for head, parts, _ in rows),
        existentials=tuple((e.property, expression_iri(e.filler), i) for i, e in somes.items()),
        values=(*base.values, *((e.property, _member(iri), iri) for iri, e in somes.items())),
        super_properties={
            role: tuple(SuperProperty(upper, (axiom,)) for upper, axiom in sorted(above.items()))
            for role, above in super_properties(axioms).items()
        },
        constants=(
            *base.constants,
            *((_member(iri), expression_iri(each.filler), "") for iri, each in somes.items()),
        ),
    )
    return AssertedRules(rules, tuple(axiom for _, _, axiom in rows))


def _distinct(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    """Each row once, and none that an axiom states where it is a matter of form."""
    found = dict.fromkeys(rows)
    return tuple(row for row in found if not row[2] or (*row[:2], "") not in found)


def _form(names: Mapping[str, Expression]) -> Iterator[_Row]:
    """The steps that take an expression apart or put it together, which no axiom is needed for."""
    for iri, expression in names.items():
        match expression:
            case And(parts):
                inner = tuple(map(expression_iri, parts))
                yield iri, inner, ""
                yield from ((part, (iri,), "") for part in inner)
            case Or(parts):
                yield from ((iri, (expression_iri(part),), "") for part in parts)
    facets = [(iri, each) for iri, each in names.items() if isinstance(each, Facet)]
    for (inner_iri, one), (outer_iri, other) in permutations(facets, 2):
        if one.property == other.property and one.interval.within(other.interval):
            yield outer_iri, (inner_iri,), ""


def _of_figures(rules: Rules) -> Iterator[_Row]:
    """What has a figure within limits belongs to the domain of the figure."""
    for each in rules.domains:
        yield from (
            (each.target, (iri,), each.axiom)
            for role, _, iri in rules.facets
            if role == each.property and iri != each.target
        )


def _stated(axioms: Iterable[Axiom]) -> Iterator[_Row]:
    """The steps that an axiom about two classes allows."""
    for axiom in axioms:
        if axiom.kind not in ("subclass", "equivalent"):
            continue
        lower, upper = map(expression_iri, axiom.terms)
        if upper != THING:
            yield upper, (lower,), axiom.id
        if axiom.kind == "equivalent" and lower != THING:
            yield lower, (upper,), axiom.id


def _member(iri: str) -> str:
    return MEMBER + iri.rsplit(":", 1)[-1]
