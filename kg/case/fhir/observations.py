"""Observations: results with what the laboratory says of them, and findings with a yes or a no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kg.case.fhir.codes import Codes, Match
from kg.case.fhir.collected import NO, UNKNOWN, YES, Collected
from kg.case.fhir.conditions import check_kind
from kg.case.fhir.elements import choice, codings, number, table, tables, text, times
from kg.case.fhir.model import RefusedError, Resource, Table
from kg.case.fhir.ranges import Limits, Ranges
from kg.case.fhir.units import Units
from kg.model.terms import Entry, Kind, Lexicon

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


@dataclass(frozen=True, slots=True)
class _Part:
    """An Observation, or one of its components, with the term that it is about."""

    data: Table
    match: Match


class Observations:
    """Reads the Observations of one patient."""

    def __init__(
        self, lexicon: Lexicon, codes: Codes, ranges: Ranges, day: date, collected: Collected
    ) -> None:
        self._lexicon = lexicon
        self._codes = codes
        self._ranges = ranges
        self._units = Units(lexicon)
        self._day = day
        self._collected = collected

    def read(self, resource: Resource) -> None:
        """Keep what an Observation says; RefusedError where nothing of it can be used."""
        parts = list(self._parts(resource))
        taken = self._moment(resource)
        for part in parts:
            try:
                self._part(resource, part, taken)
            except RefusedError as error:
                self._collected.ignore(resource, error.message, error.code, part.match.entry)

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
        if moment.first > self._day:
            raise RefusedError("it is dated after the day that is asked about")
        if not moment.text:
            self._collected.flag(resource, "used without its date, which has no day")
        return moment.text

    def _part(self, resource: Resource, part: _Part, taken: str) -> None:
        entry = part.match.entry
        check_kind(entry, Kind.MARKER, Kind.CONDITION)
        value = choice(part.data, "value")
        if value is not None and part.data.get("dataAbsentReason") is not None:
            raise RefusedError("it has a value and a reason why there is none")
        if entry.kind is Kind.CONDITION:
            self._collected.answer(entry, self._yes_or_no(entry, value))
        else:
            result = self._result(resource, part, value)
            self._collected.lab(result | ({"date": taken} if taken else {}))
        if part.match.remark:
            self._collected.flag(resource, f"{entry.label}: {part.match.remark}")

    def _result(
        self, resource: Resource, part: _Part, value: tuple[str, object] | None
    ) -> dict[str, object]:
        """The result as a case holds it: a value with its range, or the laboratory's flag."""
        entry = part.match.entry
        flagged = self._flag(resource, part)
        if value is None:
            if not flagged or part.data.get("dataAbsentReason") is not None:
                raise RefusedError("it has no value")
            return {"marker": str(entry.iri), "state": flagged}
        kind, quantity = value
        if kind != "Quantity" or not isinstance(quantity, dict):
            raise RefusedError("its value is no quantity")
        measured = self._quantity(entry, quantity)
        limits, why = self._ranges.choose(part.data, entry, str(measured["unit"]))
        if limits is None and not flagged:
            raise RefusedError(
                f"{why or 'it has no reference range'}, and no flag of the laboratory stands for it"
            )
        if why:
            self._collected.flag(resource, f"{entry.label}: used by its flag only, for {why}")
        return measured | _limits(limits) | ({"flag": flagged} if flagged else {})

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

    def _quantity(self, entry: Entry, quantity: Table) -> dict[str, object]:
        amount = number(quantity, "value")
        if amount is None:
            raise RefusedError("its value has no number")
        if amount < 0:
            raise RefusedError("its value is negative")
        comparator = text(quantity, "comparator")
        if comparator not in _COMPARATORS:
            raise RefusedError("its comparator is none that is read")
        measured: dict[str, object] = {
            "marker": str(entry.iri),
            "value": f"{amount:f}",
            "unit": self._units.read(entry, quantity),
        }
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
            remark = f"{entry.label}: its flag is not used; abnormal says neither high nor low"
            self._collected.flag(resource, remark)
        flag = next(iter(flags), "")
        return flag if flag in self._lexicon.states(entry.iri) else ""


def _says_something(data: Table) -> bool:
    """Whether an Observation with components has a result of its own."""
    return choice(data, "value") is not None or "interpretation" in data


def _limits(limits: Limits | None) -> dict[str, object]:
    """The limits of a range as a case holds them; RefusedError where they cannot be right."""
    if limits is None:
        return {}
    given = {"low": limits.low, "high": limits.high}
    numbers: dict[str, Decimal] = {k: each for k, each in given.items() if each is not None}
    if not numbers:
        raise RefusedError("its reference range has no number")
    if min(numbers.values()) < 0:
        raise RefusedError("its reference range is negative")
    if limits.low is not None and limits.high is not None and limits.low > limits.high:
        raise RefusedError("its reference range runs backwards")
    return {key: f"{each:f}" for key, each in numbers.items()}
