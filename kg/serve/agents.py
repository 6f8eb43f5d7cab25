"""The tools for AI agents over HTTP, at one address, in the Model Context Protocol.

Every request stands for itself: no session is kept, so nothing of one client can reach another.
The library of the protocol is loaded when the first request comes. Calls are answered by workers,
and what is of a patient by those of cases alone.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.types import ASGIApp

from kg.serve.api.cases import MOST_BYTES, check_answered, check_origin
from kg.serve.http.responses import Problem
from kg.serve.state import state_of

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


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
    from kg.serve.desk import ServedDesk

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
