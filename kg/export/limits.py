"""What follows from limits on numbers, told outright: many reasoners read no limit.

A result above five times the upper limit is one above twice of it. HermiT sees that in their
definitions; a reasoner for the profile EL, such as ELK, passes over every definition with a limit
in it. Told by name what stands above each such class, it places all others by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.export.hierarchy import Edge, closed, direct_of, inferred_edges, named_edges
from kg.export.source import Source
from kg.model.rdf import Graph, Triple
from kg.model.vocabulary import IRI, OWL, RDFS, BlankNode, Term


def edges_by_limits(source: Source, said: Iterable[Triple]) -> tuple[Edge, ...]:
    """The direct superclasses, sorted, of classes with a limit that no triple states."""
    said = tuple(said)
    stated = named_edges(said)
    above = closed(stated | inferred_edges(source))
    graph = Graph(said)
    limited = (each for each in above if _has_limit(graph, each))
    found = {(lower, upper) for lower in limited for upper in direct_of(lower, above)}
    return tuple(sorted(found - stated))


def _has_limit(graph: Graph, iri: IRI) -> bool:
    """Whether what a class is said to be, or to be below, has a limit anywhere in it."""
    said = (*graph.objects(iri, OWL.equivalentClass), *graph.objects(iri, RDFS.subClassOf))
    return any(OWL.withRestrictions in graph.about(each) for each in _within(graph, said))


def _within(graph: Graph, nodes: Iterable[Term]) -> Iterator[BlankNode]:
    """Some nameless nodes, and those that they lead to."""
    for node in nodes:
        if isinstance(node, BlankNode):
            yield node
            for values in graph.about(node).values():
                yield from _within(graph, values)
