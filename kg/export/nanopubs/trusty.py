"""Trusty URIs of RDF (module RA): an address that changes when one character of the content does.

The algorithm (https://trustyuri.net/spec/v1.pdf, §4): in every IRI the code is replaced by a blank;
quads are sorted by graph, subject, predicate and object, IRIs before literals; each part is a line;
SHA-256 of the lines, in base64 for URLs, after `RA`.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

from kg.export.nanopubs.words import UNKNOWN
from kg.model.errors import NanopubError
from kg.model.rdf import Quad
from kg.model.vocabulary import IRI, BlankNode, Literal, Term

_MODULE: Final = "RA"


def code_of(quads: Iterable[Quad], code: str = UNKNOWN) -> str:
    """The artifact code of some quads, in whose IRIs `code` stands for it."""
    digest = hashlib.sha256(normal_text(quads, code).encode()).digest()
    return _MODULE + urlsafe_b64encode(digest).decode().rstrip("=")


def normal_text(quads: Iterable[Quad], code: str = UNKNOWN) -> str:
    """The one text of some quads, whatever their order; this is what is hashed, and what is signed.

    NanopubError where a node has no name, or a quad no graph.
    """
    found = {_lines(quad): _rank(quad) for quad in (without(each, code) for each in quads)}
    return "".join(sorted(found, key=found.__getitem__))


def without(quad: Quad, code: str) -> Quad:
    """A quad with a blank in place of the code in its IRIs."""
    return replaced(quad, code, UNKNOWN)


def replaced(quad: Quad, old: str, new: str) -> Quad:
    """A quad with one text in place of another in its IRIs; literals are left as they are."""
    if old == new:
        return quad
    return Quad(*(IRI(t.replace(old, new)) if isinstance(t, IRI) else t for t in quad))  # type: ignore[arg-type] # a node stays a node


def _rank(quad: Quad) -> tuple[tuple[object, ...], ...]:
    return (*((str(name),) for name in (quad.graph, quad.subject, quad.predicate)), _place(quad))


def _place(quad: Quad) -> tuple[object, ...]:
    """IRIs come first; a literal goes by text, then datatype, none before any, then language."""
    value = quad.object
    if not isinstance(value, Literal):
        return 0, str(value)
    datatype = "" if value.language is not None else str(value.datatype)
    return 1, value.value, datatype, value.language or ""


def _lines(quad: Quad) -> str:
    parts = (quad.graph, quad.subject, quad.predicate, quad.object)
    return "".join(f"{_line(each)}\n" for each in parts)


def _line(term: Term | None) -> str:
    if term is None:
        raise NanopubError("a triple stands outside of the graphs of a nanopublication.")
    if isinstance(term, BlankNode):
        raise NanopubError("a node without a name stands in a nanopublication.")
    if isinstance(term, IRI):
        return term
    text = term.value.replace("\\", "\\\\").replace("\n", "\\n")
    if term.language is not None:
        return f"@{term.language.lower()} {text}"
    return f"^{term.datatype} {text}"
