"""Parts of a file that a client asks for, to go on where it was cut off (RFC 9110 §14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kg.serve.http.negotiation import accepts_gzip

RawHeaders = list[tuple[bytes, bytes]]
"""The headers of a reply, by names in lower case."""

_RANGE: Final = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


def part_of(asked: Mapping[str, str], length: int, headers: RawHeaders) -> range | None:
    """The bytes of so many that a request asks for; None where it is to have all of them.

    None of them are where the part begins behind the end. `headers` are those of the whole reply;
    who has a part of another is sent all.
    """
    header = asked.get("range")
    if header is None or not _is_of_same(asked, headers):
        return None
    return read_range(header, length)


def read_range(header: str, length: int) -> range | None:
    """The bytes that a Range header means; None where it is to be passed over (§14.2).

    That is one which cannot be read, and one that wants several parts.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return range(max(0, length - int(found[2])), length)
    first, last = int(found[1]), int(found[2] or length)
    if found[2] and last < first:
        return None
    return range(min(first, length), min(last + 1, length))


def _is_of_same(asked: Mapping[str, str], headers: RawHeaders) -> bool:
    """Whether the part that a client has is of the very same bytes (§13.1.5).

    The ETag says so. The date does only where nothing was packed: it is that of both forms.
    """
    condition = asked.get("if-range")
    if condition is None:
        return True
    known = dict(headers)
    same = [known.get(b"etag")]
    if not accepts_gzip(asked.get("accept-encoding")):
        same.append(known.get(b"last-modified"))
    return condition.strip().encode("latin-1") in same
