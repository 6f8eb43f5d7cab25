"""What a worker sends twice: as it is, and packed for the clients that can unpack it.

Packing takes longer than anything else that is done for a long reply, and a worker can do it
without holding up others.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Final, cast

from kg.sandbox.protocol import Frame

LONG: Final = 32 * 1024
"""Bytes from which on a reply is packed by the worker."""
_LEVEL: Final = 5


def packed(head: Mapping[str, object], content: bytes) -> Frame:
    """The reply that carries a content, and its packed form too where it is long."""
    if len(content) < LONG:
        return Frame(head, content)
    return Frame({**head, "plain": len(content)}, content + gzip.compress(content, _LEVEL, mtime=0))


def unpacked(reply: Frame) -> tuple[bytes, bytes | None]:
    """The content of such a reply, and its packed form where there is one."""
    if "plain" not in reply.head:
        return reply.body, None
    end = cast("int", reply.head["plain"])
    return reply.body[:end], reply.body[end:]
