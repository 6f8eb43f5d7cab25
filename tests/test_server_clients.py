"""Clients that people use, against a running server."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from servers import Server, serving
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg

SELECT = "SELECT ?s ?o { ?s eg:p ?o } ORDER BY ?o"
CONSTRUCT = "CONSTRUCT { ?s eg:q ?o } WHERE { ?s eg:p ?o }"


@pytest.fixture(name="server", scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("clients") / "graph.nq"
    quads = [Quad(eg(f"s{n}"), EG.p, Literal(f"value {n}"), EG.g) for n in range(3)]
    path.write_bytes(write_nquads(quads))
    with serving(path) as server:
        yield server


@pytest.fixture(name="endpoint", scope="module")
def _endpoint(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/sparql"


@pytest.mark.parametrize("method", [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize(
    ("query", "form", "size"),
    [
        (SELECT, JSON, 2), (SELECT, XML, None), (SELECT, CSV, None), (SELECT, TSV, None),
        (CONSTRUCT, TURTLE, None), (CONSTRUCT, N3, None), (CONSTRUCT, RDFXML, 3),
        (CONSTRUCT, JSONLD, 3), ("DESCRIBE eg:s1", RDFXML, 1), ("ASK { ?s eg:p ?o }", JSON, 2),
    ],
)  # fmt: skip
def test_sparqlwrapper(
    endpoint: str, method: tuple[str, str], query: str, form: str, size: int | None
) -> None:
    """SPARQLWrapper gets every kind of result in every format, in each of the three ways."""
    client = SPARQLWrapper(endpoint, returnFormat=form)
    client.setMethod(method[0])
    client.setRequestMethod(method[1])
    client.setQuery(query)
    # It makes graphs of a kind that rdflib is about to give up.
    warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
    result: Any = client.query().convert()

    if size is None:
        text = result.toxml() if form == XML else result.decode()
        assert "value 1" in text
    else:
        assert len(result) == size


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(endpoint: str, form: str, method: str) -> None:
    """Rdflib reads the endpoint as a store."""
    graph = Graph(SPARQLStore(endpoint, returnFormat=form, method=method))

    assert len(list(graph.triples((None, URIRef(EG.p), None)))) == 3
    assert len(list(graph.query(f"PREFIX eg: <{eg('')}> {SELECT}"))) == 3
    assert bool(graph.query("ASK { ?s ?p ?o }"))


HERE = f"<{EG.note}> <{EG.about}> <{EG.s1}> ."
"""What another engine holds, to be joined with what is here."""


def federated(endpoint: str) -> str:
    """A query of another engine that asks us for a part of its answer."""
    far = f"SERVICE <{endpoint}> {{ ?s <{EG.p}> ?o }}"
    return f"SELECT ?o WHERE {{ <{EG.note}> <{EG.about}> ?s . {far} }}"


def test_federation_from_oxigraph(endpoint: str) -> None:
    """Oxigraph joins what it holds with what we answer through SERVICE."""
    store = ox.Store()
    store.load(HERE.encode(), format=ox.RdfFormat.N_TRIPLES)

    rows = store.query(federated(endpoint))

    assert isinstance(rows, ox.QuerySolutions)
    assert [str(row["o"]) for row in rows] == ['"value 1"']


def test_federation_from_rdflib(endpoint: str) -> None:
    """So does rdflib, which sends each SERVICE with what it has bound so far."""
    graph = Graph().parse(data=HERE, format="nt")

    rows: Any = graph.query(federated(endpoint))

    assert [str(row.o) for row in rows] == ["value 1"]
