"""What is remembered of cases changes no answer, and does not grow without end."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations, product
from types import FrameType

import pytest
from random_cases import CaseMaker
from small import small_case, small_graph
from test_compile_rules import rules_of, subclass

from kg.answer.ask import ask, ask_shortly, shorten
from kg.answer.classified import ClassifiedCase, classified, classify_case
from kg.answer.impact import brings
from kg.answer.kept import MOST_KEPT, Bits, Kept, Sight
from kg.answer.memory import Memory, forget
from kg.case import Case, resolve_case
from kg.case.document import read_questions
from kg.compile.owl.axioms import make_axiom
from kg.curate.diff.difference import shipped_questions
from kg.library import Graph
from kg.model.errors import UsageError
from kg.model.terms import Kind, Lexicon
from kg.model.topics import Hypothesis
from kg.model.vocabulary import EG
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


@pytest.mark.slow
def test_nothing_of_a_patient_is_remembered(knowledge: KnowledgeGraph) -> None:
    """Names, numbers and days that a case was given with are nowhere when it has its answer."""
    graph = Graph(knowledge)
    for _ in range(2):  # the first that is asked goes another way
        _ask_of_a_patient(graph)

    gc.collect()
    assert not _held(_patient())


def _patient() -> tuple[str, ...]:
    """A name, a number and a day of nobody else; written backwards, so that no code holds them."""
    return tuple(each[::-1] for each in ("msitoxiuq", "7.1317", "41-30-1391"))


def _ask_of_a_patient(graph: Graph) -> None:
    """Ask in every way that a program has, in a document and in words."""
    name, value, day = _patient()
    lab = {"marker": "ALP", "value": value, "unit": "U/L", "high": "100", "date": day}
    answer = graph.ask_case({"conditions": ["multiple myeloma", name], "labs": [lab]})
    for cause in answer.causes[:3]:
        str(answer.why(cause))
    str(answer.what_if("ggt=high"))
    str(answer)
    answer._repr_html_()
    words = f"causes of raised ALP given {name}, ALP {value} U/L (35-105) on {day}"
    str(graph.ask_case({"question": words}))


def _referents(holder: object) -> Iterator[object]:
    """What something holds, and what is in those of it that nobody looks through for garbage."""
    for each in gc.get_referents(holder):
        yield each
        if isinstance(each, (dict, tuple)) and not gc.is_tracked(each):
            yield from _referents(each)


def _held(words: tuple[str, ...]) -> list[str]:
    """Every text and number of the process in which one of these words stands, but these."""
    own = {id(words), *map(id, words)}
    texts = {
        id(each): str(each)
        for holder in gc.get_objects()
        if id(holder) not in own and not isinstance(holder, FrameType)
        for each in _referents(holder)
        if isinstance(each, (str, Decimal)) and id(each) not in own
    }
    wanted = (*words, "713.17"[::-1])  # rules compare the number as a multiple of its limit
    return [text for text in texts.values() if any(each in text.lower() for each in wanted)]


def test_a_short_line_is_written_as_any_other(
    knowledge: KnowledgeGraph, cases: tuple[Case, ...]
) -> None:
    """The quick way to its bytes gives those of every value that is shown."""
    head: dict[str, object] = {"line": 7, "id": "é\u2028"}
    for case in cases[:60]:
        answer = ask_shortly(knowledge, case)
        assert short_line(head, answer) == json_line({**head, "verdicts": answer})
