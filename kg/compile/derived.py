"""The reasoner's conclusions as quads: subsumptions, values, and edges with their justification."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.compile.owl.axioms import Axiom
from kg.compile.owl.axioms import text as axiom_text
from kg.compile.owl.entailments import Edge, last_steps, subsumptions
from kg.compile.owl.expressions import Expression, Named
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.naming import name_expressions
from kg.model.rdf import Quad
from kg.model.vocabulary import (
    BASE,
    EG_AXIOM_RECORD,
    EG_AXIOM_TEXT,
    EG_BY_INFERENCE,
    EG_CORROBORATION,
    EG_DERIVED_EDGE,
    EG_EDGE_PROPERTY,
    EG_EDGE_SOURCE,
    EG_EDGE_TARGET,
    EG_EVIDENCE,
    EG_RULE_STATEMENT,
    EG_USES_AXIOM,
    EG_USES_BACKGROUND,
    EG_USES_STATEMENT,
    EG_WEAKEST_STATEMENT,
    GRAPH_INFERRED,
    IRI,
    PREFIXES,
    RDF_TYPE,
    RDFS_SUBCLASS_OF,
    XSD_BOOLEAN,
    Literal,
    Term,
)


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What one build concluded, ready to be written down."""

    axioms: tuple[Axiom, ...]
    hierarchy: Hierarchy
    justifications: Mapping[Edge, tuple[str, ...]]
    labels: Mapping[str, str]
    strengths: Mapping[str, int]
    """The rank of each statement's modality."""


def conclusion_quads(conclusions: Conclusions) -> Iterator[Quad]:
    """Every conclusion, in the graph for what is inferred."""
    yield from _subsumptions(conclusions)
    names = name_expressions(conclusions.axioms)
    for edge, justification in sorted(conclusions.justifications.items()):
        yield _quad(edge.source, IRI(edge.property), IRI(edge.target))
        yield from _edge(edge, justification, conclusions, names)
    yield from _axiom_records(conclusions)


def edge_iri(edge: Edge) -> IRI:
    """The name of a derived edge: the same for the same conclusion in every build."""
    content = f"{edge.source} {edge.property} {edge.target}"
    return IRI(f"{BASE}edge/{hashlib.sha256(content.encode()).hexdigest()[:16]}")


def axiom_iri(identifier: str) -> IRI:
    """The name of an axiom record."""
    return IRI(f"{BASE}axiom/{identifier}")


def _subsumptions(conclusions: Conclusions) -> Iterator[Quad]:
    told = {axiom.iris for axiom in conclusions.axioms if axiom.kind == "subclass"}
    for lower, upper in subsumptions(conclusions.hierarchy):
        if (lower, upper) not in told:
            yield _quad(lower, RDFS_SUBCLASS_OF, IRI(upper))


def _edge(
    edge: Edge,
    justification: Iterable[str],
    conclusions: Conclusions,
    names: Mapping[str, Expression],
) -> Iterator[Quad]:
    node = edge_iri(edge)
    by_id = {axiom.id: axiom for axiom in conclusions.axioms}
    premises = [by_id[identifier] for identifier in justification]
    rules = _rules(edge, conclusions, names)
    direct = any(rule.subject == Named(edge.source) for rule in rules)
    yield _quad(node, RDF_TYPE, EG_DERIVED_EDGE)
    yield _quad(node, EG_EDGE_SOURCE, IRI(edge.source))
    yield _quad(node, EG_EDGE_PROPERTY, IRI(edge.property))
    yield _quad(node, EG_EDGE_TARGET, IRI(edge.target))
    yield _quad(node, EG_BY_INFERENCE, Literal("false" if direct else "true", XSD_BOOLEAN))
    for rule in rules:
        yield from _links(node, EG_RULE_STATEMENT, _documented(rule.evidence))
        yield from _links(node, EG_CORROBORATION, _documented(rule.corroboration))
    for premise in premises:
        yield _quad(node, EG_USES_AXIOM, axiom_iri(premise.id))
        yield from _links(node, EG_USES_STATEMENT, _documented(premise.evidence))
        yield from _links(node, EG_USES_BACKGROUND, _background(premise.evidence))
    yield from _links(node, EG_WEAKEST_STATEMENT, _weakest(premises, conclusions.strengths))


def _rules(
    edge: Edge, conclusions: Conclusions, names: Mapping[str, Expression]
) -> tuple[Axiom, ...]:
    """Every axiom that says the value of the source or of a class above it.

    The justification holds one of them; a reader wants to see all that say so.
    """
    hierarchy = conclusions.hierarchy
    return tuple(
        axiom
        for axiom in last_steps(edge, conclusions.axioms, hierarchy, names=names)
        if isinstance(axiom.subject, Named) and hierarchy.subsumed(edge.source, axiom.subject.iri)
    )


def _weakest(premises: Iterable[Axiom], strengths: Mapping[str, int]) -> tuple[str, ...]:
    """The statement that bounds the strength of a conclusion, or none where none is involved.

    Several statements of one axiom each carry it, so the strongest counts; the axioms are needed
    together, so the weakest of them counts.
    """
    carrying = [
        max(stated, key=lambda each: strengths[each])
        for premise in premises
        if (stated := _documented(premise.evidence))
    ]
    return (min(carrying, key=lambda each: strengths[each]),) if carrying else ()


def _axiom_records(conclusions: Conclusions) -> Iterator[Quad]:
    """Every axiom with its text and evidence: what a proof names can be looked up."""
    for axiom in sorted(conclusions.axioms, key=lambda each: each.id):
        node = axiom_iri(axiom.id)
        yield _quad(node, RDF_TYPE, EG_AXIOM_RECORD)
        yield _quad(node, EG_AXIOM_TEXT, Literal(axiom_text(axiom, conclusions.labels)))
        yield from _links(node, EG_EVIDENCE, axiom.evidence)


def _documented(evidence: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in evidence if not each.startswith(PREFIXES["bg"]))


def _background(evidence: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in evidence if each.startswith(PREFIXES["bg"]))


def _links(node: str, predicate: IRI, targets: Iterable[str]) -> Iterator[Quad]:
    for target in targets:
        yield _quad(node, predicate, IRI(target))


def _quad(subject: str, predicate: IRI, value: Term) -> Quad:
    return Quad(IRI(subject), predicate, value, GRAPH_INFERRED)
