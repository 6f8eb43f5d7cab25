"""Workers for many callers: a lane for what is quick, and a few places for what is not."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import socket
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kg.model.errors import BusyError, DeadlineError, ExhaustedError, KGError
from kg.sandbox.frames import Frame
from kg.sandbox.jail import Jail, used_up
from kg.sandbox.places import Places
from kg.sandbox.replies import checked
from kg.sandbox.waiting import Line
from kg.sandbox.worker import EndedError, Worker
from kg.sandbox.zygotes import Program, Watcher, Zygote

_CPUS: Final = os.cpu_count() or 1
_MOST_JOBS: Final = 5_000
"""After so many jobs a worker is replaced, which gives back whatever memory it has gathered."""
_TICK: Final = 0.02
"""Seconds between two looks at what is running."""
_PAUSE: Final = 0.5
"""Seconds before a worker is replaced that has ended without having had a job."""
_REPORT: Final = 1.0
"""Seconds to wait for word of how a worker ended."""
_REMEMBERED: Final = 64
"""Ends of workers that are kept until somebody asks for them."""

Used = Callable[[float], None]


class _NotQuickError(Exception):
    """The job is not quick, and every place for such jobs is taken."""


def ignored(_: float) -> None:
    """Nobody keeps account."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many workers there are, and how long anything may take, in seconds."""

    quick: int = _CPUS + 1
    slow: int = max(2, _CPUS - 1)
    quick_seconds: float = 0.05
    """Processor time after which a query has to find a place among the slow ones."""
    deadline: float = 5.0
    """Time after which a query is stopped that is running."""
    patience: float = 2.5
    """Time that a query waits for a worker; for a place among the slow ones, a deadline more."""
    most_waiting: int = 512
    most_jobs: int = _MOST_JOBS
    """Jobs that a worker does before another takes its place; after one, none sees another's."""


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
        self._idle: Line[Worker] = Line(patience=sizes.patience, most_waiting=sizes.most_waiting)
        self._places = Places(
            sizes.slow,
            # Long enough for whoever has a place now to reach the deadline.
            patience=sizes.deadline + sizes.patience,
            most_waiting=sizes.most_waiting,
        )
        self._slow: dict[Worker, str] = {}
        """The workers that have stepped aside, and whose jobs they do."""
        self._reports: dict[int, asyncio.Future[int]] = {}
        self._ends: OrderedDict[int, int] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[Worker, tuple[float, str]] = {}
        """The workers that have a job, when it was begun, and whose it is."""
        self._clock: asyncio.TimerHandle | None = None
        self._busy = 0
        self._retired = False

    @classmethod
    async def start(
        cls, program: Program, sizes: Sizes, jail: Jail, counts: Counter[str] | None = None
    ) -> Pool:
        """Load a program and fork the first workers."""
        zygote = await Zygote.start(program, jail)
        pool = cls(program, zygote, sizes, Counter() if counts is None else counts)
        pool._zygote.watch(Watcher(pool._forked, pool._reported, pool._lost))
        for _ in range(sizes.quick):
            pool._zygote.fork()
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

    async def run(self, request: Frame, *, client: str = "", used: Used = ignored) -> Frame:
        """What a worker replies. An error of the job, or one that says why there is no reply.

        Clients take turns when all workers are busy. A caller that is cancelled stops its worker.
        `used` is told the seconds that the job took a worker, however it ended.
        """
        self._busy += 1
        try:
            reply = await self._replied(request, client, used)
        except KGError as error:
            self.counts[type(error).__name__] += 1
            raise
        finally:
            self._busy -= 1
            if self._retired and not self._busy:
                self.close()
        return checked(reply)

    def retire(self) -> None:
        """Take no more than what is running and waiting, then end."""
        self._retired = True
        if not self._busy:
            self.close()

    def close(self) -> None:
        """End every process at once."""
        self._retired = True
        for worker in tuple(self._workers):
            worker.stop(_restarting())
        self._zygote.close()
        self._lost()

    # ── Workers come and go ─────────────────────────────────────────────────────────────────

    def _forked(self, pid: int, handle: int, connection: socket.socket) -> None:
        task = asyncio.ensure_future(self._welcome(pid, handle, connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _welcome(self, pid: int, handle: int, connection: socket.socket) -> None:
        self._ends.pop(pid, None)
        worker = await Worker.connect(pid, handle, connection, self._ended)
        self._workers.add(worker)
        self._idle.offer(worker)

    def _ended(self, worker: Worker) -> None:
        """Replace a worker that has ended, unless a replacement was forked when it fell behind."""
        self._workers.discard(worker)
        self._idle.withdraw(worker)
        client = self._slow.pop(worker, None)
        if client is not None:
            self._places.give_back(client)
        elif self._busy or not self._retired:
            # One that ends before its first job would end again at once.
            delay = 0.0 if worker.jobs else _PAUSE
            self._loop.call_later(delay, self._zygote.fork)

    def _reported(self, pid: int, how: int) -> None:
        report = self._reports.pop(pid, None)
        if report is not None and not report.done():
            report.set_result(how)
            return
        self._ends[pid] = how  # it may come before the socket is seen to be closed
        if len(self._ends) > _REMEMBERED:
            self._ends.popitem(last=False)

    def _lost(self) -> None:
        self._idle.disappoint(_restarting())
        self._places.disappoint(_restarting())
        if not self.gone.done():
            self.gone.set_result(None)

    # ── One job ─────────────────────────────────────────────────────────────────────────────

    async def _replied(self, request: Frame, client: str, used: Used) -> Frame:
        """The reply of a worker for what is quick, or else of one that has a place for what is not.

        A job that has to wait for a place is begun anew when it has one: while it waits it holds
        neither a worker nor memory.
        """
        worker = await self._free(client)
        try:
            return await self._lent(worker, request, client, used)
        except _NotQuickError:
            await self._places.take(client)
        try:
            worker = await self._free(client)
        except BaseException:
            self._places.give_back(client)
            raise
        self._step_aside(worker, client)
        return await self._lent(worker, request, client, used)

    async def _free(self, client: str) -> Worker:
        """A worker that is free, after waiting one's turn; BusyError when it takes too long."""
        while not self.gone.done():
            worker = await self._idle.take(client)
            if worker.alive:
                return worker
        raise _restarting()

    async def _lent(self, worker: Worker, request: Frame, client: str, used: Used) -> Frame:
        """The reply of a worker, which is free again afterwards, or else at its end."""
        try:
            reply = await self._watched(worker, request, client, used)
        except BaseException:
            worker.stop()
            raise
        if worker in self._slow or worker.jobs >= self.sizes.most_jobs:
            worker.stop()
        elif worker.alive:
            self._idle.offer(worker)
        return reply

    async def _watched(self, worker: Worker, request: Frame, client: str, used: Used) -> Frame:
        if not worker.alive:  # it has ended since it was free
            raise _restarting()
        started = self._loop.time()
        reply = worker.ask(Frame(request.head, request.body, self.sizes.deadline))
        self._running[worker] = started, client
        if self._clock is None:
            self._clock = self._loop.call_later(_TICK, self._look)
        seconds = math.inf
        try:
            found = await reply
            seconds = found.seconds
        except EndedError:
            raise await self._why(worker) from None
        else:
            return found
        finally:
            self._running.pop(worker, None)
            passed = self._loop.time() - started
            used(seconds if 0 <= seconds <= passed else passed)  # it is a worker's word

    def _look(self) -> None:
        """Stop what is too late, and have what is not quick step aside."""
        now, sizes = self._loop.time(), self.sizes
        for worker, (started, client) in tuple(self._running.items()):
            if now - started >= sizes.deadline:
                worker.stop(self._too_late())
            elif now - started >= sizes.quick_seconds and worker not in self._slow:
                self._check_lane(worker, client)
        self._clock = self._loop.call_later(_TICK, self._look) if self._running else None

    def _too_late(self) -> DeadlineError:
        return DeadlineError(
            f"the query was stopped after {self.sizes.deadline:g} s; no part of its result is sent."
        )

    def _check_lane(self, worker: Worker, client: str) -> None:
        """Move a query that is not quick out of the way of those that are."""
        if not worker.alive or worker.seconds_used() < self.sizes.quick_seconds:
            return  # it has ended just now, or has waited for a processor
        if self._places.take_now(client):
            self._step_aside(worker, client)
        else:
            worker.stop(_NotQuickError())

    def _step_aside(self, worker: Worker, client: str) -> None:
        """Take a worker out of the lane for what is quick; another is forked instead."""
        self._slow[worker] = client
        worker.step_back()
        self.counts["slow"] += 1
        self._zygote.fork()

    async def _why(self, worker: Worker) -> KGError:
        """How a worker ended that nobody has stopped."""
        how = await self._end_of(worker.pid)
        if self.gone.done():
            return _restarting()
        if how == signal.SIGXCPU:
            return self._too_late()
        return ExhaustedError(f"the query used up {used_up(how)}; no part of its result is sent.")

    async def _end_of(self, pid: int) -> int:
        """The signal that ended a process; 0 where there was none, or no word of it comes."""
        if pid in self._ends:
            return self._ends.pop(pid)
        report: asyncio.Future[int] = self._loop.create_future()
        self._reports[pid] = report
        try:
            async with asyncio.timeout(_REPORT):
                return await report
        except TimeoutError:
            return 0
        finally:
            self._reports.pop(pid, None)


def _restarting() -> BusyError:
    return BusyError("the query service is starting again; try again in a moment.")
