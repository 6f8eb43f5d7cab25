"""Looks for a text in the memory of processes; it takes the superuser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

CAN_LOOK = os.geteuid() == 0
"""Whether the memory of a process that is not to be read by its own user can be read."""


def holders(pids: Iterable[int], text: bytes) -> set[int]:
    """The processes that have a text anywhere in the memory that they can write to."""
    return {pid for pid in pids if any(text in part for part in _memory(pid))}


def _memory(pid: int) -> Iterator[bytes]:
    """Each writable part of the memory of a process; nothing of one that has ended."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text("utf-8")
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for start, end in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) rw", maps, re.MULTILINE):
                yield _part(memory.fileno(), int(start, 16), int(end, 16))
    except (FileNotFoundError, ProcessLookupError):
        return


def _part(descriptor: int, start: int, end: int) -> bytes:
    try:
        return os.pread(descriptor, end - start, start)
    except OSError:  # a part that was given back meanwhile
        return b""
