"""Who is next: clients take turns for a worker, and a slow one goes by what it has had of late."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from kg.sandbox.protocol import BusyError

Item = TypeVar("Item")
Taken_contra = TypeVar("Taken_contra", contravariant=True)

_CPUS: Final = os.cpu_count() or 1
_BUSY: Final = "all workers are busy; try again in a moment."
_TOO_MANY: Final = "too many queries are waiting; try again in a moment."
_SLOW_BUSY: Final = (
    "the query takes long, and all places for such queries are busy; try again in a moment."
)


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
    most_jobs: int = 5_000
    """Jobs of a worker before another takes its place."""
    kept: int | None = None
    """Workers that wait for another job of one owner, where a worker is never given to two; None
    where it does the jobs of all."""


class FairQueue(Generic[Item]):
    """Gives one item of each client in turn; within a client the first that came."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, deque[Item]] = OrderedDict()
        self._length = 0
        self._again: deque[Item] = deque()
        """Items that had their turn before, and come before all others."""

    def __len__(self) -> int:
        return self._length + len(self._again)

    def put(self, client: str, item: Item) -> None:
        """Add an item at the end of its client's line."""
        self._clients.setdefault(client, deque()).append(item)
        self._length += 1

    def put_again(self, item: Item) -> None:
        """Add an item that had its turn: behind those of which the same is true."""
        self._again.append(item)

    def first(self) -> Item | None:
        """The next item, which stays; None when there is none."""
        if self._again:
            return self._again[0]
        return next(iter(self._clients.values()))[0] if self._clients else None

    def take(self) -> Item | None:
        """The next item, or None when there is none."""
        if self._again:
            return self._again.popleft()
        if not self._clients:
            return None
        client, line = self._clients.popitem(last=False)
        item = line.popleft()
        self._length -= 1
        if line:
            self._clients[client] = line
        return item

    def last_of_most(self, client: str) -> Item | None:
        """Take out the last item of whoever has most; None where that is this client itself."""
        if not self._clients:
            return None
        most, line = max(self._clients.items(), key=lambda each: len(each[1]))
        if len(line) <= len(self._clients.get(client, ())) + 1:
            return None
        item = line[-1]
        self.remove(most, item)
        return item

    def remove(self, client: str, item: Item) -> None:
        """Take an item out that nobody waits for any more; one that is not there is no matter."""
        if item in self._again:
            self._again.remove(item)
            return
        line = self._clients.get(client)
        if line is None or item not in line:
            return
        line.remove(item)
        self._length -= 1
        if not line:
            del self._clients[client]


class Waiting(Protocol[Taken_contra]):
    """Who waits for something; a future does."""

    def done(self) -> bool:
        """Whether nothing is waited for any more."""
        ...

    def set_result(self, result: Taken_contra, /) -> None:
        """Give what was waited for."""
        ...

    def set_exception(self, exception: Exception, /) -> None:
        """Say why it does not come."""
        ...


def busy() -> BusyError:
    """What is said to who has waited too long for a worker."""
    return BusyError(_BUSY)


class WorkerQueue(Generic[Item]):
    """Workers that are lent and given back, and those who wait for one."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._free: deque[Item] = deque()
        self._waiting: FairQueue[Waiting[Item]] = FairQueue()

    async def take(self, client: str) -> Item:
        """A worker that is free, after waiting one's turn; BusyError when it takes too long."""
        if self._free:
            return self._free.popleft()
        mine: asyncio.Future[Item] = asyncio.get_running_loop().create_future()
        self.wait(client, mine)
        try:
            return await _wait(mine, self._sizes.patience, busy(), self.offer)
        finally:
            self._waiting.remove(client, mine)

    def wait(self, client: str, mine: Waiting[Item]) -> None:
        """Stand in line; BusyError where it is full."""
        if len(self._waiting) >= self._sizes.most_waiting:
            self._make_room(client)
        self._waiting.put(client, mine)

    def wait_again(self, mine: Waiting[Item]) -> None:
        """Stand in line in front of all who have not had their turn."""
        self._waiting.put_again(mine)

    def first(self) -> Waiting[Item] | None:
        """Who is next; None where nobody waits."""
        return self._waiting.first()

    def take_first(self) -> None:
        """Have whoever is next stand in line no more."""
        self._waiting.take()

    def leave(self, client: str, mine: Waiting[Item]) -> None:
        """Stand in line no more."""
        self._waiting.remove(client, mine)

    def take_now(self) -> Item | None:
        """A worker that is free, so that nobody waits for one; None where none is."""
        return self._free.popleft() if self._free else None

    def offer(self, worker: Item, *, has_worked: bool = False) -> None:
        """Give a worker to whoever's turn it is, or keep it for the next who comes.

        One that has just worked is taken first: what it needs is still in the processor's caches.
        """
        while (waiting := self._waiting.take()) is not None:
            if not waiting.done():
                waiting.set_result(worker)
                return
        if has_worked:
            self._free.appendleft(worker)
        else:
            self._free.append(worker)

    def withdraw(self, worker: Item) -> None:
        """Lend it no more; nothing happens where it is lent now."""
        if worker in self._free:
            self._free.remove(worker)

    def fail_all(self, error: Exception) -> None:
        """Let nobody wait any longer."""
        while (waiting := self._waiting.take()) is not None:
            _refuse(waiting, error)

    def _make_room(self, client: str) -> None:
        """Turn away the last of those that whoever has most of them in line has sent."""
        last = self._waiting.last_of_most(client)
        if last is None:
            raise BusyError(_TOO_MANY)
        _refuse(last, BusyError(_TOO_MANY))


# ── What is slow ────────────────────────────────────────────────────────────────────────────

_HALF_LIFE: Final = 30.0
"""Seconds after which half of what a client has used is forgotten."""
_MOST_CLIENTS: Final = 10_000
_MOST_OF_ONE: Final = 8
"""Jobs of one client that may wait for a place."""


class SlowLane:
    """The few places for jobs that are not quick; who has used them least of late is next.

    A client has one at most. The client without a name is this program itself, and may have as
    many as there are.
    """

    def __init__(self, sizes: Sizes, clock: Callable[[], float] | None = None) -> None:
        self._left = sizes.slow
        # Long enough for whoever has a place now to reach the deadline.
        self._patience = sizes.deadline + sizes.patience
        self._most_waiting = sizes.most_waiting
        self._clock = clock or asyncio.get_running_loop().time
        self._since: dict[str, float] = {}
        """The clients that have a place, and since when."""
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Seconds that a client has had a place, and when that was so."""
        self._waiting: dict[asyncio.Future[str], str] = {}
        """Who waits, in the order in which they came."""

    def take_now(self, client: str) -> bool:
        """Take a place if the client may have one without waiting."""
        if not self._is_open_to(client):
            return False
        self._lend(client)
        return True

    async def take(self, client: str) -> None:
        """Take a place, after waiting one's turn; BusyError when it takes too long."""
        if self.take_now(client):
            return
        if len(self._waiting) >= self._most_waiting or self._has_many_waiting(client):
            raise BusyError(_SLOW_BUSY)
        mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[mine] = client
        try:
            await _wait(mine, self._patience, BusyError(_SLOW_BUSY), self.give_back)
        finally:
            del self._waiting[mine]

    def give_back(self, client: str) -> None:
        """End a client's use of its place; the next gets it."""
        self._left += 1
        since = self._since.pop(client, None)
        if since is not None:
            self._charge(client, self._clock() - since)
        self._call_next()

    def fail_all(self, error: Exception) -> None:
        """Let nobody wait any longer."""
        for each in self._waiting:
            _refuse(each, error)

    def _is_open_to(self, client: str) -> bool:
        return self._left > 0 and client not in self._since

    def _has_many_waiting(self, client: str) -> bool:
        """Whether a client has sent so many that others might find no room behind them."""
        return bool(client) and list(self._waiting.values()).count(client) >= _MOST_OF_ONE

    def _lend(self, client: str) -> None:
        self._left -= 1
        if client:
            self._since[client] = self._clock()

    def _call_next(self) -> None:
        """Give a place to whoever may have one and has had least; of equals, who came first."""
        able = [
            (came, client)
            for came, client in self._waiting.items()
            if not came.done() and self._is_open_to(client)
        ]
        if able:
            came, client = min(able, key=lambda each: self._seconds_used(each[1]))
            self._lend(client)
            came.set_result(client)

    def _seconds_used(self, client: str) -> float:
        """What a client has used, of which half is forgotten after a while."""
        seconds, at = self._used.get(client, (0.0, 0.0))
        return float(seconds * 0.5 ** ((self._clock() - at) / _HALF_LIFE))

    def _charge(self, client: str, seconds: float) -> None:
        self._used[client] = (self._seconds_used(client) + seconds, self._clock())
        self._used.move_to_end(client)
        if len(self._used) > _MOST_CLIENTS:
            self._used.popitem(last=False)


async def _wait(
    mine: asyncio.Future[Item], seconds: float, error: Exception, give_back: Callable[[Item], None]
) -> Item:
    """What comes in time, or the error; whoever leaves at the moment it comes gives it back."""
    timer = asyncio.get_running_loop().call_later(seconds, _refuse, mine, error)
    try:
        return await mine
    except BaseException:
        if mine.done() and not mine.cancelled() and mine.exception() is None:
            give_back(mine.result())
        raise
    finally:
        timer.cancel()


def _refuse(waiting: Waiting[Any], error: Exception) -> None:
    if not waiting.done():
        waiting.set_exception(error)
