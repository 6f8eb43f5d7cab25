"""Axioms as values: what they say, what they rest on, and which stand while evidence falls."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.compile.owl import expressions
from kg.compile.owl.expressions import Expression, Facet, Named, Some, Value, canonical, walk

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
