"""The files that hold all of a graph: written once, beside everything else."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgi import Client, Response, running
from waiting import eventually, wait_until

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.sandbox.client import Program
from kg.sandbox.pool import Pool
from kg.sandbox.protocol import Frame
from kg.sandbox.queue import Sizes
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.linked.frames import DUMPS as MEDIA_TYPES
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

NO_BUDGET = Limits(seconds_per_minute=0, errors_per_minute=0)
DUMPS = [f"/dumps/{name}" for name in MEDIA_TYPES]
EVERY = [*DUMPS, "/dumps/SHA256SUMS", "/sitemap.xml"]
IN_SHORT = Sizes(deadline=0.2, quick=2, slow=1)


@pytest.fixture(name="path", scope="module")
def _path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a graph whose dumps take longer than its clients' queries may."""
    path = tmp_path_factory.mktemp("large") / "graph.nq"
    path.write_bytes(graph("one", 60_000))
    return path


@pytest.fixture(name="client")
def _client(path: Path) -> Iterator[Client]:
    settings = Settings(limits=NO_BUDGET, sizes=IN_SHORT)
    with running(create_app(AppState(settings, GraphFile(path)))) as client:
        yield client


def graph(value: str, size: int) -> bytes:
    """A graph in which everything has one value."""
    return write_nquads(Quad(eg(f"s{n}"), EG.p, Literal(value), EG.g) for n in range(size))


@pytest.mark.slow
def test_no_deadline_of_clients_for_dumps(client: Client, path: Path) -> None:
    """Dumps, their sums and the list of pages are had of a graph that is large."""
    found = {each: client.get(each) for each in EVERY}

    assert {each.status for each in found.values()} == {200}
    lines = found["/dumps/SHA256SUMS"].text.splitlines()
    assert [line.split("  ")[1] for line in lines] == list(MEDIA_TYPES)
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256(found[f"/dumps/{name}"].body).hexdigest() == digest
    nquads = found["/dumps/etiograph.nq"].body
    assert sorted(nquads.splitlines()) == sorted(path.read_bytes().splitlines())
    assert found["/sitemap.xml"].text.count("<loc>") == 50_000


@pytest.mark.slow
def test_queries_are_answered_meanwhile(client: Client) -> None:
    """While files are written, no place for queries is taken and nobody waits."""
    waits: list[float] = []

    async def asking() -> list[Response]:
        waiting = [asyncio.ensure_future(client.sent("GET", each, b"", {})) for each in DUMPS]
        number = 0
        while not all(each.done() for each in waiting):
            number += 1
            started = time.perf_counter()
            query = f"/sparql?query=ASK+%7B%7D%23{number}"
            assert (await client.sent("GET", query, b"", {})).status == 200
            waits.append(time.perf_counter() - started)
            await asyncio.wait(waiting, timeout=0.01)
        return [each.result() for each in waiting]

    assert [each.status for each in client.run(asking())] == [200] * len(DUMPS)
    assert sorted(waits)[len(waits) // 2] < 0.05
    assert "kg_queries_slow_total" not in client.get("/metrics").text


@pytest.mark.slow
def test_files_are_written_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask at the same time, and whoever leaves, each file is written once."""
    asked: list[str] = []
    run = Pool.run

    async def counted(pool: Pool, request: Frame) -> Frame:
        asked.append(str(request.head.get("name", request.head["job"])))
        return await run(pool, request)

    async def asking() -> list[int]:
        leaves = asyncio.Event()
        first = asyncio.ensure_future(client.sent("GET", DUMPS[0], b"", {}, leaves=leaves))
        await eventually(lambda: asked)
        waiting = [client.sent("GET", each, b"", {}) for each in EVERY * 3]
        leaves.set()
        assert (await first).status == 499
        return [each.status for each in await asyncio.gather(*waiting)]

    monkeypatch.setattr(Pool, "run", counted)

    assert set(client.run(asking())) == {200}
    assert asked == ["sitemap", *MEDIA_TYPES]


@pytest.mark.slow
def test_files_are_packed_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dump is sent as it was packed when it was written; the server itself packs nothing."""
    plain = client.get(DUMPS[0])
    monkeypatch.setattr("kg.serve.http.responses.gzip.compress", None)
    packed = client.get(DUMPS[0], accept_encoding="gzip")

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 3


@pytest.mark.slow
def test_taking_files_costs(path: Path) -> None:
    """Who takes dump after dump has to wait at some time; a look at the headers costs nothing."""
    limits = Limits(seconds_per_minute=0.02, errors_per_minute=0)
    with running(create_app(AppState(Settings(limits=limits), GraphFile(path)))) as client:
        first = client.get(DUMPS[0])
        etag = first.headers["etag"]
        looks = [client.get(DUMPS[0], if_none_match=etag).status for _ in range(50)]
        taken = [client.get(DUMPS[0]).status for _ in range(50)]

    assert first.status == 200
    assert set(looks) == {304}
    assert taken[-1] == 429


@pytest.mark.slow
def test_nothing_runs_on(client: Client) -> None:
    """When all files are written, the processes that wrote them have ended."""
    before = _children()
    assert client.get("/sitemap.xml").status == 200
    assert _children() > before
    assert client.get("/dumps/SHA256SUMS").status == 200
    wait_until(lambda: _children() <= before)


def _children() -> set[str]:
    """The processes that this one has started, whichever thread did it."""
    threads = Path("/proc/self/task").glob("*/children")
    return {pid for each in threads for pid in each.read_text("ascii").split()}


@pytest.mark.slow
def test_files_follow_the_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of the graph its files are those of the new one."""
    monkeypatch.setattr("kg.serve.services._LOOK_EVERY", 0.02)
    path = tmp_path / "graph.nq"
    path.write_bytes(graph("one", 10))
    state = AppState(Settings(limits=NO_BUDGET), GraphFile(path))
    with running(create_app(state)) as client:
        old = client.get(DUMPS[0])
        cached = client.get("/id/s1.ttl")
        new = path.with_suffix(".new")
        new.write_bytes(graph("two", 10))
        new.replace(path)
        wait_until(lambda: state.graphs.swaps)
        dump = client.get(DUMPS[0], if_none_match=old.headers["etag"])
        kept = dict(state.cache._kept)

    assert cached.status == 200
    assert '"one"' in old.text
    assert (dump.status, '"two"' in dump.text) == (200, True)
    assert kept == {}


@pytest.mark.slow
def test_files_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the graph has gone from the disk, it is said, and tried again after a while only."""
    started: list[str] = []
    start = Pool.start

    async def counted(program: Program, *rest: object) -> Pool:
        started.append(program.label)
        return await start(program, *rest)  # type: ignore[arg-type] # as they came

    path = tmp_path / "graph.nq"
    path.write_bytes(graph("one", 10))
    content = path.read_bytes()
    with running(create_app(AppState(Settings(limits=NO_BUDGET), GraphFile(path)))) as client:
        path.unlink()
        monkeypatch.setattr(Pool, "start", counted)
        first, second = client.get(DUMPS[0]), client.get(DUMPS[1])
        path.write_bytes(content)
        monkeypatch.setattr("kg.serve.linked.dumps._PAUSE", 0.0)
        third = client.get(DUMPS[0])

    assert (first.status, second.status, third.status) == (503, 503, 200)
    assert "retry-after" in first.headers
    assert len(started) == 2
