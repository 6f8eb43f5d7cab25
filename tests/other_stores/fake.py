"""A store that answers as it is told to: slowly, cut, busy, or with a page for browsers."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

RESULTS = "application/sparql-results+json"
ONE_ROW = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}'


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a form."""
        return parse_qs(self.body.decode())


@dataclass(frozen=True)
class Says:
    """One reply, and the ways in which it is not whole."""

    body: bytes = ONE_ROW
    status: int = 200
    media_type: str = RESULTS
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None
    """The length that is announced, where it is not the true one."""
    framing: str = "length"
    """`length`, `chunked`, `cut chunks`, or `none`: the end of the line is the end."""
    pause: float = 0.0
    """Seconds between one byte and the next."""
    hang_up: bool = False
    """Close the line without a word."""


Behaviour = Callable[[Asked], Says]


@dataclass
class FakeStore:
    """The address of a store, and what it was asked so far."""

    url: str
    asked: list[Asked]


@contextmanager
def fake_store(*replies: Says | Behaviour) -> Iterator[FakeStore]:
    """A store on this machine that gives one reply after the other, and the last one for ever."""
    asked: list[Asked] = []
    left = list(replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            request = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
            asked.append(request)
            chosen = left.pop(0) if len(left) > 1 else left[0]
            says = chosen(request) if callable(chosen) else chosen
            _write(self, says)

        do_GET = do_POST = do_PUT = do_DELETE = _reply  # noqa: N815 - as http.server has it

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield FakeStore(f"http://127.0.0.1:{server.server_port}/kg/sparql", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _write(handler: BaseHTTPRequestHandler, says: Says) -> None:
    handler.close_connection = True
    if says.hang_up:
        return
    handler.send_response(says.status)
    handler.send_header("Content-Type", says.media_type)
    for name, value in says.headers.items():
        handler.send_header(name, value)
    if says.framing == "length":
        announced = len(says.body) if says.announced is None else says.announced
        handler.send_header("Content-Length", str(announced))
    elif says.framing != "none":
        handler.send_header("Transfer-Encoding", "chunked")
    try:
        handler.end_headers()
        _write_body(handler, says)
    except OSError:
        return  # whoever asked has gone


def _write_body(handler: BaseHTTPRequestHandler, says: Says) -> None:
    if says.framing in ("chunked", "cut chunks"):
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(says.body), says.body))
        handler.wfile.write(b"0\r\n\r\n" if says.framing == "chunked" else b"")
        return
    if not says.pause:
        handler.wfile.write(says.body)
        return
    for byte in says.body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(says.pause)  # the subject: a store that answers slowly


def with_password(user: str, password: str, scheme: str) -> Behaviour:
    """A behaviour that lets in one user only, by `basic` or `digest`."""

    def behaviour(asked: Asked) -> Says:
        given = asked.headers.get("Authorization", "")
        check = _basic if scheme == "basic" else _digest
        if check(given, asked, user, password):
            return Says()
        challenge = 'Basic realm="kg"' if scheme == "basic" else _CHALLENGE
        return Says(b"who?", 401, "text/plain", {"WWW-Authenticate": challenge})

    return behaviour


_CHALLENGE = 'Digest realm="kg", nonce="n0", qop="auth", algorithm=MD5'


def _basic(given: str, _: Asked, user: str, password: str) -> bool:
    return given == "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _digest(given: str, asked: Asked, user: str, password: str) -> bool:
    """RFC 7616 §3.4, with MD5 and qop=auth."""
    if not given.startswith("Digest "):
        return False
    pairs = (part.strip().partition("=") for part in given[7:].split(","))
    said = {name: value.strip('"') for name, _, value in pairs}
    one = _md5(f"{user}:kg:{password}")
    path = urlsplit(asked.path).path
    two = _md5(f"{asked.method}:{path}")
    wanted = _md5(f"{one}:n0:{said['nc']}:{said['cnonce']}:auth:{two}")
    return said["username"] == user and said["response"] == wanted


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
