"""A server that starts: queries and cases of programs are answered before pages are loaded."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from kg.compile import builder
from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, RDFS, Literal
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.pool import Pool
from kg.sandbox.protocol import Frame, SandboxError
from kg.sandbox.queue import Sizes
from kg.serve import services
from kg.serve.http.negotiation import KINDS
from kg.serve.linked.frames import Reached, search_frame
from kg.serve.queries import query_frame
from kg.serve.services import PROGRAM, CaseService, GraphFile, GraphService
from kg.store.base import Wanted

ONE = Sizes(quick=1, slow=1)
QUERY = query_frame("SELECT ?s { ?s ?p 'here' }", Wanted(dict.fromkeys(KINDS, "text/csv")))
ROWS = f"s\r\n{EG.a}\r\n".encode()
SEARCH = search_frame("here", "", "application/json", Reached("http://127.0.0.1", "x"))
CASE = {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}]}


@pytest.fixture(name="graphs")
def _graphs(tmp_path: Path) -> GraphService:
    path = tmp_path / "graph.nq"
    path.write_bytes(write_nquads([Quad(EG.a, RDFS.label, Literal("here"), EG.g)]))
    return GraphService(GraphFile(path), ONE, Jail())


async def _with(service: GraphService | CaseService, work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    finally:
        await service.close()


def test_a_query_is_answered_before_pages_are_loaded(graphs: GraphService) -> None:
    """A query needs the graph alone; what is asked of pages meanwhile waits, and is answered."""

    async def work() -> None:
        await graphs.prepare()
        await graphs.start()
        version, reply = await graphs.run(QUERY)
        assert (version, reply.body) == (graphs.label, ROWS)
        is_whole = [graphs.now.is_whole]

        searched = asyncio.ensure_future(graphs.run(SEARCH))
        await asyncio.sleep(0)
        assert not searched.done()
        graphs.go_on()
        version, reply = await searched
        assert version == graphs.label
        assert json.loads(reply.body)["hits"]
        assert [*is_whole, graphs.now.is_whole] == [False, True]
        assert graphs.swaps == 0  # it is the same graph
        assert (await graphs.run(QUERY))[1].body == ROWS

    asyncio.run(_with(graphs, work))


def test_what_cannot_be_loaded_at_once_is_tried_again(
    graphs: GraphService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queries are answered all the while, and the server says what is wrong with the rest."""
    monkeypatch.setattr(services, "_LOOK_EVERY", 0.01)
    start, tried = graphs.supervisor.start, [0]

    async def start_at_second(program: Program) -> Pool:
        tried[0] += program.name == services.FILE_PROGRAM
        if tried[0] == 1:
            tried[0] += 1
            assert (await graphs.run(QUERY))[1].body == ROWS
            raise SandboxError("no room")
        return await start(program)

    monkeypatch.setattr(graphs.supervisor, "start", start_at_second)

    async def work() -> None:
        await graphs.prepare()
        await graphs.start()
        graphs.go_on()
        searched = asyncio.ensure_future(graphs.run(SEARCH))
        async with asyncio.timeout(10):
            while not graphs.notice:  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.001)  # between two looks
        assert graphs.notice.endswith("no room")
        assert json.loads((await searched)[1].body)["hits"]
        assert graphs.notice == ""

    asyncio.run(_with(graphs, work))


@pytest.mark.slow
def test_a_case_is_answered_before_its_pages_are_loaded() -> None:
    """The answer of the first process is that of the one which has everything, byte for byte."""
    found = builder.ready()
    arguments = {"root": str(found.folder.parent), "version": found.version}
    cases = CaseService(ONE, Jail(), lambda: Program(PROGRAM, arguments, "x"), in_steps=True)
    head = {"job": "ask", "kind": "plain", "form": "json", "day": "2026-01-01"}
    frame = Frame(head, json.dumps(CASE).encode())

    async def ask(request: Frame) -> tuple[str, bytes]:
        _, reply = await cases.run(request, client="", charge=lambda _: None)
        pool = cases.supervisor.pool
        assert pool is not None
        return pool.program.name, bytes(reply.body)

    async def work() -> None:
        cases.prepare()
        name, first = await ask(frame)
        assert name.endswith(":load_answers")
        assert json.loads(first)["causes"]

        name, page = await ask(Frame({"job": "form", "root": "/"}))
        assert name == services.CASES
        assert b"<form" in page
        assert await ask(frame) == (services.CASES, first)

    asyncio.run(_with(cases, work))


@pytest.mark.parametrize(
    ("loaded", "never"),
    [
        (
            "kg.serve.server, kg.serve.app, kg.serve.sparql.lane",
            ("kg.serve.jobs", "kg.serve.linked.view", "kg.library", "kg.answer.judge", "svg"),
        ),
        (
            "kg.sandbox.zygote, kg.serve.queries",
            ("asyncio", "jinja2", "kg.pages", "urllib.request"),
        ),
        (
            "kg.serve.api.case_worker",
            ("jinja2", "svg", "httpx", "kg.curate", "kg.pages", "kg.store.local"),
        ),
    ],
)
def test_nothing_is_loaded_that_a_first_answer_does_not_need(
    root: Path, loaded: str, never: tuple[str, ...]
) -> None:
    """The server, the process that has the graph and that of cases: each without the others'."""
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, {loaded}; print(*sys.modules)"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    assert set(said.stdout.split()) & set(never) == set()
