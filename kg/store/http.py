"""Requests to a store over HTTP: a whole reply within the time allowed, or an error.

httpx sends them and answers challenges. Ours is what it leaves open: one deadline for all tries,
pauses and reads; a bound on what is read; a cut reply is an error, also where it is packed; nothing
secret travels in the clear. Redirects are not followed: a POST would become a GET, and its query
would be lost on the way.
"""

from __future__ import annotations

import math
import random
import re
import ssl
import time
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import count
from typing import Final

import httpx

from kg.model.errors import (
    BusyError,
    DeadlineError,
    PartialResultError,
    StoreAccessError,
    StoreError,
    StoreRefusedError,
    StoreUnreachableError,
    UsageError,
)

_HEADERS: Final = {"User-Agent": "etiograph (sparqlwrapper)", "Accept-Encoding": "gzip"}
_TOKEN: Final = re.compile("[!-~]*")
"""More than RFC 6750 allows, and nothing that ends a header."""
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_GZIP: Final = 16 + zlib.MAX_WBITS
_PIECE: Final = 1 << 16
_EXCERPT: Final = 300
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_NO_ACCESS: Final = (_UNAUTHORIZED, _FORBIDDEN, 407)
_TRY_LATER: Final = (429, 503)


@dataclass(frozen=True)
class Credentials(httpx.Auth):
    """Who asks a store: a user with a password, a token, or nobody; no secret is ever shown."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.token and self.user:
            raise UsageError("a token and a user are given; wanted: one of them.")
        if not (self.user + self.password).isprintable() or not _TOKEN.fullmatch(self.token):
            raise UsageError("credentials hold a character that no header can carry.")

    def __str__(self) -> str:
        who = f"the user {self.user}" if self.user else "the token"
        return f"for {who}" if self.user or self.token else "without credentials"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """A token goes with the request; a password, once, to a store that asks for it."""
        if self.token:
            _refuse_clear(request.url)
            request.headers["Authorization"] = f"Bearer {self.token}"
        response = yield request
        if not self.user or response.status_code != _UNAUTHORIZED:
            return
        offered = [each.lower() for each in response.headers.get_list("www-authenticate")]
        if any(each.startswith("digest ") for each in offered):
            flow = httpx.DigestAuth(self.user, self.password).auth_flow(request)
            next(flow)
            try:
                signed = flow.send(response)
            except (KeyError, ValueError, NotImplementedError, httpx.ProtocolError) as error:
                unknown = f"the store wants what is not spoken here: {error}."
                raise StoreAccessError(unknown) from None
            yield signed
        elif any(each.startswith("basic") for each in offered):
            _refuse_clear(request.url)
            yield next(httpx.BasicAuth(self.user, self.password).auth_flow(request))


def _refuse_clear(url: httpx.URL) -> None:
    """StoreAccessError where a secret would go over an open line to another machine."""
    if url.scheme != "https" and url.host not in _LOOPBACK:
        raise StoreAccessError(
            f"the token or password for {url.host} would travel in the clear; wanted: https."
        )


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait, how often to try again, and how much to read."""

    seconds: float = 60.0
    """For one request with all its tries."""
    tries: int = 4
    pause: float = 0.5
    """Before the second try; each further one waits twice as long."""
    most_bytes: int = 1 << 28

    def pause_after(self, tried: int) -> float:
        """The seconds before the next try; infinite where there is none."""
        if tried >= self.tries:
            return math.inf
        return self.pause * 2.0 ** (tried - 1) * random.uniform(1, 1.5)  # noqa: S311 - no secret


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply."""

    status: int
    headers: Mapping[str, str]
    """By name, in whatever case."""
    body: bytes
    framed: bool
    """Whether the reply said how long it is, so that a cut would have been noticed."""


@dataclass(frozen=True)
class HttpClient:
    """The way to one store."""

    credentials: Credentials = field(default_factory=Credentials)
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    sleep: Callable[[float], None] = time.sleep

    def send(  # noqa: PLR0913 - the parts of one request
        self,
        method: str,
        url: str,
        *,
        form: Mapping[str, str | Sequence[str]] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
    ) -> Reply:
        """The whole reply with a status below 300; anything else is an error.

        A request is tried again where the store asks to come back later and, if it is `repeatable`
        (doing it twice leaves the store as doing it once), where the connection broke.
        """
        said = {**_HEADERS, **(headers or {})}
        deadline = time.monotonic() + self.policy.seconds
        for tried in count(1):
            wanted = 0.0
            request = httpx.Request(method, url, data=form, content=content, headers=said)
            try:
                reply = self._try(request, deadline)
                if reply.status not in _TRY_LATER:
                    break
                wanted = _seconds(reply.headers.get("retry-after", ""))
                failure: StoreError = _busy(_place(request), reply.status, wanted, tried)
            except StoreUnreachableError as error:
                if not repeatable:
                    raise
                failure = error
            pause = max(self.policy.pause_after(tried), wanted)
            if time.monotonic() + pause >= deadline:
                raise failure
            self.sleep(pause)
        return _accept(reply, without_query(url), self.credentials)

    def _try(self, request: httpx.Request, deadline: float) -> Reply:
        where = _place(request)
        try:
            return self._exchange(request, deadline)
        except httpx.TimeoutException:
            raise self._too_slow(request) from None
        except httpx.ConnectError as error:
            raise StoreUnreachableError(f"{where} cannot be reached: {error}.") from None
        except httpx.TransportError as error:
            told = str(error).rstrip(".") or type(error).__name__
            raise StoreUnreachableError(f"{where} broke the connection: {told}.") from None

    def _exchange(self, request: httpx.Request, deadline: float) -> Reply:
        """The reply to a request or, where a password is asked for, to the same one with it.

        httpx would do this too, and read whatever comes with the question, however long it is.
        """
        flow = self.credentials.auth_flow(request)
        wanted = next(flow)
        while True:
            left = httpx.Timeout(self._left(request, deadline))
            wanted.extensions = {"timeout": left.as_dict()}
            with closing(_client().send(wanted, stream=True, auth=None)) as response:
                try:
                    wanted = flow.send(response)
                except StopIteration:
                    return self._read(response, deadline)

    def _read(self, response: httpx.Response, deadline: float) -> Reply:
        """The body as a whole, or the beginning of what is said of a failure."""
        body = bytearray()
        for piece in self._pieces(response, deadline):
            body += piece
            if len(body) > self.policy.most_bytes:
                raise PartialResultError(
                    f"{_place(response.request)} replied with more than {self.policy.most_bytes} "
                    "bytes, which is more than is read."
                )
            if body and not response.is_success:
                break
        framed = {"content-length", "transfer-encoding"} & response.headers.keys()
        whole = bool(framed) or _is_packed(response)
        return Reply(response.status_code, response.headers, bytes(body), whole)

    def _pieces(self, response: httpx.Response, deadline: float) -> Iterator[bytes]:
        """The body in pieces of which none is large, unpacked where the store packed it."""
        unpacking = zlib.decompressobj(_GZIP) if _is_packed(response) else None
        try:
            for left in response.iter_raw():
                self._left(response.request, deadline)
                while left and unpacking is not None:
                    yield unpacking.decompress(left, _PIECE)
                    left = unpacking.unconsumed_tail  # noqa: PLW2901 - eaten up
                yield left
        except (httpx.RemoteProtocolError, zlib.error) as error:
            raise _broken_off(response, str(error)) from None
        if unpacking is not None and not unpacking.eof:
            raise _broken_off(response, "what is packed has no end")

    def _left(self, request: httpx.Request, deadline: float) -> float:
        """The seconds that are left; DeadlineError where there are none."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise self._too_slow(request)
        return left

    def _too_slow(self, request: httpx.Request) -> DeadlineError:
        return DeadlineError(
            f"{_place(request)} gave no whole reply within {self.policy.seconds:g} seconds."
        )


@cache
def _client() -> httpx.Client:
    """What sends; made once, for that takes 20 ms. It trusts whom this machine trusts.

    It keeps no line open: one that the store closes would break the next request on its way.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(verify=ssl.create_default_context(), limits=limits)


def checked_url(url: str) -> str:
    """An address that can be asked; UsageError where it is none."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        parts = httpx.URL()
    if parts.scheme not in ("http", "https") or not parts.host:
        raise UsageError(f"{url!r} is no address of a store; wanted: http(s)://HOST/PATH.")
    if parts.userinfo:
        raise UsageError("an address with a password in it would be shown; give it apart from it.")
    return url


def without_query(url: str) -> str:
    """An address as messages show it, without what was asked."""
    return url.partition("?")[0]


def _place(request: httpx.Request) -> str:
    return without_query(str(request.url))


def _is_packed(response: httpx.Response) -> bool:
    return bool(response.headers.get("content-encoding", "").strip().lower() == "gzip")


def _broken_off(response: httpx.Response, why: str) -> PartialResultError:
    return PartialResultError(
        f"{_place(response.request)} broke off its reply ({why}); nothing of it is used."
    )


def _accept(reply: Reply, where: str, asked_by: Credentials) -> Reply:
    """A reply with a status below 300; StoreRefusedError or StoreAccessError for any other."""
    status, target = reply.status, reply.headers.get("location")
    if status < 300:  # noqa: PLR2004 - the class of successes
        return reply
    if status < 400:  # noqa: PLR2004 - the class of redirects
        raise StoreRefusedError(
            f"{where} sends on to {target or 'another address'} ({status}); "
            "give that address if it is right.",
            status=status,
        )
    if status in _NO_ACCESS:
        refuses = "forbids what was asked" if status == _FORBIDDEN else "refuses access"
        raise StoreAccessError(f"{where} {refuses} {asked_by} ({status}){_reason(reply)}")
    raise StoreRefusedError(f"{where} replied with {status}{_reason(reply)}", status=status)


def _reason(reply: Reply) -> str:
    """What the store says of a failure, shortened; a page for a browser says nothing."""
    text = reply.body[: 4 * _EXCERPT].decode("utf-8", "replace")
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not words or "html" in reply.headers.get("content-type", ""):
        return "."
    return f": {words[:_EXCERPT]}{' …' if len(words) > _EXCERPT else ''}"


def _busy(where: str, status: int, wanted: float, tried: int) -> BusyError:
    asked = f", asking for {wanted:g} seconds" if wanted else ""
    return BusyError(
        f"{where} has no room for the request ({status}{asked}); tries: {tried}. Try again later.",
        retry_after=max(1, math.ceil(wanted)),
    )


def _seconds(retry_after: str) -> float:
    """What a Retry-After header asks for: seconds, or a date."""
    text = retry_after.strip()
    if text.isdecimal():
        return float(min(int(text[:9]), 10**6))
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
