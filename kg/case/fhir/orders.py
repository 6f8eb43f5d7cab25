"""Orders that are being written: the drugs that each names, or why none is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct

from kg.case.fhir.builder import RefusedError, Resource
from kg.case.fhir.codes import Codes
from kg.case.fhir.conditions import read_drugs
from kg.case.fhir.record import patient_of
from kg.case.fhir.resources import Records, check_whole, flag, read_resources, table
from kg.model.errors import UsageError
from kg.model.terms import Entry, Lexicon

_OF_DRUGS = "MedicationRequest"
_LOOKED_UP = ("Medication", "Patient")
"""What orders refer to; all else is a draft."""
_NAMED_BY = ("medicationCodeableConcept", "medicationReference", "medication")
"""What names the drug; a draft in which none is chosen yet orders nothing."""


class Order(Struct, frozen=True):
    """An order of a drug."""

    drugs: tuple[Entry, ...] = ()
    unread: tuple[RefusedError, ...] = ()
    """Why it, or a part of its product, was not read, with the code that is not known here."""


def read_orders(
    written: str, lexicon: Lexicon, patient: str, selected: Collection[str] | None = None
) -> tuple[Order, ...]:
    """The orders of drugs in a Bundle of drafts, or the selected ones (`Type/id`) of them.

    UsageError where it is no Bundle of orders for the patient, or a selected one is not in it.
    """
    records = Records(read_resources(written))
    if any(not each.place for each in records.resources):
        raise UsageError("a single resource; wanted: a Bundle of draft orders.")
    drafts = [each for each in records.resources if each.kind not in _LOOKED_UP]
    _check_patient(drafts, patient)
    if selected is not None:
        names = [f"{each.kind}/{each.data.get('id')}" for each in drafts]
        if not set(selected) <= set(names):
            raise UsageError("an order that is selected is not among them.")
        drafts = [each for each, name in zip(drafts, names, strict=True) if name in selected]
    return tuple(_orders(drafts, records, Codes(lexicon)))


def _orders(drafts: list[Resource], records: Records, codes: Codes) -> Iterator[Order]:
    """Of each draft that names a drug what is ordered; orders of other things are passed over."""
    for each in drafts:
        if any(name in each.data for name in _NAMED_BY):
            try:
                yield _order(each, records, codes)
            except RefusedError as error:
                yield Order(unread=(error,))


def _order(draft: Resource, records: Records, codes: Codes) -> Order:
    if draft.kind != _OF_DRUGS:
        raise RefusedError(f"it is no {_OF_DRUGS}, and names a drug")
    check_whole(draft)
    if flag(draft.data, "doNotPerform"):
        return Order()
    found = read_drugs(draft, records, codes)
    return Order(tuple(match.entry for match in found.known), found.unread)


def _check_patient(drafts: list[Resource], patient: str) -> None:
    """UsageError where an order is for somebody else than the patient of the context."""
    for each in drafts:
        if table(each.data, "subject") and patient_of(each) != patient:
            raise UsageError("an order is not for the patient that the context names.")
