"""Which statements are valid, and the sources without the axioms that none of them carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from kg.model.rdf import Graph, Node, Quad
from kg.model.vocabulary import EG, OWL, PROV, RDF, RDFS, Term

LINKS: Final = (EG.evidence, EG.corroboration, EG.counterEvidence, EG.thresholdFrom)
"""The properties by which axioms and classes point at statements."""


def find_statement_kinds(quads: Iterable[Quad]) -> frozenset[Term]:
    """The classes of statements: the two roots and what is declared below them."""
    below: defaultdict[Term, set[Term]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == RDFS.subClassOf:
            below[quad.object].add(quad.subject)
    found: set[Term] = set()
    waiting: list[Term] = [EG.Statement, EG.BackgroundStatement]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting.extend(below[kind])
    return frozenset(found)


def find_valid_statements(quads: Iterable[Quad]) -> frozenset[str]:
    """The statements and background statements that are there and were not withdrawn."""
    quads = tuple(quads)
    kinds = find_statement_kinds(quads)
    stated = {str(q.subject) for q in quads if q.predicate == RDF.type and q.object in kinds}
    withdrawn = {str(q.subject) for q in quads if q.predicate == PROV.wasInvalidatedBy}
    return frozenset(stated - withdrawn)


def retract_axioms(
    quads: Iterable[Quad], valid: frozenset[str]
) -> tuple[tuple[Quad, ...], tuple[str, ...]]:
    """The quads without axioms whose evidence is all gone, and the names of those axioms.

    Whatever ties an axiom or a class to a statement that is not valid is left out too, so that no
    query can find it there.
    """
    quads = tuple(quads)
    graph = Graph(quads)
    fallen = frozenset(node for node in graph if _has_fallen(graph, node, valid))
    triples = {graph.annotated(node) for node in fallen}
    unlimited = frozenset(node for node in graph if _has_lost_its_limit(graph, node, valid))
    kept = tuple(
        quad
        for quad in quads
        if quad.subject not in fallen
        and quad[:3] not in triples
        and not (quad.predicate in LINKS and quad.object not in valid)
        and not (quad.predicate == OWL.equivalentClass and quad.subject in unlimited)
    )
    names = {f"{source} → {target}" for source, _, target in triples}
    return kept, tuple(sorted(names | {f"{each} → its limit" for each in unlimited}))


def _has_fallen(graph: Graph, node: Node, valid: frozenset[str]) -> bool:
    """Whether a node is an axiom whose evidence is all gone."""
    evidence = graph.objects(node, EG.evidence) if OWL.annotatedSource in graph[node] else ()
    return bool(evidence) and not any(each in valid for each in evidence)


def _has_lost_its_limit(graph: Graph, node: Node, valid: frozenset[str]) -> bool:
    """Whether a node is a class whose limit was taken from statements of which none is valid."""
    origins = graph.objects(node, EG.thresholdFrom)
    return bool(origins) and not any(each in valid for each in origins)
