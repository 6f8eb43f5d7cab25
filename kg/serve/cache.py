"""Results that were sent before, as many as fit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

_LARGEST: Final = 16
"""No result takes more than one part in so many, so that one does not push out all others."""
_OVERHEAD: Final = 1024
"""Bytes that an entry takes besides its result: its key, headers, and places in the tables."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A result as it was sent."""

    content: bytes
    content_type: str
    version: str
    packed: bytes | None = field(default=None, kw_only=True)
    """The content as gzip has it, where it was packed once for all."""


class ResultCache:
    """The results asked for last, in a bounded number of bytes; 0 keeps none."""

    def __init__(self, most_bytes: int) -> None:
        self.hits = 0
        self.misses = 0
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """The result that was kept under a key."""
        kept = self._kept.get(key)
        if kept is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keep a result, and let go of those that were not asked for longest."""
        size = _size(kept)
        before = self._kept.get(key)
        if size * _LARGEST > self._most or (before is not None and before.packed is not None):
            return
        self._kept.pop(key, None)
        if before is not None:
            self._size -= _size(before)
        self._kept[key] = kept
        self._size += size
        while self._size > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._size -= _size(oldest)

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._size = 0


def _size(kept: Kept) -> int:
    return len(kept.content) + len(kept.packed or b"") + _OVERHEAD
