"""The direct superclasses that follow from the axioms, read from what the build concluded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.export.source import Source
from kg.model.rdf import Graph, Triple
from kg.model.vocabulary import GRAPH_INFERRED, IRI, OWL, RDFS, BlankNode, Term

Edge = tuple[IRI, IRI]
"""A class and one above it."""
_NONE: Final[frozenset[IRI]] = frozenset()


@dataclass(frozen=True, slots=True)
class Superclasses:
    """What a file with an inferred hierarchy says otherwise than the files of the ontology."""

    new: tuple[Edge, ...]
    """Direct superclasses that no file states, sorted."""
    spare: frozenset[Edge]
    """Stated superclasses that others imply, and that no statement carries."""


def inferred_superclasses(source: Source, said: Iterable[Triple]) -> Superclasses:
    """The direct superclasses of each named class, compared with those that triples state."""
    said = tuple(said)
    stated, above = _stated_and_above(source, said)
    direct = {(lower, upper) for lower in above for upper in direct_of(lower, above)}
    new = sorted(direct - stated)
    return Superclasses(tuple(new), frozenset(stated - direct - _carried(said)))


def edge_of(triple: Triple) -> Edge | None:
    """The two named classes of a triple that relates such."""
    subject, predicate, value = triple
    if predicate != RDFS.subClassOf:
        return None
    return (subject, value) if isinstance(subject, IRI) and isinstance(value, IRI) else None


def _stated_and_above(
    source: Source, said: Iterable[Triple]
) -> tuple[set[Edge], dict[IRI, frozenset[IRI]]]:
    """The edges that triples state, and every class above each with those that the build found."""
    stated = _named_edges(said)
    inferred = (Triple(*each[:3]) for each in source.quads if each.graph == GRAPH_INFERRED)
    return stated, closed(stated | _named_edges(inferred))


def _named_edges(triples: Iterable[Triple]) -> set[Edge]:
    """Every class and one above it that triples state."""
    return {edge for edge in map(edge_of, triples) if edge is not None}


def closed(edges: Iterable[Edge]) -> dict[IRI, frozenset[IRI]]:
    """For each class every class above it; itself and owl:Thing left out."""
    above: defaultdict[IRI, set[IRI]] = defaultdict(set)
    for lower, upper in edges:
        above[lower].add(upper)
    return {each: frozenset(_reached(each, above) - {each, OWL.Thing}) for each in sorted(above)}


def direct_of(lower: IRI, above: Mapping[IRI, frozenset[IRI]]) -> frozenset[IRI]:
    """The classes above one with none between; what is equivalent to it counts as itself."""

    def is_above(upper: IRI, other: IRI) -> bool:
        return upper in above.get(other, _NONE) and other not in above.get(upper, _NONE)

    strict = {each for each in above[lower] if is_above(each, lower)}
    return frozenset(each for each in strict if not any(is_above(each, other) for other in strict))


def _reached(start: IRI, above: Mapping[IRI, set[IRI]]) -> set[IRI]:
    seen: set[IRI] = set()
    waiting = [start]
    while waiting:
        for each in above.get(waiting.pop(), ()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return seen


def _carried(said: Iterable[Triple]) -> set[tuple[Term | None, Term | None]]:
    """The stated superclasses that are annotated, as with the statements they rest on."""
    graph = Graph(said)
    return {
        (graph.value(node, OWL.annotatedSource), graph.value(node, OWL.annotatedTarget))
        for node in graph.of_type(OWL.Axiom)
        if graph.value(node, OWL.annotatedProperty) == RDFS.subClassOf
    }


def edges_by_limits(source: Source, said: Iterable[Triple]) -> tuple[Edge, ...]:
    """The direct superclasses, sorted, of classes with a limit that no triple states.

    A result above five times the upper limit is one above twice of it. HermiT sees that in their
    definitions; a reasoner for the profile EL, such as ELK, passes over every definition with a
    limit in it. Told by name what stands above each such class, it places all others by itself.
    """
    said = tuple(said)
    stated, above = _stated_and_above(source, said)
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
