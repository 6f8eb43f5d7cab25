"""Observations: results with what the laboratory says of them, and findings with a yes or a no."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, cast

from msgspec import Struct

from kg.case.document import Lab
from kg.case.fhir.builder import (
    NO,
    UNKNOWN,
    YES,
    CaseBuilder,
    Patient,
    RefusedError,
    Resource,
    Table,
)
from kg.case.fhir.codes import Codes, Match
from kg.case.fhir.conditions import check_kind
from kg.case.fhir.resources import choice, codings, number, table, tables, text, times
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG_CASE
from kg.reasoning.intervals import Interval

_VALID: Final = frozenset({"final", "amended", "corrected", "appended"})
_WITHOUT: Final = frozenset(
    {
        "registered", "specimen-in-process", "preliminary", "cancelled", "entered-in-error",
        "unknown", "cannot-be-obtained",
    }
)  # fmt: skip
_COMPARATORS: Final = frozenset({"", "<", "<=", ">=", ">"})
_INTERPRETATIONS: Final = (
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "http://terminology.hl7.org/CodeSystem/v2-0078",
    "http://hl7.org/fhir/v2/0078",
)
_FLAGS: Final = (
    dict.fromkeys(("H", "HH", "HU", "H>", "HX", ">"), "high")
    | dict.fromkeys(("L", "LL", "LU", "L<", "LX", "<"), "low")
    | {"N": "normal"}
)
_NO_DIRECTION: Final = frozenset({"A", "AA"})
_YES_NO: Final = (
    "http://terminology.hl7.org/CodeSystem/v2-0136",
    "http://terminology.hl7.org/CodeSystem/v2-0532",
)
_ANSWERS: Final = {"Y": YES, "N": NO, "UNK": UNKNOWN}
_NORMAL: Final = ("http://terminology.hl7.org/CodeSystem/referencerange-meaning", "normal")
_SEXES: Final = {
    ("http://hl7.org/fhir/administrative-gender", "male"): "male",
    ("http://hl7.org/fhir/administrative-gender", "female"): "female",
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "M"): "male",
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "F"): "female",
}
_YEARS: Final = frozenset({"a", "year", "years", "yr", "yrs"})
_UCUM: Final = frozenset({"http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8"})


class _Part(Struct, frozen=True):
    """An Observation, or one of its components, with the term that it is about."""

    data: Table
    match: Match


class Observations:
    """Reads the Observations of one patient."""

    def __init__(
        self, lexicon: Lexicon, codes: Codes, patient: Patient, day: date, builder: CaseBuilder
    ) -> None:
        self._lexicon = lexicon
        self._codes = codes
        self._ranges = Ranges(lexicon, codes, patient)
        self._units = Units(lexicon)
        self._day = day
        self._builder = builder

    def read(self, resource: Resource) -> None:
        """Keep what an Observation says; RefusedError where nothing of it can be used."""
        parts = list(self._parts(resource))
        taken = self._moment(resource)
        for part in parts:
            try:
                self._part(resource, part, taken)
            except RefusedError as error:
                self._builder.ignore(resource, error.message, error.code, part.match.entry)

    def about(self, resource: Resource) -> Entry | None:
        """The first thing that an Observation is about, where its code is known here."""
        try:
            return next(self._parts(resource)).match.entry
        except RefusedError:
            return None

    def _parts(self, resource: Resource) -> Iterator[_Part]:
        """The Observation and its components, as far as their codes are known here."""
        unknown: RefusedError | None = None
        count = 0
        for data in (resource.data, *tables(resource.data, "component")):
            try:
                part = _Part(data, self._codes.match(table(data, "code")))
            except RefusedError as error:
                unknown = unknown or error
                continue
            if data is not resource.data or "component" not in data or _says_something(data):
                count += 1
                yield part
        if not count:
            raise unknown or RefusedError("it has no value")

    def _moment(self, resource: Resource) -> str:
        """When it was taken; RefusedError where its status or its time forbids its use."""
        state = text(resource.data, "status")
        if state not in _VALID:
            known = state if state in _WITHOUT else "missing or none that FHIR defines"
            raise RefusedError(f"its status is {known}")
        taken = times(resource.data, "effective")
        moment = taken.end or taken.start
        if moment is None:
            return ""
        if moment.day > self._day:
            raise RefusedError("it is dated after the day that is asked about")
        if not moment.text:
            self._builder.flag(resource, "used without its date, which has no day")
        return moment.text

    def _part(self, resource: Resource, part: _Part, taken: str) -> None:
        entry = part.match.entry
        check_kind(entry, Kind.MARKER, Kind.CONDITION)
        value = choice(part.data, "value")
        if value is not None and part.data.get("dataAbsentReason") is not None:
            raise RefusedError("it has a value and a reason why there is none")
        if entry.kind is Kind.CONDITION:
            self._builder.answer(entry, self._yes_or_no(entry, value))
        else:
            result = self._result(resource, part, value) | ({"date": taken} if taken else {})
            self._builder.lab(cast("Lab", result))
        self._builder.flag(resource, part.match.remark, entry.label)

    def _result(
        self, resource: Resource, part: _Part, value: tuple[str, object] | None
    ) -> dict[str, str]:
        """The result as a case holds it: a value with its range, or the laboratory's flag."""
        entry = part.match.entry
        flagged = self._flag(resource, part)
        if value is None:
            if not flagged or part.data.get("dataAbsentReason") is not None:
                raise RefusedError("it has no value")
            return {"marker": entry.iri, "state": flagged}
        kind, quantity = value
        if kind != "Quantity" or not isinstance(quantity, dict):
            raise RefusedError("its value is no quantity")
        measured = self._quantity(entry, quantity)
        limits, why = self._ranges.choose(part.data, entry, measured["unit"])
        if limits is None and not flagged:
            raise RefusedError(
                f"{why or 'it has no reference range'}, and no flag of the laboratory stands for it"
            )
        if why:
            self._builder.flag(resource, f"used by its flag only, for {why}", entry.label)
        return measured | _format_limits(limits) | ({"flag": flagged} if flagged else {})

    def _yes_or_no(self, entry: Entry, value: tuple[str, object] | None) -> str:
        """What an Observation of a condition says; RefusedError where it is no plain answer.

        A status is a yes where its value names the condition itself.
        """
        if value is not None and value[0] == "Boolean" and isinstance(value[1], bool):
            return YES if value[1] else NO
        if value is not None and value[0] == "CodeableConcept" and isinstance(value[1], dict):
            codes = {code for system, code, _ in codings(value[1]) if system in _YES_NO}
            meant = self._codes.means(value[1])
            if len(codes) == 1 and codes <= _ANSWERS.keys() and not meant:
                return _ANSWERS[codes.pop()]
            if not codes and meant == {entry.iri}:
                return YES
        raise RefusedError("its value is neither yes nor no")

    def _quantity(self, entry: Entry, quantity: Table) -> dict[str, str]:
        amount = number(quantity, "value")
        if amount is None:
            raise RefusedError("its value has no number")
        if amount < 0:
            raise RefusedError("its value is negative")
        comparator = text(quantity, "comparator")
        if comparator not in _COMPARATORS:
            raise RefusedError("its comparator is none that is read")
        unit = self._units.read(entry, quantity)
        measured = {"marker": entry.iri, "value": f"{amount:f}", "unit": unit}
        return measured | ({"comparator": comparator} if comparator else {})

    def _flag(self, resource: Resource, part: _Part) -> str:
        """The laboratory's flag in the words of the graph; empty where it gives no direction."""
        entry = part.match.entry
        codes = {
            code
            for concept in tables(part.data, "interpretation")
            for system, code, _ in codings(concept)
            if system in _INTERPRETATIONS
        }
        flags = {_FLAGS[code] for code in codes & _FLAGS.keys()}
        if len(flags) > 1 or ("normal" in flags and codes & _NO_DIRECTION):
            raise RefusedError("its flags contradict each other")
        if codes & _NO_DIRECTION and not flags:
            remark = "its flag is not used; abnormal says neither high nor low"
            self._builder.flag(resource, remark, entry.label)
        flag = next(iter(flags), "")
        return flag if flag in self._lexicon.states(entry.iri) else ""


def _says_something(data: Table) -> bool:
    """Whether an Observation with components has a result of its own."""
    return choice(data, "value") is not None or "interpretation" in data


Limits = tuple[Decimal | None, Decimal | None]
"""The lower and the upper limit of a reference range, in the unit of the value."""


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
        return Interval(at_least=low, at_most=high).contains(Decimal(self._patient.age))

    def _limits(self, given: Table, marker: Entry, unit: str) -> Limits:
        parts = [table(given, key) for key in ("low", "high")]
        for part in parts:
            if part is not None and text(part, "comparator"):
                raise RefusedError("a limit of its reference range has a comparator")
            if part is not None and not self._units.are_same(marker, part, unit):
                raise RefusedError("its reference range is in another unit than its value")
        low, high = (None if part is None else number(part, "value") for part in parts)
        return low, high


def _format_limits(limits: Limits | None) -> dict[str, str]:
    """The limits of a range as a case holds them; RefusedError where they cannot be right."""
    if limits is None:
        return {}
    low, high = limits
    given = [each for each in limits if each is not None]
    if not given:
        raise RefusedError("its reference range has no number")
    if min(given) < 0:
        raise RefusedError("its reference range is negative")
    if low is not None and high is not None and low > high:
        raise RefusedError("its reference range runs backwards")
    named = {"low": low, "high": high}
    return {key: f"{each:f}" for key, each in named.items() if each is not None}


class Units:
    """Reads the units that the graph knows for a measurement, by code or as they are printed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._markers = lexicon.of_kind(Kind.MARKER)

    def read(self, marker: Entry, quantity: Table) -> str:
        """The unit of a quantity as it is spelled there; RefusedError where it is not one.

        The code counts where it is UCUM, and otherwise what is printed. What is printed beside a
        code may be any spelling, but not that of another unit.
        """
        printed = text(quantity, "unit")
        code = text(quantity, "code") if text(quantity, "system") in _UCUM else ""
        if not code and not printed:
            raise RefusedError("its value has no unit")
        unit = _unit(marker, code or printed)
        if not unit:
            wanted = " or ".join(marker.units) or "no unit"
            raise RefusedError(f"the unit of its value is not {wanted}")
        other = code and (_unit(marker, printed) or self._find_unit(printed))
        if other and other != unit:
            raise RefusedError("the code and the print of its unit differ")
        return code or printed

    def are_same(self, marker: Entry, quantity: Table, unit: str) -> bool:
        """Whether a limit is in the unit of the value; a limit without a unit is."""
        if not text(quantity, "unit") and not text(quantity, "code"):
            return True
        try:
            return _unit(marker, self.read(marker, quantity)) == _unit(marker, unit)
        except RefusedError:
            return False

    def _find_unit(self, printed: str) -> str:
        """What is printed, where it is a unit of any other measurement."""
        return printed if any(_unit(marker, printed) for marker in self._markers) else ""


def _unit(marker: Entry, spelling: str) -> str:
    """The unit of a measurement with this spelling; empty where there is none."""
    found = marker.measured_in.read(spelling)
    return found[0] if found else ""
