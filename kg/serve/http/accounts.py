"""Who has asked for too much of late, and work on the account of a client.

Every route that gives a worker something to do does so through `dispatch`.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from starlette.requests import Request

from kg.model.errors import BusyError, KGError, rebuild
from kg.sandbox.begun import Charge
from kg.sandbox.protocol import Frame, SandboxError
from kg.serve.http.limits import Limits, client_of
from kg.serve.http.responses import Problem

Result = TypeVar("Result")

_MINUTE: Final = 60.0
_MOST_CLIENTS: Final = 10_000
_WATCHED_AFTER: Final = 0.05
"""Seconds after which it is worth looking whether the client is still there."""


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
        account, limits = self._account(client), self._limits
        if account.seconds >= 0.0 and (account.errors >= 1.0 or not limits.errors_per_minute):
            return
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
        left = account.seconds + limits.seconds_per_minute * minutes
        account.seconds = min(left, limits.seconds_per_minute)
        left = account.errors + limits.errors_per_minute * minutes
        account.errors = min(left, limits.errors_per_minute)
        return account


def _too_much(limits: Limits, wait: int) -> Problem:
    return Problem(
        429,
        "Too much",
        f"a client may use {limits.seconds_per_minute:g} s of processor time and make "
        f"{limits.errors_per_minute:g} errors in a minute; try again in {wait} s.",
        headers=(("Retry-After", str(wait)),),
    )


# ── Work for a client ───────────────────────────────────────────────────────────────────────


def gone() -> Problem:
    """What is noted of a request whose client has left."""
    return Problem(499, "Gone", "the client has left.")


class Run(Protocol):
    """What there is to do: it takes whose turn it is, and tells how long it has taken."""

    def __call__(self, *, client: str, charge: Charge) -> Coroutine[Any, Any, tuple[str, Frame]]:
        """The version of the graph that was asked, and the reply."""
        ...


def check_quota(request: Request, budget: Budget) -> str:
    """Who asks; the problem 429 where that client has nothing left."""
    client = client_of(request.client.host if request.client else None)
    budget.check(client)
    return client


async def dispatch(request: Request, budget: Budget, run: Run) -> tuple[str, Frame]:
    """What a worker replies, as `charged`; it is stopped when the client has left."""

    def watched(*, client: str, charge: Charge) -> Coroutine[Any, Any, tuple[str, Frame]]:
        return cancel_on_disconnect(request, run(client=client, charge=charge))

    return await charged(request, budget, watched)


async def charged(request: Request, budget: Budget, run: Run) -> tuple[str, Frame]:
    """What a worker replies. Its time and its failure are put on the client's account.

    That the server has no room is no failure of the client's. An error that is none of this
    library's is a mistake in the program, and stays what it is.
    """
    client = check_quota(request, budget)

    def charge(seconds: float) -> None:
        budget.charge(client, seconds=seconds)

    try:
        return await run(client=client, charge=charge)
    except SandboxError as error:
        known = known_error(error, budget, client)
        if known is None:
            raise
        raise known from None


def known_error(error: SandboxError, budget: Budget, client: str) -> KGError | None:
    """The error of this library that a job has ended with, put on the account of its client.

    None where it is none of ours.
    """
    known = rebuild(error.kind, str(error), error.details)
    if known is not None and not isinstance(known, BusyError):
        budget.charge(client, errors=1)
    return known


async def cancel_on_disconnect(request: Request, running: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, which is cancelled when the client has left."""
    me = asyncio.current_task()
    assert me is not None  # noqa: S101 - a coroutine runs in a task
    watches: list[asyncio.Task[None]] = []

    def watch() -> None:
        watches.append(asyncio.ensure_future(_cancel_when_gone(request, me)))

    timer = asyncio.get_running_loop().call_later(_WATCHED_AFTER, watch)
    try:
        return await running
    except asyncio.CancelledError:
        if not any(each.done() for each in watches):
            raise
        me.uncancel()
        raise gone() from None
    finally:
        timer.cancel()
        for each in watches:
            each.cancel()


async def _cancel_when_gone(request: Request, task: asyncio.Task[Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    task.cancel()
