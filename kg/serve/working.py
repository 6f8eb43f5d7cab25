"""Work for a client: it needs a budget, is put on the client's account, and ends when nobody waits.

Every route that gives a worker something to do does so through `worked`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Protocol, TypeVar

from starlette.requests import Request

from kg.model.errors import BusyError, rebuild
from kg.sandbox.protocol import Frame, SandboxError
from kg.sandbox.supervisor import Charge
from kg.serve.limits import client_of
from kg.serve.problems import Problem
from kg.serve.site import site_of

Result = TypeVar("Result")

_WATCHED_AFTER: Final = 0.05
"""Seconds after which it is worth looking whether the client is still there."""


class Run(Protocol):
    """What there is to do: it takes whose turn it is, and tells how long it has taken."""

    def __call__(self, *, client: str, charge: Charge) -> Coroutine[Any, Any, tuple[str, Frame]]:
        """The version of the graph that was asked, and the reply."""
        ...


def admitted(request: Request) -> str:
    """Who asks; the problem 429 where that client has nothing left."""
    client = client_of(request.client.host if request.client else None)
    site_of(request).budget.check(client)
    return client


async def worked(request: Request, run: Run) -> tuple[str, Frame]:
    """What a worker replies. Its time and its failure are put on the client's account.

    That the server has no room is no failure of the client's.
    """
    client = admitted(request)
    budget = site_of(request).budget

    def charge(seconds: float) -> None:
        budget.charge(client, seconds=seconds)

    try:
        return await unless_gone(request, run(client=client, charge=charge))
    except SandboxError as error:
        known = rebuild(error.kind, str(error), error.details)
        if known is None:
            raise
        if not isinstance(known, BusyError):
            budget.charge(client, errors=1)
        raise known from None


async def unless_gone(request: Request, running: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, which is cancelled when the client has left."""
    me = asyncio.current_task()
    assert me is not None  # noqa: S101 - a coroutine runs in a task
    watch = _Watch(request, me)
    try:
        return await running
    except asyncio.CancelledError:
        if not watch.has_left:
            raise
        me.uncancel()
        raise Problem(499, "Gone", "the client has left.") from None
    finally:
        watch.end()


class _Watch:
    """Cancels a task when the client has left; it begins only after a moment."""

    def __init__(self, request: Request, task: asyncio.Task[Any]) -> None:
        self.has_left = False
        self._request = request
        self._task = task
        self._looking: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_WATCHED_AFTER, self._begin)

    def end(self) -> None:
        """Look no longer."""
        self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()

    def _begin(self) -> None:
        self._looking = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.has_left = True
        self._task.cancel()
