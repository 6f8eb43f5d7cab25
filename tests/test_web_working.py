"""Work that the server does for a client: whose account it is on, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, running

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import Literal, eg
from kg.sandbox.client import Program
from kg.sandbox.protocol import BusyError, DeadlineError, Frame
from kg.serve import jobs
from kg.serve.app import create_app
from kg.serve.graphs import GraphFile
from kg.serve.limits import Limits
from kg.serve.site import Settings, Site

QUAD = Quad(eg("s"), eg("p"), Literal("o"), eg("g"))
ONE_ERROR = Limits(seconds_per_minute=0, errors_per_minute=1)
RESOURCE, QUERY = "/id/s.ttl", "/sparql?query=ASK+{}"
JSON = {"content-type": "application/json"}


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Site:
    path = tmp_path / "graph.nq"
    path.write_bytes(write_nquads([QUAD]))
    return Site(Settings(limits=ONE_ERROR), GraphFile(path))


@pytest.fixture(name="client")
def _client(site: Site) -> Iterator[Client]:
    with running(create_app(site)) as client:
        yield client


@pytest.mark.parametrize("path", [RESOURCE, QUERY])
def test_no_room_is_no_error_of_the_client(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A client that was turned away may ask again as often as it likes."""

    async def busy(*_: object, **__: object) -> tuple[str, Frame]:
        raise BusyError("no room.")

    monkeypatch.setattr(site.graphs, "run", busy)

    assert [client.get(path).status for _ in range(5)] == [503] * 5


@pytest.mark.parametrize("path", [RESOURCE, QUERY])
def test_a_failure_is_on_the_account(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A client whose requests fail is told to wait, whatever it asks for."""

    async def late(*_: object, **__: object) -> tuple[str, Frame]:
        raise DeadlineError("too late.")

    monkeypatch.setattr(site.graphs, "run", late)

    assert [client.get(path).status for _ in range(3)] == [504, 429, 429]


@pytest.mark.parametrize("path", [RESOURCE, QUERY])
def test_work_ends_when_the_client_has_left(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Nobody works on for a client that is gone."""
    stopped: list[str] = []

    async def endless(*_: object, **__: object) -> tuple[str, Frame]:
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            stopped.append(path)
            raise
        raise AssertionError

    async def asked() -> None:
        leaves = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, leaves.set)
        async with asyncio.timeout(5):
            await client.sent("GET", path, b"", {}, leaves=leaves)

    monkeypatch.setattr(site.graphs, "run", endless)
    client.run(asked())

    assert stopped == [path]


# ── The room for cases ──────────────────────────────────────────────────────────────────────


class _FakeSupervisor:
    """Loads a program when it is allowed to, and remembers which."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.used: list[str] = []
        self.may_load = asyncio.Event()
        self.pool = None

    async def start(self, program: Program) -> str:
        self.loaded.append(program.label)
        await self.may_load.wait()
        return program.label

    def use(self, label: str) -> None:
        self.used.append(label)

    async def run(self, *_: object, **__: object) -> tuple[str, Frame]:
        return self.used[-1], Frame({}, b"{}")

    async def close(self) -> None:
        """End nothing."""


@pytest.fixture(name="supervisor")
def _supervisor(client: Client, site: Site, monkeypatch: pytest.MonkeyPatch) -> _FakeSupervisor:
    """Give the supervisor of a room for cases on version A of a built graph."""
    assert client.get("/live").status == 200
    supervisor = _FakeSupervisor()
    monkeypatch.setattr(site.cases, "supervisor", supervisor)
    serve(site, "A")
    return supervisor


def serve(site: Site, label: str) -> None:
    """Have the server believe that it serves this version."""
    edition = replace(site.graphs.now.edition, program=Program(jobs.PROGRAM, {}, label))
    site.graphs._serving = replace(site.graphs.now, edition=edition)


def test_a_slow_body_does_not_bring_the_old_version_back(
    client: Client, site: Site, supervisor: _FakeSupervisor
) -> None:
    """A case whose body comes after a change of the graph is answered from the new one."""

    async def asked() -> list[str]:
        supervisor.may_load.set()
        arrives = asyncio.Event()
        slow: Any = asyncio.ensure_future(
            client.sent("POST", "/api/case", b"{}", JSON, pause=arrives.wait())
        )
        await asyncio.sleep(0.05)
        serve(site, "B")
        quick = await client.sent("POST", "/api/case", b"{}", JSON)
        arrives.set()
        return [each.headers["graph-version"] for each in (quick, await slow)]

    assert client.run(asked()) == ["B", "B"]
    assert supervisor.loaded == ["B"]


def test_who_leaves_stops_the_room_for_nobody(client: Client, supervisor: _FakeSupervisor) -> None:
    """The processes are loaded once, also where the first to ask does not wait for them."""

    async def asked() -> int:
        leaves = asyncio.Event()
        first = asyncio.ensure_future(client.sent("POST", "/api/case", b"{}", JSON, leaves=leaves))
        await asyncio.sleep(0.05)
        second = asyncio.ensure_future(client.sent("POST", "/api/case", b"{}", JSON))
        leaves.set()
        assert (await first).status == 499
        supervisor.may_load.set()
        return (await second).status

    assert client.run(asked()) == 200
    assert supervisor.loaded == ["A"]


def test_the_room_follows_the_graph(
    client: Client, site: Site, supervisor: _FakeSupervisor
) -> None:
    """Whoever waits while the graph changes is answered from the one that is served then."""

    async def asked() -> str:
        waiting = asyncio.ensure_future(client.sent("POST", "/api/case", b"{}", JSON))
        await asyncio.sleep(0.05)
        serve(site, "B")
        supervisor.may_load.set()
        return (await waiting).headers["graph-version"]

    assert client.run(asked()) == "B"
    assert supervisor.used == ["A", "B"]
