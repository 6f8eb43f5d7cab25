"""Medication: what is taken, what is not, and since when.

A prescription says that a drug was ordered and not since when it is taken, and an administration
says that it was given once. Neither is read as the start of a treatment.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from kg.case.fhir.codes import Codes, Match
from kg.case.fhir.collected import NO, UNKNOWN, YES, Collected
from kg.case.fhir.conditions import check_kind
from kg.case.fhir.elements import Period, choice, flag, period, status, table, tables, text, times
from kg.case.fhir.model import RefusedError, Resource, Table
from kg.case.fhir.stream import Records, check_whole
from kg.model.terms import Kind

KINDS: Final = frozenset({"MedicationStatement", "MedicationRequest", "MedicationAdministration"})
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
_MOST_INGREDIENTS: Final = 20


class Medications:
    """Reads what one patient is given."""

    def __init__(self, records: Records, codes: Codes, day: date, collected: Collected) -> None:
        self._records = records
        self._codes = codes
        self._day = day
        self._collected = collected

    def read(self, resource: Resource) -> None:
        """Keep what a resource says of a drug; RefusedError where it cannot be used."""
        drugs = self._drugs(resource)
        labels = ", ".join(each.entry.label for each in drugs)
        try:
            answer, given, remark = self._answer(resource)
        except RefusedError as error:
            raise RefusedError(f"{labels}: {error.message}") from None
        for each in drugs:
            self._collected.answer(each.entry, answer, given)
            if each.remark:
                self._collected.flag(resource, f"{each.entry.label}: {each.remark}")
        if remark:
            self._collected.flag(resource, f"{labels}: {remark}")

    def _answer(self, resource: Resource) -> tuple[str, Period, str]:
        """Whether the drug is given, the time of it, and what is to be said of that."""
        state = _state(resource)
        if flag(resource.data, "doNotPerform"):
            raise RefusedError("it is an order not to give it")
        given = _times(resource)
        if given.start is not None and given.start.first > self._day:
            raise RefusedError("it begins after the day that is asked about")
        if state in _NEVER:
            return NO, Period(), ""
        if state in _OPEN:
            return UNKNOWN, Period(), f"taken as not known, for its status is {state}"
        if resource.kind == "MedicationAdministration" and state == "completed":
            return (
                UNKNOWN,
                Period(),
                "taken as not known, for one administration does not say whether more follow",
            )
        if state in _ENDED and (given.end is None or not given.end.text):
            return (
                UNKNOWN,
                Period(),
                f"taken as not known, for its status is {state} without a day",
            )
        ordered = "used; it is prescribed, which does not say that it is taken"
        return YES, given, ordered if resource.kind == "MedicationRequest" else ""

    def _drugs(self, resource: Resource) -> list[Match]:
        """The drugs of a resource: that of its code, or else those that its product is made of."""
        concept, product = self._medication(resource, resource.data)
        if product is None:
            return [self._drug(concept)]
        self._check_product(product)
        own = table(product.data, "code")
        try:
            return [self._drug(own)]
        except RefusedError:
            found = self._ingredients(product)
            if not found:
                raise
            return found

    def _drug(self, concept: Table | None) -> Match:
        match = self._codes.match(concept)
        check_kind(match.entry, Kind.DRUG, Kind.TREATMENT)
        return match

    def _ingredients(self, product: Resource) -> list[Match]:
        found = []
        for part in tables(product.data, "ingredient")[:_MOST_INGREDIENTS]:
            if flag(part, "isActive") is False:
                continue
            item = table(part, "itemCodeableConcept") or _concept(table(part, "item"))
            try:
                found.append(self._drug(item))
            except RefusedError:
                continue
        return found

    def _medication(self, resource: Resource, data: Table) -> tuple[Table | None, Resource | None]:
        """What is given, as R4 writes it or as R5 does: a concept, or a product in the input."""
        concept = table(data, "medicationCodeableConcept")
        reference = table(data, "medicationReference")
        either = table(data, "medication")
        if sum(each is not None for each in (concept, reference, either)) != 1:
            raise RefusedError("it does not name one medication")
        if either is not None:
            concept, reference = _concept(either), table(either, "reference")
        if concept is not None or reference is None:
            return concept, None
        product = self._records.named(text(reference, "reference"), resource)
        if product is None or product.kind != "Medication":
            raise RefusedError("its medication is not in the input, and nothing is fetched")
        return None, product

    def _check_product(self, product: Resource) -> None:
        check_whole(product)
        if text(product.data, "status") == "entered-in-error":
            raise RefusedError("its medication is entered in error")


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


def _bounds(data: Table) -> Period:
    """The time that the dosage of an order gives."""
    for dosage in tables(data, "dosageInstruction"):
        timing = table(dosage, "timing") or {}
        repeat = table(timing, "repeat") or {}
        if "boundsPeriod" in repeat:
            return period(repeat["boundsPeriod"], "boundsPeriod")
    return Period()
