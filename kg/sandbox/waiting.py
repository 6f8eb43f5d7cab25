"""The queue for a worker, in which clients take turns however much each of them asks."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


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
