"""The record that a request brings along, and what of it is missing.

All that was sent is read, under whatever name; nothing is fetched. What a client could not get
(null, an OperationOutcome) is missing, and says nothing of the patient; so is what stands on
further pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from msgspec import Raw, Struct

from kg.case import Case
from kg.case.fhir import read_case
from kg.case.fhir.builder import RefusedError, Resource
from kg.case.fhir.record import Subjects, patient_of
from kg.case.fhir.resources import read_resources
from kg.hooks.request import HookRequest, WrongRequestError
from kg.hooks.services import CONDITIONS, ORDERS, PATIENT, RESULTS, STATEMENTS
from kg.model.errors import UsageError
from kg.model.terms import Lexicon

_TYPES = {
    PATIENT: "Patient",
    CONDITIONS: "Condition",
    RESULTS: "Observation",
    ORDERS: "MedicationRequest",
    STATEMENTS: "MedicationStatement",
}
"""What each name of a prefetch brings."""
_FAILURES = ("fatal", "error")


class Evidence(Struct, frozen=True):
    """What was sent of a patient."""

    case: Case
    missing: tuple[str, ...] = ()
    """The names of the prefetch under which nothing came."""
    partial: tuple[str, ...] = ()
    """Those under which not all came: there are further pages, or a part failed."""

    @property
    def gaps(self) -> str:
        """What did not come, in words; empty where all came."""
        told = (("Not sent", self.missing), ("Sent in part", self.partial))
        return " ".join(f"{title}: {', '.join(names)}." for title, names in told if names)


class _Page(Struct):
    """What a Bundle says of itself."""

    link: list[dict[str, object]] = []
    entry: list[Raw] = []
    total: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether there is more than it holds."""
        more = any(each.get("relation") == "next" for each in self.link)
        return more or self.total > len(self.entry)


def read_evidence(request: HookRequest, words: Lexicon, day: date) -> Evidence:
    """The record of a request; WrongRequestError where it cannot be that of the patient."""
    texts = {
        _place(name) if name in _TYPES else f"prefetch, part {number}": bytes(raw).decode()
        for number, (name, raw) in enumerate(request.prefetch.items(), 1)
        if bytes(raw).strip() != b"null"
    }
    try:
        found = read_resources(texts) if texts else []
        check_patient(found, request.context.patient_id)
        case = read_case(texts or _NOTHING, words, day)
    except RefusedError as error:
        raise WrongRequestError(f"prefetch: {error.message}.") from None
    except UsageError as error:
        raise WrongRequestError(f"prefetch: {error.message}") from None
    came = {name: _came(name, request.prefetch.get(name), found) for name in _TYPES}
    return Evidence(
        case,
        tuple(name for name, whole in came.items() if whole is None),
        tuple(name for name, whole in came.items() if whole is False),
    )


_NOTHING: Mapping[str, str] = {"": '{"resourceType": "Bundle", "type": "collection"}'}


def _place(name: str) -> str:
    return f"prefetch {name}"


def check_patient(found: list[Resource], patient: str) -> None:
    """UsageError where a resource is, or is about, another patient than that of the context."""
    patients = [each for each in found if each.kind == "Patient"]
    if any(each.data.get("id") != patient for each in patients):
        raise UsageError("its Patient is not the one that the context names.")
    subjects = Subjects(patients, ()) if patients else None
    for each in found:
        if patient_of(each) not in ("", patient):
            raise UsageError(f"{each.named}: not about the patient that the context names.")
        if each.kind == _TYPES[CONDITIONS] and subjects is not None:
            _check_subject(each, subjects)


def _check_subject(condition: Resource, subjects: Subjects) -> None:
    """UsageError where it may be of somebody else: dropped in silence, it could hide a caution."""
    try:
        subjects.check(condition)
    except RefusedError as error:
        raise UsageError(f"{condition.named}: {error.message}.") from None


def _came(name: str, sent: Raw | None, found: list[Resource]) -> bool | None:
    """Whether all that a name is to bring came under it; None where nothing did.

    A search without hits is an answer; null, a failure and another resource are none.
    """
    if sent is None or bytes(sent).strip() == b"null":
        return None
    place = _place(name)
    kinds = {each.kind for each in found if each.place.partition(",")[0] == place}
    whole = not any(_failed(each) for each in found if each.place.startswith(f"{place},"))
    single = any(each.place == place for each in found)
    if (single or name == PATIENT or not whole) and _TYPES[name] not in kinds:
        return None
    return single or (whole and not _page(sent).goes_on)


def _failed(resource: Resource) -> bool:
    """Whether it says that a part of a search failed; warnings and hints say so not."""
    issues = resource.data.get("issue") if resource.kind == "OperationOutcome" else None
    return isinstance(issues, list) and any(
        isinstance(each, dict) and each.get("severity") in _FAILURES for each in issues
    )


def _page(sent: Raw) -> _Page:
    try:
        return msgspec.json.decode(sent, type=_Page)
    except msgspec.ValidationError as error:
        raise WrongRequestError(f"prefetch: a Bundle, {error}.") from None
