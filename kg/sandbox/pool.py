"""The workers of one program for many callers: quick jobs and slow ones apart, stopped in time."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

from kg.sandbox.begun import Begun, Charge, Job
from kg.sandbox.client import Done, EndedError, NotBegunError, Program, Worker, Zygote
from kg.sandbox.given import ABOUT_DONE, Given, Run
from kg.sandbox.jail import Jail, exhausted_by
from kg.sandbox.kept import KeptWorkers, Owner
from kg.sandbox.protocol import (
    BusyError,
    DeadlineError,
    ExhaustedError,
    Frame,
    SandboxError,
    raise_for_error,
)
from kg.sandbox.queue import Sizes, SlowLane, WorkerQueue, busy

_TICK: Final = 0.02
"""Seconds between two looks at what is running."""
_PAUSE: Final = 0.5
"""Seconds before a worker is replaced that has ended without having had a job."""


_LONG: Final = 0.1
"""Seconds after which nobody stands behind a job, even one that has waited for a processor."""


class NotQuickError(Exception):
    """The job is not quick, and every place for such jobs is taken."""


def charge_nobody(_: float) -> None:
    """Keep no account."""


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
        self._kept = KeptWorkers(sizes)
        self._held: dict[Worker, Worker] = {}
        """The free worker whose turn it is, while a kept one works in its place."""
        self._replaced: set[Worker] = set()
        """The workers in whose place another was forked."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = Given(sizes.most_jobs)
        self._turns: dict[Begun, None] = {}
        """The jobs that wait for a worker without a task; the first in front."""
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
    def kept(self) -> tuple[int, ...]:
        """The numbers of those that wait for another job of their owner."""
        return tuple(worker.pid for worker in self._kept)

    @property
    def busy(self) -> int:
        """How many jobs are running or waiting."""
        return self._busy

    async def run(
        self,
        request: Frame,
        *,
        client: str = "",
        charge: Charge = charge_nobody,
        owner: Owner | None = None,
        is_quick: bool = True,
    ) -> Frame:
        """What a worker replies. An error of the job, or one that says why there is no reply.

        Clients take turns when all workers are busy. A caller that is cancelled stops its worker.
        One that was found out not to be quick waits for a place at once.
        """
        self._busy += 1
        try:
            reply = await self._run_in_lanes(Job(request, client, charge, owner), is_quick=is_quick)
        except SandboxError as error:
            self.counts[error.kind] += 1
            raise
        finally:
            self._release()
        return raise_for_error(reply)

    def begin(
        self, request: Frame, *, client: str, charge: Charge, done: Done
    ) -> Callable[[], None] | None:
        """Have a job done without a task: by a worker that is free, or when it is its turn.

        `done` is told what a worker replies, or why there is no reply: NotQuickError, EndedError
        (`why_ended` says more) or a SandboxError. What is given back stops the job. None where
        the pool takes no more; BusyError where too many wait.
        """
        if self._retired or self.gone.done():
            return None
        job = Job(request, client, charge, None)
        begun = Begun(job, done, self._loop.time(), self)
        worker = self._running.about_done(begun.since) if self._queue.first() is None else None
        worker = worker or self._take_free()
        if worker is None:
            self._queue.wait(client, begun)
            self._turns[begun] = None
            self._look_soon()
        self._busy += 1
        if worker is not None:
            self._give(begun, worker, begun.since)
        return begun.stop

    def _take_free(self) -> Worker | None:
        """A free worker that can be given a job; None where there is none."""
        while (worker := self._queue.take_now()) is not None and not worker.alive:
            pass  # it has ended since it was free
        return worker

    def start_begun(self, begun: Begun, worker: Worker) -> None:
        """Give a worker to a job that was begun, whose turn it is."""
        self._turns.pop(begun, None)
        self._give(begun, worker, self._loop.time())

    def _give(self, begun: Begun, worker: Worker, now: float) -> None:
        begun.worker = worker
        self._ask(worker, begun.job, now, begun.end, begun)

    def begin_again(self, begun: Begun) -> None:
        """Have another worker do a job that the one which it was given to never came to."""
        if begun.worker is not None:
            self._account(begun.worker, begun.job, NotBegunError())
        begun.worker = None
        if self.gone.done():
            begun.end(EndedError(0))
            return
        worker = self._take_free()
        if worker is not None:
            self._give(begun, worker, self._loop.time())
            return
        self._queue.wait_again(begun)
        self._turns[begun] = None
        self._look_soon()

    def _pass_on(self, worker: Worker) -> None:
        """Have others do what stands behind a job that takes its time; this one does it in vain."""
        run = self._running[worker]
        run.is_closed = True
        for begun in list(run.begun)[1:]:
            job = begun.job._replace(charge=charge_nobody)
            vain = Begun(job, _nobody, begun.since, self, is_wanted=False)
            vain.worker = worker
            worker.tell_instead(begun.end, vain.end)
            run.begun[run.begun.index(begun)] = vain
            begun.worker = None
            self.begin_again(begun)

    def end_begun(self, begun: Begun, found: Frame | Exception) -> None:
        """What becomes of a worker whose job was begun, and of those who wait for it."""
        job, worker = begun.job, begun.worker
        if worker is None:
            self._turns.pop(begun, None)
            self._queue.leave(job.client, begun)
        else:
            self._account(worker, job, found)
            is_whole = isinstance(found, Frame) and worker not in self._slow
            if is_whole and (worker in self._running or self._stays(worker, None)):
                self._fill(worker)
            else:
                worker.stop()
        if not begun.is_wanted:
            return
        if isinstance(found, SandboxError):
            self.counts[found.kind] += 1
        self._release()
        begun.done_with(found)

    def _fill(self, worker: Worker) -> None:
        """Give a worker that has a job those that are next, as long as they need no task."""
        now = self._loop.time()
        while self._running.has_room(worker, now):
            begun = self._queue.first()
            if not isinstance(begun, Begun):
                return
            self._queue.take_first()
            if not begun.done():
                self.start_begun(begun, worker)

    def _release(self) -> None:
        self._busy -= 1
        if self._retired and not self._busy:
            self.close()

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
        if not worker.alive:  # it has ended before it was known; its end is heard of as any
            return
        self._workers.add(worker)
        if self._closed:  # it was forked when the end came
            worker.stop(_restarting())
            return
        self._queue.offer(worker)

    def _ended(self, worker: Worker) -> None:
        """Replace a worker that has ended, unless another was forked in its place before."""
        self._workers.discard(worker)
        self._queue.withdraw(worker)
        self._kept.forget(worker)
        client = self._slow.pop(worker, None)
        if client is not None:
            self._lane.give_back(client)
        if worker in self._replaced:
            self._replaced.discard(worker)
        elif self._busy or not self._retired:
            # One that ends before its first job would end again at once.
            delay = 0.0 if worker.jobs else _PAUSE
            self._loop.call_later(delay, self._zygote.fork)

    def _lost(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)
        self._queue.fail_all(_restarting())
        self._lane.fail_all(_restarting())

    # ── One job ─────────────────────────────────────────────────────────────────────────────

    async def _run_in_lanes(self, job: Job, *, is_quick: bool) -> Frame:
        """The reply of a worker for what is quick, or else of one that has a place for what is not.

        A job that has to wait for a place is begun anew when it has one: while it waits it holds
        neither a worker nor memory.
        """
        try:
            if is_quick:
                return await self._run_on(await self._take_worker(job), job)
        except NotQuickError:
            pass
        await self._lane.take(job.client)
        try:
            worker = await self._take_worker(job)
        except BaseException:
            self._lane.give_back(job.client)
            raise
        self._demote(worker, job.client)
        return await self._run_on(worker, job)

    async def _take_worker(self, job: Job) -> Worker:
        """A worker for a job, after waiting one's turn; BusyError when it takes too long.

        It is the one that was kept for the owner of the job, or else one that is free.
        """
        while not self.gone.done():
            worker = await self._queue.take(job.client)
            if not worker.alive:
                continue
            kept = self._kept.take(job.owner)
            if kept is None:
                return worker
            self._held[kept] = worker
            return kept
        raise _restarting()

    async def _run_on(self, worker: Worker, job: Job) -> Frame:
        """The reply of a worker, which is free again afterwards, kept, or else at its end."""
        try:
            reply = await self._replied(worker, job)
        except BaseException:
            worker.stop()
            raise
        finally:
            self._let_go(worker)
        if worker in self._slow or not self._stays(worker, job.owner):
            worker.stop()
        return reply

    def _stays(self, worker: Worker, owner: Owner | None) -> bool:
        """Offer a worker to all, or keep it for its owner; False where it is to be stopped."""
        if self.sizes.kept is None:
            if worker.alive and worker.jobs < self.sizes.most_jobs:
                self._queue.offer(worker, has_worked=True)
                return True
            return False
        if not self._kept.keep(owner, worker):
            return False
        self._replace(worker)
        return True

    def _let_go(self, worker: Worker) -> None:
        """Offer the worker again whose turn it was when this one worked in its place."""
        held = self._held.pop(worker, None)
        if held is not None and held.alive:
            self._queue.offer(held)

    def _replace(self, worker: Worker) -> None:
        """Have another forked in the place of a worker that is free for all no more."""
        if worker not in self._replaced:
            self._replaced.add(worker)
            self._zygote.fork()

    async def _replied(self, worker: Worker, job: Job) -> Frame:
        """The reply of a worker that is looked at while it works."""
        if not worker.alive:  # it has ended since it was free
            raise _restarting()
        started = self._loop.time()
        reply: asyncio.Future[Frame] = self._loop.create_future()
        found: Frame | Exception = EndedError(worker.pid)
        self._ask(worker, job, started, partial(_settle, reply))
        try:
            found = await reply
        except EndedError as error:
            raise await self.why_ended(error) from None
        else:
            return found
        finally:
            self._account(worker, job, found)

    def _ask(
        self, worker: Worker, job: Job, started: float, done: Done, begun: Begun | None = None
    ) -> None:
        """Give a worker a job, and look at it while it works."""
        self._running.add(worker, job, started, begun)
        self._look_soon()
        request = Frame(job.request.head, job.request.body, self.sizes.deadline)
        worker.ask(request, started, done)

    def _account(self, worker: Worker, job: Job, found: Frame | Exception) -> None:
        """Look at a job of a worker no more, and tell what it has taken."""
        now = self._loop.time()
        if isinstance(found, NotBegunError):
            self._running.remove_first(worker, now, 0.0)
            return
        said = found.seconds if isinstance(found, Frame) else None
        seconds = self._running.remove_first(worker, now, said)
        self._running.learn(seconds)
        job.charge(seconds)

    def _look_soon(self) -> None:
        if self._clock is None:
            self._clock = self._loop.call_later(_TICK, self._check)

    def _check(self) -> None:
        """Look at what is running and at what waits without a task, as long as there is any."""
        self._clock = None
        now = self._loop.time()
        self._check_running(now)
        for begun in tuple(self._turns):
            if now - begun.since >= self.sizes.patience:
                begun.set_exception(busy())
        if self._running or self._turns:
            self._look_soon()

    def _check_running(self, now: float) -> None:
        """Stop what is too late, and demote what is not quick."""
        for worker, run in self._running:
            if now - run.started >= self.sizes.deadline:
                worker.stop(self._too_late())
            elif run.jobs and worker not in self._slow:
                used = worker.seconds_used()
                if used >= self.sizes.quick_seconds:
                    self._demote_or_stop(worker, run)
                is_long = used > ABOUT_DONE or now - run.started > _LONG
                if is_long and len(run.jobs) > 1 and not run.is_closed:
                    self._pass_on(worker)

    def _demote_or_stop(self, worker: Worker, run: Run) -> None:
        """Move a query that is not quick out of the way of those that are."""
        if not worker.alive:
            return  # it has ended just now
        client = run.jobs[0].client
        if run.is_in_vain:
            worker.stop()
        elif self._lane.take_now(client):
            self._demote(worker, client)
        else:
            worker.stop(NotQuickError())

    def _demote(self, worker: Worker, client: str) -> None:
        """Take a worker out of the lane for what is quick; another is forked instead."""
        self._slow[worker] = client
        worker.lower_priority()
        self.counts["slow"] += 1
        self._let_go(worker)
        self._replace(worker)

    def _too_late(self) -> DeadlineError:
        return DeadlineError(
            f"the query was stopped after {self.sizes.deadline:g} s; no part of its result is sent."
        )

    async def why_ended(self, error: EndedError) -> SandboxError:
        """How a worker ended that nobody has stopped."""
        how = 0 if self.gone.done() else await self._zygote.exit_signal(error.pid)
        if self.gone.done():
            return _restarting()
        if how == signal.SIGXCPU:
            return self._too_late()
        what = exhausted_by(how)
        return ExhaustedError(f"the query used up {what}; no part of its result is sent.")


def _nobody(_: Frame | Exception) -> None:
    """Tell nobody."""


def _settle(reply: asyncio.Future[Frame], found: Frame | Exception) -> None:
    """Put what a worker has said where somebody waits for it."""
    if reply.done():  # whoever waited has left
        return
    if isinstance(found, Frame):
        reply.set_result(found)
    else:
        reply.set_exception(found)
        reply.exception()


def _restarting() -> BusyError:
    return BusyError("the query service is starting again; try again in a moment.")
