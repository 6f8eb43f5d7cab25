"""Starts `kg serve` as a user would, and speaks HTTP to it over real sockets."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from waiting import wait_until

_NO_BUDGET: Final = ("--client-seconds", "0", "--client-errors", "0")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    pid: int
    port: int
    log: Path
    """What it has written to standard error."""

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def request(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> Answer:
        """The answer to one request on a connection of its own."""
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        ) as connection:
            connection.request(method, target, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())

    def query(self, query: str, **headers: str) -> Answer:
        """The answer to a query in a form."""
        form = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self.request(
            "POST", "/sparql", body=urlencode({"query": query}).encode(), headers=form
        )

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def family(self) -> tuple[int, ...]:
        """The server's process and all that come from it."""
        return (self.pid, *_descendants(self.pid))

    def resident(self) -> int:
        """Bytes of memory that the server's own process holds."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) * 1024 if found else 0


def serving(graph: Path, *options: str) -> AbstractContextManager[Server]:
    """`kg serve` of a file on a free port; at the end it is told to stop, and has to."""
    return serving_built(graph.parent / f"{graph.stem}.log", "--graph", str(graph), *options)


@contextmanager
def serving_built(log: Path, *options: str) -> Iterator[Server]:
    """The same of the built graph, with what is written to standard error in a file."""
    with launched(log, *options) as process:
        yield found(process, log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) in (0, -signal.SIGTERM)


@contextmanager
def launched(
    log: Path, *options: str, program: Sequence[str] = ("-m", "kg"), **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """`kg serve` with these environment variables, which is killed at the end."""
    command = [sys.executable, *program, "serve", "--port", "0", *_NO_BUDGET, *options]
    path = os.pathsep.join(filter(None, sys.path))
    with (
        log.open("wb") as written,
        subprocess.Popen(
            command,
            stderr=written,
            env={**os.environ, "PYTHONPATH": path, **variables},
            cwd=log.parent,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def found(process: subprocess.Popen[bytes], log: Path) -> Server:
    """The server that was launched, once it says where it is found."""
    return Server(process.pid, _port(process, log), log)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """The port that a server says it is found at."""
    address = re.compile(r":(\d+)/\S*sparql")

    def has_spoken() -> bool:
        return process.poll() is not None or address.search(log.read_text("utf-8")) is not None

    wait_until(has_spoken, seconds=20)
    found = address.search(log.read_text("utf-8"))
    assert found is not None, log.read_text("utf-8")
    return int(found[1])


def _descendants(pid: int) -> Iterator[int]:
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):  # each thread has its own
        try:
            children = listed.read_text("utf-8").split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from _descendants(child)
