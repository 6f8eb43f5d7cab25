"""What becomes of connections whose clients read late, or send no more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from waiting import wait_until

from kg.serve.http.connections import Register, TimedProtocol
from kg.serve.http.limits import ConnectionLimits

LARGE = b"x" * 30_000_000
REQUEST = b"GET /%b HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def _app(scope: Scope, _: Receive, send: Send) -> None:
    body = LARGE if scope["path"] == "/large" else b"small"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(name="register", scope="module")
def _register() -> Register:
    return Register(ConnectionLimits(head=0.3, body=0.3, reply=0.6, unread_bytes=1 << 30))


@pytest.fixture(name="port", scope="module")
def _port(register: Register) -> Iterator[int]:
    """Give the port of a server that has little patience."""
    door = socket.create_server(("127.0.0.1", 0))
    connection = partial(TimedProtocol, register=register)
    config = uvicorn.Config(
        _app, http=connection, lifespan="off", ws="none", log_config=None  # type: ignore[arg-type] # it calls what it is given
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    yield int(door.getsockname()[1])
    server.should_exit = True
    thread.join()


def _connected(port: int) -> closing[socket.socket]:
    return closing(socket.create_connection(("127.0.0.1", port), timeout=10))


def _is_read(register: Register, requests: int) -> bool:
    """Whether so many requests are waiting to be answered, or their connection is closed."""
    return all(len(each._unanswered) >= requests for each in tuple(register._open))


@pytest.mark.parametrize("more", [0, 1, 3])
def test_a_reply_that_is_never_read(port: int, register: Register, more: int) -> None:
    """The connection is closed, also if further requests come on it."""
    with _connected(port) as connection:
        connection.sendall(REQUEST % b"large")
        wait_until(lambda: any(each.unread for each in tuple(register._open)))
        for number in range(more):
            connection.sendall(REQUEST % b"small")
            wait_until(partial(_is_read, register, number + 1))
        wait_until(lambda: len(register) == 0)


def test_a_client_that_sends_no_more(port: int) -> None:
    """Whoever closes its own side after a request is given the reply."""
    for _ in range(20):
        with _connected(port) as connection:
            connection.sendall(REQUEST % b"small")
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while piece := connection.recv(4096):
                received += piece

            assert received.endswith(b"small")
