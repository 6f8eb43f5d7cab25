"""Waits until something holds, and fails when it does not come true in time.

The two sleeps of this module are pauses between two looks at what rings no bell: other processes,
files, sockets. What has an event is awaited by that event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import httpx

_LOOK: Final = 0.01


def wait_until(
    holds: Callable[[], object], *, seconds: float = 10, why: Callable[[], str] | str = ""
) -> None:
    """Wait until something holds; AssertionError when it never does, with what is known then."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            told = why if isinstance(why, str) else why()
            raise AssertionError(told or "it never came true")
        time.sleep(_LOOK)  # between two looks


def wait_for_address(url: str) -> None:
    """Wait until the RDF/XML at an address has come once: the OWL API asks once, in five seconds.

    A process of the server that answers strangers has the lowest priority on the machine.
    """

    def is_there() -> bool:
        answer = httpx.get(url, headers={"Accept": "application/rdf+xml"}, timeout=30)
        assert answer.status_code in (200, 503, 504), answer.text
        return answer.status_code == 200

    wait_until(is_there, seconds=90, why=url)


async def eventually(holds: Callable[[], object], *, seconds: float = 10) -> None:
    """The same in a running loop; TimeoutError when it never does."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - processes ring no bell
            await asyncio.sleep(_LOOK)  # between two looks


async def settle() -> None:
    """Let every task of this loop go as far as it can without waiting for anything outside."""
    for _ in range(10):
        await asyncio.sleep(0)
