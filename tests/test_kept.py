"""What is remembered of cases changes no answer, and does not grow without end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from random_cases import CaseMaker

from kg.answer.ask import ask, ask_shortly, shorten
from kg.answer.classified import ClassifiedCase, classify_case
from kg.answer.kept import MOST_KEPT, Bits, Kept, Sight
from kg.answer.memory import forget
from kg.case import Case, resolve_case
from kg.case.document import read_questions
from kg.curate.diff.difference import shipped_questions
from kg.model.errors import UsageError
from kg.model.terms import Kind, Lexicon
from kg.show.data import json_line
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

    row = Kept(work_out)
    found = [row.of(case(*each)) for each in ((), ("cough",), ("fever",), ("rash", "fever"))]
    assert found == ["well", "well", "hot", "hot"]
    assert len(worked_out) == 2
    assert row.of(case("fever", "cough")) == "ill"
    assert row.of(case("cough")) == "well"
    assert row.of(case("fever")) == "hot"


def test_what_a_row_asks_is_asked_by_who_asks_for_it(some: ClassifiedCase) -> None:
    """A row that is made of another one turns on what that turns on, also where it was known."""
    bits = Bits(frozenset())
    inner = Kept(lambda sight: "fever" in sight.findings)
    outer = Kept(inner.of)
    ill = Sight(bits, some, 0).with_more([("findings", "fever")])
    well = Sight(bits, some, 0)
    assert [inner.of(ill), inner.of(well)] == [True, False]

    assert [outer.of(ill), outer.of(well)] == [True, False]


def test_a_row_keeps_so_many_values(some: ClassifiedCase) -> None:
    """What would be more than that begins anew, and is right all the same."""
    bits = Bits(frozenset())
    names = [str(number) for number in range(12)]
    row = Kept(lambda sight: tuple(each in sight.findings for each in names))

    for number in range(2 * MOST_KEPT):
        said = [name for place, name in enumerate(names) if number >> place & 1]
        sight = Sight(bits, some, 0).with_more([("findings", each) for each in said])
        assert row.of(sight) == tuple(each in said for each in names)
        assert row.size <= MOST_KEPT
