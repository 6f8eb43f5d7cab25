"""Values of the compiled model as JSON, the same bytes for the same value, and read again."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw, Struct

from kg.model.errors import CorruptProductError
from kg.model.vocabulary import IRI

_Part = TypeVar("_Part")

_IRIS: Final[dict[str, IRI]] = {}
"""Each IRI once, however often it was read."""


def encode(value: object) -> bytes:
    """A value of the model, or several by name, as JSON."""
    return msgspec.json.encode(_plain(value))


def decode_part(content: Raw | memoryview, of: type[_Part]) -> _Part:
    """A part of the model of its JSON; CorruptProductError where it is something else."""
    found: _Part = decode_value(content, of)
    return found


def decode_value(content: Raw | memoryview, of: Any) -> Any:  # noqa: ANN401 - a type, and its value
    """The same for any type that msgspec knows, such as that of a tuple of IRIs."""
    try:
        return msgspec.json.decode(content, type=of, dec_hook=_value)
    except msgspec.DecodeError as error:
        raise CorruptProductError(f"the compiled model cannot be read: {error}.") from error


def _value(wanted: type, found: str) -> object:
    if wanted is IRI:
        return _IRIS.get(found) or _IRIS.setdefault(found, IRI(found))
    return wanted(found)


_PLAIN: Final = frozenset({str, int, bool, type(None), Raw})
"""What is JSON as it stands; most values are, and a look at their type is the quickest."""


def _plain(value: object) -> Any:  # noqa: ANN401, PLR0911 - JSON, by the kind of the value
    """The value as JSON has it: what equals its default is left out, and sets are sorted."""
    if type(value) in _PLAIN:
        return value
    match value:
        case Struct():
            plain = {name: _plain(each) for name, each in _fields(value)}
            return [*plain.values()] if value.__struct_config__.array_like else plain
        case frozenset():
            return sorted(map(_plain, value))
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case IRI() | Fraction():
            return str(value)
        case str():
            return value
        case Sequence():
            return [_plain(each) for each in value]
    return value


def _fields(value: Struct) -> list[tuple[str, object]]:
    omitting = value.__struct_config__.omit_defaults
    pairs = ((name, getattr(value, own), default) for own, name, default in _shape(type(value)))
    return [(name, each) for name, each, default in pairs if not (omitting and each == default)]


@cache
def _shape(kind: type[Struct]) -> tuple[tuple[str, str, object], ...]:
    """Of each field its name here, its name in JSON, and its default."""
    return tuple((f.name, f.encode_name, f.default) for f in msgspec.structs.fields(kind))
