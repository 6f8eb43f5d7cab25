"""What is said of each subject: a few triples, looked up by subject and property."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kg.model.rdf.values import Node, Quad, Triple
from kg.model.vocabulary import IRI, RDF_TYPE, RDFS_LABEL, Literal, Term, expand, text_of

_FIRST, _REST, _NIL = expand("rdf:first"), expand("rdf:rest"), expand("rdf:nil")
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
        return (node for node, said in self._said.items() if kind in said.get(RDF_TYPE, ()))

    def members(self, head: Term) -> Iterator[Term]:
        """The members of an RDF list, from the first on; one that leads back ends there."""
        passed: set[Term] = set()
        while head not in passed and (first := self.value(head, _FIRST)) is not None:
            yield first
            passed.add(head)
            head = self.value(head, _REST) or _NIL


def labels_of(triples: Iterable[Triple | Quad]) -> dict[str, str]:
    """The label of everything that has one; of several the last."""
    return {
        str(each.subject): each.object.value
        for each in triples
        if each.predicate == RDFS_LABEL and isinstance(each.object, Literal)
    }
