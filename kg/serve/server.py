"""Runs the application: sockets, signals and the log.

What speaks HTTP is imported while the graph is loaded, which another process does.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import resource
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from kg.model.errors import ListenError, SandboxError
from kg.sandbox import protocol as sandbox
from kg.sandbox.jail import disable_dumps, require_support
from kg.serve.http.limits import ConnectionLimits
from kg.serve.services import GraphService, Source
from kg.serve.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from kg.serve.state import AppState

_BACKLOG: Final = 1024
_IDLE: Final = 5
"""Seconds that a connection may be idle between two requests."""
_SEND_BUFFER: Final = 128 * 1024
"""Bytes of a reply that the system takes at once for a connection, which inherits it.

By itself it takes megabytes for each, and the loop that copies them does nothing else meanwhile:
three hundred clients that ask for a dump and read nothing would hold up everybody for seconds.
"""
_GRACE: Final = 5
"""Seconds that running requests have when the server is told to stop."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, and which proxies it believes about their clients."""

    host: str = "127.0.0.1"
    port: int = 8000
    proxies: tuple[str, ...] = ()
    limits: ConnectionLimits = field(default_factory=ConnectionLimits)


def listen(address: Address) -> socket.socket:
    """The socket that the server is reached by; ListenError where it cannot be had."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        door = socket.create_server((address.host, address.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        why = (
            error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        )
        raise ListenError(f"cannot listen on {address.host} port {address.port}: {why}.") from None
    door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    return door


def run(
    settings: Settings,
    source: Source,
    address: Address,
    door: socket.socket,
    started: Callable[[], object] = lambda: None,
) -> None:
    """Answer requests that come to a socket until the process is told to stop.

    `started` is called when the server can be asked.
    """
    try:
        require_support()
    except sandbox.SandboxError as error:
        raise SandboxError(str(error)) from None
    _open_as_many_as_allowed()
    disable_dumps()  # it holds what is sent to it
    with asyncio.Runner(loop_factory=_loop) as runner:
        graphs = GraphService(source, settings.sizes, settings.jail)
        runner.run(graphs.prepare())
        server, state = _prepare(settings, source, address, started, graphs)
        try:
            runner.run(server.serve(sockets=[door]))
        except SystemExit:
            raise state.failure or ListenError("the server could not be started.") from None


def _loop() -> asyncio.AbstractEventLoop:
    """The loop that uvicorn would take."""
    import uvloop

    return uvloop.new_event_loop()


def _prepare(
    settings: Settings,
    source: Source,
    address: Address,
    started: Callable[[], object],
    graphs: GraphService,
) -> tuple[uvicorn.Server, AppState]:
    """The server for a graph that is being loaded; this process is busy with imports meanwhile."""
    from kg.serve.state import AppState

    state = AppState(settings, source, started, graphs)
    server = make_server(state, address)
    _return_large_blocks()
    gc.enable()  # the command line does without, but a server goes on for months
    # What was imported stays for good, and a request leaves few cycles: a tenth of its time is
    # saved by looking for them less often.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("kg.serve").setLevel(logging.INFO)
    return server, state


def _open_as_many_as_allowed() -> None:
    """Raise the limit of open files to what the system allows: shells give 1,024 of them."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, min(most, _OPEN_FILES)), most))


_OPEN_FILES: Final = 65_536
"""More than the connections that are admitted; some systems allow a thousand million."""


def _return_large_blocks() -> None:
    """Give large results back to the system when they were sent.

    Otherwise glibc learns from the first of them to keep the next on its heap, where they leave
    holes that are never given back.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


_M_MMAP_THRESHOLD: Final = -3
"""From malloc.h: blocks of this size and more are taken from the system one by one."""
_LARGE: Final = 256 * 1024


def make_server(state: AppState, address: Address) -> uvicorn.Server:
    """The server, not yet running."""
    import uvicorn

    from kg.serve.app import create_app
    from kg.serve.http.connections import Register
    from kg.serve.http.plain import PlainProtocol
    from kg.serve.sparql.lane import Lane

    app = create_app(state)
    connection = partial(PlainProtocol, register=Register(address.limits), way=Lane(state, app))
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=connection,  # type: ignore[arg-type] # it calls what it is given
            ws="none",
            log_config=None,
            log_level="critical",
            # Its own log would hold addresses and query strings.
            access_log=False,
            server_header=False,
            proxy_headers=bool(address.proxies),
            forwarded_allow_ips=list(address.proxies),
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=_GRACE,
        )
    )
