"""Days decide before any rule does: which result counts, and what it is compared with."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from kg.case import CASE, Case, case_facts, case_to_json, read_case, resolve_case
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG
from kg.reasoning.engine import classify
from kg.store.knowledge import KnowledgeGraph

INDEX = "alp=130U/L(35-105)@2025-02-09"
BEFORE = "alp=100U/L(35-105)@2025-01-08"
START = "bortezomib@2025-01-10"
FIRST = f"{CASE}:observation:1"


def changes(case: Case) -> dict[str, list[Decimal]]:
    """Percent changes and days among the facts of a case."""
    values = case_facts(case).values
    return {
        "percent": [value for _, role, value in values if role == EG.percentChangeFromBaseline],
        "day": [value for _, role, value in values if role == EG.dayOfTreatment],
    }


def reasons(case: Case) -> dict[str, str]:
    """What was not used, with the reason."""
    return {each.given: each.reason for each in case.unused}


def test_the_latest_result_counts_and_the_others_are_named(lexicon: Lexicon) -> None:
    """Whatever the order in which they come."""
    labs = ["alp=90U/L(35-105)@2025-01-01", "alp=212U/L(35-105)@2025-03-01", "alp=low@2024-01-01"]

    for order in (labs, labs[::-1]):
        case = read_case(lexicon, labs=order)
        assert [lab.value for lab in case.labs] == [Decimal(212)]
        assert set(reasons(case)) == {labs[0], labs[2]}
        assert case.contradictions == ()


def test_a_result_after_the_day_asked_about_is_not_used(lexicon: Lexicon) -> None:
    """Neither after the day that is named nor, without one, after today."""
    labs = ["alp=212U/L(35-105)@2025-03-01", "alp=normal@2025-01-01"]

    asked = read_case(lexicon, labs=labs, day="2025-02-01")
    now = read_case(lexicon, labs=labs, today=date(2025, 2, 1))
    later = read_case(lexicon, labs=labs, day="2025-03-01", today=date(2025, 3, 1))

    for case in (asked, now):
        assert [lab.state for lab in case.labs] == ["normal"]
        assert "after 2025-02-01" in reasons(case)[labs[0]]
        assert len(case.notices) == 1
    assert [lab.state for lab in later.labs] == ["high"]


@pytest.mark.parametrize(
    ("labs", "state"),
    [
        (["alp=high@2025-03-01T08:00", "alp=normal@2025-03-01T07:00"], "high"),
        (["alp=high@2025-03-01T08:00Z", "alp=normal@2025-03-01T08:30+01:00"], "high"),
        (["alp=high@2025-03-01T23:30-05:00", "alp=normal@2025-03-02T00:30Z"], "high"),
        (["alp=high@2025-03-02T08:00+11:00", "alp=normal@2025-03-01T20:30Z"], "high"),
        (["alp=high@2025-03-02T08:00+11:00", "alp=normal@2025-03-01T22:30Z"], "normal"),
        (["alp=high@2025-03-01T08:00", "alp=normal@2025-03-01"], None),
        (["alp=high@2025-03-01T08:00Z", "alp=normal@2025-03-01T07:00"], None),
        (["alp=high@2025-03-01", "alp=normal@2025-03-01"], None),
        (["alp=high@2025-03-01", "alp=normal"], None),
        (["alp=high@2025-03-01", "alp=high"], "high"),
        (["alp=high@2025-03-01", "alp=high@2025-03-01"], "high"),
    ],
)
def test_what_cannot_be_told_apart_in_time_must_agree(
    lexicon: Lexicon, labs: list[str], state: str | None
) -> None:
    """Times order the results of a day where all have one; an undated result may be any."""
    case = read_case(lexicon, labs=labs)

    assert [lab.state for lab in case.labs] == ([state] if state else [])
    assert len(case.contradictions) == (state is None)


def test_a_contradicting_latest_result_is_not_replaced_by_an_older_one(lexicon: Lexicon) -> None:
    """A conflict leaves the measurement open, even where an older result is sound."""
    case = read_case(lexicon, labs=["alp=212U/L(35-105);L@2025-03-01", "alp=normal@2025-01-01"])

    assert case.labs == ()
    assert len(case.contradictions) == 1
    assert "alp=normal@2025-01-01" in reasons(case)


def test_change_and_day_are_computed_from_baseline_and_start(lexicon: Lexicon) -> None:
    """The latest result on or before the start is the baseline; the day of the start is day 0."""
    labs = [INDEX, BEFORE, "alp=50U/L(35-105)@2024-06-01", "alp=120U/L(35-105)@2025-01-20"]

    case = read_case(lexicon, labs=labs, drugs=[START])

    assert changes(case) == {"percent": [Decimal(30)], "day": [Decimal(30)]}
    assert (FIRST, EG.duringTreatment, f"{CASE}:treatment:1") in case_facts(case).edges
    assert set(reasons(case)) == set(labs[2:])
    assert "+30 % from 100 U/L on 2025-01-08 on day 30 of bortezomib" in case.labs[0].shown


@pytest.mark.parametrize(
    ("labs", "percent"),
    [
        ([INDEX, "alp=104U/L@2024-12-01;baseline", BEFORE], "25"),
        ([INDEX, "alp=104U/L;baseline", BEFORE], "25"),
        ([INDEX, "alp=104U/L@2025-01-10", BEFORE], "25"),
        ([INDEX, "alp=2ukat/L(0.6-1.75)@2025-01-08"], "8." + "3" * 59),
        (["alp=70U/L(35-105)@2025-02-09", BEFORE], "-30"),
        ([INDEX, "alp=104U/L@2025-01-20;baseline"], None),
        ([INDEX, "alp=high@2025-01-08"], None),
        ([INDEX, "alp=<104U/L(35-105)@2025-01-08"], None),
        ([INDEX, BEFORE, "alp=104U/L(35-105)@2025-01-08"], None),
        (["alp=>130U/L(35-105)@2025-02-09", BEFORE], None),
        ([INDEX], None),
    ],
)
def test_a_change_needs_a_baseline_that_is_known(
    lexicon: Lexicon, labs: list[str], percent: str | None
) -> None:
    """A named baseline goes before an older result; what is unsure gives no change."""
    case = read_case(lexicon, labs=labs, drugs=[START])

    assert changes(case)["percent"] == ([] if percent is None else [Decimal(percent)])
    assert changes(case)["day"] == [Decimal(30)]
    used = {lab.given for lab in (*case.labs, *case.baselines)}
    assert used | set(reasons(case)) == set(labs)


@pytest.mark.parametrize(
    ("drug", "day"),
    [
        ("bortezomib@2025-02-09", "0"),
        ("bortezomib@2025-02-08", "1"),
        ("bortezomib@2024-12-29", "42"),
        ("bortezomib@2024-12-28", "43"),
        ("bortezomib@2025-01-10..2025-02-09", "30"),
        ("bortezomib@2025-01-10..2025-02-08", None),
        ("bortezomib@2025-02-10", None),
        ("bortezomib@..2025-02-09", None),
        ("bortezomib", None),
    ],
)
def test_a_day_of_treatment_is_counted_from_its_start(
    lexicon: Lexicon, drug: str, day: str | None
) -> None:
    """Day 0 is the day of the start; a result after the stop is not under the treatment."""
    case = read_case(lexicon, labs=[INDEX], drugs=[drug])

    assert changes(case)["day"] == ([] if day is None else [Decimal(day)])
    on_it = any(role == EG.duringTreatment for _, role, _ in case_facts(case).edges)
    assert on_it == (day is not None)


@pytest.mark.parametrize(
    ("drug", "given"),
    [
        ("bortezomib@2025-01-10..2025-02-01", False),
        ("bortezomib@2025-01-10..2025-03-01", True),
        ("bortezomib@2025-03-01", False),
        ("bortezomib@2025-02-30", True),
        ("bortezomib@2025-02-20..2025-01-01", True),
    ],
)
def test_a_treatment_that_is_over_or_to_come_is_not_given(
    lexicon: Lexicon, drug: str, *, given: bool
) -> None:
    """It is unknown then, and neither given nor denied; dates that cannot be are named."""
    case = read_case(lexicon, labs=[INDEX], drugs=[drug])

    assert bool(case.drugs) == given
    assert case.denied == ()
    assert bool(reasons(case)) == (drug != "bortezomib@2025-01-10..2025-03-01")


def test_two_treatments_have_a_day_and_a_change_each(
    lexicon: Lexicon, knowledge: KnowledgeGraph
) -> None:
    """Two dated drugs are two observations, and nothing clashes."""
    labs = [INDEX, BEFORE, "alp=120U/L(35-105)@2024-01-10"]
    case = read_case(
        lexicon, has=["multiple myeloma"], labs=labs, drugs=[START, "alendronate@2024-01-15"]
    )

    closure = classify(knowledge.rules, case_facts(case))

    assert changes(case)["day"] == [Decimal(30), Decimal(391)]
    assert closure.clashes == ()
    early = EG.EarlyALPRiseOnBortezomibObservation
    assert closure.has_type(FIRST, early)
    assert not closure.has_type(f"{FIRST}:2", early)


def test_a_change_needs_no_range(lexicon: Lexicon) -> None:
    """A value without a range has no class, and its change is known all the same."""
    case = read_case(lexicon, labs=["alp=130U/L@2025-02-09", BEFORE], drugs=[START])

    assert changes(case)["percent"] == [Decimal(30)]
    assert [kind for _, kind in case_facts(case).types if "Raised" in kind] == []
    assert len(case.notices) == 1


def test_a_change_that_is_stated_has_to_be_the_one_that_is_computed(lexicon: Lexicon) -> None:
    """What agrees is one fact; what differs is a contradiction, and neither is used."""
    index = {"marker": "alp", "value": 130, "unit": "U/L", "high": 105, "date": "2025-02-09"}
    before = {"marker": "alp", "value": 100, "unit": "U/L", "date": "2025-01-08"}
    drugs = [{"drug": "bortezomib", "start": "2025-01-10"}]

    def read(**stated: object) -> Case:
        labs = [{**index, **stated, "duringTreatment": "bortezomib"}, before]
        return resolve_case({"drugs": drugs, "labs": labs}, lexicon)

    agreeing = read(percentChangeFromBaseline=30, dayOfTreatment="30")
    differing = read(percentChangeFromBaseline=29)

    assert changes(agreeing) == {"percent": [Decimal(30)], "day": [Decimal(30)]}
    assert changes(differing) == {"percent": [], "day": []}
    assert len(differing.contradictions) == 1


def test_a_result_from_before_the_birth_is_not_used(lexicon: Lexicon) -> None:
    """Half a year before the day asked about, a newborn was not there to be measured."""
    labs = ["alp=212U/L(35-105)@2023-12-01"]

    newborn = read_case(lexicon, labs=labs, age="0", day="2025-02-28")
    older = read_case(lexicon, labs=labs, age="60", day="2024-06-30")

    assert newborn.labs == ()
    assert "born" in reasons(newborn)[labs[0]]
    assert len(older.labs) == 1


@pytest.mark.parametrize("text", ["yesterday", "2025", "2025-3-1", "01.03.2025", "2025-02-30"])
def test_the_day_asked_about_is_a_day(lexicon: Lexicon, text: str) -> None:
    """A day that cannot be read is an error, for all results hang on it."""
    with pytest.raises(UsageError):
        read_case(lexicon, labs=["alp=high"], day=text)


def test_a_start_that_is_no_day_leaves_the_drug(lexicon: Lexicon) -> None:
    """The drug is given, since an alert may turn on it; what is no day is named and not used."""
    case = read_case(lexicon, drugs=["bortezomib@soon"])

    assert [each.label for each in case.drugs] == ["bortezomib"]
    assert case.courses == ()
    assert "'soon'" in case.unused[0].reason


@pytest.mark.parametrize("drug", ["bortezomib@", "bortezomib@..", "@2025-01-01"])
def test_a_course_has_days(lexicon: Lexicon, drug: str) -> None:
    """What stands behind @ is a day, or two."""
    with pytest.raises(UsageError):
        read_case(lexicon, drugs=[drug])


def test_days_are_shown(lexicon: Lexicon) -> None:
    """The answer repeats when a drug was begun and when a result was taken."""
    case = read_case(lexicon, labs=[INDEX], drugs=["bortezomib@2025-01-10..2025-06-01"])

    shown = {each.label: each.value for each in case.given}

    assert shown["bortezomib"] == "since 2025-01-10 until 2025-06-01"
    assert "on 2025-02-09" in shown["ALP"]


def test_a_case_with_days_survives_json(lexicon: Lexicon) -> None:
    """Written and read again, the same facts are computed from the same days."""
    case = read_case(
        lexicon,
        labs=[INDEX, BEFORE, "alp=120U/L@2024-01-10;baseline", "ggt=normal@2025-02-01"],
        drugs=[START, "alendronate@2024-01-15..2025-06-01"],
        day="2025-02-10",
    )

    again = resolve_case(json.loads(json.dumps(case_to_json(case))), lexicon)

    assert case_facts(again) == case_facts(case)
    assert case_to_json(again) == case_to_json(case)


@pytest.mark.parametrize(
    ("labs", "trend"),
    [
        (["alp=166U/L(40-120)@2025-11-01", "alp=149U/L(40-120)@2026-02-01"], "-10.24 % from 166"),
        (["alp=100U/L(40-120)@2025-11-01", "alp=150U/L(40-120)@2026-02-01"], "+50 % from 100 U/L"),
        (["alp=2ukat/L(1-2)@2025-11-01", "alp=150U/L(40-120)@2026-02-01"], "+25 % from 2 ukat/L"),
        (["alp=high@2025-11-01", "alp=150U/L(40-120)@2026-02-01"], ""),
        (["alp=100U/L(40-120)@2024-11-01", "alp=150U/L(40-120)@2026-02-01"], ""),
        (["alp=100U/L(40-120)@2025-11-01", "alp=high@2026-02-01"], ""),
        (["alp=100U/L(40-120)@2025-11-01", "alp=>150U/L(40-120)@2026-02-01"], ""),
    ],
)  # fmt: skip
def test_a_change_between_two_results_is_told(
    lexicon: Lexicon, labs: list[str], trend: str
) -> None:
    """Without a treatment or a baseline it is said, and no rule on a treatment uses it."""
    case = read_case(lexicon, labs=labs, day="2026-02-02")

    (lab,) = case.labs
    assert lab.trend.startswith(trend)
    assert bool(lab.trend) is bool(trend)
    assert lab.trend in lab.shown
    assert changes(case) == {"percent": [], "day": []}
    assert labs[0] in reasons(case)
