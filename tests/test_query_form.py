"""The page on which people write queries: who gets it, what it shows, and what it keeps out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from asgi import Client, Response, running
from test_linked_pages import PAYLOADS, read

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import BASE, IRI, XSD_INTEGER, Literal, eg
from kg.pages.html import CONTENT_TYPE, POLICY, html
from kg.pages.results import MOST_ROWS, QueryPage, with_result
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import AppState, Settings

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
FEW = "SELECT ?s ?o { ?s eg:p ?o } ORDER BY ?o LIMIT 2"
COUNT = MOST_ROWS + 5


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("form") / "graph.nq"
    quads = [
        Quad(eg(f"s{n}"), eg("p"), Literal(str(n), XSD_INTEGER), eg("g")) for n in range(COUNT)
    ]
    quads.append(Quad(IRI("https://x.example/a"), eg("q"), Literal("é", language="fr"), eg("g2")))
    path.write_bytes(write_nquads(quads))
    limits = Limits(seconds_per_minute=0, errors_per_minute=0)
    with running(create_app(AppState(Settings(limits=limits), GraphFile(path)))) as client:
        yield client


def asked(client: Client, query: str | None = None, accept: str = BROWSER, **more: str) -> Response:
    """What a browser is sent."""
    fields = ({} if query is None else {"query": query}) | more
    return client.get(f"/sparql?{urlencode(fields)}", accept=accept)


def is_page(response: Response) -> bool:
    """Whether it is a page that may load and do nothing but what ours do."""
    is_html = response.headers["content-type"] == CONTENT_TYPE
    assert (response.headers.get("content-security-policy") == POLICY[0][1]) is is_html
    return is_html


# ── Who gets it ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "text/html, text/csv;q=0.9"])
def test_browsers_get_a_page(client: Client, accept: str) -> None:
    """Whoever wants HTML most gets the form, and the page with the result."""
    assert is_page(asked(client, accept=accept))
    assert is_page(asked(client, FEW, accept))


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/sparql-results+json",
        "application/json, text/html",
        "text/csv, text/html",
    ],
)
def test_programs_get_data(client: Client, accept: str) -> None:
    """Whoever does not want HTML more than data gets what the protocol says."""
    assert not is_page(asked(client, FEW, accept))
    assert not is_page(asked(client, None, accept))


def test_a_format_by_name(client: Client) -> None:
    """`format=` beats the header, both ways."""
    assert is_page(asked(client, FEW, "*/*", format="html"))
    assert asked(client, FEW, format="csv").headers["content-type"] == "text/csv; charset=utf-8"


# ── What it shows ───────────────────────────────────────────────────────────────────────────


def test_a_table(client: Client) -> None:
    """Terms of the graph lead to their pages, values stand with their types."""
    found = read(asked(client, FEW).text)

    assert "2 rows." in found.text
    assert {"/id/s0", "/id/s1"} <= set(found.links)
    assert "eg:s0" in found.text
    assert "xsd:integer" in found.text
    assert [tag for tag, _ in found.found].count("th") == 2


def test_the_whole_of_it(client: Client) -> None:
    """Under each form of the result is just the same query, of the same graphs."""
    graph = {"default-graph-uri": eg("g2")}
    page = read(asked(client, "SELECT ?s ?p ?o { ?s ?p ?o }", **graph).text)
    (csv,) = (link for link in page.links if link.endswith("format=csv"))

    assert "@fr" in page.text
    assert "1 row." in page.text
    assert ("default-graph-uri", eg("g2")) in parse_qsl(urlsplit(csv).query)
    assert client.get(csv).text.splitlines()[1] == f"https://x.example/a,{eg('q')},é"


def test_a_long_table(client: Client) -> None:
    """A page that does not show all rows says how many there are."""
    found = read(asked(client, "SELECT ?s { ?s eg:p ?o }").text)

    assert f"{COUNT:,} rows, of which the first {MOST_ROWS:,} are shown" in found.text
    assert [tag for tag, _ in found.found].count("tr") == MOST_ROWS + 1


def test_other_results(client: Client) -> None:
    """A question is answered with a word, triples are shown as text."""
    assert "<pre>yes</pre>" in asked(client, "ASK { ?s eg:p ?o }").text
    assert "<pre>no</pre>" in asked(client, "ASK { ?s eg:none ?o }").text
    triples = asked(client, "CONSTRUCT { ?s a eg:X } WHERE { ?s eg:q ?o }").text
    assert "&lt;https://x.example/a&gt;" in triples
    assert "format=turtle" in triples


def test_examples(client: Client) -> None:
    """Every shipped query is offered, and stands in the form when it is chosen."""
    links = [link for link in read(asked(client).text).links if "example=" in link]

    assert len(links) > 20
    for link in links[:3]:
        assert "SELECT" in read(client.get(link, accept=BROWSER).text).text


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("SELECT * { ?s foo:x ?o }", 400, "the prefix foo: is not known"),
        ("SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }", 403, "SERVICE is off"),
        ("SELECT * { ?s ?p ?o } LIMIT 5 # " + "x" * 70_000, 413, "at most"),
    ],
)
def test_a_query_without_a_result(client: Client, query: str, status: int, said: str) -> None:
    """The page says why, with the status of it, and the query is not lost."""
    response = asked(client, query)
    found = read(response.text)

    assert response.status == status
    assert is_page(response)
    assert said in found.text
    assert query in found.text


def test_a_mended_query_asks_the_same_graphs(client: Client) -> None:
    """The graphs that were named stand in the form when a query had no result."""
    graph = {"default-graph-uri": "http://x.example/?format=1"}
    response = asked(client, "SELECT", **graph)

    assert response.status == 400
    assert is_page(response)
    assert 'name="default-graph-uri" value="http://x.example/?format=1"' in response.text


def test_too_deep_for_a_page(client: Client) -> None:
    """A value that a page cannot show is no mistake of ours."""
    value = "1"
    for _ in range(600):
        value = f"TRIPLE(<urn:s>, <urn:p>, {value})"

    response = asked(client, f"SELECT ({value} AS ?x) {{}}")

    assert response.status == 422
    assert is_page(response)
    assert "too deeply for a page" in response.text


def test_it_is_kept_like_any_result(client: Client) -> None:
    """A page has an ETag of its own, and is not sent again to who has it."""
    page, data = asked(client, FEW), asked(client, FEW, "text/csv")

    again = client.get(
        f"/sparql?{urlencode({'query': FEW})}", accept=BROWSER, if_none_match=page.headers["etag"]
    )

    assert page.headers["etag"] != data.headers["etag"]
    assert "Accept" in page.headers["vary"]
    assert (again.status, again.body) == (304, b"")


# ── What it keeps out ───────────────────────────────────────────────────────────────────────


def whole(text: str) -> bytes:
    """A page in which every text is the one given."""
    cell = {"type": "literal", "value": text, "xml:lang": text}
    link = {"type": "uri", "value": BASE + text}
    elsewhere = {"type": "uri", "value": f"https://x.example/{text}"}
    result = {
        "head": {"vars": [text, "b", "c"]},
        "results": {"bindings": [{text: cell, "b": link, "c": elsewhere}]},
    }
    page = QueryPage(text, ((text, text),), problem=text)
    return html("query.html", "/", page=with_result(page, "rows", _json(result), BASE))


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload(payload: str) -> None:
    """No query and no value of a result adds an element or an attribute to the page."""
    harmless, found = read(whole("plain").decode()), read(whole(payload).decode())

    assert found.found == harmless.found
    assert {urlsplit(link).netloc for link in found.links} <= {"", "x.example"}


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,x", "urn:x", "file:///x"])
def test_links(iri: str) -> None:
    """Only addresses of the web are linked to."""
    result = {
        "head": {"vars": ["x"]},
        "results": {"bindings": [{"x": {"type": "uri", "value": iri}}]},
    }

    found = read(
        html("query.html", "/", page=with_result(QueryPage(), "rows", _json(result), BASE)).decode()
    )

    assert iri in found.text
    assert iri not in found.links
