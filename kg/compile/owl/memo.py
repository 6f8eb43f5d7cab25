"""What was worked out once and is kept in the cache: answers by the digest of their question.

An answer is written beside and renamed, so a kill leaves it whole or not at all; it begins with its
own digest, so one that was damaged is worked out again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from kg.model import resources

_KEPT: Final = 100
"""So many answers are kept, the newest."""


def remembered(question: bytes, answer: Callable[[], bytes]) -> bytes:
    """The answer to a question: the one that is kept, or a new one, which is kept from now on."""
    path = folder() / hashlib.sha256(question).hexdigest()
    kept = _read(path)
    if kept is not None:
        return kept
    found = answer()
    with suppress(OSError):  # an answer that cannot be kept is an answer all the same
        _write(path, found)
    return found


def folder() -> Path:
    """Where the answers are."""
    return resources.cache_dir() / "reasoned"


def _read(path: Path) -> bytes | None:
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest == _digest(content) else None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as stream:
        stream.write(_digest(content) + b"\n" + content)
    Path(name).replace(path)
    _remove_old(path.parent)


def _remove_old(place: Path) -> None:
    """Leave the newest answers; what a killed process began to write grows old here too."""
    newest_first = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[_KEPT:]:
        path.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
