"""The search over HTTP: its forms, its headers, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from asgi import Client, running

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import BASE, IRI, RDFS, Literal
from kg.pages.html import POLICY
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.linked.frames import LONGEST_SEARCH
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("search") / "graph.nq"
    names = {"id/A": "bone scan", "id/B": "bone pain", "statement/Z001": "Z001 bone hurts"}
    quads = [
        Quad(IRI(BASE + iri), RDFS.label, Literal(name), IRI(f"{BASE}graph/g"))
        for iri, name in names.items()
    ]
    path.write_bytes(write_nquads(quads))
    limits = Limits(seconds_per_minute=0, errors_per_minute=0)
    settings = Settings(limits=limits, public_url="http://127.0.0.1:8000/graph")
    with running(create_app(AppState(settings, GraphFile(path)))) as client:
        yield client


@pytest.mark.parametrize(
    ("accept", "query", "wanted"),
    [
        (BROWSER, "", "text/html"),
        ("*/*", "", "application/json"),
        ("application/json", "", "application/json"),
        ("text/html", "&format=json", "application/json"),
        ("application/json", "&format=html", "text/html"),
    ],
)
def test_forms(client: Client, accept: str, query: str, wanted: str) -> None:
    """Browsers get a page and programs JSON, unless the address names a form."""
    response = client.get(f"/search?q=bone{query}", accept=accept)

    assert response.status == 200
    assert response.headers["content-type"].startswith(wanted)
    assert "Accept" in response.headers["vary"]
    has_policy = response.headers.get("content-security-policy") == POLICY[0][1]
    assert has_policy is (wanted == "text/html")


def test_page_and_data_agree(client: Client) -> None:
    """The page has the hits of the data, in their order, below the path of the server."""
    hits = client.get("/search?q=bone").json["hits"]
    text = client.get("/search?q=bone", accept="text/html").text

    places = [text.index(f'href="/graph/{each["path"]}"') for each in hits]
    assert len(places) == 3
    assert places == sorted(places)
    assert all(each["iri"] == BASE + each["path"] for each in hits)
    assert '<form action="/graph/search" method="get"' in text


def test_kinds(client: Client) -> None:
    """One kind alone, with links to the others."""
    found = client.get("/search?q=bone&kind=statement").json
    text = client.get("/search?q=bone&kind=statement", accept="text/html").text

    assert [each["id"] for each in found["hits"]] == ["Z001"]
    assert found["kinds"] == {"term": 2, "statement": 1}
    assert 'href="/graph/search?q=bone&amp;kind=term"' in text


@pytest.mark.parametrize("query", ["?q=bone&kind=disease", "?q=bone&format=docx"])
def test_refused(client: Client, query: str) -> None:
    """A kind or a form that is none is told, and nothing that was sent is repeated."""
    response = client.get(f"/search{query}")

    assert response.status == 400
    assert "wanted one of" in response.json["detail"]
    assert query.rpartition("=")[2] not in response.json["detail"]


def test_etag(client: Client) -> None:
    """A search that was answered is not sent again; another or in another form it is."""
    tag = client.get("/search?q=bone").headers["etag"]

    assert client.get("/search?q=bone", if_none_match=tag).status == 304
    assert client.get("/search?q=pain", if_none_match=tag).status == 200
    assert client.get("/search?q=bone", accept="text/html", if_none_match=tag).status == 200


@pytest.mark.parametrize(
    "query",
    ["", "?", "?q=", "?q=%00", f"?q={'x' * 3000}", "?q=%22%20OR%20NEAR(", "?q=%F0%9F%A6%B4"],
)
def test_any_search(client: Client, query: str) -> None:
    """Whatever is searched for is no error; of a long text the first part is read."""
    for accept in ("application/json", "text/html"):
        assert client.get(f"/search{query}", accept=accept).status == 200
    assert len(client.get(f"/search{query}").json["query"]) <= LONGEST_SEARCH


def test_crawlers_stay_out(client: Client) -> None:
    """There is no end of searches, and crawlers are told to make none."""
    assert "/search\n" in client.get("/robots.txt").text
