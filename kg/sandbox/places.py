"""The few places for jobs that are not quick: one for each client at most, and turns by use."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from kg.model.errors import BusyError

_HALF: Final = 30.0
"""Seconds after which half of what a client has used is forgotten."""
_MOST_CLIENTS: Final = 10_000
_MOST_OF_ONE: Final = 8
"""Jobs of one client that may wait for a place."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    client: str
    came: asyncio.Future[None]


class Places:
    """Lends places; who has used them least of late is next, and nobody has two.

    The client without a name is this program itself, and may have as many as there are.
    """

    def __init__(self, number: int, *, patience: float, most_waiting: int) -> None:
        self._left = number
        self._patience = patience
        self._most_waiting = most_waiting
        self._since: dict[str, float] = {}
        """The clients that have a place, and since when."""
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Seconds that a client has had a place, and when that was so."""
        self._waiting: list[_Waiting] = []
        self._loop = asyncio.get_running_loop()

    def take_now(self, client: str) -> bool:
        """Take a place if the client may have one without waiting."""
        if not self._may_have_one(client):
            return False
        self._lend(client)
        return True

    async def take(self, client: str) -> None:
        """Take a place, after waiting one's turn; BusyError when it takes too long."""
        if self.take_now(client):
            return
        if len(self._waiting) >= self._most_waiting or self._has_many_waiting(client):
            raise _busy()
        mine = _Waiting(client, self._loop.create_future())
        self._waiting.append(mine)
        timer = self._loop.call_later(self._patience, _refuse, mine, _busy())
        try:
            await mine.came
        except BaseException:
            if mine.came.done() and not mine.came.cancelled() and mine.came.exception() is None:
                self.give_back(client)  # it came at the very moment of leaving
            raise
        finally:
            timer.cancel()
            if mine in self._waiting:
                self._waiting.remove(mine)

    def give_back(self, client: str) -> None:
        """End a client's use of its place; the next gets it."""
        self._left += 1
        since = self._since.pop(client, None)
        if since is not None:
            self._charge(client, self._loop.time() - since)
        self._call_next()

    def disappoint(self, error: Exception) -> None:
        """Let nobody wait any longer."""
        for each in self._waiting:
            _refuse(each, error)

    def _may_have_one(self, client: str) -> bool:
        return self._left > 0 and client not in self._since

    def _has_many_waiting(self, client: str) -> bool:
        """Whether a client has sent so many that others might find no room behind them."""
        return bool(client) and sum(each.client == client for each in self._waiting) >= _MOST_OF_ONE

    def _lend(self, client: str) -> None:
        self._left -= 1
        if client:
            self._since[client] = self._loop.time()

    def _call_next(self) -> None:
        """Give a place to whoever may have one and has had least; of equals, who came first."""
        able = [
            each
            for each in self._waiting
            if not each.came.done() and self._may_have_one(each.client)
        ]
        if able:
            chosen = min(able, key=lambda each: self._had(each.client))
            self._lend(chosen.client)
            chosen.came.set_result(None)

    def _had(self, client: str) -> float:
        seconds, at = self._used.get(client, (0.0, 0.0))
        return float(seconds * 0.5 ** ((self._loop.time() - at) / _HALF))

    def _charge(self, client: str, seconds: float) -> None:
        self._used[client] = (self._had(client) + seconds, self._loop.time())
        self._used.move_to_end(client)
        if len(self._used) > _MOST_CLIENTS:
            self._used.popitem(last=False)


def _refuse(waiting: _Waiting, error: Exception) -> None:
    if not waiting.came.done():
        waiting.came.set_exception(error)


def _busy() -> BusyError:
    return BusyError(
        "the query takes long, and all places for such queries are busy; try again in a moment."
    )
