"""Faults that a clinician found in answers, replayed: what is given must act, and act rightly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.answer.ask import ask
from kg.answer.model import Answer, Cause, Verdict
from kg.case import read_case
from kg.model.terms import Lexicon
from kg.store.knowledge import KnowledgeGraph

Asks = Callable[..., Answer]

MYELOMA = "multiple myeloma"
DEFICIENCY = "vitamin D deficiency"
ON_ALENDRONATE = {
    "has": ["postmenopausal osteoporosis"],
    "drugs": ["alendronate@2025-01-01"],
    "age": "70",
    "sex": "female",
    "day": "2025-10-02",
}


@pytest.fixture(name="asks")
def _asks(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Asks:
    """Asks as the command line does."""

    def asks(**typed: Any) -> Answer:  # noqa: ANN401 - what a person types
        return ask(knowledge, read_case(lexicon, **typed))

    return asks


# ── F4: 25-hydroxyvitamin D ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("result", ["25OHD=low", "25OHD=30nmol/L(50-125)", "25OHD=12ng/mL(20-50)"])
def test_low_vitamin_d_is_the_deficiency(asks: Asks, result: str) -> None:
    """A low 25-OH-D makes the deficiency present, supported by the result as background."""
    answer = asks(has=[MYELOMA], labs=["alp=high", result])

    cause = _cause(answer, DEFICIENCY)
    assert cause.present
    assert cause.verdict is Verdict.CANDIDATE
    assert [each.finding.label for each in cause.supports] == ["low 25-hydroxyvitamin D"]
    assert all(each.background and not each.rule for each in cause.supports)
    assert {"A053", "A054"} <= _resting(answer)
    assert DEFICIENCY not in {each.label for each in answer.unknown}


@pytest.mark.parametrize("result", ["25OHD=normal", "25OHD=high", "25OHD=80nmol/L(50-125)"])
def test_vitamin_d_that_is_not_low_argues_against_it(asks: Asks, result: str) -> None:
    """A 25-OH-D that is not low argues against the deficiency and excludes nothing."""
    answer = asks(has=[MYELOMA], labs=["alp=high", result])

    cause = _cause(answer, DEFICIENCY)
    assert not cause.present
    assert cause.verdict is Verdict.ARGUED_AGAINST
    assert _resting(answer).isdisjoint({"A053", "A054"})


@pytest.mark.parametrize(
    ("has", "findings", "result"),
    [
        ([MYELOMA, DEFICIENCY], [], "25OHD=normal"),
        ([MYELOMA, DEFICIENCY], [], "25OHD=high"),
        ([MYELOMA], [f"{DEFICIENCY}=no"], "25OHD=low"),
        ([MYELOMA], [f"{DEFICIENCY}=no"], "25OHD=30nmol/L(50-125)"),
    ],
)
def test_result_and_word_contradict(
    asks: Asks, has: list[str], findings: list[str], result: str
) -> None:
    """A deficiency that is said to be there, or not, against its own result is a conflict."""
    answer = asks(has=has, findings=findings, labs=["alp=high", result])

    assert len(answer.conflicts) == 1
    assert any(DEFICIENCY in each for each in answer.conflicts[0].facts)
    assert result in answer.conflicts[0].facts
    cause = _cause(answer, DEFICIENCY)
    assert not cause.supports
    assert not cause.against
    assert _resting(answer).isdisjoint({"A053", "A054"})


# ── F5: the test for the first candidate ────────────────────────────────────────────────────────


@pytest.mark.parametrize("has", [[], [MYELOMA], ["osteoporosis"]])
def test_vitamin_d_is_asked_for_where_the_deficiency_is_open(asks: Asks, has: list[str]) -> None:
    """25-OH-D is among the next steps while the deficiency is a candidate, and moves it."""
    answer = asks(has=has, labs=["alp=high"])

    step = next(each for each in answer.ask_next if each.label == "25-OH vitamin D")
    assert _cause(answer, DEFICIENCY).iri in step.settles
    assert step.optional
    assert step.background


def test_vitamin_d_is_not_asked_for_again(asks: Asks) -> None:
    """With a result of it 25-OH-D is no next step."""
    answer = asks(has=[MYELOMA], labs=["alp=high", "25OHD=low"])

    assert "25-OH vitamin D" not in {each.label for each in answer.ask_next}


# ── records F3: a fall on a bisphosphonate ──────────────────────────────────────────────────────


def test_a_measured_fall_is_the_finding(asks: Asks) -> None:
    """ALP that fell by a third on alendronate is the finding that B032 waits for."""
    labs = ["alp=250U/L(35-105)@2024-12-20", "alp=160U/L(35-105)@2025-10-01"]

    answer = asks(**ON_ALENDRONATE, labs=labs)

    assert {"B032", "B041", "B042"} <= _resting(answer)
    assert "fall of ALP on a bisphosphonate" not in {each.label for each in answer.unknown}
    assert not answer.conflicts


def test_a_fall_that_is_denied_beside_it_is_a_conflict(asks: Asks) -> None:
    """Results that show the fall and the word that there was none cannot both be so."""
    labs = ["alp=150U/L(35-105)@2024-12-20", "alp=95U/L(35-105)@2025-10-01"]

    answer = asks(**ON_ALENDRONATE, labs=labs, findings=["fall of ALP on a bisphosphonate=no"])

    assert len(answer.conflicts) == 1
    assert "fall of ALP on a bisphosphonate=no" in answer.conflicts[0].facts


@pytest.mark.parametrize(("later", "rests_on"), [("150", {"B032"}), ("151", set()), ("190", set())])
def test_the_size_of_the_fall_is_that_of_the_source(
    asks: Asks, later: str, rests_on: set[str]
) -> None:
    """A quarter down, as B038 has it, is the response; less is not taken for it."""
    labs = ["alp=200U/L(35-105)@2024-12-20", f"alp={later}U/L(35-105)@2025-10-01"]

    answer = asks(**ON_ALENDRONATE, labs=labs)

    assert _resting(answer) & {"B032"} == rests_on


def _cause(answer: Answer, label: str) -> Cause:
    return next(each for each in answer.causes if each.label == label)


def _resting(answer: Answer) -> set[str]:
    """The statements that carry what is said beside the causes."""
    return {each for message in answer.messages for each in message.statements}
