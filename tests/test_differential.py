"""The engine says of every case what HermiT says, and a second reasoner agrees.

In every run 40 random cases of two kinds (made from the definitions, and made as a clinic would
send them), one case in five of the questions, 100 cases that contradict themselves, one in four
with a value at -1 ulp, equal and +1 ulp of a limit, and one case for each rule.
`make test-exhaustive` takes 200 random cases, and all of the questions and of the limits, `make
test-nightly` 2,000 and 1,000 contradictory ones.
HermiT gets random cases in small batches: its time grows with the square of the individuals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest
from clashing import classified, contradictory_cases, start
from counting import counts, share_of
from differential import (
    Differences,
    Reasoned,
    assert_same,
    compare,
    random_cases,
    reason_ontology,
    renamed,
)
from patients import Patients
from second_opinion import MOST, opinion
from witnesses import boundary_cases, clashing_cases, members, property_cases

from kg.case import case_facts, resolve_case
from kg.case.document import Question, read_questions
from kg.curate.diff.difference import shipped_questions
from kg.model.terms import Lexicon
from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.rules import THING, Facts

pytestmark = pytest.mark.jvm

Taken = Callable[[Sequence[Question]], Sequence[Question]]
SOME_OR_ALL = (lambda all_: all_[::5], pytest.param(share_of, marks=pytest.mark.exhaustive))
"""The case of one question in five is compared in every run, of each in the exhaustive one."""
SEED = 20261122


@pytest.fixture(name="reasoned", scope="module")
def _reasoned() -> Reasoned:
    """Give the ontology classified by HermiT."""
    return reason_ontology()


@pytest.mark.slow
@counts(24, exhaustive=120, nightly=1_200)
def test_cases_made_from_definitions(reasoned: Reasoned, count: int) -> None:
    """24 cases (120; 1,200 at night) that half fulfil definitions: HermiT says the same facts."""
    cases = random_cases(reasoned.axioms, count, seed=SEED + count)

    compared = assert_same(reasoned.rules, reasoned.axioms, cases)

    assert compared.facts > 8 * count
    assert compared.clashing


@pytest.mark.slow
@counts(16, exhaustive=80, nightly=800)
def test_cases_as_a_clinic_sends_them(reasoned: Reasoned, lexicon: Lexicon, count: int) -> None:
    """16 patients (80; 800 at night) with values about the limits: HermiT says the same facts."""
    cases = list(islice(realistic(reasoned, lexicon, SEED + count), count))

    compared = assert_same(reasoned.rules, reasoned.axioms, cases)

    assert compared.cases > 0.7 * len(cases)
    assert compared.facts > 12 * count


@pytest.mark.slow
@pytest.mark.parametrize("taken", SOME_OR_ALL, ids=["default", "exhaustive"])
def test_the_cases_of_the_questions(reasoned: Reasoned, lexicon: Lexicon, taken: Taken) -> None:
    """Of one question in five (of each) the compiled rules say what HermiT says of its case."""
    questions = taken(read_questions(shipped_questions()))
    read = [resolve_case(dict(each.case), lexicon) for each in questions]
    cases = tuple(renamed(case_facts(case), f"urn:case:{n}:") for n, case in enumerate(read))

    differences = assert_same(reasoned.rules, reasoned.axioms, cases)

    assert differences.cases + differences.clashing >= len(cases) - 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "taken",
    [lambda cases: cases[::4], pytest.param(share_of, marks=pytest.mark.exhaustive)],
    ids=["default", "exhaustive"],
)
def test_every_limit_is_exact(
    reasoned: Reasoned, taken: Callable[[Sequence[Facts]], Sequence[Facts]]
) -> None:
    """At -1 ulp, on and +1 ulp of the limits of all definitions: no fact differs.

    One such case in four in every run, each in the exhaustive one.
    """
    cases = tuple(taken(tuple(boundary_cases(reasoned.rules))))

    differences = compare(reasoned.rules, reasoned.axioms, cases, batch=60)

    assert not differences.found
    assert differences.cases == len(cases)


@pytest.mark.slow
def test_one_case_for_each_rule(reasoned: Reasoned) -> None:
    """What the least case of each rule is, and whether it can be, is what HermiT says."""
    rules = reasoned.rules
    made = [*members(rules).values(), *property_cases(rules), *clashing_cases(rules)]

    compared = differences_as_classes(reasoned, made)

    assert not compared.found
    assert compared.clashing >= len(rules.functional)
    assert compared.cases > len(rules.supers)


@pytest.mark.slow
@counts(100, nightly=1_000)
def test_what_cannot_be(reasoned: Reasoned, count: int) -> None:
    """100 contradictory cases (1,000 at night): HermiT says of each that nothing can be so."""
    made = list(contradictory_cases(reasoned.rules, count, seed=SEED + count))

    compared = differences_as_classes(reasoned, made)

    assert not compared.found
    assert compared.clashing == count


@pytest.mark.slow
@counts(15, exhaustive=60, nightly=600)
def test_a_second_opinion(reasoned: Reasoned, lexicon: Lexicon, tmp_path: Path, count: int) -> None:
    """rustdl, asked about 30 cases (120; 1,200 at night), finds nothing that the engine misses.

    What it does not find itself, for it gives up in silence on larger cases, is what HermiT finds.
    """
    seed = SEED - count
    cases = [
        *random_cases(reasoned.axioms, count // 2, seed=seed),
        *islice(realistic(reasoned, lexicon, seed), count),
        *contradictory_cases(reasoned.rules, count // 2, seed=seed),
    ]
    asked = [closure for closure in closures(reasoned, cases) if len(closure.individuals) < MOST]

    found = [opinion(reasoned.axioms, reasoned.hierarchy, each, tmp_path) for each in asked]

    assert not [each for each in found if each.only_rustdl]
    missed = [each.case for each in found if each.only_engine]
    assert len(missed) < 0.02 * len(asked)
    assert not compare(reasoned.rules, reasoned.axioms, missed).found
    assert len(asked) > 0.9 * len(cases)


def realistic(reasoned: Reasoned, lexicon: Lexicon, seed: int) -> Iterator[Facts]:
    """The facts of patients, about individuals of their own."""
    patients = Patients(lexicon, reasoned.rules, seed)
    number = 0
    while True:
        facts = case_facts(patients.case(patients.document(number)))
        number += 1
        yield renamed(facts, f"urn:case:{number}:")


def closures(reasoned: Reasoned, cases: Sequence[Facts]) -> Iterator[Closure]:
    """What the engine makes of the cases."""
    return (classify(reasoned.rules, case) for case in cases)


def differences_as_classes(reasoned: Reasoned, cases: Sequence[Facts]) -> Differences:
    """Where engine and HermiT differ on cases that are each asked about as a class."""
    named = {f"urn:asked:{number}": case for number, case in enumerate(cases) if case.all()}
    truth = classified(reasoned.axioms, named)
    result = Differences()
    for (name, case), closure in zip(
        named.items(), closures(reasoned, list(named.values())), strict=True
    ):
        if (name in truth.unsatisfiable) != bool(closure.clashes):
            result.only_engine.append((name, "clash", str(case)))
        elif closure.clashes:
            result.clashing += 1
        else:
            result.cases += 1
            ours = closure.types(start(case)) - {THING}
            theirs = {each for each in truth.supers.get(name, ()) if each not in named}
            result.only_engine.extend((name, each) for each in sorted(ours - theirs))
            result.only_hermit.extend((name, each) for each in sorted(theirs - ours))
            result.facts += len(ours | theirs)
    return result
