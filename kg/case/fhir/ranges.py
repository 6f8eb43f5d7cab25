"""Reference ranges: the one that is for this patient, or none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kg.case.fhir.codes import Codes
from kg.case.fhir.elements import codings, number, table, tables, text
from kg.case.fhir.model import RefusedError, Table
from kg.case.fhir.subject import Patient
from kg.case.fhir.units import Units
from kg.model.terms import Entry, Lexicon
from kg.model.vocabulary import EG_CASE

_NORMAL: Final = ("http://terminology.hl7.org/CodeSystem/referencerange-meaning", "normal")
_SEXES: Final = {
    ("http://hl7.org/fhir/administrative-gender", "male"): "male",
    ("http://hl7.org/fhir/administrative-gender", "female"): "female",
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "M"): "male",
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "F"): "female",
}
_YEARS: Final = frozenset({"a", "year", "years", "yr", "yrs"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a reference range, in the unit of the value."""

    low: Decimal | None = None
    high: Decimal | None = None


class Ranges:
    """Chooses reference ranges for one patient."""

    def __init__(self, lexicon: Lexicon, codes: Codes, patient: Patient) -> None:
        self._codes = codes
        self._patient = patient
        self._units = Units(lexicon)
        states = lexicon.states(EG_CASE)
        self._sexes = {entry.iri: word for word, entry in states.items()}

    def choose(self, data: Table, marker: Entry, unit: str) -> tuple[Limits | None, str]:
        """The limits that are for this patient, or none and why."""
        given = [each for each in tables(data, "referenceRange") if self._is_normal(each)]
        limited = [each for each in given if "low" in each or "high" in each]
        if not limited:
            written = any(text(each, "text") for each in given)
            return None, "its reference range is words, which are not read" if written else ""
        judged = [(self._fits(each), each) for each in limited]
        possible = [(fits, each) for fits, each in judged if fits is not False]
        if not possible:
            return None, "none of its reference ranges is for this patient"
        found = {self._limits(each, marker, unit) for _, each in possible}
        if len(found) > 1 or any(fits is None for fits, _ in possible):
            return None, "it is not known which of its reference ranges is for this patient"
        return found.pop(), ""

    def _is_normal(self, given: Table) -> bool:
        """Whether a range is that of healthy people, and not a target of treatment."""
        kind = table(given, "type")
        return kind is None or any(each[:2] == _NORMAL for each in codings(kind))

    def _fits(self, given: Table) -> bool | None:
        """Whether a range is for this patient; None where that is not known."""
        answers = [self._fits_sex(each) for each in tables(given, "appliesTo")]
        age = table(given, "age")
        if age is not None:
            answers.append(self._fits_age(age))
        if False in answers:
            return False
        return None if None in answers else True

    def _fits_sex(self, applies: Table) -> bool | None:
        named = {word for each in codings(applies) if (word := _SEXES.get(each[:2]))}
        named |= {word for iri in self._codes.means(applies) if (word := self._sexes.get(iri))}
        if len(named) != 1 or not self._patient.sex:
            return None
        return named == {self._patient.sex}

    def _fits_age(self, age: Table) -> bool | None:
        limits = [table(age, key) for key in ("low", "high")]
        years = [None if each is None else number(each, "value") for each in limits]
        units = {text(each, "code") or text(each, "unit") for each in limits if each is not None}
        if self._patient.age is None or not units <= _YEARS:
            return None
        low, high = years
        above = low is None or self._patient.age >= low
        return above and (high is None or self._patient.age <= high)

    def _limits(self, given: Table, marker: Entry, unit: str) -> Limits:
        parts = {key: table(given, key) for key in ("low", "high")}
        for part in parts.values():
            if part is not None and text(part, "comparator"):
                raise RefusedError("a limit of its reference range has a comparator")
            if part is not None and not self._units.same(marker, part, unit):
                raise RefusedError("its reference range is in another unit than its value")
        values = {key: part and number(part, "value") for key, part in parts.items()}
        return Limits(*(value if isinstance(value, Decimal) else None for value in values.values()))
