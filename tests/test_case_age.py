"""Results that are too old, ranges in a wrong unit, and limits that a contradiction lifts not."""

from __future__ import annotations

from datetime import date

import pytest
from built import answer_for

from kg.case import Case, read_case
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.store.knowledge import KnowledgeGraph

HIGH = {"marker": "ALP", "state": "high", "date": "2026-03-01"}


def _unused(case: Case, given: str) -> str:
    return next(each.reason for each in case.unused if each.given.startswith(given))


def test_a_result_of_many_years_ago_argues_about_nothing(knowledge: KnowledgeGraph) -> None:
    """A GGT of twenty years before the ALP says nothing of its tissue or causes, and is named."""
    old = {"marker": "GGT", "state": "normal", "date": "2006-01-01"}
    recent = {"marker": "GGT", "state": "normal", "date": "2026-02-01"}
    case = {"conditions": ["multiple myeloma"]}

    with_old = answer_for(knowledge, {**case, "labs": [HIGH, old]})
    with_recent = answer_for(knowledge, {**case, "labs": [HIGH, recent]})

    assert not any(origin.against for origin in with_old.origins)
    assert not any(cause.against for cause in with_old.causes)
    assert any(origin.against for origin in with_recent.origins)
    assert ["366 days before 2026-03-01" in each.reason for each in with_old.unused] == [True]


@pytest.mark.parametrize(("day", "used"), [("2025-02-28", True), ("2025-02-27", False)])
def test_how_old_is_too_old(lexicon: Lexicon, day: str, used: bool) -> None:  # noqa: FBT001
    """The bound stands in the ontology, and is exact to the day."""
    case = read_case(lexicon, labs=[f"alp=high@{day}"], day="2026-03-01")

    assert bool(case.labs) is used
    assert bool(case.notices) is not used


def test_an_old_baseline_is_no_baseline(lexicon: Lexicon) -> None:
    """A value of long before the treatment does not stand for the value before it."""
    now, drug = "alp=130U/L(35-105)@2026-02-01", "bortezomib@2026-01-10"
    for baseline, changes in (("2026-01-05", 1), ("2024-01-05", 0)):
        labs = [now, f"alp=100U/L(35-105)@{baseline}"]
        case = read_case(lexicon, labs=labs, drugs=[drug])

        found = [each for lab in case.labs for each in lab.changes if each.percent is not None]
        assert len(found) == changes


def test_a_day_to_come_cannot_be_asked_about(lexicon: Lexicon) -> None:
    """The future is refused, and today is not."""
    today = date(2026, 3, 1)
    read_case(lexicon, labs=["alp=high"], day="2026-03-01", today=today)
    with pytest.raises(UsageError, match="after 2026-03-01"):
        read_case(lexicon, labs=["alp=high"], day="2026-03-02", today=today)


@pytest.mark.parametrize(
    "typed",
    ["calcium=8.5mg/dL(2.1-2.6)", "alp=212U/L(35-105ukat/L)", "alp=3.5ukat/L(35-105)"],
)
def test_a_range_in_another_unit_is_seen(lexicon: Lexicon, typed: str) -> None:
    """No laboratory has such a limit, so the range is not in the unit it is given in."""
    case = read_case(lexicon, labs=[typed])

    assert case.labs == ()
    assert "check the unit of the range" in _unused(case, typed)


@pytest.mark.parametrize(
    "facts",
    [
        {"conditions": ["pregnancy"], "absent": ["pregnancy"]},
        {"conditions": ["pregnancy"], "sex": "male"},
    ],
)
def test_a_contradiction_lifts_no_limit(
    knowledge: KnowledgeGraph, facts: dict[str, object]
) -> None:
    """Who may be pregnant is not judged as one who is not."""
    answer = answer_for(knowledge, {**facts, "labs": [HIGH]})

    assert answer.conflicts
    assert "pregnancy" in answer.scope[0].text
    assert answer.causes == ()
