"""HTTP connections against slow clients: a deadline for every state, and a bound on their number.

uvicorn closes a connection that is idle after a reply. A client that sends its head or its body
byte by byte, or never reads a reply, is closed here.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kg.serve.http.limits import ConnectionLimits, client_of
from kg.serve.http.owners import CONNECTION

_LOOK_EVERY: Final = 0.5
_PIECE: Final = 4096
"""Bytes that are parsed at once; a hundred requests are the most that fit."""
_LONGEST_ADDRESS: Final = 65_535
"""What the parser of addresses can take."""
_ADDRESS_TOO_LONG: Final = (
    b"414 URI Too Long",
    b"the address is longer than %d bytes; send the query by POST" % _LONGEST_ADDRESS,
)
_OTHER_CODING: Final = (
    b"501 Not Implemented",
    b"a body is taken as it is or in chunks, and in no other coding",
)
_TOO_LONG: Final = (b"431 Request Header Fields Too Large", b"the request is too long")


@dataclass(eq=False)
class Register:
    """Every open connection, looked at twice a second."""

    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    _open: set[TimedProtocol] = field(default_factory=set)
    _of: Counter[str] = field(default_factory=Counter)
    _waiting: dict[TimedProtocol, None] = field(default_factory=dict)
    """Those whose client is to do something next, the one that began to wait first in front."""
    _timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def admits(self, connection: TimedProtocol) -> bool:
        """Whether there is room for one more from an address."""
        is_one_of_too_many = self._of[connection.address] >= self.limits.connections_of_one
        if is_one_of_too_many and not connection.is_trusted:
            return False
        return len(self._open) < self.limits.connections or self._has_made_room()

    def _has_made_room(self) -> bool:
        """Close the connection that has waited longest for its client, if there is one.

        Who asks at once is served however many are slow: they push out each other.
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
        most = {True: self.limits.unread_bytes_of_proxy, False: self.limits.unread_bytes}
        for connection in unread:
            if of[connection.address] > most[connection.is_trusted]:
                of[connection.address] -= connection.unread
                connection.drop()


class Exchange:
    """A request that uvicorn does not answer, and which its own wait for as for one another."""

    message_event: ClassVar[asyncio.Event] = asyncio.Event()
    """Nobody waits for it."""
    response_complete = False
    disconnected = False
    keep_alive = True


class TimedProtocol(HttpToolsProtocol):
    """A connection with a deadline for whatever the client is to do next."""

    def __init__(self, *arguments: Any, register: Register, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **named)
        self._register = register
        self._limits = register.limits
        self.address = ""
        """Who the client is."""
        self.is_trusted = False
        """Whether it is a proxy."""
        self._ended: asyncio.Future[None] = self.loop.create_future()
        """Done when it has ended."""
        self._until: float | None = None
        """When the client has to have done it; None while it is the server's turn."""
        self._unanswered: deque[RequestResponseCycle | Exchange] = deque()
        self._taken = 0
        self._in_body = False
        self._sent = False
        self._held = b""
        """What has come and is not looked at before something is answered."""
        self._last_words: bytes | None = None
        """A refusal that is said after the replies that are due; nothing is read any more."""
        self._mistake: tuple[bytes, bytes] | None = None
        """The status and the reason that the parser stopped for, where it is not 400."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, or turn the client away where there are too many."""
        self._coalescing = Coalescing(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._coalescing))
        peer = transport.get_extra_info("peername")
        if isinstance(peer, tuple):
            self.address = client_of(str(peer[0]))
            self.is_trusted = self._limits.trusts(str(peer[0]))
        if not self._register.admits(self):
            self._refuse(b"503 Service Unavailable", b"too many connections", b"Retry-After: 5\r\n")
            return
        self._register.add(self, self.address)
        self._give(self._limits.head)

    def on_message_begin(self) -> None:
        """Have each request know its connection, unless that is a proxy's."""
        super().on_message_begin()
        if not self.is_trusted:
            cast("dict[str, object]", self.scope)[CONNECTION] = self._ended

    def eof_received(self) -> None:
        """Send what is written before the transport closes: the client may still read."""
        self._coalescing.flush()
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and what is still to be answered on it."""
        self._register.remove(self, self.address)
        self._ended.set_result(None)
        self.pipeline.clear()
        for cycle in self._unanswered:  # uvicorn tells the last of them only
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, as long as it is not too much."""
        if self._held or len(data) > _PIECE or (self._unanswered and self._is_full):
            self._held += data
            self._read_on()
        else:
            self._read(data)

    @property
    def _is_full(self) -> bool:
        """Whether nothing is looked at before something is answered, or at all."""
        many = len(self._unanswered) >= self._limits.requests
        return (many and not self._in_body) or self._last_words is not None

    def _read_on(self) -> None:
        """Look at what was held, piece by piece: there is no way to stop within one."""
        held, at = self._held, 0
        while at < len(held) and not self._is_full and not self.transport.is_closing():
            self._read(held[at : at + _PIECE])
            at += _PIECE
        if self._last_words is not None or self.transport.is_closing():
            self._held = b""  # nobody will ever look at it
            return
        self._held = held[at:]
        if len(self._held) > self._limits.head_bytes:
            self._refuse(*_TOO_LONG)
        elif self._held:
            self.flow.pause_reading()

    def _read(self, piece: bytes) -> None:
        if self._sent:
            self._sent = False
            self._give(self._limits.head)
        self._taken += len(piece)
        if self._taken > (self._limits.body_bytes if self._in_body else self._limits.head_bytes):
            self._refuse(*_TOO_LONG)
            return
        super().data_received(piece)

    def send_400_response(self, msg: str) -> None:
        """Say why the parser stopped."""
        self._refuse(*(self._mistake or (b"400 Bad Request", msg.encode())))

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        super().on_url(url)
        if len(self.url) > _LONGEST_ADDRESS:
            self._mistake = _ADDRESS_TOO_LONG
            raise OverflowError  # the parser stops

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        if any(name == b"transfer-encoding" and _is_other(value) for name, value in self.headers):
            self._mistake = _OTHER_CODING
            raise NotImplementedError  # the parser stops
        if not self.url.startswith(b"/"):
            self._take_host()
        super().on_headers_complete()
        self._unanswered.append(self.cycle)
        self._in_body = True
        self._taken = 0
        self._give(self._limits.body)

    def _take_host(self) -> None:
        """Have the host of an address that names one in the place of the header (RFC 9112 §3.2)."""
        parts = httptools.parse_url(self.url)
        if not parts.host or sum(name == b"host" for name, _ in self.headers) > 1:
            return  # it is `*`, or to be refused
        name = b"[%b]" % parts.host if b":" in parts.host else parts.host
        host = b"%b:%d" % (name, parts.port) if parts.port else name
        self.headers[:] = [each for each in self.headers if each[0] != b"host"]
        self.headers.append((b"host", host))
        self.url = (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")

    def on_message_complete(self) -> None:
        """Let the server do its work."""
        self._in_body = False
        self._taken = 0
        self._until = None
        self._register.waits(self, waits=False)
        # It was refused before the body was whole, or the client does not read what is due.
        if self.cycle.response_complete or self.flow.write_paused:
            self._wait_for_next()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the reply to be read, or for the next request."""
        self._go_to_next()
        super().on_response_complete()
        if self._held:
            self._read_on()

    def _go_to_next(self) -> None:
        """Have done with the first of what is to be answered."""
        self._unanswered.popleft()
        if not self._in_body:
            self._wait_for_next()
        if self._last_words is not None and not self._unanswered:
            self._say_and_close(self._last_words)

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
        if self._unanswered and not self.flow.write_paused:  # it is still the server's turn
            self._until = None
            self._register.waits(self, waits=False)
        else:
            self._give(self._limits.reply)

    def _give(self, seconds: float) -> None:
        self._until = self.loop.time() + seconds
        self._register.waits(self, waits=True)

    def _refuse(self, status: bytes, why: bytes, more: bytes = b"") -> None:
        """Say why, in as few bytes as a reply takes, and close, when the replies due are sent."""
        if self._last_words is not None:
            return
        self._until = None
        self._held = b""
        if self._in_body and self.cycle.response_complete:  # of what was answered, there is more
            self.transport.close()
            self._wait_for_next()
            return
        words = (
            b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
            b"%bConnection: close\r\n\r\n%b\n" % (status, len(why) + 1, more, why)
        )
        if len(self._unanswered) > self._is_cut:
            self._last_words = words
            if self._is_cut:  # it waits for those before it, and is not to be begun
                self._unanswered.pop()
                self.pipeline.popleft()
        else:
            self._say_and_close(words)

    @property
    def _is_cut(self) -> bool:
        """Whether the last request is not whole, so that the refusal is the reply to it."""
        return self._in_body and not self.cycle.response_complete

    def _say_and_close(self, words: bytes) -> None:
        self.transport.write(words)
        self.transport.close()
        self._wait_for_next()  # until it is read


def _is_other(coding: bytes) -> bool:
    """Whether a body is sent in another coding than the one that every server knows."""
    return coding.strip().lower() != b"chunked"


class Coalescing:
    """A transport that sends in one go what is written in one turn of the loop.

    uvicorn writes the head and the body of a reply one after the other. Each would be a call to
    the system, a packet, and a client that wakes up for half a reply: a tenth of all time under
    load. All but writing is left to another transport.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing
        self._loop = loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the other transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this with what else is written before the loop goes on."""
        if not self._pieces:
            self._loop.call_soon(self.flush)
        self._pieces.append(data)

    def write_now(self, data: bytes) -> None:
        """Send this behind what is written so far."""
        if self._pieces:
            self._pieces.append(data)
            self.flush()
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what is written so far."""
        pieces, self._pieces = self._pieces, []
        if pieces and not self._transport.is_closing():
            self._transport.writelines(pieces)

    def get_write_buffer_size(self) -> int:
        """Bytes that are still to be sent."""
        written = sum(map(len, self._pieces)) if self._pieces else 0
        return written + self._transport.get_write_buffer_size()

    def close(self) -> None:
        """Close when everything is sent."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._pieces.clear()
        self._transport.abort()
