"""Workers that wait for another job of the owner whose job they did; nobody else is given one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from kg.sandbox.client import Worker
from kg.sandbox.queue import Sizes

Owner = asyncio.Future[None]
"""Whose a job is, such as a connection: an object of its own, which is done when its owner ends."""
IDLE: Final = 10.0
"""Seconds that a worker waits for another job of its owner."""
LASTS: Final = 60.0
"""Seconds after its first job for which a worker is kept."""


class KeptWorkers:
    """The workers that wait for their owners, one for each; who has waited longest is in front.

    A worker is stopped when its owner ends, when it has waited long, is old or has had many jobs,
    and when it is one too many. What it still holds of a job ends with it.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._loop = asyncio.get_running_loop()
        self._kept: OrderedDict[Owner, Worker] = OrderedDict()
        self._timers: dict[Worker, asyncio.TimerHandle] = {}

    def __iter__(self) -> Iterator[Worker]:
        return iter(self._kept.values())

    def take(self, owner: Owner | None) -> Worker | None:
        """The worker that waits for this owner, if there is one."""
        worker = None if owner is None else self._remove(owner)
        return worker if worker is not None and worker.alive else None

    def keep(self, owner: Owner | None, worker: Worker) -> bool:
        """Have a worker wait for its owner; False where it is to be stopped instead."""
        if owner is None or owner in self._kept or not self._may_stay(owner, worker):
            return False
        owner.add_done_callback(self._stop)
        self._kept[owner] = worker
        self._timers[worker] = self._loop.call_later(IDLE, self._stop, owner)
        if len(self._kept) > (self._sizes.kept or 0):
            self._stop(next(iter(self._kept)))
        return True

    def forget(self, worker: Worker) -> None:
        """Keep a worker no more that has ended."""
        for owner in [each for each, kept in self._kept.items() if kept is worker]:
            self._remove(owner)

    def _may_stay(self, owner: Owner, worker: Worker) -> bool:
        is_old = self._loop.time() - worker.since >= LASTS
        is_spent = worker.jobs >= self._sizes.most_jobs
        return worker.alive and not (owner.done() or is_old or is_spent)

    def _stop(self, owner: Owner) -> None:
        worker = self._remove(owner)
        if worker is not None:
            worker.stop()

    def _remove(self, owner: Owner) -> Worker | None:
        worker = self._kept.pop(owner, None)
        if worker is not None:
            owner.remove_done_callback(self._stop)
            self._timers.pop(worker).cancel()
        return worker
