"""The W3C's query evaluation and syntax tests, through the worker that strangers' queries get."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph
from suite_stores import DEFAULT, MF, PROGRAM, Evaluation, evaluations
from waiting import settle

from kg.model.errors import QuerySyntaxError, RefusedQueryError, StoreError
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.pool import Pool
from kg.sandbox.protocol import Frame, SandboxError
from kg.sandbox.queue import Sizes
from kg.serve.queries import query_frame
from kg.store.base import Dataset, Wanted
from kg.store.local import LocalStore

MEDIA_TYPES: Final = {
    "rows": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "triples": "application/n-triples",
}
REFUSED: Final = "service/"
"""SERVICE is off, so its tests are refused; the engine itself would go out."""


@pytest.fixture(name="folder", scope="module")
def _folder(suites: Path) -> Path:
    return suites / "w3c-sparql11/sparql/sparql11"


@pytest.mark.slow
def test_evaluation(folder: Path) -> None:
    """A worker gives for every test what the engine gives when it is asked directly."""
    tests = list(evaluations(folder))
    found = dict(zip(tests, asyncio.run(_from_workers(folder, tests)), strict=True))
    differing = [
        test.name
        for test, result in found.items()
        if not test.name.startswith(REFUSED) and result != _directly(test)
    ]

    assert len(tests) == 312
    assert differing == []
    assert {str(found[test]) for test in tests if test.name.startswith(REFUSED)} == {"refused"}


async def _from_workers(folder: Path, tests: list[Evaluation]) -> list[object]:
    sizes = Sizes(quick=2, slow=2, deadline=20, patience=20)
    pool = await Pool.start(Program(PROGRAM, {"folder": str(folder)}), sizes, Jail())
    try:
        return [await _from_worker(pool, test) for test in tests]
    finally:
        pool.close()
        await settle()


async def _from_worker(pool: Pool, test: Evaluation) -> object:
    wanted = Wanted(MEDIA_TYPES, base=test.base)
    dataset = Dataset((DEFAULT,), tuple(name for name, _ in test.named))
    frame = query_frame(test.query.read_text("utf-8"), wanted, dataset)
    try:
        reply = await pool.run(Frame({**frame.head, "job": test.name}, frame.body))
    except SandboxError as error:
        return "refused" if error.kind == RefusedQueryError.__name__ else error.kind
    return _meaning(str(reply.head["kind"]), reply.body)


def _directly(test: Evaluation) -> object:
    store = ox.Store()
    store.extend(test.quads())
    try:
        result = store.query(
            test.query.read_text("utf-8"),
            base_iri=test.base,
            default_graph=[ox.NamedNode(DEFAULT)],
            named_graphs=[ox.NamedNode(name) for name, _ in test.named],
        )
    except SyntaxError:
        return QuerySyntaxError.__name__
    except (OSError, RuntimeError, ValueError):
        return StoreError.__name__
    if isinstance(result, ox.QueryTriples):
        return _meaning("triples", result.serialize(format=ox.RdfFormat.N_TRIPLES) or b"")
    kind = "boolean" if isinstance(result, ox.QueryBoolean) else "rows"
    return _meaning(kind, result.serialize(format=ox.QueryResultsFormat.JSON) or b"")


def _meaning(kind: str, content: bytes) -> object:
    """A result without its order and the names of its blank nodes."""
    if kind == "triples":
        quads = ox.parse(content, format=ox.RdfFormat.N_TRIPLES)
        return Counter(tuple(map(_plain, (q.subject, q.predicate, q.object))) for q in quads)
    result = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if isinstance(result, ox.QuerySolutions):
        names = [variable.value for variable in result.variables]
        return names, Counter(tuple(map(_plain, solution)) for solution in result)
    return bool(result)


def _plain(term: object) -> str:
    return "_" if isinstance(term, ox.BlankNode) else str(term)


# ── Syntax ──────────────────────────────────────────────────────────────────────────────────


def _syntax_tests(folder: Path, kind: str) -> Iterator[Path]:
    for manifest in sorted(folder.glob("*/manifest.ttl")):
        graph = Graph().parse(manifest)
        for test in graph.subjects(RDF.type, MF[kind]):
            yield Path(str(graph.value(test, MF.action)).removeprefix("file://"))


def _said(store: LocalStore, path: Path) -> str:
    try:
        store.write(path.read_text("utf-8"), Wanted(MEDIA_TYPES, base=path.as_uri()))
    except RefusedQueryError:
        return "refused"
    except QuerySyntaxError:
        return "not read"
    return "read"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "count", "said"),
    [
        ("NegativeSyntaxTest11", 48, {"not read", "refused"}),
        ("NegativeUpdateSyntaxTest11", 13, {"refused"}),
        ("PositiveSyntaxTest11", 66, {"read", "refused", "not read"}),
        ("PositiveUpdateSyntaxTest11", 42, {"refused", "not read"}),
    ],
)
def test_syntax(folder: Path, kind: str, count: int, said: set[str]) -> None:
    """What is no query is said to be none, and an update is refused, whether it is right or not."""
    store = LocalStore(b"<x:a> <x:b> <x:c> .\n")
    found = {path: _said(store, path) for path in _syntax_tests(folder, kind)}

    assert len(list(_syntax_tests(folder, kind))) == count
    assert set(found.values()) == said
    if kind == "NegativeSyntaxTest11":
        assert {p.suffix for p, each in found.items() if each == "refused"} == {".ru"}
    if kind == "PositiveSyntaxTest11":
        # A call of a function that nobody knows is an error of the query here.
        assert [p.name for p, each in found.items() if each == "not read"] == [
            "syntax-select-expr-04.rq"
        ]
        assert {p.parent.name for p, each in found.items() if each == "refused"} == {"syntax-fed"}
