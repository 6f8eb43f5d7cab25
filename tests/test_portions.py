"""A case that is put together of its portions is what the engine makes of it as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import pytest
from random_cases import CaseMaker
from random_rules import SUBJECT, RuleMaker
from test_compile_rules import rules_of, subclass

from kg.case import case_facts, resolve_case
from kg.compile.owl.axioms import make_axiom
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG
from kg.reasoning.engine import classify
from kg.reasoning.expressions import Named, Some
from kg.reasoning.portions import Together, as_one, portion_of, together
from kg.reasoning.rules import Facts, Rules
from kg.reasoning.words import MOST_PORTIONS, Key, Portion
from kg.store.knowledge import KnowledgeGraph


def whole(rules: Rules, facts: Facts, subject: str) -> Together:
    """What the engine makes of a case."""
    return as_one(rules, classify(rules, facts), subject)


def leads(found: Together) -> set[tuple[str, str, frozenset[str], frozenset[str]]]:
    """What a case leads to."""
    edges = (lead for each in found.portions for lead in each.leads)
    return {(each.role, each.target, each.types, each.figures) for each in edges}


def all_of(found: Together, name: str) -> set[object]:
    """All that the portions of a case have in a field."""
    return set().union(*[getattr(each, name) for each in found.portions])


def same(one: Together, other: Together) -> bool:
    """Whether two cases are the same, have the same, and can be, or cannot."""
    names = "types", "kinds", "others", "has", "implied", "implied_classes", "figures"
    fields = all(all_of(one, name) == all_of(other, name) for name in names)
    return fields and leads(one) == leads(other) and one.possible == other.possible


def begun(rules: Rules) -> Rules:
    """The same rules, by which a case was classified before."""
    rules.words.is_new = False
    return rules


def taken_apart(rules: Rules, cases: Iterable[Facts], subject: str) -> Iterator[bool]:
    """Whether each case was taken apart; it is in any event what the engine makes of it."""
    for facts in cases:
        found = together(rules, facts, subject)
        assert same(found, whole(rules, facts, subject)), facts
        yield found.closure is None


@pytest.mark.parametrize("seed", range(60))
def test_random_cases_of_random_rules(seed: int) -> None:
    """Of 60 sets of rules, 50 cases each: the second half meets portions of the first."""
    maker = RuleMaker(seed)
    rules = begun(maker.rules())

    assert len([*taken_apart(rules, [maker.facts() for _ in range(50)], SUBJECT)]) == 50


def test_most_random_cases_are_taken_apart() -> None:
    """Of random rules a quarter of the cases at least; so the test above compares something."""
    found: list[bool] = []
    for seed in range(60):
        maker = RuleMaker(seed)
        rules = begun(maker.rules())
        found += taken_apart(rules, [maker.facts() for _ in range(10)], SUBJECT)

    assert sum(found) > len(found) / 4


@pytest.mark.parametrize("seed", range(10))
def test_rules_that_lead_back_take_no_case_apart(seed: int) -> None:
    """Where a property has an inverse, a case is one portion."""
    maker = RuleMaker(seed)
    rules = begun(maker.rules(inverses=True))

    assert not any(taken_apart(rules, [maker.facts() for _ in range(20)], SUBJECT))


def test_cases_of_the_graph(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Of 300 random cases about two markers all are taken apart."""
    found = [
        each
        for seed, marker in ((41, "ALP"), (42, "GGT"))
        for each in CaseMaker(lexicon, seed).documents(150, about=lexicon.find(marker, Kind.MARKER))
    ]
    cases = [resolve_case(each, lexicon) for each in found]

    rules = begun(knowledge.rules)
    assert all(taken_apart(rules, map(case_facts, cases), cases[0].subject))


def test_numbers_at_every_limit(knowledge: KnowledgeGraph) -> None:
    """A result just below, at and just above each limit is of the class that the engine gives."""
    rules = begun(knowledge.rules)
    step = Decimal("0.000001")
    limits = {
        (role, end)
        for role, each, _ in rules.facets
        for end in (each.at_least, each.above, each.at_most, each.below)
        if end is not None
    }
    heads = {head for _, _, head in rules.facets}
    limited = [parts for _, parts in rules.conjunctions if not heads.isdisjoint(parts)]
    markers = sorted({each for parts in limited for each in parts} - heads)
    edges = (("c", EG.hasObservation, "c:observation:1"),)
    for role, limit in sorted(limits):
        for value in (limit - step, limit, limit + step):
            cases = (
                Facts((("c:observation:1", each),), edges, (("c:observation:1", role, value),))
                for each in markers
            )
            of_case = Facts(values=(("c", role, value),))
            assert any(taken_apart(rules, [*cases, of_case], "c"))


def test_a_part_that_is_told_by_what_leads_to_it_is_not_taken_apart() -> None:
    """Where it is of a class since something leads to it, another part may turn on that."""
    one, other, told = Named("urn:one"), Named("urn:other"), Named("urn:told")
    rules = begun(
        rules_of(
            make_axiom("range", Named("urn:leads"), told),
            subclass(Some(EG.hasTreatment, told), other),
            supers={Some(EG.hasTreatment, told): [other]},
        )
    )
    types = ("c:result:1", one.iri), ("c:treatment:1", one.iri)
    edges = ("c", EG.hasObservation, "c:result:1"), ("c", EG.hasTreatment, "c:treatment:1")
    led = ("c:result:1", "urn:leads", "c:treatment:1")

    assert [*taken_apart(rules, [Facts(types, edges)], "c")] == [True]
    found = together(rules, Facts(types, (*edges, led)), "c")
    assert same(found, whole(rules, Facts(types, (*edges, led)), "c"))
    assert other.iri in found.types


def test_the_first_case_is_one_portion(knowledge: KnowledgeGraph) -> None:
    """Most processes answer no other, and the parts of one are not worth keeping."""
    rules = knowledge.rules
    rules.words.forget()
    facts = Facts((("c", EG.Case),))

    assert together(rules, facts, "c").closure is not None
    assert together(rules, facts, "c").closure is None


def test_no_more_portions_are_kept_than_some(knowledge: KnowledgeGraph) -> None:
    """Then they begin anew."""
    words = knowledge.rules.words
    portion = portion_of(knowledge.rules, classify(knowledge.rules, Facts()), "c")
    words.forget()
    for number in range(MOST_PORTIONS + 1):
        words.keep(("number", number), portion)

    assert words.portion(("number", 0)) is None
    assert words.portion(("number", MOST_PORTIONS)) is portion
    words.forget()


def test_a_portion_is_kept_by_nothing_that_a_patient_has_alone(
    knowledge: KnowledgeGraph, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither values nor days nor names: classes, properties, and places among limits."""
    kept: dict[Key, Portion] = {}
    words = begun(knowledge.rules).words
    words.forget()
    words.is_new = False
    keep = words.keep
    monkeypatch.setattr(words, "keep", lambda key, it: kept.setdefault(key, keep(key, it)))
    drug = {"drug": "prednisone", "start": "2025-02-01"}
    lab = {"marker": "ALP", "value": "7131.7", "unit": "U/L", "high": "100", "date": "2025-03-09"}
    data = {"drugs": [drug], "labs": [lab], "age": "71"}
    case = resolve_case(data, lexicon)
    together(knowledge.rules, case_facts(case), case.subject)

    told = repr([*kept.items()])
    assert "Decimal" not in told
    assert not [each for each in ("7131", "71.3", "2025-") if each in told]
