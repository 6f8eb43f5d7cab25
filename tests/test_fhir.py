"""Promises about FHIR records as a whole: what is read, what is named, and whose they are."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from records import (
    LOINC,
    PATIENT,
    Reads,
    concept,
    observation,
    reasons,
    record,
    remarks,
)

from kg.case.fhir import parse_record, read_case
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG

DATA = Path(__file__).parent / "data" / "fhir"
DAY = date(2026, 11, 22)


# ── The record as a whole ───────────────────────────────────────────────────────────────────────


def test_a_record_becomes_a_case(lexicon: Lexicon) -> None:
    """A record with what a chart holds gives the case that a clinician would type."""
    reading = parse_record((DATA / "patient.json").read_text("utf-8"), lexicon, DAY)

    alp, ggt, calcium = EG.SerumALPObservation, EG.GGTObservation, EG.CalciumObservation
    range_ = {"unit": "U/L", "low": "35", "high": "105"}
    assert reading.document == {
        "conditions": [EG.MultipleMyeloma, EG.PostmenopausalState],
        "absent": [EG.PagetDiseaseOfBone, EG.Alendronate],
        "unknown": [EG.VitaminDDeficiency],
        "drugs": [{"drug": EG.Bortezomib, "start": "2026-09-28"}],
        "labs": [
            {"marker": alp, "value": "98", "flag": "normal", "date": "2026-09-21T08:10:00+02:00"}
            | range_,
            {"marker": alp, "value": "212", "flag": "high", "date": "2026-10-26T08:05:00+01:00"}
            | range_,
            {"marker": ggt, "value": "24", "unit": "U/L", "high": "40", "flag": "normal"}
            | {"date": "2026-10-26T08:05:00+01:00"},
            {"marker": calcium, "value": "9.4", "unit": "mg/dL", "low": "8.6", "high": "10.2"}
            | {"date": "2026-10-26T08:05:00+01:00"},
        ],
        "age": 68,
        "sex": "female",
        "date": "2026-11-22",
    }


def test_what_was_not_used_is_named_with_its_place(lexicon: Lexicon) -> None:
    """A reader finds every resource that was left out, by type and place, and why."""
    reading = parse_record((DATA / "patient.json").read_text("utf-8"), lexicon, DAY)

    assert {(each.resource, each.reason) for each in reading.ignored} == {
        ("Encounter, entry 2", "a case has no place for it"),
        ("Condition, entry 7", "no term of this graph has its code: SNOMEDCT 38341003"),
        ("MedicationRequest, entry 10", "vitamin D3: its status is draft"),
        ("Observation, entry 15", "no term of this graph has its code: LOINC 718-7"),
        ("Observation, entry 16", "alkaline phosphatase: its status is entered-in-error"),
        ("DiagnosticReport, entry 17", "a case has no place for it"),
    }


def test_r4_in_a_bundle_and_r5_in_lines_say_the_same(lexicon: Lexicon) -> None:
    """The same record in both versions and both forms is the same case."""
    bundle = parse_record((DATA / "patient.json").read_text("utf-8"), lexicon, DAY)
    lines = parse_record((DATA / "patient-r5.ndjson").read_text("utf-8"), lexicon, DAY)

    assert bundle.document == lines.document
    assert {each.resource.partition(",")[0] for each in bundle.ignored} == {
        each.resource.partition(",")[0] for each in lines.ignored
    }


def test_one_resource_is_a_record(lexicon: Lexicon) -> None:
    """A single resource can be asked about."""
    reading = parse_record(json.dumps(observation()), lexicon, DAY)

    assert [lab["value"] for lab in reading.document["labs"]] == ["212"]


def test_many_resources_of_one_kind_are_one_line(reads: Reads) -> None:
    """A record with a thousand other results does not bury the answer."""
    others = [observation(code=concept((LOINC, f"{n}-0"))) for n in range(1000, 1100)]

    reading = reads(*others)

    (ignored,) = reading.ignored
    assert ignored.resource == (
        "100 of Observation, entry 2, entry 3, entry 4, entry 5, entry 6, …"
    )
    assert ignored.reason.startswith("no term of this graph has its code: LOINC 1000-0, ")


BAD = {
    "nothing": ("", "not JSON"),
    "no object": ("[]", "is a list"),
    "no type": ("{}", "no FHIR resource"),
    "a type that is no text": ('{"resourceType": 1}', "no FHIR resource"),
    "entries that are no list": ('{"resourceType": "Bundle", "entry": 1}', "not a list"),
    "an entry that is no object": ('{"resourceType": "Bundle", "entry": [1]}', "entry 1"),
    "a history": ('{"resourceType": "Bundle", "type": "history"}', "type history"),
    "a bundle of other rules": (
        '{"resourceType": "Bundle", "implicitRules": "http://example.org"}',
        "implicitRules",
    ),
    "an entry with a modifier": (
        '{"resourceType": "Bundle", "entry": [{"modifierExtension": [{"url": "x"}]}]}',
        "modifierExtension",
    ),
    "a bad line": ('{"resourceType": "Patient"}\n{"resourceType": \n', "line 2, is not JSON"),
    "a line that is no resource": ('{"resourceType": "Patient"}\n\n{}\n', "line 3, is no FHIR"),
    "a key twice in a line": (
        '{"resourceType": "Patient"}\n{"resourceType": "Basic", "id": "a", "id": "b"}',
        "line 2, has a key twice",
    ),
    "bundles in bundles": (
        '{"resourceType": "Bundle", "entry": [{"resource": ' * 7 + "{}" + "}]}" * 7,
        "more than are read",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_record_is_refused_with_its_place(lexicon: Lexicon, name: str) -> None:
    """An input that is not FHIR as JSON is an error that says where."""
    written, wanted = BAD[name]

    with pytest.raises(UsageError, match=wanted):
        parse_record(written, lexicon, DAY)


def test_an_input_too_long_is_refused(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    """No input can take all memory."""
    monkeypatch.setattr("kg.case.fhir.resources.MOST_CHARACTERS", 10)

    with pytest.raises(UsageError, match="at most 10"):
        parse_record(json.dumps(observation()), lexicon, DAY)


def test_a_bundle_in_a_bundle_is_read(lexicon: Lexicon) -> None:
    """A batch of searches holds one bundle for each."""
    inner = json.loads(record(observation()))
    outer = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}]}

    reading = parse_record(json.dumps(outer), lexicon, DAY)

    assert len(reading.document["labs"]) == 1


# ── Whose record it is ──────────────────────────────────────────────────────────────────────────


def test_two_patients_are_refused(reads: Reads) -> None:
    """A record of two people is no case."""
    with pytest.raises(UsageError, match="2 patients"):
        reads({"resourceType": "Patient", "id": "two"})


@pytest.mark.parametrize(
    ("one", "other", "persons"),
    [
        ("Patient/1", "Patient/2", 2),
        ("http://a.example/Patient/1", "http://b.example/Patient/1", 2),
        ("http://a.example/Patient/1", "Patient/1", 1),
        ("Patient/1/_history/2", "Patient/1", 1),
        ("urn:uuid:1", "urn:uuid:2", 2),
    ],
)
def test_two_subjects_without_a_patient_are_refused(
    lexicon: Lexicon, one: str, other: str, persons: int
) -> None:
    """Results of two people are told apart even where neither Patient is in the input."""
    lines = [observation(subject={"reference": each}) for each in (one, other)]
    written = "\n".join(json.dumps(line) for line in lines)

    if persons == 1:
        assert len(parse_record(written, lexicon, DAY).document["labs"]) == 2
    else:
        with pytest.raises(UsageError, match="more than one patient"):
            parse_record(written, lexicon, DAY)


@pytest.mark.parametrize(
    "reference",
    ["Patient/one", "Patient/one/_history/3", "http://a.example/fhir/Patient/one", "urn:uuid:9"],
)
def test_a_subject_is_found_by_each_form_of_reference(lexicon: Lexicon, reference: str) -> None:
    """Relative, versioned, absolute and by the address in the bundle: all are the patient."""
    about = observation(subject={"reference": reference})
    url = (
        reference if reference.startswith(("http", "urn")) else "http://a.example/fhir/Patient/one"
    )
    entries = [{"fullUrl": url, "resource": PATIENT}, {"resource": about}]

    written = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})

    assert len(parse_record(written, lexicon, DAY).document["labs"]) == 1


def test_the_same_id_on_another_server_is_somebody_else(lexicon: Lexicon) -> None:
    """An absolute reference is the patient only where it is the address of the patient."""
    about = observation(subject={"reference": "http://b.example/Patient/one"})
    entries = [{"fullUrl": "http://a.example/Patient/one", "resource": PATIENT}]
    entries.append({"resource": about})

    written = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
    reading = parse_record(written, lexicon, DAY)

    assert reasons(reading) == [
        "alkaline phosphatase: its subject is not the patient of this record"
    ]


def test_a_subject_may_be_named_by_the_identifier(reads: Reads) -> None:
    """A logical reference holds the identifier of the patient and no address."""
    known = {"system": "urn:mrn", "value": "7"}
    patient = PATIENT | {"identifier": [known]}

    mine = reads(observation(subject={"identifier": known}), patient=patient)
    other = reads(observation(subject={"identifier": known | {"value": "8"}}), patient=patient)

    assert len(mine.document["labs"]) == 1
    assert "labs" not in other.document


@pytest.mark.parametrize(
    ("born", "age", "remark"),
    [
        ("1958-11-22", 68, False),
        ("1958-11-23", 67, False),
        ("2008-02-29", 18, False),
        ("2026-11-22", 0, False),
        ("1958", 67, True),
        ("1958-11", 67, True),
        ("1958-10", 68, False),
        ("2026-11-23", None, False),
        ("1850-01-01", None, False),
        ("58", None, False),
        ("1958-13-01", None, False),
        (1958, None, False),
    ],
)
def test_the_birth_date_becomes_an_age_in_whole_years(
    reads: Reads,
    born: object,
    age: int | None,
    remark: bool,  # noqa: FBT001
) -> None:
    """The age is the one on the day asked about; where it may be two, the lower, and said so."""
    reading = reads(observation(), patient=PATIENT | {"birthDate": born})

    assert reading.document.get("age") == age
    assert any("may be more" in each for each in remarks(reading)) is remark
    assert (age is None) is any("no age" in each for each in reasons(reading))


@pytest.mark.parametrize(
    ("gender", "sex"), [("female", "female"), ("male", "male"), ("other", None), ("unknown", None)]
)
def test_gender_is_used_where_statements_speak_of_it(
    reads: Reads,
    gender: str,
    sex: str | None,
) -> None:
    """What is neither male nor female is not taken for either, and said so."""
    reading = reads(observation(), patient=PATIENT | {"gender": gender})

    assert reading.document.get("sex") == sex
    assert (sex is None) is ("no sex: gender is neither male nor female" in reasons(reading))


def test_a_deceased_patient_is_flagged(reads: Reads) -> None:
    """Who reads the answer knows that the record is of a dead patient."""
    reading = reads(observation(), patient=PATIENT | {"deceasedBoolean": True})

    assert remarks(reading) == ["the patient is recorded as deceased"]


def test_a_subject_that_cannot_be_read_costs_its_resource_only(reads: Reads) -> None:
    """One malformed reference among many is no reason to refuse a record."""
    reading = reads(observation(subject="Patient/one"), observation())

    assert len(reading.document["labs"]) == 1
    assert reasons(reading) == ["alkaline phosphatase: subject is not as FHIR R4 or R5 writes it"]


def test_the_answer_opens_with_a_result_that_was_asked_about(lexicon: Lexicon) -> None:
    """Where no ALP is left that can be used, the reader sees that first, and not otherwise."""
    mistaken = observation(status="entered-in-error")

    alone = read_case(record(mistaken), lexicon, DAY)
    beside = read_case(record(mistaken, observation()), lexicon, DAY)

    (notice,) = alone.notices
    assert notice.label == "ALP not used"
    assert "entered-in-error" in notice.text
    assert beside.notices == ()


def test_the_day_asked_about_is_that_of_the_age_and_the_results() -> None:
    """Asked about an earlier day, a record gives the age and the results of then."""
    from kg.cli import main

    asked = ["case", "--fhir", str(DATA / "patient.json"), "--date", "2026-03-01"]
    result = CliRunner().invoke(main, asked)

    case = json.loads(result.stdout)
    assert case["age"] == "67"
    assert "labs" not in case


def test_a_day_to_come_is_not_asked_about() -> None:
    """A record cannot be asked about a day that is still to come."""
    from kg.cli import main

    asked = ["case", "--fhir", str(DATA / "patient.json"), "--date", "9999-12-31"]
    result = CliRunner().invoke(main, asked)

    assert result.exit_code != 0
    assert "9999-12-31, is after" in result.stderr
