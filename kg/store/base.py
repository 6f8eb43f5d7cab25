"""What a store can be asked, whichever store it is, and one that is asked the same only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from kg.model.shown import Shown
from kg.model.vocabulary import IRI, Term, text_of

if TYPE_CHECKING:
    from kg.model.rdf import Triple

Row = tuple[Term | None, ...]
"""One solution; None where a variable is not bound."""


@dataclass(frozen=True, slots=True)
class Rows(Shown):
    """The solutions of a SELECT query, in order."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, variable: str) -> tuple[Term | None, ...]:
        """Every value of one variable, in order."""
        index = self.variables.index(variable)
        return tuple(row[index] for row in self.rows)

    def texts(self) -> Iterator[dict[str, str]]:
        """The same with each value as a plain text."""
        for row in self.records():
            yield {name: text_of(term) for name, term in row.items()}

    def records(self) -> Iterator[dict[str, Term]]:
        """Each solution by variable, without what is not bound."""
        for row in self.rows:
            yield {
                name: term
                for name, term in zip(self.variables, row, strict=True)
                if term is not None
            }


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that a request is about, as the SPARQL 1.1 Protocol names them (§2.1.4)."""

    default: tuple[IRI, ...] = ()
    named: tuple[IRI, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a result is to be written, whatever the form of the query, and how large it may be."""

    media_types: Mapping[str, str]
    """A media type for each of `rows`, `boolean` and `triples`."""
    most_bytes: int | None = None
    most_rows: int | None = None
    base: str | None = None
    """What a relative IRI in the query is relative to; without it, one is an error."""


class Written(NamedTuple):
    """A whole result in a media type; `kind` is `rows`, `boolean` or `triples`."""

    kind: str
    media_type: str
    content: bytes


class Store(Protocol):
    """A SPARQL 1.1 store whose default graph is the union of its graphs."""

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query."""

    def answer(self, query: str, media_type: str) -> bytes:
        """The whole result of any query, written in a media type that can carry it."""


_MOST: Final = 256


class CachingStore:
    """A store behind which nothing changes while it is asked; solutions are kept by their query."""

    def __init__(self, behind: Store) -> None:
        self.select = lru_cache(maxsize=_MOST)(behind.select)
        self.ask = behind.ask
        self.construct = behind.construct
        self.answer = behind.answer
