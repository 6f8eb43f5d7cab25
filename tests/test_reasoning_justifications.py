"""Justifications: enough, minimal, and the same every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from differential import Reasoned, reason_file

from kg.compile.owl import hermit
from kg.compile.owl.axioms import Axiom, Declarations, make_axiom, text
from kg.compile.owl.expressions import Named, Value
from kg.compile.owl.justifications import explain, inconsistency, smallest, unsatisfiable
from kg.compile.owl.ntriples import write_ntriples
from kg.model.errors import ReasonerError

pytestmark = pytest.mark.jvm

HEART = "https://example.org/heart/"


@pytest.fixture(name="heart")
def _heart(root: Path) -> Reasoned:
    return reason_file(root / "tests/data/reasoning/troponin.ttl")


def _chosen(axioms: tuple[Axiom, ...], ids: tuple[str, ...]) -> list[Axiom]:
    return [axiom for axiom in axioms if axiom.id in ids]


def test_an_edge_rests_on_the_axioms_that_make_it(heart: Reasoned) -> None:
    """Why a cause is argued against is shown axiom by axiom."""
    edge = f"{HEART}Infarction", Value(f"{HEART}arguesAgainst", f"{HEART}normal-ck")

    ids = explain(heart.axioms, [edge], declarations=heart.declarations)[edge]

    assert {text(axiom, {}) for axiom in _chosen(heart.axioms, ids)} == {
        "ArguedAgainstByNormalCk EquivalentTo arguesAgainst value normal-ck",
        "CardiacCause EquivalentTo RaisingFactor and (locatedIn some Heart)",
        "CardiacCause SubClassOf ArguedAgainstByNormalCk",
        "InMyocardium EquivalentTo locatedIn some Myocardium",
        "Infarction SubClassOf InMyocardium",
        "Infarction SubClassOf RaisingFactor",
        "Myocardium SubClassOf partOf some Heart",
        "locatedIn o partOf SubPropertyOf locatedIn",
    }


def test_no_axiom_of_a_justification_can_be_spared(heart: Reasoned) -> None:
    """Each justification entails, and without any one of its axioms it does not."""
    pair = f"{HEART}MyocarditisCase", f"{HEART}ImagingCase"
    question = pair[0], Named(pair[1])
    ids = explain(heart.axioms, [question], declarations=heart.declarations)[question]

    def entails(axioms: list[Axiom]) -> bool:
        return hermit.classify(write_ntriples(axioms, heart.declarations)).subsumed(*pair)

    chosen = _chosen(heart.axioms, ids)
    assert entails(chosen)
    for spared in chosen:
        assert not entails([axiom for axiom in chosen if axiom is not spared])


def test_every_subsumption_has_the_same_justification_each_time(heart: Reasoned) -> None:
    """The shares of two workers give what one worker gives."""
    named = [
        (lower, Named(upper))
        for lower, uppers in heart.hierarchy.supers.items()
        for upper in sorted(uppers)
        if lower.startswith(HEART) and upper.startswith(HEART)
    ]

    one = explain(heart.axioms, named, declarations=heart.declarations, workers=1)
    two = explain(heart.axioms, named, declarations=heart.declarations, workers=2)

    assert one == two
    assert len(one) == len(named)


def test_earlier_axioms_are_preferred(heart: Reasoned) -> None:
    """Of two reasons, the one that the caller puts first is given."""
    low, high = Named(f"{HEART}Infarction"), Named(f"{HEART}AcuteFactor")
    direct = make_axiom("subclass", low, high)
    question = low.iri, high

    first = explain([direct, *heart.axioms], [question])[question]
    last = explain([*heart.axioms, direct], [question])[question]

    assert first == (direct.id,)
    assert direct.id not in last


def test_what_does_not_follow_is_not_explained(heart: Reasoned) -> None:
    """A question about something that does not hold is an error, never an empty answer."""
    question = f"{HEART}KidneyFailure", Named(f"{HEART}CardiacCause")

    with pytest.raises(ReasonerError, match="nothing to explain"):
        explain(heart.axioms, [question])


def test_an_impossible_class_is_explained() -> None:
    """The axioms that leave a class without members are named."""
    one, other, both = (Named(f"{HEART}{name}") for name in ("One", "Other", "Both"))
    needed = (
        make_axiom("disjoint", one, other),
        make_axiom("subclass", both, one),
        make_axiom("subclass", both, other),
    )
    beside = make_axiom("subclass", both, Named(f"{HEART}Beside"))

    assert unsatisfiable([beside, *needed], both.iri) == tuple(axiom.id for axiom in needed)


def test_a_contradiction_is_explained() -> None:
    """The axioms that contradict each other are named."""
    one, other, it = (Named(f"{HEART}{name}") for name in ("One", "Other", "it"))
    needed = (
        make_axiom("disjoint", one, other),
        make_axiom("type", it, one),
        make_axiom("type", it, other),
    )
    beside = make_axiom("subclass", one, Named(f"{HEART}Beside"))
    declarations = Declarations(individuals=frozenset({it.iri}))

    found = inconsistency([*needed, beside], declarations=declarations)

    assert found == tuple(axiom.id for axiom in needed)


@pytest.mark.parametrize("needed", [{"a"}, {"a", "z"}, {"c", "d", "m"}, set("bdfhjlnprt")])
def test_halving_finds_exactly_what_is_needed(needed: set[str]) -> None:
    """The search keeps what is needed and nothing else, wherever it lies."""
    letters = list("abcdefghijklmnopqrstuvwxyz")

    assert set(smallest(letters, lambda part: needed <= set(part))) == needed
