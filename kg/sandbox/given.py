"""What each worker was given to do: the job that it does, and those that stand behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from kg.sandbox.begun import Begun, Job
from kg.sandbox.client import Worker

_MOST: Final = 8
"""Jobs that a worker has at once, at most."""
_AT_HAND: Final = 0.001
"""Seconds of work that a worker is given at once; beyond that, workers do better side by side."""
_WEIGHT: Final = 1 / 32
"""Of the last job in the time that jobs take on average."""
ABOUT_DONE: Final = 0.002
"""Seconds that nearly all jobs take at most: so long, others may stand behind one."""


class Run:
    """The jobs of one worker that it has not replied to."""

    __slots__ = ("begun", "charged", "is_closed", "jobs", "since", "started")

    def __init__(self, started: float) -> None:
        self.since = self.started = started
        """When it was given the first of all that it does without a pause, and when it came to the
        first of its jobs, as far as was heard."""
        self.charged = 0.0
        """Seconds of that time that jobs were found to have taken."""
        self.jobs: deque[Job] = deque()
        self.begun: deque[Begun] = deque()
        """Those of them that are done without a task: all or none."""
        self.is_closed = False
        """Whether nothing more may stand behind its jobs."""

    @property
    def is_in_vain(self) -> bool:
        """Whether the present job is done by another worker too."""
        return bool(self.begun) and not self.begun[0].is_wanted


class Given:
    """All workers that have jobs.

    A worker that has the next job at hand when it is done with one need not sleep, wake, and find
    its memory gone from the processor's caches: that costs more than most queries. So a job that
    needs no task may stand behind another that has just begun.
    """

    def __init__(self, most_jobs: int) -> None:
        self._most_jobs = most_jobs
        self._runs: dict[Worker, Run] = {}
        self._open: dict[Worker, None] = {}
        """Those that may have room."""
        self._usual = _AT_HAND / _MOST
        """Seconds that jobs have taken of late."""

    def __bool__(self) -> bool:
        return bool(self._runs)

    def __contains__(self, worker: Worker) -> bool:
        return worker in self._runs

    def __iter__(self) -> Iterator[tuple[Worker, Run]]:
        """Each worker with its jobs, as they are now."""
        return iter(tuple(self._runs.items()))

    def __getitem__(self, worker: Worker) -> Run:
        return self._runs[worker]

    def add(self, worker: Worker, job: Job, now: float, begun: Begun | None = None) -> None:
        """Note a job, and that it needs no task where it was begun."""
        run = self._runs.get(worker)
        if run is None:
            run = self._runs[worker] = Run(now)
        run.jobs.append(job)
        if begun is not None:
            run.begun.append(begun)
            self._open[worker] = None

    def remove_first(self, worker: Worker, now: float, said: float | None) -> float:
        """Forget the present job; the next is present from now on.

        Gives the seconds that it has taken: what the worker says, as far as there was time for it.
        Replies to several jobs may be heard at once, so the time since the last is no bound.
        """
        run = self._runs[worker]
        passed, run.started = now - run.started, now
        left = now - run.since - run.charged
        seconds = min(said, left) if said is not None and said >= 0 else passed
        run.charged += seconds
        run.jobs.popleft()
        if run.begun:
            run.begun.popleft()
        if not run.jobs:
            del self._runs[worker]
            self._open.pop(worker, None)
        return seconds

    def learn(self, seconds: float) -> None:
        """Note what a job has taken: the longer they take, the fewer stand behind one."""
        self._usual += (seconds - self._usual) * _WEIGHT

    def about_done(self, now: float) -> Worker | None:
        """A worker that may be given one more job; None where there is none."""
        for worker in tuple(self._open):
            if self.has_room(worker, now):
                return worker
            del self._open[worker]
        return None

    def has_room(self, worker: Worker, now: float) -> bool:
        """Whether a worker has jobs that need no task, few, and the first of them is new."""
        run = self._runs.get(worker)
        return (
            run is not None
            and len(run.begun) == len(run.jobs) < _MOST
            and len(run.jobs) * self._usual < _AT_HAND
            and now - run.started < ABOUT_DONE
            and not run.is_closed
            and worker.alive
            and worker.jobs < self._most_jobs
        )
