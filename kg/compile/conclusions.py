"""The reasoner's conclusions as quads: subsumptions, and edges with their justifications."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.compile.owl.axioms import Axiom, axiom_text
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.justifications import Edge, Justifications
from kg.model.rdf import Graph, Quad
from kg.model.vocabulary import (
    BASE,
    EG,
    GRAPH_INFERRED,
    IAO_DEFINITION,
    IRI,
    PREFIXES,
    RDF,
    RDFS,
    SKOS,
    XSD,
    Literal,
    Term,
)
from kg.reasoning.expressions import Expression, Named, Value, expression_iri
from kg.reasoning.rules import is_expression


@dataclass(frozen=True)
class Conclusions:
    """What one build concluded, ready to be written down."""

    axioms: tuple[Axiom, ...]
    names: Mapping[str, Expression]
    """The compound expressions by their names."""
    hierarchy: Hierarchy
    justifications: Mapping[Edge, Justifications]
    labels: Mapping[str, str]
    strengths: Mapping[str, int]
    """The rank of each statement's modality."""

    @cached_property
    def axioms_by_id(self) -> Mapping[str, Axiom]:
        """The axioms, found by id."""
        return {axiom.id: axiom for axiom in self.axioms}

    @cached_property
    def rules(self) -> Mapping[Value, tuple[Axiom, ...]]:
        """By value, the axioms that say of a named class that its members have it."""
        said: defaultdict[str, list[Axiom]] = defaultdict(list)
        for axiom in self.axioms:
            if axiom.kind == "subclass" and isinstance(axiom.subject, Named):
                said[expression_iri(axiom.target)].append(axiom)
        same = self.hierarchy.equivalents
        return {
            value: tuple(
                axiom for each in (name, *sorted(same.get(name, ()))) for axiom in said[each]
            )
            for name, value in _values(self.names).items()
        }


@dataclass(frozen=True, slots=True)
class Justification:
    """Axioms that an edge follows from, none of which can be spared."""

    premises: tuple[Axiom, ...]
    stated: bool
    """Whether what they rest on is said of the source itself, and not of a wider class."""


def conclusion_quads(conclusions: Conclusions) -> Iterator[Quad]:
    """Every conclusion, in the graph for what is inferred."""
    yield from _subsumptions(conclusions)
    for edge in sorted(conclusions.justifications):
        yield _quad(edge.source, IRI(edge.property), IRI(edge.target))
        yield from _edge(edge, conclusions)
    yield from _axiom_records(conclusions)


def edge_iri(edge: Edge) -> IRI:
    """The name of a derived edge: the same for the same conclusion in every build."""
    return IRI(f"{BASE}edge/{_digest((edge.source, edge.property, edge.target))}")


def axiom_iri(identifier: str) -> IRI:
    """The name of an axiom record."""
    return IRI(f"{BASE}axiom/{identifier}")


def ranked(edge: Edge, conclusions: Conclusions) -> tuple[Justification, ...]:
    """The justifications of an edge; answers rest on the first.

    What is stated of the source itself comes before what is said of a wider class, and then what
    takes fewer axioms.
    """
    rules = {axiom.id for axiom in _rules(edge, conclusions)}
    found = (
        tuple(conclusions.axioms_by_id[each] for each in ids)
        for ids in conclusions.justifications[edge]
    )
    made = [Justification(premises, _is_stated(edge, premises, rules)) for premises in found]
    return tuple(sorted(made, key=lambda each: (not each.stated, len(each.premises))))


def _is_stated(edge: Edge, premises: Iterable[Axiom], rules: Iterable[str]) -> bool:
    """Whether every premise with evidence, or else what says the value, is about the source."""
    carrying = [each for each in premises if each.evidence]
    carrying = carrying or [each for each in premises if each.id in rules]
    return bool(carrying) and all(each.subject == Named(edge.source) for each in carrying)


def _subsumptions(conclusions: Conclusions) -> Iterator[Quad]:
    told = {axiom.iris for axiom in conclusions.axioms if axiom.kind == "subclass"}
    for lower, upper in subsumptions(conclusions.hierarchy):
        if (lower, upper) not in told:
            yield _quad(lower, RDFS.subClassOf, IRI(upper))


def _edge(edge: Edge, conclusions: Conclusions) -> Iterator[Quad]:
    """An edge with what its first justification rests on, and every justification."""
    node = edge_iri(edge)
    found = ranked(edge, conclusions)
    first = found[0].premises
    yield _quad(node, RDF.type, EG.DerivedEdge)
    yield _quad(node, EG.edgeSource, IRI(edge.source))
    yield _quad(node, EG.edgeProperty, IRI(edge.property))
    yield _quad(node, EG.edgeTarget, IRI(edge.target))
    yield _inference(node, found[0])
    for rule in _rules(edge, conclusions):
        yield from _links(node, EG.ruleStatement, _documented(rule.evidence))
        yield from _links(node, EG.corroboration, _documented(rule.corroboration))
        yield from _links(node, EG.counterEvidence, rule.counter)
    for premise in first:
        yield _quad(node, EG.usesAxiom, axiom_iri(premise.id))
        yield from _links(node, EG.usesStatement, _documented(premise.evidence))
        yield from _links(node, EG.usesBackground, _background(premise.evidence))
    yield from _links(node, EG.weakestStatement, _weakest(first, conclusions.strengths))
    for rank, justification in enumerate(found, 1):
        yield _quad(node, EG.justifiedBy, _justification_iri(edge, justification))
        yield from _justification(edge, rank, justification)


def _justification(edge: Edge, rank: int, justification: Justification) -> Iterator[Quad]:
    node = _justification_iri(edge, justification)
    yield _quad(node, RDF.type, EG.Justification)
    yield _quad(node, EG.rank, Literal(str(rank), XSD.integer))
    yield _inference(node, justification)
    for premise in justification.premises:
        yield _quad(node, EG.usesAxiom, axiom_iri(premise.id))


def _inference(node: IRI, justification: Justification) -> Quad:
    by_inference = "false" if justification.stated else "true"
    return _quad(node, EG.byInference, Literal(by_inference, XSD.boolean))


def _justification_iri(edge: Edge, justification: Justification) -> IRI:
    """The name of a justification: the same for the same axioms in every build."""
    premises = sorted(each.id for each in justification.premises)
    parts = (edge.source, edge.property, edge.target, *premises)
    return IRI(f"{BASE}justification/{_digest(parts)}")


def _rules(edge: Edge, conclusions: Conclusions) -> tuple[Axiom, ...]:
    """Every axiom that says the value of the source or of a class above it.

    A justification holds one of them; a reader wants to see all that say so.
    """
    return tuple(
        axiom
        for axiom in conclusions.rules.get(Value(edge.property, edge.target), ())
        if conclusions.hierarchy.subsumed(edge.source, expression_iri(axiom.subject))
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
        yield _quad(node, RDF.type, EG.AxiomRecord)
        yield _quad(node, EG.axiomText, Literal(axiom_text(axiom, conclusions.labels)))
        yield from _links(node, EG.evidence, axiom.evidence)
        yield from _links(node, EG.corroboration, _documented(axiom.corroboration))
        yield from _links(node, EG.counterEvidence, axiom.counter)


def _documented(evidence: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in evidence if not each.startswith(PREFIXES["bg"]))


def _background(evidence: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in evidence if each.startswith(PREFIXES["bg"]))


def _links(node: str, predicate: IRI, targets: Iterable[str]) -> Iterator[Quad]:
    for target in targets:
        yield _quad(node, predicate, IRI(target))


def _quad(subject: str, predicate: IRI, value: Term) -> Quad:
    return Quad(IRI(subject), predicate, value, GRAPH_INFERRED)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def read_strengths(quads: Iterable[Quad]) -> dict[str, int]:
    """The rank of the modality of every statement."""
    graph = Graph(quads)
    return {
        str(statement): int(graph.text(word, EG.strength))
        for statement in graph
        if (word := graph.value(statement, EG.modality)) is not None
    }


def definition_copies(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Every definition once more as IAO:0000115, where OBO tools look for it."""
    for line in lines:
        if _DEFINITION not in line:  # of most lines this is all that is looked at
            continue
        subject, name, rest = line.split(b" ", 2)
        if name == _DEFINITION:
            yield b"%b %b %b %b .\n" % (subject, _COPIED, rest.rsplit(b" ", 2)[0], _INFERRED)


_DEFINITION, _COPIED, _INFERRED = (
    each.n3().encode() for each in (SKOS.definition, IAO_DEFINITION, GRAPH_INFERRED)
)


# ── What follows ────────────────────────────────────────────────────────────────────────────


def subsumptions(hierarchy: Hierarchy) -> tuple[tuple[str, str], ...]:
    """Every pair of named classes of which the first is a kind of the second."""
    return tuple(
        (lower, upper)
        for lower, above in sorted(hierarchy.supers.items())
        if not is_expression(lower)
        for upper in sorted(above)
        if not is_expression(upper)
    )


def edges(names: Mapping[str, Expression], hierarchy: Hierarchy) -> tuple[Edge, ...]:
    """Every value that a named class inherits or has, the definitions of value classes left out.

    A class that means nothing but the value (`argued against by a normal GGT`) would say of
    itself what it is defined by.
    """
    values = _values(names)
    return tuple(
        sorted(
            Edge(lower, values[name].property, values[name].individual)
            for lower, above in hierarchy.supers.items()
            if not is_expression(lower)
            for name in above & values.keys()
            if lower not in hierarchy.equivalents.get(name, ())
        )
    )


def _values(names: Mapping[str, Expression]) -> dict[str, Value]:
    """The values that classes may have, by the names of the classes that mean just that."""
    return {name: each for name, each in names.items() if isinstance(each, Value)}
