"""How much anybody may ask for, and who has asked for too much of late."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kg.serve.problems import Problem

_MINUTE: Final = 60.0
_MOST_CLIENTS: Final = 10_000
_ROOM_OF_IPV6: Final = 64
"""Bits of an IPv6 address that tell one customer from another."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may hold, and what one client may use in a minute."""

    query_bytes: int = 64 * 1024
    result_bytes: int = 10_000_000
    result_rows: int = 50_000
    seconds_per_minute: float = 30.0
    """Processor time for one client's queries; 0 means any."""
    errors_per_minute: float = 30.0
    """Queries of one client that may fail; 0 means any."""


@dataclass(slots=True)
class _Account:
    """What a client has left, when that was so."""

    seconds: float
    errors: float
    at: float


class Budget:
    """Keeps account of every client; what was used comes back evenly over a minute."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    def check(self, client: str) -> None:
        """Raise the problem 429 where a client has nothing left, with when it has again."""
        account = self._account(client)
        limits = self._limits
        waits = [
            (needed - left) / (most / _MINUTE)
            for left, needed, most in (
                (account.seconds, 0.0, limits.seconds_per_minute),
                (account.errors, 1.0, limits.errors_per_minute),
            )
            if most and left < needed
        ]
        if waits:
            raise _too_much(limits, math.ceil(max(waits)) or 1)

    def charge(self, client: str, *, seconds: float = 0.0, errors: int = 0) -> None:
        """Take from what a client has left."""
        account = self._account(client)
        account.seconds -= seconds
        account.errors -= errors

    def _account(self, client: str) -> _Account:
        now = self._clock()
        limits = self._limits
        account = self._accounts.get(client)
        if account is None:
            account = _Account(limits.seconds_per_minute, limits.errors_per_minute, now)
            self._accounts[client] = account
            if len(self._accounts) > _MOST_CLIENTS:
                self._accounts.popitem(last=False)
            return account
        self._accounts.move_to_end(client)
        minutes = (now - account.at) / _MINUTE
        account.at = now
        account.seconds = _refilled(account.seconds, limits.seconds_per_minute, minutes)
        account.errors = _refilled(account.errors, limits.errors_per_minute, minutes)
        return account


def client_of(address: str | None) -> str:
    """Who an address belongs to: itself, and for IPv6 the network of one customer."""
    if address is None or ":" not in address:
        return address or ""
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, _ROOM_OF_IPV6), strict=False))


def _refilled(left: float, most: float, minutes: float) -> float:
    return min(most, left + most * minutes)


def _too_much(limits: Limits, wait: int) -> Problem:
    return Problem(
        429,
        "Too much",
        f"a client may use {limits.seconds_per_minute:g} s of processor time and make "
        f"{limits.errors_per_minute:g} errors in a minute; try again in {wait} s.",
        headers=(("Retry-After", str(wait)),),
    )
