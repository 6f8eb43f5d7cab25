"""Tables of one file, of which a reader decodes what it asks for, however large the file is.

A table is written as blocks: JSON objects of some entries each, in the order of the keys, and
behind them the keys in the order in which the table is gone through. Where each block begins is its
plan, which is small, and read first. So who asks for one entry decodes one block of about 16 kB.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, overload

import msgspec
from msgspec import Raw, Struct

from kg.model.json_values import decode_value

_BLOCK_BYTES: Final = 16_384
_Key = TypeVar("_Key", bound=str)
_Value = TypeVar("_Value")
_Other = TypeVar("_Other")


class Plan(Struct, frozen=True, array_like=True):
    """Where the blocks of a table are."""

    first: tuple[str, ...]
    """The first key of each block."""
    starts: tuple[int, ...]
    """Where each block begins, where the keys in their order do, and where they end."""
    count: int
    """The entries of the table."""

    def moved(self, by: int) -> "Plan":
        """The plan of the same table, so many bytes farther on."""
        return Plan(self.first, tuple(each + by for each in self.starts), self.count)


def write_table(entries: Mapping[str, bytes]) -> tuple[Plan, bytes]:
    """A table of values that are JSON already, with its plan from its own beginning."""
    blocks: list[dict[str, Raw]] = []
    size = _BLOCK_BYTES
    for key in sorted(entries):
        if size >= _BLOCK_BYTES:
            blocks.append({})
            size = 0
        blocks[-1][key] = Raw(entries[key])
        size += len(key) + len(entries[key])
    written = [msgspec.json.encode(each) for each in (*blocks, [*entries])]
    starts = [0]
    for each in written:
        starts.append(starts[-1] + len(each))
    first = tuple(next(iter(each)) for each in blocks)
    return Plan(first, tuple(starts), len(entries)), b"".join(written)


class Table(Mapping[_Key, _Value]):
    """Values by their keys, each decoded when it is first asked for: an answer asks for few."""

    def __init__(
        self,
        content: memoryview,
        plan: Plan,
        key: type[_Key],
        kind: Any,  # noqa: ANN401 - a type that msgspec knows
    ) -> None:
        self._content, self._plan = content, plan
        self._key, self._kind = key, kind
        self._blocks: dict[int, dict[str, Raw]] = {}
        self._read: dict[str, _Value] = {}

    @overload
    def get(self, name: _Key, /) -> _Value | None: ...
    @overload
    def get(self, name: _Key, /, default: _Value | _Other) -> _Value | _Other: ...
    def get(self, name: _Key, default: object = None) -> object:
        """The value of a key, or another one; what it has not is not remembered."""
        found = self._read.get(name)
        if found is not None:
            return found
        return self[name] if name in self._block_of(name) else default

    def __getitem__(self, name: _Key) -> _Value:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = decode_value(self._block_of(name)[name], self._kind)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._read or (isinstance(name, str) and name in self._block_of(name))

    def __iter__(self) -> Iterator[_Key]:
        return map(self._key, decode_value(self._bytes(len(self._plan.first)), list[str]))

    def __len__(self) -> int:
        return self._plan.count

    def _block_of(self, name: str) -> dict[str, Raw]:
        """The block that has an entry if the table has it."""
        place = bisect_right(self._plan.first, name) - 1
        return self._block(place) if place >= 0 else {}

    def _block(self, place: int) -> dict[str, Raw]:
        if place not in self._blocks:
            self._blocks[place] = decode_value(self._bytes(place), dict[str, Raw])
        return self._blocks[place]

    def _bytes(self, place: int) -> memoryview:
        start, end = self._plan.starts[place : place + 2]
        return self._content[start:end]


class Row(Sequence[_Value]):
    """The values of a table by their places, whose keys are `place_key` of each."""

    def __init__(self, table: Table[str, _Value]) -> None:
        self._table = table
        self._read: dict[int, _Value] = {}

    @overload
    def __getitem__(self, place: int) -> _Value: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[_Value]: ...
    def __getitem__(self, place: int | slice) -> _Value | Sequence[_Value]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        found = self._read.get(place)
        return self._first(place) if found is None else found

    def _first(self, place: int) -> _Value:
        try:
            found = self._read[place] = self._table[place_key(place)]
        except KeyError:
            raise IndexError(place) from None
        return found

    def __iter__(self) -> Iterator[_Value]:
        return iter(self._table.values())

    def __len__(self) -> int:
        return len(self._table)


def place_key(place: int) -> str:
    """The key of a place: keys are in the order of places."""
    return f"{place:07}"
