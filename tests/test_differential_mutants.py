"""Every compiled rule is needed, and says what it says: no rule can be changed unseen.

A part of the mutants is made in every run, spread over all tables of the rules; `make
test-nightly` makes each one. The engine alone is asked: that the rules themselves are right is
what test_differential.py compares with HermiT, over the same kinds of cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

import pytest
from differential import Reasoned, random_cases, reason_ontology
from mutants import Mutant, equivalence, mutants, targeted
from witnesses import boundary_cases, clashing_cases, members, property_cases

from kg.reasoning.engine import classify
from kg.reasoning.rules import Fact, Facts, Rules

pytestmark = pytest.mark.jvm

EVERY = 30
"""One mutant in so many is made in every run."""
RANDOM = 60
"""Random cases that a mutant gets beside those that are made from the rules."""
SPARED = 0.2
"""So much of all mutants at most may be shown to say the same as the rules."""

Seen = tuple[frozenset[Fact], bool]


@pytest.mark.slow
def test_no_rule_can_be_changed_unseen() -> None:
    """One mutant in thirty is told from the rules by a case, or shown to say the same of all."""
    reasoned = reason_ontology()

    counts = assert_all_decided(reasoned, all_mutants()[::EVERY])

    assert counts["told apart"] > 40


@pytest.mark.nightly
def test_not_one_rule_can_be_changed_unseen() -> None:
    """Every mutant is told from the rules by a case, or shown to say the same of all cases."""
    reasoned = reason_ontology()

    counts = assert_all_decided(reasoned, all_mutants())

    assert counts["told apart"] > 400
    assert counts.total() - counts["told apart"] < SPARED * counts.total()


@pytest.mark.slow
def test_every_table_of_the_rules_has_mutants() -> None:
    """A kind of rule that the engine learns needs mutants before this test passes again."""
    rules = reason_ontology().rules
    changed = {
        table
        for mutant in all_mutants()
        for table in TABLES
        if getattr(mutant.rules, table) is not getattr(rules, table)
    }

    assert changed == {table for table in TABLES if getattr(rules, table)}


@pytest.mark.slow
def test_a_rule_that_says_something_is_not_called_needless() -> None:
    """No mutant that a case tells apart is shown to say the same."""
    rules = reason_ontology().rules
    some = all_mutants()[5::60]

    told = [each for each in some if is_told_apart(rules, each, ())]

    assert told
    assert not [each.name for each in told if equivalence(rules, each)]


TABLES = (
    "supers", "conjunctions", "existentials", "values", "facets", "super_properties", "chains",
    "inverses", "domains", "ranges", "disjoint", "functional", "constants",
)  # fmt: skip


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant of the rules of the ontology."""
    return tuple(mutants(reason_ontology().rules))


def assert_all_decided(reasoned: Reasoned, found: Iterable[Mutant]) -> Counter[str]:
    """How many mutants a case tells apart, and how many are shown to say the same, by reason."""
    cases = seeded(reasoned)
    counts: Counter[str] = Counter()
    undecided = []
    for mutant in found:
        if is_told_apart(reasoned.rules, mutant, cases):
            counts["told apart"] += 1
        elif reason := equivalence(reasoned.rules, mutant):
            counts[reason] += 1
        else:
            undecided.append(mutant.name)
    assert not undecided
    return counts


def is_told_apart(rules: Rules, mutant: Mutant, cases: Iterable[tuple[Facts, Seen]]) -> bool:
    """Whether some case comes out differently: first those that are made for this mutant."""
    made = targeted(rules, mutant)
    return any(seen(mutant.rules, case) != seen(rules, case) for case in made) or any(
        seen(mutant.rules, case) != known for case, known in cases
    )


def seen(rules: Rules, case: Facts) -> Seen:
    """What an answer can see of a case: every fact with a name, and whether it can be."""
    closure = classify(rules, case)
    return frozenset(closure.all()), bool(closure.clashes)


@cache
def seeded(reasoned: Reasoned) -> tuple[tuple[Facts, Seen], ...]:
    """The cases that all mutants get, with what the rules say of them."""
    rules = reasoned.rules
    cases = [*boundary_cases(rules), *clashing_cases(rules), *property_cases(rules)]
    cases += [*members(rules).values(), *random_cases(reasoned.axioms, RANDOM, seed=12)]
    return tuple((case, seen(rules, case)) for case in cases)
