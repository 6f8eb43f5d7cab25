"""How a statement stands, as ArtifactAssessment: its evidence, its document, what it cites."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kg.export.fhir.values import Json, concept, id_of, name_of, quantity
from kg.export.obo_words import obo_curie
from kg.export.source import Source
from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI, RDFS, Term, expand, text_of


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
