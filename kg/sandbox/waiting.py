"""Waiting in line, where clients take turns however much each of them asks."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict, deque
from typing import Generic, TypeVar

from kg.errors import BusyError

Item = TypeVar("Item")
Thing = TypeVar("Thing")


class FairQueue(Generic[Item]):
    """Gives one item of each client in turn; within a client the first that came."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, deque[Item]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def put(self, client: str, item: Item) -> None:
        """Add an item at the end of its client's line."""
        self._clients.setdefault(client, deque()).append(item)
        self._length += 1

    def take(self) -> Item | None:
        """The next item, or None when there is none."""
        if not self._clients:
            return None
        client, line = self._clients.popitem(last=False)
        item = line.popleft()
        self._length -= 1
        if line:
            self._clients[client] = line
        return item

    def remove(self, client: str, item: Item) -> None:
        """Take an item out that nobody waits for any more; one that is not there is no matter."""
        line = self._clients.get(client)
        if line is None or item not in line:
            return
        line.remove(item)
        self._length -= 1
        if not line:
            del self._clients[client]


class Line(Generic[Thing]):
    """Things that are lent, such as workers, and those who wait for one."""

    def __init__(self, what: str, *, patience: float, most_waiting: int) -> None:
        self._what = what
        """How the things are called in an error."""
        self._patience = patience
        self._most_waiting = most_waiting
        self._free: deque[Thing] = deque()
        self._waiting: FairQueue[asyncio.Future[Thing]] = FairQueue()

    async def take(self, client: str, *, at_most: float = math.inf) -> Thing:
        """A thing that is free, after waiting one's turn; BusyError when it takes too long.

        `at_most` are seconds, where the caller has less patience than the line.
        """
        if self._free:
            return self._free.popleft()
        if len(self._waiting) >= self._most_waiting:
            raise BusyError("too many queries are waiting; try again in a moment.")
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[Thing] = loop.create_future()
        self._waiting.put(client, mine)
        timer = loop.call_later(min(self._patience, at_most), self._expire, mine)
        try:
            return await mine
        except BaseException:
            self._waiting.remove(client, mine)
            if _has_come(mine):  # at the very moment of leaving
                self.offer(mine.result())
            raise
        finally:
            timer.cancel()

    def free(self) -> Thing | None:
        """A thing that is free now; nobody waits where there is one."""
        return self._free.popleft() if self._free else None

    def offer(self, thing: Thing) -> None:
        """Give a thing to whoever's turn it is, or keep it for the next who comes."""
        while (waiting := self._waiting.take()) is not None:
            if not waiting.done():
                waiting.set_result(thing)
                return
        self._free.append(thing)

    def withdraw(self, thing: Thing) -> None:
        """Lend a thing no more; one that is lent or waited for is no matter."""
        if thing in self._free:
            self._free.remove(thing)

    def disappoint(self, error: Exception) -> None:
        """Let nobody wait any longer."""
        while (waiting := self._waiting.take()) is not None:
            if not waiting.done():
                waiting.set_exception(error)

    def _expire(self, waiting: asyncio.Future[Thing]) -> None:
        if not waiting.done():
            waiting.set_exception(BusyError(f"{self._what} are busy; try again in a moment."))


def _has_come(waiting: asyncio.Future[Thing]) -> bool:
    return waiting.done() and not waiting.cancelled() and waiting.exception() is None
