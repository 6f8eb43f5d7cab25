"""Promises about FHIR Conditions and medication: there, denied or not known."""

from __future__ import annotations

from datetime import date

import pytest
from records import (
    ATC,
    BORTEZOMIB,
    RXNORM,
    Reads,
    concept,
    condition,
    medication,
    reasons,
    record,
)

from kg.case.fhir import parse_record, read_case
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG

DAY = date(2026, 11, 22)
ADHERENCE = "http://hl7.org/fhir/CodeSystem/medication-statement-adherence"


# ── Conditions ──────────────────────────────────────────────────────────────────────────────────

CONDITIONS = [
    ("confirmed", "active", {}, "conditions"),
    ("confirmed", "recurrence", {}, "conditions"),
    ("confirmed", "relapse", {}, "conditions"),
    ("", "", {}, "conditions"),
    ("", "active", {"onsetDateTime": "2026-01-01"}, "conditions"),
    ("confirmed", "active", {"abatementDateTime": "2027-01-01"}, "conditions"),
    ("confirmed", "", {"abatementBoolean": False}, "conditions"),
    ("refuted", "", {}, "absent"),
    ("unconfirmed", "active", {}, "unknown"),
    ("provisional", "active", {}, "unknown"),
    ("differential", "active", {}, "unknown"),
    ("confirmed", "inactive", {}, "unknown"),
    ("confirmed", "remission", {}, "unknown"),
    ("confirmed", "resolved", {}, "unknown"),
    ("confirmed", "unknown", {}, "unknown"),
    ("confirmed", "active", {"abatementDateTime": "2026-01-01"}, "unknown"),
    ("", "", {"abatementString": "last year"}, "unknown"),
    ("entered-in-error", "", {}, None),
    ("sure", "active", {}, "unknown"),
    ("confirmed", "bogus", {}, "unknown"),
    ("confirmed", "active", {"onsetDateTime": "2027-01-01"}, None),
    ("confirmed", "active", {"clinicalStatus": "active"}, "unknown"),
    ("confirmed", "active", {"modifierExtension": [{"url": "x"}]}, "unknown"),
    ("confirmed", "active", {"implicitRules": "http://example.org"}, "unknown"),
    ("confirmed", "active", {"subject": {"reference": "Patient/two"}}, None),
]


@pytest.mark.parametrize(("verified", "clinical", "change", "where"), CONDITIONS)
def test_a_condition_is_there_or_denied_or_not_known(
    reads: Reads,
    verified: str,
    clinical: str,
    change: dict[str, object],
    where: str | None,
) -> None:
    """Only what is confirmed and present counts; only what is refuted is absent."""
    reading = reads(condition(verified, clinical, **change))

    found = {key for key in ("conditions", "absent", "unknown") if key in reading.document}
    assert found == ({where} if where else set())
    assert bool(reading.ignored) is (where is None)
    assert bool(reading.flagged) is (where == "unknown")


def test_an_old_episode_does_not_hide_a_new_one(reads: Reads) -> None:
    """Resolved once and active now is active."""
    reading = reads(condition("", "resolved"), condition("", "active"))

    assert reading.document["conditions"] == [EG.MultipleMyeloma]
    assert "unknown" not in reading.document


def test_suspected_and_refuted_is_not_known(reads: Reads) -> None:
    """Which of the two came last is not said, so it is not taken for absent."""
    reading = reads(condition("unconfirmed"), condition("refuted"))

    assert reading.document["unknown"] == [EG.MultipleMyeloma]
    assert "absent" not in reading.document


def test_confirmed_and_refuted_stay_a_contradiction(reads: Reads) -> None:
    """Both are handed on, so that the answer shows the conflict and uses neither."""
    reading = reads(condition("confirmed", "active"), condition("refuted"))

    assert reading.document["conditions"] == reading.document["absent"]


# ── Medication ──────────────────────────────────────────────────────────────────────────────────

STATEMENT, REQUEST = "MedicationStatement", "MedicationRequest"
GIVEN, ORDER = "MedicationAdministration", {"intent": "order"}
SINCE = {"effectivePeriod": {"start": "2026-09-28"}}
PAST = {"effectivePeriod": {"start": "2026-01-01", "end": "2026-03-01"}}
MEDICATION = [
    (STATEMENT, "active", {}, "drugs"),
    (STATEMENT, "active", SINCE, "drugs"),
    (STATEMENT, "completed", PAST, "drugs"),
    (STATEMENT, "stopped", PAST, "drugs"),
    (STATEMENT, "stopped", {}, "unknown"),
    (STATEMENT, "completed", SINCE, "unknown"),
    (STATEMENT, "on-hold", {}, "unknown"),
    (STATEMENT, "unknown", {}, "unknown"),
    (STATEMENT, "not-taken", {}, "absent"),
    (STATEMENT, "intended", {}, None),
    (STATEMENT, "entered-in-error", {}, None),
    (STATEMENT, "bogus", {}, None),
    (STATEMENT, "active", {"effectiveDateTime": "2027-01-01"}, None),
    (STATEMENT, "recorded", {}, "drugs"),
    (STATEMENT, "recorded", {"adherence": {"code": concept((ADHERENCE, "taking"))}}, "drugs"),
    (
        STATEMENT,
        "recorded",
        {"adherence": {"code": concept((ADHERENCE, "taking-not-as-directed"))}},
        "drugs",
    ),
    (STATEMENT, "recorded", {"adherence": {"code": concept((ADHERENCE, "not-taking"))}}, "absent"),
    (
        STATEMENT,
        "recorded",
        {"adherence": {"code": concept((ADHERENCE, "on-hold-as-directed"))}},
        "unknown",
    ),
    (STATEMENT, "recorded", {"adherence": {"code": concept((ADHERENCE, "bogus"))}}, None),
    (STATEMENT, "draft", {}, None),
    (REQUEST, "active", ORDER, "drugs"),
    (REQUEST, "completed", ORDER, "unknown"),
    (REQUEST, "ended", ORDER, "unknown"),
    (REQUEST, "cancelled", ORDER, None),
    (REQUEST, "draft", ORDER, None),
    (REQUEST, "active", {"intent": "proposal"}, None),
    (REQUEST, "active", {}, None),
    (REQUEST, "active", ORDER | {"doNotPerform": True}, None),
    (GIVEN, "in-progress", SINCE, "drugs"),
    (GIVEN, "completed", {"effectiveDateTime": "2026-11-20"}, "unknown"),
    (GIVEN, "not-done", {}, "absent"),
    (GIVEN, "entered-in-error", {}, None),
    (STATEMENT, "active", {"modifierExtension": [{"url": "x"}]}, None),
    (STATEMENT, "active", {"subject": {"reference": "Patient/two"}}, None),
    (STATEMENT, "active", {"medicationCodeableConcept": None}, None),
    (STATEMENT, "active", {"medicationReference": {"reference": "#x"}}, None),
]


@pytest.mark.parametrize(("kind", "status", "change", "where"), MEDICATION)
def test_a_drug_is_given_or_denied_or_not_known(
    reads: Reads,
    kind: str,
    status: str,
    change: dict[str, object],
    where: str | None,
) -> None:
    """Only what is taken counts as given, and only what is not taken as denied."""
    reading = reads(medication(kind, status, **change))

    found = {key for key in ("drugs", "absent", "unknown") if key in reading.document}
    assert found == ({where} if where else set())
    assert bool(reading.ignored) is (where is None)


@pytest.mark.parametrize(
    ("kind", "change", "drug"),
    [
        (STATEMENT, SINCE, {"start": "2026-09-28"}),
        (STATEMENT, PAST, {"start": "2026-01-01", "stop": "2026-03-01"}),
        (STATEMENT, {"effectiveDateTime": "2026-09-28"}, {"start": "2026-09-28"}),
        (STATEMENT, {"effectivePeriod": {"start": "2026-09"}}, None),
        (REQUEST, ORDER | {"authoredOn": "2026-09-28"}, None),
        (
            REQUEST,
            ORDER
            | {
                "dosageInstruction": [
                    {"timing": {"repeat": {"boundsPeriod": {"start": "2026-09-28"}}}}
                ]
            },
            {"start": "2026-09-28"},
        ),
    ],
)
def test_start_and_stop_are_those_that_are_said(
    reads: Reads,
    kind: str,
    change: dict[str, object],
    drug: dict[str, str] | None,
) -> None:
    """The day of a prescription is not the first day of a treatment, and a month is no day."""
    reading = reads(medication(kind, "active", **change))

    name = EG.Bortezomib
    assert reading.document["drugs"] == [name if drug is None else {"drug": name} | drug]


def test_a_course_that_ended_does_not_end_the_order_of_now(lexicon: Lexicon) -> None:
    """A drug that is ordered is given, also where an earlier course of it is over."""
    over = medication(STATEMENT, "completed", **PAST)
    ordered = medication(REQUEST, "active", **ORDER)

    alone = read_case(record(over), lexicon, DAY)
    both = read_case(record(over, ordered), lexicon, DAY)

    assert alone.drugs == ()
    assert [each.label for each in both.drugs] == ["bortezomib"]


def test_a_product_is_found_in_the_record(lexicon: Lexicon) -> None:
    """A Medication that is contained, or stands in the bundle, is looked up there."""
    product = {"resourceType": "Medication", "id": "m", "code": concept((RXNORM, "402244"))}
    contained = medication(
        STATEMENT,
        "active",
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m"},
        contained=[product],
    )
    beside = medication(
        STATEMENT,
        "active",
        medicationCodeableConcept=None,
        medication={"reference": {"reference": "Medication/m"}},
    )

    for written in (record(contained), record(beside, product)):
        assert parse_record(written, lexicon, DAY).document["drugs"] == [EG.Bortezomib]


def test_a_product_of_two_drugs_is_both(reads: Reads) -> None:
    """Of a product without a known code the ingredients count, save the inactive ones."""
    parts = [
        {"itemCodeableConcept": concept((RXNORM, "46041"))},
        {"item": {"concept": concept((ATC, "A11CC05"))}},
        {"item": {"concept": concept(BORTEZOMIB)}, "isActive": False},
        {"itemCodeableConcept": concept((RXNORM, "1"))},
    ]
    product = {"resourceType": "Medication", "id": "m", "ingredient": parts}
    taken = medication(
        STATEMENT,
        "active",
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m"},
        contained=[product],
    )

    found = reads(taken)
    assert found.document["drugs"] == [EG.Alendronate, EG.VitaminD3]
    assert any(each.reason.endswith("RXNORM 1") for each in found.flagged)  # and one is not read


@pytest.mark.parametrize("reference", ["Medication/none", "http://example.org/Medication/1", "#no"])
def test_nothing_is_fetched(reads: Reads, reference: str) -> None:
    """A reference that leads out of the record leads nowhere; no connection is made for it."""
    taken = medication(
        STATEMENT,
        "active",
        medicationCodeableConcept=None,
        medicationReference={"reference": reference},
    )

    reading = reads(taken)

    assert reasons(reading) == ["its medication is not in the input, and nothing is fetched"]


def test_a_product_entered_in_error_is_not_used(reads: Reads) -> None:
    """An error in the product is an error in what rests on it."""
    product = {"resourceType": "Medication", "id": "m", "code": concept(BORTEZOMIB)}
    taken = medication(
        STATEMENT,
        "active",
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m"},
        contained=[product | {"status": "entered-in-error"}],
    )

    assert reasons(reads(taken)) == ["its medication is entered in error"]
