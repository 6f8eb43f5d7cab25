"""A reply as a value, and how it goes out: conditional, compressed, without a body for HEAD."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from kg.model.errors import KGError
from kg.serve.negotiation import accepts_gzip, negotiate
from kg.serve.problems import MEDIA_TYPE, Problem, problem_of

_WORTH_PACKING: Final = 1024
_LEVEL: Final = 5
_PACKED_TYPES: Final = ("text/", "application/")
PUBLIC: Final = "public, max-age=0, must-revalidate"
"""May be kept by anybody who asks each time whether it is still so."""
NO_STORE: Final = "no-store"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers."""

    body: bytes
    content_type: str
    status: int = 200
    etag: str | None = None
    cache: str = NO_STORE
    headers: tuple[tuple[str, str], ...] = ()
    vary: tuple[str, ...] = ()
    """The request headers that the reply depends on, besides Accept-Encoding."""
    packed: bytes | None = None
    """The body as gzip has it, where it was packed beforehand."""


Answer = Callable[[Request], Awaitable[Reply]]
"""A route: it takes a request and gives a reply, or raises a Problem or a KGError."""


class Endpoint:
    """A route as an ASGI application: the answers to its methods, and the rules that all keep."""

    def __init__(self, template: str, answers: Mapping[str, Answer], *, public: bool) -> None:
        self._template = template
        self._answers = dict(answers)
        if "GET" in answers:
            self._answers["HEAD"] = answers["GET"]
        self._public = public
        self._allow = ", ".join([*self._answers, "OPTIONS"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["kg.route"] = self._template
        scope["kg.public"] = self._public
        request = Request(scope, receive)
        reply = await self._reply(request)
        await deliver(request, reply, send, _CROSS_ORIGIN if self._public else ())

    async def _reply(self, request: Request) -> Reply:
        answer = self._answers.get(request.method)
        if request.method == "OPTIONS":
            return self._options(request)
        if answer is None:
            problem = Problem(
                405,
                "Not a method of this address",
                f"{request.method} is not offered here; wanted: {self._allow}.",
                headers=(("Allow", self._allow),),
            )
            return reply_of(request, problem)
        try:
            return await answer(request)
        except Problem as problem:
            return reply_of(request, problem)
        except KGError as error:
            return reply_of(request, problem_of(error))

    def _options(self, request: Request) -> Reply:
        headers = [("Allow", self._allow)]
        if self._public and "access-control-request-method" in request.headers:
            headers += [
                ("Access-Control-Allow-Methods", self._allow),
                ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match"),
                ("Access-Control-Max-Age", "86400"),
            ]
        return Reply(b"", "", 204, headers=tuple(headers))


_Headers = tuple[tuple[bytes, bytes], ...]
_ALWAYS: Final = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_CROSS_ORIGIN: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Graph-Version, Link, Retry-After"),
)


def etag_of(*parts: object) -> str:
    """A weak ETag: the same for replies that mean the same, however they are packed."""
    return f'W/"{digest_of(*parts)}"'


def digest_of(*parts: object) -> str:
    """The same text for the same parts."""
    texts = [str(part).encode("utf-8", "surrogatepass") for part in parts]
    lengths = ",".join([str(len(text)) for text in texts]).encode()
    return hashlib.blake2b(b"".join((lengths, b":", *texts)), digest_size=16).hexdigest()


def is_fresh(request: Request, etag: str | None) -> bool:
    """Whether the client has what this ETag stands for (RFC 9110 §13.1.2)."""
    header = request.headers.get("if-none-match")
    if header is None or etag is None or request.method not in ("GET", "HEAD"):
        return False
    wanted = etag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") == wanted for each in header.split(","))


def _has_it(request: Request, etag: str | None) -> bool:
    """The same, now that there is something: `*` stands for whatever there is."""
    anything = etag is not None and request.headers.get("if-none-match", "").strip() == "*"
    return is_fresh(request, etag) or (anything and request.method in ("GET", "HEAD"))


def reply_of(request: Request, problem: Problem) -> Reply:
    """What is sent for a problem: JSON, or plain text for who asks for nothing else."""
    accept = request.headers.get("accept")
    chosen = negotiate(accept, (MEDIA_TYPE, "application/json", "text/plain"), MEDIA_TYPE)
    if chosen == "text/plain":
        body = f"{problem.detail}\n".encode("utf-8", "replace")
        content_type = "text/plain; charset=utf-8"
    else:
        body, content_type = problem.body, chosen or MEDIA_TYPE
    return Reply(body, content_type, problem.status, headers=problem.headers, vary=("Accept",))


async def deliver(request: Request, reply: Reply, send: Send, more: _Headers = ()) -> None:
    """Send a reply as this very request wants it, with more headers."""
    status, headers, body = _finished(request, reply)
    headers += (*_ALWAYS, *more)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _finished(request: Request, reply: Reply) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    headers = [(b"vary", ", ".join([*reply.vary, "Accept-Encoding"]).encode())]
    headers.append((b"cache-control", reply.cache.encode()))
    if reply.etag is not None:
        headers.append((b"etag", reply.etag.encode()))
    headers += [(name.lower().encode(), value.encode()) for name, value in reply.headers]
    if reply.status == 200 and _has_it(request, reply.etag):  # noqa: PLR2004
        return 304, headers, b""
    body = reply.body
    if _worth_packing(reply) and accepts_gzip(request.headers.get("accept-encoding")):
        body = reply.packed or gzip.compress(body, _LEVEL, mtime=0)
        headers.append((b"content-encoding", b"gzip"))
    if reply.content_type:
        headers.append((b"content-type", reply.content_type.encode()))
    if reply.status != 204:  # noqa: PLR2004
        headers.append((b"content-length", str(len(body)).encode()))
    return reply.status, headers, b"" if request.method == "HEAD" else body


def _worth_packing(reply: Reply) -> bool:
    return len(reply.body) >= _WORTH_PACKING and reply.content_type.startswith(_PACKED_TYPES)
