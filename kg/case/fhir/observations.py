"""Observations: results with what the laboratory says of them, and findings with a yes or a no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, cast

from msgspec import Struct

from kg.case.dates import When
from kg.case.document import Lab
from kg.case.fhir.builder import (
    NO,
    UNKNOWN,
    YES,
    CaseBuilder,
    RefusedError,
    Resource,
    Table,
)
from kg.case.fhir.codes import Codes, Match
from kg.case.fhir.conditions import check_current, check_denial, check_kind
from kg.case.fhir.ranges import NO_UNIT, NONE, Ranges, Units
from kg.case.fhir.resources import (
    check_whole,
    choice,
    codings,
    number,
    table,
    tables,
    text,
    times,
    when,
)
from kg.model.terms import Entry, Kind, Lexicon

_VALID: Final = frozenset({"final", "amended", "corrected", "appended"})
_WITHOUT: Final = frozenset(
    {
        "registered", "specimen-in-process", "preliminary", "cancelled", "entered-in-error",
        "unknown", "cannot-be-obtained",
    }
)  # fmt: skip
_NEVER_WERE: Final = frozenset({"cancelled", "entered-in-error"})
"""Of a result with this status nothing is known, and no older one is made old by it."""
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
_HL7_ANSWERS: Final = {"Y": YES, "N": NO, "UNK": UNKNOWN}
_YES_NO: Final[Mapping[str, Mapping[str, str]]] = {
    "http://terminology.hl7.org/CodeSystem/v2-0136": _HL7_ANSWERS,
    "http://terminology.hl7.org/CodeSystem/v2-0532": _HL7_ANSWERS,
    "http://hl7.org/fhir/v2/0136": _HL7_ANSWERS,
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor": {"UNK": UNKNOWN, "ASKU": UNKNOWN},
    "http://loinc.org": {
        **dict.fromkeys(("LA33-6", "LA9633-4"), YES),
        **dict.fromkeys(("LA32-8", "LA9634-2"), NO),
        **dict.fromkeys(("LA4489-6", "LA12688-0"), UNKNOWN),
    },
    "http://snomed.info/sct": {
        **dict.fromkeys(("373066001", "52101004", "410515003"), YES),
        **dict.fromkeys(("373067005", "2667000", "410516002"), NO),
        **dict.fromkeys(("261665006", "373068000"), UNKNOWN),
    },
}
"""The plain answers yes, no and not known, as the terminologies of answers write them."""


class _Part(Struct, frozen=True):
    """An Observation, or one of its components, with the term that it is about."""

    data: Table
    match: Match


class Observations:
    """Reads the Observations of one patient."""

    def __init__(
        self, lexicon: Lexicon, codes: Codes, ranges: Ranges, day: date, builder: CaseBuilder
    ) -> None:
        self._lexicon = lexicon
        self._codes = codes
        self._ranges = ranges
        self._units = Units(lexicon)
        self._day = day
        self._builder = builder

    def read(self, resource: Resource) -> None:
        """Keep what an Observation says; RefusedError where nothing of it can be used."""
        check_whole(resource)
        parts = list(self._parts(resource))
        taken = self._moment(resource)
        for part in parts:
            try:
                self._part(resource, part, taken)
            except RefusedError as error:
                self._leave_out(resource, part.data, error, part.match.entry)
        self._leave_out_near(resource)

    def _leave_out_near(self, resource: Resource) -> None:
        """Name the components whose code is only near to that of something known here."""
        for data in tables(resource.data, "component"):
            try:
                self._codes.match(table(data, "code"))
            except RefusedError as error:
                near = self._near(data)
                if near is not None:
                    self._leave_out(resource, data, error, near)

    def _near(self, data: Table) -> Entry | None:
        """What a code is near to; None where it cannot be read."""
        try:
            return self._codes.near(table(data, "code"))
        except RefusedError:
            return None

    def leave_out(self, resource: Resource, error: RefusedError) -> None:
        """Name an Observation that cannot be used, and what it would have been about."""
        about = self._about(resource)
        if about is None or error.of_another:
            self._builder.ignore(resource, error.message, error.code, about)
        else:
            self._leave_out(resource, resource.data, error, about)

    def _leave_out(
        self, resource: Resource, data: Table, error: RefusedError, about: Entry
    ) -> None:
        """Name a result that cannot be used; it says all the same that older ones are old."""
        self._builder.ignore(resource, error.message, error.code, about)
        taken = self._taken_by_then(resource)
        if taken is not None and about.kind is Kind.MARKER and _is_a_result(resource, data):
            self._builder.unread(resource, error.message, about, taken)

    def _about(self, resource: Resource) -> Entry | None:
        """The first thing that an Observation is about, or the one that its code is near to."""
        try:
            return next(self._parts(resource)).match.entry
        except RefusedError:
            return self._near(resource.data)

    def _taken_by_then(self, resource: Resource) -> When | None:
        """When a result was taken, where that is known and not after the day asked about."""
        try:
            taken = _taken(resource.data)[0]
        except RefusedError:
            return None
        return taken if taken is not None and taken.text and taken.day <= self._day else None

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
        moment, remark = _taken(resource.data)
        if moment is None:
            return ""
        self._builder.flag(resource, remark)
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
            on = _taken(resource.data)[0]
            check_current(entry, on, self._day)
            answer = self._yes_or_no(entry, value)
            if answer == NO:
                check_denial(part.match, of_kind=part.match.narrower)
            self._builder.status(resource, entry, answer, on)
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
        unit = measured.get("unit", "")
        limits, why = self._ranges.choose(part.data, entry, unit)
        if limits is None and not unit:
            raise RefusedError(NO_UNIT)
        if limits is None and not flagged and not self._ranges.may_be_found(entry, why):
            raise RefusedError(f"{why}, and no flag of the laboratory stands for it")
        if flagged and why not in ("", NONE):
            self._builder.flag(resource, f"used by its flag only, for {why}", entry.label)
        found = measured | (limits.texts() if limits else {})
        if limits is not None and limits.printed:
            self._builder.flag(resource, "used; its range was read from its text", entry.label)
        return found | ({"flag": flagged} if flagged else {})

    def _yes_or_no(self, entry: Entry, value: tuple[str, object] | None) -> str:
        """What an Observation of a condition says; RefusedError where it is no plain answer.

        A status is a yes where its value names the condition itself.
        """
        if value is not None and value[0] == "Boolean" and isinstance(value[1], bool):
            return YES if value[1] else NO
        if value is not None and value[0] == "CodeableConcept" and isinstance(value[1], dict):
            given = [each for each in codings(value[1]) if each[0] in _YES_NO]
            said = {_YES_NO[system].get(code, "") for system, code, _ in given} - {""}
            meant, denied = self._codes.means(value[1]), self._codes.denies(value[1])
            said |= {YES} if meant == {entry.iri} else {""} if meant else set()
            said |= {NO} if denied == {entry.iri} else {""} if denied else set()
            if len(said) == 1 and "" not in said:
                return said.pop()
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
        unit = self._units.read_any(entry, quantity)
        measured = {"marker": entry.iri, "value": f"{amount:f}"} | ({"unit": unit} if unit else {})
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


def _taken(data: Table) -> tuple[When | None, str]:
    """When a result was taken, and what is to be said of that; when it was issued stands for it."""
    found = times(data, "effective")
    moment = found.end or found.start
    if moment is not None:
        return moment, ""
    issued = when(data.get("issued"), "issued")
    return issued, "" if issued is None else "dated by its report, which may be later than it"


def _is_a_result(resource: Resource, data: Table) -> bool:
    """Whether there is a result, whatever it is."""
    if any(resource.data.get("status") == each for each in _NEVER_WERE):
        return False
    inner = data.get("component") if data is resource.data else None
    parts = [data, *(inner if isinstance(inner, list) else [])]
    return any(isinstance(each, dict) and _has_value(each) for each in parts)


def _has_value(data: Table) -> bool:
    return bool(data.get("interpretation")) or any(
        key.startswith("value") and value is not None for key, value in data.items()
    )


def _says_something(data: Table) -> bool:
    """Whether an Observation with components has a result of its own."""
    return choice(data, "value") is not None or "interpretation" in data
