"""The query catalogue over HTTP: every query, its parameters, and nothing that gets past them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from asgi import Client
from openapi_spec_validator import validate

from kg.model.resources import queries_dir
from kg.model.vocabulary import compact
from kg.serve.api.catalogue import queries, type_of
from kg.serve.app import routes
from kg.store.queries import Query, catalogue

QUERIES = sorted(name for name in catalogue(queries_dir()) if name.startswith("ask/"))
EVIL = "https://evil.example"


def parameters() -> Iterator[tuple[str, str]]:
    """Every parameter of every query."""
    for name, query in queries().items():
        for parameter in query.parameters:
            yield name, parameter


# ── Every query ─────────────────────────────────────────────────────────────────────────────


def test_list(client: Client) -> None:
    """All shipped queries are listed, each with what it asks and what it takes."""
    found = {each["name"]: each for each in client.get("/api").json["queries"]}

    assert sorted(f"ask/{name}" for name in found) == QUERIES
    assert found["causes"]["summary"].startswith("Which causes")
    assert found["causes"]["parameters"][0] == {
        "name": "about",
        "type": "iri",
        "default": ["eg:raised-serum-alp"],
        "may_be_empty": False,
    }


def test_every_query_answers_as_the_endpoint_does(client: Client) -> None:
    """A query at its address gives the bytes that its text gives at the endpoint."""
    for name, query in queries().items():
        by_name = client.get(f"/api/{name}", accept="text/csv")
        by_text = client.get("/sparql?" + urlencode({"query": query.text}), accept="text/csv")

        assert by_name.status == 200, name
        assert sorted(by_name.body.splitlines()) == sorted(by_text.body.splitlines()), name


@pytest.mark.parametrize("written", ["doc:B", "<{iri}>", "{iri}"])
def test_a_value_in_any_form(client: Client, written: str) -> None:
    """A CURIE, an IRI in angle brackets and a bare IRI are one value."""
    iri = "https://w3id.org/etiograph/document/B"
    given = client.get("/api/statements_of?" + urlencode({"document": written.format(iri=iri)}))
    usual = client.get("/api/statements_of")

    rows = given.json["results"]["bindings"]
    assert len(rows) > 50
    assert {compact(row["statement"]["value"])[:4] for row in rows} == {"st:B"}
    assert rows != usual.json["results"]["bindings"]


def test_several_values_and_none(client: Client) -> None:
    """A parameter is repeated for several values; an empty one is none, where none may be."""
    both = client.get("/api/statements_of?document=doc:A&document=doc:B&format=csv")
    one = client.get("/api/statements_of?document=doc:A&format=csv")
    none = client.get("/api/causes?present=&format=csv")
    least = client.get("/api/causes?about=")

    assert len(both.body) > len(one.body)
    assert none.body == client.get("/api/causes?format=csv").body
    assert (least.status, "wants at least one value" in least.json["detail"]) == (400, True)


def test_a_text_stays_a_text(client: Client) -> None:
    """A parameter that holds a text takes digits as a text, as its default has it."""
    rows = client.get("/api/section?document=doc:B&section=1").json["results"]["bindings"]

    assert rows
    assert rows == client.get("/api/section").json["results"]["bindings"]


def test_results_are_negotiated_and_kept(client: Client) -> None:
    """Formats, conditions and caches work as at the endpoint."""
    target = "/api/gaps"
    first = client.get(target)
    again = client.get(target, if_none_match=first.headers["etag"])
    csv = client.get(f"{target}?format=csv", accept="application/sparql-results+xml")

    assert first.headers["content-type"] == "application/sparql-results+json"
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert (again.status, again.body) == (304, b"")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert csv.headers["etag"] != first.headers["etag"]
    assert client.request("HEAD", target).headers == first.headers


@pytest.mark.parametrize(
    ("target", "status", "said"),
    [
        ("/api/no-such", 404, "/api lists them"),
        ("/api/..%2fbuild%2fvoid-partitions", 404, ""),
        ("/api/causes?marker=eg:SerumALP", 400, "its parameters: about, context, present"),
        ("/api/causes?finding=eg:normal-ggt", 400, "given without about"),
        ("/api/causes?about=4711", 400, "a value of about cannot be read; wanted: an IRI"),
        ("/api/causes?about=<a b>", 400, "can stand in a query"),
        ("/api/causes?format=excel", 400, "the format is not known"),
        ("/api/causes?" + "about=eg:x&" * 101, 400, "at most 100 parameters"),
        ("/api/section?section=" + "x" * 70_000, 413, "at most 65536 bytes"),
        ("/api/causes?query=ASK{}", 400, "no such parameter"),
        ("/api/causes?default-graph-uri=x:y", 400, "no such parameter"),
    ],
)
def test_what_does_not_fit(client: Client, target: str, status: int, said: str) -> None:
    """It is refused with what would fit, and what was sent is not repeated."""
    response = client.get(target.replace(" ", "%20"))

    assert response.status == status
    assert said in response.json["detail"]
    assert "4711" not in response.text


# ── Injection ───────────────────────────────────────────────────────────────────────────────

PAYLOADS = [
    "x> } UNION { ?s ?p ?o } #", "eg:x } UNION { ?s ?p ?o } VALUES ?z { eg:y",
    '" } UNION { ?s ?p ?o } VALUES ?z { "', "' } #", '"""', "'''", "\\u0022 } #", '\\" } #',
    "\\U0000003E", "<x:a> <x:b>", "<x:a>}", "eg:a\n} #", "eg:a\x00", "eg:a#b", "eg:a/b", "eg:a?b",
    "eg:%3E", "eg:a\\", "_:b", "?s", "$s", "UNDEF", "true", "(1 2)", "1) } #", "{ ?s ?p ?o }",
    "eg:\u202eevil", "https://x/\u00a0y", "javascript:alert(1)", "<javascript:alert(1)>",
    "eg:a`b", "eg:a|b", "eg:a^b", "eg:<", "SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }",
    "https://x/> <https://y", "owl:Thing } { ?s ?p ?o", "\ufeff", "eg:" + "é" * 50, "@en",
    "^^xsd:string",
]  # fmt: skip


@pytest.mark.parametrize("name", sorted({name for name, _ in parameters()}))
def test_injection(client: Client, name: str) -> None:
    """Whatever a parameter holds is refused, or is one term that the graph does not know."""
    for parameter in queries()[name].parameters:
        for payload in PAYLOADS:
            target = f"/api/{name}?{quote(parameter)}={quote(payload)}"
            response = client.get(f"{target}&format=json")

            if response.status == 400:
                assert payload not in response.text
                continue
            assert response.status == 200, (target, response.text)
            rows = response.json["results"]["bindings"]
            assert rows == _rows_of_nothing(client, queries()[name], parameter), target


def _rows_of_nothing(client: Client, query: Query, parameter: str) -> Any:  # noqa: ANN401 - JSON
    """What the query says of a term that is nowhere in the graph."""
    value = "nowhere-4711" if type_of(query.parameters[parameter]) == "text" else "eg:nowhere-4711"
    name = query.name.rpartition("/")[2]
    return client.get(f"/api/{name}?{parameter}={value}&format=json").json["results"]["bindings"]


# ── Who may read ────────────────────────────────────────────────────────────────────────────


_MADE_OF_FILES = "SHA256SUMS"
"""What is summed up has to be written first, which takes seconds."""
_ROUTES = [
    pytest.param(each, marks=pytest.mark.slow) if _MADE_OF_FILES in each.template else each
    for each in routes()
]


@pytest.mark.parametrize("origin", ["", EVIL, "null", "http://localhost"])
@pytest.mark.parametrize("path", _ROUTES, ids=lambda path: path.template)
def test_cross_origin(client: Client, path: Any, origin: str) -> None:  # noqa: ANN401 - a Path
    """Public routes may be read by pages of any site, the others by none, whatever they say."""
    target = path.template.replace(":path", "").format(name="gaps", path="x")
    given = {"origin": origin} if origin else {}
    for method in (*path.handlers, "OPTIONS"):
        asked = {"access-control-request-method": "POST"} if method == "OPTIONS" else {}
        response = client.request(method, target, headers=given | asked)

        allowed = response.headers.get("access-control-allow-origin")
        assert allowed == ("*" if path.public else None)
        assert "access-control-allow-credentials" not in response.headers
        assert EVIL not in str(response.headers)
        assert ("access-control-allow-methods" in response.headers) is (
            path.public and method == "OPTIONS"
        )


# ── The page ────────────────────────────────────────────────────────────────────────────────


def test_lines_of_the_page(client: Client, root: Path) -> None:
    """Every request that the page shows is answered."""
    page = (root / "docs" / "how-to" / "use-the-api.md").read_text("utf-8")
    lines = re.findall(r"^\$ (curl .*)$", page, re.MULTILINE)

    assert len(lines) == 18
    for line in lines:
        method, target, body, headers = _typed(shlex.split(line), root)
        response = client.request(method, target, body=body, headers=headers)
        assert (response.status, response.body != b"") == (200, True), line


def _typed(words: list[str], root: Path) -> tuple[str, str, bytes, dict[str, str]]:
    """The request that a line of curl makes."""
    headers, body, target = {}, b"", ""
    rest = iter(words[2:])
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word in ("-d", "--data-binary"):
            given = next(rest)
            body = (root / given[1:]).read_bytes() if given[0] == "@" else given.encode()
        else:
            target = word.removeprefix("http://127.0.0.1:8000")
    return ("POST" if body else "GET"), target, body, headers


# ── The description ─────────────────────────────────────────────────────────────────────────


def test_openapi(client: Client) -> None:
    """The description is OpenAPI 3.1, and has every query and every parameter."""
    document = client.get("/api/openapi.json").json
    validate(document)
    paths = document["paths"]

    assert document["openapi"].startswith("3.1")
    for name, query in queries().items():
        described = paths[f"/api/{name}"]["get"]
        assert described["summary"] == query.summary
        assert {each["name"] for each in described["parameters"]} == {*query.parameters, "format"}
    section = paths["/api/section"]["get"]["parameters"]
    assert section[0]["schema"]["default"] == ["doc:B"]
    assert section[1]["schema"]["items"] == {"type": "string"}
    assert paths["/api/case"]["post"]["requestBody"]["content"].keys() == {
        "application/json", "application/fhir+json", "application/fhir+ndjson", "text/plain"
    }  # fmt: skip
