"""A job that is done without a task: what waits for a worker, and what can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from kg.sandbox.client import Done, EndedError, NotBegunError, Worker
from kg.sandbox.kept import Owner
from kg.sandbox.protocol import Frame

_MOMENT: Final = 0.05
"""Seconds that a job may still take which nobody wants any more."""

Charge = Callable[[float], None]
"""Told the seconds that a job took a worker, however it ended."""


class Job(NamedTuple):
    """What a worker is to do, and for whom."""

    request: Frame
    client: str
    charge: Charge
    owner: Owner | None


class Runner(Protocol):
    """What has workers."""

    def start_begun(self, begun: Begun, worker: Worker) -> None:
        """Have a worker do a job whose turn it is."""
        ...

    def begin_again(self, begun: Begun) -> None:
        """Have another worker do a job that the one which it was given to never came to."""
        ...

    def end_begun(self, begun: Begun, found: Frame | Exception) -> None:
        """See to the worker of a job that has ended, or to its place in line."""
        ...


class Begun:
    """A job that has a worker, or stands in line for one as a future does."""

    __slots__ = ("_is_over", "_runner", "done_with", "is_wanted", "job", "since", "worker")

    def __init__(
        self, job: Job, done: Done, since: float, runner: Runner, *, is_wanted: bool = True
    ) -> None:
        self.job = job
        self.done_with = done
        """Told what has become of it."""
        self.is_wanted = is_wanted
        """Whether it has to be done."""
        self.since = since
        self.worker: Worker | None = None
        self._runner = runner
        self._is_over = False

    def done(self) -> bool:
        """Whether it waits for nothing."""
        return self._is_over or self.worker is not None

    def set_result(self, worker: Worker, /) -> None:
        """Have a worker do it."""
        self.worker = worker
        self._runner.start_begun(self, worker)

    def set_exception(self, error: Exception, /) -> None:
        """Do it no more."""
        self.end(error)

    def end(self, found: Frame | Exception) -> None:
        """Tell what has become of it, once."""
        if self._is_over:
            return
        if isinstance(found, NotBegunError) and self.is_wanted:
            self._runner.begin_again(self)
            return
        self._is_over = True
        self._runner.end_begun(self, found)

    def stop(self) -> None:
        """Stop it: whoever wanted it has left.

        A worker may end what takes a moment: another one in its place would take longer.
        """
        if self.worker is None:
            self.end(EndedError(0))
        else:
            asyncio.get_running_loop().call_later(_MOMENT, self._stop_now)

    def _stop_now(self) -> None:
        if self._is_over:
            return
        if self.worker is not None and self.worker.does(self.end):
            self.worker.stop()
        else:  # it is behind another, whose client may still be there
            self.stop()
