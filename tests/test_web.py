"""What the endpoint answers: results, refusals, and what caches and browsers are told."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from asgi import Client, running

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.http.middleware import LOG
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

ALL = "SELECT ?s ?o { ?s eg:p ?o } ORDER BY ?o"
GRAPH = [Quad(eg(f"s{n}"), EG.p, Literal(f"{n:04}"), EG.g1) for n in range(200)] + [
    Quad(EG.a, EG.q, EG.b, EG.g2)
]


def url(query: str, **more: str) -> str:
    """The address of the result of a query."""
    return "/sparql?" + urlencode({"query": query, **more})


@pytest.fixture(name="path", scope="module")
def _path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "graph.nq"
    path.write_bytes(write_nquads(GRAPH))
    return path


@pytest.fixture(name="client", scope="module")
def _client(path: Path) -> Iterator[Client]:
    limits = Limits(
        query_bytes=2000,
        result_bytes=200_000,
        result_rows=200,
        seconds_per_minute=0,
        errors_per_minute=0,
    )
    settings = Settings(limits=limits, hosts=frozenset({"graph.example.org"}))
    with running(create_app(AppState(settings, GraphFile(path)))) as client:
        yield client


# ── Results ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("accept", "start"),
    [
        ("application/sparql-results+json", b'{"head":{"vars":["o"]}'),
        ("application/sparql-results+xml", b"<?xml"),
        ("text/csv", b"o\r\n0000"),
        ("text/tab-separated-values", b"?o\n"),
    ],
)
def test_rows(client: Client, accept: str, start: bytes) -> None:
    """A table comes in each of the four formats, whole and with its length."""
    response = client.get(url("SELECT ?o { ?s eg:p ?o } ORDER BY ?o LIMIT 2"), accept=accept)

    assert response.status == 200
    assert response.headers["content-type"].startswith(accept)
    assert response.headers["content-length"] == str(len(response.body))
    assert response.body.startswith(start)


@pytest.mark.parametrize(
    "accept",
    [
        "text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json",
        "application/n-quads", "application/trig",
    ],
)  # fmt: skip
def test_graphs(client: Client, accept: str) -> None:
    """A graph comes in each of the six formats."""
    response = client.get(url("CONSTRUCT WHERE { eg:a eg:q ?o }"), accept=accept)

    assert response.status == 200
    assert response.headers["content-type"].startswith(accept)
    assert b"etiograph/id/" in response.body


def test_post(client: Client) -> None:
    """A query in a form, a query as the body and a query in the address give the same."""
    form = urlencode({"query": "ASK { eg:a eg:q eg:b }"}).encode()
    as_form = client.request(
        "POST", "/sparql", body=form, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    as_body = client.request(
        "POST",
        "/sparql",
        body=b"ASK { eg:a eg:q eg:b }",
        headers={"content-type": "application/sparql-query; charset=utf-8"},
    )

    assert as_form.body == as_body.body == client.get(url("ASK { eg:a eg:q eg:b }")).body
    assert as_form.json["boolean"] is True


def test_the_method_query(client: Client) -> None:
    """HTTP QUERY asks with a body as POST does, and what the client has is not sent again."""
    form = {"content-type": "application/sparql-query"}
    asked = client.request("QUERY", "/sparql", body=ALL.encode(), headers=form)
    known = form | {"if-none-match": asked.headers["etag"]}
    again = client.request("QUERY", "/sparql", body=ALL.encode(), headers=known)
    other = client.request("QUERY", "/sparql", body=b"{}", headers={"content-type": "text/json"})

    assert (asked.status, asked.body) == (200, client.get(url(ALL)).body)
    assert (again.status, again.body) == (304, b"")
    assert other.status == 415
    assert "application/sparql-query" in other.headers["accept-query"]


def test_form_is_decoded_once(client: Client) -> None:
    """A per cent sign in a text stays one."""
    response = client.get(url('SELECT ("a%20b+c" AS ?x) {}'))

    assert response.json["results"]["bindings"][0]["x"]["value"] == "a%20b+c"


@pytest.mark.parametrize(
    ("parameters", "default", "named"),
    [
        ({}, 201, 201),
        ({"default-graph-uri": EG.g1}, 200, 0),
        ({"named-graph-uri": EG.g2}, 0, 1),
        ({"default-graph-uri": EG.g1, "named-graph-uri": EG.g2}, 200, 1),
        ({"default-graph-uri": "https://example.org/none"}, 0, 0),
        ({"default-graph-uri": "", "named-graph-uri": EG.g2}, 0, 1),
    ],
)
def test_dataset(client: Client, parameters: dict[str, str], default: int, named: int) -> None:
    """The graphs that the request names are all that the query sees."""
    query = "SELECT (COUNT(*) AS ?n) FROM <x:other> { %s }"
    plain = query.replace("FROM <x:other>", "") if not parameters else query
    in_default = client.get(url(plain % "?s ?p ?o", **parameters)).json
    in_named = client.get(url(plain % "GRAPH ?g { ?s ?p ?o }", **parameters)).json

    assert in_default["results"]["bindings"][0]["n"]["value"] == str(default)
    assert in_named["results"]["bindings"][0]["n"]["value"] == str(named)


def test_format(client: Client) -> None:
    """`format=` beats the Accept header, unless it cannot carry the result."""
    csv = client.get(url(ALL, format="csv"), accept="application/sparql-results+xml")
    unfit = client.get(url("CONSTRUCT WHERE { eg:a ?p ?o }", format="csv"), accept="text/n3")
    unknown = client.get(url(ALL, format="excel"))

    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert unfit.headers["content-type"] == "text/n3; charset=utf-8"
    assert unknown.status == 400
    assert "turtle" in unknown.json["detail"]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("auto", "text/csv; charset=utf-8"),
        ("", "text/csv; charset=utf-8"),
        ("CSV", "text/csv; charset=utf-8"),
        ("text%2Fhtml", "text/html; charset=utf-8"),
        ("text%2Fx-html%2Btr", "text/html; charset=utf-8"),
        ("application%2Fsparql-results%2Bxml", "application/sparql-results+xml"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application%2Fvnd.ms-excel", "text/csv; charset=utf-8"),
        ("text%2Ftab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_links_of_other_forms(client: Client, name: str, content_type: str) -> None:
    """An address that Virtuoso's form has made runs here as it stands."""
    query = quote("SELECT ?s { ?s eg:q ?o }")
    rest = "&timeout=0&signal_void=on&signal_unconnected=on&debug=on"
    address = f"/sparql?default-graph-uri=&query={query}&format={name}{rest}"
    response = client.get(address, accept="text/csv")

    assert (response.status, response.headers["content-type"]) == (200, content_type)
    assert "etiograph/id/a" in response.text or "eg:a" in response.text


@pytest.mark.parametrize(
    ("query", "name", "file"),
    [
        (ALL, "csv", "result.csv"),
        (ALL, "json", "result.json"),
        ("CONSTRUCT WHERE { eg:a ?p ?o }", "csv", "result.ttl"),
        ("CONSTRUCT WHERE { eg:a ?p ?o }", "jsonld", "result.jsonld"),
        (ALL, "html", "result.html"),
    ],
)
def test_a_result_that_is_saved_has_a_name(
    client: Client, query: str, name: str, file: str
) -> None:
    """The file of a result is called after what it is, and not `sparql`."""
    response = client.get(url(query, format=name))

    assert response.headers["content-disposition"] == f'inline; filename="{file}"'


def test_head(client: Client) -> None:
    """HEAD gives what GET gives, without the body."""
    got, head = client.get(url(ALL)), client.request("HEAD", url(ALL))

    assert head.body == b""
    assert head.headers == got.headers


def test_long_results_are_packed_by_a_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packing a long result holds up no other request, also when it was kept unpacked before."""
    query = url(f'SELECT ?s ?o ("{"long" * 50}" AS ?x) {{ ?s eg:p ?o }}')
    plain = client.get(query)
    monkeypatch.setattr("kg.serve.http.responses.gzip", None)
    packed = [client.get(query, accept_encoding="gzip") for _ in range(2)]

    assert len(plain.body) > 32 * 1024
    for each in packed:
        assert each.headers["content-encoding"] == "gzip"
        assert gzip.decompress(each.body) == plain.body


def test_triples_for_readers(client: Client) -> None:
    """Turtle and TriG have short names, and declare just what they use."""
    query = "CONSTRUCT { ?s rdfs:seeAlso ?o ; eg:n 1 } WHERE { ?s eg:q ?o }"
    for accept in ("text/turtle", "application/trig"):
        lines = client.get(url(query), accept=accept).text.splitlines()
        declared = [line.split()[1] for line in lines if line.startswith("@prefix")]

        assert declared == ["eg:", "rdfs:"]
        assert any("rdfs:seeAlso eg:b" in line for line in lines)


# ── Refusals ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("SELECT * { ?s foo:x ?o }", 400, "the prefix foo: is not known; known: eg"),
        ("SELECT * { ?s ?p }", 400, "does not parse"),
        ("", 400, "the query is empty"),
        ("INSERT DATA { eg:a eg:b eg:c }", 403, "this is an update"),
        ("LOAD <http://127.0.0.1/x>", 403, "this is an update"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403, "SERVICE is off"),
        ("SELECT * { ?s ?p ?o . ?t ?q ?r }", 413, "no part of it is sent"),
        ("SELECT * " + "{" * 900 + "}" * 900 + "# a" * 30, 200, ""),
        ("ASK {} #" + "x" * 2000, 413, "at most 2000 bytes"),
    ],
)
def test_problems(client: Client, query: str, status: int, said: str) -> None:
    """Whatever is wrong with a query is said in one JSON object, with a status that fits."""
    response = client.get(url(query))

    assert response.status == status
    if status != 200:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json["status"] == status
        assert said in response.json["detail"]


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize(
    "iri",
    [
        "http://[", "http://x/%zz", "http://x:port/", "http://x/%", "http://x/\ue000",
        "http://x/\ufdd0",
    ],
)  # fmt: skip
def test_graphs_that_are_no_iris(client: Client, parameter: str, iri: str) -> None:
    """A graph whose name is no IRI is a mistake of the request, and no other."""
    response = client.get(url("ASK {}", **{parameter: iri}))

    assert response.status == 400
    assert "the name of a graph is not an IRI" in response.json["detail"]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ('SELECT ("a\\u0001b" AS ?x) {}', "application/sparql-results+xml"),
        ('CONSTRUCT { eg:a <http://x.org/p/> "x" } {}', "application/rdf+xml"),
    ],
)
def test_what_xml_cannot_carry(client: Client, query: str, accept: str) -> None:
    """What would be XML that nobody can read is an error, and not a result."""
    response = client.get(url(query), accept=accept)

    assert response.status == 422
    assert f"which {accept} cannot carry" in response.json["detail"]


def test_place_of_an_error(client: Client) -> None:
    """A syntax error has its line and column, and text is given to who wants text."""
    bad = url("SELECT *\n{ ?s foo:x ?o }")
    response, text = client.get(bad), client.get(bad, accept="text/plain")

    assert (response.json["line"], response.json["column"]) == (2, 6)
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.text.startswith("line 2, column 6: the prefix foo: is not known")


@pytest.mark.parametrize(
    ("rows", "status"),
    [(199, 200), (200, 200), (201, 413)],
)
def test_most_rows(client: Client, rows: int, status: int) -> None:
    """A result of exactly as many rows as are allowed is sent; one more, and nothing is."""
    for form in ("json", "xml", "csv", "tsv"):
        response = client.get(url(f"SELECT ?p {{ ?s ?p ?o }} LIMIT {rows}", format=form))

        assert response.status == status, form


@pytest.mark.parametrize(
    ("request_line", "headers", "body", "status"),
    [
        ("POST /sparql", {}, b"query=ASK{}", 415),
        ("POST /sparql", {"content-type": "text/plain"}, b"ASK {}", 415),
        ("POST /sparql", {"content-type": "multipart/form-data"}, b"ASK {}", 415),
        ("POST /sparql", {"content-type": "application/sparql-update"}, b"CLEAR ALL", 403),
        (
            "POST /sparql",
            {"content-type": "application/sparql-query", "content-encoding": "gzip"},
            gzip.compress(b"ASK {}", mtime=0),
            415,
        ),
        ("POST /sparql", {"content-type": "application/sparql-query"}, b"\xff\xfe", 400),
        (
            "POST /sparql",
            {"content-type": "application/sparql-query; charset=utf-16"},
            b"ASK {}",
            415,
        ),
        ("POST /sparql", {"content-type": "application/sparql-query"}, b"x" * 100_000, 413),
        (
            "POST /sparql",
            {"content-type": "application/sparql-query", "content-length": "1000000000"},
            b"",
            413,
        ),
        ("GET /sparql?query=ASK{}&query=ASK{}", {}, b"", 400),
        ("GET /sparql?update=CLEAR+ALL", {}, b"", 403),
        ("GET /sparql?query=%ff", {}, b"", 400),
        ("GET /sparql?query=ASK{}&default-graph-uri=relative", {}, b"", 400),
        ("GET /sparql?" + "a=b&" * 200, {}, b"", 400),
        ("PUT /sparql", {}, b"", 405),
        ("DELETE /sparql", {}, b"", 405),
        ("PATCH /sparql", {}, b"", 405),
        ("GET /nothing", {}, b"", 404),
        ("GET /sparql/../../etc/passwd", {}, b"", 404),
        ("POST /live", {}, b"", 405),
    ],
)
def test_requests(
    client: Client, request_line: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    """A request that is not the protocol's is refused with a status that says why."""
    method, _, target = request_line.partition(" ")
    response = client.request(method, target, headers=headers, body=body)

    assert response.status == status
    assert response.json["status"] == status
    assert ("allow" in response.headers) is (status == 405)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("graph.example.org", 200),
        ("GRAPH.example.org:443", 200),
        ("evil.example", 421),
        ("graph.example.org.evil.example", 421),
        ("localhost:80:evil", 421),
        ("localhost:evil", 421),
        ("[::1]evil", 421),
        ("[::1", 421),
        ("evil@localhost", 421),
        ("", 421),
    ],
)
def test_host(client: Client, host: str, status: int) -> None:
    """A name that is not this server's is turned away, so that no page can be rebound to it."""
    response = client.get("/live", host=host)

    assert response.status == status
    assert b"evil" not in response.body


# ── What caches and browsers are told ───────────────────────────────────────────────────────


def test_etag(client: Client) -> None:
    """A result that the client has is not sent again; another format is another result."""
    first = client.get(url(ALL))
    again = client.get(url(ALL), if_none_match=first.headers["etag"])
    other = client.get(url(ALL), if_none_match=first.headers["etag"], accept="text/csv")

    assert again.status == 304
    assert again.body == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-type" not in again.headers
    assert other.status == 200
    assert other.headers["etag"] != first.headers["etag"]


def test_etag_of_anything(client: Client) -> None:
    """Who has anything gets nothing where there is something; where there is none, the error."""
    there = client.get(url(ALL), if_none_match="*")
    head = client.request("HEAD", url(ALL), headers={"if-none-match": " * "})

    assert (there.status, there.body, head.status) == (304, b"", 304)
    assert there.headers["etag"] == client.get(url(ALL)).headers["etag"]
    assert client.get(url("bad"), if_none_match="*").status == 400
    assert client.get("/nothing", if_none_match="*").status == 404
    assert client.get(url("SELECT (RAND() AS ?x) {}"), if_none_match="*").status == 200


@pytest.mark.parametrize(
    "call", ["NOW()", "RAND()", "uuid ()", "STRUUID()", "NOW#\n()", "RAND # a (\n ()"]
)
def test_changing_results_are_not_kept(client: Client, call: str) -> None:
    """A result that differs each time has no ETag and is kept by nobody."""
    first, second = (client.get(url(f"SELECT ({call} AS ?x) {{}}")) for _ in range(2))

    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"
    assert first.body != second.body


def test_packing(client: Client) -> None:
    """A result is packed for who accepts that."""
    plain, packed = client.get(url(ALL)), client.get(url(ALL), accept_encoding="gzip")

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["vary"] == "Accept, Accept-Encoding"


def test_cross_origin(client: Client) -> None:
    """Pages of other sites may read results, and only read."""
    result = client.get(url("ASK {}"), origin="https://example.org")
    asked = client.request(
        "OPTIONS",
        "/sparql",
        headers={"origin": "https://example.org", "access-control-request-method": "POST"},
    )
    private = client.get("/health", origin="https://example.org")

    assert result.headers["access-control-allow-origin"] == "*"
    assert "ETag" in result.headers["access-control-expose-headers"]
    assert asked.status == 204
    assert asked.headers["access-control-allow-methods"] == "GET, POST, QUERY, HEAD, OPTIONS"
    allowed = asked.headers["access-control-allow-headers"].split(", ")
    assert {"Authorization", "X-Requested-With", "*"} <= set(allowed)
    assert "access-control-allow-origin" not in private.headers


def test_every_reply_is_guarded(client: Client) -> None:
    """No reply is taken for another type, and none passes on where it was asked from."""
    for target in ("/sparql", url("bad"), "/nothing", "/health"):
        response = client.get(target)

        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"


# ── The server itself ───────────────────────────────────────────────────────────────────────


def test_health(client: Client) -> None:
    """The server says which graph it answers from."""
    health = client.get("/health")

    assert health.status == 200
    assert health.json["status"] == "ok"
    assert health.json["version"] == client.get(url("ASK {}")).headers["graph-version"]
    assert client.get("/live").json == {"status": "live"}


def test_empty_graph_is_not_healthy(tmp_path: Path) -> None:
    """A server that has nothing to answer from says so."""
    (tmp_path / "empty.nq").write_text("", "utf-8")
    with running(create_app(AppState(Settings(), GraphFile(tmp_path / "empty.nq")))) as client:
        response = client.get("/health")

    assert response.status == 503
    assert response.json["detail"] == "the graph is empty"


def test_nothing_of_a_query_is_kept_in_words(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the log nor the counts hold anything that a client has sent."""
    secret = "patient4711"  # noqa: S105 - what somebody might put into a query
    caplog.set_level(logging.DEBUG)
    form = {"content-type": "application/x-www-form-urlencoded", "x-note": secret}
    client.get(url(f"SELECT ?{secret} {{ ?s ?p '{secret}' }}"), cookie=secret)
    client.get(url(f"{secret} is no query"))
    client.request("POST", f"/sparql?a={secret}", body=f"query={secret}".encode(), headers=form)
    client.get(f"/{secret}", referer=secret)
    client.request(secret.upper(), "/sparql")

    assert secret not in caplog.text.lower()
    assert secret not in client.get("/metrics").text.lower()
    assert 'kg_http_requests_total{route="/sparql",method="GET",status="400"}' in (
        client.get("/metrics").text
    )


def test_length_of_what_is_not_public(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the bytes of a result, and not those of an answer that is somebody's own."""
    caplog.set_level(logging.INFO)
    own = (("GET", "/health"), ("POST", "/api/case"))
    sizes = {}
    for method, target in (("GET", url("ASK {}")), *own):
        caplog.clear()
        client.request(method, target, body=b"{}", headers={"content-type": "application/json"})
        (line,) = [record.getMessage() for record in caplog.records if record.name == LOG.name]
        sizes[target] = line.split()[4]

    assert sizes.pop(url("ASK {}")).endswith("B")
    assert set(sizes.values()) == {"-"}


def test_budget(path: Path) -> None:
    """A client that makes too many errors is told to wait, and when to come back."""
    settings = Settings(limits=Limits(errors_per_minute=3))
    with running(create_app(AppState(settings, GraphFile(path)))) as client:
        statuses = [client.get(url("bad " + "x" * n)).status for n in range(4)]
        refused = client.get(url("ASK { ?s ?p ?o }"))

    assert statuses == [400, 400, 400, 429]
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) > 0


def test_long_query_in_an_address(client: Client) -> None:
    """A query may be as long in an address as in a body."""
    padded = "ASK {} #" + "é" * 900

    assert client.get("/sparql?query=" + quote(padded)).status == 200
