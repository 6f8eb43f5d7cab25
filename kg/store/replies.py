"""SPARQL results as other stores write them, read strictly: what is not whole is not read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, cast

from kg.model.errors import PartialResultError, StoreReplyError
from kg.model.vocabulary import (
    IRI,
    RDF_LANG_STRING,
    XSD_BOOLEAN,
    XSD_DECIMAL,
    XSD_INTEGER,
    XSD_STRING,
    BlankNode,
    Literal,
    Term,
)
from kg.store.base import Row, Rows
from kg.store.wire import Reply

JSON_TYPES: Final = ("application/sparql-results+json", "application/json")
TRIPLE_TYPES: Final = ("application/n-triples", "text/ntriples")
_CUT_SIGNS: Final = {
    "x-sparql-maxrows": "it stops at {} rows",
    "x-sql-state": "it ran out of time and sends what it had ({})",
}
"""Headers by which Virtuoso says, beside a status of 200, that a result is not the whole one."""
_TRUTH: Final = {"1": "true", "0": "false"}
_LABEL: Final = re.compile(r"[A-Za-z0-9]+")
_VIRTUOSO_ASK: Final = "__ASK_RETVAL"


def refuse_cut(reply: Reply, where: str) -> None:
    """PartialResultError where the store itself says that the result is not the whole one."""
    for name, meaning in _CUT_SIGNS.items():
        if name in reply.headers:
            told = meaning.format(reply.headers[name])
            raise PartialResultError(f"{where} cut the result: {told}. Nothing of it is used.")


def read_rows(reply: Reply, where: str) -> Rows:
    """The solutions of a reply to a SELECT query."""
    said = _document(reply, where)
    try:
        variables = tuple(_text(name) for name in said["head"]["vars"])
        bindings = said["results"]["bindings"]
        return Rows(variables, tuple(_row(each, variables) for each in bindings))
    except (KeyError, TypeError, ValueError) as error:
        raise StoreReplyError(f"{where} replied with no SPARQL result: {error!r}.") from None


def read_truth(reply: Reply, where: str) -> bool:
    """The truth value of a reply to an ASK query."""
    said = _document(reply, where)
    if isinstance(said.get("boolean"), bool):
        return bool(said["boolean"])
    # Virtuoso 7 writes a table of one number.
    rows = read_rows(reply, where)
    if rows.variables == (_VIRTUOSO_ASK,) and len(rows) <= 1:
        return bool(rows.rows) and rows.rows[0] == (Literal("1", XSD_INTEGER),)
    raise StoreReplyError(f"{where} replied to an ASK query without a truth value.")


def refuse_type(reply: Reply, wanted: Sequence[str], where: str) -> None:
    """StoreReplyError where the reply is in another media type than asked for."""
    if reply.media_type not in wanted:
        found = reply.media_type or "no media type"
        page = ", a page for a browser; is this the address of a SPARQL endpoint?"
        raise StoreReplyError(
            f"{where} replied in {found}{page if 'html' in found else ''}; wanted: {wanted[0]}."
        )


def result_document(rows: Rows) -> bytes:
    """Solutions in the JSON of the W3C."""
    bindings = [
        {name: _binding(term) for name, term in record.items()} for record in rows.records()
    ]
    said = {"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}}
    return json.dumps(said, ensure_ascii=False).encode()


def same_value(term: Term | None) -> Term | None:
    """A term in the one spelling of its value, by which results of two stores are compared."""
    if not isinstance(term, Literal):
        return term
    if term.language is not None:
        return term._replace(language=term.language.lower())
    if term.datatype == XSD_BOOLEAN:
        return term._replace(value=_TRUTH.get(term.value, term.value))
    if term.datatype in (XSD_INTEGER, XSD_DECIMAL):
        return term._replace(value=_number(term.value))
    return term


def _number(text: str) -> str:
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def _document(reply: Reply, where: str) -> dict[str, Mapping[str, Sequence[Mapping[str, object]]]]:
    refuse_type(reply, JSON_TYPES, where)
    try:
        said = json.loads(reply.body)
    except ValueError as error:
        raise PartialResultError(
            f"{where} replied with JSON that is not whole: {error}. Nothing of it is used."
        ) from None
    if not isinstance(said, dict):
        raise StoreReplyError(f"{where} replied with JSON that is no SPARQL result.")
    return cast("dict[str, Mapping[str, Sequence[Mapping[str, object]]]]", said)


def _row(binding: object, variables: Sequence[str]) -> Row:
    if not isinstance(binding, dict):
        raise TypeError(f"a solution is {binding!r}")
    strangers = binding.keys() - set(variables)
    if strangers:
        raise ValueError(f"a solution binds {sorted(strangers)}, which the head does not name")
    return tuple(_term(binding[name]) if name in binding else None for name in variables)


def _term(said: Mapping[str, object]) -> Term:
    kind, value = said["type"], _text(said["value"])
    if kind == "uri":
        return IRI(value)
    if kind == "bnode":
        # Virtuoso writes nodeID://b1, which no syntax of RDF takes for a label.
        return BlankNode(value if _LABEL.fullmatch(value) else f"b{value.encode().hex()}")
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"a term is of type {kind!r}")
    if "xml:lang" in said:
        return Literal(value, RDF_LANG_STRING, _text(said["xml:lang"]))
    datatype = IRI(_text(said.get("datatype", XSD_STRING)))
    # Two spellings of one truth value; the other one is what every reader here expects.
    spelled = _TRUTH.get(value, value) if datatype == XSD_BOOLEAN else value
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
    said = {"type": "literal", "value": term.value}
    if term.language is not None:
        return {**said, "xml:lang": term.language}
    return said if term.datatype == XSD_STRING else {**said, "datatype": term.datatype}
