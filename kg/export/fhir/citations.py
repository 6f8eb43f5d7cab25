"""A document, and a work that a document lists, as Citation."""

from __future__ import annotations

from kg.export.fhir.values import Json, concept, id_of
from kg.export.source import Source
from kg.model.rdf import Graph
from kg.model.vocabulary import DCTERMS, EG, IRI, RDFS


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
