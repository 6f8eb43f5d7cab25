"""Long replies, packed where they are made: the server's own process does one thing at a time."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import Final, cast

from kg.sandbox.protocol import Frame

LONG: Final = 32 * 1024
"""Bytes from which on a reply is packed by the worker."""
LEVEL: Final = 5
QUICK: Final = 3
"""The level for what is sent once: an eighth longer than by the usual one, in half the time."""


def pack(head: Mapping[str, object], content: bytes, level: int = LEVEL) -> Frame:
    """The reply that carries a content, and its packed form too where it is long.

    Packing takes longer than anything else that is done for a long reply, and a worker can do it
    without holding up others.
    """
    if len(content) < LONG:
        return Frame(head, content)
    return Frame({**head, "plain": len(content)}, content + gzip.compress(content, level, mtime=0))


def pack_if_wanted(job: Callable[[Frame], Frame], level: int, request: Frame) -> Frame:
    """The reply of a job, packed too where the request says that its client can unpack it."""
    reply = job(request)
    return pack(reply.head, reply.body, level) if request.head.get("packs") else reply


def unpack(reply: Frame) -> tuple[bytes, bytes | None]:
    """The content of such a reply, and its packed form where there is one."""
    if "plain" not in reply.head:
        return reply.body, None
    end = cast("int", reply.head["plain"])
    return reply.body[:end], reply.body[end:]
