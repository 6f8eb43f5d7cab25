"""Results that were worked out beforehand, and the store behind them that answers the rest.

A result is found by the digest of its query's text, so a query that was changed is asked anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.model.errors import CorruptProductError
from kg.model.vocabulary import IRI, Literal, Term
from kg.store.base import Row, Rows, Store

if TYPE_CHECKING:
    from kg.model.rdf import Triple

Json = Any
"""What json.loads gives: texts, numbers and lists, known by their place alone."""


class Prepared:
    """The rows of queries that need not be asked again."""

    def __init__(self, results: Mapping[str, Json], symbols: Iterable[Json]) -> None:
        self._results = results
        self._symbols = [_decoded(each) for each in symbols]
        self._read: dict[str, Rows] = {}

    @classmethod
    def from_json(cls, content: bytes) -> Prepared:
        """The results that `to_json` wrote; CorruptProductError where it is something else."""
        try:
            said = json.loads(content)
            return cls(said["results"], said["symbols"])
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptProductError(f"the prepared results cannot be read: {error}.") from error

    def rows(self, query: str) -> Rows | None:
        """The rows of a query, or None where they were not prepared."""
        key = _digest(query)
        if key not in self._read:
            if key not in self._results:
                return None
            variables, *rows = self._results[key]
            self._read[key] = Rows(tuple(variables), tuple(map(self._row, rows)))
        return self._read[key]

    def _row(self, row: list[int]) -> Row:
        return tuple([self._symbols[each] for each in row])


def to_json(results: Mapping[str, Rows]) -> bytes:
    """Results by the text of their query, as JSON: a table of terms, and rows of numbers into it.

    No term is a blank node: its name would mean nothing outside of the query that gave it.
    """
    symbols: dict[Term | None, int] = {None: 0}
    written = {
        _digest(query): [
            rows.variables,
            *([symbols.setdefault(term, len(symbols)) for term in row] for row in rows),
        ]
        for query, rows in sorted(results.items())
    }
    table = [_encoded(term) for term in symbols]
    return json.dumps(
        {"symbols": table, "results": written}, ensure_ascii=False, separators=(",", ":")
    ).encode()


class PreparedStore:
    """A store that knows some results already, and is opened only for the others."""

    def __init__(self, prepared: Prepared, open_store: Callable[[], Store]) -> None:
        self._prepared = prepared
        self._open = open_store

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""
        found = self._prepared.rows(query)
        return self.behind.select(query) if found is None else found

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""
        return self.behind.ask(query)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query."""
        return self.behind.construct(query)

    def answer(self, query: str, media_type: str) -> bytes:
        """The whole result of any query, written in a media type that can carry it."""
        return self.behind.answer(query, media_type)

    @cached_property
    def behind(self) -> Store:
        """The store itself, opened once."""
        return self._open()


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()


def _encoded(term: Term | None) -> Json:
    match term:
        case None:
            return None
        case IRI():
            return str(term)
        case Literal():
            return list(term)
    raise TypeError(f"a prepared result holds no {type(term).__name__}")


def _decoded(symbol: Json) -> Term | None:
    if symbol is None:
        return None
    if isinstance(symbol, str):
        return IRI(symbol)
    text, datatype, language = symbol
    return Literal(text, IRI(datatype), language)
