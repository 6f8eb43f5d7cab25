"""Workers for many callers: quick jobs and slow ones apart, stopped in time, and kept running."""

from __future__ import annotations

import asyncio
import math
import signal
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from kg.sandbox.client import EndedError, Program, Worker, Zygote
from kg.sandbox.jail import Jail, exhausted_by
from kg.sandbox.protocol import (
    BusyError,
    DeadlineError,
    ExhaustedError,
    Frame,
    SandboxError,
    raise_for_error,
)
from kg.sandbox.queue import Sizes, SlowLane, WorkerQueue

_TICK: Final = 0.02
"""Seconds between two looks at what is running."""
_PAUSE: Final = 0.5
"""Seconds before a worker is replaced that has ended without having had a job."""
_PAUSES: Final = (0.0, 0.1, 0.5, 1.0, 2.0)
"""Seconds between tries to start a pool again; the last is repeated."""

Charge = Callable[[float], None]
"""Told the seconds that a job took a worker, however it ended."""


class _NotQuickError(Exception):
    """The job is not quick, and every place for such jobs is taken."""


def charge_nobody(_: float) -> None:
    """Keep no account."""


class _Job(NamedTuple):
    request: Frame
    client: str
    charge: Charge


class Pool:
    """Runs the jobs of one program."""

    def __init__(
        self, program: Program, zygote: Zygote, sizes: Sizes, counts: Counter[str]
    ) -> None:
        self.program = program
        self.sizes = sizes
        self.counts = counts
        """How jobs have ended that gave no result, and how many were slow, by name."""
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        """Done when the zygote has ended and nothing can be run here any more."""
        self._zygote = zygote
        self._workers: set[Worker] = set()
        self._queue: WorkerQueue[Worker] = WorkerQueue(sizes)
        self._lane = SlowLane(sizes)
        self._slow: dict[Worker, str] = {}
        """The workers that were demoted, and whose jobs they do."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[Worker, tuple[float, str]] = {}
        """The workers that have a job, when it was begun, and whose it is."""
        self._clock: asyncio.TimerHandle | None = None
        self._busy = 0
        self._retired = False
        self._closed = False

    @classmethod
    async def start(
        cls, program: Program, sizes: Sizes, jail: Jail, counts: Counter[str] | None = None
    ) -> Pool:
        """Load a program and fork the first workers."""
        zygote = await Zygote.start(program, jail)
        pool = cls(program, zygote, sizes, Counter() if counts is None else counts)
        zygote.watch(pool._forked, pool._lost)
        for _ in range(sizes.quick):
            zygote.fork()
        return pool

    @property
    def zygote(self) -> int:
        """The number of the process that all workers come from."""
        return self._zygote.pid

    @property
    def workers(self) -> tuple[int, ...]:
        """The numbers of the workers' processes."""
        return tuple(worker.pid for worker in self._workers)

    @property
    def busy(self) -> int:
        """How many jobs are running or waiting."""
        return self._busy

    async def run(
        self, request: Frame, *, client: str = "", charge: Charge = charge_nobody
    ) -> Frame:
        """What a worker replies. An error of the job, or one that says why there is no reply.

        Clients take turns when all workers are busy. A caller that is cancelled stops its worker.
        """
        self._busy += 1
        try:
            reply = await self._run_in_lanes(_Job(request, client, charge))
        except SandboxError as error:
            self.counts[error.kind] += 1
            raise
        finally:
            self._busy -= 1
            if self._retired and not self._busy:
                self.close()
        return raise_for_error(reply)

    def retire(self) -> None:
        """Take no more than what is running and waiting, then end."""
        self._retired = True
        if not self._busy:
            self.close()

    def close(self) -> None:
        """End every process at once."""
        self._retired = self._closed = True
        for worker in tuple(self._workers):
            worker.stop(_restarting())
        self._zygote.close()
        self._lost()

    async def wait_closed(self) -> None:
        """Until nothing of it is left in the event loop, after it was closed."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.sleep(0)  # the sockets of stopped workers are closed in the next turn

    # ── Workers come and go ─────────────────────────────────────────────────────────────────

    def _forked(self, pid: int, handle: int, connection: socket.socket) -> None:
        task = asyncio.ensure_future(self._register(pid, handle, connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _register(self, pid: int, handle: int, connection: socket.socket) -> None:
        worker = await Worker.connect(pid, handle, connection, self._ended)
        self._workers.add(worker)
        if self._closed:  # it was forked when the end came
            worker.stop(_restarting())
            return
        self._queue.offer(worker)

    def _ended(self, worker: Worker) -> None:
        """Replace a worker that has ended, unless another was forked when it was demoted."""
        self._workers.discard(worker)
        self._queue.withdraw(worker)
        client = self._slow.pop(worker, None)
        if client is not None:
            self._lane.give_back(client)
        elif self._busy or not self._retired:
            # One that ends before its first job would end again at once.
            delay = 0.0 if worker.jobs else _PAUSE
            self._loop.call_later(delay, self._zygote.fork)

    def _lost(self) -> None:
        self._queue.fail_all(_restarting())
        self._lane.fail_all(_restarting())
        if not self.gone.done():
            self.gone.set_result(None)

    # ── One job ─────────────────────────────────────────────────────────────────────────────

    async def _run_in_lanes(self, job: _Job) -> Frame:
        """The reply of a worker for what is quick, or else of one that has a place for what is not.

        A job that has to wait for a place is begun anew when it has one: while it waits it holds
        neither a worker nor memory.
        """
        worker = await self._take_worker(job.client)
        try:
            return await self._run_on(worker, job)
        except _NotQuickError:
            await self._lane.take(job.client)
        try:
            worker = await self._take_worker(job.client)
        except BaseException:
            self._lane.give_back(job.client)
            raise
        self._demote(worker, job.client)
        return await self._run_on(worker, job)

    async def _take_worker(self, client: str) -> Worker:
        """A worker that is free, after waiting one's turn; BusyError when it takes too long."""
        while not self.gone.done():
            worker = await self._queue.take(client)
            if worker.alive:
                return worker
        raise _restarting()

    async def _run_on(self, worker: Worker, job: _Job) -> Frame:
        """The reply of a worker, which is free again afterwards, or else at its end."""
        try:
            reply = await self._ask(worker, job)
        except BaseException:
            worker.stop()
            raise
        if worker in self._slow or worker.jobs >= self.sizes.most_jobs:
            worker.stop()
        elif worker.alive:
            self._queue.offer(worker)
        return reply

    async def _ask(self, worker: Worker, job: _Job) -> Frame:
        """The reply of a worker that is looked at while it works."""
        if not worker.alive:  # it has ended since it was free
            raise _restarting()
        started = self._loop.time()
        reply = worker.ask(Frame(job.request.head, job.request.body, self.sizes.deadline))
        self._running[worker] = started, job.client
        if self._clock is None:
            self._clock = self._loop.call_later(_TICK, self._check_running)
        seconds = math.inf
        try:
            found = await reply
            seconds = found.seconds
        except EndedError:
            raise await self._why_ended(worker) from None
        else:
            return found
        finally:
            del self._running[worker]
            passed = self._loop.time() - started
            job.charge(seconds if 0 <= seconds <= passed else passed)  # it is a worker's word

    def _check_running(self) -> None:
        """Stop what is too late, and demote what is not quick."""
        now = self._loop.time()
        for worker, (started, client) in tuple(self._running.items()):
            if now - started >= self.sizes.deadline:
                worker.stop(self._too_late())
            elif now - started >= self.sizes.quick_seconds and worker not in self._slow:
                self._demote_or_stop(worker, client)
        again = bool(self._running)
        self._clock = self._loop.call_later(_TICK, self._check_running) if again else None

    def _demote_or_stop(self, worker: Worker, client: str) -> None:
        """Move a query that is not quick out of the way of those that are."""
        if not worker.alive or worker.seconds_used() < self.sizes.quick_seconds:
            return  # it has ended just now, or has waited for a processor
        if self._lane.take_now(client):
            self._demote(worker, client)
        else:
            worker.stop(_NotQuickError())

    def _demote(self, worker: Worker, client: str) -> None:
        """Take a worker out of the lane for what is quick; another is forked instead."""
        self._slow[worker] = client
        worker.lower_priority()
        self.counts["slow"] += 1
        self._zygote.fork()

    def _too_late(self) -> DeadlineError:
        return DeadlineError(
            f"the query was stopped after {self.sizes.deadline:g} s; no part of its result is sent."
        )

    async def _why_ended(self, worker: Worker) -> SandboxError:
        """How a worker ended that nobody has stopped."""
        how = await self._zygote.exit_signal(worker.pid)
        if self.gone.done():
            return _restarting()
        if how == signal.SIGXCPU:
            return self._too_late()
        what = exhausted_by(how)
        return ExhaustedError(f"the query used up {what}; no part of its result is sent.")


def _restarting() -> BusyError:
    return BusyError("the query service is starting again; try again in a moment.")


class Supervisor:
    """Runs jobs in the pool of the day: a new one when its zygote has ended, another when told."""

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
        self, request: Frame, *, client: str = "", charge: Charge = charge_nobody
    ) -> tuple[str, Frame]:
        """The label of the program that was run, and what a worker replies.

        A job that was lost because the zygote ended is run once more: a job changes nothing.
        """
        pool = await self._ready()
        try:
            return pool.program.label, await pool.run(request, client=client, charge=charge)
        except BusyError:
            if not pool.gone.done():
                raise
        if self._pool is pool:  # that it is gone was not heard of yet
            self._there.clear()
        pool = await self._ready()
        return pool.program.label, await pool.run(request, client=client, charge=charge)

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
