"""The short way: a plain request is read, answered and sent in turns of the loop, without a task.

Most requests of programs are a GET for one address, whole in one piece, with a few headers. Such a
one needs neither a parser that takes it byte by byte nor the layers of an application. Whatever is
not as plain as that, or cannot be answered so, goes the usual way from its first byte.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, ClassVar, Final, NamedTuple, Protocol, cast
from urllib.parse import unquote_to_bytes

from kg.serve.http.connections import Exchange, TimedProtocol
from kg.serve.http.parts import RawHeaders
from kg.serve.http.responses import Written

_START: Final = b"GET /sparql?"
_END: Final = b"\r\n\r\n"
_LONGEST: Final = 32 * 1024
_LONGEST_HEAD: Final = 2048
_ADDRESS: Final = bytes({*range(0x21, 0x7F)} - {*b"#"})
"""What an address holds as RFC 3986 has it, and what browsers send besides; no fragment."""
_LINES: Final = re.compile(rb"(?:[A-Za-z-]+: ?[!-~](?:[ -~]*[!-~])?\r\n)+")
_PLAIN: Final = frozenset(
    (
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "dnt",
        "host",
        "if-none-match",
        "origin",
        "pragma",
        "priority",
        "referer",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-gpc",
        "user-agent",
    )
)
"""Headers that say nothing of a body, a proxy or a person, as programs and scripts in browsers send
them; with any other one, a request is not plain."""
_LINES_OF: Final = {
    each.value: f"HTTP/1.1 {each.value} {each.phrase}\r\n".encode() for each in HTTPStatus
}


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What a request says besides its address; requests that say the same have the same one."""

    headers: Mapping[str, str]
    """By names in lower case."""

    @property
    def accept(self) -> str | None:
        """Which forms of a reply are wanted."""
        return self.headers.get("accept")


class PlainRequest(NamedTuple):
    """A GET without a body."""

    address: bytes
    """What stands behind the question mark."""
    head: Head
    client: str
    """Whose account it is on."""


class ShortWay(Protocol):
    """What answers plain requests."""

    def known(self, sent: bytes) -> Written | None:
        """What is sent for a request that is byte for byte as one before, but for its date."""
        ...

    def begin(self, request: PlainRequest, answer: PlainAnswer) -> bool:
        """Begin to answer a request; False where it has to go the usual way."""
        ...


class PlainAnswer(Protocol):
    """Where the answer to a plain request goes."""

    sent: bytes
    """The request."""
    left: Callable[[], object] | None
    """Called when the client has left before it is answered, and None from then on."""

    def send(self, answer: Written) -> None:
        """Send the whole answer, with its date put in its place."""
        ...


def read_plain(data: bytes, client: str) -> PlainRequest | None:
    """The request that a piece is, where it is one whole plain request."""
    if len(data) > _LONGEST or not data.endswith(_END):
        return None
    address, _, lines = data[len(_START) :].partition(b" HTTP/1.1\r\n")
    head = _read_head(lines) if len(lines) <= _LONGEST_HEAD else None
    if head is None or not address or address.translate(None, _ADDRESS):
        return None
    return PlainRequest(address, head, client)


@lru_cache(maxsize=512)
def _read_head(lines: bytes) -> Head | None:
    """The headers of a plain request, with the empty line behind; None for any other."""
    if not _LINES.fullmatch(lines, 0, len(lines) - 2):
        return None
    headers: dict[str, str] = {}
    for line in lines[:-4].decode("ascii").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() in headers:
            return None
        headers[name.lower()] = value.strip()
    stays = headers.get("connection", "keep-alive").lower() == "keep-alive"
    return Head(headers) if stays and _PLAIN.issuperset(headers) else None


def decoded(value: bytes) -> str:
    """A value in an address, as `urllib.parse.parse_qs` has it; ValueError where it is no UTF-8.

    An escape is one of quoted-printable text but for its first character, and that is decoded by
    the machine and not by Python: a long query has a thousand of them. In an address there is no
    line end, which such a text may have behind an escape.
    """
    value = value.replace(b"+", b" ")
    found = a2b_qp(value.replace(b"=", b"=3D").replace(b"%", b"="))
    if len(found) != len(value) - 2 * value.count(b"%"):
        found = unquote_to_bytes(value)  # not each of them is an escape
    return found.decode()


def written_head(headers: RawHeaders) -> bytes:
    """The headers of a reply as bytes, with the empty line behind."""
    return b"".join([b"%b: %b\r\n" % each for each in headers] + [b"\r\n"])


class _Exchange(Exchange):
    """One request on the short way."""

    def __init__(self, sent: bytes, connection: PlainProtocol) -> None:
        self.sent = sent
        self.left: Callable[[], object] | None = None
        self._connection: PlainProtocol | None = connection

    def send(self, answer: Written) -> None:
        """Send the answer, if the client is still there."""
        if self._connection is not None:
            self._connection.finish(answer)

    def leave(self) -> None:
        """Stop what is done for it: its client is gone."""
        self._connection = None
        left, self.left = self.left, None
        if left is not None:
            left()


class PlainProtocol(TimedProtocol):
    """A connection whose plain requests are answered on the short way, one at a time."""

    _dated: ClassVar[tuple[RawHeaders, bytes]] = [], b""
    """The headers that were written last, and how."""

    def __init__(self, *arguments: Any, way: ShortWay, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **named)
        self._way = way
        self._exchange: _Exchange | None = None
        self._between = True
        """Whether the parser has seen whole requests and nothing more."""

    def data_received(self, data: bytes) -> None:
        """Answer a plain request at once, if nothing else is due."""
        if not (data.startswith(_START) and self._is_free and self._takes(data)):
            super().data_received(data)

    @property
    def _is_free(self) -> bool:
        is_quiet = self._between and not self._unanswered and not self._held
        is_open = self._last_words is None and not self.transport.is_closing()
        return is_quiet and is_open and not self.is_trusted and not self.flow.write_paused

    def _takes(self, data: bytes) -> bool:
        """Whether a piece is a plain request, which is begun to be answered or is answered."""
        known = self._way.known(data)
        request = read_plain(data, self.address) if known is None else None
        if known is None and request is None:
            return False
        self._unset_keepalive_if_required()
        before, self._exchange = self.cycle, _Exchange(data, self)
        self._unanswered.append(self._exchange)
        self.cycle = cast("Any", self._exchange)  # requests behind it wait for it
        if known is not None:
            self.finish(known)
        elif request is None or not self._way.begin(request, self._exchange):
            self._unanswered.clear()
            self._exchange, self.cycle = None, before
            return False
        elif self._exchange is not None:  # it is the server's turn
            self._until = None
            self._register.waits(self, waits=False)
        return True

    def finish(self, answer: Written) -> None:
        """Send the answer of the request that is due, and go on with what has come meanwhile."""
        exchange, self._exchange = self._exchange, None
        if exchange is None:
            return
        exchange.response_complete = True
        start = _LINES_OF[answer.status]
        self._coalescing.write_now(b"".join((start, self._date(), answer.head, answer.body)))
        if not exchange.keep_alive:
            self.transport.close()
        if self.pipeline or self._held or self._last_words is not None:
            self.on_response_complete()
            return
        self.server_state.total_requests += 1
        self._unanswered.popleft()
        self._sent = True
        is_read = not self.transport.get_write_buffer_size()
        # in place of a timer for each reply
        self._give(self.timeout_keep_alive if is_read else self._limits.reply)

    def _date(self) -> bytes:
        """The headers that uvicorn gives to each reply, behind its first line."""
        named = self.server_state.default_headers
        if named is not PlainProtocol._dated[0]:  # it makes them anew each second
            PlainProtocol._dated = named, b"".join([b"%b: %b\r\n" % each for each in named])
        return PlainProtocol._dated[1]

    def on_message_begin(self) -> None:
        """Have the parser end what it has begun."""
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Be free for the short way again."""
        self._between = True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop what is done for who has left."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.leave()
        super().connection_lost(exc)
