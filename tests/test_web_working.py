"""Work that the server does for a client: whose account it is on, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, running
from waiting import eventually

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal
from kg.sandbox.client import Program
from kg.sandbox.protocol import BusyError, DeadlineError, Frame
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import PROGRAM, GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

QUAD = Quad(EG.s, EG.p, Literal("o"), EG.g)
ONE_ERROR = Limits(seconds_per_minute=0, errors_per_minute=1)
RESOURCE, QUERY = "/id/s.ttl", "/sparql?query=ASK+{}"
JSON = {"content-type": "application/json"}


@pytest.fixture(name="state")
def _state(tmp_path: Path) -> AppState:
    path = tmp_path / "graph.nq"
    path.write_bytes(write_nquads([QUAD]))
    return AppState(Settings(limits=ONE_ERROR), GraphFile(path))


@pytest.fixture(name="client")
def _client(state: AppState) -> Iterator[Client]:
    with running(create_app(state)) as client:
        yield client


@pytest.mark.parametrize("path", [RESOURCE, QUERY])
def test_no_room_is_no_error_of_the_client(
    client: Client, state: AppState, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A client that was turned away may ask again as often as it likes."""

    async def busy(*_: object, **__: object) -> tuple[str, Frame]:
        raise BusyError("no room.")

    monkeypatch.setattr(state.graphs, "run", busy)

    assert [client.get(path).status for _ in range(5)] == [503] * 5


@pytest.mark.parametrize("path", [RESOURCE, QUERY])
def test_a_failure_is_on_the_account(
    client: Client, state: AppState, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A client whose requests fail is told to wait, whatever it asks for."""

    async def late(*_: object, **__: object) -> tuple[str, Frame]:
        raise DeadlineError("too late.")

    monkeypatch.setattr(state.graphs, "run", late)

    assert [client.get(path).status for _ in range(3)] == [504, 429, 429]


@pytest.mark.parametrize("path", [RESOURCE, QUERY])
def test_work_ends_when_the_client_has_left(
    client: Client, state: AppState, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Nobody works on for a client that is gone."""
    stopped: list[str] = []
    leaves = asyncio.Event()

    async def endless(*_: object, **__: object) -> tuple[str, Frame]:
        leaves.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(path)
            raise
        raise AssertionError

    async def asked() -> None:
        async with asyncio.timeout(5):
            await client.sent("GET", path, b"", {}, leaves=leaves)

    monkeypatch.setattr(state.graphs, "run", endless)
    client.run(asked())

    assert stopped == [path]


# ── The processes for cases ─────────────────────────────────────────────────────────────────


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
def _supervisor(
    client: Client, state: AppState, monkeypatch: pytest.MonkeyPatch
) -> _FakeSupervisor:
    """Give the supervisor of a case service on version A of a built graph."""
    assert client.get("/live").status == 200
    supervisor = _FakeSupervisor()
    monkeypatch.setattr(state.cases, "supervisor", supervisor)
    serve(state, "A")
    return supervisor


def serve(state: AppState, label: str) -> None:
    """Have the server believe that it serves this version."""
    version = replace(state.graphs.now.version, program=Program(PROGRAM, {}, label))
    state.graphs._served = replace(state.graphs.now, version=version)


def test_a_slow_body_does_not_bring_the_old_version_back(
    client: Client, state: AppState, supervisor: _FakeSupervisor
) -> None:
    """A case whose body comes after a change of the graph is answered from the new one."""

    async def asked() -> list[str]:
        supervisor.may_load.set()
        is_read, arrives = asyncio.Event(), asyncio.Event()

        async def body_comes() -> None:
            is_read.set()
            await arrives.wait()

        slow: Any = asyncio.ensure_future(
            client.sent("POST", "/api/case", b"{}", JSON, pause=body_comes())
        )
        await is_read.wait()
        serve(state, "B")
        quick = await client.sent("POST", "/api/case", b"{}", JSON)
        arrives.set()
        return [each.headers["graph-version"] for each in (quick, await slow)]

    assert client.run(asked()) == ["B", "B"]
    assert supervisor.loaded == ["B"]


def test_who_leaves_stops_the_case_service_for_nobody(
    client: Client, supervisor: _FakeSupervisor
) -> None:
    """The processes are loaded once, also where the first to ask does not wait for them."""

    async def asked() -> int:
        leaves = asyncio.Event()
        first = asyncio.ensure_future(client.sent("POST", "/api/case", b"{}", JSON, leaves=leaves))
        await eventually(lambda: supervisor.loaded)
        second = asyncio.ensure_future(client.sent("POST", "/api/case", b"{}", JSON))
        leaves.set()
        assert (await first).status == 499
        supervisor.may_load.set()
        return (await second).status

    assert client.run(asked()) == 200
    assert supervisor.loaded == ["A"]


def test_the_case_service_follows_the_graph(
    client: Client, state: AppState, supervisor: _FakeSupervisor
) -> None:
    """Whoever waits while the graph changes is answered from the one that is served then."""

    async def asked() -> str:
        waiting = asyncio.ensure_future(client.sent("POST", "/api/case", b"{}", JSON))
        await eventually(lambda: supervisor.loaded)
        serve(state, "B")
        supervisor.may_load.set()
        return (await waiting).headers["graph-version"]

    assert client.run(asked()) == "B"
    assert supervisor.used == ["A", "B"]
