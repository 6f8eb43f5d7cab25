"""Conditions and medication: what is there, what is not, what is not known, and since when.

A prescription says that a drug was ordered and not since when it is taken, and an administration
says that it was given once. Neither is read as the start of a treatment; repeated administrations
are, in `doses`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct

from kg.case.dates import When
from kg.case.fhir.builder import (
    NO,
    UNKNOWN,
    YES,
    CaseBuilder,
    Period,
    RefusedError,
    Resource,
    Table,
)
from kg.case.fhir.codes import Codes, Match
from kg.case.fhir.doses import Doses
from kg.case.fhir.resources import (
    Records,
    check_whole,
    choice,
    flag,
    number,
    period,
    status,
    table,
    tables,
    text,
    times,
    when,
)
from kg.model.terms import Entry, Kind

_VERIFICATION: Final = ("http://terminology.hl7.org/CodeSystem/condition-ver-status",)
_CLINICAL: Final = ("http://terminology.hl7.org/CodeSystem/condition-clinical",)
_SUSPECTED: Final = frozenset({"unconfirmed", "provisional", "differential"})
_THERE: Final = frozenset({"", "active", "recurrence", "relapse"})
_OVER: Final = frozenset({"inactive", "remission", "resolved"})

MEDICATIONS: Final = frozenset(
    {"MedicationStatement", "MedicationRequest", "MedicationAdministration"}
)
"""The types of resources that say what a patient is given."""

_ADHERENCE: Final = ("http://hl7.org/fhir/CodeSystem/medication-statement-adherence",)
_ORDERS: Final = frozenset(
    {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
)
_NOT_MEANT: Final = frozenset({"entered-in-error", "draft", "cancelled", "intended"})
_ENDED: Final = frozenset({"completed", "stopped", "ended"})
_OPEN: Final = frozenset({"on-hold", "unknown"})
_NEVER: Final = frozenset({"not-taken", "not-done", "not-taking"})
_GIVEN: Final = frozenset({"active", "recorded", "in-progress", "taking"})
_KNOWN: Final = _NOT_MEANT | _ENDED | _OPEN | _NEVER | _GIVEN
_DOSES: Final = frozenset({"completed", "stopped"})
"""Of an administration: a dose was given, wholly or in part."""
_MOST_DAYS: Final = 1000
_DAYS: Final = {"d": 1, "wk": 7, "mo": 30, "a": 365}
_MOST_INGREDIENTS: Final = 20


def read_condition(resource: Resource, codes: Codes, day: date, builder: CaseBuilder) -> None:
    """Keep what a Condition says; RefusedError where it cannot be used."""
    data = resource.data
    matches = codes.matches(table(data, "code"))
    labels = ", ".join(each.entry.label for each in matches)
    answer, remark = _answer(resource, day, labels)
    for each in matches:
        check_kind(each.entry, Kind.CONDITION)
        if answer == YES:
            _check_current(each.entry, data, day)
        if answer == NO:
            check_denial(each, of_kind=each.narrower, several=len(matches) > 1)
    for each in matches:
        builder.answer(each.entry, answer, Period(_onset(data)) if answer == YES else None)
        builder.flag(resource, each.remark, each.entry.label if len(matches) > 1 else "")
    builder.flag(resource, remark)


def check_denial(match: Match, *, of_kind: bool, several: bool = False) -> None:
    """RefusedError where what is denied is less than the term: a kind of it, or a pair with it."""
    if of_kind or several:
        raise RefusedError(
            f"{match.entry.label}: only a kind of it is denied, which leaves it open"
        )


def check_kind(entry: Entry, *kinds: Kind) -> None:
    """RefusedError where a term is not of the kind that such a resource is about."""
    if entry.kind is Kind.FINDING:
        raise RefusedError(f"{entry.label} follows from results; a result is wanted for it")
    if entry.kind not in kinds:
        raise RefusedError(f"its code stands for {entry.label}, which is no {' or '.join(kinds)}")


def check_current(entry: Entry, on: When | None, day: date) -> None:
    """RefusedError where what was said of a condition is too old to say what holds on a day."""
    bound = entry.usable_for_days
    if bound and on is not None and (day - on.last).days > bound:
        raise RefusedError(
            f"too old (of {on.text or on.last}), more than {bound} days before {day}"
        )


def _check_current(entry: Entry, data: Table, day: date) -> None:
    try:
        check_current(entry, _said_on(data), day)
    except RefusedError as error:
        raise RefusedError(f"{entry.label}: {error.message}") from None


def _said_on(data: Table) -> When | None:
    """When a condition was last said to be there: from its onset, or when it was recorded."""
    recorded = when(data.get("recordedDate"), "recordedDate")
    known = [each for each in (_onset(data), recorded) if each is not None]
    return max(known, key=lambda each: each.last, default=None)


def _onset(data: Table) -> When | None:
    """When a condition began, where a day, a month or a year of it is given."""
    kind, onset = choice(data, "onset") or ("", None)
    if kind == "Period":
        return period(onset, "onsetPeriod").start
    return when(onset, "onsetDateTime") if kind == "DateTime" else None


def _answer(resource: Resource, day: date, label: str) -> tuple[str, str]:
    """Whether the condition is there, and what is to be said of that.

    What cannot be understood may say either, so it leaves the condition open.
    """
    data = resource.data
    try:
        check_whole(resource)
        verified = status(data, "verificationStatus", _VERIFICATION)
        clinical = status(data, "clinicalStatus", _CLINICAL)
    except RefusedError as error:
        return UNKNOWN, f"{label}: taken as not known, for {error.message}"
    if verified == "entered-in-error":
        raise RefusedError(f"{label}: verificationStatus is entered-in-error")
    if verified == "refuted":
        return NO, ""
    kind, onset = choice(data, "onset") or ("", None)
    begun = when(onset, "onsetDateTime") if kind == "DateTime" else None
    if begun is not None and begun.day > day:
        raise RefusedError(f"{label}: it begins after the day that is asked about")
    doubt = _doubt(verified, clinical, over=_has_abated(data, day))
    return (UNKNOWN, f"{label}: taken as not known, for {doubt}") if doubt else (YES, "")


def _doubt(verified: str, clinical: str, *, over: bool) -> str:
    """Why it is not known whether the condition is there; empty where it is."""
    if verified in _SUSPECTED:
        return f"verificationStatus is {verified}"
    if verified not in ("", "confirmed"):
        return "verificationStatus is none that FHIR defines"
    if clinical not in _THERE | _OVER | {UNKNOWN}:
        return "clinicalStatus is none that FHIR defines"
    if clinical == UNKNOWN or clinical in _OVER:
        return f"clinicalStatus is {clinical}"
    if over and clinical:
        return f"{clinical} and abated contradict each other"
    return "it has abated" if over else ""


def _has_abated(data: Table, day: date) -> bool:
    """Whether it is said to have ended, in whatever form, by the day that is asked about."""
    found = choice(data, "abatement")
    if found is None or found[1] is False:
        return False
    ended = when(found[1], "abatementDateTime") if found[0] == "DateTime" else None
    return ended is None or ended.day <= day


class Medications:
    """Reads what one patient is given."""

    def __init__(
        self, records: Records, codes: Codes, doses: Doses, day: date, builder: CaseBuilder
    ) -> None:
        self._records = records
        self._doses = doses
        self._codes = codes
        self._day = day
        self._builder = builder

    def read(self, resource: Resource) -> None:
        """Keep what a resource says of a drug; RefusedError where it cannot be used."""
        check_whole(resource)
        read = read_drugs(resource, self._records, self._codes)
        drugs = read.known
        for part in read.unread:
            self._builder.flag(resource, " ".join(filter(None, (part.message, part.code))))
        labels = ", ".join(each.entry.label for each in drugs)
        try:
            answer, given, remark = self._answer(resource)
        except RefusedError as error:
            raise RefusedError(f"{labels}: {error.message}") from None
        for each in drugs if answer == NO else ():
            check_denial(each, of_kind=each.by_place, several=len(drugs) > 1)
        for each in drugs:
            self._builder.flag(resource, each.remark, each.entry.label)
            if not self._is_dose(resource, each.entry):
                self._builder.answer(each.entry, answer, given)
                self._note_end(resource, each.entry, given)
                self._builder.flag(resource, remark, each.entry.label)

    def conclude(self) -> None:
        """Tell what repeated administrations come to, once everything is read."""
        self._doses.conclude()

    def _is_dose(self, resource: Resource, entry: Entry) -> bool:
        """Whether it is one administration on a known day; it is kept with the others."""
        on = _times(resource).start
        if resource.kind != "MedicationAdministration" or on is None or not on.text:
            return False
        state = _state(resource)
        if state in _NEVER:
            self._doses.missed(entry, on)
        elif state in _DOSES:
            self._doses.dose(entry, resource, on)
        if state == "stopped":
            self._doses.missed(entry, on)
        return state in _NEVER | _DOSES

    def _note_end(self, resource: Resource, entry: Entry, given: Period) -> None:
        """Keep for the administrations what orders and statements say of interval and end."""
        state = _state(resource)
        if state in _ENDED and given.end is not None and given.end.text:
            self._doses.ended(entry, given.end)
        elif state == "stopped":
            self._doses.stopped(entry, when(resource.data.get("authoredOn"), "authoredOn"))
        if resource.kind == "MedicationRequest" and (days := _interval(resource.data)):
            self._doses.interval(entry, days)

    def _answer(self, resource: Resource) -> tuple[str, Period, str]:
        """Whether the drug is given, the time of it, and what is to be said of that."""
        state = _state(resource)
        if flag(resource.data, "doNotPerform"):
            raise RefusedError("it is an order not to give it")
        given = _times(resource)
        if given.start is not None and given.start.day > self._day:
            raise RefusedError("it begins after the day that is asked about")
        if state in _NEVER:
            return NO, Period(), ""
        doubt = ""
        if state in _OPEN:
            doubt = f"its status is {state}"
        elif resource.kind == "MedicationAdministration" and state in _DOSES:
            doubt = "one administration does not say whether more follow"
        elif state in _ENDED and (given.end is None or not given.end.text):
            doubt = f"its status is {state} without a day"
        if doubt:
            return UNKNOWN, Period(), f"taken as not known, for {doubt}"
        ordered = "used; it is prescribed, which does not say that it is taken"
        return YES, given, ordered if resource.kind == "MedicationRequest" else ""


class Drugs(Struct, frozen=True):
    """The drugs that a resource names."""

    known: tuple[Match, ...]
    unread: tuple[RefusedError, ...] = ()
    """Why further ingredients of its product were not read."""


def read_drugs(resource: Resource, records: Records, codes: Codes) -> Drugs:
    """The drugs of a resource: that of its code, or else those that its product is made of.

    RefusedError where it names none that is known.
    """
    concept, product = _medication(resource, records)
    if product is None:
        return Drugs(_coded(concept, codes))
    check_whole(product)
    if text(product.data, "status") == "entered-in-error":
        raise RefusedError("its medication is entered in error")
    try:
        return Drugs(_coded(table(product.data, "code"), codes))
    except RefusedError:
        found = _ingredients(product, codes)
        if not found.known:
            raise
        return found


def _coded(concept: Table | None, codes: Codes) -> tuple[Match, ...]:
    """The drug of a code, or the drugs of one that stands for a combination."""
    found = tuple(codes.matches(concept))
    for each in found:
        check_kind(each.entry, Kind.DRUG, Kind.TREATMENT)
    return found


def _ingredients(product: Resource, codes: Codes) -> Drugs:
    """Those active ingredients of a product whose codes are known here, and why others are not."""
    found: list[Match] = []
    unread: list[RefusedError] = []
    parts = tables(product.data, "ingredient")
    if len(parts) > _MOST_INGREDIENTS:
        unread.append(RefusedError(f"its product has more than {_MOST_INGREDIENTS} ingredients"))
    for part in parts[:_MOST_INGREDIENTS]:
        if flag(part, "isActive") is False:
            continue
        item = table(part, "itemCodeableConcept") or _concept(table(part, "item"))
        try:
            found.extend(_coded(item, codes))
        except RefusedError as error:
            reason = f"an ingredient of its product: {error.message}"
            unread.append(RefusedError(reason, code=error.code))
    return Drugs(tuple(found), tuple(unread))


def _medication(resource: Resource, records: Records) -> tuple[Table | None, Resource | None]:
    """What is given, as R4 writes it or as R5 does: a concept, or a product in the input."""
    data = resource.data
    concept = table(data, "medicationCodeableConcept")
    reference = table(data, "medicationReference")
    either = table(data, "medication")
    if sum(each is not None for each in (concept, reference, either)) != 1:
        raise RefusedError("it does not name one medication")
    if either is not None:
        concept, reference = _concept(either), table(either, "reference")
    if concept is not None or reference is None:
        return concept, None
    product = records.named(text(reference, "reference"), resource)
    if product is None or product.kind != "Medication":
        raise RefusedError("its medication is not in the input, and nothing is fetched")
    return None, product


def _concept(reference: Table | None) -> Table | None:
    """The concept of a CodeableReference of R5."""
    return None if reference is None else table(reference, "concept")


def _state(resource: Resource) -> str:
    """The status, in one set of words for all types; RefusedError where it forbids the use."""
    state = text(resource.data, "status")
    if resource.kind == "MedicationRequest":
        intent = text(resource.data, "intent")
        if intent not in _ORDERS:
            raise RefusedError("it is no order (intent)")
    if resource.kind == "MedicationStatement" and state == "recorded":
        state = _adherence(resource.data) or state
    if state not in _KNOWN:
        raise RefusedError("its status is missing or none that FHIR defines")
    if state in _NOT_MEANT:
        raise RefusedError(f"its status is {state}")
    return state


def _adherence(data: Table) -> str:
    """How far the patient takes it (R5), without the reason."""
    adherence = table(data, "adherence")
    code = "" if adherence is None else status(adherence, "code", _ADHERENCE)
    names = ("not-taking", "on-hold", "stopped", "taking", "unknown")
    return next((name for name in names if code == name or code.startswith(f"{name}-")), code)


def _times(resource: Resource) -> Period:
    """Since when and until when it is given, where that is said."""
    data = resource.data
    if resource.kind == "MedicationRequest":
        return _bounds(data)
    for name in ("effective", "occurence", "occurrence"):
        found = choice(data, name)
        if found is not None:
            taken = times(data, name)
            return taken if found[0] == "Period" else Period(taken.start)
    return Period()


def _interval(data: Table) -> int:
    """The days that the dosage of an order leaves between two doses; 0 where it does not say."""
    for dosage in tables(data, "dosageInstruction"):
        repeat = table(table(dosage, "timing") or {}, "repeat") or {}
        length, times_in_it = number(repeat, "period"), number(repeat, "frequency") or 1
        days = _DAYS.get(text(repeat, "periodUnit"), 0)
        if length is not None and days and 0 < length / times_in_it * days <= _MOST_DAYS:
            return int(-(-length * days // times_in_it))
    return 0


def _bounds(data: Table) -> Period:
    """The time that the dosage of an order gives."""
    for dosage in tables(data, "dosageInstruction"):
        timing = table(dosage, "timing") or {}
        repeat = table(timing, "repeat") or {}
        if "boundsPeriod" in repeat:
            return period(repeat["boundsPeriod"], "boundsPeriod")
    return Period()
