"""Justifications: enough, minimal, all of them, and the same every time."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest
from differential import Reasoned, reason_file
from hypothesis import given
from hypothesis import strategies as st
from justified import minimal

from kg.compile.conclusions import edges
from kg.compile.owl.axioms import Axiom, axiom_text, make_axiom
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.justifications import (
    Edge,
    Justifications,
    find_clash,
    justify,
)
from kg.compile.owl.oracle import confirm
from kg.compile.owl.rules import compile_asserted
from kg.model.errors import ReasonerError
from kg.reasoning.closure import Step
from kg.reasoning.expressions import Named, Value
from kg.reasoning.rules import TYPE, Fact
from kg.reasoning.trace import MOST_SETS, minimal_sets

HEART = "https://example.org/heart/"
EDGE = Edge(f"{HEART}Infarction", f"{HEART}arguesAgainst", f"{HEART}normal-ck")


@pytest.fixture(name="heart")
def _heart(root: Path) -> Reasoned:
    return reason_file(root / "tests/data/reasoning/troponin.ttl")


def justified(axioms: tuple[Axiom, ...], edge: Edge) -> Justifications:
    """Give every justification of one edge."""
    return justify(compile_asserted(axioms), [edge])[edge]


def shown(axioms: tuple[Axiom, ...], ids: tuple[str, ...]) -> set[str]:
    """Give axioms as people read them."""
    return {axiom_text(axiom, {}) for axiom in axioms if axiom.id in ids}


@pytest.mark.jvm
def test_an_edge_rests_on_the_axioms_that_make_it(heart: Reasoned) -> None:
    """Why a cause is argued against is shown axiom by axiom."""
    first = justified(heart.axioms, EDGE)[0]

    assert shown(heart.axioms, first) == {
        "ArguedAgainstByNormalCk EquivalentTo arguesAgainst value normal-ck",
        "CardiacCause EquivalentTo RaisingFactor and (locatedIn some Heart)",
        "CardiacCause SubClassOf ArguedAgainstByNormalCk",
        "InMyocardium EquivalentTo locatedIn some Myocardium",
        "Infarction SubClassOf InMyocardium",
        "Infarction SubClassOf RaisingFactor",
        "Myocardium SubClassOf partOf some Heart",
        "locatedIn o partOf SubPropertyOf locatedIn",
    }


@pytest.mark.slow
@pytest.mark.jvm
def test_hermit_confirms_every_justification(heart: Reasoned) -> None:
    """Each set of axioms entails its edge, and without any one of them it does not."""
    found = justify(
        compile_asserted(heart.axioms), edges(name_expressions(heart.axioms), heart.hierarchy)
    )

    confirm(heart.axioms, found)

    assert len(found) >= 20
    assert minimal(heart.axioms, found)


@pytest.mark.slow
@pytest.mark.jvm
def test_what_is_not_enough_is_not_confirmed(heart: Reasoned) -> None:
    """A set of axioms that lacks one is refused with the edge that does not follow."""
    found = dict.fromkeys(edges(name_expressions(heart.axioms), heart.hierarchy), ())
    whole = justify(compile_asserted(heart.axioms), found)
    short = {**whole, EDGE: (whole[EDGE][0][1:],)}

    with pytest.raises(ReasonerError, match=r"Infarction.*normal-ck"):
        confirm(heart.axioms, short)


@pytest.mark.jvm
def test_what_can_spare_an_axiom_is_not_minimal(heart: Reasoned) -> None:
    """A set with one axiom too many is told from a minimal one."""
    first = justified(heart.axioms, EDGE)[0]
    beside = next(axiom.id for axiom in heart.axioms if axiom.id not in first)

    assert minimal(heart.axioms, {EDGE: (first,)})
    assert not minimal(heart.axioms, {EDGE: ((*first, beside),)})


def test_earlier_axioms_are_preferred() -> None:
    """Of two reasons of one size, the one that the caller puts first is first."""
    low, one, other = Named("urn:low"), Named("urn:one"), Named("urn:other")
    value = Value("urn:has", "urn:it")
    ways = [
        [make_axiom("subclass", low, by), make_axiom("subclass", by, value)] for by in (one, other)
    ]
    edge = Edge(low.iri, value.property, value.individual)

    for order in (ways, ways[::-1]):
        axioms = tuple(axiom for way in order for axiom in way)
        assert justified(axioms, edge) == tuple(tuple(a.id for a in way) for way in order)


def test_the_shortest_way_is_first() -> None:
    """What an axiom says outright comes before what takes two."""
    low, middle, value = Named("urn:low"), Named("urn:middle"), Value("urn:has", "urn:it")
    steps = make_axiom("subclass", low, middle), make_axiom("subclass", middle, value)
    outright = make_axiom("subclass", low, value)

    found = justified((*steps, outright), Edge(low.iri, value.property, value.individual))

    assert found == ((outright.id,), tuple(step.id for step in steps))


def test_two_axioms_that_say_the_same_are_two_ways() -> None:
    """A definition and a statement of the same inclusion each carry it alone."""
    low, high = Named("urn:low"), Value("urn:has", "urn:it")
    both = make_axiom("equivalent", low, high), make_axiom("subclass", low, high)

    found = justified(both, Edge(low.iri, high.property, high.individual))

    assert found == tuple((axiom.id,) for axiom in both)


def test_what_does_not_follow_is_not_explained() -> None:
    """A question about something that does not hold is an error, never an empty answer."""
    axioms = (make_axiom("subclass", Named("urn:low"), Named("urn:high")),)

    with pytest.raises(ReasonerError, match=r"urn:it.*do not come to"):
        justified(axioms, Edge("urn:low", "urn:has", "urn:it"))


def test_an_impossible_class_is_explained() -> None:
    """The axioms that leave a class without members are named."""
    one, other, both = (Named(f"{HEART}{name}") for name in ("One", "Other", "Both"))
    needed = (
        make_axiom("disjoint", one, other),
        make_axiom("subclass", both, one),
        make_axiom("subclass", both, other),
    )
    beside = make_axiom("subclass", both, Named(f"{HEART}Beside"))

    assert find_clash([beside, *needed], both.iri) == tuple(axiom.id for axiom in needed)
    assert find_clash([beside, *needed], one.iri) == ()


def test_a_contradiction_is_explained() -> None:
    """The axioms that contradict each other are named."""
    one, other, it = (Named(f"{HEART}{name}") for name in ("One", "Other", "it"))
    needed = (
        make_axiom("disjoint", one, other),
        make_axiom("type", it, one),
        make_axiom("type", it, other),
    )
    beside = make_axiom("subclass", one, Named(f"{HEART}Beside"))

    assert find_clash([*needed, beside]) == tuple(axiom.id for axiom in needed)
    assert find_clash([*needed[1:], beside]) == ()


# ── The sets ────────────────────────────────────────────────────────────────────────────────


def fact(name: object) -> Fact:
    """Give a fact of some name."""
    return Fact("urn:it", TYPE, str(name))


FACTS = st.integers(0, 5)
STEPS = st.lists(st.tuples(FACTS, st.lists(FACTS, max_size=3)), max_size=8)


def placed(axioms: list[str]) -> dict[str, int]:
    """Give each axiom its place."""
    return {axiom: place for place, axiom in enumerate(axioms)}


@given(STEPS)
def test_every_minimal_set_is_found(steps: list[tuple[int, list[int]]]) -> None:
    """The sets are those that trying every set of axioms finds."""
    axioms = [f"a{number}" for number in range(len(steps))]
    rules = [
        Step(fact(head), "rule", tuple(map(fact, body)), (axiom,))
        for axiom, (head, body) in zip(axioms, steps, strict=True)
    ]

    found = minimal_sets([Step(fact(0), "given", ()), *rules], (fact(5),), placed(axioms))[fact(5)]

    assert set(map(frozenset, found)) == _by_trying(rules, axioms)
    assert list(found) == sorted(found, key=lambda each: (len(each), each))


def _by_trying(rules: list[Step], axioms: list[str]) -> set[frozenset[str]]:
    """The minimal sets of axioms by which fact 5 follows from fact 0, by trying all of them."""
    enough: set[frozenset[str]] = set()
    for size in range(len(axioms) + 1):
        for chosen in map(frozenset, combinations(axioms, size)):
            if not any(each <= chosen for each in enough) and _follows(rules, chosen):
                enough.add(chosen)
    return enough


def _follows(rules: list[Step], chosen: frozenset[str]) -> bool:
    known = {fact(0)}
    allowed = [each for each in rules if chosen.issuperset(each.axioms)]
    for _ in allowed:
        known |= {each.fact for each in allowed if known.issuperset(each.premises)}
    return fact(5) in known


def test_their_number_has_a_bound() -> None:
    """Each step of two ways doubles the number of sets; the smallest are kept, and it ends."""
    steps = 12
    order = [f"{way}{number}" for number in range(steps) for way in "xy"]
    rules = [
        Step(fact(number + 1), "rule", (fact(number),), (f"{way}{number}",))
        for number in range(steps)
        for way in "xy"
    ]
    shuffled = random.Random(1).sample(rules, len(rules))

    start = Step(fact(0), "given", ())
    (found,) = minimal_sets([start, *shuffled], (fact(steps),), placed(order)).values()

    assert len(found) == MOST_SETS
    assert found[0] == tuple(f"x{number}" for number in range(steps))
