"""The page on which people write queries: who gets it, what it shows, and what it keeps out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from asgi import Client, Response, running
from test_linked_pages import PAYLOADS, read

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import BASE, EG, IRI, RDFS, XSD, Literal, eg
from kg.pages.cells import Cells
from kg.pages.html import CONTENT_TYPE, POLICY, html
from kg.pages.results import MOST_ROWS, QueryPage, with_result
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
FEW = "SELECT ?s ?o { ?s eg:p ?o } ORDER BY ?o LIMIT 2"
COUNT = MOST_ROWS + 5


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("form") / "graph.nq"
    quads = [Quad(eg(f"s{n}"), EG.p, Literal(str(n), XSD.integer), EG.g) for n in range(COUNT)]
    quads.append(Quad(EG.named, RDFS.label, Literal("raised thing"), EG.g))
    quads.append(Quad(IRI("https://x.example/a"), EG.q, Literal("é", language="fr"), EG.g2))
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
    graph = {"default-graph-uri": EG.g2}
    page = read(asked(client, "SELECT ?s ?p ?o { ?s ?p ?o }", **graph).text)
    (csv,) = (link for link in page.links if link.endswith("format=csv"))

    assert "@fr" in page.text
    assert "1 row." in page.text
    assert ("default-graph-uri", EG.g2) in parse_qsl(urlsplit(csv).query)
    assert client.get(csv).text.splitlines()[1] == f"https://x.example/a,{EG.q},é"


def test_a_long_table(client: Client) -> None:
    """A page that does not show all rows says how many there are."""
    found = read(asked(client, "SELECT ?s { ?s eg:p ?o }").text)

    assert f"{COUNT:,} rows, of which the first {MOST_ROWS:,} are shown" in found.text
    assert [tag for tag, _ in found.found].count("tr") == MOST_ROWS + 1


def test_a_word(client: Client) -> None:
    """A question that is true or false is answered with a word."""
    assert "Yes." in read(asked(client, "ASK { ?s eg:p ?o }").text).text
    assert "No." in read(asked(client, "ASK { ?s eg:none ?o }").text).text


def test_triples(client: Client) -> None:
    """Triples are shown by subject, with links, and as Turtle."""
    query = "CONSTRUCT { ?s a eg:X ; eg:q ?o } WHERE { ?s eg:q ?o }"
    response = asked(client, query)
    found = read(response.text)

    assert "2 triples." in found.text
    assert {"https://x.example/a", "/id/X", "/id/q"} <= set(found.links)
    assert [tag for tag, _ in found.found].count("dl") == 1
    assert "format=turtle" in response.text
    assert "a eg:X" in found.text


def test_no_triples(client: Client) -> None:
    """A query that finds nothing says so."""
    assert "No triples." in read(asked(client, "CONSTRUCT WHERE { ?s eg:none ?o }").text).text
    assert "No rows." in read(asked(client, "SELECT * { ?s eg:none ?o }").text).text


def test_triples_about_triples(client: Client) -> None:
    """What has no description is shown as it is written."""
    query = "CONSTRUCT { eg:a eg:b ?t } WHERE { BIND(TRIPLE(eg:s, eg:p, 1) AS ?t) }"
    found = read(asked(client, query).text)

    assert "1 triple." in found.text
    assert "<<(" in found.text


def test_many_triples(client: Client) -> None:
    """A page that does not show all triples says how many there are."""
    found = read(asked(client, "CONSTRUCT WHERE { ?s eg:p ?o }").text)

    assert f"{COUNT:,} triples, of which the first {MOST_ROWS:,} are shown" in found.text
    assert [tag for tag, _ in found.found].count("dl") == MOST_ROWS


def test_names(client: Client) -> None:
    """A term has its name beside it, but where the row says the name anyway."""
    alone = read(asked(client, "SELECT ?s { ?s rdfs:label ?l }").text).text
    both = read(asked(client, "SELECT ?s ?l { ?s rdfs:label ?l }").text).text

    assert alone.count("raised thing") == 1
    assert both.count("raised thing") == 1


def test_examples(client: Client) -> None:
    """Every shipped query is offered, and stands in the form when it is chosen."""
    links = [link for link in read(asked(client).text).links if "example=" in link]

    assert len(links) > 20
    assert links[0].endswith("example=causes")
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


# ── Sent in the body ────────────────────────────────────────────────────────────────────────


def posted(client: Client, query: str, accept: str = BROWSER, **more: str) -> Response:
    """What a browser is sent for a form."""
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": accept}
    body = urlencode({"query": query, **more}).encode()
    return client.request("POST", "/sparql", body=body, headers=headers)


def values(response: Response) -> list[str]:
    """What the fields of a page hold that nobody sees."""
    return [unescape(each) for each in re.findall(r'value="([^"]*)"', response.text)]


@pytest.mark.parametrize("query", [FEW, "ASK { ?s ?p ?o }", "CONSTRUCT WHERE { ?s eg:q ?o }"])
def test_a_posted_query_is_in_no_address(client: Client, query: str) -> None:
    """The page with the result links to no address that holds the query, and nobody keeps it."""
    response = posted(client, query)
    links = read(response.text).links

    assert is_page(response)
    assert query in values(response)
    assert not [link for link in links if "query=" in link]
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_a_query_of_a_case_is_kept_nowhere(client: Client) -> None:
    """A query that a case made is led on as one, and no form of its result is kept."""
    page = posted(client, FEW, case="yes")
    data = posted(client, FEW, case="yes", format="csv")
    again = posted(client, FEW, format="csv")

    assert page.text.count('name="case" value="yes"') == 2
    assert 'method="get" class="files"' not in page.text
    assert data.headers["cache-control"] == page.headers["cache-control"] == "no-store"
    assert "etag" not in data.headers
    assert "etag" in again.headers
    assert data.body == again.body


def test_an_address_to_pass_on(client: Client) -> None:
    """Only a button that says so leads to an address that holds the query: the same result."""
    graph = {"default-graph-uri": EG.g2}
    page = posted(client, "SELECT ?s { ?s ?p ?o }", **graph).text
    form = page[page.index('method="get" class="files"') :].partition("</form>")[0]
    fields = re.findall(r'name="([^"]*)" value="([^"]*)"', form)

    assert "an address that holds the query" in form
    found = client.get(f"/sparql?{urlencode(fields)}", accept=BROWSER)
    assert "1 row." in read(found.text).text


def test_files(client: Client) -> None:
    """The buttons under a result send the same query again, and what comes is a file."""
    graph = {"default-graph-uri": EG.g2}
    page = posted(client, "SELECT ?s ?p ?o { ?s ?p ?o }", **graph)
    file = posted(client, "SELECT ?s ?p ?o { ?s ?p ?o }", format="csv", file="yes", **graph)

    assert values(page).count(EG.g2) == 3  # in the form, for the files, to pass it on
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="result.csv"'
    assert file.text.splitlines()[1] == f"https://x.example/a,{EG.q},é"
    triples = posted(client, "CONSTRUCT WHERE { ?s eg:q ?o }", format="jsonld", file="yes")
    assert triples.headers["content-disposition"] == 'attachment; filename="result.jsonld"'
    shown = posted(client, FEW, format="csv")
    assert shown.headers["content-disposition"] == 'inline; filename="result.csv"'


@pytest.mark.parametrize(
    "accept", ["*/*", "application/sparql-results+json", "text/csv, text/html"]
)
def test_programs_that_post_get_data(client: Client, accept: str) -> None:
    """Whoever does not want HTML more than data gets what the protocol says."""
    assert not is_page(posted(client, FEW, accept))


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("SELECT * {\n  ?s foo:x ?o\n}", 400, "the prefix foo: is not known"),
        ("SELECT * { ?s ?p ?o } # " + "x" * 70_000, 413, "at most"),
        ("SELECT * { ?s ?p ?o } # " + "x" * 300_000, 413, "at most"),
    ],
)
def test_a_posted_query_without_a_result(
    client: Client, query: str, status: int, said: str
) -> None:
    """The page says why."""
    response = posted(client, query)

    assert response.status == status
    assert is_page(response)
    assert said in read(response.text).text


def test_the_place_of_a_mistake(client: Client) -> None:
    """The line and the column of a mistake stand on the page, for the editor to mark it."""
    text = posted(client, "SELECT * {\n  ?s foo:x ?o\n}").text

    assert 'data-line="2" data-column="6"' in text


def test_a_term_that_is_not_there(client: Client) -> None:
    """Where a query finds nothing and names what the graph does not have, the page says so."""
    found = posted(client, f"SELECT * {{ ?s ?p <{BASE}id/namd> }}")

    assert found.status == 200
    assert "eg:namd is no term of the graph; nearest: eg:named." in found.text
    assert "is no term" not in posted(client, f"SELECT * {{ <{BASE}id/named> ?p 'x' }}").text


# ── The editor ──────────────────────────────────────────────────────────────────────────────


def test_the_vocabulary(client: Client) -> None:
    """An editor is told the prefixes, and the names that the graph has."""
    response = client.get("/vocabulary.json")
    found = response.json

    assert found["prefixes"]["eg"] == f"{BASE}id/"
    assert ["eg:named", "raised thing", "term", 0] in found["names"]
    again = client.get("/vocabulary.json", if_none_match=response.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("is_packed", [True, False])
def test_with_and_without_an_editor(
    client: Client, monkeypatch: pytest.MonkeyPatch, *, is_packed: bool
) -> None:
    """The page asks for the editor only where it was packed, and has its form in either case."""
    monkeypatch.setattr("kg.pages.html.has_editor", lambda: is_packed)
    text = asked(client).text

    assert ("yasqe.min.js" in text) is is_packed
    assert ("licences" in text) is is_packed
    assert '<textarea id="query"' in text


def test_whatever_the_page_asks_for_is_there(client: Client) -> None:
    """Each file that the page names is sent, with its type."""
    page = asked(client).text
    files = re.findall(r'(?:href|src)="(/static/[^"?]+)', page)

    assert len(files) >= 3
    for file in files:
        assert client.get(file).status == 200, file


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
    return html("query.html", "/", page=with_result(page, "rows", _json(result), Cells()))


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

    page = with_result(QueryPage(), "rows", _json(result), Cells())
    found = read(html("query.html", "/", page=page).decode())

    assert iri in found.text
    assert iri not in found.links
