"""Makes rules of one step each from the axioms, without a reasoner: for proofs, not for answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations

from kg.compile.owl.axioms import Axiom
from kg.compile.owl.expressions import And, Expression, Facet, Or, Some, Value, expression_iri
from kg.compile.owl.naming import chains, functional, name_expressions, super_properties
from kg.compile.owl.rules import definition, facet_conjunctions, inverses, property_rules
from kg.reasoning.asserted import MEMBER, AssertedRules
from kg.reasoning.ruleset import THING, Chain, Rules, SuperProperty

_Row = tuple[str, tuple[str, ...], str]
"""Head and parts of a conjunction, and its axiom."""


def compile_asserted(axioms: Iterable[Axiom]) -> AssertedRules:
    """The axioms as rules of one step each; what they derive, the closed rules derive too.

    What an axiom says there is stands as one individual for each existential expression: in the
    fragment that `check_horn` lets through, nothing can be told of it that its class does not say.
    """
    axioms = tuple(axioms)
    names = name_expressions(axioms)
    facets = tuple((e.property, e.interval, i) for i, e in names.items() if isinstance(e, Facet))
    single = functional(axioms)
    facet_rows = ((*row, axiom) for row, axiom in facet_conjunctions(facets, single))
    rows = _distinct((*_form(names), *facet_rows, *_stated(axioms)))
    somes = {iri: each for iri, each in names.items() if isinstance(each, Some)}
    values = {iri: each for iri, each in names.items() if isinstance(each, Value)}
    rules = Rules(
        supers={},
        unsatisfiable=(),
        conjunctions=tuple((head, parts) for head, parts, _ in rows),
        existentials=tuple((e.property, expression_iri(e.filler), i) for i, e in somes.items()),
        values=(
            *((each.property, each.individual, iri) for iri, each in values.items()),
            *((each.property, _member(iri), iri) for iri, each in somes.items()),
        ),
        facets=facets,
        super_properties={
            role: tuple(SuperProperty(upper, (axiom,)) for upper, axiom in sorted(above.items()))
            for role, above in super_properties(axioms).items()
        },
        chains=tuple(Chain(*link) for link in chains(axioms)),
        inverses=inverses(axioms),
        domains=property_rules(axioms, "domain"),
        ranges=property_rules(axioms, "range"),
        disjoint=(),
        functional={},
        constants=(
            *((a.iris[0], expression_iri(a.terms[1]), a.id) for a in axioms if a.kind == "type"),
            *((_member(iri), expression_iri(each.filler), "") for iri, each in somes.items()),
        ),
        definitions={iri: definition(each) for iri, each in names.items()},
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
