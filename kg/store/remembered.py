"""A store that is asked the same question once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.store.base import Rows, Store

if TYPE_CHECKING:
    from kg.model.rdf import Triple

_MOST: Final = 256


@dataclass(frozen=True)
class RememberedStore:
    """A store behind which nothing changes while it is asked; solutions are kept by their query."""

    behind: Store
    _kept: OrderedDict[str, Rows] = field(default_factory=OrderedDict, repr=False, compare=False)

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""
        if query not in self._kept:
            self._kept[query] = self.behind.select(query)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        self._kept.move_to_end(query)
        return self._kept[query]

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""
        return self.behind.ask(query)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query."""
        return self.behind.construct(query)

    def answer(self, query: str, media_type: str) -> bytes:
        """The whole result of any query, written in a media type that can carry it."""
        return self.behind.answer(query, media_type)
