"""What is remembered of cases changes no answer, and does not grow without end."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from itertools import combinations, product

import pytest
from random_cases import CaseMaker
from small import small_case, small_graph
from test_compile_rules import rules_of, subclass

from kg.answer.ask import ask, ask_shortly, shorten
from kg.answer.classified import ClassifiedCase, classified, classify_case
from kg.answer.impact import brings
from kg.answer.kept import MOST_KEPT, Bits, Kept, Sight
from kg.answer.memory import Memory, forget
from kg.answer.model import Message
from kg.case import Case, resolve_case
from kg.case.document import read_questions
from kg.compile.owl.axioms import make_axiom
from kg.curate.diff.difference import shipped_questions
from kg.model.errors import UsageError
from kg.model.rdf.values import iri_of
from kg.model.terms import Kind, Lexicon
from kg.model.topics import Hypothesis
from kg.model.vocabulary import EG
from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.expressions import Named, Some
from kg.reasoning.rules import Facts
from kg.show.data import json_line, short_line
from kg.store.knowledge import KnowledgeGraph

RANDOM = 300


@pytest.fixture(name="cases", scope="module")
def _cases(lexicon: Lexicon) -> tuple[Case, ...]:
    """Give the case of every shipped question, and random ones about two markers."""
    documents = [dict(each.case) for each in read_questions(shipped_questions())]
    for seed, marker in ((21, "ALP"), (22, "GGT")):
        about = lexicon.find(marker, Kind.MARKER)
        documents += CaseMaker(lexicon, seed).documents(RANDOM // 2, about=about)
    return tuple(_read(documents, lexicon))


def _read(documents: Iterable[dict[str, object]], lexicon: Lexicon) -> Iterator[Case]:
    for each in documents:
        try:
            yield resolve_case(each, lexicon)
        except UsageError:
            continue  # some questions ask about what no term stands for


@pytest.fixture(name="some")
def _some(knowledge: KnowledgeGraph, lexicon: Lexicon) -> ClassifiedCase:
    return classify_case(knowledge.rules, resolve_case({"conditions": ["osteoporosis"]}, lexicon))


@pytest.mark.slow
def test_what_is_remembered_changes_no_answer(
    knowledge: KnowledgeGraph, cases: tuple[Case, ...]
) -> None:
    """An answer is the same to the byte after no other case, after all, and in another order."""
    alone = []
    for case in cases:
        forget(knowledge)
        alone.append(json_line(ask(knowledge, case)))
    forget(knowledge)

    forwards = [json_line(ask(knowledge, case)) for case in cases]
    backwards = [json_line(ask(knowledge, case)) for case in reversed(cases)]

    assert len(cases) > RANDOM
    assert forwards == alone
    assert backwards[::-1] == alone


def test_no_case_changes_the_answer_to_the_next() -> None:
    """After whichever other case, each of a small graph has the answer that it has alone."""
    graph = small_graph()
    names = ("diving", "mining", "rash", "pallor", "stone", "strain")
    pairs = [(), *[(each,) for each in names], *combinations(names, 2)]
    cases = [small_case(graph, *pair) for pair in pairs]

    def answer(case: Case) -> bytes:
        return json_line(ask(graph, case))

    alone = []
    for case in cases:
        forget(graph)
        alone.append(answer(case))
    assert len(set(alone)) > len(cases) // 2
    for before, (case, expected) in product(cases, zip(cases, alone, strict=True)):
        forget(graph)
        answer(cases[0])  # nothing is kept of the first
        answer(before)
        assert answer(case) == expected, (before, case)


@pytest.mark.slow
def test_a_short_answer_is_the_whole_one_in_short(
    knowledge: KnowledgeGraph, cases: tuple[Case, ...]
) -> None:
    """It holds what `shorten` makes of the whole answer, and nothing else."""
    for case in cases:
        assert ask_shortly(knowledge, case) == shorten(ask(knowledge, case))


def test_a_row_is_found_by_what_it_asked_for(some: ClassifiedCase) -> None:
    """A case that differs where nothing was asked has the same row; one that differs there not."""
    bits, worked_out = Bits(frozenset()), []

    def work_out(sight: Sight) -> str:
        worked_out.append(sight.word)
        if "fever" not in sight.findings:
            return "well"
        return "ill" if "cough" in sight.findings else "hot"

    def case(*findings: str) -> Sight:
        return Sight(bits, some, 0).with_more([("findings", each) for each in findings])

    row = Kept((), work_out)
    found = [row.of(case(*each)) for each in ((), ("cough",), ("fever",), ("rash", "fever"))]
    assert found == ["well", "well", "hot", "hot"]
    assert len(worked_out) == 2
    assert row.of(case("fever", "cough")) == "ill"
    assert row.of(case("cough")) == "well"
    assert row.of(case("fever")) == "hot"


def test_what_a_row_asks_is_asked_by_who_asks_for_it(some: ClassifiedCase) -> None:
    """A row that is made of another one turns on what that turns on, also where it was known."""
    bits = Bits(frozenset())
    inner = Kept((), lambda sight: "fever" in sight.findings)
    outer = Kept(("outer",), inner.of)
    ill = Sight(bits, some, 0).with_more([("findings", "fever")])
    well = Sight(bits, some, 0)
    assert [inner.of(ill), inner.of(well)] == [True, False]

    assert [outer.of(ill), outer.of(well)] == [True, False]


def test_all_names_of_a_table_are_asked_for_at_once(some: ClassifiedCase) -> None:
    """Which of them are there is told, and a case that has another one has another row."""
    bits, table = Bits(frozenset()), dict.fromkeys(("adult", "child", "old"))
    row = Kept((), lambda sight: sorted(sight.among("contexts", table)))

    def case(*contexts: str) -> Sight:
        return Sight(bits, some, 0).with_more([("contexts", each) for each in contexts])

    assert row.of(case("adult", "pregnant")) == ["adult"]
    assert row.of(case("adult")) == ["adult"]
    assert row.size == 1
    assert row.of(case("adult", "old")) == ["adult", "old"]
    assert some.among("contexts", {EG.Case: 0, "urn:none": 0}) == [EG.Case]


def test_a_row_keeps_so_many_values(some: ClassifiedCase) -> None:
    """What would be more than that begins anew, and is right all the same."""
    bits = Bits(frozenset())
    names = [str(number) for number in range(12)]
    row = Kept((), lambda sight: tuple(each in sight.findings for each in names))

    for number in range(2 * MOST_KEPT):
        said = [name for place, name in enumerate(names) if number >> place & 1]
        sight = Sight(bits, some, 0).with_more([("findings", each) for each in said])
        assert row.of(sight) == tuple(each in said for each in names)
        assert row.size <= MOST_KEPT


def test_what_a_fact_brings_may_turn_on_other_parts(knowledge: KnowledgeGraph) -> None:
    """Where rules lead from a part back to the case, it is asked what else the case has."""
    given, told, ill, worse = (Named(f"urn:{each}") for each in ("given", "told", "ill", "worse"))
    follows = {
        Some(EG.hasTreatment, given): told,
        Some("urn:of", told): ill,
        Some(EG.hasCondition, ill): worse,
    }
    rules = rules_of(
        make_axiom("inverse", Named(EG.hasCondition), Named("urn:of")),
        *[subclass(lower, upper) for lower, upper in follows.items()],
        supers={lower: [upper] for lower, upper in follows.items()},
    )
    topic = next(iter(knowledge.model.tables.topics.values()))
    memory, new = Memory(knowledge, topic), frozenset({told.iri, worse.iri})
    hypothesis = Hypothesis("treatment", given.iri, given.iri, "given", brings=new)

    def brought(*conditions: str) -> set[str]:
        types = [("case", EG.Case), *[(each, "urn:condition") for each in conditions]]
        edges = tuple(("case", EG.hasCondition, each) for each in conditions)
        case = classified(rules, classify(rules, Facts(tuple(types), edges)), "case")
        return {name for _, name in brings(memory, hypothesis, memory.sight(case)) or ()}

    assert brought() == {told.iri}
    assert brought("case:1") == {told.iri, worse.iri}
    assert brought() == {told.iri}


def test_nothing_of_a_patient_is_remembered(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Neither facts of a case nor what is said of them is there when it has its answer."""
    lab = {"marker": "ALP", "value": "7131.7", "unit": "U/L", "high": "100", "date": "1931-03-14"}
    json_line(ask(knowledge, resolve_case({"conditions": ["quixotism"], "labs": [lab]}, lexicon)))

    gc.collect()
    left = [each for each in gc.get_objects() if isinstance(each, (Case, Closure, Message))]
    assert not [each for each in left if "quixotism" in repr(each) or "71.317" in repr(each)]
    held = _held_by_caches()
    assert not [each for each in ("quixotism", "7131.7", "1931-03-14") if each in held]


def _held_by_caches() -> str:
    """All that functions of this project were called with and keep."""
    caches = [each for each in gc.get_objects() if isinstance(each, type(iri_of))]
    ours = [each for each in caches if str(each.__module__).startswith("kg.")]
    assert ours
    return repr([gc.get_referents(each) for each in ours])


def test_a_short_line_is_written_as_any_other(
    knowledge: KnowledgeGraph, cases: tuple[Case, ...]
) -> None:
    """The quick way to its bytes gives those of every value that is shown."""
    head: dict[str, object] = {"line": 7, "id": "é\u2028"}
    for case in cases[:60]:
        answer = ask_shortly(knowledge, case)
        assert short_line(head, answer) == json_line({**head, "verdicts": answer})
