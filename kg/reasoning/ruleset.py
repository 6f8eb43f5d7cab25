"""The compiled rules as a value: tables that the engine indexes and that JSON carries."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from msgspec import Struct

from kg.reasoning.intervals import Interval

if TYPE_CHECKING:
    from kg.reasoning.index import Index

EXPRESSION: Final = "urn:etiograph:expression:"
"""The beginning of every IRI that stands for a compound class expression."""

THING: Final = "http://www.w3.org/2002/07/owl#Thing"
TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Fact(NamedTuple):
    """One thing known of a case; the predicate of a class membership is rdf:type."""

    subject: str
    predicate: str
    value: str | Decimal


class Facts(Struct, frozen=True):
    """What is given of one case."""

    types: tuple[tuple[str, str], ...] = ()
    edges: tuple[tuple[str, str, str], ...] = ()
    values: tuple[tuple[str, str, Decimal], ...] = ()

    def all(self) -> tuple[Fact, ...]:
        """Every given fact, in the order given."""
        types = (Fact(individual, TYPE, class_iri) for individual, class_iri in self.types)
        edges = (Fact(*edge) for edge in self.edges)
        values = (Fact(*value) for value in self.values)
        return (*types, *edges, *values)

    @classmethod
    def of(cls, facts: frozenset[Fact] | set[Fact] | tuple[Fact, ...]) -> Self:
        """The same facts sorted into the three kinds."""
        given = sorted(facts, key=str) if isinstance(facts, (frozenset, set)) else facts
        return cls(
            tuple((s, str(v)) for s, p, v in given if p == TYPE),
            tuple((s, p, v) for s, p, v in given if p != TYPE and isinstance(v, str)),
            tuple((s, p, v) for s, p, v in given if isinstance(v, Decimal)),
        )


class SuperProperty(NamedTuple):
    """A property that another implies, with the axioms between them."""

    property: str
    axioms: tuple[str, ...]


class Chain(NamedTuple):
    """Two properties in a row that imply a third."""

    first: str
    second: str
    implied: str
    axiom: str


class PropertyRule(NamedTuple):
    """What an axiom says of a property: the class of a domain or range, or the inverse."""

    property: str
    target: str
    axiom: str


class Rules(Struct, frozen=True, dict=True):
    """Everything the engine needs to classify a case.

    Heads are class IRIs or, for compound expressions, IRIs that begin with EXPRESSION.
    """

    supers: Mapping[str, tuple[str, ...]]
    unsatisfiable: tuple[str, ...]
    conjunctions: tuple[tuple[str, tuple[str, ...]], ...]
    existentials: tuple[tuple[str, str, str], ...]
    values: tuple[tuple[str, str, str], ...]
    facets: tuple[tuple[str, Interval, str], ...]
    super_properties: Mapping[str, tuple[SuperProperty, ...]]
    chains: tuple[Chain, ...]
    inverses: tuple[PropertyRule, ...]
    domains: tuple[PropertyRule, ...]
    ranges: tuple[PropertyRule, ...]
    disjoint: tuple[tuple[str, str, str], ...]
    functional: Mapping[str, str]
    constants: tuple[tuple[str, str, str], ...]
    definitions: Mapping[str, tuple[str, ...]]
    """Of each expression IRI: its kind (and, some, value, facet), then its parts as IRIs."""

    @cached_property
    def index(self) -> "Index":
        """The rules by what triggers them, built once."""
        from kg.reasoning.index import Index

        return Index.of(self)

    def below(self, class_iri: str) -> frozenset[str]:
        """A class, its kinds, and whatever cannot be without one of its members.

        A patient who is not given a drug has no treatment with that drug either.
        """
        if class_iri not in self._below:
            found: set[str] = set()
            waiting = {class_iri}
            while waiting:
                found |= waiting
                waiting = {each for one in waiting for each in self._directly_below[one]} - found
            self._below[class_iri] = frozenset(found - self.definitions.keys())
        return self._below[class_iri]

    def needing(self, class_iri: str) -> frozenset[str]:
        """A class, and the expressions that have no member without one of its members."""
        if class_iri not in self._needing:
            kinds = {
                class_iri,
                *(lower for lower in self.supers if class_iri in self.supers[lower]),
            }
            found = (
                iri
                for iri, (kind, *parts) in self.definitions.items()
                if kind == "some" and parts[1] in kinds
            )
            self._needing[class_iri] = frozenset((class_iri, *found))
        return self._needing[class_iri]

    @cached_property
    def _needing(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _directly_below(self) -> defaultdict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for lower, above in self.supers.items():
            for each in above:
                found[each].add(lower)
        for iri, (kind, *parts) in self.definitions.items():
            if kind == "some":
                found[parts[1]].add(iri)
        return found
