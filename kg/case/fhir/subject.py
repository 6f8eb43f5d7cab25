"""Whose record it is: the one patient of an input, without anything that names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from kg.case.fhir.collected import Collected
from kg.case.fhir.elements import choice, table, tables, text, when
from kg.case.fhir.model import RefusedError, Resource, Table
from kg.case.fhir.stream import check_whole, names_of, without_version
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG_CASE

_OLDEST: Final = 130


@dataclass(frozen=True, slots=True)
class Patient:
    """What a case may know of a patient."""

    age: int | None = None
    """In whole years, on the day that is asked about."""
    sex: str = ""


def read_patient(
    resources: Iterable[Resource], lexicon: Lexicon, day: date, collected: Collected
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
        collected.ignore(resource, error.message)
        return Patient()
    if died is not None and died[1] is not False:
        collected.flag(resource, "the patient is recorded as deceased")
    return Patient(_age(resource, day, collected), _sex(resource, lexicon, collected))


def _age(resource: Resource, day: date, collected: Collected) -> int | None:
    """The age in whole years; the birth date goes no further than this."""
    try:
        born = when(resource.data.get("birthDate"), "birthDate")
    except RefusedError as error:
        collected.ignore(resource, f"no age: {error.message}")
        return None
    if born is None:
        return None
    youngest, oldest = _years(born.last, day), _years(born.first, day)
    if youngest < 0 or oldest > _OLDEST:
        collected.ignore(resource, f"no age: the birth date gives none from 0 to {_OLDEST} years")
        return None
    if youngest != oldest:
        collected.flag(resource, f"the birth date has no day, so the age of {youngest} may be more")
    return youngest


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _sex(resource: Resource, lexicon: Lexicon, collected: Collected) -> str:
    """The administrative gender, where statements speak of patients of that sex."""
    try:
        gender = text(resource.data, "gender")
    except RefusedError as error:
        collected.ignore(resource, f"no sex: {error.message}")
        return ""
    if not gender or gender in lexicon.states(EG_CASE):
        return gender
    collected.ignore(resource, "no sex: gender is neither male nor female")
    return ""


class Subjects:
    """Tells whether a resource is about the one patient of the input."""

    def __init__(self, patients: Iterable[Resource], clinical: Iterable[Resource]) -> None:
        self._patients = [(each, names_of(each)) for each in patients]
        self._identifiers = {key for each, _ in self._patients for key in _identifiers(each.data)}
        self._others = not self._patients
        keys = set(_named_subjects(clinical))
        self._anybody = bool(keys) or bool(self._patients)
        if self._others and _persons(keys) > 1:
            raise UsageError(
                "the FHIR input is about more than one patient: its resources name different "
                "subjects; wanted the record of one."
            )

    def check(self, resource: Resource) -> None:
        """RefusedError where a resource is about somebody else, or does not say about whom."""
        key = _subject(resource)
        if tables(resource.data, "focus"):
            raise RefusedError("it is about something else than the patient (focus)")
        if not key:
            if self._anybody:
                raise RefusedError("it does not say which patient it is about")
            return
        if not _may_be_a_patient(key):
            raise RefusedError("its subject is no patient")
        if not self._others and not self._is_the_patient(key):
            raise RefusedError("its subject is not the patient of this record")

    def _is_the_patient(self, key: str) -> bool:
        return key in self._identifiers or any(
            key in names or (not resource.url and key.endswith(tuple(f"/{n}" for n in names)))
            for resource, names in self._patients
        )


def _named_subjects(resources: Iterable[Resource]) -> Iterator[str]:
    """The subjects that resources name in a form that can be read."""
    for resource in resources:
        try:
            key = _subject(resource)
        except RefusedError:
            continue
        if key:
            yield key


def _subject(resource: Resource) -> str:
    """A text that stands for the subject; empty where none is given."""
    subject = table(resource.data, "subject")
    if subject is None:
        return ""
    reference = text(subject, "reference")
    if reference.startswith("#"):
        return f"{resource.place}{reference}"
    identifier = table(subject, "identifier")
    if reference or identifier is None:
        return without_version(reference)
    return next(iter(_identifiers({"identifier": [identifier]})), "")


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
