"""Comunica, a query engine for the web, asks our server: as an endpoint, as documents, as both.

`make test-servers` fetches it where it can, and runs these tests.
"""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fetching import there_or_skip
from other_clients.fetch import COMUNICA, NODE, missing_clients
from servers import serving, serving_built

from kg.compile import builder
from kg.compile.about import GRAPH_VOID
from kg.model.rdf import Quad, read_nquads, write_nquads
from kg.model.vocabulary import BASE, EG, GRAPH_MAPPINGS, IRI, PREFIXES, Literal
from kg.store.local import LocalStore

pytestmark = pytest.mark.servers

FINDINGS = "SELECT ?s ?l WHERE { ?s a eg:Finding ; rdfs:label ?l } ORDER BY ?s"


@pytest.fixture(name="url", scope="module")
def _url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server of the built graph."""
    there_or_skip(missing_clients())
    builder.ready()
    with serving_built(tmp_path_factory.mktemp("comunica") / "serve.log") as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(name="embedded", scope="module")
def _embedded() -> LocalStore:
    """Give what the server holds, in memory."""
    return LocalStore(builder.ready().served)


def comunica(query: str, *sources: str, form: str = "text/csv") -> bytes:
    """What Comunica prints of a query to some sources."""
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("eg", "st", "rdfs"))
    done = subprocess.run(
        [NODE, COMUNICA, *sources, "--query", prefixes + query, "--outputType", form],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    return done.stdout


def rows(table: bytes) -> list[tuple[str, ...]]:
    """The rows of a table without its head."""
    return [tuple(row) for row in csv.reader(io.StringIO(table.decode()))][1:]


@pytest.mark.parametrize("kind", ["", "sparql@"], ids=["found out", "told"])
def test_select(url: str, embedded: LocalStore, kind: str) -> None:
    """The endpoint gives its rows, whether Comunica is told what it is or finds out itself."""
    found = rows(comunica(FINDINGS, f"{kind}{url}/sparql"))

    assert found == rows(embedded.answer(FINDINGS, "text/csv"))
    assert len(found) > 5


@pytest.mark.parametrize(("kind", "holds"), [("eg:Finding", b"true"), ("eg:Nothing", b"false")])
def test_ask(url: str, kind: str, holds: bytes) -> None:
    """ASK is answered with the truth."""
    said = comunica(f"ASK {{ ?s a {kind} }}", f"sparql@{url}/sparql", form="simple")

    assert said.strip() == holds


def test_construct(url: str, embedded: LocalStore) -> None:
    """CONSTRUCT gives the triples of the embedded store."""
    query = "CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s a eg:Finding ; rdfs:label ?l }"

    said = comunica(query, f"sparql@{url}/sparql", form="application/n-quads")

    assert {quad[:3] for quad in read_nquads(said)} == set(embedded.construct(query))


def test_a_term_as_a_document(url: str, embedded: LocalStore) -> None:
    """The address of a term is a document that says all that the graph says of it."""
    query = "SELECT ?p ?o WHERE { st:A005 ?p ?o FILTER (!isBlank(?o)) }"

    found = rows(comunica(query, f"{url}/statement/A005"))

    assert set(found) == set(rows(embedded.answer(query, "text/csv")))
    assert len(found) > 10


def test_a_document_and_service(url: str, embedded: LocalStore) -> None:
    """A query over a document of ours takes the labels of what it names from our endpoint."""
    far = f"SERVICE <{url}/sparql> {{ ?o rdfs:label ?l }}"
    query = f"SELECT DISTINCT ?o ?l WHERE {{ st:A005 ?p ?o . {far} }}"
    near = "SELECT DISTINCT ?o ?l WHERE { st:A005 ?p ?o . ?o rdfs:label ?l }"

    found = rows(comunica(query, f"{url}/statement/A005"))

    assert set(found) == set(rows(embedded.answer(near, "text/csv")))
    assert len(found) > 5


def test_two_endpoints(url: str, embedded: LocalStore, tmp_path: Path) -> None:
    """Our endpoint is joined with another: what each holds alone is found together."""
    other = tmp_path / "other.nq"
    findings = embedded.select(FINDINGS).column("s")[:3]
    other.write_bytes(write_nquads(Quad(EG.note, EG.p, each, EG.g) for each in findings if each))
    with serving(other) as second:
        sources = (f"sparql@{url}/sparql", f"sparql@http://127.0.0.1:{second.port}/sparql")
        found = rows(comunica("SELECT ?s ?l { eg:note eg:p ?s . ?s rdfs:label ?l }", *sources))

    labels = {
        (str(subject), label.value)
        for subject, label in embedded.select(FINDINGS)
        if subject in findings and isinstance(label, Literal)
    }
    assert set(found) == labels
    assert len(found) == 3


@pytest.mark.parametrize("name", [GRAPH_VOID, GRAPH_MAPPINGS])
def test_a_graph_as_a_document(url: str, embedded: LocalStore, name: IRI) -> None:
    """The address of a graph is a document with its triples, which need no graph to be named.

    That of the dataset says besides where this server has the endpoint and the dumps.
    """
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

    found = rows(comunica(query, f"{url}/{name.removeprefix(BASE)}"))

    more = int(found[0][0]) - len(list(embedded.quads(graph=name)))
    assert 0 < more < 20 if name == GRAPH_VOID else more == 0
