"""What happens to every request before and after its route: the host, the log, the mistakes."""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.problems import Problem, unexpected
from kg.web.replies import deliver, reply_of
from kg.web.site import Settings, Site

LOG: Final = logging.getLogger("kg.web.access")
"""One line for each request: method, route, status, milliseconds, bytes, graph version.

Never an address, a query string, a body or a header.
"""
_ERRORS: Final = logging.getLogger("kg.web.errors")


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
        if not self._is_ours(request.headers.get("host")):
            await _send(_UNKNOWN_HOST, request, record)
            return
        try:
            await self._app(scope, receive, record)
        except Exception as error:  # noqa: BLE001 - the last place where a mistake can be answered
            # The message of an error may hold what a client sent, so it is not logged.
            _ERRORS.error("a mistake of ours: %s", _where(error))
            if record.status == 0:
                await _send(unexpected(), request, record)

    def _is_ours(self, host: str | None) -> bool:
        """Whether the name is one of this server's, which keeps other pages from rebinding it."""
        name = _name(host or "")
        return name in self._hosts or _is_address(name)

    def _note(self, scope: Scope, record: _Record, seconds: float) -> None:
        route = scope.get("kg.route", "-")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._site.metrics.count(route, method, record.status, seconds)
        if self._site.settings.access_log:
            LOG.info(
                "%s %s %d %.1fms %dB %s",
                method, route, record.status, seconds * 1000, record.size, record.version,
            )  # fmt: skip


_METHODS: Final = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"))

_UNKNOWN_HOST: Final = Problem(
    421,
    "Not this server",
    "the Host header does not name this server; --public-url and --allow-host say what it is.",
)


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


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


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
