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

_REASONED: Final = "reasoned"
"""What HermiT said of a text."""
_KEPT: Final = 100
"""So many answers of a kind are kept, those that were asked for last."""


def remembered(
    question: bytes, answer: Callable[[], bytes], kind: str = _REASONED, most: int = _KEPT
) -> bytes:
    """The answer to a question: the one that is kept, or a new one, which is kept from now on.

    So many answers of a kind are kept at most.
    """
    path = folder(kind) / hashlib.sha256(question).hexdigest()
    kept = _read(path)
    if kept is not None:
        return kept
    found = answer()
    with suppress(OSError):  # an answer that cannot be kept is an answer all the same
        _write(path, found, most)
    return found


def folder(kind: str = _REASONED) -> Path:
    """Where the answers of a kind are."""
    return resources.cache_dir() / kind


def _read(path: Path) -> bytes | None:
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    with suppress(OSError):  # where nothing can be written, nothing is removed either
        os.utime(path)  # asked for last
    return content if digest == _digest(content) else None


def _write(path: Path, content: bytes, most: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_digest(content) + b"\n" + content)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    _remove_old(path.parent, most)


def _remove_old(place: Path, most: int) -> None:
    """Leave the newest answers; what a killed process began to write grows old here too."""
    newest_first = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[most:]:
        path.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
