"""Axioms as values: what they say, what they rest on, and which stand while evidence falls."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.reasoning.asserted import AssertedRules
from kg.reasoning.expressions import (
    Expression,
    Facet,
    Named,
    Some,
    Value,
    canonical,
    quote,
    walk,
    write_expression,
)

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

_SYMMETRIC: Final = ("equivalent", "disjoint", "inverse")
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class Axiom:
    """One logical axiom with the statements that carry it.

    `terms` by kind: subclass (sub, super), disjoint (two or more), equivalent and inverse (both),
    subproperty (sub, super), chain (first, second, implied), transitive and functional (property),
    domain and range (property, class), type (individual, class). Properties stand as `Named`.
    """

    id: str
    kind: str
    terms: tuple[Expression, ...]
    evidence: tuple[str, ...] = ()
    corroboration: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()
    """The statements that deny what it says."""

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


@dataclass(frozen=True)
class Told:
    """Everything that a reasoner is told: the axioms, and what is worked out of them alone."""

    axioms: tuple[Axiom, ...]
    declarations: Declarations
    asserted: AssertedRules
    """The axioms as rules of one step."""
    names: Mapping[str, Expression]
    """The compound expressions that need a name, by it."""


def make_axiom(kind: str, *terms: Expression) -> Axiom:
    """The axiom with the id that its content gives it: stable over files, order and time."""
    ordered = tuple(sorted(terms, key=canonical)) if kind in _SYMMETRIC else terms
    content = " ".join([kind, *map(canonical, ordered)])
    return Axiom(hashlib.sha256(content.encode()).hexdigest()[:16], kind, ordered)


def used(axioms: Iterable[Axiom], *, data_properties: Collection[str] = ()) -> Declarations:
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


def axiom_text(axiom: Axiom, labels: Mapping[str, str]) -> str:
    """The axiom in Manchester syntax with labels in place of IRIs."""
    shown = [expression_text(term, labels) for term in axiom.terms]
    match axiom.kind:
        case "chain":
            return f"{shown[0]} o {shown[1]} SubPropertyOf {shown[2]}"
        case "transitive" | "functional":
            return f"{axiom.kind.capitalize()}: {shown[0]}"
        case "disjoint" if len(shown) > _PAIR:
            return f"DisjointClasses: {', '.join(shown)}"
        case _:
            return f"{shown[0]} {_VERBS[axiom.kind]} {shown[1]}"


def expression_text(expression: Expression, labels: Mapping[str, str]) -> str:
    """A class expression in Manchester syntax: labels, or the ends of IRIs that have none."""

    def name(iri: str) -> str:
        return quote(labels.get(iri) or re.split("[#/:]", iri)[-1])

    return write_expression(expression, name)


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


# ── Properties ──────────────────────────────────────────────────────────────────────────────


def super_properties(axioms: Iterable[Axiom]) -> dict[str, dict[str, str]]:
    """For each property those that an axiom says it implies, with the id of the axiom."""
    direct: dict[str, dict[str, str]] = defaultdict(dict)
    for axiom in axioms:
        if axiom.kind == "subproperty":
            lower, upper = axiom.iris
            direct[lower][upper] = axiom.id
    return direct


def closed_super_properties(axioms: Iterable[Axiom]) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each property those it implies (not itself), with the ids of the axioms between."""
    direct = super_properties(axioms)
    closed: dict[str, dict[str, tuple[str, ...]]] = {}
    for start in sorted(direct):
        reached: dict[str, tuple[str, ...]] = {start: ()}
        queue = [start]
        for current in queue:
            for upper, identifier in sorted(direct.get(current, {}).items()):
                if upper not in reached:
                    reached[upper] = (*reached[current], identifier)
                    queue.append(upper)
        closed[start] = {role: path for role, path in reached.items() if role != start}
    return closed


def chains(axioms: Iterable[Axiom]) -> tuple[tuple[str, str, str, str], ...]:
    """First, second, implied property and axiom id of every chain; a transitive one is a chain."""
    found: list[tuple[str, str, str, str]] = []
    for axiom in axioms:
        if axiom.kind == "chain":
            first, second, implied = axiom.iris
            found.append((first, second, implied, axiom.id))
        if axiom.kind == "transitive":
            role = axiom.iris[0]
            found.append((role, role, role, axiom.id))
    return tuple(found)


def functional(axioms: Iterable[Axiom]) -> dict[str, str]:
    """The functional data properties, each with the id of its axiom."""
    return {axiom.iris[0]: axiom.id for axiom in axioms if axiom.kind == "functional"}
