"""Reading FHIR: from the text of a record to a case, without anything that names a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from kg.case import Case, Notice, Unused
from kg.case.fhir.codes import Codes
from kg.case.fhir.collected import Collected
from kg.case.fhir.conditions import read_condition
from kg.case.fhir.medications import KINDS, Medications
from kg.case.fhir.model import Reading, RefusedError, Resource
from kg.case.fhir.observations import Observations
from kg.case.fhir.ranges import Ranges
from kg.case.fhir.stream import Records, check_whole, read_resources
from kg.case.fhir.subject import Subjects, read_patient
from kg.case.model import short
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI

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
    return replace(
        case,
        unused=(*case.unused, *told),
        notices=(*case.notices, *_notices(case, reading, lexicon)),
    )


def _notices(case: Case, reading: Reading, lexicon: Lexicon) -> Iterator[Notice]:
    """What the answer opens with: no result is left of a measurement that is asked about."""
    known = {lab.marker.iri for lab in case.labs} | {IRI(each.iri) for each in case.notices}
    for each in reading.ignored:
        marker = each.about
        if marker is not None and marker.iri in lexicon.asked - known:
            text = f"{each.resource}: {each.reason}."
            yield Notice(marker.iri, f"{short(marker)} not used", text)


def read(written: str, lexicon: Lexicon, day: date) -> Reading:
    """What a FHIR record says of its patient on a day; UsageError where it cannot be read.

    `written` is a resource, a Bundle, or a resource on each line, in FHIR R4 or R5 as JSON.
    """
    records = Records(read_resources(written))
    collected = Collected()
    patients = records.of("Patient")
    patient = read_patient(patients, lexicon, day, collected)
    subjects = Subjects(patients, [each for each in records.resources if each.kind in _CLINICAL])
    codes = Codes(lexicon)
    ranges = Ranges(lexicon, codes, patient)
    observations = Observations(lexicon, codes, ranges, day, collected)
    readers: dict[str, Callable[[Resource], None]] = {
        "Observation": observations.read,
        "Condition": lambda each: read_condition(each, codes, day, collected),
        **dict.fromkeys(KINDS, Medications(records, codes, day, collected).read),
    }
    for resource in records.resources:
        try:
            _read_one(resource, readers, subjects)
        except RefusedError as error:
            about = observations.about(resource) if resource.kind == "Observation" else None
            collected.ignore(resource, error.message, error.code, about)
    return collected.reading(age=patient.age, sex=patient.sex, day=day.isoformat())


def _read_one(
    resource: Resource, readers: Mapping[str, Callable[[Resource], None]], subjects: Subjects
) -> None:
    """Read a resource; RefusedError where it cannot be used."""
    if resource.kind in readers:
        check_whole(resource)
        subjects.check(resource)
        readers[resource.kind](resource)
    elif resource.kind not in _LOOKED_UP:
        raise RefusedError("a case has no place for it")
