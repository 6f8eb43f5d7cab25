"""A store that remembers what it was asked: rows are kept by the lines that a query can match.

Of two graphs that differ in other lines a query has the same rows (`matching`), so a build asks
anew only what its change can move, and of a graph only the lines are loaded that this can match.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Raw, Struct

from kg.compile.inputs import code_digest
from kg.compile.kept import digest_of, keep_results, keep_text, kept_results, kept_text
from kg.compile.lines import Lines, Reading, count_lines, lines_by_property
from kg.compile.matching import UNREPEATABLE, read_query
from kg.model.rdf import iri_of
from kg.model.vocabulary import BlankNode, Literal, Term, text_of
from kg.store.base import Rows
from kg.store.local import LocalStore
from kg.store.plain import with_english

if TYPE_CHECKING:
    from kg.model.rdf import Triple


_CHANGING: Final = re.compile(rf"\b(?:{'|'.join(sorted(UNREPEATABLE))})\s*\(", re.IGNORECASE)


class RememberingStore:
    """A graph that is loaded when it is first asked what it was not asked before.

    What was asked is kept under a name once the store is told to `keep` it.
    """

    def __init__(self, nquads: bytes, name: str, lines: Lines | None = None) -> None:
        self._nquads = nquads
        self._name_kept = name
        self._counted = lines
        self._kept = kept_results(name)
        self._results: dict[str, Raw] = {}
        self._asked: dict[str, Raw | None] = {}
        self._some: tuple[frozenset[str], LocalStore] | None = None
        """The properties of which all lines are loaded, and these lines."""

    @cached_property
    def loaded(self) -> LocalStore:
        """The graph itself."""
        return LocalStore(self._nquads)

    @cached_property
    def lines(self) -> Lines:
        """The groups of its lines."""
        return self._counted or Lines([count_lines(self._nquads)])

    @cached_property
    def _code(self) -> bytes:
        return code_digest()

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""
        kept = self._rows_kept(query)
        return self.loaded.select(query) if kept is None else _read(kept)

    def digest_of_rows(self, query: str) -> str | None:
        """What is the same where a query has the same rows; None where that is not to be told."""
        kept = self._rows_kept(query)
        return None if kept is None else digest_of(kept)

    def _rows_kept(self, query: str) -> Raw | None:
        """The rows of a query as they are kept; asked now where they were not."""
        if query not in self._asked:
            self._asked[query] = self._rows(query)
        return self._asked[query]

    def _name(self, query: str) -> str:
        """The name of the rows of a query: the same where it can match the same lines."""
        read = self.lines.digests(read_query(query))
        return digest_of(self._code, query.encode(), *read)

    def _rows(self, query: str) -> Raw | None:
        if with_english(query, lambda _property, _text: True) != query or _CHANGING.search(query):
            return None  # its rows depend on more than the lines that it reads
        reading, name = read_query(query), self._name(query)
        if name not in self._kept:
            found = self._loaded_for(reading).select(query)
            if any(isinstance(term, BlankNode) for row in found for term in row):
                return None  # without a name, a node is another each time
            self._results[name] = Raw(msgspec.json.encode(_written(found)))
        else:
            self._results[name] = self._kept[name]
        return self._results[name]

    @cached_property
    def _by_property(self) -> dict[str, bytes]:
        return lines_by_property(self._nquads)

    def _loaded_for(self, reading: Reading) -> LocalStore:
        """A store with all lines that a query can match; the whole graph where these are many."""
        if "loaded" in self.__dict__ or not self._kept:
            return self.loaded
        wanted = frozenset(each.property for each in self.lines.matched(reading))
        have, store = self._some or (self._expected(), None)
        if store is None or not wanted <= have:
            # Anew, since a node without a name would be another one in each text that is loaded.
            found = [self._by_property[each] for each in sorted(wanted | have)]
            if sum(map(len, found)) * 2 > len(self._nquads):
                return self.loaded
            store = LocalStore(b"".join(found))
            self._some = wanted | have, store
        return store

    def _expected(self) -> frozenset[str]:
        """The properties that were looked at by what was asked last time, and has to be anew."""
        try:
            queries = msgspec.json.decode(kept_text(f"{self._name_kept}-asked"), type=list[str])
        except msgspec.DecodeError:
            return frozenset()
        again = (read_query(each) for each in queries if self._name(each) not in self._kept)
        return frozenset(
            group.property for reading in again for group in self.lines.matched(reading)
        )

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""
        return self.loaded.ask(query)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query."""
        return self.loaded.construct(query)

    def answer(self, query: str, media_type: str) -> bytes:
        """The whole result of any query, written in a media type that can carry it."""
        return self.loaded.answer(query, media_type)

    def keep(self) -> None:
        """Keep what was asked, in place of what was kept."""
        if self._results.keys() != self._kept.keys():
            keep_results(self._name_kept, self._results)
            keep_text(f"{self._name_kept}-asked", msgspec.json.encode([*self._asked]))


# ── What is kept ────────────────────────────────────────────────────────────────────────────


class _Written(Struct, frozen=True):
    """Rows with each term once."""

    variables: tuple[str, ...]
    terms: list[str | tuple[str, str, str | None]]
    rows: list[list[int]]


_UNBOUND: Final = -1


def _written(found: Rows) -> _Written:
    places: dict[Term, int] = {}
    rows = [
        [_UNBOUND if term is None else places.setdefault(term, len(places)) for term in row]
        for row in found
    ]
    return _Written(found.variables, list(map(_plain, places)), rows)


def _plain(term: Term) -> str | tuple[str, str, str | None]:
    if isinstance(term, Literal):
        return term.value, str(term.datatype), term.language
    return str(text_of(term))


def _read(kept: Raw) -> Rows:
    written = msgspec.json.decode(kept, type=_Written)
    terms: list[Term | None] = [*map(_term, written.terms), None]
    return Rows(
        written.variables, tuple(tuple([terms[place] for place in row]) for row in written.rows)
    )


def _term(written: str | tuple[str, str, str | None]) -> Term:
    if not isinstance(written, str):
        value, datatype, language = written
        return Literal(value, iri_of(datatype), language)
    return iri_of(written)
