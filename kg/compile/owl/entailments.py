"""What follows from the axioms beyond what they say: subsumptions, and edges to values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.compile.owl.axioms import Axiom
from kg.compile.owl.expressions import Expression, Named, Value
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.naming import name_expressions
from kg.reasoning.index import is_expression


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """Every member of the class `source` has the value `target` for `property`."""

    source: str
    property: str
    target: str


def subsumptions(hierarchy: Hierarchy) -> tuple[tuple[str, str], ...]:
    """Every pair of named classes of which the first is a kind of the second."""
    return tuple(
        (lower, upper)
        for lower, above in sorted(hierarchy.supers.items())
        if not is_expression(lower)
        for upper in sorted(above)
        if not is_expression(upper)
    )


def edges(axioms: Iterable[Axiom], hierarchy: Hierarchy) -> tuple[Edge, ...]:
    """Every value that a named class inherits or has, the definitions of value classes left out.

    A class that means nothing but the value (`argued against by a normal GGT`) would say of
    itself what it is defined by.
    """
    found: set[Edge] = set()
    for name, value in _values(name_expressions(axioms)).items():
        for lower, above in hierarchy.supers.items():
            if is_expression(lower) or name not in above:
                continue
            if lower not in hierarchy.equivalents.get(name, ()):
                found.add(Edge(lower, value.property, value.individual))
    return tuple(sorted(found))


def last_steps(
    edge: Edge,
    axioms: Iterable[Axiom],
    hierarchy: Hierarchy,
    *,
    names: Mapping[str, Expression] | None = None,
) -> tuple[Axiom, ...]:
    """The axioms among `axioms` that say the value itself, of the source or of a wider class.

    Whoever asks for many edges gives the names of the expressions, to have them worked out once.
    """
    axioms = tuple(axioms)
    values = _values(name_expressions(axioms) if names is None else names)
    wanted = {name for name, value in values.items() if _is(value, edge)}
    said = {*wanted, *(each for name in wanted for each in hierarchy.equivalents.get(name, ()))}
    return tuple(
        axiom for axiom in axioms if axiom.kind == "subclass" and _says(axiom.target, said, edge)
    )


def _values(names: Mapping[str, Expression]) -> dict[str, Value]:
    return {name: each for name, each in names.items() if isinstance(each, Value)}


def _is(value: Value, edge: Edge) -> bool:
    return (value.property, value.individual) == (edge.property, edge.target)


def _says(target: Expression, said: set[str], edge: Edge) -> bool:
    match target:
        case Named(iri):
            return iri in said
        case Value():
            return _is(target, edge)
        case _:
            return False
