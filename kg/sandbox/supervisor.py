"""Runs jobs in the pool of the day: a new one when its zygote has ended, another when told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Final, Protocol

from kg.sandbox.begun import Charge
from kg.sandbox.client import EndedError, Program
from kg.sandbox.jail import Jail
from kg.sandbox.kept import Owner
from kg.sandbox.pool import NotQuickError, Pool, charge_nobody
from kg.sandbox.protocol import BusyError, Frame, SandboxError
from kg.sandbox.queue import Sizes

_PAUSES: Final = (0.0, 0.1, 0.5, 1.0, 2.0)
"""Seconds between tries to start a pool again; the last is repeated."""


Rest = Callable[[], Coroutine[Any, Any, tuple[str, Frame]]]
"""What is still to be awaited of a job: the label of the program that was run, and the reply."""
Outcome = Frame | Exception | Rest
"""What becomes of a job that was begun."""


class Supervisor:
    """Runs jobs in a pool, which it keeps running and changes for another when told."""

    def __init__(self, sizes: Sizes, jail: Jail) -> None:
        self.restarts = 0
        self.counts: Counter[str] = Counter()
        """How jobs have ended that gave no result, and how many were slow, by name."""
        self._sizes = sizes
        self._jail = jail
        self._pool: Pool | None = None
        self._there = asyncio.Event()
        self._guard: asyncio.Task[None] | None = None

    @property
    def pool(self) -> Pool | None:
        """The pool that new jobs go to; None while one is being started."""
        return self._pool

    async def start(self, program: Program) -> Pool:
        """A pool of another program, which can be tried before it is used."""
        return await Pool.start(program, self._sizes, self._jail, self.counts)

    def use(self, pool: Pool) -> None:
        """Give new jobs to a pool; the one before ends when its work is done."""
        before, self._pool = self._pool, pool
        if self._guard is not None:
            self._guard.cancel()
        if before is not None:
            before.retire()
        self._there.set()
        self._guard = asyncio.ensure_future(self._restart_whenever_gone(pool))

    async def run(
        self,
        request: Frame,
        *,
        client: str = "",
        charge: Charge = charge_nobody,
        owner: Owner | None = None,
        is_quick: bool = True,
    ) -> tuple[str, Frame]:
        """The label of the program that was run, and what a worker replies.

        A job that was lost because the zygote ended is run once more: a job changes nothing.
        """
        pool = await self._ready()
        try:
            return pool.program.label, await pool.run(
                request, client=client, charge=charge, owner=owner, is_quick=is_quick
            )
        except BusyError:
            if not pool.gone.done():
                raise
        if self._pool is pool:  # that it is gone was not heard of yet
            self._there.clear()
        pool = await self._ready()
        return pool.program.label, await pool.run(
            request, client=client, charge=charge, owner=owner, is_quick=is_quick
        )

    def begin(
        self, request: Frame, *, client: str, charge: Charge, done: Callable[[Outcome], None]
    ) -> Callable[[], None] | None:
        """Have a job done without a task; None where that cannot be, BusyError where too many wait.

        `done` is told the reply, an error, or what is still to be awaited for either. What is
        given back stops the job.
        """
        pool = self._pool
        if pool is None or not self._there.is_set():
            return None

        def heard(found: Frame | Exception) -> None:
            if isinstance(found, NotQuickError | EndedError) or (
                isinstance(found, BusyError) and pool.gone.done()
            ):
                run = partial(self.run, request, client=client, charge=charge)
                done(partial(_go_on, pool, found, run))
            else:
                done(found)

        return pool.begin(request, client=client, charge=charge, done=heard)

    async def close(self) -> None:
        """End every process."""
        if self._guard is not None:
            self._guard.cancel()
            with suppress(asyncio.CancelledError):
                await self._guard
        if self._pool is not None:
            self._pool.close()
            await self._pool.wait_closed()
            self._pool = None

    async def _ready(self) -> Pool:
        if self._pool is not None and self._there.is_set():
            return self._pool
        try:
            async with asyncio.timeout(self._sizes.patience):
                await self._there.wait()
        except TimeoutError:
            raise BusyError("the query service is not running; try again in a moment.") from None
        assert self._pool is not None  # noqa: S101 - what the event says
        return self._pool

    async def _restart_whenever_gone(self, pool: Pool) -> None:
        while True:
            await asyncio.shield(pool.gone)
            self._there.clear()
            self.restarts += 1
            pool = await self._start_again(pool)
            self._pool = pool
            self._there.set()

    async def _start_again(self, pool: Pool) -> Pool:
        tries = 0
        while True:
            await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
            tries += 1
            with suppress(SandboxError, OSError):
                return await self.start(pool.program)


class _Run(Protocol):
    """A job that can be run again."""

    def __call__(self, *, is_quick: bool) -> Coroutine[Any, Any, tuple[str, Frame]]:
        """The label of the program that was run, and the reply."""
        ...


async def _go_on(pool: Pool, found: Exception, run: _Run) -> tuple[str, Frame]:
    """The reply to a job that was begun, and was not quick or was lost with its zygote."""
    if isinstance(found, EndedError):
        found = await pool.why_ended(found)
        if not isinstance(found, BusyError):
            pool.counts[found.kind] += 1
            raise found
    return await run(is_quick=not isinstance(found, NotQuickError))
