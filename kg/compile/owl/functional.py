"""Axioms and facts in OWL's functional syntax, which HermiT and the OWL API read without loss.

https://www.w3.org/TR/owl2-syntax/. Every name is written as a whole IRI, so no prefix is declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.compile.owl.axioms import Axiom, Declarations, used
from kg.reasoning.expressions import And, Expression, Facet, Named, Or, Some, Value
from kg.reasoning.intervals import Interval, plain
from kg.reasoning.rules import Facts

OWL: Final = "http://www.w3.org/2002/07/owl#"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_DECIMAL: Final = f"<{_XSD}decimal>"
_AXIOMS: Final = {
    "subclass": "SubClassOf",
    "equivalent": "EquivalentClasses",
    "disjoint": "DisjointClasses",
    "subproperty": "SubObjectPropertyOf",
    "inverse": "InverseObjectProperties",
    "transitive": "TransitiveObjectProperty",
    "functional": "FunctionalDataProperty",
    "domain": "ObjectPropertyDomain",
    "range": "ObjectPropertyRange",
}


def ontology(lines: Iterable[str]) -> str:
    """An ontology of these axioms, each a line in functional syntax."""
    return "Ontology(<urn:etiograph:reasoned>\n" + "".join(f"{line}\n" for line in lines) + ")\n"


def write_ontology(
    axioms: Iterable[Axiom],
    declarations: Declarations | None = None,
    *,
    names: Mapping[str, Expression] | None = None,
    facts: Facts | None = None,
) -> str:
    """The logical axioms with the entities that they use, and without annotations.

    `names` gives expressions a class IRI each. `facts` adds the individuals of a case.
    """
    axioms = tuple(axioms)
    named = sorted((names or {}).items())
    declared = declarations or Declarations()
    entities = used(axioms, data_properties=declared.data_properties)
    writer = Writer(entities.data_properties)
    return ontology(
        (
            *_declared(entities, declared, Declarations(frozenset(iri for iri, _ in named))),
            *map(writer.axiom, axioms),
            *(writer.named(*each) for each in named),
            *(write_facts(facts) if facts is not None else ()),
        )
    )


@dataclass(frozen=True)
class Writer:
    """Writes axioms and class expressions, each name as `rename` has it."""

    data_properties: frozenset[str] = frozenset()
    rename: Callable[[str], str] = str

    def axiom(self, axiom: Axiom) -> str:
        """An axiom as a line."""
        terms = [self.expression(term) for term in axiom.terms]
        match axiom.kind:
            case "chain":
                return f"SubObjectPropertyOf(ObjectPropertyChain({terms[0]} {terms[1]}) {terms[2]})"
            case "type":
                return f"ClassAssertion({terms[1]} {terms[0]})"
            case "domain" if axiom.iris[0] in self.data_properties:
                return f"DataPropertyDomain({terms[0]} {terms[1]})"
        return f"{_AXIOMS[axiom.kind]}({' '.join(terms)})"

    def named(self, iri: str, expression: Expression) -> str:
        """The line that gives an expression a name."""
        return f"EquivalentClasses({self.iri(iri)} {self.expression(expression)})"

    def expression(self, expression: Expression) -> str:
        """A class, property or individual by its name, or a class expression."""
        match expression:
            case Named(iri):
                return self.iri(iri)
            case And(parts):
                return f"ObjectIntersectionOf({' '.join(map(self.expression, parts))})"
            case Or(parts):
                return f"ObjectUnionOf({' '.join(map(self.expression, parts))})"
            case Some(role, filler):
                return f"ObjectSomeValuesFrom({self.iri(role)} {self.expression(filler)})"
            case Value(role, individual):
                return f"ObjectHasValue({self.iri(role)} {self.iri(individual)})"
            case Facet(role, interval):
                return f"DataSomeValuesFrom({self.iri(role)} {_data_range(interval)})"

    def iri(self, iri: str) -> str:
        """A name; what OWL itself names stays as it is."""
        return f"<{iri if iri.startswith(OWL) else self.rename(iri)}>"


def _data_range(interval: Interval) -> str:
    bounds = (
        ("minInclusive", interval.at_least),
        ("minExclusive", interval.above),
        ("maxInclusive", interval.at_most),
        ("maxExclusive", interval.below),
    )
    facets = [f"<{_XSD}{name}> {decimal(plain(v))}" for name, v in bounds if v is not None]
    return f"DatatypeRestriction({_DECIMAL} {' '.join(facets)})" if facets else _DECIMAL


def decimal(value: str) -> str:
    """A decimal as a literal."""
    return f'"{value}"^^{_DECIMAL}'


def _declared(*declarations: Declarations) -> Iterator[str]:
    kinds = (
        ("Class", [each.classes for each in declarations]),
        ("ObjectProperty", [each.object_properties for each in declarations]),
        ("DataProperty", [each.data_properties for each in declarations]),
        ("NamedIndividual", [each.individuals for each in declarations]),
    )
    for kind, groups in kinds:
        for iri in sorted(frozenset().union(*groups)):
            if not iri.startswith(OWL):
                yield f"Declaration({kind}(<{iri}>))"


def write_facts(facts: Facts) -> Iterator[str]:
    """The facts of a case, each a line."""
    yield from (f"ClassAssertion(<{kind}> <{each}>)" for each, kind in facts.types)
    for subject, role, target in facts.edges:
        yield f"ObjectPropertyAssertion(<{role}> <{subject}> <{target}>)"
    for subject, role, value in facts.values:
        yield f"DataPropertyAssertion(<{role}> <{subject}> {decimal(plain(value))})"
