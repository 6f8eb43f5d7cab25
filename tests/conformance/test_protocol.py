"""The W3C's tests of the SPARQL 1.1 Protocol, sent as their manifest says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from asgi import Client, Response, running
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
HERE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest#"
DATA: Final = "http://kasei.us/2009/09/sparql/data/data{}.rdf"

QUERY_TESTS: Final = (
    "query_post_form", "query_dataset_default_graphs_get", "query_dataset_default_graphs_post",
    "query_dataset_named_graphs_post", "query_dataset_named_graphs_get", "query_dataset_full",
    "query_multiple_dataset", "query_get", "query_content_type_select", "query_content_type_ask",
    "query_content_type_describe", "query_content_type_construct", "query_post_direct",
    "bad_query_method", "bad_multiple_queries", "bad_query_wrong_media_type",
    "bad_query_missing_form_type", "bad_query_missing_direct_type", "bad_query_non_utf8",
    "bad_query_syntax",
)  # fmt: skip
UPDATE_TESTS: Final = (
    "update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs",
    "update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri",
    "bad_update_get", "bad_multiple_updates", "bad_update_wrong_media_type",
    "bad_update_missing_form_type", "bad_update_non_utf8", "bad_update_syntax",
    "bad_update_dataset_conflict",
)  # fmt: skip

FORMATS: Final = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml"},
}


@dataclass(frozen=True)
class Sent:
    """One request of a test, and what has to come back."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: frozenset[str]
    format: str | None
    boolean: bool | None

    @property
    def is_update(self) -> bool:
        """Whether it asks for a change."""
        return self.headers.get("content-type") == "application/sparql-update" or (
            b"update=" in self.body
        )


@pytest.fixture(name="folder", scope="module")
def _folder(suites: Path) -> Path:
    return suites / "w3c-sparql11/sparql/sparql11/protocol"


@pytest.fixture(name="manifest", scope="module")
def _manifest(folder: Path) -> Graph:
    return Graph().parse(folder / "manifest.ttl", publicID=HERE.removesuffix("#"))


@pytest.fixture(name="client", scope="module")
def _client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Give a server that has the three graphs of the manifest."""
    path = tmp_path_factory.mktemp("protocol") / "graph.nq"
    lines = [
        line.rstrip(" .") + f" <{DATA.format(number)}> .\n"
        for number in (1, 2, 3)
        for line in (folder / f"data{number}.nt").read_text("utf-8").splitlines()
        if line.strip()
    ]
    path.write_text("".join(lines), "utf-8")
    limits = Limits(seconds_per_minute=0, errors_per_minute=0)
    with running(create_app(AppState(Settings(limits=limits), GraphFile(path)))) as client:
        yield client


def test_every_test_of_the_manifest_is_known(manifest: Graph) -> None:
    """No test of the manifest is left out here."""
    names = {str(test).removeprefix(HERE) for test in manifest.subjects(RDF.type, MF.ProtocolTest)}

    assert names == {*QUERY_TESTS, *UPDATE_TESTS}


@pytest.mark.parametrize("name", QUERY_TESTS)
def test_query(client: Client, manifest: Graph, name: str) -> None:
    """The query operation does what the W3C's tests ask of it."""
    for sent in _requests(manifest, name):
        response = _answer(client, sent)

        assert f"{response.status // 100}xx" in sent.statuses, response.text
        if sent.format is not None:
            assert response.headers["content-type"].partition(";")[0] in FORMATS[sent.format]
        if sent.boolean is not None:
            assert response.json["boolean"] is sent.boolean


@pytest.mark.parametrize("name", UPDATE_TESTS)
def test_update(client: Client, manifest: Graph, name: str) -> None:
    """Every update is refused, and changes nothing."""
    before = client.get("/sparql?query=SELECT+(COUNT(*)+AS+?n)+{?s+?p+?o}").body
    updates = [sent for sent in _requests(manifest, name) if sent.is_update or "bad_" in name]

    assert updates
    for sent in updates:
        assert 400 <= _answer(client, sent).status < 500
    assert client.get("/sparql?query=SELECT+(COUNT(*)+AS+?n)+{?s+?p+?o}").body == before


def _answer(client: Client, sent: Sent) -> Response:
    path = sent.path.replace("/sparql/", "/sparql", 1)
    return client.request(sent.method, path, body=sent.body, headers=sent.headers)


def _requests(manifest: Graph, name: str) -> Iterator[Sent]:
    connection = manifest.value(URIRef(HERE + name), MF.action)
    for request in _list(manifest, manifest.value(connection, HT.requests)):
        response = manifest.value(request, HT.resp)
        boolean = manifest.value(response, MF.expectedBoolean)
        form = manifest.value(response, MF.expectedFormat)
        yield Sent(
            method=str(manifest.value(request, HT.methodName)),
            path=str(manifest.value(request, HT.absolutePath)),
            headers={
                str(manifest.value(header, HT.fieldName)).lower(): str(
                    manifest.value(header, HT.fieldValue)
                )
                for header in _list(manifest, manifest.value(request, HT.headers))
            },
            body=_body(manifest, manifest.value(request, HT.body)),
            statuses=frozenset(
                str(status)[-3:] for status in manifest.objects(response, MF.expectedStatus)
            ),
            format=None if form is None else str(form),
            boolean=None if boolean is None else str(boolean) == "true",
        )


def _body(manifest: Graph, body: Node | None) -> bytes:
    if body is None:
        return b""
    characters = str(manifest.value(body, CNT.chars))
    return characters.encode(str(manifest.value(body, CNT.characterEncoding) or "utf-8"))


def _list(manifest: Graph, head: Node | None) -> list[Node]:
    return [] if head is None else list(Collection(manifest, head))
