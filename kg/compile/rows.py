"""The rows of the queries that tables are made of, and how they are put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from kg.model.resources import queries_dir
from kg.model.statements import short_id
from kg.model.vocabulary import NONE, text_of
from kg.model.vocabulary import Term as Node
from kg.store.base import Store
from kg.store.queries import bind, load, shipped_rows

Record = Mapping[str, str]
"""The texts of one row, by variable."""

Key = TypeVar("Key")

_ABOUT: Final = "about"


@dataclass(frozen=True)
class Rows:
    """Gives the rows of a query of `queries/ask` by its name.

    A query about one finding is asked about all that have a question, at once.
    """

    store: Store

    def __call__(self, name: str) -> Iterator[Record]:
        """The rows of one query."""
        query = load(queries_dir(), f"ask/{name}")
        about = {_ABOUT: self._topics} if _ABOUT in query.parameters else {}
        for record in self.store.select(bind(query, about)).records():
            yield {key: str(text_of(term)) for key, term in record.items()}

    @cached_property
    def _topics(self) -> tuple[Node, ...]:
        """The findings that have a question."""
        found = shipped_rows(self.store, "ask/topics").column("finding")
        return tuple(each for each in found if each is not None) or (NONE,)


def premises_by(
    records: Iterable[Record], names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], defaultdict[str, list[str]]]]:
    """For each combination of the named variables its premises by role."""
    found: dict[tuple[str, ...], defaultdict[str, list[str]]] = {}
    for record in records:
        key = tuple(record.get(name, "") for name in names)
        roles = found.setdefault(key, defaultdict(list))
        roles[record["role"]].append(short_id(record["premise"]))
    yield from found.items()


def grouped(
    records: Iterable[Record], key: Callable[[Record], Key]
) -> defaultdict[Key, list[Record]]:
    """The rows by the values of some variables, in their order."""
    found: defaultdict[Key, list[Record]] = defaultdict(list)
    for record in records:
        found[key(record)].append(record)
    return found


def collected(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The second of each pair by the first, in their order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return {key: tuple(values) for key, values in found.items()}
