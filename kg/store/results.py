"""Results of SPARQL as texts: those of other stores read, our own counted and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import unescape

from kg.model.errors import StoreError
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

# ── The JSON of the W3C ─────────────────────────────────────────────────────────────────────

_TRUTH: Final = {"1": "true", "0": "false"}
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
        return bool(rows.rows) and rows.rows[0] == (Literal("1", XSD_INTEGER),)
    raise ValueError("there is no truth value")


def write_rows(rows: Rows) -> bytes:
    """Solutions as a document."""
    bindings = [
        {name: _binding(term) for name, term in record.items()} for record in rows.records()
    ]
    document = {"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False).encode()


def same_value(term: Term) -> Term:
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
        return Literal(value, RDF_LANG_STRING, _text(binding["xml:lang"]))
    datatype = IRI(_text(binding.get("datatype", XSD_STRING)))
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
    binding = {"type": "literal", "value": term.value}
    if term.language is not None:
        return {**binding, "xml:lang": term.language}
    return binding if term.datatype == XSD_STRING else {**binding, "datatype": term.datatype}


# ── How many solutions a written result holds ───────────────────────────────────────────────

_JSON_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')


def row_count(content: bytes, media_type: str) -> int:
    """The solutions in a SELECT result that this library has written."""
    return _COUNTS[media_type](content)


def _json(content: bytes) -> int:
    """Without its strings, `},{` stands between two solutions and nowhere else."""
    shape = _JSON_STRING.sub(b"", content)
    bindings = shape[shape.rindex(b"[") + 1 : shape.rindex(b"]")]
    return bindings.count(b"},{") + 1 if bindings else 0


def _xml(content: bytes) -> int:
    """A `<` of a text is written as an entity, so a tag is a tag."""
    return content.count(b"<result>") + content.count(b"<result/>")


def _csv(content: bytes) -> int:
    """Every line end outside of quotation marks ends a line; the first line is the head."""
    return sum(part.count(b"\n") for part in content.split(b'"')[::2]) - 1


def _tsv(content: bytes) -> int:
    """A line end inside of a text is written as an escape."""
    return content.count(b"\n") - 1


_COUNTS: Final[Mapping[str, Callable[[bytes], int]]] = {
    "application/sparql-results+json": _json,
    "application/sparql-results+xml": _xml,
    "text/csv": _csv,
    "text/tab-separated-values": _tsv,
}


# ── What XML cannot carry: found before it is sent, and said in words ───────────────────────

_GRAPH: Final = "application/rdf+xml"
_OTHERS: Final[Mapping[str, str]] = {
    "application/sparql-results+xml": "JSON, CSV or TSV",
    _GRAPH: "Turtle or JSON-LD",
}
"""The types that are XML, and what can carry everything instead."""
_CONTROLS: Final = bytes({*range(0x20)} - {*b"\t\n\r"})
_NONE: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""What https://www.w3.org/TR/xml/#charsets leaves out, in UTF-8."""
_NO_NAME: Final = re.compile(rb'<oxprefix: xmlns:oxprefix="([^"]*)"')
"""How the engine writes a predicate that no XML name can be made of."""
_SHOWN: Final = 200


def readable(content: bytes, media_type: str) -> bytes:
    """A result that says to every reader what it says; StoreError where XML cannot carry it.

    A result in a type that is not XML is left as it is.
    """
    if media_type not in _OTHERS:
        return content
    culprit = _character(content) or (_predicate(content) if media_type == _GRAPH else "")
    if culprit:
        raise StoreError(
            f"the result holds {culprit}, which {media_type} cannot carry; "
            f"{_OTHERS[media_type]} can."
        )
    return content.replace(b"\r", b"&#13;")  # one that is written plainly is read as a line feed


def _character(content: bytes) -> str:
    """A character that XML does not have, however it is written."""
    if len(content.translate(None, _CONTROLS)) < len(content):  # ten times as fast as a pattern
        return next(f"the character U+{byte:04X}" for byte in content if byte in _CONTROLS)
    found = next((each for each in _NONE if each in content), None)
    return f"the character U+{ord(found.decode()):04X}" if found else ""


def _predicate(content: bytes) -> str:
    """A predicate that no XML name can be made of."""
    try:
        # A result has no document type, so nothing in it can grow.
        expat.ParserCreate(namespace_separator=" ").Parse(content, True)  # noqa: FBT003
    except expat.ExpatError:
        found = _NO_NAME.search(content)
        name = unescape(found[1].decode())[:_SHOWN] if found else ""
        return f"the predicate <{name}>" if name else "a name that XML keeps for itself"
    return ""
