"""The W3C's three tests of the service description, and what ours promises besides."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from asgi import Client, running
from rdflib import RDF, Graph, Namespace, URIRef

from kg.serve.app import create_app
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
URL = "https://graph.example.org"


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("description") / "graph.nq"
    path.write_text("<x:a> <x:b> <x:c> <x:g> .\n<x:a> <x:b> <x:d> <x:g> .\n", "utf-8")
    with running(create_app(AppState(Settings(public_url=URL), GraphFile(path)))) as client:
        yield client


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/turtle"),
        ("*/*", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-quads;q=0.9, text/turtle;q=0.5", "application/n-quads"),
    ],
)
def test_returns_rdf(client: Client, accept: str | None, media_type: str) -> None:
    """A GET without a query gives a graph, in the format that is asked for."""
    response = client.get("/sparql", **({"accept": accept} if accept else {}))

    triples = list(ox.parse(response.body, format=ox.RdfFormat.from_media_type(media_type)))

    assert response.status == 200
    assert response.headers["content-type"].startswith(media_type)
    assert len(triples) > 10


def test_has_endpoint_triple(client: Client) -> None:
    """The description names the address under which it was found."""
    graph = Graph().parse(data=client.get("/sparql").text)

    assert list(graph.objects(None, SD.endpoint)) == [URIRef(f"{URL}/sparql")]


def test_conforms_to_schema(client: Client) -> None:
    """Every term of the description exists in the vocabulary, on the right kind of subject."""
    graph = Graph().parse(data=client.get("/sparql").text)
    (service,) = graph.subjects(RDF.type, SD.Service)
    (dataset,) = graph.objects(service, SD.defaultDataset)

    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert (service, SD.feature, SD.UnionDefaultGraph) in graph
    assert (service, SD.feature, SD.BasicFederatedQuery) not in graph
    assert len(list(graph.objects(service, SD.resultFormat))) == 10
    assert (graph.value(dataset, SD.defaultGraph), RDF.type, SD.Graph) in graph
    (named,) = graph.objects(dataset, SD.namedGraph)
    assert graph.value(named, SD.name) == URIRef("x:g")
    assert int(str(graph.value(graph.value(named, SD.graph), VOID.triples))) == 2
