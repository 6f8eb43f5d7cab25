"""Axioms as values: read from RDF with their evidence, and kept only while the evidence stands."""

from __future__ import annotations

import hashlib
from collections.abc import Collection as Members
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rdflib import OWL, RDF, RDFS, XSD, Dataset, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import BuildError, NotHornError
from kg.reasoning import expressions
from kg.reasoning.expressions import (
    Expression,
    Facet,
    Named,
    Some,
    Value,
    canonical,
    read_expression,
    walk,
)
from kg.vocab import eg

EVIDENCE: Final = eg("evidence")
CORROBORATION: Final = eg("corroboration")

_SYMMETRIC: Final = ("equivalent", "disjoint", "inverse")


@dataclass(frozen=True, slots=True)
class Axiom:
    """One logical axiom with the statements that carry it.

    `terms` by kind: subclass (sub, super), equivalent, disjoint and inverse (both),
    subproperty (sub, super), chain (first, second, implied), transitive and functional (property),
    domain and range (property, class), type (individual, class). Properties stand as `Named`.
    """

    id: str
    kind: str
    terms: tuple[Expression, ...]
    evidence: tuple[str, ...] = ()
    corroboration: tuple[str, ...] = ()
    module: str | None = None

    @property
    def subject(self) -> Expression:
        """What the axiom is about; of a chain, the property that it implies."""
        return self.terms[-1] if self.kind == "chain" else self.terms[0]

    @property
    def target(self) -> Expression:
        """What the axiom says of its subject; of a chain, its first property."""
        return self.terms[0] if self.kind == "chain" else self.terms[-1]

    @property
    def iris(self) -> tuple[str, ...]:
        """The terms as IRIs, for the kinds that relate names only."""
        return tuple(term.iri for term in self.terms if isinstance(term, Named))


@dataclass(frozen=True, slots=True)
class Declarations:
    """The entities by kind; what an axiom uses is declared by its use."""

    classes: frozenset[str] = frozenset()
    object_properties: frozenset[str] = frozenset()
    data_properties: frozenset[str] = frozenset()
    individuals: frozenset[str] = frozenset()


def make_axiom(kind: str, *terms: Expression) -> Axiom:
    """The axiom with the id that its content gives it: stable over files, order and time."""
    ordered = tuple(sorted(terms, key=canonical)) if kind in _SYMMETRIC else terms
    content = " ".join([kind, *map(canonical, ordered)])
    return Axiom(hashlib.sha256(content.encode()).hexdigest()[:16], kind, ordered)


def read_axioms(graph: Graph) -> tuple[Axiom, ...]:
    """Every logical axiom of the graph, in an order that depends on the content alone.

    In a Dataset, an axiom's module is the graph that holds its triple.
    """
    _refuse_other_axioms(graph)
    notes = _read_annotations(graph)
    found: dict[str, Axiom] = {}
    for triple, axiom in _read_triples(graph, read_declarations(graph)):
        evidence, corroboration = notes.pop(triple, ((), ()))
        annotated = replace(
            axiom, evidence=evidence, corroboration=corroboration, module=_module(graph, triple)
        )
        known = found.get(axiom.id)
        found[axiom.id] = annotated if known is None else _merge(known, annotated)
    _refuse_dangling(graph, notes)
    _refuse_undeclared(graph, found.values())
    return tuple(sorted(found.values(), key=_order))


def read_declarations(graph: Graph) -> Declarations:
    """The classes and properties that the graph declares."""

    def declared(kind: Node) -> frozenset[str]:
        subjects = graph.subjects(RDF.type, kind)
        return frozenset(str(subject) for subject in subjects if isinstance(subject, URIRef))

    return Declarations(
        classes=declared(OWL.Class),
        object_properties=declared(OWL.ObjectProperty),
        data_properties=declared(OWL.DatatypeProperty),
    )


def used(axioms: Iterable[Axiom], *, data_properties: Members[str] = ()) -> Declarations:
    """The entities that the axioms use, by the kind that the use implies."""
    classes: set[str] = set()
    roles: set[str] = set()
    data: set[str] = set()
    individuals: set[str] = set()
    for axiom in axioms:
        names, class_terms = _split(axiom)
        individuals.update(names if axiom.kind == "type" else ())
        for name in names if axiom.kind != "type" else ():
            is_data = axiom.kind == "functional" or name in data_properties
            (data if is_data else roles).add(name)
        for part in (part for term in class_terms for part in walk(term)):
            match part:
                case Named(iri):
                    classes.add(iri)
                case Some(role, _):
                    roles.add(role)
                case Value(role, individual):
                    roles.add(role)
                    individuals.add(individual)
                case Facet(role, _):
                    data.add(role)
    return Declarations(
        frozenset(classes), frozenset(roles - data), frozenset(data), frozenset(individuals)
    )


def standing(
    axioms: Iterable[Axiom], statements_alive: Members[str]
) -> tuple[tuple[Axiom, ...], tuple[Axiom, ...]]:
    """The axioms that are kept, and those dropped because none of their evidence is alive."""
    kept: list[Axiom] = []
    dropped: list[Axiom] = []
    for axiom in axioms:
        stands = not axiom.evidence or any(each in statements_alive for each in axiom.evidence)
        (kept if stands else dropped).append(axiom)
    return tuple(kept), tuple(dropped)


def text(axiom: Axiom, labels: Mapping[str, str]) -> str:
    """The axiom in Manchester syntax with labels."""
    shown = [expressions.text(term, labels) for term in axiom.terms]
    match axiom.kind:
        case "chain":
            return f"{shown[0]} o {shown[1]} SubPropertyOf {shown[2]}"
        case "transitive" | "functional":
            return f"{axiom.kind.capitalize()}: {shown[0]}"
        case _:
            return f"{shown[0]} {_VERBS[axiom.kind]} {shown[1]}"


_VERBS: Final = {
    "subclass": "SubClassOf",
    "equivalent": "EquivalentTo",
    "disjoint": "DisjointWith",
    "subproperty": "SubPropertyOf",
    "inverse": "InverseOf",
    "domain": "Domain",
    "range": "Range",
    "type": "Type",
}

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


def _order(axiom: Axiom) -> tuple[str, str]:
    return axiom.kind, " ".join(map(canonical, axiom.terms))


def _split(axiom: Axiom) -> tuple[tuple[str, ...], tuple[Expression, ...]]:
    """The names of properties or individuals in an axiom, and its class expressions."""
    match axiom.kind:
        case "subclass" | "equivalent" | "disjoint":
            return (), axiom.terms
        case "domain" | "range" | "type":
            first = axiom.terms[0]
            return (first.iri,) if isinstance(first, Named) else (), axiom.terms[1:]
        case _:
            return axiom.iris, ()


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
            yield (role, predicate, other), make_axiom(kind, name, Named(str(other)))
    for head in graph.objects(role, OWL.propertyChainAxiom):
        chain = tuple(Named(str(link)) for link in Collection(graph, head))
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


def _refuse_undeclared(graph: Graph, axioms: Iterable[Axiom]) -> None:
    """A property without a kind would lose what the ontology says about it."""
    entities = used(axioms, data_properties=read_declarations(graph).data_properties)
    for kind, properties in (
        (OWL.ObjectProperty, entities.object_properties),
        (OWL.DatatypeProperty, entities.data_properties),
    ):
        for role in sorted(properties):
            if (URIRef(role), RDF.type, kind) not in graph:
                shown = kind.rsplit("#", 1)[-1]
                raise BuildError(f"<{role}> is used as an owl:{shown} and not declared as one.")


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


def _module(graph: Graph, triple: _Triple) -> str | None:
    if not isinstance(graph, Dataset):
        return None
    contexts = {str(quad[3]) for quad in graph.quads((*triple, None)) if quad[3] is not None}
    return min(contexts, default=None)
