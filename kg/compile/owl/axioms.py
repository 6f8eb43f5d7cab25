"""Reads axioms from RDF with their evidence; what the fragment does not hold is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from rdflib import OWL, RDF, RDFS, XSD, Dataset, Graph, URIRef
from rdflib.term import Node

from kg.compile.owl.expressions import Named, canonical, read_expression
from kg.compile.owl.logic import Axiom, Declarations, make_axiom, text, used
from kg.model.errors import BuildError, NotHornError
from kg.model.vocabulary import eg

EVIDENCE: Final = eg("evidence")
CORROBORATION: Final = eg("corroboration")


def read_axioms(graph: Graph) -> tuple[Axiom, ...]:
    """Every logical axiom of the graph, in an order that depends on the content alone.

    In a Dataset, an axiom's module is the graph that holds its triple.
    """
    graph, modules = _merge_graphs(graph)
    _refuse_other_axioms(graph)
    notes = _read_annotations(graph)
    found: dict[str, Axiom] = {}
    for triple, axiom in _read_triples(graph, read_declarations(graph)):
        evidence, corroboration = notes.pop(triple, ((), ()))
        annotated = replace(
            axiom, evidence=evidence, corroboration=corroboration, module=modules.get(triple)
        )
        known = found.get(axiom.id)
        found[axiom.id] = annotated if known is None else _merge(known, annotated)
    _refuse_dangling(graph, notes)
    _refuse_wrong_kinds(graph, found.values())
    return tuple(sorted(found.values(), key=_order))


def read_declarations(graph: Graph) -> Declarations:
    """The classes and properties that the graph declares."""
    graph, _ = _merge_graphs(graph)

    def declared(kind: Node) -> frozenset[str]:
        subjects = graph.subjects(RDF.type, kind)
        return frozenset(str(subject) for subject in subjects if isinstance(subject, URIRef))

    return Declarations(
        classes=declared(OWL.Class),
        object_properties=declared(OWL.ObjectProperty),
        data_properties=declared(OWL.DatatypeProperty),
    )


_CHAIN_LENGTH: Final = 2

_Triple = tuple[Node, Node, Node]
_Evidence = tuple[tuple[str, ...], tuple[str, ...]]

_CLASS_KINDS: Final = {
    RDFS.subClassOf: "subclass",
    OWL.equivalentClass: "equivalent",
    OWL.disjointWith: "disjoint",
}
_REFUSED_TYPES: Final = (
    OWL.AllDisjointClasses, OWL.AllDisjointProperties, OWL.AllDifferent,
    OWL.NegativePropertyAssertion, OWL.SymmetricProperty, OWL.AsymmetricProperty,
    OWL.ReflexiveProperty, OWL.IrreflexiveProperty, OWL.InverseFunctionalProperty,
)  # fmt: skip
_REFUSED_LINKS: Final = (
    OWL.disjointUnionOf, OWL.hasKey, OWL.propertyDisjointWith, OWL.equivalentProperty, OWL.sameAs,
    OWL.differentFrom,
)  # fmt: skip


def _read_triples(graph: Graph, declared: Declarations) -> Iterator[tuple[_Triple, Axiom]]:
    for predicate, kind in _CLASS_KINDS.items():
        for subject, target in graph.subject_objects(predicate):
            if (subject, RDF.type, RDFS.Datatype) in graph:
                raise NotHornError(f"<{subject}>: the case rules cannot carry a named datatype.")
            terms = [
                read_expression(graph, node, within=str(subject)) for node in (subject, target)
            ]
            yield (subject, predicate, target), make_axiom(kind, *terms)
    properties = declared.object_properties | declared.data_properties
    for iri in sorted(properties):
        yield from _read_property(graph, URIRef(iri), declared)
    yield from _read_types(graph)


def _read_property(
    graph: Graph, role: URIRef, declared: Declarations
) -> Iterator[tuple[_Triple, Axiom]]:
    name = Named(str(role))
    for predicate, kind in ((RDFS.subPropertyOf, "subproperty"), (OWL.inverseOf, "inverse")):
        for other in graph.objects(role, predicate):
            if not isinstance(other, URIRef):
                raise NotHornError(f"<{role}>: the case rules cannot carry an anonymous property.")
            if str(role) in declared.data_properties:
                raise NotHornError(f"<{role}>: HermiT follows no {predicate.fragment} of decimals.")
            yield (role, predicate, other), make_axiom(kind, name, Named(str(other)))
    for head in graph.objects(role, OWL.propertyChainAxiom):
        chain = tuple(Named(str(link)) for link in graph.items(head))
        if len(chain) != _CHAIN_LENGTH:
            raise NotHornError(f"<{role}>: write a chain of {len(chain)} as chains of two.")
        yield (role, OWL.propertyChainAxiom, head), make_axiom("chain", *chain, name)
    yield from _read_characteristics(graph, role, declared)
    for predicate, kind in ((RDFS.domain, "domain"), (RDFS.range, "range")):
        for node in graph.objects(role, predicate):
            if kind == "range" and str(role) in declared.data_properties:
                _check_data_range(role, node)
                continue
            target = read_expression(graph, node, within=str(role))
            yield (role, predicate, node), make_axiom(kind, name, target)


def _read_characteristics(
    graph: Graph, role: URIRef, declared: Declarations
) -> Iterator[tuple[_Triple, Axiom]]:
    name = Named(str(role))
    if (role, RDF.type, OWL.TransitiveProperty) in graph:
        yield (role, RDF.type, OWL.TransitiveProperty), make_axiom("transitive", name)
    if (role, RDF.type, OWL.FunctionalProperty) in graph:
        if str(role) not in declared.data_properties:
            raise NotHornError(f"<{role}>: only data properties may be functional.")
        yield (role, RDF.type, OWL.FunctionalProperty), make_axiom("functional", name)


def _check_data_range(role: URIRef, node: Node) -> None:
    if node != XSD.decimal:
        raise NotHornError(f"<{role}>: the range of a data property is xsd:decimal here.")


def _read_types(graph: Graph) -> Iterator[tuple[_Triple, Axiom]]:
    """The classes of the individuals that some hasValue names; they hold in every case."""
    individuals = {each for each in graph.objects(None, OWL.hasValue) if isinstance(each, URIRef)}
    for individual in sorted(individuals):
        for node in graph.objects(individual, RDF.type):
            if node == OWL.NamedIndividual:
                continue
            target = read_expression(graph, node, within=str(individual))
            yield (individual, RDF.type, node), make_axiom("type", Named(str(individual)), target)


def _read_annotations(graph: Graph) -> dict[_Triple, _Evidence]:
    notes: dict[_Triple, _Evidence] = {}
    for node in graph.subjects(RDF.type, OWL.Axiom):
        parts = (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget)
        source, predicate, target = (graph.value(node, part) for part in parts)
        if source is None or predicate is None or target is None:
            raise BuildError("An owl:Axiom node lacks its annotated source, property or target.")
        new = tuple(
            tuple(sorted(str(value) for value in graph.objects(node, URIRef(link))))
            for link in (EVIDENCE, CORROBORATION)
        )
        old = notes.get((source, predicate, target), ((), ()))
        joined = tuple(tuple(sorted({*a, *b})) for a, b in zip(old, new, strict=True))
        notes[(source, predicate, target)] = (joined[0], joined[1])
    return notes


def _refuse_dangling(graph: Graph, notes: Iterable[_Triple]) -> None:
    """An annotation on a triple that is not there would lose its evidence in silence."""
    for source, predicate, target in notes:
        if (source, predicate, target) not in graph:
            raise BuildError(
                f"An owl:Axiom node annotates {source.n3()} {predicate.n3()} {target.n3()}, "
                "which the graph does not contain."
            )


def _refuse_wrong_kinds(graph: Graph, axioms: Iterable[Axiom]) -> None:
    """Without a kind a property loses its axioms; owlready2 mixes up a class that is a thing."""
    entities = used(axioms, data_properties=read_declarations(graph).data_properties)
    for kind, properties in (
        (OWL.ObjectProperty, entities.object_properties),
        (OWL.DatatypeProperty, entities.data_properties),
    ):
        for role in sorted(properties):
            if (URIRef(role), RDF.type, kind) not in graph:
                shown = kind.rsplit("#", 1)[-1]
                raise BuildError(f"<{role}> is used as an owl:{shown} and not declared as one.")
    for individual in sorted(entities.individuals):
        if (URIRef(individual), RDF.type, OWL.Class) in graph:
            raise NotHornError(f"<{individual}> is used in two roles: a class and an individual.")


def _refuse_other_axioms(graph: Graph) -> None:
    for kind in _REFUSED_TYPES:
        for node in graph.subjects(RDF.type, kind):
            shown = str(kind).rsplit("#", 1)[-1]
            raise NotHornError(f"{node.n3()}: the case rules cannot carry owl:{shown}.")
    for link in _REFUSED_LINKS:
        for node in graph.subjects(link, None):
            shown = str(link).rsplit("#", 1)[-1]
            raise NotHornError(f"{node.n3()}: the case rules cannot carry owl:{shown}.")


def _merge(known: Axiom, again: Axiom) -> Axiom:
    """One axiom from two spellings of it; both must say whether it needs evidence."""
    if bool(known.evidence) != bool(again.evidence):
        raise BuildError(f"Stated twice, once without evidence: {text(known, {})}.")
    return replace(
        known,
        evidence=tuple(sorted({*known.evidence, *again.evidence})),
        corroboration=tuple(sorted({*known.corroboration, *again.corroboration})),
    )


def _merge_graphs(graph: Graph) -> tuple[Graph, dict[_Triple, str]]:
    """One graph, and of each triple the graph of the dataset that holds it."""
    if not isinstance(graph, Dataset):
        return graph, {}
    merged = Graph()
    modules: dict[_Triple, str] = {}
    for subject, predicate, target, module in sorted(graph.quads(), key=str):
        merged.add((subject, predicate, target))
        modules.setdefault((subject, predicate, target), str(module))
    return merged, modules


def _order(axiom: Axiom) -> tuple[str, str]:
    return axiom.kind, " ".join(map(canonical, axiom.terms))


__all__ = [
    "Axiom", "Declarations", "make_axiom", "read_axioms", "read_declarations", "text",
    "used",
]  # fmt: skip
