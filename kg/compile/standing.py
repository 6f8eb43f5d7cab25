"""Which statements stand, and the sources without the axioms that none of them carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from kg.model.rdf import Quad
from kg.model.vocabulary import (
    EG_BACKGROUND_STATEMENT,
    EG_CORROBORATION,
    EG_EVIDENCE,
    EG_STATEMENT,
    EG_THRESHOLD_FROM,
    OWL_ANNOTATED_PROPERTY,
    OWL_ANNOTATED_SOURCE,
    OWL_ANNOTATED_TARGET,
    OWL_EQUIVALENT_CLASS,
    PROV_WAS_INVALIDATED_BY,
    RDF_TYPE,
    RDFS_SUBCLASS_OF,
)

_LINKS: Final = (EG_EVIDENCE, EG_CORROBORATION, EG_THRESHOLD_FROM)
"""The properties by which axioms and classes point at statements."""


def statement_kinds(quads: tuple[Quad, ...]) -> frozenset[object]:
    """The classes of statements: the two roots and what is declared below them."""
    below: defaultdict[object, set[object]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == RDFS_SUBCLASS_OF:
            below[quad.object].add(quad.subject)
    found: set[object] = set()
    waiting: list[object] = [EG_STATEMENT, EG_BACKGROUND_STATEMENT]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting.extend(below[kind])
    return frozenset(found)


def statements_alive(quads: Iterable[Quad]) -> frozenset[str]:
    """The statements and background statements that are there and were not withdrawn."""
    quads = tuple(quads)
    kinds = statement_kinds(quads)
    stated = {str(q.subject) for q in quads if q.predicate == RDF_TYPE and q.object in kinds}
    withdrawn = {str(q.subject) for q in quads if q.predicate == PROV_WAS_INVALIDATED_BY}
    return frozenset(stated - withdrawn)


def without_fallen_axioms(
    quads: Iterable[Quad], alive: frozenset[str]
) -> tuple[tuple[Quad, ...], tuple[str, ...]]:
    """The quads without axioms whose evidence is all gone, and the names of those axioms.

    Whatever ties an axiom or a class to a statement that does not stand is left out too, so that
    no query can find it there.
    """
    quads = tuple(quads)
    nodes = _axiom_nodes(quads)
    fallen = {node for node, parts in nodes.items() if _has_fallen(parts, alive)}
    triples = {_triple(nodes[node]) for node in fallen}
    undefined = _without_limit(quads, alive)
    kept = tuple(
        quad
        for quad in quads
        if quad.subject not in fallen
        and (quad.subject, quad.predicate, quad.object) not in triples
        and not (quad.predicate in _LINKS and quad.object not in alive)
        and not (quad.predicate == OWL_EQUIVALENT_CLASS and quad.subject in undefined)
    )
    triples |= {(each, OWL_EQUIVALENT_CLASS, "its limit") for each in undefined}
    return kept, tuple(sorted(f"{source} → {target}" for source, _, target in triples))


def _without_limit(quads: Iterable[Quad], alive: frozenset[str]) -> frozenset[object]:
    """The classes whose limit was taken from statements of which none stands."""
    limits: defaultdict[object, list[object]] = defaultdict(list)
    for quad in quads:
        if quad.predicate == EG_THRESHOLD_FROM:
            limits[quad.subject].append(quad.object)
    return frozenset(
        each for each, origins in limits.items() if not any(origin in alive for origin in origins)
    )


def _axiom_nodes(quads: tuple[Quad, ...]) -> dict[object, dict[str, list[object]]]:
    nodes: defaultdict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    annotated = {q.subject for q in quads if q.predicate == OWL_ANNOTATED_SOURCE}
    for quad in quads:
        if quad.subject in annotated:
            nodes[quad.subject][quad.predicate].append(quad.object)
    return nodes


def _has_fallen(parts: dict[str, list[object]], alive: frozenset[str]) -> bool:
    evidence = parts.get(EG_EVIDENCE, [])
    return bool(evidence) and not any(each in alive for each in evidence)


def _triple(parts: dict[str, list[object]]) -> tuple[object, object, object]:
    source, predicate, target = (
        parts[name][0]
        for name in (OWL_ANNOTATED_SOURCE, OWL_ANNOTATED_PROPERTY, OWL_ANNOTATED_TARGET)
    )
    return source, predicate, target
