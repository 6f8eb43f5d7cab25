"""The resources of an input: one resource, a Bundle, or one resource on each line (NDJSON)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kg.case.fhir.model import RefusedError, Resource, Table
from kg.case.fhir.types import TYPES
from kg.case.strict import strict
from kg.model.errors import UsageError

MOST_CHARACTERS: Final = 64_000_000
"""A longer input is not the record of one patient."""
_DEEPEST: Final = 40
"""No resource that is read nests deeper."""
_DEEPEST_BUNDLE: Final = 4
_NO_BUNDLES: Final = ("history", "transaction-response", "batch-response")
"""Bundles that hold answers of a server, or versions that are no longer true."""


def read_resources(written: str) -> list[Resource]:
    """Every resource of an input, with its place; UsageError where it is not FHIR as JSON."""
    if len(written) > MOST_CHARACTERS:
        raise UsageError(
            f"the FHIR input has {len(written)} characters; at most {MOST_CHARACTERS} are read."
        )
    lines = _lines(written)
    if lines is None:
        found = list(_resources(_parsed(written, ""), "", 0))
    else:
        found = [
            resource
            for count, line in lines
            for resource in _resources(_parsed(line, f"line {count}"), f"line {count}", 0)
        ]
    return found


def _lines(written: str) -> list[tuple[int, str]] | None:
    """The numbered lines of NDJSON; None where the input is one JSON value over many lines."""
    lines = [(n, line) for n, line in enumerate(written.split("\n"), 1) if line.strip()]
    if len(lines) < 2:  # noqa: PLR2004 - one line is one value
        return None
    first = lines[0][1].strip()
    return lines if first.startswith("{") and first.endswith("}") else None


def _parsed(written: str, place: str) -> Table:
    where = f"the FHIR input, {place}," if place else "the FHIR input"
    reason = ""
    try:
        value = strict(written)
    except UsageError as error:
        reason = error.message.removeprefix("the case ")
    if reason:  # outside the handler, so that no exception holds the text of the record
        twice = "has a key twice"
        raise UsageError(f"{where} {f'{twice}.' if reason.startswith(twice) else reason}")
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise UsageError(f"{where} is no FHIR resource: wanted an object with a resourceType.")
    return value


def _resources(data: Table, place: str, depth: int) -> Iterator[Resource]:
    kind = data.get("resourceType")
    if kind != "Bundle":
        yield Resource(_type(kind), place, data)
        return
    _check_bundle(data, place, depth)
    entries = data.get("entry", [])
    if not isinstance(entries, list):
        raise UsageError(f"{_where(place)}: entry is not a list.")
    for count, entry in enumerate(entries, 1):
        inner = f"{place}, entry {count}" if place else f"entry {count}"
        yield from _entry(entry, inner, depth)


def _entry(entry: object, place: str, depth: int) -> Iterator[Resource]:
    if not isinstance(entry, dict):
        raise UsageError(f"{_where(place)} is not an object.")
    if entry.get("modifierExtension"):
        raise UsageError(f"{_where(place)}: a modifierExtension changes what the entry means.")
    resource, url = entry.get("resource"), entry.get("fullUrl")
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        yield Resource("entry without a resource", place, {})
    elif resource["resourceType"] == "Bundle":
        yield from _resources(resource, place, depth + 1)
    else:
        kind = _type(resource["resourceType"])
        yield Resource(kind, place, resource, url if isinstance(url, str) else "")


def _check_bundle(data: Table, place: str, depth: int) -> None:
    if depth > _DEEPEST_BUNDLE:
        raise UsageError(f"{_where(place)}: bundles stand in bundles, more than are read.")
    for key in ("modifierExtension", "implicitRules"):
        if data.get(key):
            raise UsageError(f"{_where(place)}: {key} changes what the bundle means.")
    if data.get("type") in _NO_BUNDLES:
        raise UsageError(
            f"{_where(place)} is a bundle of type {data['type']}, which does not say what holds "
            "now; wanted the resources themselves, as in a collection or a searchset."
        )


def _where(place: str) -> str:
    return f"the FHIR input, {place}" if place else "the FHIR input"


def _type(name: object) -> str:
    """The name of a type; what is no such name is not repeated, for it may be anything."""
    known = isinstance(name, str) and name in TYPES
    return str(name) if known else "resource of no known type"


def check_whole(resource: Resource) -> None:
    """RefusedError where the resource says that it means something else than it seems to."""
    if resource.data.get("implicitRules"):
        raise RefusedError("implicitRules change what it means")
    waiting: list[tuple[object, int]] = [(resource.data, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            raise RefusedError(f"it nests deeper than {_DEEPEST} levels")
        if isinstance(node, dict):
            if node.get("modifierExtension"):
                raise RefusedError("a modifierExtension changes what it means")
            waiting.extend((each, depth + 1) for each in node.values() if _nests(each))
        elif isinstance(node, list):
            waiting.extend((each, depth + 1) for each in node if _nests(each))


def _nests(value: object) -> bool:
    return isinstance(value, dict | list)


class Records:
    """The resources of an input, to be found by the references that others hold."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = tuple(resources)
        self._found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            for name in names_of(resource):
                self._found.setdefault(name, []).append(resource)

    def of(self, kind: str) -> list[Resource]:
        """The resources of one type."""
        return [resource for resource in self.resources if resource.kind == kind]

    def named(self, reference: str, within: Resource) -> Resource | None:
        """What a reference leads to, in the resource itself or in the input; nothing is fetched."""
        if reference.startswith("#"):
            return _contained(within, reference[1:])
        found = self._found.get(without_version(reference), [])
        return found[0] if len(found) == 1 else None


def names_of(resource: Resource) -> set[str]:
    """The references that lead to a resource."""
    identifier = resource.data.get("id")
    local = f"{resource.kind}/{identifier}" if isinstance(identifier, str) and identifier else ""
    return {name for name in (without_version(resource.url), local) if name}


def without_version(reference: str) -> str:
    """A reference to whichever version is at hand."""
    return reference.partition("/_history/")[0]


def _contained(within: Resource, identifier: str) -> Resource | None:
    parts = within.data.get("contained")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and part.get("id") == identifier:
            return Resource(_type(part.get("resourceType")), within.place, part)
    return None
