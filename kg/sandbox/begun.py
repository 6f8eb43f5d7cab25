"""A job that is done without a task: what waits for a worker, and what can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from kg.sandbox.client import EndedError, Worker
from kg.sandbox.protocol import Frame

_MOMENT: Final = 0.05
"""Seconds that a job may still take which nobody wants any more."""


class Begun:
    """A job that has a worker, or stands in line for one as a future does."""

    def __init__(
        self,
        since: float,
        start: Callable[[Begun, Worker], None],
        end: Callable[[Begun, Frame | Exception], None],
    ) -> None:
        self.since = since
        self.worker: Worker | None = None
        self._start = start
        self._end = end
        self._is_over = False

    def done(self) -> bool:
        """Whether it waits for nothing."""
        return self._is_over or self.worker is not None

    def set_result(self, worker: Worker, /) -> None:
        """Have a worker do it."""
        self.worker = worker
        self._start(self, worker)

    def set_exception(self, error: Exception, /) -> None:
        """Do it no more."""
        self.end(error)

    def end(self, found: Frame | Exception) -> None:
        """Tell what has become of it, once."""
        if not self._is_over:
            self._is_over = True
            self._end(self, found)

    def stop(self) -> None:
        """Stop it: whoever wanted it has left.

        A worker may end what takes a moment: another one in its place would take longer.
        """
        if self.worker is None:
            self.end(EndedError(0))
        else:
            asyncio.get_running_loop().call_later(_MOMENT, self._stop_now, self.worker)

    def _stop_now(self, worker: Worker) -> None:
        if not self._is_over:
            worker.stop()
