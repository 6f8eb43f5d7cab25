"""HTTP connections that may not dawdle: a deadline for every state, and a bound on their number.

uvicorn closes a connection that is idle after a reply. A client that sends its head or its body
byte by byte, or never reads a reply, is closed here.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kg.web.gathering import Gathering
from kg.web.limits import client_of

_LOOK_EVERY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds and bytes that a connection has, and how many connections there may be."""

    head: float = 5.0
    body: float = 10.0
    reply: float = 60.0
    """To read a reply that has been sent."""
    head_bytes: int = 512 * 1024
    """A query in an address is written in up to three bytes a character."""
    body_bytes: int = 4 * 1024 * 1024
    """Of a body that was refused, so that the client comes to read the refusal."""
    unread_bytes: int = 32 * 1024 * 1024
    """Of replies that the clients of one address have asked for and do not read."""
    requests: int = 16
    """That one connection may send before the first of them is answered."""
    connections: int = 1024
    connections_of_one: int = 100
    trusted: frozenset[str] = frozenset()
    """Addresses of proxies, which speak for many."""


@dataclass(eq=False)
class Register:
    """Every open connection, looked at twice a second."""

    patience: Patience = field(default_factory=Patience)
    _open: set[TimedProtocol] = field(default_factory=set)
    _of: Counter[str] = field(default_factory=Counter)
    _waiting: dict[TimedProtocol, None] = field(default_factory=dict)
    """Those whose client is to do something next, the one that began to wait first in front."""
    _timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def protocol(self) -> Callable[..., asyncio.Protocol]:
        """What uvicorn makes its connections with."""
        return partial(TimedProtocol, register=self)

    def admits(self, address: str) -> bool:
        """Whether there is room for one more from an address."""
        trusted = address in self.patience.trusted
        if not trusted and self._of[address] >= self.patience.connections_of_one:
            return False
        return len(self._open) < self.patience.connections or self._has_made_room()

    def _has_made_room(self) -> bool:
        """Close the connection that has waited longest for its client, if there is one.

        Who asks at once is served however many dawdle: they push out each other.
        """
        longest = next(iter(self._waiting), None)
        if longest is None:
            return False
        self.remove(longest, longest.address)
        longest.drop()
        return True

    def waits(self, connection: TimedProtocol, *, waits: bool) -> None:
        """Remember that a connection waits for its client from now on, or that it does not."""
        self._waiting.pop(connection, None)
        if waits and connection in self._open:
            self._waiting[connection] = None

    def add(self, connection: TimedProtocol, address: str) -> None:
        """Watch a connection."""
        self._open.add(connection)
        self._of[address] += 1
        if self._timer is None:
            self._look()

    def remove(self, connection: TimedProtocol, address: str) -> None:
        """Watch it no more."""
        if connection not in self._open:
            return
        self._open.remove(connection)
        self._waiting.pop(connection, None)
        self._of[address] -= 1
        if not self._of[address]:
            del self._of[address]

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in tuple(self._open):
            connection.check(now)
        self._drop_unread()
        self._timer = loop.call_later(_LOOK_EVERY, self._look) if self._open else None

    def _drop_unread(self) -> None:
        """Close connections of a client that asks for much and does not read it, largest first."""
        unread = sorted((each for each in self._open if each.unread), key=lambda each: -each.unread)
        of: Counter[str] = Counter()
        for connection in unread:
            of[connection.address] += connection.unread
        for connection in unread:
            if of[connection.address] > self.patience.unread_bytes:
                of[connection.address] -= connection.unread
                connection.drop()


class TimedProtocol(HttpToolsProtocol):
    """A connection with a deadline for whatever the client is to do next."""

    def __init__(self, *arguments: Any, register: Register, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **named)
        self._register = register
        self.address = ""
        """Who the client is."""
        self._until: float | None = None
        """When the client has to have done it; None while it is the server's turn."""
        self._unanswered: deque[RequestResponseCycle] = deque()
        self._taken = 0
        self._in_body = False
        self._sent = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, or turn the client away where there are too many."""
        super().connection_made(cast("asyncio.Transport", Gathering(transport, self.loop)))
        peer = transport.get_extra_info("peername")
        self.address = client_of(str(peer[0])) if isinstance(peer, tuple) else ""
        if not self._register.admits(self.address):
            self._refuse(b"503 Service Unavailable", b"too many connections", b"Retry-After: 5\r\n")
            return
        self._register.add(self, self.address)
        self._give(self._register.patience.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and what is still to be answered on it."""
        self._register.remove(self, self.address)
        self.pipeline.clear()
        for cycle in self._unanswered:  # uvicorn tells the last of them only
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, as long as it is not too much."""
        if self._sent:
            self._sent = False
            self._give(self._register.patience.head)
        self._taken += len(data)
        patience = self._register.patience
        most = patience.body_bytes if self._in_body else patience.head_bytes
        if self._taken > most:
            self._refuse(b"431 Request Header Fields Too Large", b"the request is too long")
            return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        if len(self._unanswered) >= self._register.patience.requests:
            raise OverflowError("too many requests at once")  # the parser stops, and says 400
        self._in_body = True
        self._taken = 0
        self._give(self._register.patience.body)
        super().on_headers_complete()
        self._unanswered.append(self.cycle)

    def on_message_complete(self) -> None:
        """Let the server do its work."""
        self._in_body = False
        self._taken = 0
        self._until = None
        self._register.waits(self, waits=False)
        if self.cycle.response_complete:  # it was refused before the body was whole
            self._wait_for_next()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the reply to be read, or for the next request."""
        self._unanswered.popleft()
        if not self._in_body:
            self._wait_for_next()
        super().on_response_complete()

    @property
    def unread(self) -> int:
        """Bytes of replies that the client has not read yet."""
        return 0 if self.transport.is_closing() else self.transport.get_write_buffer_size()

    def drop(self) -> None:
        """Close the connection with whatever is still to be sent."""
        self.pipeline.clear()
        self.transport.abort()

    def check(self, now: float) -> None:
        """Close the connection if its time is up."""
        if self._until is None or now < self._until:
            return
        if self._sent or self.transport.get_write_buffer_size():
            self.drop()
        else:
            self._refuse(b"408 Request Timeout", b"the request took too long to arrive")

    def _wait_for_next(self) -> None:
        self._sent = True
        self._give(self._register.patience.reply)

    def _give(self, seconds: float) -> None:
        self._until = self.loop.time() + seconds
        self._register.waits(self, waits=True)

    def _refuse(self, status: bytes, why: bytes, more: bytes = b"") -> None:
        """Say why, in as few bytes as a reply takes, and close."""
        self._until = None
        transport = self.transport
        transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
            b"%bConnection: close\r\n\r\n%b\n" % (status, len(why) + 1, more, why)
        )
        transport.close()
