"""A graph in a store of somebody else's: every question goes over the SPARQL 1.1 Protocol.

A result comes whole or not at all. Questions travel by POST, so they are in no address and in no
log of addresses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

from SPARQLWrapper import POST, SPARQLWrapper

from kg.model.errors import (
    PartialResultError,
    QuerySyntaxError,
    StoreRefusedError,
    StoreReplyError,
)
from kg.model.rdf import Triple, carrier, convert_results, read_ntriples, write_graph
from kg.model.vocabulary import IRI, PREFIXES, RDF, XSD, BlankNode, Literal, Term
from kg.store.base import Row, Rows
from kg.store.http import HttpClient, Reply, checked_url, without_query
from kg.store.local import check_syntax
from kg.store.syntax import declared_prefixes, form_of, has_keyword, tokens

_ROWS: Final = "SELECT"
_TRUTH: Final = "ASK"
_TRIPLES: Final = ("CONSTRUCT", "DESCRIBE")
_KINDS: Final = {"SELECT": "rows", "ASK": "boolean", "CONSTRUCT": "triples", "DESCRIBE": "triples"}
_BAD_REQUEST: Final = 400
_JSON_TYPES: Final = ("application/sparql-results+json", "application/json")
_TRIPLE_TYPES: Final = ("application/n-triples", "text/ntriples")
_CUT_SIGNS: Final = {
    "x-sparql-maxrows": "it stops at {} rows",
    "x-sql-state": "it ran out of time and sends what it had ({})",
}
"""Headers by which Virtuoso says, beside a status of 200, that a result is not the whole one."""

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class RemoteStore:
    """A SPARQL 1.1 endpoint, asked about some of its graphs as if they were all it has."""

    url: str
    graphs: tuple[IRI, ...] = ()
    """What the default graph is the union of; with none, it is what the store says."""
    client: HttpClient = field(default_factory=HttpClient)
    row_cap: int | None = None
    """The number of rows at which the store is known to stop, if it does not say so itself."""

    def __post_init__(self) -> None:
        checked_url(self.url)

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""
        _expect(query, (_ROWS,))
        rows = self._read(query, read_rows)
        self._refuse_full(len(rows))
        return rows

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""
        _expect(query, (_TRUTH,))
        return self._read(query, read_truth)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query, each once."""
        _expect(query, _TRIPLES)
        reply = self._send(query, _TRIPLE_TYPES)
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
        form = _expect(query, tuple(_KINDS))
        kind = _KINDS[form]
        carrier(media_type, kind, form)
        if kind == "triples":
            return write_graph(self.construct(query), media_type)
        if kind == "rows":
            return convert_results(write_rows(self.select(query)), media_type)
        truth = b"true" if self.ask(query) else b"false"
        return convert_results(b'{"head":{},"boolean":%s}' % truth, media_type)

    def server(self) -> str:
        """What the software behind the address calls itself; empty where it does not say."""
        return self._send("ASK { }", _JSON_TYPES).headers.get("server", "")

    @cached_property
    def _where(self) -> str:
        return without_query(self.url)

    def _read(self, query: str, reader: Callable[[Mapping[str, Any]], _Result]) -> _Result:
        """What a reader makes of the JSON that the store replies with."""
        try:
            document = json.loads(self._send(query, _JSON_TYPES).body)
        except ValueError as error:
            raise PartialResultError(
                f"{self._where} replied with JSON that is not whole: {error}. "
                "Nothing of it is used."
            ) from None
        try:
            return reader(document)
        except (KeyError, TypeError, ValueError) as error:
            raise StoreReplyError(
                f"{self._where} replied with no SPARQL result: {error!r}."
            ) from None

    def _send(self, query: str, wanted: Sequence[str]) -> Reply:
        """The reply to a query in one of the media types that are wanted, as the store sent it."""
        # A query that names its graphs is asked about those: the protocol's list would win.
        call = _call(self.url, query, () if has_keyword(query, "FROM") else self.graphs)
        form = {"query": call.queryString, **call.parameters}
        accept = {"Accept": ", ".join(wanted)}
        try:
            reply = self.client.send(call.method, call.endpoint, form=form, headers=accept)
        except StoreRefusedError as error:
            if error.status == _BAD_REQUEST:
                check_syntax(query)
            raise
        _refuse_cut(reply, self._where)
        _refuse_type(reply, wanted, self._where)
        return reply

    def _refuse_full(self, count: int) -> None:
        if self.row_cap is not None and count >= self.row_cap:
            raise PartialResultError(
                f"{self._where} stops at {self.row_cap} rows, and the result has {count}: "
                "there may be more. Nothing of it is used."
            )


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


def _call(url: str, query: str, graphs: Sequence[IRI]) -> SPARQLWrapper:
    """A question as SPARQLWrapper puts it; what sends it is ours.

    SPARQLWrapper would follow a redirect, with the password, and wait as long as bytes come.
    """
    call = SPARQLWrapper(url)
    call.setMethod(POST)
    call.queryString = with_prefixes(query)  # setQuery guesses at the form, and may warn in vain
    for graph in graphs:
        call.addParameter("default-graph-uri", graph)
        call.addParameter("named-graph-uri", graph)
    return call


def _refuse_cut(reply: Reply, where: str) -> None:
    """PartialResultError where the store itself says that the result is not the whole one."""
    for name, meaning in _CUT_SIGNS.items():
        if name in reply.headers:
            sign = meaning.format(reply.headers[name])
            raise PartialResultError(f"{where} cut the result: {sign}. Nothing of it is used.")


def _refuse_type(reply: Reply, wanted: Sequence[str], where: str) -> None:
    """StoreReplyError where the reply is in another media type than asked for."""
    found = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found not in wanted:
        page = ", a page for a browser; is this the address of a SPARQL endpoint?"
        raise StoreReplyError(
            f"{where} replied in {found or 'no media type'}{page if 'html' in found else ''}; "
            f"wanted: {wanted[0]}."
        )


# ── The JSON of the W3C ─────────────────────────────────────────────────────────────────────

_TRUE_OR_FALSE: Final = {"1": "true", "0": "false"}
_LABEL: Final = re.compile(r"[A-Za-z0-9]+")
_VIRTUOSO_ASK: Final = "__ASK_RETVAL"


def read_rows(document: Mapping[str, Any]) -> Rows:
    """The solutions of a document; KeyError, TypeError or ValueError where it holds none."""
    variables = tuple(map(_text, document["head"]["vars"]))
    bindings = document["results"]["bindings"]
    return Rows(variables, tuple(_row(each, variables) for each in bindings))


def read_truth(document: Mapping[str, Any]) -> bool:
    """The truth value of a document; the same errors where it holds none."""
    if "boolean" in document and isinstance(document["boolean"], bool):
        return document["boolean"]
    rows = read_rows(document)  # Virtuoso 7 writes a table of one number
    if rows.variables == (_VIRTUOSO_ASK,) and len(rows) <= 1:
        return bool(rows.rows) and rows.rows[0] == (Literal("1", XSD.integer),)
    raise ValueError("there is no truth value")


def write_rows(rows: Rows) -> bytes:
    """Solutions as a document."""
    bindings = [
        {name: _binding(term) for name, term in record.items()} for record in rows.records()
    ]
    document = {"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False).encode()


def _row(binding: object, variables: Sequence[str]) -> Row:
    if not isinstance(binding, dict):
        raise TypeError(f"a solution is {binding!r}")
    strangers = binding.keys() - set(variables)
    if strangers:
        raise ValueError(f"a solution binds {sorted(strangers)}, which the head does not name")
    return tuple(_term(binding[name]) if name in binding else None for name in variables)


def _term(binding: Mapping[str, object]) -> Term:
    kind, value = binding["type"], _text(binding["value"])
    if kind == "uri":
        return IRI(value)
    if kind == "bnode":
        # Virtuoso writes nodeID://b1, which no syntax of RDF takes for a label.
        return BlankNode(value if _LABEL.fullmatch(value) else f"b{value.encode().hex()}")
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"a term is of type {kind!r}")
    if "xml:lang" in binding:
        return Literal(value, RDF.langString, _text(binding["xml:lang"]))
    datatype = IRI(_text(binding.get("datatype", XSD.string)))
    # Two spellings of one truth value; the other one is what every reader here expects.
    spelled = _TRUE_OR_FALSE.get(value, value) if datatype == XSD.boolean else value
    return Literal(spelled, datatype)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} stands where a text is wanted")
    return value


def _binding(term: Term) -> dict[str, str]:
    if isinstance(term, IRI):
        return {"type": "uri", "value": term}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    binding = {"type": "literal", "value": term.value}
    if term.language is not None:
        return {**binding, "xml:lang": term.language}
    return binding if term.datatype == XSD.string else {**binding, "datatype": term.datatype}
