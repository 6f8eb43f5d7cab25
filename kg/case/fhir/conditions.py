"""Conditions: there, looked for and not there, or not known."""

from __future__ import annotations

from datetime import date
from typing import Final

from kg.case.fhir.codes import Codes
from kg.case.fhir.collected import NO, UNKNOWN, YES, Collected
from kg.case.fhir.elements import choice, status, table, when
from kg.case.fhir.model import RefusedError, Resource, Table
from kg.model.terms import Entry, Kind

_VERIFICATION: Final = ("http://terminology.hl7.org/CodeSystem/condition-ver-status",)
_CLINICAL: Final = ("http://terminology.hl7.org/CodeSystem/condition-clinical",)
_SUSPECTED: Final = frozenset({"unconfirmed", "provisional", "differential"})
_THERE: Final = frozenset({"", "active", "recurrence", "relapse"})
_OVER: Final = frozenset({"inactive", "remission", "resolved"})


def read_condition(resource: Resource, codes: Codes, day: date, collected: Collected) -> None:
    """Keep what a Condition says; RefusedError where it cannot be used."""
    data = resource.data
    match = codes.match(table(data, "code"))
    check_kind(match.entry, Kind.CONDITION)
    answer, remark = _answer(data, day, match.entry.label)
    collected.answer(match.entry, answer)
    for each in (match.remark, remark):
        if each:
            collected.flag(resource, each)


def check_kind(entry: Entry, *kinds: Kind) -> None:
    """RefusedError where a term is not of the kind that such a resource is about."""
    if entry.kind is Kind.FINDING:
        raise RefusedError(f"{entry.label} follows from results; a result is wanted for it")
    if entry.kind not in kinds:
        raise RefusedError(f"its code stands for {entry.label}, which is no {' or '.join(kinds)}")


def _answer(data: Table, day: date, label: str) -> tuple[str, str]:
    """Whether the condition is there, and what is to be said of that."""
    verified = status(data, "verificationStatus", _VERIFICATION)
    clinical = status(data, "clinicalStatus", _CLINICAL)
    if verified == "entered-in-error":
        raise RefusedError(f"{label}: verificationStatus is entered-in-error")
    if verified == "refuted":
        return NO, ""
    if verified in _SUSPECTED:
        return UNKNOWN, f"{label}: taken as not known, for verificationStatus is {verified}"
    if verified not in ("", "confirmed"):
        raise RefusedError(f"{label}: verificationStatus is none that FHIR defines")
    if clinical not in _THERE | _OVER | {UNKNOWN}:
        raise RefusedError(f"{label}: clinicalStatus is none that FHIR defines")
    _check_onset(data, day, label)
    over = _abated(data, day)
    if clinical == UNKNOWN or clinical in _OVER:
        return UNKNOWN, f"{label}: taken as not known, for clinicalStatus is {clinical}"
    if over and clinical:
        return (
            UNKNOWN,
            f"{label}: taken as not known, for {clinical} and abated contradict each other",
        )
    if over:
        return UNKNOWN, f"{label}: taken as not known, for it has abated"
    return YES, ""


def _check_onset(data: Table, day: date, label: str) -> None:
    found = choice(data, "onset")
    if found is not None and found[0] == "DateTime":
        begun = when(found[1], "onsetDateTime")
        if begun is not None and begun.first > day:
            raise RefusedError(f"{label}: it begins after the day that is asked about")


def _abated(data: Table, day: date) -> bool:
    """Whether it is said to have ended, in whatever form, by the day that is asked about."""
    found = choice(data, "abatement")
    if found is None or found[1] is False:
        return False
    ended = when(found[1], "abatementDateTime") if found[0] == "DateTime" else None
    return ended is None or ended.first <= day
