"""Waiting in line, where clients take turns however much each of them asks."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Any, Final, Generic, TypeVar

from kg.model.errors import BusyError

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

    def last_of_most(self, client: str) -> Item | None:
        """Take out the last item of whoever has most; None where that is this client itself."""
        most, line = max(self._clients.items(), key=lambda each: len(each[1]))
        if len(line) <= len(self._clients.get(client, ())) + 1:
            return None
        item = line[-1]
        self.remove(most, item)
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
    """What is lent and given back, such as workers, and those who wait for it."""

    def __init__(self, *, patience: float, most_waiting: int) -> None:
        self._patience = patience
        self._most_waiting = most_waiting
        self._free: deque[Thing] = deque()
        self._waiting: FairQueue[asyncio.Future[Thing]] = FairQueue()

    async def take(self, client: str) -> Thing:
        """A worker that is free, after waiting one's turn; BusyError when it takes too long."""
        if self._free:
            return self._free.popleft()
        if len(self._waiting) >= self._most_waiting:
            self._make_room(client)
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[Thing] = loop.create_future()
        self._waiting.put(client, mine)
        timer = loop.call_later(self._patience, _refuse, mine, _BUSY)
        try:
            return await mine
        except BaseException:
            self._waiting.remove(client, mine)
            if _has_come(mine):  # at the very moment of leaving
                self.offer(mine.result())
            raise
        finally:
            timer.cancel()

    def offer(self, thing: Thing) -> None:
        """Give something to whoever's turn it is, or keep it for the next who comes."""
        while (waiting := self._waiting.take()) is not None:
            if not waiting.done():
                waiting.set_result(thing)
                return
        self._free.append(thing)

    def withdraw(self, thing: Thing) -> None:
        """Lend it no more; nothing happens where it is lent now."""
        if thing in self._free:
            self._free.remove(thing)

    def disappoint(self, error: Exception) -> None:
        """Let nobody wait any longer."""
        while (waiting := self._waiting.take()) is not None:
            if not waiting.done():
                waiting.set_exception(error)

    def _make_room(self, client: str) -> None:
        """Turn away the last of those that whoever has most of them in line has sent."""
        last = self._waiting.last_of_most(client)
        if last is None:
            raise BusyError(_TOO_MANY)
        _refuse(last, _TOO_MANY)


_BUSY: Final = "all workers are busy; try again in a moment."
_TOO_MANY: Final = "too many queries are waiting; try again in a moment."


def _refuse(waiting: asyncio.Future[Any], why: str) -> None:
    if not waiting.done():
        waiting.set_exception(BusyError(why))


def _has_come(waiting: asyncio.Future[Thing]) -> bool:
    return waiting.done() and not waiting.cancelled() and waiting.exception() is None
