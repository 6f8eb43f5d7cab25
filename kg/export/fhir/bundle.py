"""All statements, documents and works as one Bundle of FHIR R5, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kg.export.fhir.assessment import assessment
from kg.export.fhir.citations import document_citation, work_citation
from kg.export.fhir.evidence import evidence
from kg.export.fhir.values import Json
from kg.export.nanopubs.content import standing
from kg.export.source import Source
from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI

FILE: Final = "fhir-evidence.json"


def fhir(source: Source) -> dict[str, bytes]:
    """The Bundle as a file; numbers have the digits that the statements give them."""
    bundle = {
        "resourceType": "Bundle",
        "id": "etiograph-evidence",
        "type": "collection",
        "entry": [_entry(each, source) for each in _resources(source)],
    }
    encoder = msgspec.json.Encoder(decimal_format="number")
    return {FILE: msgspec.json.format(encoder.encode(bundle), indent=1) + b"\n"}


def _entry(resource: Json, source: Source) -> Json:
    kind, name = resource["resourceType"], resource["id"]
    return {"fullUrl": f"{source.base}fhir/{kind}/{name}", "resource": _filled(resource)}


def _filled(resource: Json) -> Json:
    """A resource without empty lists and objects, which FHIR does not allow."""
    found = {name: _without_empty(value) for name, value in resource.items()}
    return {name: value for name, value in found.items() if value not in ("", [], {}, None)}


def _without_empty(value: object) -> object:
    if isinstance(value, dict):
        return _filled(value)
    if isinstance(value, list):
        found = [_without_empty(each) for each in value]
        return [each for each in found if each not in ("", [], {}, None)]
    return value


def _resources(source: Source) -> Iterator[Json]:
    graph = source.graph
    for document in _of_kind(graph, EG.SourceDocument):
        yield document_citation(source, document)
    for work in _of_kind(graph, EG.ReferenceEntry):
        yield work_citation(source, work)
    for statement in standing(graph):
        yield evidence(source, statement)
        yield assessment(source, statement)


def _of_kind(graph: Graph, kind: IRI) -> list[IRI]:
    return sorted(node for node in graph.of_type(kind) if isinstance(node, IRI))
