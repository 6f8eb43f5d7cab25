"""Reading FHIR: from the text of a record to a case, without anything that names a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from kg.cases import Case, Unused
from kg.errors import UsageError
from kg.fhir.codes import Codes
from kg.fhir.collected import Collected
from kg.fhir.conditions import read_condition
from kg.fhir.medications import KINDS, Medications
from kg.fhir.model import Reading, RefusedError, Resource
from kg.fhir.observations import Observations
from kg.fhir.ranges import Ranges
from kg.fhir.stream import Records, check_whole, read_resources
from kg.fhir.subject import Subjects, read_patient
from kg.terms import Lexicon

_CLINICAL: Final = KINDS | {"Condition", "Observation"}
_LOOKED_UP: Final = frozenset({"Patient", "Medication"})
"""Types that are read for others, and say nothing of a case themselves."""


def read_case(written: str, lexicon: Lexicon, day: date) -> Case:
    """The case of a FHIR record, with what was not used of it and why."""
    reading = read(written, lexicon, day)
    try:
        case = Case.from_json(reading.document, lexicon, today=day)
    except UsageError as error:
        raise UsageError(f"the FHIR input: {error.message}") from None
    told = [Unused(each.resource, each.reason) for each in reading.ignored]
    told += [Unused(each.resource, each.remark) for each in reading.flagged]
    return replace(case, unused=(*case.unused, *told))


def read(written: str, lexicon: Lexicon, day: date) -> Reading:
    """What a FHIR record says of its patient on a day; UsageError where it cannot be read.

    `written` is a resource, a Bundle, or a resource on each line, in FHIR R4 or R5 as JSON.
    """
    records = Records(read_resources(written))
    collected = Collected()
    patients = records.of("Patient")
    patient = read_patient(patients, lexicon, day, collected)
    clinical = [each for each in records.resources if each.kind in _CLINICAL]
    subjects = Subjects(patients, clinical)
    codes = Codes(lexicon)
    ranges = Ranges(lexicon, codes, patient)
    observations = Observations(lexicon, codes, ranges, day, collected)
    medications = Medications(records, codes, day, collected)
    readers: dict[str, Callable[[Resource], None]] = {
        "Observation": observations.read,
        "Condition": lambda each: read_condition(each, codes, day, collected),
        **dict.fromkeys(KINDS, medications.read),
    }
    for resource in records.resources:
        _read_one(resource, readers, subjects, collected)
    return collected.reading(age=patient.age, sex=patient.sex, day=day.isoformat())


def _read_one(
    resource: Resource,
    readers: dict[str, Callable[[Resource], None]],
    subjects: Subjects,
    collected: Collected,
) -> None:
    """Read one resource, or keep why it was not used."""
    reader = readers.get(resource.kind)
    if reader is None:
        if resource.kind not in _LOOKED_UP:
            collected.ignore(resource, "a case has no place for it")
        return
    try:
        check_whole(resource)
        subjects.check(resource)
        reader(resource)
    except RefusedError as error:
        collected.ignore(resource, error.message, error.code)
