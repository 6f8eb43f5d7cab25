"""The record that a request brings along, and what of it is missing.

All that was sent is read, under whatever name; nothing is fetched. What a client could not get
(null, an OperationOutcome) is missing, and says nothing of the patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Raw, Struct

from kg.case import Case
from kg.case.fhir import read_case
from kg.case.fhir.builder import RefusedError, Resource
from kg.case.fhir.resources import read_resources
from kg.hooks.request import HookRequest, WrongRequestError
from kg.hooks.services import CONDITIONS, PATIENT, RESULTS
from kg.model.errors import UsageError
from kg.model.terms import Lexicon

_TYPES = {PATIENT: "Patient", CONDITIONS: "Condition", RESULTS: "Observation"}
"""What each name of a prefetch brings."""


class Evidence(Struct, frozen=True):
    """What was sent of a patient."""

    case: Case
    missing: tuple[str, ...]
    """The names of the prefetch under which nothing came."""


def read_evidence(request: HookRequest, words: Lexicon, day: date) -> Evidence:
    """The record of a request; WrongRequestError where it cannot be that of the patient."""
    texts = {
        f"prefetch {name}" if name in _TYPES else f"prefetch, part {number}": bytes(raw).decode()
        for number, (name, raw) in enumerate(request.prefetch.items(), 1)
        if bytes(raw).strip() != b"null"
    }
    try:
        found = read_resources(texts) if texts else []
        case = read_case(texts or _NOTHING, words, day)
    except RefusedError as error:
        raise WrongRequestError(f"prefetch: {error.message}.") from None
    except UsageError as error:
        raise WrongRequestError(f"prefetch: {error.message}") from None
    _check_patient(found, request.context.patient_id)
    return Evidence(case, _missing(request.prefetch, found))


_NOTHING: Mapping[str, str] = {"": '{"resourceType": "Bundle", "type": "collection"}'}


def _check_patient(found: list[Resource], patient: str) -> None:
    """WrongRequestError where the patient that was sent is another one."""
    sent = [each.data.get("id") for each in found if each.kind == "Patient"]
    if any(name not in (None, patient) for name in sent):
        raise WrongRequestError("prefetch: its Patient is not the one that the context names.")


def _missing(sent: Mapping[str, Raw], found: list[Resource]) -> tuple[str, ...]:
    """The names under which nothing came: a search without hits is an answer, and null is none."""
    there = {each.kind for each in found}
    failed = {each.place.removeprefix("prefetch ") for each in found if _is_failure(each)}
    return tuple(
        name
        for name, kind in _TYPES.items()
        if kind not in there
        and (name not in sent or name in failed or bytes(sent[name]).strip() == b"null")
    )


def _is_failure(resource: Resource) -> bool:
    return resource.kind == "OperationOutcome"
