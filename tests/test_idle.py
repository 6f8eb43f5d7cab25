"""Every fact that is given acts on the answer, or is named at its head as without effect.

Whole answers of patients made by chance: 40 in every run; `make test-nightly` takes 5,000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from counting import counts
from patients import Patients, without_each_part

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case import read_case
from kg.model.terms import Lexicon
from kg.store.knowledge import KnowledgeGraph

ANSWERS, ANSWERS_AT_NIGHT = 40, 5_000
SEED = 1130

Asks = Callable[..., Answer]


@pytest.fixture(name="asks")
def _asks(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Asks:
    """Asks as the command line does."""

    def asks(**typed: Any) -> Answer:  # noqa: ANN401 - what a person types
        return ask(knowledge, read_case(lexicon, **typed))

    return asks


@pytest.mark.parametrize(
    ("typed", "idle"),
    [
        ({"labs": ["alp=high", "ggt=normal"], "age": "65", "sex": "male"}, []),
        ({"labs": ["alp=high", "ca=normal", "albumin=high"]}, ["Ca", "Alb"]),
        ({"has": ["multiple myeloma"], "labs": ["alp=high", "creatinine=high"]}, ["Crea"]),
        ({"labs": ["alp=high"], "has": ["bone pain"]}, ["bone pain"]),
        ({"labs": ["alp=high"], "findings": ["bone pain=no"]}, ["bone pain"]),
        ({"labs": ["alp=high"], "findings": ["vitamin D deficiency=no"]}, []),
        ({"labs": ["alp=high"], "has": ["Paget disease of bone"]}, []),
        ({"has": ["multiple myeloma"], "labs": ["alp=high"], "drugs": ["bortezomib"]}, []),
        ({"has": ["osteoporosis"], "labs": ["alp=low"], "findings": ["hypophosphatasia=no"]}, []),
        ({"has": ["osteoporosis"], "labs": ["alp=low", "pth=normal"]}, ["PTH"]),
        ({"labs": ["alp=high", "alt=normal", "bilirubin=normal"]}, []),
        ({"labs": ["alp=high", "25OHD=low"], "findings": ["vitamin D deficiency=no"]}, []),
        (
            {
                "labs": ["alp=high"],
                "findings": ["hepatotoxic drug=no"],
                "drugs": ["elranatamab", "denosumab"],
            },
            ["denosumab"],
        ),
    ],
)
def test_what_moves_nothing_is_named(asks: Asks, typed: dict[str, Any], idle: list[str]) -> None:
    """A fact that nothing in the answer rests on is named; one that acts, or conflicts, is not."""
    answer = asks(**typed)

    assert [each.label for each in answer.idle] == idle


def test_a_second_result_that_says_the_same_is_at_work(asks: Asks) -> None:
    """Of two results that show the same finding neither is without effect."""
    labs = ["alp=high", "corrected Ca=low", "iCa=low", "po4=low"]

    answer = asks(labs=labs)

    assert not answer.idle


@counts(ANSWERS, nightly=ANSWERS_AT_NIGHT)
def test_an_idle_fact_moves_nothing(
    knowledge: KnowledgeGraph, lexicon: Lexicon, count: int
) -> None:
    """Without a fact that is named as without effect the answer is the same (40; 5,000)."""
    patients = Patients(lexicon, knowledge.rules, SEED)
    compared = 0
    for document in patients.documents(count):
        answer = ask(knowledge, patients.case(document))
        assert {*answer.idle} <= {*answer.case}
        for _, fewer in without_each_part(document):
            less = ask(knowledge, patients.case(fewer))
            gone = {*answer.case} - {*less.case}
            if gone and gone <= {*answer.idle} and not {*less.case} - {*answer.case}:
                assert [*_moved(answer)] == [*_moved(less)], (document, gone)
                compared += 1

    assert compared > count // 4


def _moved(answer: Answer) -> Iterator[object]:
    """What an answer says that a fact may move."""
    yield from (answer.finding, answer.origins, answer.absent, answer.conflicts, answer.judged)
    for row in answer.causes:
        yield row.iri, row.verdict, row.statements, row.present, row.supports, row.against
        yield row.needs, row.basis
    for message in answer.messages:
        yield message.iri, message.statements, message.background
    for step in answer.ask_next:
        yield step.iri, step.optional, step.settles, step.informs
