"""Repeated administrations are a treatment, inferred and said to be; a single dose is one dose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from records import Reads, concept, condition, medication, observation, quantity, record

from kg.answer.ask import ask
from kg.case.fhir import read_case
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG
from kg.store.knowledge import KnowledgeGraph

DAY = date(2026, 11, 22)
WEEKLY = ("2026-10-01", "2026-10-08", "2026-10-15", "2026-10-22", "2026-11-05", "2026-11-19")
TWICE = ("2026-11-02", "2026-11-05", "2026-11-09", "2026-11-12")
MONTHLY = ("2026-08-03", "2026-08-31", "2026-09-28", "2026-10-26")
ALENDRONATE = concept(("http://www.nlm.nih.gov/research/umls/rxnorm", "46041"))


def dose(day: str, status: str = "completed", **change: object) -> dict[str, Any]:
    """An administration of bortezomib on a day, changed."""
    return medication("MedicationAdministration", status, effectiveDateTime=day, **change)


def order(status: str, **change: object) -> dict[str, Any]:
    """An order of bortezomib, changed."""
    return medication("MedicationRequest", status, intent="order", **change)


def every(count: int, period: int, unit: str) -> dict[str, Any]:
    """A dosage of so many doses in each period."""
    repeat = {"frequency": count, "period": period, "periodUnit": unit}
    return {"dosageInstruction": [{"timing": {"repeat": repeat}}]}


@pytest.mark.parametrize(
    ("days", "start"),
    [
        (WEEKLY, "2026-10-01"),
        (TWICE[:3], None),  # the next of them was due three days ago
        ((*TWICE, "2026-11-22"), "2026-11-02"),
        (MONTHLY, "2026-08-03"),
        (("2020-01-01", "2020-01-08", *WEEKLY), "2026-10-01"),
        (("2026-11-12", "2026-11-19"), "2026-11-12"),
        (("2025-11-19", "2026-11-19"), None),
        (("2026-11-19",), None),
        (("2026-11-19", "2026-11-19"), None),
        (("2026-11-19", "2026-11-26"), None),
    ],
)
def test_a_course_begins_with_its_first_dose_and_lasts_till_the_next_is_overdue(
    reads: Reads, days: tuple[str, ...], start: str | None
) -> None:
    """Whatever the rhythm; a dose of long ago, and one that is to come, are of no course of now."""
    reading = reads(*(dose(day) for day in days))

    drug = {"drug": EG.Bortezomib, "start": start}
    assert reading.document.get("drugs") == ([drug] if start else None)
    assert reading.document.get("unknown") == (None if start else [EG.Bortezomib])


def test_the_answer_opens_with_what_is_inferred(reads: Reads) -> None:
    """Nobody is to take an inferred start for one that was written down."""
    (notice,) = reads(*(dose(day) for day in WEEKLY)).notices

    assert notice.text == (
        "bortezomib is taken as given since 2026-10-01, inferred from 6 administrations from "
        "2026-10-01 to 2026-11-19."
    )


OVERDUE = tuple(str(date(2026, 9, 1) + timedelta(days=7 * week)) for week in range(6))


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ([], "the next was due by 2026-10-13"),
        ([dose("2026-10-13", "not-done")], "of 2026-10-13 was not given, or was broken off"),
        ([order("stopped")], "the order was stopped on a day that is not said"),
        ([order("stopped", authoredOn="2026-10-10")], "the order was stopped"),
        ([order("stopped", authoredOn="2026-01-10")], "the next was due by"),
    ],
)
def test_a_course_that_may_be_over_is_not_known(
    lexicon: Lexicon, others: list[dict[str, Any]], why: str
) -> None:
    """A dose overdue, not given or stopped: the drug is neither given nor denied."""
    resources = [*(dose(day) for day in OVERDUE), *others]

    case = read_case(record(*resources), lexicon, DAY)

    assert case.drugs == case.denied == ()
    assert [each.iri for each in case.unknown] == [EG.Bortezomib]
    assert any(why in each.text for each in case.notices)


FOUR_WEEKS = order("active", **every(1, 28, "d"))
TWICE_IN_EIGHT = order("active", **every(2, 8, "wk"))


@pytest.mark.parametrize(
    ("resources", "drug"),
    [
        # A dose left out between two that were given changes nothing.
        ([*WEEKLY], {"start": "2026-10-01"}),
        # An order says how far apart two doses may be.
        (["2026-10-22", "2026-10-29", FOUR_WEEKS], {"start": "2026-10-22"}),
        (["2026-10-01", "2026-10-29", TWICE_IN_EIGHT], {"start": "2026-10-01"}),
        # What is said of start or end is not inferred.
        (
            [*WEEKLY, medication("MedicationStatement", "active", effectiveDateTime="2026-09-28")],
            {"start": "2026-09-28"},
        ),
    ],
)
def test_orders_and_statements_are_heeded(
    reads: Reads, resources: list[Any], drug: dict[str, str]
) -> None:
    """The doses and what is written of the treatment are read together."""
    reading = reads(
        dose("2026-10-25", "not-done"),
        *(dose(each) if isinstance(each, str) else each for each in resources),
    )

    assert reading.document["drugs"] == [{"drug": EG.Bortezomib, **drug}]


@pytest.mark.parametrize(
    ("days", "drug"),
    [
        (OVERDUE, {"drug": EG.Bortezomib, "start": "2026-09-01"}),
        (("2026-11-19",), EG.Bortezomib),
    ],
)
def test_an_order_that_is_active_says_that_it_goes_on(
    reads: Reads, days: tuple[str, ...], drug: object
) -> None:
    """Then a dose that is overdue, or a single one, makes nothing unknown."""
    reading = reads(*(dose(day) for day in days), order("active"))

    assert reading.document["drugs"] == [drug]
    assert "unknown" not in reading.document
    assert not any("not known" in each.text for each in reading.notices)
    assert not any("one administration" in each.reason for each in reading.flagged)


def test_an_order_that_ended_long_ago_does_not_say_so(reads: Reads) -> None:
    """A course of last year says nothing of doses that are overdue."""
    past = {"effectivePeriod": {"start": "2025-01-01", "end": "2025-03-01"}}
    over = medication("MedicationStatement", "completed", **past)

    (notice,) = reads(*(dose(day) for day in OVERDUE), over).notices

    assert "not known to be given now" in notice.text


def test_a_treatment_that_was_ended_is_not_given(lexicon: Lexicon) -> None:
    """A course of doses with a statement of its end is over."""
    period = {"start": "2026-10-01", "end": "2026-11-20"}
    over = medication("MedicationStatement", "stopped", effectivePeriod=period)

    case = read_case(record(*(dose(day) for day in WEEKLY), over), lexicon, DAY)

    assert case.drugs == ()
    assert any("it ended on 2026-11-20" in each.reason for each in case.unused)


@pytest.mark.parametrize(
    ("doses", "where"),
    [
        ([dose("2026-11-12"), dose("2026-11-19", "stopped")], "unknown"),
        ([dose("2026-11-12", "stopped"), dose("2026-11-19")], "drugs"),
        ([dose("2026-11-12"), dose("2026-11-19", "entered-in-error")], "unknown"),
        ([dose("2026-11-12", "not-done"), dose("2026-11-19", "not-done")], "unknown"),
        ([dose("2019-11-12", "not-done")], "unknown"),
        ([dose("2026-11-12", "not-done"), order("active")], "drugs"),
        ([dose("2026-11"), dose("2026-10")], "unknown"),
    ],
)
def test_what_was_not_given_is_no_dose(
    reads: Reads, doses: list[dict[str, Any]], where: str
) -> None:
    """Not done, in error, or on no known day: such an administration makes no course."""
    reading = reads(*doses)

    found = {key for key in ("drugs", "absent", "unknown") if key in reading.document}
    assert found == {where}


def test_two_doses_of_a_year_are_a_course_where_the_drug_is_given_so(reads: Reads) -> None:
    """How far apart two doses of one course can be is data of the drug."""
    days = ("2025-11-01", "2026-11-01")
    yearly = [dose(day, medicationCodeableConcept=ALENDRONATE) for day in days]

    assert reads(*yearly).document["drugs"] == [{"drug": EG.Alendronate, "start": "2025-11-01"}]


def test_weekly_doses_say_what_a_typed_treatment_says(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """The rise on bortezomib has its day, its change and its outcome from a record of doses."""
    before = observation(effectiveDateTime="2026-09-28", valueQuantity=quantity(80))
    after = observation(effectiveDateTime="2026-11-10", valueQuantity=quantity(241))
    doses = [dose(day) for day in WEEKLY]
    taken = medication("MedicationStatement", "active", effectivePeriod={"start": "2026-10-01"})

    inferred, said = (
        ask(knowledge, read_case(record(condition(), before, after, *drugs), lexicon, DAY))
        for drugs in (doses, [taken])
    )

    assert "day 40 of bortezomib" in str(inferred.case)
    assert inferred.case == said.case
    assert inferred.outcomes == said.outcomes != ()
    assert inferred.causes == said.causes
