"""The tools for AI agents over HTTP, at one address, in the Model Context Protocol.

Every request stands for itself: no session is kept, so nothing of one client can reach another.
The library of the protocol is loaded when the first request comes. Calls are answered by workers,
and what is of a patient by those of cases alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.types import ASGIApp

from kg.agents.catalogue import TOOLS, Outcome, refusal
from kg.agents.jobs import CALL, READ
from kg.model.errors import KGError, UsageError
from kg.sandbox.protocol import Frame
from kg.serve.api.cases import MOST_BYTES, case_owner, check_answered, check_origin
from kg.serve.http.limits import Run, charged
from kg.serve.http.middleware import log_mistake
from kg.serve.http.responses import UNEXPECTED, Problem
from kg.serve.settings import state_of

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class ServedDesk:
    """Answers calls that come in a request, on the account of its client."""

    async def use(
        self, name: str, arguments: Mapping[str, object], request: Request | None
    ) -> Outcome:
        """What a tool answers; that there is no room, or no share left, is an outcome too."""
        assert request is not None  # noqa: S101 - every call comes by HTTP here
        state = state_of(request)
        frame = Frame({"job": CALL, "name": name}, json.dumps(arguments).encode())
        run = partial(state.graphs.run, frame)
        if TOOLS[name].is_private:
            run = partial(state.tools.run, frame, owner=case_owner(request))
        try:
            return _outcome(await self._run(request, run))
        except KGError as error:
            return refusal(error)
        except Problem as problem:
            return _refused(problem)
        except Exception as error:  # noqa: BLE001 - its message may hold what was sent
            log_mistake(error)
            return _refused(UNEXPECTED)

    async def read(self, address: str, request: Request | None) -> str:
        """What stands at the address of a resource."""
        assert request is not None  # noqa: S101 - every call comes by HTTP here
        frame = Frame({"job": READ}, address.encode())
        outcome = _outcome(await self._run(request, partial(state_of(request).graphs.run, frame)))
        if outcome.is_error:
            raise UsageError(outcome.text)
        return outcome.text

    async def _run(self, request: Request, run: Run) -> Frame:
        _, reply = await charged(request, state_of(request).budget, run)
        return reply


def _outcome(reply: Frame) -> Outcome:
    return Outcome(bytes(reply.body).decode(), bool(reply.head["is_error"]))


def _refused(problem: Problem) -> Outcome:
    return Outcome(f"{problem.title}: {problem.detail}", is_error=True)


PATH: Final = "/mcp"


class AgentService:
    """Answers requests of agents for as long as the server runs."""

    def __init__(self) -> None:
        self._ready: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def post(self, request: Request) -> ASGIApp:
        """What answers a message of an agent."""
        check_origin(request)
        state = state_of(request)
        check_answered(state)
        state.tools.prepare()  # whoever greets the tools will call one
        manager = await self._manager()
        return manager.handle_request

    async def close(self) -> None:
        """End what is still being answered."""
        self._stop.set()
        if self._running is not None:
            await self._running

    async def _manager(self) -> StreamableHTTPSessionManager:
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
            self._running = asyncio.ensure_future(self._run(self._ready))
        return await asyncio.shield(self._ready)

    async def _run(self, ready: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        """Run the library in a task of its own, as it has to end where it began."""
        try:
            manager = _make_manager()
        except ImportError:
            ready.set_exception(_not_installed())
            return
        async with manager.run():
            ready.set_result(manager)
            await self._stop.wait()


def _make_manager() -> StreamableHTTPSessionManager:
    # Its own log tells of errors with their messages, which may hold what was sent.
    logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from kg.agents.protocol import make_server

    return StreamableHTTPSessionManager(
        make_server(ServedDesk()),
        json_response=True,
        stateless=True,
        max_request_body_size=MOST_BYTES,
    )


def _not_installed() -> Problem:
    return Problem(
        501, "Not installed", 'this server lacks the extra mcp: pip install "etiograph[mcp]".'
    )
