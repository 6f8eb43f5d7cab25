"""A small reverse proxy, as an institution has one: a server below a path of its own."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from servers import found, launched

_BETWEEN = frozenset({"connection", "transfer-encoding", "keep-alive"})
"""What holds between two machines, and is not passed on."""


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, prefix: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.prefix = prefix
        self.behind = 0
        """The port of the server behind."""
        self.strayed: list[str] = []
        """Paths outside of the prefix that were asked for."""


class _Handler(BaseHTTPRequestHandler):
    server: _Proxy

    def do_GET(self) -> None:
        """Pass a request on without the prefix, and the reply as it is."""
        server = self.server
        if not self.path.startswith(server.prefix):
            server.strayed.append(self.path)
            self.send_error(404)
            return
        length = int(self.headers.get("content-length", 0))
        with closing(http.client.HTTPConnection("127.0.0.1", server.behind, timeout=30)) as behind:
            path = "/" + self.path.removeprefix(server.prefix)
            behind.request(self.command, path, self.rfile.read(length), dict(self.headers.items()))
            reply = behind.getresponse()
            content = reply.read()
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in _BETWEEN:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        """The same for what has a body."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


@contextmanager
def behind_a_proxy(log: Path, prefix: str = "/at/etiograph/") -> Iterator[tuple[str, list[str]]]:
    """Where the built graph is served behind a proxy, and the paths that strayed from there."""
    with _Proxy(prefix) as proxy:
        url = f"http://127.0.0.1:{proxy.server_address[1]}{prefix.removesuffix('/')}"
        proxy.behind = _free_port()
        with launched(log, "--public-url", url, "--port", str(proxy.behind)) as process:
            found(process, log)  # waits until it says so
            Thread(target=proxy.serve_forever, daemon=True).start()
            yield url, proxy.strayed
            proxy.shutdown()
