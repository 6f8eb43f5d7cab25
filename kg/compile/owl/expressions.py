"""Class expressions read from the axioms of the sources; what is not Horn is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from rdflib import OWL, RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.model.errors import NotHornError
from kg.reasoning.expressions import (
    And,
    Expression,
    Facet,
    Named,
    Or,
    Some,
    Value,
    canonical,
    children,
    conjunction,
    disjunction,
    expression_iri,
    quote,
    walk,
    write_expression,
)
from kg.reasoning.intervals import Interval, plain
from kg.reasoning.ruleset import EXPRESSION, THING

_BOUNDS: Final = {
    XSD.minInclusive: "at_least",
    XSD.minExclusive: "above",
    XSD.maxInclusive: "at_most",
    XSD.maxExclusive: "below",
}
_REFUSED: Final = (
    OWL.allValuesFrom, OWL.complementOf, OWL.oneOf, OWL.minCardinality, OWL.maxCardinality,
    OWL.cardinality, OWL.minQualifiedCardinality, OWL.maxQualifiedCardinality,
    OWL.qualifiedCardinality, OWL.hasSelf, OWL.onProperties, OWL.disjointUnionOf,
    OWL.datatypeComplementOf,
)  # fmt: skip


def read_expression(graph: Graph, node: Node, *, within: str = "") -> Expression:
    """The class expression at a node; `within` names the class in the message of a refusal."""
    if isinstance(node, URIRef):
        return Named(str(node))
    for construct in _REFUSED:
        if (node, construct, None) in graph:
            raise _not_horn(within, f"owl:{construct.fragment}")
    if (node, OWL.onProperty, None) in graph:
        return _read_restriction(graph, node, within)
    for construct, build in ((OWL.intersectionOf, conjunction), (OWL.unionOf, disjunction)):
        head = graph.value(node, construct)
        if head is not None:
            members = list(graph.items(head))
            return build([read_expression(graph, each, within=within) for each in members])
    raise _not_horn(within, "an anonymous class that is no restriction, intersection or union")


def text(expression: Expression, labels: Mapping[str, str]) -> str:
    """Manchester syntax with labels in place of IRIs."""
    return write_expression(expression, lambda iri: name(iri, labels))


def name(iri: str, labels: Mapping[str, str]) -> str:
    """The label, else the end of the IRI; quoted where it has a blank."""
    return quote(labels.get(iri) or iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1].rsplit(":", 1)[-1])


def _read_restriction(graph: Graph, node: Node, within: str) -> Expression:
    role = graph.value(node, OWL.onProperty)
    if not isinstance(role, URIRef):
        raise _not_horn(within, "owl:inverseOf inside a restriction")
    individual = graph.value(node, OWL.hasValue)
    if isinstance(individual, URIRef):
        return Value(str(role), str(individual))
    if individual is not None:
        raise _not_horn(
            within, f"owl:hasValue with {individual.n3()}, which is no named individual"
        )
    filler = graph.value(node, OWL.someValuesFrom)
    if filler is None:
        raise _not_horn(within, f"a restriction on <{role}> of an unknown kind")
    if _is_datatype(graph, filler):
        return Facet(str(role), _read_interval(graph, filler, within))
    inner = read_expression(graph, filler, within=within)
    return Some(str(role), inner)


def _is_datatype(graph: Graph, node: Node) -> bool:
    if isinstance(node, URIRef):
        return node.startswith(str(XSD)) or (node, RDF.type, _DATATYPE) in graph
    return (node, OWL.onDatatype, None) in graph or (node, RDF.type, _DATATYPE) in graph


_DATATYPE: Final = URIRef("http://www.w3.org/2000/01/rdf-schema#Datatype")


def _read_interval(graph: Graph, node: Node, within: str) -> Interval:
    if node == XSD.decimal:
        return Interval()
    if graph.value(node, OWL.onDatatype) != XSD.decimal:
        shown = node.n3() if isinstance(node, URIRef) else "a restriction of another datatype"
        raise _not_horn(within, f"{shown}; only xsd:decimal carries facets here")
    interval = Interval()
    for facet in graph.items(graph.value(node, OWL.withRestrictions) or RDF.nil):
        for predicate, bound in graph.predicate_objects(facet):
            interval = interval.intersection(_read_bound(predicate, bound, within))
    return interval


def _read_bound(predicate: Node, bound: Node, within: str) -> Interval:
    if not isinstance(predicate, URIRef) or predicate not in _BOUNDS:
        raise _not_horn(within, f"the facet {predicate.n3()}")
    if not isinstance(bound, Literal) or bound.datatype not in (XSD.decimal, XSD.integer):
        raise _not_horn(within, f"the bound {bound}, which is no xsd:decimal")
    try:
        value = Decimal(str(bound))
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise _not_horn(within, f"the bound {bound}, which is no number")
    return Interval(**{_BOUNDS[predicate]: value})


def _not_horn(within: str, construct: str) -> NotHornError:
    place = f"<{within}>: " if within else ""
    return NotHornError(f"{place}the case rules cannot carry {construct}.")


__all__ = [
    "EXPRESSION", "THING", "And", "Expression", "Facet", "Interval", "Named", "Or", "Some",
    "Value", "canonical", "children", "conjunction", "disjunction", "expression_iri", "name",
    "plain", "read_expression", "text", "walk",
]  # fmt: skip
