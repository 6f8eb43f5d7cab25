"""Results that stand inside a report or a panel, as resources of their own.

What is contained has no subject, time or status beside its own but that of what holds it: where it
says nothing of patient or time, it is of the patient and the time of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.case.fhir.builder import CaseBuilder, RefusedError, Resource, Table
from kg.case.fhir.resources import Records, check_whole, tables, text

_HOLDERS: Final = {"DiagnosticReport": "result", "Observation": "hasMember"}
"""What may hold results, and the element that names them."""
_NO_REPORTS: Final = ("entered-in-error", "cancelled")
_OF_THE_WHOLE: Final = ("subject", "effective", "issued")


def with_contained(resources: Iterable[Resource], builder: CaseBuilder) -> Iterator[Resource]:
    """The resources, each followed by the results that it contains."""
    for resource in resources:
        yield resource
        if resource.kind in _HOLDERS and "contained" in resource.data:
            yield from _results(resource, builder)


def _results(holder: Resource, builder: CaseBuilder) -> list[Resource]:
    """The results that a resource contains and names; what it does not name is left out."""
    try:
        parts = tables(holder.data, "contained")
        named = _named(holder, parts)
        doubt = _doubt(holder)
    except RefusedError as error:
        builder.ignore(holder, f"what it contains cannot be read: {error.message}")
        return []
    found = []
    for count, part in enumerate(parts, 1):
        if part.get("resourceType") != "Observation":
            continue
        place = f"{holder.place}, contained {count}" if holder.place else f"contained {count}"
        result = Resource("Observation", place, _completed(part, holder.data), parent=holder)
        if doubt or not any(part.get("id") == name for name in named):
            builder.ignore(result, doubt or "nothing says that it is a result of what contains it")
        else:
            found.append(result)
    return found


def _named(holder: Resource, parts: Iterable[Table]) -> set[str]:
    """The ids of the parts that a holder names as results, or that one of those names."""
    members = {name: part for part in parts if isinstance(name := part.get("id"), str)}
    waiting = _local(holder.data, _HOLDERS[holder.kind])
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in members and name not in found:
            found.add(name)
            waiting += _local(members[name], _HOLDERS["Observation"])
    return found


def _local(data: Table, key: str) -> list[str]:
    """The ids that references within a resource lead to."""
    names = (text(each, "reference") for each in tables(data, key))
    return [name[1:] for name in names if name.startswith("#")]


def _doubt(holder: Resource) -> str:
    """Why nothing that is contained can be used; empty where it can."""
    state = text(holder.data, "status")
    if state in _NO_REPORTS:
        return f"the status of what contains it is {state}"
    own = {key: value for key, value in holder.data.items() if key != "contained"}
    try:
        check_whole(Resource(holder.kind, holder.place, own))
    except RefusedError as error:
        return f"it stands in a resource that cannot be used: {error.message}"
    return ""


def _completed(part: Table, whole: Table) -> Table:
    """A part with what it leaves to the whole."""
    lacking = [name for name in _OF_THE_WHOLE if not any(key.startswith(name) for key in part)]
    if "issued" in lacking and "effective" not in lacking:
        lacking.remove("issued")
    given = {
        key: value for key, value in whole.items() if any(key.startswith(name) for name in lacking)
    }
    return {**given, **part}


def check_report(report: Resource, records: Records) -> None:
    """RefusedError where a report says more than the results that are read."""
    named = tables(report.data, _HOLDERS["DiagnosticReport"])
    if not named:
        raise RefusedError("a case has no place for it")
    found = [records.named(text(each, "reference"), report) for each in named]
    lost = sum(each is None for each in found)
    if lost:
        raise RefusedError(
            f"{lost} of its {len(found)} results are not in the input, and nothing is fetched"
        )
