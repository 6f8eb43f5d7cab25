"""What is sent back: replies, problems, and the replies that are kept.

A reply is conditional, packed for whoever can unpack it, and without a body for HEAD, whichever
route made it. Whatever goes wrong is a problem: a status and a JSON object that says what
(RFC 9457).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.model import errors
from kg.model.errors import BusyError, KGError, QuerySyntaxError
from kg.serve.http.negotiation import accepts_gzip, negotiate
from kg.serve.http.parts import RawHeaders, part_of

PUBLIC: Final = "public, max-age=0, must-revalidate"
"""May be kept by anybody who asks each time whether it is still so."""
NO_STORE: Final = "no-store"
PROBLEM: Final = "application/problem+json"
_SAFE: Final = ("GET", "HEAD", "QUERY")

_WORTH_PACKING: Final = 1024
_LEVEL: Final = 5
_PACKED_TYPES: Final = ("text/", "application/")
_ECHO: Final = 2000
"""Characters of a message that are sent; what a client sent may be in it."""


class Reply(Response):
    """What a route answers; it can be sent again and again, to different requests.

    `vary` names the request headers that it depends on, besides Accept-Encoding; `packed` is the
    body as gzip has it, where it was packed beforehand. Of what `has_parts` a part can be asked
    for; its ETag has to be a strong one.
    """

    def __init__(  # noqa: PLR0913 - a reply has that many parts
        self,
        body: bytes,
        content_type: str = "",
        status: int = 200,
        *,
        etag: str | None = None,
        cache: str = NO_STORE,
        headers: tuple[tuple[str, str], ...] = (),
        vary: tuple[str, ...] = (),
        packed: bytes | None = None,
        has_parts: bool = False,
    ) -> None:
        self.status_code = status
        self.background = None
        self.body: bytes = body
        self.content_type = content_type
        self.etag = etag
        self.packed = packed
        self.has_parts = has_parts
        self.headers_given = headers
        """Those that the route has given it."""
        self._cache = cache
        self._vary = vary

    @property
    def raw_headers(self) -> RawHeaders:  # type: ignore[override] # whoever sends it makes them
        """What it says besides its body, as it goes out."""
        vary = ", ".join([*self._vary, "Accept-Encoding"])
        named = [("vary", vary), ("cache-control", self._cache)]
        named += [("etag", self.etag)] if self.etag is not None else []
        return [
            (name.lower().encode(), value.encode()) for name, value in (*named, *self.headers_given)
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Send it as this very request wants it."""
        status, headers, body = self.adapt(scope["method"], Headers(scope=scope))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def adapt(self, method: str, asked: Mapping[str, str]) -> tuple[int, RawHeaders, bytes]:
        """The status, the headers and the body for a request with this method and headers."""
        headers = self.raw_headers
        if self.status_code == 200 and _is_known(method, asked, self.etag, "*"):  # noqa: PLR2004
            return 304, headers, b""
        if self.has_parts:
            part = part_of(asked, len(self.body), headers) if method == "GET" else None
            headers.append((b"accept-ranges", b"bytes"))
            if part is not None:
                return self._cut(part, headers)
        body = self.body
        if self.is_worth_packing and accepts_gzip(asked.get("accept-encoding")):
            body = self.packed or gzip.compress(body, _LEVEL, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
            headers = [_weak(*each) for each in headers] if self.has_parts else headers
        if self.content_type:
            headers.append((b"content-type", self.content_type.encode()))
        if self.status_code != 204:  # noqa: PLR2004
            headers.append((b"content-length", str(len(body)).encode()))
        return self.status_code, headers, b"" if method == "HEAD" else body

    def _cut(self, part: range, headers: RawHeaders) -> tuple[int, RawHeaders, bytes]:
        """A part of the body as it is, or that there is no such part."""
        whole = len(self.body)
        status, place = (206, f"{part[0]}-{part[-1]}") if part else (416, "*")
        body = self.body[part.start : part.stop]
        headers += [
            (b"content-range", f"bytes {place}/{whole}".encode()),
            (b"content-type", self.content_type.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        return status, headers, body

    @property
    def is_worth_packing(self) -> bool:
        """Whether it goes out packed to whoever can unpack it."""
        is_long = len(self.body) >= _WORTH_PACKING
        return is_long and self.content_type.startswith(_PACKED_TYPES)


def _weak(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header of a reply that was packed: its bytes are not those that the ETag stands for."""
    return name, b"W/" + value if name == b"etag" else value


def etag_of(*parts: object) -> str:
    """A weak ETag: the same for replies that mean the same, however they are packed."""
    return f'W/"{digest_of(*parts)}"'


def digest_of(*parts: object) -> str:
    """The same text for the same parts."""
    texts = [str(part).encode("utf-8", "surrogatepass") for part in parts]
    lengths = ",".join([str(len(text)) for text in texts]).encode()
    return hashlib.blake2b(b"".join((lengths, b":", *texts)), digest_size=16).hexdigest()


def is_fresh(method: str, headers: Mapping[str, str], etag: str | None) -> bool:
    """Whether the client has what this ETag stands for (RFC 9110 §13.1.2)."""
    return _is_known(method, headers, etag)


def _is_known(method: str, asked: Mapping[str, str], etag: str | None, *also: str) -> bool:
    """The same; `*`, which stands for whatever there is, counts only where something is."""
    known = asked.get("if-none-match")
    if known is None or etag is None or method not in _SAFE:
        return False
    wanted = (etag.removeprefix("W/"), *also)
    return any(each.strip().removeprefix("W/") in wanted for each in known.split(","))


# ── Problems ────────────────────────────────────────────────────────────────────────────────


class Problem(Exception):  # noqa: N818 - it is what RFC 9457 calls it
    """One thing that went wrong with a request.

    `more` is what a program may want to know besides, such as `line` and `column`.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        more: Mapping[str, object] | None = None,
        *,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.more = more or {}
        self.headers = headers

    def reply(self, accept: str | None) -> Reply:
        """What is sent: JSON, or plain text for who asks for nothing else."""
        chosen = negotiate(accept, (PROBLEM, "application/json", "text/plain"), PROBLEM)
        if chosen == "text/plain":
            body = f"{self.detail}\n".encode("utf-8", "replace")
            content_type = "text/plain; charset=utf-8"
        else:
            body, content_type = self._json(), chosen or PROBLEM
        return Reply(body, content_type, self.status, headers=self.headers, vary=("Accept",))

    @property
    def content(self) -> dict[str, object]:
        """What is sent of it, as JSON has it."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail[:_ECHO],
            **self.more,
        }

    def _json(self) -> bytes:
        return (json.dumps(self.content, ensure_ascii=True, indent=1) + "\n").encode()


UNEXPECTED: Final = Problem(
    500, "A mistake in the server", "This should not happen; it has been counted."
)
"""What a client is told of an unhandled exception: that there was one, and nothing of it."""

_STATUS: Final[tuple[tuple[type[KGError], int, str], ...]] = (
    (errors.RefusedQueryError, 403, "Not offered here"),
    (errors.QuerySyntaxError, 400, "The query cannot be read"),
    (errors.UsageError, 400, "The request cannot be understood"),
    (errors.DeadlineError, 504, "The query took too long"),
    (errors.ExhaustedError, 422, "The query needs more than it may have"),
    (errors.ResultTooLargeError, 413, "The result is too large"),
    (errors.BusyError, 503, "Busy"),
    (errors.StoreError, 422, "The query cannot be answered"),
    (errors.ProductError, 503, "No graph"),
    (errors.KGError, 500, "A mistake in the server"),
)
"""The first that fits; 500 is for mistakes of ours."""


def problem_of(error: KGError) -> Problem:
    """What a client is told of an error."""
    status, title = next(each[1:] for each in _STATUS if isinstance(error, each[0]))
    more: dict[str, object] = {}
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        more = {"line": error.line, "column": error.column}
    if isinstance(error, BusyError):
        headers = (("Retry-After", str(error.retry_after)),)
    return Problem(status, title, error.message, more, headers=headers)


async def handle_problem(request: Request, error: Exception) -> Response:
    """The reply to a request that ended with a Problem or an error of this library."""
    problem = problem_of(error) if isinstance(error, KGError) else error
    assert isinstance(problem, Problem)  # noqa: S101 - it is registered for these
    return problem.reply(request.headers.get("accept"))


# ── Replies that are kept ───────────────────────────────────────────────────────────────────

_LARGEST: Final = 16
"""No reply takes more than one part in so many, so that one does not push out all others."""
_OVERHEAD: Final = 1024
"""Bytes that an entry takes besides its body: its key, headers, and places in the tables."""


class ReplyCache:
    """The replies asked for last, in a bounded number of bytes; 0 keeps none."""

    def __init__(self, most_bytes: int) -> None:
        self.hits = 0
        self.misses = 0
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, Reply] = OrderedDict()

    def get(self, key: Hashable) -> Reply | None:
        """The reply that was kept under a key."""
        kept = self._kept.get(key)
        if kept is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return kept

    def put(self, key: Hashable, reply: Reply) -> None:
        """Keep a reply, and let go of those that were not asked for longest."""
        before = self._kept.get(key)
        is_packed = before is not None and before.packed is not None
        size = _size(reply)
        if size * _LARGEST > self._most or is_packed:
            return
        if before is not None:
            self._size -= _size(self._kept.pop(key))
        self._kept[key] = reply
        self._size += size
        while self._size > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._size -= _size(oldest)

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._size = 0


class Written(NamedTuple):
    """A reply as bytes, without its date."""

    status: int
    head: bytes
    """Its headers, with the empty line behind."""
    body: bytes

    @property
    def version(self) -> str:
        """The version of the graph that it is made of; `-` where it is made of none."""
        return self.head.partition(b"\r\ngraph-version: ")[2].partition(b"\r")[0].decode() or "-"


class SentCache:
    """What was sent for requests that may come again byte for byte, in bounded memory."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[bytes, Written] = OrderedDict()

    def get(self, request: bytes) -> Written | None:
        """What was sent for these bytes."""
        kept = self._kept.get(request)
        if kept is not None:
            self._kept.move_to_end(request)
        return kept

    def put(self, request: bytes, written: Written) -> None:
        """Keep what was sent, and let go of what was not asked for longest."""
        needed = _needed(request, written)
        if needed * _LARGEST > self._most or request in self._kept:
            return
        self._kept[request] = written
        self._size += needed
        while self._size > self._most:
            self._size -= _needed(*self._kept.popitem(last=False))

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._size = 0


def _needed(request: bytes, written: Written) -> int:
    return len(request) + len(written.head) + len(written.body) + _OVERHEAD


def _size(reply: Reply) -> int:
    return len(reply.body) + len(reply.packed or b"") + _OVERHEAD
