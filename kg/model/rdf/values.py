"""Triples and quads as values, and how those of the RDF library become ours and the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from kg.model.errors import ParameterError, SourceSyntaxError
from kg.model.vocabulary import BASE, IRI, BlankNode, Literal, Term

Node = IRI | BlankNode
"""What something can be said of."""


class Triple(NamedTuple):
    """One triple of terms."""

    subject: Node
    predicate: IRI
    object: Term


class Quad(NamedTuple):
    """One triple and the graph it stands in; None is the default graph."""

    subject: Node
    predicate: IRI
    object: Term
    graph: IRI | None = None


# ── From the RDF library ────────────────────────────────────────────────────────────────────

iri_of = lru_cache(maxsize=65_536)(IRI)
"""The IRI of a text; the same object each time, which is quicker than making it."""


def term_of(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """A term of the RDF library as one of ours."""
    if isinstance(node, ox.NamedNode):
        return iri_of(node.value)
    if isinstance(node, ox.Literal):
        return Literal(node.value, iri_of(node.datatype.value), node.language)
    if isinstance(node, ox.BlankNode):
        return BlankNode(node.value)
    raise ParameterError(f"a triple term stands where a plain term is wanted: {node}.")


def node_of(node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Node:
    """A subject of the RDF library as one of our terms."""
    term = term_of(node)
    if isinstance(term, Literal):
        raise ParameterError(f"a literal stands where a node is wanted: {node}.")
    return term


def graph_name_of(quad: ox.Quad) -> IRI | None:
    """The name of the graph that a quad of the RDF library stands in."""
    return iri_of(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else None


def triples_of(triples: Iterable[ox.Triple | ox.Quad]) -> Iterator[Triple]:
    """Triples of the RDF library as ours."""
    for each in triples:
        yield Triple(node_of(each.subject), iri_of(each.predicate.value), term_of(each.object))


def quads_of(quads: Iterable[ox.Quad]) -> Iterator[Quad]:
    """Quads of the RDF library as ours."""
    for each in quads:
        yield Quad(
            node_of(each.subject),
            iri_of(each.predicate.value),
            term_of(each.object),
            graph_name_of(each),
        )


# ── To the RDF library ──────────────────────────────────────────────────────────────────────


def to_library(quads: Iterable[Quad], base: str = BASE) -> Iterator[ox.Quad]:
    """Our quads as those of the RDF library, with the IRIs of this project under `base`.

    SourceSyntaxError for what is no RDF.
    """
    check_base(base)
    for quad in quads:
        try:
            yield ox.Quad(
                _library_node(quad.subject, base),
                _named_node(quad.predicate, base),
                _library_term(quad.object, base),
                ox.DefaultGraph() if quad.graph is None else _named_node(quad.graph, base),
            )
        except ValueError as error:
            raise SourceSyntaxError(f"{quad} is no quad of RDF: {error}.") from None


def move(text: str, base: str) -> str:
    """An IRI of this project under another base; any other text as it is."""
    return base + text[len(BASE) :] if text.startswith(BASE) else text


def check_base(base: str) -> None:
    """ParameterError for a base that no IRI can begin with."""
    if not _BASE_IRI.fullmatch(base):
        raise ParameterError(
            f"KG_BASE is {base!r}; wanted an absolute http(s) IRI that ends in '/' or '#'."
        )


_BASE_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+[/#]")


@lru_cache(maxsize=65_536)
def _named_node(iri: str, base: str) -> ox.NamedNode:
    return ox.NamedNode(move(iri, base))


def _library_node(node: Node, base: str) -> ox.NamedNode | ox.BlankNode:
    return _named_node(node, base) if isinstance(node, IRI) else ox.BlankNode(node.value)


def _library_term(term: Term, base: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(term, Literal):
        return _library_node(term, base)
    value = move(term.value, base)
    if term.language is not None:
        return ox.Literal(value, language=term.language)
    return ox.Literal(value, datatype=_named_node(term.datatype, base))
