"""Axioms and facts as N-Triples, the syntax that owlready2 and OWLAPI read without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kg.compile.owl.axioms import Axiom, Declarations, used
from kg.compile.owl.expressions import (
    And,
    Expression,
    Facet,
    Named,
    Or,
    Some,
    Value,
    canonical,
    expression_iri,
)
from kg.reasoning.intervals import Interval, plain
from kg.reasoning.ruleset import Facts

AXIOM_ID: Final = "urn:etiograph:axiom-id"

_OWL: Final = "http://www.w3.org/2002/07/owl#"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_TYPE: Final = f"<{_RDF}type>"
_PREDICATES: Final = {
    "subclass": f"{_RDFS}subClassOf",
    "equivalent": f"{_OWL}equivalentClass",
    "disjoint": f"{_OWL}disjointWith",
    "subproperty": f"{_RDFS}subPropertyOf",
    "inverse": f"{_OWL}inverseOf",
    "domain": f"{_RDFS}domain",
    "range": f"{_RDFS}range",
    "type": f"{_RDF}type",
}
_CHARACTERISTICS: Final = {"transitive": "TransitiveProperty", "functional": "FunctionalProperty"}


def write_ntriples(
    axioms: Iterable[Axiom],
    declarations: Declarations | None = None,
    *,
    tag_ids: bool = False,
    names: Mapping[str, Expression] | None = None,
    facts: Facts | None = None,
) -> bytes:
    """The logical axioms with entity declarations and without annotations.

    `tag_ids` annotates every axiom with its id. `names` gives expressions a class IRI each, which
    then stands for them everywhere. `facts` adds the individuals of a case.
    """
    axioms = tuple(axioms)
    declared = declarations or Declarations()
    writer = _Writer({canonical(each): iri for iri, each in (names or {}).items()})
    writer.declare(used(axioms, data_properties=declared.data_properties), declared)
    for iri, expression in sorted((names or {}).items()):
        writer.add(f"<{iri}>", _TYPE, f"<{_OWL}Class>")
        writer.add(f"<{iri}>", f"<{_OWL}equivalentClass>", writer.define(expression))
    for axiom in axioms:
        triple = writer.axiom(axiom)
        if tag_ids:
            writer.tag(triple, axiom.id)
    if tag_ids:
        writer.add(f"<{AXIOM_ID}>", _TYPE, f"<{_OWL}AnnotationProperty>")
    if facts is not None:
        writer.facts(facts)
    return "".join(f"{line}\n" for line in writer.lines).encode()


class _Writer:
    """Collects lines; blank nodes are counted, so equal input gives equal bytes."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._names = names
        self._count = 0

    def add(self, subject: str, predicate: str, target: str) -> tuple[str, str, str]:
        self.lines.append(f"{subject} {predicate} {target} .")
        return subject, predicate, target

    def declare(self, *declarations: Declarations) -> None:
        kinds = (
            ("Class", [each.classes for each in declarations]),
            ("ObjectProperty", [each.object_properties for each in declarations]),
            ("DatatypeProperty", [each.data_properties for each in declarations]),
            ("NamedIndividual", [each.individuals for each in declarations]),
        )
        for kind, groups in kinds:
            for iri in sorted(frozenset().union(*groups)):
                if not iri.startswith(_OWL):
                    self.add(f"<{iri}>", _TYPE, f"<{_OWL}{kind}>")

    def axiom(self, axiom: Axiom) -> tuple[str, str, str]:
        nodes = [self.term(term) for term in axiom.terms]
        if axiom.kind in _CHARACTERISTICS:
            return self.add(nodes[0], _TYPE, f"<{_OWL}{_CHARACTERISTICS[axiom.kind]}>")
        if axiom.kind == "chain":
            return self.add(nodes[2], f"<{_OWL}propertyChainAxiom>", self.sequence(nodes[:2]))
        return self.add(nodes[0], f"<{_PREDICATES[axiom.kind]}>", nodes[1])

    def tag(self, triple: tuple[str, str, str], identifier: str) -> None:
        node = self.blank()
        self.add(node, _TYPE, f"<{_OWL}Axiom>")
        for part, value in zip(("Source", "Property", "Target"), triple, strict=True):
            self.add(node, f"<{_OWL}annotated{part}>", value)
        self.add(node, f"<{AXIOM_ID}>", f'"{identifier}"')

    def facts(self, facts: Facts) -> None:
        individuals = {fact[0] for fact in (*facts.types, *facts.edges, *facts.values)}
        for individual in sorted(individuals | {edge[2] for edge in facts.edges}):
            self.add(f"<{individual}>", _TYPE, f"<{_OWL}NamedIndividual>")
        for individual, class_iri in facts.types:
            self.add(f"<{individual}>", _TYPE, f"<{class_iri}>")
        for subject, role, target in facts.edges:
            self.add(f"<{subject}>", f"<{role}>", f"<{target}>")
        for subject, role, value in facts.values:
            self.add(f"<{subject}>", f"<{role}>", f'"{plain(value)}"^^<{_XSD}decimal>')

    def term(self, expression: Expression) -> str:
        iri = self._names.get(canonical(expression))
        if iri is not None:
            return f"<{iri}>"
        return self.define(expression)

    def define(self, expression: Expression) -> str:
        match expression:
            case Named(iri):
                return f"<{iri}>"
            case And(parts):
                return self._boolean("intersectionOf", parts)
            case Or(parts):
                return self._boolean("unionOf", parts)
            case Some(role, filler):
                return self._restriction(role, "someValuesFrom", self.term(filler))
            case Value(role, individual):
                return self._restriction(role, "hasValue", f"<{individual}>")
            case Facet(role, interval):
                return self._restriction(role, "someValuesFrom", self._datatype(interval))

    def sequence(self, members: list[str]) -> str:
        rest = f"<{_RDF}nil>"
        for member in reversed(members):
            node = self.blank()
            self.add(node, f"<{_RDF}first>", member)
            self.add(node, f"<{_RDF}rest>", rest)
            rest = node
        return rest

    def blank(self) -> str:
        self._count += 1
        return f"_:b{self._count}"

    def _boolean(self, construct: str, parts: tuple[Expression, ...]) -> str:
        members = [self.term(part) for part in parts]
        node = self.blank()
        self.add(node, _TYPE, f"<{_OWL}Class>")
        self.add(node, f"<{_OWL}{construct}>", self.sequence(members))
        return node

    def _restriction(self, role: str, construct: str, filler: str) -> str:
        node = self.blank()
        self.add(node, _TYPE, f"<{_OWL}Restriction>")
        self.add(node, f"<{_OWL}onProperty>", f"<{role}>")
        self.add(node, f"<{_OWL}{construct}>", filler)
        return node

    def _datatype(self, interval: Interval) -> str:
        bounds = (
            ("minInclusive", interval.at_least),
            ("minExclusive", interval.above),
            ("maxInclusive", interval.at_most),
            ("maxExclusive", interval.below),
        )
        facets = [self._facet(facet, plain(value)) for facet, value in bounds if value is not None]
        if not facets:
            return f"<{_XSD}decimal>"
        node = self.blank()
        self.add(node, _TYPE, f"<{_RDFS}Datatype>")
        self.add(node, f"<{_OWL}onDatatype>", f"<{_XSD}decimal>")
        self.add(node, f"<{_OWL}withRestrictions>", self.sequence(facets))
        return node

    def _facet(self, facet: str, value: str) -> str:
        node = self.blank()
        self.add(node, f"<{_XSD}{facet}>", f'"{value}"^^<{_XSD}decimal>')
        return node


__all__ = ["AXIOM_ID", "expression_iri", "write_ntriples"]
