"""What a result of each kind can be sent as, and which of it a request asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from kg.model.errors import MediaTypeError
from kg.model.rdf import FORMATS, MEDIA_TYPES
from kg.serve.negotiation import negotiate

KINDS: Final = ("rows", "boolean", "triples")

_ALIASES: Final[Mapping[str, Mapping[str, str]]] = {
    "rows": {"application/json": "json", "application/xml": "xml", "text/xml": "xml"},
    "boolean": {"application/json": "json", "application/xml": "xml", "text/xml": "xml"},
    "triples": {
        "application/json": "jsonld",
        "application/xml": "rdfxml",
        "text/plain": "ntriples",
        "text/n3": "turtle",
    },
}
"""Media types that clients ask for and mean one of ours by; Turtle and JSON-LD are N3 and JSON."""

_DEFAULTS: Final = {"rows": "json", "boolean": "json", "triples": "turtle"}
_SHORT: Final = {
    "ttl": "turtle",
    "n3": "turtle",
    "nt": "ntriples",
    "nq": "nquads",
    "rdf": "rdfxml",
    "rdf+xml": "rdfxml",
    "json-ld": "jsonld",
    "srj": "json",
    "srx": "xml",
    "application/json": "json",
    "application/xml": "xml",
}
"""Other names, among them those that SPARQLWrapper sends."""
_GRAPH_OF: Final = {"json": "jsonld", "xml": "rdfxml"}
_BY_NAME: Final = {form.name: form for form in FORMATS}


@dataclass(frozen=True, slots=True)
class Sent:
    """How a result goes out: as what it is written, and what it is called."""

    written: str
    content_type: str


@lru_cache(maxsize=1024)
def sent_as(accept: str | None) -> Mapping[str, Sent]:
    """How a result of each kind goes out for an Accept header.

    A result is never refused for its format: a client that asks for a table and sends a
    CONSTRUCT gets Turtle.
    """
    return MappingProxyType({kind: _negotiated(accept, kind) for kind in KINDS})


def sent_as_named(name: str, accept: str | None = None) -> Mapping[str, Sent] | None:
    """The same for the name of a format or a media type; None for one that is not known.

    A kind of result that the format cannot carry goes out as the Accept header says.
    """
    name = _SHORT.get(name, name)
    form = MEDIA_TYPES.get(name) or _BY_NAME.get(name)
    if form is None:
        return None
    graph = _BY_NAME[_GRAPH_OF.get(form.name, form.name)]
    named = {
        kind: _sent(each.media_type, each.media_type)
        for kind, each in (("rows", form), ("boolean", form), ("triples", graph))
        if kind in each.carries
    }
    return {**sent_as(accept), **named}


def sent_for(named: Sequence[str], accept: str | None) -> Mapping[str, Sent]:
    """How a result goes out when formats may be named; MediaTypeError where none is known.

    The first that is known counts: SPARQLWrapper names two, and means one.
    """
    if not named:
        return sent_as(accept)
    for name in named:
        sent = sent_as_named(name, accept)
        if sent is not None:
            return sent
    raise MediaTypeError(f"the format is not known; wanted one of: {', '.join(_BY_NAME)}.")


def _negotiated(accept: str | None, kind: str) -> Sent:
    own = {form.media_type: form.media_type for form in FORMATS if kind in form.carries}
    called = own | {name: _BY_NAME[to].media_type for name, to in _ALIASES[kind].items()}
    default = _BY_NAME[_DEFAULTS[kind]].media_type
    chosen = negotiate(accept, tuple(called), default) or default
    return _sent(called[chosen], chosen)


def _sent(written: str, called: str) -> Sent:
    text = called.startswith("text/")
    return Sent(written, f"{called}; charset=utf-8" if text else called)
