"""Which representation an Accept header asks for: a pure function (RFC 9110 §12.5.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_MOST_RANGES: Final = 20
_LONGEST: Final = 4096


class MediaRange(NamedTuple):
    """One part of an Accept header."""

    kind: str
    subtype: str
    parameters: int
    quality: float

    @property
    def specificity(self) -> tuple[int, int, int]:
        """The more it says, the higher it ranks, whatever its quality."""
        return (self.kind != "*", self.subtype != "*", self.parameters)

    def covers(self, media_type: str) -> bool:
        """Whether a media type is meant by it."""
        kind, _, subtype = media_type.partition("/")
        return self.kind in ("*", kind) and self.subtype in ("*", subtype)


def negotiate(header: str | None, offered: Sequence[str], default: str) -> str | None:
    """The offered media type that is wanted most, or None when none of them is wanted.

    Without a header it is the default, which also wins where others are wanted just as much;
    after it the order of the offer decides.
    """
    if header is None or not header.strip():
        return default
    ranges = tuple(read_accept(header))
    ranked = sorted(
        offered,
        key=lambda media_type: (-quality(ranges, media_type), media_type != default),
    )
    best = ranked[0] if ranked else default
    return best if quality(ranges, best) > 0 else None


def quality(ranges: Sequence[MediaRange], media_type: str) -> float:
    """How much a media type is wanted: the most specific range that covers it says so."""
    covering = [each for each in ranges if each.covers(media_type)]
    return max(covering, key=lambda each: each.specificity).quality if covering else 0.0


def read_accept(header: str) -> Iterator[MediaRange]:
    """The ranges of an Accept header; what is not a range is passed over, as is the far end."""
    for part in header[:_LONGEST].split(",", _MOST_RANGES)[:_MOST_RANGES]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        kind, slash, subtype = name.lower().partition("/")
        if not slash or not kind or not subtype or (kind == "*" and subtype != "*"):
            continue
        named = [each.partition("=")[::2] for each in parameters if each]
        weights = [value for key, value in named if key.strip().lower() == "q"]
        weight = _quality(weights[0]) if weights else 1.0
        yield MediaRange(kind, subtype, len(named) - len(weights), weight)


def accepts_gzip(header: str | None) -> bool:
    """Whether an Accept-Encoding header allows gzip; what it says of all is said of the others."""
    said: dict[str, float] = {}
    for part in (header or "")[:_LONGEST].lower().split(","):
        name, _, parameters = part.partition(";")
        said.setdefault(name.strip(), _quality(parameters.partition("=")[2] or "1"))
    return said.get("gzip", said.get("*", 0.0)) > 0


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
