"""What happens to every request before and after its route: the host, the log, the mistakes."""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
import time
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.problems import Problem, unexpected
from kg.serve.replies import Reply, deliver, reply_of
from kg.serve.site import Settings, Site

LOG: Final = logging.getLogger("kg.serve.access")
"""One line for each request: method, route, status, milliseconds, bytes, graph version.

Never an address, a query string, a body or a header. Nor the bytes of what is not public: by the
exact length of an answer one could find out the case that it is about.
"""
_ERRORS: Final = logging.getLogger("kg.serve.errors")


class Front:
    """Wraps the routes."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._hosts = _own_hosts(site.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, count it, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["kg.site"] = self._site
        record = _Record(send)
        started = time.perf_counter()
        try:
            await self._answered(scope, receive, record)
        finally:
            self._note(scope, record, time.perf_counter() - started)

    async def _answered(self, scope: Scope, receive: Receive, record: _Record) -> None:
        request = Request(scope, receive)
        problem = self._turned_away(request.headers.getlist("host"))
        if problem is not None:
            await _send(problem, request, record)
            return
        if scope["path"] == "*" and scope["method"] == "OPTIONS":
            await deliver(request, _OF_ALL, record)
            return
        try:
            await self._app(scope, receive, record)
        except Exception as error:  # noqa: BLE001 - the last place where a mistake can be answered
            # The message of an error may hold what a client sent, so it is not logged.
            _ERRORS.error("a mistake of ours: %s", _where(error))
            if record.status == 0:
                await _send(unexpected(), request, record)

    def _turned_away(self, hosts: list[str]) -> Problem | None:
        """What is wrong with a name that is not this server's.

        It keeps pages of other sites from having their name point here.
        """
        if len(hosts) > 1:
            return _TWO_HOSTS
        name = _name(hosts[0]) if hosts else ""
        return None if name in self._hosts or _is_address(name) else _UNKNOWN_HOST

    def _note(self, scope: Scope, record: _Record, seconds: float) -> None:
        route = scope.get("kg.route", "-")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._site.metrics.count(route, method, record.status, seconds)
        if self._site.settings.access_log:
            size = f"{record.size}B" if scope.get("kg.public", False) else "-"
            LOG.info(
                "%s %s %d %.1fms %s %s",
                method, route, record.status, seconds * 1000, size, record.version,
            )  # fmt: skip


_METHODS: Final = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"))

_UNKNOWN_HOST: Final = Problem(
    421,
    "Not this server",
    "the Host header does not name this server; --public-url and --allow-host say what it is.",
)


_TWO_HOSTS: Final = Problem(400, "Two hosts", "wanted: one Host header; found: more than one.")

_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]@/\s]+))(?::\d*)?")
"""A name or an address, and perhaps a port (RFC 9110 §7.2)."""

_OF_ALL: Final = Reply(b"", "", 204, headers=(("Allow", "GET, POST, HEAD, OPTIONS"),))
"""What is offered at one address or another (RFC 9110 §9.3.7)."""


class _Record:
    """Passes messages on, and remembers what was sent."""

    def __init__(self, send: Send) -> None:
        self.status = 0
        self.size = 0
        self.version = "-"
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"]
            self.version = next((v.decode() for k, v in headers if k == b"graph-version"), "-")
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


async def _send(problem: Problem, request: Request, send: Send) -> None:
    await deliver(request, reply_of(request, problem), send)


def _own_hosts(settings: Settings) -> frozenset[str]:
    public = urlsplit(settings.public_url).hostname or ""
    own = {"localhost", socket.gethostname().lower(), public.lower()}
    return frozenset(own | {host.lower() for host in settings.hosts})


@lru_cache(maxsize=256)
def _name(host: str) -> str:
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


def _where(error: Exception) -> str:
    """The kind of an error and the places in our code that it passed."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} in {' > '.join(places[-4:])}"
