"""The direct superclasses that follow from the axioms, read from what the build concluded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.export.source import Source
from kg.model.rdf import Graph, Triple
from kg.model.vocabulary import GRAPH_INFERRED, IRI, OWL, RDFS, Term

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
    stated = named_edges(said)
    above = closed(stated | inferred_edges(source))
    direct = {(lower, upper) for lower in above for upper in direct_of(lower, above)}
    new = sorted(direct - stated)
    return Superclasses(tuple(new), frozenset(stated - direct - _carried(said)))


def edge_of(triple: Triple) -> Edge | None:
    """The two named classes of a triple that relates such."""
    subject, predicate, value = triple
    if predicate != RDFS.subClassOf:
        return None
    return (subject, value) if isinstance(subject, IRI) and isinstance(value, IRI) else None


def named_edges(triples: Iterable[Triple]) -> set[Edge]:
    """Every class and one above it that triples state."""
    return {edge for edge in map(edge_of, triples) if edge is not None}


def inferred_edges(source: Source) -> set[Edge]:
    """Every class and one above it that the build concluded and no file states."""
    return named_edges(Triple(*each[:3]) for each in source.quads if each.graph == GRAPH_INFERRED)


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
