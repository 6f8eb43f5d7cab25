"""The newest result rules, also where it cannot be used: then nobody knows what holds now."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import LOINC, PATIENT, concept, flagged, limits, observation, quantity, record

from kg.answer.ask import ask
from kg.case import read_case
from kg.case.fhir import read_case as read_record
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG
from kg.store.knowledge import KnowledgeGraph

DAY = date(2026, 11, 22)
OLD = observation(effectiveDateTime="2026-05-01", valueQuantity=quantity(241))
LAST_USABLE = "last usable: high, 241 U/L (range 35 to 105), on 2026-05-01"
NEAR = concept((LOINC, "35365-6"))
"""Wider than 25-hydroxyvitamin D."""
BROKEN: dict[str, dict[str, Any]] = {
    "no range": {"referenceRange": None},
    "a range for others": {"referenceRange": [limits(1, 2, appliesTo=[{"text": "men"}])]},
    "preliminary": {"status": "preliminary"},
    "a status that is not known": {"status": "unknown"},
    "no unit": {"valueQuantity": {"value": 90}},
    "a unit that is none of it": {"valueQuantity": quantity(90, "mg/dL")},
    "words for a value": {"valueQuantity": None, "valueString": "see comment"},
    "two flags": {"interpretation": flagged("H", "L")},
    "a name of another test": {"code": concept((LOINC, "6768-6", "GGT"))},
    "a modifier": {"modifierExtension": [{"url": "x"}]},
    "only the day of its report": {
        "referenceRange": None,
        "effectiveDateTime": None,
        "issued": "2026-11-20T08:00:00Z",
    },
    "later on the day": {
        "referenceRange": None,
        "effectiveDateTime": "2026-05-01T00:00:00Z",
    },
}
NO_RESULT: dict[str, dict[str, Any]] = {
    "entered in error": {"status": "entered-in-error"},
    "cancelled": {"status": "cancelled"},
    "registered, without a value": {"status": "registered", "valueQuantity": None},
    "without a value": {"valueQuantity": None},
    "of somebody else": {"subject": {"reference": "Patient/two"}},
    "of something else": {"focus": [{"reference": "Specimen/x"}]},
    "after the day": {"effectiveDateTime": "2026-11-23"},
    "older": {"effectiveDateTime": "2026-04-30", "referenceRange": None},
    "of the same day": {"effectiveDateTime": "2026-05-01", "referenceRange": None},
    "without a day": {"effectiveDateTime": None, "referenceRange": None},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_newer_result_that_cannot_be_used_leaves_the_state_unknown(
    lexicon: Lexicon, name: str
) -> None:
    """An older result never answers for today; the answer opens with both."""
    change = {"effectiveDateTime": "2026-11-20"} | BROKEN[name]
    older = OLD
    if name == "later on the day":
        older = OLD | {"effectiveDateTime": "2026-04-30T23:00:00Z"}

    case = read_record(record(older, observation(**change)), lexicon, DAY)

    assert case.labs == ()
    (notice,) = [each for each in case.notices if each.label == "ALP not known now"]
    assert "ALP is not known now: Observation, entry 3" in notice.text
    assert "last usable: high, 241 U/L" in notice.text
    assert any("a newer result cannot be used" in each.reason for each in case.unused)


@pytest.mark.parametrize("name", NO_RESULT)
def test_what_is_no_newer_result_leaves_the_older_one(lexicon: Lexicon, name: str) -> None:
    """A mistake, a test without a result, another patient or another time hides nothing."""
    change = {"effectiveDateTime": "2026-11-20"} | NO_RESULT[name]

    case = read_record(record(OLD, observation(**change)), lexicon, DAY)

    assert [lab.state for lab in case.labs] == ["high"]
    assert not any("known now" in each.label for each in case.notices)


def test_a_newer_result_under_a_near_code_counts_too(lexicon: Lexicon) -> None:
    """A code that is wider or close names the measurement, though it does not mean it."""
    own = concept((LOINC, "1989-3"))
    range_ = [{"low": quantity(30, "ng/mL"), "high": quantity(100, "ng/mL")}]
    level = {"valueQuantity": quantity(12, "ng/mL"), "referenceRange": range_}

    old = observation(code=own, effectiveDateTime="2026-05-01", **level)
    case = read_record(record(old, observation(code=NEAR, **level)), lexicon, DAY)
    alone = read_record(record(old), lexicon, DAY)

    assert [lab.marker.iri for lab in alone.labs] == [EG.VitaminDObservation]
    assert case.labs == ()
    assert "is wider than" in case.notices[0].text


def test_a_component_under_a_near_code_counts_too(lexicon: Lexicon) -> None:
    """A part of a panel that nearly is the measurement is named, and older results are old."""
    own = concept((LOINC, "1989-3"))
    range_ = [{"low": quantity(30, "ng/mL"), "high": quantity(100, "ng/mL")}]
    level = {"valueQuantity": quantity(12, "ng/mL"), "referenceRange": range_}
    old = observation(code=own, effectiveDateTime="2026-05-01", **level)
    alp = {"code": concept((LOINC, "6768-6")), "valueQuantity": quantity(212)}
    parts = [{"code": NEAR, **level}, {**alp, "referenceRange": [limits(35, 105)]}]
    panel = observation(code=None, valueQuantity=None, referenceRange=None, component=parts)

    case = read_record(record(old, panel), lexicon, DAY)

    assert [lab.marker.iri for lab in case.labs] == [EG.SerumALPObservation]
    assert "is wider than" in case.notices[0].text


def test_nothing_is_judged_by_an_older_result(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """No cause, alert or outcome comes of a raised ALP of May once November's is unreadable."""
    written = record(OLD, observation(effectiveDateTime="2026-11-20", referenceRange=None))

    answer = ask(knowledge, read_record(written, lexicon, DAY))

    assert not answer.judged
    assert LAST_USABLE in answer.scope[0].text


@pytest.mark.parametrize(
    ("newest", "why"),
    [
        ("alp=90 foo@2026-11-20", "is no unit of"),
        ("alp=90U/L@2026-11-20", "no reference range is given"),
        ("alp=-90U/L(35-105)@2026-11-20", "negative"),
        ("alp=abnormal@2026-11-20", "not whether high or low"),
    ],
)
def test_it_is_so_for_what_is_typed(lexicon: Lexicon, newest: str, why: str) -> None:
    """One notice says what is not used, why, and what was last usable."""
    case = read_case(lexicon, labs=["alp=241U/L(35-105)@2026-05-01", newest])

    assert case.labs == ()
    (notice,) = case.notices
    assert why in notice.text
    assert LAST_USABLE in notice.text


def test_results_of_the_last_day_that_differ_say_what_was_known(lexicon: Lexicon) -> None:
    """Where the latest contradict each other, the one before them is named and not used."""
    labs = ["alp=high@2026-11-20", "alp=normal@2026-11-20", "alp=241U/L(35-105)@2026-05-01"]

    case = read_case(lexicon, labs=labs)

    assert case.labs == ()
    assert len(case.contradictions) == 1
    assert LAST_USABLE in case.notices[0].text


def test_the_patient_may_have_no_other_result(lexicon: Lexicon) -> None:
    """Without an older result there is nothing to be named but the one that is not used."""
    case = read_record(record(observation(referenceRange=None), patient=PATIENT), lexicon, DAY)

    assert [each.label for each in case.notices] == ["ALP not used"]


DAYS = st.integers(1, 28).map(lambda day: f"2026-10-{day:02}")
USABLE = st.sampled_from(["high", "241U/L(35-105)", "normal", "20U/L(35-105)"])
UNUSABLE = st.sampled_from(["90 foo", "-90U/L(35-105)", "90U/L(105-35)", "abnormal", "90U/L"])


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(USABLE | UNUSABLE, DAYS), min_size=1, max_size=6, unique_by=lambda e: e[1])
)
def test_no_older_result_ever_answers_for_the_newest(
    lexicon: Lexicon, results: list[tuple[str, str]]
) -> None:
    """300 series: the state is that of the newest result, and where that has none, nobody's."""
    labs = [f"alp={result}@{day}" for result, day in results]
    newest, _ = max(results, key=lambda each: each[1])

    case = read_case(lexicon, labs=labs, day="2026-11-01")

    alone = read_case(lexicon, labs=[f"alp={newest}"])
    assert [lab.state for lab in case.labs] == [lab.state for lab in alone.labs]
