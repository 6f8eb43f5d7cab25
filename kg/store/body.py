"""The body of a reply, taken in piece by piece: whole, or an error."""

from __future__ import annotations

import zlib
from typing import Final

from kg.model.errors import PartialResultError

_GZIP: Final = 16 + zlib.MAX_WBITS
_UNUSED: Final = "nothing of it is used."


class Body:
    """What has come so far, unpacked where the store packed it."""

    def __init__(self, where: str, most: int, *, packed: bool) -> None:
        self._where = where
        self._most = most
        self._unpacking = zlib.decompressobj(_GZIP) if packed else None
        self._pieces: list[bytes] = []
        self._size = 0
        self._came = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece; PartialResultError where it is more than is read."""
        self._came += len(piece)
        if self._unpacking is not None:
            try:
                # One byte more than is left to read is enough to know that it is too much.
                piece = self._unpacking.decompress(piece, self._most - self._size + 1)
            except zlib.error as error:
                raise PartialResultError(
                    f"{self._where} packed its reply in a way that cannot be read ({error}); "
                    f"{_UNUSED}"
                ) from None
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > self._most:
            raise PartialResultError(
                f"{self._where} replied with more than {self._most} bytes, "
                "which is more than is read."
            )

    def whole(self, announced: int | None) -> bytes:
        """Everything; PartialResultError where something is missing at the end."""
        if announced is not None and self._came < announced:
            raise self._cut(f"after {self._came} of {announced} bytes")
        if self._unpacking is not None and not self._unpacking.eof:
            raise self._cut(f"after {self._came} packed bytes")
        return b"".join(self._pieces)

    def _cut(self, when: str) -> PartialResultError:
        return PartialResultError(f"{self._where} broke off its reply {when}; {_UNUSED}")
