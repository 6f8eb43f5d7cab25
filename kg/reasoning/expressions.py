"""Class expressions of the Horn fragment as values, and the one writer of Manchester syntax.

The build reads them strictly (`kg.reasoning.expressions`); here a node is read as far as it is
understood, for whoever shows a graph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from kg.model.vocabulary import IRI, OWL, XSD, BlankNode, Literal, Term, expand, text_of
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import EXPRESSION

if TYPE_CHECKING:
    from kg.model.rdf import Graph


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

Name = Callable[[str], str]
"""What a class, a property or an individual is called."""


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


# ── Manchester syntax ───────────────────────────────────────────────────────────────────────


def write_expression(expression: Expression, name: Name) -> str:
    """Manchester syntax; a name with a blank in it should come quoted."""

    def write_part(part: Expression) -> str:
        written = write_expression(part, name)
        return written if isinstance(part, Named) else f"({written})"

    match expression:
        case Named(iri):
            return name(iri)
        case And(parts):
            return " and ".join(map(write_part, parts))
        case Or(parts):
            return " or ".join(map(write_part, parts))
        case Some(role, filler):
            return f"{name(role)} some {write_part(filler)}"
        case Value(role, individual):
            return f"{name(role)} value {name(individual)}"
        case Facet(role, interval):
            bounds = interval.text()
            return f"{name(role)} some xsd:decimal{f'[{bounds}]' if bounds else ''}"


def quote(name: str) -> str:
    """A name as Protégé shows it: in quotes where it has a blank."""
    return f"'{name}'" if " " in name else name


def write_node(graph: Graph, node: Term, name: Name) -> str:
    """Manchester syntax of the expression at a node; of any other node all that is said of it."""
    return _write_node(graph, node, name, ())


def _write_node(graph: Graph, node: Term, name: Name, around: tuple[Term, ...]) -> str:
    if isinstance(node, IRI | Literal):
        return name(node) if isinstance(node, IRI) else node.value
    if node in around:
        return "…"

    def write(term: Term) -> str:
        return _write_node(graph, term, name, (*around, node))

    expression = read_node(graph, node)
    if expression != Named(node.n3()):
        return write_expression(expression, lambda named: write(_node_of(named)))
    pairs = (
        f"{name(role)} {write(value)}"
        for role, values in graph.about(node).items()
        for value in values
    )
    return f"[{'; '.join(sorted(pairs))}]"


def _node_of(name: str) -> Term:
    return BlankNode(name[2:]) if name.startswith("_:") else IRI(name)


# ── Reading a graph that is shown ───────────────────────────────────────────────────────────

_JOINED: Final = {
    OWL.intersectionOf: conjunction,
    OWL.unionOf: disjunction,
}
_ON, _VALUE, _SOME = map(expand, ("owl:onProperty", "owl:hasValue", "owl:someValuesFrom"))
_BOUNDS: Final = {
    XSD.minInclusive: "at_least",
    XSD.minExclusive: "above",
    XSD.maxInclusive: "at_most",
    XSD.maxExclusive: "below",
}
_DEEPEST: Final = 8


def read_node(graph: Graph, node: Term, depth: int = _DEEPEST) -> Expression:
    """The class expression at a node; a node that is none, or too deep, is named as it is."""
    itself = Named(node if isinstance(node, IRI) else node.n3())
    if isinstance(node, IRI) or depth == 0:
        return itself
    for construct, join in _JOINED.items():
        if (head := graph.value(node, construct)) is not None:
            return join([read_node(graph, each, depth - 1) for each in graph.members(head)])
    return _read_restriction(graph, node, depth) or itself


def _read_restriction(graph: Graph, node: Term, depth: int) -> Expression | None:
    role, value, filler = (graph.value(node, each) for each in (_ON, _VALUE, _SOME))
    if not isinstance(role, IRI):
        return None
    if isinstance(value, IRI):
        return Value(role, value)
    if filler is None:
        return None
    if (facets := graph.value(filler, OWL.withRestrictions)) is not None:
        interval = _read_interval(graph, facets)
        return None if interval is None else Facet(role, interval)
    return Some(role, read_node(graph, filler, depth - 1))


def _read_interval(graph: Graph, facets: Term) -> Interval | None:
    found = Interval()
    for facet in graph.members(facets):
        for name, (bound, *_) in graph.about(facet).items():
            try:
                found = found.intersection(Interval(**{_BOUNDS[name]: Decimal(text_of(bound))}))
            except (KeyError, InvalidOperation):
                return None
    return found
