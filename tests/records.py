"""Writes FHIR resources for tests, as short as they can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kg.case.fhir import Reading
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import SKOS

Reads = Callable[..., Any]
"""Reads resources, of one patient, into a `Reading`; loosely typed, as JSON is."""

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HPO = "http://human-phenotype-ontology.org"
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
    return [each.reason for each in reading.flagged]


class Recorder:
    """Writes a dated case in the form of the case schema as the record of a patient."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        systems = {prefix: uri for uri, prefix in lexicon.systems.items()}
        self._codes: dict[str, dict[str, Any]] = {}
        for key in lexicon.coded:
            uses = lexicon.uses(key)
            prefix, _, code = key.partition(":")
            means = [u.term for u in uses if u.relation in (SKOS.exactMatch, SKOS.narrowMatch)]
            if prefix in systems and len(means) == 1:
                self._codes.setdefault(means[0], concept((systems[prefix], code)))

    def record(self, case: Mapping[str, Any]) -> str | None:
        """The record; None where a term has no code, or FHIR has no place for what is said."""
        try:
            return record(*self._resources(case), patient=self._patient(case))
        except KeyError:
            return None

    def _patient(self, case: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(PATIENT)
        if "sex" in case:
            found["gender"] = self._lexicon.find(case["sex"], Kind.SEX).flag
        if "age" in case:
            year, rest = case["date"][:4], case["date"][4:]
            found["birthDate"] = f"{int(year) - int(case['age']):04}{rest}"
        return found

    def _resources(self, case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for key, verified, status in (
            ("conditions", "confirmed", ""),
            ("absent", "refuted", "not-taken"),
            ("unknown", "unconfirmed", "on-hold"),
        ):
            for name in case.get(key, []):
                if self._lexicon.find(name).kind is Kind.CONDITION:
                    yield condition(verified, code=self._code(name))
                else:
                    yield self._taken(name, status)
        for drug in case.get("drugs", []):
            said = {"drug": drug} if isinstance(drug, str) else drug
            dates = {"start": said.get("start"), "end": said.get("stop")}
            period = {key: value for key, value in dates.items() if value}
            yield self._taken(said["drug"], "active", effectivePeriod=period or None)
        yield from (self._observation(lab) for lab in case.get("labs", []))

    def _code(self, name: str) -> dict[str, Any]:
        return self._codes[self._lexicon.find(name).iri]

    def _taken(self, name: str, status: str, **more: object) -> dict[str, Any]:
        code = self._code(name)
        return medication("MedicationStatement", status, medicationCodeableConcept=code, **more)

    def _observation(self, lab: Mapping[str, str]) -> dict[str, Any]:
        """A result; KeyError where it says what FHIR cannot, or has neither range nor flag."""
        _only(lab, "marker", "state", "value", "unit", "comparator", "low", "high", "flag", "date")
        flag = lab.get("state") or lab.get("flag")
        range_ = {key: _amount(lab, key) for key in ("low", "high") if key in lab}
        _only({} if flag or range_ else {"neither": ""})
        value = _amount(lab, "value") if "value" in lab else None
        if value is not None and "comparator" in lab:
            value["comparator"] = {"≤": "<=", "≥": ">="}.get(lab["comparator"], lab["comparator"])
        return observation(
            code=self._code(lab["marker"]),
            effectiveDateTime=lab.get("date"),
            valueQuantity=value,
            referenceRange=[range_] if range_ else None,
            interpretation=flagged(flag[0].upper()) if flag else None,
        )


def _only(said: Mapping[str, str], *keys: str) -> None:
    for key in said.keys() - set(keys):
        raise KeyError(key)


def _amount(lab: Mapping[str, str], key: str) -> dict[str, Any]:
    number = float(lab[key])
    return {"value": int(number) if number.is_integer() else number, "unit": lab["unit"]}


def _resource(kind: str, given: Mapping[str, Any], change: Mapping[str, object]) -> dict[str, Any]:
    whole = {"resourceType": kind, "subject": {"reference": "Patient/one"}, **given, **change}
    return {key: value for key, value in whole.items() if value is not None}
