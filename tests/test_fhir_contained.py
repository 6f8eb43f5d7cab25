"""Results inside reports and panels are read, and what a bundle deletes is not."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from records import HL7, LOINC, PATIENT, Reads, concept, observation, reasons

from kg.case.fhir import parse_record
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG

DAY = date(2026, 11, 22)
NAMED = [{"reference": "#a"}]
PANEL = concept((LOINC, "24325-3"))


def result(**change: object) -> dict[str, Any]:
    """A raised ALP as it stands in something else."""
    return observation(id="a", subject=None, effectiveDateTime=None) | change


def report(*parts: dict[str, Any], **change: object) -> dict[str, Any]:
    """A report of the patient that contains these results."""
    return {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "subject": {"reference": "Patient/one"},
        "effectiveDateTime": "2026-11-02",
        "code": {"text": "Liver function tests"},
        "result": NAMED,
        "contained": list(parts),
    } | change


def panel(*parts: dict[str, Any], **change: object) -> dict[str, Any]:
    """An Observation that contains its members."""
    held: dict[str, object] = {"code": PANEL, "valueQuantity": None, "referenceRange": None}
    return observation(**held, hasMember=NAMED, contained=list(parts)) | change


@pytest.mark.parametrize("holder", [report, panel])
def test_a_contained_result_is_a_result_of_the_whole(reads: Reads, holder: Any) -> None:  # noqa: ANN401 - a function
    """It is of the patient and the time of what contains it, where it names no other."""
    reading = reads(holder(result()))

    (lab,) = reading.document["labs"]
    assert (lab["marker"], lab["date"]) == (EG.SerumALPObservation, "2026-11-02")


def test_its_own_words_come_first(reads: Reads) -> None:
    """A time or a patient that it names itself is not that of the whole."""
    dated = result(effectiveDateTime="2026-10-01")
    other = result(subject={"reference": "Patient/two"})

    assert reads(report(dated)).document["labs"][0]["date"] == "2026-10-01"
    assert "labs" not in reads(report(other)).document


def test_members_of_members_are_read(reads: Reads) -> None:
    """A panel in a report names results beside it."""
    inner = {"resourceType": "Observation", "id": "p", "status": "final", "code": PANEL}
    named = {"hasMember": NAMED}

    reading = reads(report(inner | named, result(), result=[{"reference": "#p"}]))

    assert len(reading.document["labs"]) == 1


@pytest.mark.parametrize(
    ("holder", "why"),
    [
        (report(result(), status="entered-in-error"), "status of what contains it"),
        (report(result(), status="cancelled"), "status of what contains it"),
        (panel(result(), status="entered-in-error"), "status of what contains it"),
        (report(result(), modifierExtension=[{"url": "x"}]), "a modifierExtension"),
        (report(result(), implicitRules="x"), "implicitRules"),
        (report(result(), result=[]), "nothing says that it is a result"),
        (report(result(), result=[{"reference": "#b"}]), "nothing says that it is a result"),
        (panel(result(), hasMember=None, derivedFrom=NAMED), "nothing says that it is a result"),
        (report(result(status="preliminary")), "its status is preliminary"),
    ],
)
def test_what_does_not_stand_is_named(reads: Reads, holder: dict[str, Any], why: str) -> None:
    """A report in error takes its results along, and each is named with its place."""
    reading = reads(holder)

    assert "labs" not in reading.document
    assert any(why in each for each in reasons(reading))
    assert any("contained 1" in each.resource for each in reading.ignored)


def test_a_report_is_told_of_where_results_are_missing(reads: Reads) -> None:
    """A report whose results are all there says nothing else, and one that lacks some says so."""
    beside = observation(id="b")
    whole = report(result(), result=[*NAMED, {"reference": "Observation/b"}])
    lacking = report(result(), result=[*NAMED, {"reference": "Observation/c"}])
    empty = report(result=[])

    assert reasons(reads(whole, beside)) == []
    assert reasons(reads(lacking)) == [
        "1 of its 2 results are not in the input, and nothing is fetched"
    ]
    assert reasons(reads(empty)) == ["a case has no place for it"]


def test_a_contained_patient_is_one_patient(lexicon: Lexicon) -> None:
    """What is contained names the patient beside it, as what contains it does."""
    mine = {"reference": "#p"}
    held = report({"resourceType": "Patient", "id": "p"}, result(subject=mine), subject=mine)

    reading = parse_record(json.dumps(held), lexicon, DAY)

    assert len(reading.document["labs"]) == 1


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST"])
def test_what_a_bundle_deletes_is_not_used(lexicon: Lexicon, method: str) -> None:
    """An entry that a transaction deletes says nothing of the patient, and is named."""
    entries = [
        {"resource": PATIENT, "request": {"method": "PUT", "url": "Patient/one"}},
        {"resource": observation(), "request": {"method": method, "url": "Observation/a"}},
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    reading = parse_record(json.dumps(bundle), lexicon, DAY)

    deleted = method == "DELETE"
    assert ("labs" in reading.document) is not deleted
    assert [each.reason for each in reading.ignored] == ["its bundle deletes it"] * deleted


def test_the_patient_may_be_deleted(lexicon: Lexicon) -> None:
    """Of a patient who is deleted nothing is known, and there is no second patient."""
    gone = {"resource": PATIENT | {"gender": "male"}, "request": {"method": "DELETE", "url": "x"}}
    entries = [gone, {"resource": PATIENT | {"gender": "female"}}, {"resource": observation()}]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}

    assert parse_record(json.dumps(bundle), lexicon, DAY).document["sex"] == "female"


def test_a_status_of_a_report_in_words_breaks_nothing(reads: Reads) -> None:
    """A report that is not as FHIR writes it costs its results, and no more."""
    broken = report(result(), status={"code": "final"})

    reading = reads(broken, observation(code=concept((f"{HL7}/x", "y"))), observation())

    assert len(reading.document["labs"]) == 1
