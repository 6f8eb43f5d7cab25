"""Orders that are being written: the drugs that each names, or why none is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct

from kg.case.fhir.builder import RefusedError, Resource
from kg.case.fhir.codes import Codes
from kg.case.fhir.conditions import read_drugs
from kg.case.fhir.resources import Records, check_whole, flag, read_resources, table, text
from kg.model.errors import UsageError
from kg.model.terms import Entry, Lexicon

_OF_DRUGS = "MedicationRequest"
_NAMED_BY = ("medicationCodeableConcept", "medicationReference", "medication")
"""What names the drug; a draft in which none is chosen yet orders nothing."""


class Order(Struct, frozen=True):
    """An order of a drug."""

    drugs: tuple[Entry, ...] = ()
    reason: str = ""
    """Why no drug was read."""
    code: str = ""
    """The code that is not known here."""


def read_orders(
    written: str, lexicon: Lexicon, patient: str, selected: Collection[str] | None = None
) -> tuple[Order, ...]:
    """The orders of drugs in a Bundle of drafts, or the selected ones (`Type/id`) of them.

    UsageError where it is no Bundle of orders for the patient, or a selected one is not in it.
    """
    records = Records(read_resources(written))
    orders = [each for each in records.resources if each.kind == _OF_DRUGS]
    _check_patient(orders, patient)
    if selected is not None:
        names = {f"{each.kind}/{each.data.get('id')}": each for each in records.resources}
        lacking = [each for each in selected if each not in names]
        if lacking:
            raise UsageError("an order that is selected is not among them.")
        orders = [names[each] for each in selected if names[each].kind == _OF_DRUGS]
    return tuple(_orders(orders, records, Codes(lexicon)))


def _orders(orders: list[Resource], records: Records, codes: Codes) -> Iterator[Order]:
    for each in orders:
        try:
            check_whole(each)
            if flag(each.data, "doNotPerform") or not any(name in each.data for name in _NAMED_BY):
                continue
            found = read_drugs(each, records, codes)
        except RefusedError as error:
            yield Order(reason=error.message, code=error.code)
        else:
            yield Order(tuple(match.entry for match in found))


def _check_patient(orders: list[Resource], patient: str) -> None:
    """UsageError where an order is for somebody else than the patient of the context."""
    for each in orders:
        reference = text(table(each.data, "subject") or {}, "reference")
        if reference.rpartition("/")[2] not in ("", patient):
            raise UsageError("an order is not for the patient that the context names.")
