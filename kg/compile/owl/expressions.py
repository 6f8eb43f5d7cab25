"""Class expressions of the Horn fragment: read from RDF, named by content, shown to people."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from rdflib import OWL, RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.model.errors import NotHornError
from kg.reasoning.intervals import Interval, plain
from kg.reasoning.ruleset import EXPRESSION, THING


@dataclass(frozen=True, slots=True)
class Named:
    """A class (in an axiom about properties: a property) by its IRI."""

    iri: str


@dataclass(frozen=True, slots=True)
class And:
    """What belongs to every part; the parts stand in canonical order."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What belongs to at least one part; the parts stand in canonical order."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """What has the object property to some member of the filler."""

    property: str
    filler: Expression


@dataclass(frozen=True, slots=True)
class Value:
    """What has the object property to this individual."""

    property: str
    individual: str


@dataclass(frozen=True, slots=True)
class Facet:
    """What has a decimal value of the data property within the interval."""

    property: str
    interval: Interval


Expression = Named | And | Or | Some | Value | Facet

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


def conjunction(parts: list[Expression]) -> Expression:
    """The intersection, flat, without repeats and in canonical order."""
    flat = {part for each in parts for part in (each.parts if isinstance(each, And) else (each,))}
    ordered = tuple(sorted(flat, key=canonical))
    return ordered[0] if len(ordered) == 1 else And(ordered)


def disjunction(parts: list[Expression]) -> Expression:
    """The union, flat, without repeats and in canonical order."""
    flat = {part for each in parts for part in (each.parts if isinstance(each, Or) else (each,))}
    ordered = tuple(sorted(flat, key=canonical))
    return ordered[0] if len(ordered) == 1 else Or(ordered)


def canonical(expression: Expression) -> str:
    """One text per meaning of the syntax: the same for 1.0 and 1.00 and for any order of parts."""
    match expression:
        case Named(iri):
            return f"<{iri}>"
        case And(parts):
            return f"and({' '.join(map(canonical, parts))})"
        case Or(parts):
            return f"or({' '.join(map(canonical, parts))})"
        case Some(role, filler):
            return f"some(<{role}> {canonical(filler)})"
        case Value(role, individual):
            return f"value(<{role}> <{individual}>)"
        case Facet(role, interval):
            return f"facet(<{role}> {interval.text()})"


def expression_iri(expression: Expression) -> str:
    """The IRI of a named class, or the one that content gives a compound expression."""
    if isinstance(expression, Named):
        return expression.iri
    return EXPRESSION + hashlib.sha256(canonical(expression).encode()).hexdigest()[:16]


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions that stand directly inside this one."""
    match expression:
        case And(parts) | Or(parts):
            return parts
        case Some(_, filler):
            return (filler,)
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and every expression inside it."""
    yield expression
    for child in children(expression):
        yield from walk(child)


def text(expression: Expression, labels: Mapping[str, str]) -> str:
    """Manchester syntax with labels in place of IRIs."""
    match expression:
        case Named(iri):
            return name(iri, labels)
        case And(parts):
            return " and ".join(_inner(part, labels) for part in parts)
        case Or(parts):
            return " or ".join(_inner(part, labels) for part in parts)
        case Some(role, filler):
            return f"{name(role, labels)} some {_inner(filler, labels)}"
        case Value(role, individual):
            return f"{name(role, labels)} value {name(individual, labels)}"
        case Facet(role, interval):
            bounds = interval.text()
            return f"{name(role, labels)} some xsd:decimal{f'[{bounds}]' if bounds else ''}"


def name(iri: str, labels: Mapping[str, str]) -> str:
    """The label, quoted where it has a blank, as Protégé shows it; else the end of the IRI."""
    label = labels.get(iri) or iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return f"'{label}'" if " " in label else label


def _inner(expression: Expression, labels: Mapping[str, str]) -> str:
    shown = text(expression, labels)
    return shown if isinstance(expression, Named) else f"({shown})"


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
