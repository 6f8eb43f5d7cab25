"""Triples and quads as values: made of the RDF library's and the reverse, and looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

import pyoxigraph as ox

from kg.model.errors import ParameterError, SourceSyntaxError
from kg.model.vocabulary import (
    BASE,
    IRI,
    OWL_ANNOTATED,
    RDF,
    RDFS,
    BlankNode,
    Literal,
    Term,
    move,
    move_back,
    text_of,
)

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


# ── Under another base ──────────────────────────────────────────────────────────────────────

_Said = TypeVar("_Said", Triple, Quad)


def in_own_base(said: _Said, base: str) -> _Said:
    """A triple or quad of a graph that is published under a base, as this project has it."""
    if base == BASE:
        return said
    terms = (move_back(each, base) if isinstance(each, IRI) else each for each in said)
    return type(said)._make(terms)


# ── Looked up ───────────────────────────────────────────────────────────────────────────────

_NOTHING: Final[Mapping[IRI, Sequence[Term]]] = {}


class Graph(Mapping[Node, Mapping[IRI, Sequence[Term]]]):
    """Subject → property → values, in the order of the triples; quads lose their graphs.

    >>> from kg.model.rdf import read_turtle
    >>> graph = Graph(read_turtle(b"<x:a> a <x:Test> ; <x:line> 4 , 5 ."))
    >>> graph.text(IRI("x:a"), IRI("x:line")), list(graph.of_type(IRI("x:Test")))
    ('4', ['x:a'])
    """

    def __init__(self, triples: Iterable[Triple | Quad]) -> None:
        self._said: dict[Node, dict[IRI, list[Term]]] = {}
        for each in triples:
            said = self._said.setdefault(each.subject, {})
            said.setdefault(each.predicate, []).append(each.object)

    def __getitem__(self, node: Node) -> Mapping[IRI, Sequence[Term]]:
        return self._said[node]

    def __iter__(self) -> Iterator[Node]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)

    def about(self, node: Term) -> Mapping[IRI, Sequence[Term]]:
        """The values of each property of a node; empty where nothing is said of it."""
        return _NOTHING if isinstance(node, Literal) else self._said.get(node, _NOTHING)

    def objects(self, node: Term, name: IRI) -> Sequence[Term]:
        """The values of one property of a node."""
        return self.about(node).get(name, ())

    def value(self, node: Term, name: IRI) -> Term | None:
        """The first value of one property of a node."""
        return next(iter(self.objects(node, name)), None)

    def text(self, node: Term, name: IRI) -> str:
        """The text of the first value of one property of a node; empty where there is none."""
        return text_of(self.value(node, name))

    def of_type(self, kind: IRI) -> Iterator[Node]:
        """The nodes of a class, as far as the triples themselves say it."""
        return (node for node, said in self._said.items() if kind in said.get(RDF.type, ()))

    def annotated(self, node: Term) -> tuple[Term | None, Term | None, Term | None]:
        """The triple that an owl:Axiom speaks of; None for a part that it lacks."""
        subject, predicate, object_ = (self.value(node, part) for part in OWL_ANNOTATED)
        return subject, predicate, object_

    def members(self, head: Term) -> Iterator[Term]:
        """The members of an RDF list, from the first on; one that leads back ends there."""
        passed: set[Term] = set()
        while head not in passed and (first := self.value(head, RDF.first)) is not None:
            yield first
            passed.add(head)
            head = self.value(head, RDF.rest) or RDF.nil


def labels_of(triples: Iterable[Triple | Quad]) -> dict[str, str]:
    """The label of everything that has one; of several the last."""
    return {
        str(each.subject): each.object.value
        for each in triples
        if each.predicate == RDFS.label and isinstance(each.object, Literal)
    }
