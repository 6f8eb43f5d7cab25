"""What a build worked out and the next one may use: results by the digest of what they are made of.

Each kind of result is one file in the cache, with what the last build used of it and no more. It
begins with its own digest, so one that was damaged is worked out again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from kg.model import resources


def digest_of(*parts: bytes) -> str:
    """The name of a result: the same for the same parts, none of which can run into the next."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


class Kept:
    """Texts of a kind by what they are made of; what is used of those that were kept is kept on.

    They stand in several files, of which those are written again that hold another text.
    """

    def __init__(self, kind: str, code: bytes) -> None:
        self._kind = kind
        self._code = code
        self._known = {shard: _texts(kept_text(f"{kind}-{shard}")) for shard in _SHARDS}
        self._used: dict[str, dict[str, bytes]] = {shard: {} for shard in _SHARDS}

    def remember(self, question: bytes, answer: Callable[[], bytes]) -> bytes:
        """The text that is made of something: as it was kept, or made now."""
        name = digest_of(self._code, question)
        found = self._known[name[0]].get(name)
        if found is None:
            found = answer()
        self._used[name[0]][name] = found
        return found

    def keep(self) -> None:
        """Keep what was used, in place of what was kept."""
        for shard, used in self._used.items():
            if used.keys() != self._known[shard].keys():
                sizes = {name: len(text) for name, text in used.items()}
                head = msgspec.json.encode(sizes)
                keep_text(f"{self._kind}-{shard}", b"\n".join((head, b"".join(used.values()))))


_SHARDS: Final = "0123456789abcdef"
"""The first digit of the names of the texts in a file."""


def _texts(content: bytes) -> dict[str, bytes]:
    """The texts of a file, by their names."""
    head, _, rest = content.partition(b"\n")
    found, start = {}, 0
    with suppress(msgspec.DecodeError):
        for name, size in msgspec.json.decode(head or b"{}", type=dict[str, int]).items():
            found[name] = rest[start : start + size]
            start += size
    return found


def kept_results(kind: str) -> dict[str, msgspec.Raw]:
    """The results of a kind by their names; none where nothing was kept."""
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(kept_text(kind) or b"{}", type=dict[str, msgspec.Raw])
    return {}


def keep_results(kind: str, results: Mapping[str, object]) -> None:
    """Keep results in place of those that were kept."""
    keep_text(kind, msgspec.json.encode(results))


def kept_text(kind: str) -> bytes:
    """What was kept under a name as one text; empty where nothing was, or it is damaged."""
    try:
        digest, _, content = _path(kind).read_bytes().partition(b"\n")
    except OSError:
        return b""
    return content if digest == digest_of(content).encode() else b""


def keep_text(kind: str, content: bytes) -> None:
    """Keep a text in place of what was kept; one that cannot be kept is none the worse."""
    path = _path(kind)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(f"{digest_of(content)}\n".encode() + content)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)


def _path(kind: str) -> Path:
    return resources.cache_dir() / "kept" / f"{kind}.json"
