"""Many slow clients at once that send little or nothing, and others that go on meanwhile."""

from __future__ import annotations

import random
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Final

from servers import Server

_LOOK: Final = 0.05
"""Seconds that a crowd waits for something to happen before it looks at the time."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a connection wastes time."""

    first: bytes
    """What it sends at once."""
    again: bytes = b""
    """What it sends every second from then on."""


MANNERS: Final = {
    "half a head": Manner(b"GET /live HTTP/1.1\r\nHost: loc", b"a"),
    "half a body": Manner(
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        b"Content-Type: application/sparql-query\r\n\r\nA",
        b"S",
    ),
    "nothing": Manner(b""),
    "idle after a reply": Manner(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"),
}


@dataclass(eq=False)
class Member:
    """One connection of a crowd."""

    connection: socket.socket
    opened: float
    manner: Manner
    heard: bytearray = field(default_factory=bytearray)
    closed: float | None = None
    """When the server closed it."""

    @property
    def lasted(self) -> float:
        """Seconds from its opening to its end."""
        return float("inf") if self.closed is None else self.closed - self.opened


class Crowd:
    """Connections from many addresses of the loopback network, fed by a thread of their own."""

    def __init__(self, server: Server, manners: list[Manner], *, each: int, net: int) -> None:
        self.members: list[Member] = []
        self._selector = selectors.DefaultSelector()
        self._stopped = threading.Event()
        self._closed = threading.Event()
        """That the server has closed all of them."""
        for number, manner in enumerate(manners):
            address = f"127.{net}.{number // each // 250}.{number // each % 250 + 1}"
            self._join(server, address, manner)
        self._thread = threading.Thread(target=self._attend)
        self._thread.start()

    def _join(self, server: Server, address: str, manner: Manner) -> None:
        connection = socket.create_connection(
            ("127.0.0.1", server.port), timeout=30, source_address=(address, 0)
        )
        member = Member(connection, time.monotonic(), manner)
        self._push(member, manner.first)
        connection.setblocking(False)  # noqa: FBT003 - as the socket module has it
        self._selector.register(connection, selectors.EVENT_READ, member)
        self.members.append(member)

    @property
    def open(self) -> int:
        """How many are not closed."""
        return sum(member.closed is None for member in self.members)

    def wait(self, seconds: float) -> None:
        """Until all are closed, and at most so long."""
        self._closed.wait(seconds)

    def close(self) -> None:
        """Leave."""
        self._stopped.set()
        self._thread.join()
        self._selector.close()
        for member in self.members:
            member.connection.close()

    def _attend(self) -> None:
        fed = time.monotonic()
        while not self._stopped.is_set():
            for key, _ in self._selector.select(_LOOK):
                self._hear(key.data)
            if time.monotonic() - fed >= 1:
                fed = time.monotonic()
                for member in self.members:
                    if member.closed is None:
                        self._push(member, member.manner.again)

    def _hear(self, member: Member) -> None:
        try:
            piece = member.connection.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        member.heard += piece
        if not piece:
            member.closed = time.monotonic()
            self._selector.unregister(member.connection)
            if not self.open:
                self._closed.set()

    def _push(self, member: Member, piece: bytes) -> None:
        try:
            member.connection.send(piece)
        except OSError:
            return  # its end is heard of when it is read


@contextmanager
def crowd(
    server: Server, manners: list[Manner], *, each: int = 50, net: int = 2
) -> Iterator[Crowd]:
    """So many connections, `each` from one address, that are closed at the end."""
    gathered = Crowd(server, manners, each=each, net=net)
    try:
        yield gathered
    finally:
        gathered.close()


@dataclass
class Seen:
    """What clients saw that wanted nothing but an answer."""

    waits: list[float] = field(default_factory=list)
    """Of answers with 200, in seconds."""
    others: Counter[str] = field(default_factory=Counter)
    """What came instead of an answer, by its status or the kind of the error."""
    answered: list[float] = field(default_factory=list)
    """When each answer was there."""

    def percentile(self, share: float) -> float:
        """The wait that so large a share of the answers did not exceed."""
        return sorted(self.waits)[int(len(self.waits) * share)]

    def longest_gap(self) -> float:
        """The longest time between two answers to anybody."""
        when = sorted(self.answered)
        return max(later - earlier for earlier, later in pairwise(when))

    def __str__(self) -> str:
        return (
            f"{len(self.waits)} good, {dict(self.others)} others; "
            f"p50 {self.percentile(0.5):.4f} s, p99 {self.percentile(0.99):.4f} s, "
            f"max {max(self.waits):.4f} s"
        )


@contextmanager
def good_clients(server: Server, clients: int = 4, pause: float = 0.02) -> Iterator[Seen]:
    """Clients that ask one small query after another, each on a connection of its own."""
    seen, stopped, numbers = Seen(), threading.Event(), count()

    def ask(chance: random.Random) -> None:
        while not stopped.wait(chance.uniform(0, 2 * pause)):
            started = time.monotonic()
            try:
                answer = server.query(f"ASK {{ ?s ?p ?o }} # {next(numbers)}")
                came = str(answer.status)
            except OSError as error:
                came = type(error).__name__
            ended = time.monotonic()
            if came == "200":
                seen.waits.append(ended - started)
                seen.answered.append(ended)
            else:
                seen.others[came] += 1

    threads = [threading.Thread(target=ask, args=(random.Random(n),)) for n in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
