"""What is no SPARQL is answered with 400, a line and a column: the W3C's own, and broken ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from asgi import Client, Response, running
from pyparsing import ParseBaseException
from rdflib import RDF, Graph
from rdflib.plugins.sparql import prepareQuery
from suite_stores import MF, evaluations

from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.store.syntax import tokens

BASE = "http://example.org/"
QUERIES = ("NegativeSyntaxTest", "NegativeSyntaxTest11")
UPDATES = ("NegativeUpdateSyntaxTest", "NegativeUpdateSyntaxTest11")
COUNTS = {"sparql10": (50, 0), "sparql11": (40, 21), "sparql12": (81, 2)}
"""How many queries and how many updates of each suite are to be refused: 194 in all."""
READ_ALL_THE_SAME = {
    "syn-bad-26.rq", "nested-aggregate-functions.rq", "tripleterm-subject-03.rq",
    "tripleterm-subject-06.rq",
}  # fmt: skip
"""Deviations of the parser, which reads them."""
EXPECTED = {200, 400, 403}


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("refusals") / "graph.nq"
    path.write_text("<x:a> <x:b> <x:c> <x:g> .\n", "utf-8")
    limits = Limits(seconds_per_minute=0, errors_per_minute=0)
    with running(create_app(AppState(Settings(limits=limits), GraphFile(path)))) as client:
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("suite", COUNTS)
def test_negative_syntax(client: Client, suites: Path, suite: str) -> None:
    """Each of the W3C's bad queries is refused with its place, and each bad update as an update."""
    folder = suites / "w3c-sparql11/sparql" / suite
    if not folder.is_dir():
        pytest.skip(f"the folder of test suites does not hold {suite}")
    queries, updates = _negative(folder, QUERIES), _negative(folder, UPDATES)
    updates += [path for path in queries if path.suffix == ".ru"]
    queries = [path for path in queries if path.suffix != ".ru"]

    assert (len(queries), len(updates)) == COUNTS[suite]
    for path in queries:
        text = path.read_text("utf-8")
        for response in _sent(client, text):
            if path.name in READ_ALL_THE_SAME:
                assert response.status in (200, 422), path
            else:
                assert response.status == 400, path
                assert _names_a_place(response, text), response.text
    for path in updates:
        for response in _sent(client, path.read_text("utf-8")):
            assert response.status == 403, path


def _negative(folder: Path, kinds: tuple[str, ...]) -> list[Path]:
    """The files of the tests of some kinds."""
    found = []
    for manifest in sorted(folder.glob("*/manifest.ttl")):
        graph = Graph().parse(manifest)
        for kind in kinds:
            tests = graph.subjects(RDF.type, MF[kind])
            found += [
                Path(str(graph.value(test, MF.action)).removeprefix("file://")) for test in tests
            ]
    return found


def _sent(client: Client, text: str) -> Iterator[Response]:
    """The responses to a query that is sent in two ways."""
    yield client.get(f"/sparql?query={quote(text)}")
    kind = {"content-type": "application/sparql-query"}
    yield client.request("POST", "/sparql", body=text.encode(), headers=kind)


def _names_a_place(response: Response, text: str) -> bool:
    """Whether an error names a line and a column that the query has."""
    lines = text.split("\n")
    line, column = response.json["line"], response.json["column"]
    if not 1 <= line <= len(lines):
        return False
    end = len(lines[line - 1].encode()) + 2  # it is beyond the last character
    return bool(1 <= column <= end)


# ── Queries that were right before something was taken out ──────────────────────────────────


def _broken(folder: Path) -> list[str]:
    """Every good query of the suite without one of its tokens, and cut off before it."""
    paths = [*_positive(folder), *(test.query for test in evaluations(folder))]
    found: dict[str, None] = {}
    for path in dict.fromkeys(paths):
        query = path.read_text("utf-8")
        for token in tokens(query):
            end = token.start + len(token.text)
            found |= dict.fromkeys((query[: token.start] + query[end:], query[: token.start]))
    return list(found)


def _positive(folder: Path) -> list[Path]:
    return [path for path in _negative(folder, ("PositiveSyntaxTest11",)) if path.suffix == ".rq"]


def _is_refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except (SyntaxError, ParseBaseException, RecursionError):
        return True
    except Exception:  # noqa: BLE001 - rdflib reads some that its algebra then cannot take
        return False
    return False


def _nobody_reads(query: str) -> bool:
    """Whether two parsers that have nothing to do with each other refuse a query."""
    return _is_refused(lambda: ox.Store().query(query, base_iri=BASE)) and _is_refused(
        lambda: prepareQuery(query, base=BASE)
    )


@pytest.mark.slow
@pytest.mark.parametrize("most", [400, pytest.param(None, marks=pytest.mark.load)])
def test_broken_queries(client: Client, suites: Path, most: int | None) -> None:
    """A query that no parser reads is refused with its place; no query is met with a mistake."""
    broken = _broken(suites / "w3c-sparql11/sparql/sparql11")
    random.Random(1).shuffle(broken)
    refused = 0
    for query in broken[:most]:
        response = client.get(f"/sparql?query={quote(query)}")
        assert response.status in EXPECTED, query
        if _nobody_reads(query):
            refused += 1
            if response.status == 403:
                assert "SERVICE" in query.upper(), query  # it is refused before it is read
            else:
                assert response.status == 400, query
                assert _names_a_place(response, query), (query, response.text)
    print(f"{refused} of {len(broken[:most])} queries are read by nobody")  # noqa: T201

    assert refused > len(broken[:most]) * 0.8
