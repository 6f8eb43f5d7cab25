"""Statements, how they stand, documents and works as one Bundle of FHIR R5, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import msgspec

from kg.export.fhir.evidence import evidence
from kg.export.fhir.values import Json, concept, id_of, name_of, quantity
from kg.export.nanopubs.content import standing
from kg.export.obo_words import obo_curie
from kg.export.source import Source
from kg.model.rdf import Graph
from kg.model.vocabulary import DCTERMS, EG, IRI, RDFS, Term, expand, text_of

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


# ── How a statement stands, as ArtifactAssessment ──────────────────────────────────────────────


def assessment(source: Source, statement: IRI) -> Json:
    """The assessment of the Evidence of a statement; nothing in it is a grade of our own."""
    graph = source.graph
    return {
        "resourceType": "ArtifactAssessment",
        "id": f"assessment-{id_of(statement)}",
        "title": f"standing of {graph.text(statement, RDFS.label)}",
        "date": source.date,
        "artifactReference": {"reference": f"Evidence/{id_of(statement)}"},
        "content": list(_contents(graph, statement)),
    }


def _contents(graph: Graph, statement: IRI) -> Iterator[Json]:
    for name in (expand("biolink:knowledge_level"), expand("biolink:agent_type")):
        for value in graph.objects(statement, name):
            yield _classified(_label(graph, name), name_of(graph, value))
    for kind in graph.objects(statement, EG.evidenceType):
        said = name_of(graph, kind) or obo_curie(text_of(kind))
        yield _classified(_label(graph, EG.evidenceType), said)
    for document in graph.objects(statement, EG.inDocument):
        status = graph.text(document, EG.reviewStatus)
        yield _classified(f"review of {graph.text(document, RDFS.label)}", status)
    for pointer in graph.objects(statement, EG.cites):
        yield _cited(graph, pointer)


def _classified(kind: str, value: str) -> Json:
    return {
        "informationType": "classifier",
        "type": concept(kind),
        "classifier": [concept(value)],
        "freeToShare": True,
    }


def _cited(graph: Graph, pointer: Term) -> Json:
    """How a citation number is resolved, with the confidence of whoever resolved it."""
    resolution = graph.value(pointer, EG.resolution)
    standing = name_of(graph, pointer if resolution is None else resolution)
    found = _classified(f"citation {graph.text(pointer, RDFS.label)}", standing)
    method = graph.text(pointer, EG.inferenceMethod)
    confidence = graph.text(pointer, EG.confidence)
    if method:
        found["summary"] = method
    if confidence:
        found["quantity"] = quantity(Decimal(confidence))
    return found


def _label(graph: Graph, name: IRI) -> str:
    return graph.text(name, RDFS.label) or name.rpartition("/")[2].replace("_", " ")


# ── Documents and the works that they list, as Citation ────────────────────────────────────────


def document_citation(source: Source, document: IRI) -> Json:
    """The Citation of a source document, with its standing as its own words have it."""
    graph = source.graph
    cited: Json = {
        "title": [{"text": graph.text(document, DCTERMS.title), "language": concept("en")}],
        "publicationForm": [_published_in(graph, document, EG.publisherName, EG.lastUpdated)],
        "note": [{"text": f"{name}: {text}"} for name, text in _standing(graph, document)],
    }
    return _citation(source, document, cited)


def work_citation(source: Source, work: IRI) -> Json:
    """The Citation of a work that a document lists; only what the list prints is known of it."""
    graph = source.graph
    kind = graph.text(work, EG.assessedAs)
    cited: Json = {
        "title": [{"text": graph.text(work, DCTERMS.title), "language": concept("en")}],
        "publicationForm": [_published_in(graph, work, EG.venue, EG.year)],
        "note": [{"text": kind}] if kind else [],
    }
    return _citation(source, work, cited)


def _citation(source: Source, subject: IRI, cited: Json) -> Json:
    return {
        "resourceType": "Citation",
        "id": id_of(subject),
        "url": source.published(subject),
        "version": source.number,
        "title": source.graph.text(subject, RDFS.label),
        "status": "draft",
        "date": source.date,
        "citedArtifact": cited,
    }


def _published_in(graph: Graph, subject: IRI, venue: IRI, date: IRI) -> Json:
    found: Json = {}
    if graph.text(subject, venue):
        found["publishedIn"] = {"title": graph.text(subject, venue)}
    if graph.text(subject, date):
        found["articleDate"] = graph.text(subject, date)
    return found


def _standing(graph: Graph, document: IRI) -> list[tuple[str, str]]:
    names = (EG.reviewStatus, EG.reviewClaim, EG.referenceListStatus)
    found = [(graph.text(name, RDFS.label), graph.text(document, name)) for name in names]
    return [(name, text) for name, text in found if text]
