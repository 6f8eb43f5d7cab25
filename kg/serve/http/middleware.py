"""What happens to every request around its route: host check, headers, log, counts, last resort.

The host check and the headers for pages of other sites are not starlette's: decision 0012 says why.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.http.responses import UNEXPECTED, Problem, Reply

LOG: Final = logging.getLogger("kg.serve.access")
"""One line for each request: method, route, status, milliseconds, bytes, graph version.

Never an address, a query string, a body or a header. Nor the bytes of what is not public: by the
exact length of an answer one could find out the case that it is about.
"""
_ERRORS: Final = logging.getLogger("kg.serve.errors")

_ALWAYS: Final = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_CROSS_ORIGIN: Final = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Content-Disposition, Content-Range, ETag, Graph-Version, Link, Retry-After",
    ),
)
_BY_ORIGIN: Final = (b"vary", b"Origin")
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "PATCH", "DELETE"))
_WITH_BODY: Final = ("POST", "QUERY")

_UNKNOWN_HOST: Final = Problem(
    421,
    "Not this server",
    "the Host header does not name this server; --public-url and --allow-host say what it is.",
)
_TWO_HOSTS: Final = Problem(400, "Two hosts", "wanted: one Host header; found: more than one.")
_NO_HOST: Final = Problem(400, "No host", "wanted: one Host header; found: none.")
_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]@/\s]+))(?::\d*)?")
"""A name or an address, and perhaps a port (RFC 9110 §7.2)."""
_EVERY: Final = "GET, POST, QUERY, HEAD, OPTIONS"
_OPTIONS_OF_ALL: Final = Reply(b"", "", 204, headers=(("Allow", _EVERY),))
"""What is offered at one address or another (RFC 9110 §9.3.7)."""


class Middleware:
    """Wraps the routes; `state` is what they find of the server in a request."""

    def __init__(
        self,
        app: ASGIApp,
        state: object,
        metrics: Metrics,
        hosts: frozenset[str],
        *,
        access_log: bool,
    ) -> None:
        self._app = app
        self._state = state
        self._metrics = metrics
        self._hosts = hosts
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, count it, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["kg.state"] = self._state
        sender = _Sender(scope, send)
        started = time.perf_counter()
        try:
            await self._answer(scope, receive, sender)
        finally:
            self._record(scope, sender, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, sender: _Sender) -> None:
        headers = Headers(scope=scope)
        problem = self.check_host(headers.getlist("host"), scope["http_version"])
        if problem is not None:
            await problem.reply(headers.get("accept"))(scope, receive, sender)
            return
        if scope["path"] == "*" and scope["method"] == "OPTIONS":
            await _OPTIONS_OF_ALL(scope, receive, sender)
            return
        try:
            await self._app(scope, receive, sender)
        except Exception as error:  # noqa: BLE001 - the last place where a mistake can be answered
            log_mistake(error)
            if sender.status == 0:
                await UNEXPECTED.reply(headers.get("accept"))(scope, receive, sender)

    def check_host(self, hosts: list[str], http: str) -> Problem | None:
        """What is wrong with a name that is not this server's.

        It keeps pages of other sites from having their name point here.
        """
        if len(hosts) > 1:
            return _TWO_HOSTS
        if not hosts and http == "1.1":
            return _NO_HOST
        name = _host_name(hosts[0]) if hosts else ""
        return None if name in self._hosts or _is_address(name) else _UNKNOWN_HOST

    def _record(self, scope: Scope, sender: _Sender, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        # How long an answer is tells whose it is, and a query that is sent may be of a case.
        is_open = scope.get("kg.public", False) and method not in _WITH_BODY
        size = f"{sender.size}B" if is_open else "-"
        route = scope.get("kg.route", "-")
        self.record(method, route, sender.status, seconds, size, sender.version)

    def record(  # noqa: PLR0913, PLR0917 - a line of the log has that many parts
        self, method: str, route: str, status: int, seconds: float, size: str, version: str
    ) -> None:
        """Count a request, and log it."""
        self._metrics.count(route, method, status, seconds)
        if self._access_log:
            LOG.info("%s %s %d %.1fms %s %s", method, route, status, seconds * 1000, size, version)


class _Sender:
    """Passes messages on with the headers that every reply has, and remembers what was sent."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.status = 0
        self.size = 0
        self.version = "-"
        self._scope = scope
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"]
            self.version = next((v.decode() for k, v in headers if k == b"graph-version"), "-")
            guard(headers, is_public=self._scope.get("kg.public", False))
            if origin := self._scope.get("kg.origin"):
                headers += [(b"access-control-allow-origin", origin.encode()), _BY_ORIGIN]
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


def guard(headers: list[tuple[bytes, bytes]], *, is_public: bool) -> None:
    """Add the headers that every reply has."""
    named = {name for name, _ in headers}
    headers += [each for each in _ALWAYS if each[0] not in named]
    if is_public:
        headers += _CROSS_ORIGIN


def log_mistake(error: Exception) -> None:
    """Log where a mistake was made; its message may hold what a client sent, so it is left out."""
    _ERRORS.error("unhandled exception: %s", _locate(error))


def own_hosts(public_url: str, others: Iterable[str]) -> frozenset[str]:
    """The names under which a server may be asked for, in lower case."""
    public = urlsplit(public_url).hostname or ""
    return frozenset(map(str.lower, ("localhost", socket.gethostname(), public, *others)))


@lru_cache(maxsize=256)
def _host_name(host: str) -> str:
    """The name in a Host header, without its port; empty where it is no such header."""
    match = _HOST.fullmatch(host)
    return (match[1] or match[2]).lower() if match else ""


@lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    """A page of another site can make a name point here, but not an address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _locate(error: Exception) -> str:
    """The kind of an error and the places in our code that it passed."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} in {' > '.join(places[-4:])}"


# ── Counts ──────────────────────────────────────────────────────────────────────────────────

BUCKETS: Final = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)


@dataclass(eq=False)
class Metrics:
    """What has happened since the server was started: no query, no address.

    Its text is in the format of Prometheus, version 0.0.4.
    """

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By route, method and status."""
    feedback: Counter[str] = field(default_factory=Counter)
    """What became of cards of CDS Hooks, by outcome."""
    _durations: dict[str, list[int]] = field(default_factory=dict)
    _seconds: Counter[str] = field(default_factory=Counter)

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests[route, method, status] += 1
        self._seconds[route] += seconds  # type: ignore[assignment] # a Counter may hold fractions
        counts = self._durations.get(route)
        if counts is None:
            counts = self._durations[route] = [0] * (len(BUCKETS) + 1)
        counts[bisect_left(BUCKETS, seconds)] += 1

    def text(self, now: Mapping[str, tuple[str, float]]) -> str:
        """Everything, with what is so now: a kind (`gauge` or `counter`) and a value by name."""
        lines = [*self._request_lines(), *self._duration_lines(), *self._feedback_lines()]
        for name, (kind, value) in now.items():
            lines += [f"# TYPE kg_{name} {kind}", _line(f"kg_{name}", (), value)]
        return "\n".join(lines) + "\n"

    def _request_lines(self) -> Iterator[str]:
        yield "# TYPE kg_http_requests_total counter"
        for (route, method, status), number in sorted(self.requests.items()):
            labels = (("route", route), ("method", method), ("status", str(status)))
            yield _line("kg_http_requests_total", labels, number)

    def _feedback_lines(self) -> Iterator[str]:
        if self.feedback:
            yield "# TYPE kg_hook_feedback_total counter"
        for outcome, number in sorted(self.feedback.items()):
            yield _line("kg_hook_feedback_total", (("outcome", outcome),), number)

    def _duration_lines(self) -> Iterator[str]:
        name = "kg_http_request_seconds"
        yield f"# TYPE {name} histogram"
        for route, counts in sorted(self._durations.items()):
            below = 0
            for bound, number in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                below += number
                yield _line(f"{name}_bucket", (("route", route), ("le", bound)), below)
            yield _line(f"{name}_sum", (("route", route),), self._seconds[route])
            yield _line(f"{name}_count", (("route", route),), below)


def _line(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    written = ",".join(f'{key}="{_escape(text)}"' for key, text in labels)
    return f"{name}{{{written}}} {value:g}" if written else f"{name} {value:g}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
