"""Texts that are no Unicode: half of a character, which no answer, file or query can repeat.

JSON can write one as an unpaired escape (RFC 8259 §8.2), and a text of Python can hold one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from kg.model.errors import UsageError

WANTED: Final = "whole characters of Unicode"


class Half(Struct, frozen=True):
    """Half of a character in plain values."""

    place: str
    """Where it stands, such as `labs[0].marker`; empty for a text alone."""
    code: str
    """Which one it is, as `U+` and four hexadecimal digits."""


def find_half(value: object, place: str = "") -> Half | None:
    """The first half of a character in texts, tables and lists; None where all are whole."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            return Half(place, f"U+{ord(value[error.start]):04X}")
        return None
    return next(filter(None, (find_half(each, at) for at, each in _parts(value, place))), None)


def _parts(value: object, place: str) -> Iterator[tuple[str, object]]:
    """What a table or a list holds, keys too, each with its place."""
    if isinstance(value, Mapping):
        yield from ((place, key) for key in value)
        yield from ((f"{place}.{key}".lstrip("."), each) for key, each in value.items())
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        yield from ((f"{place}[{number}]", each) for number, each in enumerate(value))


def check_characters(value: object, what: str) -> None:
    """UsageError where plain values hold half of a character; `what` they are, for its words."""
    found = find_half(value)
    if found is not None:
        at = f" at {found.place}" if found.place else ""
        raise UsageError(f"{what} holds half of a character{at}, {found.code}; wanted {WANTED}.")
