"""Parts of the compiled model, each made anew only where what it was made of differs.

A part is made of the rows of some queries and of what it is given beside them. Which queries it
asked is kept with it: where each of them has the same rows again, it would ask the same queries
again and come to the same part, so it is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from kg.compile.inputs import code_digest
from kg.compile.kept import digest_of, keep_text, kept_text
from kg.model.model_file import WrittenPart
from kg.model.parts import Plan
from kg.store.base import Rows

if TYPE_CHECKING:
    from kg.compile.remembered import RememberingStore
    from kg.model.rdf import Triple

_Value = TypeVar("_Value")
_KIND: Final = "model-"
"""What the names begin with under which parts are kept."""


@dataclass
class Asking:
    """A store that notes what it was asked, and what the rows were."""

    store: RememberingStore
    asked: dict[str, str | None] = field(default_factory=dict)
    """The digest of the rows of each query; None where they may be others each time."""

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""
        self.asked[query] = self.store.digest_of_rows(query)
        return self.store.select(query)

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""
        self.asked[query] = None
        return self.store.ask(query)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query."""
        self.asked[query] = None
        return self.store.construct(query)

    def answer(self, query: str, media_type: str) -> bytes:
        """The whole result of any query, written in a media type that can carry it."""
        self.asked[query] = None
        return self.store.answer(query, media_type)


class Shared(Generic[_Value]):
    """A value that several parts are made of, made when the first of them is."""

    def __init__(self, make: Callable[[Asking], _Value]) -> None:
        self._make = make
        self._made: tuple[_Value, Mapping[str, str | None]] | None = None

    def of(self, asking: Asking) -> _Value:
        """The value; what it asked is what the part that wants it asked."""
        if self._made is None:
            own = Asking(asking.store)
            self._made = self._make(own), own.asked
        value, asked = self._made
        asking.asked.update(asked)
        return value


class _Head(Struct, frozen=True):
    """The first line of a part as it is kept; its tables stand behind it."""

    given: str
    asked: dict[str, str]
    rest: Raw
    tables: list[tuple[str, Plan, int]]


def made_part(
    name: str,
    store: RememberingStore,
    given: Iterable[bytes],
    make: Callable[[Asking], WrittenPart],
) -> WrittenPart:
    """A part of the model by its name, from a store and from what is given beside it."""
    told = digest_of(code_digest(), *given)
    found = _kept(name, store, told)
    if found is None:
        asking = Asking(store)
        found = make(asking)
        asked = {query: rows for query, rows in asking.asked.items() if rows is not None}
        if len(asked) == len(asking.asked):
            _keep(name, _Head(told, asked, found.rest, [*_sizes(found)]), found)
    return found


def _kept(name: str, store: RememberingStore, given: str) -> WrittenPart | None:
    """The part as it was kept, if it is made of the same."""
    first, _, tables = kept_text(_KIND + name).partition(b"\n")
    try:
        head = msgspec.json.decode(first, type=_Head)
    except msgspec.DecodeError:
        return None
    if head.given != given:
        return None
    if any(store.digest_of_rows(query) != rows for query, rows in head.asked.items()):
        return None
    found, start = {}, 0
    for path, plan, size in head.tables:
        found[path] = plan, tables[start : start + size]
        start += size
    return WrittenPart(head.rest, found)


def _sizes(part: WrittenPart) -> Iterator[tuple[str, Plan, int]]:
    return ((path, plan, len(content)) for path, (plan, content) in part.tables.items())


def _keep(name: str, head: _Head, part: WrittenPart) -> None:
    tables = (content for _, content in part.tables.values())
    keep_text(_KIND + name, b"\n".join((msgspec.json.encode(head), b"".join(tables))))
