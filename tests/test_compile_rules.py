"""Rules compiled from a few axioms: every table, row by row. No reasoner is started.

What the rules say of cases is compared with HermiT in test_reasoning_rules.py.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.compile.owl.axioms import Axiom, make_axiom
from kg.compile.owl.hierarchy import NOTHING, Hierarchy
from kg.compile.owl.rules import compile_asserted, compile_rules
from kg.model.errors import NotHornError, UnsatisfiableError
from kg.reasoning.asserted import MEMBER
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
from kg.reasoning.rules import THING, Apart, Chain, PropertyRule, Rules, SuperProperty

A, B, C, D = (Named(f"urn:{name}") for name in "ABCD")
R, S, T, U = (Named(f"urn:{name}") for name in "rstu")
X, Y = Named("urn:x"), Named("urn:y")
V, W = "urn:v", "urn:w"


def rules_of(*axioms: Axiom, supers: dict[Expression, list[Expression]] | None = None) -> Rules:
    """The rules for cases of axioms, where these classes lie below these."""
    pairs = [
        (expression_iri(lower), expression_iri(upper))
        for lower, above in (supers or {}).items()
        for upper in above
    ]
    return compile_rules(axioms, Hierarchy.of(pairs))


def subclass(lower: Expression, upper: Expression) -> Axiom:
    """Every member of the first belongs to the second."""
    return make_axiom("subclass", lower, upper)


def at_least(value: int, role: str = V) -> Facet:
    """What has a value of at least so much."""
    return Facet(role, Interval(at_least=Decimal(value)))


def at_most(value: int, role: str = V) -> Facet:
    """What has a value of at most so much."""
    return Facet(role, Interval(at_most=Decimal(value)))


def between(low: int, high: int, role: str = V) -> Facet:
    """What has a value in an interval."""
    return Facet(role, Interval(at_least=Decimal(low), at_most=Decimal(high)))


def i(expression: Expression) -> str:
    """The name of an expression."""
    return expression_iri(expression)


# ── Classes ─────────────────────────────────────────────────────────────────────────────────


def test_the_table_of_superclasses_is_that_of_the_hierarchy() -> None:
    """All that lies above a class, in order, without the class itself."""
    rules = rules_of(subclass(A, B), supers={A: [C, B], C: [D], B: [A]})

    assert rules.supers == {
        i(A): (i(B), i(C), i(D)), i(B): (i(A), i(C), i(D)), i(C): (i(D),),
    }  # fmt: skip


def test_a_part_of_a_union_lies_below_it_and_all_above_it() -> None:
    """Also where the hierarchy says nothing of the part."""
    union = Or((A, B))

    rules = rules_of(subclass(union, C), supers={union: [C], A: [D]})

    assert rules.supers[i(A)] == tuple(sorted((i(union), i(C), i(D))))
    assert rules.supers[i(B)] == tuple(sorted((i(union), i(C))))


def test_a_union_of_which_nothing_is_known() -> None:
    """Its parts lie below it alone."""
    union = Or((A, B))

    rules = rules_of(subclass(union, C))

    assert rules.supers == {i(A): (i(union),), i(B): (i(union),)}


def test_a_conjunction_is_made_of_its_parts() -> None:
    """One row for each intersection that the axioms name, and none for other expressions."""
    both, some = And((A, Some(R.iri, B))), Some(S.iri, C)

    rules = rules_of(subclass(both, C), subclass(some, D))

    assert rules.conjunctions == ((i(both), (i(A), i(Some(R.iri, B)))),)


def test_what_has_something_belongs_to_the_restriction() -> None:
    """Property and filler lead to the restriction, and the class of a value to its own."""
    rules = rules_of(subclass(Some(R.iri, A), B), subclass(Value(S.iri, X.iri), C))

    assert rules.existentials == ((R.iri, i(A), i(Some(R.iri, A))),)
    assert rules.values == ((S.iri, X.iri, i(Value(S.iri, X.iri))),)


def test_every_expression_has_its_definition() -> None:
    """Its kind and its parts, and of a class its name."""
    parts: list[Expression] = [Some(R.iri, A), Value(S.iri, X.iri), between(1, 2), at_least(3)]
    both, union = And((A, B)), Or((C, D))

    rules = rules_of(*(subclass(each, D) for each in (*parts, both, union)))

    assert rules.definitions == {
        i(parts[0]): ("some", R.iri, i(A)),
        i(parts[1]): ("value", S.iri, X.iri),
        i(parts[2]): ("facet", V, "1", "", "2", ""),
        i(parts[3]): ("facet", V, "3", "", "", ""),
        i(both): ("and", i(A), i(B)),
        i(union): ("or", i(C), i(D)),
    }


def test_classes_without_a_common_member() -> None:
    """Both, with the axiom that says so."""
    axiom = make_axiom("disjoint", A, B)

    every = make_axiom("disjoint", A, C, B)

    assert rules_of(subclass(A, C), axiom).disjoint == (Apart((i(A), i(B)), axiom.id),)
    [apart] = rules_of(every).disjoint
    assert list(apart.pairs()) == [(i(A), i(B)), (i(A), i(C)), (i(B), i(C))]


# ── Values ──────────────────────────────────────────────────────────────────────────────────


def test_two_facets_of_one_value_make_a_third() -> None:
    """Only where the value is single, they meet, and neither alone is enough."""
    single = make_axiom("functional", Named(V))
    limits = [at_least(1), at_most(5), between(0, 6), at_most(7), at_least(9)]

    rules = rules_of(single, *(subclass(each, A) for each in limits))

    assert dict(rules.conjunctions).keys() == {i(limits[2])}
    assert {frozenset(parts) for _, parts in rules.conjunctions} == {
        frozenset((i(limits[0]), i(limits[1])))
    }
    assert rules.functional == {V: single.id}
    assert {each[2] for each in rules.facets} == set(map(i, limits))


def test_facets_of_several_values_make_nothing() -> None:
    """Each may be of another value, or of another property."""
    limits = [at_least(1), at_most(5), between(0, 6)]
    other = [at_least(1, W), at_most(5), between(0, 6)]
    single = make_axiom("functional", Named(V)), make_axiom("functional", Named(W))

    assert rules_of(*(subclass(each, A) for each in limits)).conjunctions == ()
    assert rules_of(*single, *(subclass(each, A) for each in other)).conjunctions == ()


def test_facets_that_share_no_number_contradict_each_other() -> None:
    """Where the value is single: with the axiom that says so."""
    single = make_axiom("functional", Named(V))
    apart, third = [at_most(1), at_least(2)], between(1, 2)
    other = at_least(2, W)

    rules = rules_of(single, *(subclass(each, A) for each in (*apart, third, other)))
    several = rules_of(*(subclass(each, A) for each in apart))

    assert [(frozenset(each.classes), each.axiom) for each in rules.disjoint] == [
        (frozenset(map(i, apart)), single.id)
    ]
    assert several.disjoint == ()


# ── Properties ──────────────────────────────────────────────────────────────────────────────


def test_a_property_implies_those_above_it() -> None:
    """Each with the axioms that lead there."""
    first, second = make_axiom("subproperty", R, S), make_axiom("subproperty", S, T)

    rules = rules_of(first, second, subclass(A, B))

    assert rules.super_properties == {
        R.iri: (SuperProperty(S.iri, (first.id,)), SuperProperty(T.iri, (first.id, second.id))),
        S.iri: (SuperProperty(T.iri, (second.id,)),),
    }


def test_a_chain_is_followed_to_its_end() -> None:
    """An edge to something that has the rest of the chain counts as an edge to its end."""
    chain = make_axiom("chain", R, S, T)
    end = Some(T.iri, A)

    rules = rules_of(chain, subclass(end, B))

    assert rules.chains == (Chain(R.iri, S.iri, T.iri, chain.id),)
    assert rules.existentials == tuple(
        sorted(
            (
                (T.iri, i(A), i(end)),
                (R.iri, i(Some(S.iri, A)), i(end)),
                (S.iri, i(A), i(Some(S.iri, A))),
            )
        )
    )


def test_a_chain_may_lead_to_a_property_below_the_one_that_is_asked() -> None:
    """What the chain implies implies the other; a property beside it does not."""
    chain, below = make_axiom("chain", R, S, T), make_axiom("subproperty", T, U)
    asked, beside = Some(U.iri, A), Some(R.iri, A)

    rules = rules_of(chain, below, subclass(asked, B), subclass(beside, B))

    assert (R.iri, i(Some(S.iri, A)), i(asked)) in rules.existentials
    assert {head for role, _, head in rules.existentials if role == R.iri} == {i(asked), i(beside)}
    assert (R.iri, i(Some(S.iri, A)), i(beside)) not in rules.existentials


def test_an_inverse_holds_in_both_directions() -> None:
    """With its axiom."""
    axiom = make_axiom("inverse", R, S)

    assert rules_of(axiom, subclass(A, B)).inverses == (
        PropertyRule(R.iri, S.iri, axiom.id),
        PropertyRule(S.iri, R.iri, axiom.id),
    )


def test_the_ends_of_a_property_have_their_classes() -> None:
    """Each with its axiom; that an end is a thing at all says nothing."""
    start, end = make_axiom("domain", R, A), make_axiom("range", R, Some(S.iri, B))
    empty = make_axiom("domain", S, Named(THING)), make_axiom("range", S, Named(THING))

    rules = rules_of(*empty, start, end)

    assert rules.domains == (PropertyRule(R.iri, i(A), start.id),)
    assert rules.ranges == (PropertyRule(R.iri, i(Some(S.iri, B)), end.id),)


def test_an_individual_has_its_class() -> None:
    """With the axiom that says so."""
    axiom = make_axiom("type", X, A)

    assert rules_of(axiom, subclass(A, B)).constants == ((X.iri, i(A), axiom.id),)


# ── What is refused ─────────────────────────────────────────────────────────────────────────


def test_a_class_without_a_possible_member_is_refused() -> None:
    """By name, all of them; an expression that nothing can be is only noted."""
    both = And((A, B))

    rules = compile_rules((subclass(both, C),), Hierarchy.of([(i(both), NOTHING)]))
    assert rules.unsatisfiable == (i(both),)
    with pytest.raises(UnsatisfiableError) as caught:
        compile_rules((subclass(A, B),), Hierarchy.of([(i(B), NOTHING), (i(A), NOTHING)]))
    assert caught.value.message == "No individual can belong to <urn:A>, <urn:B>."


def test_what_holds_outside_of_any_case_is_refused() -> None:
    """An individual of the ontology that has something would have it in every case."""
    value = Value(R.iri, Y.iri)

    with pytest.raises(NotHornError) as caught:
        rules_of(make_axiom("type", X, A), subclass(A, value), supers={A: [value]})
    assert caught.value.message == "<urn:x> has <urn:r> <urn:y> outside of any case."


def test_what_is_not_horn_is_refused_first() -> None:
    """Also where the hierarchy knows it."""
    with pytest.raises(NotHornError, match="right-hand side"):
        rules_of(subclass(A, Or((B, C))), supers={A: [Or((B, C))]})


# ── Rules of one step ───────────────────────────────────────────────────────────────────────


def steps_of(*axioms: Axiom) -> set[tuple[str, tuple[str, ...], str]]:
    """Head, parts and axiom of each rule of one step, which stands there once."""
    asserted = compile_asserted(axioms)
    pairs = zip(asserted.rules.conjunctions, asserted.carriers, strict=True)
    rows = [(*row, axiom) for row, axiom in pairs]
    assert len(set(rows)) == len(rows)
    return set(rows)


def test_a_subclass_axiom_is_one_step_and_an_equivalence_two() -> None:
    """Each with its axiom; that everything is a thing is no step."""
    one, both = subclass(A, B), make_axiom("equivalent", C, D)
    things = subclass(C, Named(THING)), make_axiom("equivalent", A, Named(THING))

    assert steps_of(one) == {(i(B), (i(A),), one.id)}
    assert steps_of(both) == {(i(D), (i(C),), both.id), (i(C), (i(D),), both.id)}
    assert steps_of(things[0]) == set()
    assert steps_of(things[1]) == {(i(A), (THING,), things[1].id)}
    assert steps_of(make_axiom("disjoint", A, B)) == set()


def test_an_intersection_is_taken_apart_and_put_together() -> None:
    """That takes no axiom, and one that says so adds nothing."""
    both = And((A, B))
    needless = subclass(both, A)

    assert steps_of(needless) == {
        (i(both), (i(A), i(B)), ""), (i(A), (i(both),), ""), (i(B), (i(both),), ""),
    }  # fmt: skip


def test_a_part_belongs_to_the_union() -> None:
    """That takes no axiom; what follows from the union does."""
    union = Or((A, B))
    axiom = subclass(union, C)

    assert steps_of(axiom) == {
        (i(union), (i(A),), ""), (i(union), (i(B),), ""), (i(C), (i(union),), axiom.id),
    }  # fmt: skip


def test_a_narrower_limit_lies_within_a_wider_one() -> None:
    """Of one property; and two of a single value make a third, with the axiom that it is single."""
    single = make_axiom("functional", Named(V))
    low, high, wide, other = at_least(1), at_most(5), between(0, 6), between(1, 5, W)
    axioms = [subclass(each, A) for each in (low, high, wide, other)]
    stated = {(i(A), (i(each.terms[0]),), each.id) for each in axioms}

    assert steps_of(*axioms) - stated == set()
    ((head, parts, axiom),) = steps_of(single, *axioms) - stated
    assert (head, set(parts), axiom) == (i(wide), {i(low), i(high)}, single.id)
    narrow = subclass(between(2, 3), A)
    assert (i(wide), (i(between(2, 3)),), "") in steps_of(narrow, *axioms)


def test_what_there_is_stands_as_one_individual() -> None:
    """Whoever belongs to a restriction is linked to it, and it has the class that is said."""
    some = Some(R.iri, A)
    asserted = compile_asserted((subclass(B, some),))
    member = MEMBER + i(some).rsplit(":", 1)[-1]

    assert asserted.rules.existentials == ((R.iri, i(A), i(some)),)
    assert asserted.rules.values == ((R.iri, member, i(some)),)
    assert asserted.rules.constants == ((member, i(A), ""),)
    assert asserted.rules.supers == {}


def test_what_is_told_of_properties_is_kept_step_by_step() -> None:
    """An implied property with the axiom that says so; chains, inverses and ends as they are."""
    first, second = make_axiom("subproperty", R, S), make_axiom("subproperty", S, T)
    chain, inverse = make_axiom("chain", R, S, T), make_axiom("inverse", T, U)
    ends = make_axiom("domain", R, A), make_axiom("range", R, B)
    kind, value = make_axiom("type", X, C), subclass(Value(R.iri, X.iri), D)

    rules = compile_asserted((first, second, chain, inverse, *ends, kind, value)).rules

    assert rules.super_properties == {
        R.iri: (SuperProperty(S.iri, (first.id,)),),
        S.iri: (SuperProperty(T.iri, (second.id,)),),
    }
    assert rules.chains == (Chain(R.iri, S.iri, T.iri, chain.id),)
    assert {each.axiom for each in rules.inverses} == {inverse.id}
    assert rules.domains == (PropertyRule(R.iri, i(A), ends[0].id),)
    assert rules.ranges == (PropertyRule(R.iri, i(B), ends[1].id),)
    assert rules.constants == ((X.iri, i(C), kind.id),)
    assert (R.iri, X.iri, i(Value(R.iri, X.iri))) in rules.values
    assert rules.definitions[i(Value(R.iri, X.iri))] == ("value", R.iri, X.iri)
    assert (rules.disjoint, rules.functional) == ((), {})
