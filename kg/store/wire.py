"""One request to a store over HTTP: a whole reply within the time allowed, or an error.

A request may be repeated where the store asks for patience (429, 503) and, if doing it twice does
no harm, where the connection broke. Every try, pause and read counts against one deadline.
"""

from __future__ import annotations

import http.client
import math
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from kg.model.errors import (
    BusyError,
    DeadlineError,
    PartialResultError,
    StoreAccessError,
    StoreRefusedError,
    StoreUnreachableError,
)
from kg.store.account import Account, opener
from kg.store.body import Body

_PIECE: Final = 1 << 16
_PATIENCE_WANTED: Final = (429, 503)
_NO_ACCESS: Final = (401, 403, 407)
_FORBIDDEN: Final = 403
"""Who asks is known well enough, and still may not."""
_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, how often to try again, and how much to read."""

    seconds: float = 60.0
    """For one request with all its tries."""
    tries: int = 4
    pause: float = 0.5
    """Before the second try; each further one waits twice as long."""
    most_bytes: int = 1 << 28


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes
    framed: bool
    """Whether the reply said how long it is, so that a cut would have been noticed."""

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Wire:
    """The way to one store."""

    account: Account = field(default_factory=Account)
    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def send(self, request: urllib.request.Request, *, repeatable: bool = True) -> Reply:
        """The whole reply with a status below 300; anything else is an error.

        A request is `repeatable` where doing it twice leaves the store as doing it once.
        """
        self.account.sign(request)
        request.add_header("Accept-Encoding", "gzip")
        deadline = self.clock() + self.patience.seconds
        for tried in range(1, self.patience.tries + 1):
            pause = self.patience.pause * 2 ** (tried - 1) * random.uniform(1, 1.5)  # noqa: S311
            last = tried == self.patience.tries
            try:
                return self._once(request, deadline)
            except _WaitError as wanted:
                pause = max(pause, wanted.seconds)
                if last or self.clock() + pause >= deadline:
                    raise self._busy(request, wanted, tried) from None
            except StoreUnreachableError:
                if last or not repeatable or self.clock() + pause >= deadline:
                    raise
            self.sleep(pause)
        raise AssertionError  # the last try returns or raises

    def _once(self, request: urllib.request.Request, deadline: float) -> Reply:
        where = place(request)
        left = deadline - self.clock()
        if self.account.user:
            request.remove_header("Authorization")  # it was made for one try
        try:
            with opener(self.account, request.full_url).open(request, timeout=left) as response:
                return self._read(response, where, deadline)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error, where, deadline) from None
        except TimeoutError:
            raise self._too_slow(where) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._too_slow(where) from None
            raise StoreUnreachableError(f"{where} cannot be reached: {error.reason}.") from None
        except http.client.IncompleteRead as error:
            raise PartialResultError(
                f"{where} broke off its reply after {len(error.partial)} bytes; "
                "nothing of it is used."
            ) from None
        except (OSError, http.client.HTTPException) as error:
            told = str(error) or type(error).__name__
            raise StoreUnreachableError(f"{where} broke the connection: {told}.") from None

    def _read(self, response: http.client.HTTPResponse, where: str, deadline: float) -> Reply:
        """The body as a whole; a body shorter than announced is refused."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        packed = headers.get("content-encoding", "").strip().lower() == "gzip"
        body = Body(where, self.patience.most_bytes, packed=packed)
        announced = response.length
        while piece := response.read1(_PIECE):
            body.add(piece)
            if self.clock() >= deadline:
                raise self._too_slow(where)
        framed = packed or response.chunked or announced is not None
        return Reply(response.status, headers, body.whole(announced), framed)

    def _refusal(self, error: urllib.error.HTTPError, where: str, deadline: float) -> Exception:
        status = error.code
        if status in _PATIENCE_WANTED:
            return _WaitError(status, _seconds(error.headers.get("Retry-After", "")))
        said = _said(error, deadline, self.clock)
        if status in _NO_ACCESS:
            who = f"for {self.account.shown}" if self.account else "without credentials"
            if status == _FORBIDDEN:
                return StoreAccessError(f"{where} forbids what was asked {who} ({status}){said}")
            return StoreAccessError(f"{where} refuses access {who} ({status}){said}")
        if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
            target = error.headers.get("Location", "another address")
            return StoreRefusedError(
                f"{where} sends on to {target} ({status}); give that address if it is right.",
                status=status,
            )
        return StoreRefusedError(f"{where} replied with {status}{said}", status=status)

    def _too_slow(self, where: str) -> DeadlineError:
        return DeadlineError(
            f"{where} gave no whole reply within {self.patience.seconds:g} seconds."
        )

    def _busy(self, request: urllib.request.Request, wanted: _WaitError, tried: int) -> BusyError:
        asked = f", asking for {wanted.seconds:g} seconds" if wanted.seconds else ""
        return BusyError(
            f"{place(request)} has no room for the request ({wanted.status}{asked}); tries: "
            f"{tried}. Try again later.",
            retry_after=max(1, math.ceil(wanted.seconds)),
        )


class _WaitError(Exception):
    """The store asks to come back later."""

    def __init__(self, status: int, seconds: float) -> None:
        super().__init__(status)
        self.status = status
        self.seconds = seconds


def place(request: urllib.request.Request) -> str:
    """The address of a request as messages show it, without what was asked."""
    parts = urlsplit(request.full_url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


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


def _said(error: urllib.error.HTTPError, deadline: float, clock: Callable[[], float]) -> str:
    """What the store says of a failure, shortened; a page for a browser says nothing."""
    if "html" in (error.headers.get("Content-Type") or "") or clock() >= deadline:
        return "."
    try:
        told = error.read(4 * _SHOWN).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return "."
    words = " ".join("".join(c if c.isprintable() else " " for c in told).split())
    return f": {words[:_SHOWN]}{' …' if len(words) > _SHOWN else ''}" if words else "."
