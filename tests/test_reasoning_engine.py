"""The case engine: every fact has a proof, contradictions are shown, gaps are named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from differential import Reasoned, random_cases, reason_file

from kg.reasoning.engine import Fact, Facts, classify
from kg.reasoning.rules import TYPE

pytestmark = pytest.mark.jvm

HEART = "https://example.org/heart/"


@pytest.fixture(name="heart")
def _heart(root: Path) -> Reasoned:
    return reason_file(root / "tests/data/reasoning/troponin.ttl")


def _case(*facts: str) -> Facts:
    """Give a case from lines like `p a Patient`, `p takes d`, `o ratio 1.2`."""
    given: list[Fact] = []
    for line in facts:
        subject, role, value = line.split()
        target = f"{HEART}{value}" if role == "a" else f"urn:{value}"
        number = value.lstrip("-").replace(".", "").isdigit()
        predicate = TYPE if role == "a" else f"{HEART}{role}"
        given.append(Fact(f"urn:{subject}", predicate, Decimal(value) if number else target))
    return Facts.of(tuple(given))


def _is(individual: str, class_name: str) -> Fact:
    return Fact(f"urn:{individual}", TYPE, HEART + class_name)


ALERT = ("p a Patient", "p hasObservation o", "o a Troponin", "o ratio 3", "p takes d",
         "d a Anthracycline")  # fmt: skip


def test_a_rule_fires_only_with_all_its_premises(heart: Reasoned) -> None:
    """An alert needs the raised value and the drug; either alone raises none."""
    for spared in ALERT[2:]:
        case = _case(*(fact for fact in ALERT if fact != spared))

        assert _is("p", "AlertCase") not in classify(heart.rules, case)
    assert _is("p", "AlertCase") in classify(heart.rules, _case(*ALERT))


def test_a_consequence_of_a_class_becomes_an_edge(heart: Reasoned) -> None:
    """What a rule asks for stands as a property value of the case."""
    closure = classify(heart.rules, _case(*ALERT))

    assert closure.objects("urn:p", f"{HEART}needs") == {f"{HEART}repeat-test"}
    assert closure.objects("urn:p", f"{HEART}hasFinding") == {f"{HEART}raised-troponin"}


def test_every_proof_ends_in_given_facts(heart: Reasoned) -> None:
    """Whatever is derived follows step by step from facts that were given."""
    for case in random_cases(heart.axioms, 60, seed=3):
        given = set(case.all())
        closure = classify(heart.rules, case)
        for fact in closure.all(expressions=True):
            known: set[Fact] = set()
            for step in closure.proof(fact):
                assert known.issuperset(step.premises)
                assert step.rule != "given" or step.fact in given
                assert step.premises or step.rule in ("given", "axiom")
                known.add(step.fact)
            assert fact in known


def test_every_proof_holds_by_itself(heart: Reasoned) -> None:
    """The given facts that a proof ends in are enough to derive its fact again."""
    for case in random_cases(heart.axioms, 60, seed=4):
        closure = classify(heart.rules, case)
        for fact in closure.all():
            leaves = closure.leaves(fact)
            assert not leaves or fact in classify(heart.rules, Facts.of(leaves))


def test_the_axioms_of_properties_stand_in_the_proof(heart: Reasoned) -> None:
    """A step along a chain names the axiom that allows it."""
    fact = Fact("urn:p", f"{HEART}hasFinding", f"{HEART}raised-troponin")

    step = classify(heart.rules, _case(*ALERT)).derivation(fact)

    chain = next(axiom for axiom in heart.axioms if axiom.id in step.axioms)
    assert (step.rule, chain.kind) == ("chain", "chain")
    assert step.premises == (
        Fact("urn:p", f"{HEART}hasObservation", "urn:o"),
        Fact("urn:o", f"{HEART}shows", f"{HEART}raised-troponin"),
    )


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("disjoint", ("o a Troponin", "o a CreatineKinase")),
        ("disjoint", ("p a Infant", "p takes d", "d a Anthracycline")),
        ("functional", ("o ratio 1.0", "o ratio 1.1")),
        ("facet", ("o a RaisedTroponin", "o ratio 0.5")),
        ("disjoint", ("o a RaisedTroponin", "o a NormalCk")),
    ],
)
def test_contradictory_facts_are_found(heart: Reasoned, kind: str, facts: tuple[str, ...]) -> None:
    """A contradiction is shown with the given facts behind it, and no fact is lost."""
    case = _case("q a Patient", *facts)

    closure = classify(heart.rules, case)

    assert [clash.kind for clash in closure.clashes] == [kind]
    assert set(closure.clashes[0].leaves) <= set(_case(*facts).all())
    assert set(case.all()) <= set(closure.all())


def test_equal_values_in_two_spellings_do_not_clash(heart: Reasoned) -> None:
    """1.5 and 1.50 are one value."""
    assert not classify(heart.rules, _case("o ratio 1.5", "o ratio 1.50")).clashes
