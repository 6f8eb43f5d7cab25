"""Writes FHIR resources for tests, as short as they can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from kg.case.fhir import Reading

Reads = Callable[..., Any]
"""Reads resources, of one patient, into a `Reading`; loosely typed, as JSON is."""

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
GENDER = "http://hl7.org/fhir/administrative-gender"
HL7 = "http://terminology.hl7.org/CodeSystem"

PATIENT = {"resourceType": "Patient", "id": "one"}
ALP = "6768-6"
MYELOMA = (SNOMED, "109989006")
BORTEZOMIB = (RXNORM, "358258")


def concept(*codings: tuple[str, ...], **more: object) -> dict[str, Any]:
    """A CodeableConcept of (system, code) or (system, code, display)."""
    names = ("system", "code", "display")
    return {"coding": [dict(zip(names, each, strict=False)) for each in codings], **more}


def quantity(value: float, unit: str = "U/L") -> dict[str, Any]:
    """A quantity in UCUM."""
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def limits(low: float | None, high: float | None, **more: object) -> dict[str, Any]:
    """A reference range."""
    given = {"low": low, "high": high}
    return {key: quantity(value) for key, value in given.items() if value is not None} | more


def flagged(*codes: str) -> list[dict[str, Any]]:
    """An interpretation."""
    return [concept(*((f"{HL7}/v3-ObservationInterpretation", code) for code in codes))]


def observation(**change: object) -> dict[str, Any]:
    """A raised ALP of the patient, changed; what is None is left out."""
    return _resource(
        "Observation",
        {
            "status": "final",
            "code": concept((LOINC, ALP)),
            "effectiveDateTime": "2026-11-02",
            "valueQuantity": quantity(212),
            "referenceRange": [limits(35, 105)],
        },
        change,
    )


def condition(verified: str = "", clinical: str = "", **change: object) -> dict[str, Any]:
    """A multiple myeloma of the patient, changed."""
    given: dict[str, Any] = {"code": concept(MYELOMA)}
    if verified:
        given["verificationStatus"] = concept((f"{HL7}/condition-ver-status", verified))
    if clinical:
        given["clinicalStatus"] = concept((f"{HL7}/condition-clinical", clinical))
    return _resource("Condition", given, change)


def medication(kind: str, status: str, **change: object) -> dict[str, Any]:
    """Bortezomib, as R4 writes it, changed."""
    given = {"status": status, "medicationCodeableConcept": concept(BORTEZOMIB)}
    return _resource(kind, given, change)


def record(*resources: Mapping[str, Any], patient: Mapping[str, Any] | None = None) -> str:
    """A bundle of the patient and the resources."""
    entries = [{"resource": dict(each)} for each in (patient or PATIENT, *resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def reasons(reading: Reading) -> list[str]:
    """Why resources were not used."""
    return [each.reason for each in reading.ignored]


def remarks(reading: Reading) -> list[str]:
    """What is to be known of resources that were used."""
    return [each.remark for each in reading.flagged]


def _resource(kind: str, given: Mapping[str, Any], change: Mapping[str, object]) -> dict[str, Any]:
    whole = {"resourceType": kind, "subject": {"reference": "Patient/one"}, **given, **change}
    return {key: value for key, value in whole.items() if value is not None}
