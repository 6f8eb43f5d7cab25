"""The record of one patient: from its text to a case, without anything that names a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Final

from msgspec.structs import replace

from kg.case.dates import OLDEST
from kg.case.fhir.builder import CaseBuilder, Patient, Reading, RefusedError, Resource, Table
from kg.case.fhir.codes import Codes
from kg.case.fhir.conditions import MEDICATIONS, Medications, read_condition
from kg.case.fhir.contained import check_report, with_contained
from kg.case.fhir.doses import Doses
from kg.case.fhir.observations import Observations
from kg.case.fhir.ranges import Ranges
from kg.case.fhir.resources import (
    Records,
    check_whole,
    choice,
    names_of,
    read_resources,
    table,
    tables,
    text,
    when,
    without_version,
)
from kg.case.fhir.versions import tell_version
from kg.case.merge import NOTHING, Beside
from kg.case.model import Case, Notice, Unused, short_name
from kg.case.ranges import RangeTable
from kg.case.resolve import resolve_case
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG, IRI

_CLINICAL: Final = MEDICATIONS | {"Condition", "Observation"}
_LOOKED_UP: Final = frozenset({"Patient", "Medication"})
"""Types that are read for others, and say nothing of a case themselves."""


def read_case(
    written: str | Mapping[str, str], lexicon: Lexicon, day: date, beside: Beside = NOTHING
) -> Case:
    """The case of a FHIR record, with what was not used of it and why.

    `beside` is what was typed beside the record, and what is known of its laboratory.
    """
    reading = parse_record(written, lexicon, day, beside.ranges)
    beside = replace(beside, unread=reading.unread)
    try:
        case = resolve_case(reading.document, lexicon, today=day, beside=beside)
    except UsageError as error:
        raise UsageError(f"the FHIR input: {error.message}") from None
    return case_of(case, reading, lexicon, day)


def case_of(case: Case, reading: Reading, lexicon: Lexicon, day: date) -> Case:
    """A case that a record was read for, with what was not used of the record and why."""
    ignored = (Unused(each.resource, each.reason) for each in reading.ignored)
    return replace(
        case,
        unused=(*case.unused, *ignored, *reading.flagged),
        notices=(
            *case.notices,
            *_notices(case, reading, lexicon),
            *reading.notices,
            *([] if case.labs else _all_old(reading, lexicon, day)),
        ),
    )


def _all_old(reading: Reading, lexicon: Lexicon, day: date) -> Iterator[Notice]:
    """What the answer opens with where every result is too old for the day asked about."""
    dated: dict[str, list[int]] = {}
    for lab in reading.document.get("labs", ()):
        days = lexicon.entries[IRI(lab["marker"])].usable_for_days
        dated.setdefault(lab.get("date", "")[: len("2026-01-01")], []).append(days)
    newest = max(dated, default="")
    age = (day - date.fromisoformat(newest)).days if newest else 0
    if any(0 < days < age for days in dated.get(newest, ())):
        text = (
            f"The results of the record are of {newest} or before, too old to speak of {day}; "
            f"to ask about that day, name it: --date {newest}."
        )
        yield Notice(EG.Case, "old results", text)


def _notices(case: Case, reading: Reading, lexicon: Lexicon) -> Iterator[Notice]:
    """What the answer opens with: no result is left of a measurement that is asked about."""
    known = {lab.marker.iri for lab in case.labs} | {IRI(each.iri) for each in case.notices}
    for each in reading.ignored:
        marker = each.about
        if marker is not None and marker.iri in lexicon.asked.keys() - known:
            text = f"{each.resource}: {each.reason}."
            yield Notice(marker.iri, f"{short_name(marker)} not used", text)


def parse_record(
    written: str | Mapping[str, str],
    lexicon: Lexicon,
    day: date,
    ranges: RangeTable | None = None,
) -> Reading:
    """What a FHIR record says of its patient on a day; UsageError where it cannot be read.

    `written` is a resource, a Bundle, or a resource on each line, in FHIR R4 or R5 as JSON; or
    such texts by the places where they stand.
    """
    builder = CaseBuilder({each for recipe in lexicon.recipes for each in recipe.events})
    tell_version(found := read_resources(written), builder)
    for deleted in (each for each in found if each.deleted):
        builder.ignore(deleted, "its bundle deletes it")
    held = with_contained((each for each in found if not each.deleted), builder)
    records = Records(held)
    patients = records.of("Patient")
    patient = read_patient(patients, lexicon, day, builder)
    subjects = Subjects(patients, [each for each in records.resources if each.kind in _CLINICAL])
    codes = Codes(lexicon)
    observations = Observations(
        lexicon, codes, Ranges(lexicon, codes, patient, ranges), day, builder
    )
    medications = Medications(records, codes, Doses(lexicon, day, builder), day, builder)
    readers: dict[str, Callable[[Resource], None]] = {
        "Observation": observations.read,
        "Condition": lambda each: read_condition(each, codes, day, builder),
        **dict.fromkeys(MEDICATIONS, medications.read),
    }
    for resource in records.resources:
        try:
            _read_one(resource, readers, subjects, records)
        except RefusedError as error:
            if resource.kind == "Observation":
                observations.leave_out(resource, error)
            else:
                builder.ignore(resource, error.message, error.code)
    medications.conclude()
    return builder.reading(patient, day.isoformat())


def _read_one(
    resource: Resource,
    readers: Mapping[str, Callable[[Resource], None]],
    subjects: Subjects,
    records: Records,
) -> None:
    """Read a resource; RefusedError where it cannot be used."""
    if resource.kind in readers:
        subjects.check(resource)
        readers[resource.kind](resource)
    elif resource.kind == "DiagnosticReport":
        check_report(resource, records)
    elif resource.kind not in _LOOKED_UP:
        raise RefusedError("a case has no place for it")


def read_patient(
    resources: Iterable[Resource], lexicon: Lexicon, day: date, builder: CaseBuilder
) -> Patient:
    """Age and sex of the one patient; UsageError where there is more than one."""
    found = list(resources)
    if not found:
        return Patient()
    if len(found) > 1:
        places = ", ".join(each.place for each in found[:4])
        raise UsageError(
            f"the FHIR input holds {len(found)} patients ({places}); wanted the record of one."
        )
    (resource,) = found
    try:
        check_whole(resource)
        died = choice(resource.data, "deceased")
    except RefusedError as error:
        builder.ignore(resource, error.message)
        return Patient()
    if died is not None and died[1] is not False:
        builder.flag(resource, "the patient is recorded as deceased")
    return Patient(_age(resource, day, builder), _sex(resource, lexicon, builder))


def _age(resource: Resource, day: date, builder: CaseBuilder) -> int | None:
    """The age in whole years; the birth date goes no further than this."""
    try:
        born = when(resource.data.get("birthDate"), "birthDate")
    except RefusedError as error:
        builder.ignore(resource, f"no age: {error.message}")
        return None
    if born is None:
        return None
    youngest, oldest = _years(born.last, day), _years(born.day, day)
    if youngest < 0:
        builder.ignore(resource, "no age: the birth date is still to come")
        return None
    if oldest > OLDEST:
        reason = f"the birth date gives {oldest} years, and nobody is above {OLDEST}"
        builder.ignore(resource, f"no age: {reason}; it seems to stand for one not known")
        return None
    if youngest != oldest:
        builder.flag(resource, f"the birth date has no day, so the age of {youngest} may be more")
    return youngest


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _sex(resource: Resource, lexicon: Lexicon, builder: CaseBuilder) -> str:
    """The administrative gender, where statements speak of patients of that sex."""
    try:
        gender = text(resource.data, "gender")
    except RefusedError as error:
        builder.ignore(resource, f"no sex: {error.message}")
        return ""
    if not gender or gender in lexicon.states(EG.Case):
        return gender
    builder.ignore(resource, "no sex: gender is neither male nor female")
    return ""


class Subjects:
    """Tells whether a resource is about the one patient of the input."""

    def __init__(self, patients: Iterable[Resource], clinical: Iterable[Resource]) -> None:
        self._patients = [(each, names_of(each)) for each in patients]
        self._identifiers = {key for each, _ in self._patients for key in _identifiers(each.data)}
        self._others = not self._patients
        keys = _named_subjects(clinical)
        self._anybody = bool(keys) or bool(self._patients)
        if self._others and _persons(keys) > 1:
            raise UsageError(
                "the FHIR input is about more than one patient: its resources name different "
                "subjects; wanted the record of one."
            )

    def check(self, resource: Resource) -> None:
        """RefusedError where a resource is about somebody else, or does not say about whom."""
        reason = self._doubt(resource)
        if reason:
            raise RefusedError(reason, of_another=True)

    def _doubt(self, resource: Resource) -> str:
        key = _subject(resource)
        if tables(resource.data, "focus"):
            return "it is about something else than the patient (focus)"
        if not key:
            return "it does not say which patient it is about" if self._anybody else ""
        if not _may_be_a_patient(key):
            return "its subject is no patient"
        known = self._others or self._is_the_patient(key)
        return "" if known else "its subject is not the patient of this record"

    def _is_the_patient(self, key: str) -> bool:
        return key in self._identifiers or any(
            key in names or (not resource.url and key.endswith(tuple(f"/{n}" for n in names)))
            for resource, names in self._patients
        )


def _named_subjects(resources: Iterable[Resource]) -> set[str]:
    """The subjects that resources name in a form that can be read."""
    found = set()
    for resource in resources:
        with suppress(RefusedError):
            found.add(_subject(resource))
    return found - {""}


def _subject(resource: Resource) -> str:
    """A text that stands for the subject; empty where none is given."""
    subject = table(resource.data, "subject")
    if subject is None:
        return ""
    reference = text(subject, "reference")
    if reference.startswith("#"):
        return f"{resource.holder.place}{reference}"
    identifier = table(subject, "identifier")
    if reference or identifier is None:
        return without_version(reference)
    return next(iter(_identifiers({"identifier": [identifier]})), "")


def patient_of(resource: Resource) -> str:
    """The id of the Patient that a resource names as its subject; empty where it names none so."""
    with suppress(RefusedError):
        base, found, identifier = _subject(resource).rpartition("Patient/")
        return identifier if found and base[-1:] in ("", "/") else ""
    return ""


def _identifiers(data: Table) -> Iterable[str]:
    try:
        found = [(text(each, "system"), text(each, "value")) for each in tables(data, "identifier")]
    except RefusedError:
        return []
    return [f"identifier {system}|{value}" for system, value in found if value]


def _may_be_a_patient(key: str) -> bool:
    """Whether a reference that names a type names that of a patient."""
    parts = key.split("/")
    return len(parts) < 2 or not parts[-2].isalpha() or parts[-2] == "Patient"  # noqa: PLR2004


def _persons(keys: Iterable[str]) -> int:
    """How many persons these references lead to: a server may stand before one and not another."""
    bases: dict[str, set[str]] = {}
    for key in keys:
        base, found, identifier = key.rpartition("Patient/")
        bases.setdefault(identifier if found else key, set()).update({base} - {""})
    return sum(max(1, len(each)) for each in bases.values())
