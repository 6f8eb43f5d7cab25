"""Triples and quads as values, and how those of the RDF library become ours."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from kg.model.errors import ParameterError
from kg.model.vocabulary import IRI, BlankNode, Literal, Term

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


def term_of(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """A term of the RDF library as one of ours."""
    if isinstance(node, ox.NamedNode):
        return iri_of(node.value)
    if isinstance(node, ox.Literal):
        return Literal(node.value, iri_of(node.datatype.value), node.language)
    if isinstance(node, ox.BlankNode):
        return BlankNode(node.value)
    raise ParameterError(f"a triple term stands where a plain term is wanted: {node}.")


iri_of = lru_cache(maxsize=65_536)(IRI)
"""The IRI of a text; the same object each time, which is quicker than making it."""


def node_of(node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Node:
    """A subject of the RDF library as one of our terms."""
    term = term_of(node)
    if isinstance(term, Literal):
        raise ParameterError(f"a literal stands where a node is wanted: {node}.")
    return term


def graph_name_of(quad: ox.Quad) -> IRI | None:
    """The name of the graph that a quad of the RDF library stands in."""
    return iri_of(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else None
