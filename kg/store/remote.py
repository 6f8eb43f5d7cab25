"""A graph in a store of somebody else's: every question goes over the SPARQL 1.1 Protocol.

A result comes whole or not at all. Questions travel by POST, so they are in no address and in no
log of addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from SPARQLWrapper import POST, SPARQLWrapper

from kg.model.errors import (
    MediaTypeError,
    PartialResultError,
    QuerySyntaxError,
    StoreRefusedError,
    UsageError,
)
from kg.model.rdf import FORMATS, MEDIA_TYPES, Triple, convert_results, read_ntriples, write_graph
from kg.model.vocabulary import IRI, PREFIXES
from kg.store.base import Rows
from kg.store.local import check_syntax
from kg.store.replies import (
    JSON_TYPES,
    TRIPLE_TYPES,
    read_rows,
    read_truth,
    refuse_cut,
    refuse_type,
    result_document,
)
from kg.store.syntax import declared_prefixes, form_of, tokens
from kg.store.wire import Reply, Wire

if TYPE_CHECKING:
    from urllib.request import Request

_ROWS: Final = "SELECT"
_TRUTH: Final = "ASK"
_TRIPLES: Final = ("CONSTRUCT", "DESCRIBE")
_KINDS: Final = {"SELECT": "rows", "ASK": "boolean", "CONSTRUCT": "triples", "DESCRIBE": "triples"}
_AGENT: Final = "etiograph (sparqlwrapper)"
_BAD_REQUEST: Final = 400


@dataclass(frozen=True)
class RemoteStore:
    """A SPARQL 1.1 endpoint, asked about some of its graphs as if they were all it has."""

    url: str
    graphs: tuple[IRI, ...] = ()
    """What the default graph is the union of; with none, it is what the store says."""
    wire: Wire = field(default_factory=Wire)
    row_cap: int | None = None
    """The number of rows at which the store is known to stop, if it does not say so itself."""

    def __post_init__(self) -> None:
        checked_url(self.url)

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""
        _expect(query, (_ROWS,))
        rows = read_rows(self.reply(query), self._where)
        self._refuse_full(len(rows))
        return rows

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""
        _expect(query, (_TRUTH,))
        return read_truth(self.reply(query), self._where)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query, each once."""
        _expect(query, _TRIPLES)
        reply = self.reply(query, TRIPLE_TYPES)
        refuse_type(reply, TRIPLE_TYPES, self._where)
        if not reply.framed:
            raise PartialResultError(
                f"{self._where} does not say how long its reply is, so nobody can know whether it "
                "is whole. Nothing of it is used."
            )
        triples = tuple(dict.fromkeys(read_ntriples(reply.body, f"the reply of {self._where}")))
        self._refuse_full(len(triples))
        return triples

    def answer(self, query: str, media_type: str) -> bytes:
        """The whole result of any query, written in a media type that can carry it."""
        kind = _KINDS[_expect(query, tuple(_KINDS))]
        form = MEDIA_TYPES.get(media_type)
        if form is None or kind not in form.carries:
            able = ", ".join(each.media_type for each in FORMATS if kind in each.carries)
            raise MediaTypeError(
                f"{media_type} cannot carry the result of a {form_of(query)} query; wanted: {able}."
            )
        if kind == "triples":
            return write_graph(self.construct(query), media_type)
        if kind == "rows":
            return convert_results(result_document(self.select(query)), media_type)
        truth = b"true" if self.ask(query) else b"false"
        return convert_results(b'{"head":{},"boolean":%s}' % truth, media_type)

    @cached_property
    def _where(self) -> str:
        return shown(self.url)

    def reply(self, query: str, wanted: Sequence[str] = JSON_TYPES) -> Reply:
        """The whole reply to a query, as the store sent it."""
        call = _Call(self.url, form_of(query), with_prefixes(query), wanted)
        # A query that names its graphs is asked about those: the protocol's list would win.
        if not _names_graphs(query):
            for graph in self.graphs:
                call.addDefaultGraph(graph)
                call.addNamedGraph(graph)
        try:
            reply = self.wire.send(call.request())
        except StoreRefusedError as error:
            if error.status == _BAD_REQUEST:
                check_syntax(query)
            raise
        refuse_cut(reply, self._where)
        return reply

    def _refuse_full(self, count: int) -> None:
        if self.row_cap is not None and count >= self.row_cap:
            raise PartialResultError(
                f"{self._where} stops at {self.row_cap} rows, and the result has {count}: "
                "there may be more. Nothing of it is used."
            )


def update(url: str, text: str, wire: Wire, *, repeatable: bool = False) -> None:
    """Have a store carry out a SPARQL update.

    One that adds blank nodes is not `repeatable`: a second time would add them again.
    """
    call = _Call(checked_url(url), "INSERT", text, ("*/*",))
    wire.send(call.request(), repeatable=repeatable)


def checked_url(url: str) -> str:
    """An address that can be asked; UsageError where it is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https") or not url.isprintable():
        raise UsageError(f"{url!r} is no address of a store; wanted: http(s)://HOST/PATH.")
    if parts.username is not None:
        raise UsageError("an address with a password in it would be shown; give it apart from it.")
    return url


def shown(url: str) -> str:
    """An address as messages show it."""
    return url.partition("?")[0]


def with_prefixes(query: str) -> str:
    """A query that declares those of our prefixes that it uses; the numbers of its lines stay."""
    stream = list(tokens(query))
    used = {token.text.partition(":")[0] for token in stream if token.kind == "name"}
    missing = sorted((used & PREFIXES.keys()) - declared_prefixes(stream).keys())
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in missing) + query


def _expect(query: str, wanted: Sequence[str]) -> str:
    """The form of a query; QuerySyntaxError where it is not one of those that are wanted."""
    found = form_of(query)
    if not found:
        check_syntax(query)
    if found not in wanted:
        raise QuerySyntaxError(
            f"wanted here: a query of the form {' or '.join(wanted)}; found: {found or 'none'}."
        )
    return found


def _names_graphs(query: str) -> bool:
    return any(token.kind == "word" and token.text.upper() == "FROM" for token in tokens(query))


class _Call(SPARQLWrapper):
    """One call of the protocol, as a request that has not been sent."""

    def __init__(self, url: str, form: str, text: str, wanted: Sequence[str]) -> None:
        self.form = form
        super().__init__(url, agent=_AGENT)
        self.setMethod(POST)
        self.setOnlyConneg(True)
        self.addCustomHttpHeader("Accept", ", ".join(wanted))
        self.setQuery(text)

    def request(self) -> Request:
        """The request."""
        return self._createRequest()

    def _parseQueryType(self, _: str) -> str:  # noqa: N802 - as SPARQLWrapper has it
        """The form, which our own reader of tokens tells more surely than a pattern."""
        return self.form
