"""The compiled rules as a value: tables that JSON carries, and the same by what triggers them."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Final, NamedTuple, Self

from msgspec import Struct

from kg.reasoning.intervals import Interval
from kg.reasoning.words import Words

EXPRESSION: Final = "urn:etiograph:expression:"
"""The beginning of every IRI that stands for a compound class expression."""

THING: Final = "http://www.w3.org/2002/07/owl#Thing"
TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def is_expression(iri: str) -> bool:
    """Whether the IRI stands for a compound class expression."""
    return iri.startswith(EXPRESSION)


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


class SuperProperty(Struct, frozen=True, array_like=True):
    """A property that another implies, with the axioms between them."""

    property: str
    axioms: tuple[str, ...]


class Chain(Struct, frozen=True, array_like=True):
    """Two properties in a row that imply a third."""

    first: str
    second: str
    implied: str
    axiom: str


class PropertyRule(Struct, frozen=True, array_like=True):
    """What an axiom says of a property: the class of a domain or range, or the inverse."""

    property: str
    target: str
    axiom: str


class Apart(Struct, frozen=True, array_like=True):
    """Classes of which nothing is in two, with the axiom that says so."""

    classes: tuple[str, ...]
    axiom: str

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every two of them, in the order given."""
        return combinations(self.classes, 2)


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
    disjoint: tuple[Apart, ...]
    functional: Mapping[str, str]
    constants: tuple[tuple[str, str, str], ...]
    definitions: Mapping[str, tuple[str, ...]]
    """Of each expression IRI: its kind (and, some, value, facet), then its parts as IRIs."""

    @cached_property
    def index(self) -> "Index":
        """The rules by what triggers them, built once."""
        return Index.of(self)

    @cached_property
    def words(self) -> Words:
        """The classes of cases as bits, and the portions of earlier cases."""
        apart = [each.classes for each in self.disjoint]
        return Words(self.conjunctions, apart, self.unsatisfiable, self.facets)

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


# ── By trigger ──────────────────────────────────────────────────────────────────────────────


class Why(Struct, frozen=True):
    """How a fact came about: the rule, what it applies to, and the axioms it is made of.

    The meaning of `detail` goes with the rule; `closure.py` turns it into premises.
    """

    rule: str
    detail: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()


class PropertyIndex(Struct, eq=False):
    """What an edge of one property triggers."""

    implied: list[tuple[str, Why]] = []
    inverses: list[tuple[str, Why]] = []
    domains: list[tuple[str, tuple[str, ...]]] = []
    ranges: list[tuple[str, tuple[str, ...]]] = []
    some: dict[str, list[str]] = {}
    anything: list[str] = []
    values: dict[str, str] = {}
    before: list[tuple[str, str, tuple[str, ...]]] = []
    after: list[tuple[str, str, tuple[str, ...]]] = []


class DataIndex(Struct, eq=False):
    """What a value of one data property triggers."""

    domains: list[tuple[str, tuple[str, ...]]] = []
    facets: list[tuple[Interval, str]] = []


class Alone(Struct, frozen=True, eq=False):
    """What holds of a thing by its classes alone."""

    types: dict[str, Why]
    edges: tuple[tuple[str, str, Why], ...]
    """What it leads to: property, target, and why."""
    clashes: bool
    """Whether there can be no such thing."""


class Gained(dict[str, dict[str, Why]]):
    """What a class implies, ready to be merged into the types of an individual.

    It is made when the class is first met: a case meets few of them.
    """

    def __init__(self, supers: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._supers = supers

    def __missing__(self, class_iri: str) -> dict[str, Why]:
        why = Why("subclass", (class_iri,))
        found = self[class_iri] = dict.fromkeys(self._supers.get(class_iri, ()), why)
        return found


class Woken(dict[str, tuple[str, ...]]):
    """The classes that trigger something, of a class and those that it implies."""

    def __init__(self, supers: Mapping[str, tuple[str, ...]], triggers: AbstractSet[str]) -> None:
        super().__init__()
        self._supers, self._triggers = supers, triggers

    def __missing__(self, class_iri: str) -> tuple[str, ...]:
        classes = (class_iri, *self._supers.get(class_iri, ()))
        found = self[class_iri] = tuple(each for each in classes if each in self._triggers)
        return found


class Index(Struct, frozen=True, eq=False):
    """Every rule by its trigger."""

    gained: Gained
    woken: Woken
    conjunctions: dict[str, list[tuple[tuple[str, ...], str, Why]]]
    fillers: dict[str, list[tuple[str, str]]]
    values: dict[str, list[tuple[str, str, Why]]]
    roles: dict[str, PropertyIndex]
    data: dict[str, DataIndex]
    disjoint: dict[str, list[tuple[int, int]]]
    """The groups that a class is in, by their place in the rules, and its place in each."""
    apart: tuple[Apart, ...]
    unsatisfiable: frozenset[str]
    functional: dict[str, str]
    intervals: dict[str, dict[str, Interval]]
    constants: dict[str, list[tuple[str, Why]]]
    clashing: frozenset[str]
    """The classes that something is disjoint with, or that nothing can belong to."""
    able_to_clash: frozenset[str]
    """These, and the classes that bound a value."""
    asked_forward: frozenset[str]
    """The properties of which a rule asks what an individual leads to."""
    asked_back: frozenset[str]
    """The properties of which a rule asks what leads to an individual."""
    met_apart: dict[frozenset[str], list[tuple[str, str, str]]] = {}
    """Which two of some classes nothing can belong to, as far as that was worked out."""
    alone: dict[tuple[str, ...], Alone] = {}
    """What was worked out of things alone, by their classes or their name."""

    @classmethod
    def of(cls, rules: Rules) -> Self:
        """The index of a rule set."""
        conjunctions = _index_conjunctions(rules)
        fillers: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for role, filler, head in rules.existentials:
            fillers[filler].append((role, head))
        values: dict[str, list[tuple[str, str, Why]]] = defaultdict(list)
        for role, individual, head in rules.values:
            values[head].append((role, individual, Why("value", (head,))))
        triggers = conjunctions.keys() | fillers.keys() | values.keys()
        intervals: dict[str, dict[str, Interval]] = defaultdict(dict)
        for role, interval, head in rules.facets:
            if role in rules.functional:
                intervals[role][head] = interval
        disjoint: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for group, apart in enumerate(rules.disjoint):
            for place, each in enumerate(apart.classes):
                disjoint[each].append((group, place))
        clashing = frozenset(rules.unsatisfiable).union(disjoint)
        constants: dict[str, list[tuple[str, Why]]] = defaultdict(list)
        for individual, class_iri, axiom in rules.constants:
            constants[individual].append((class_iri, Why("axiom", (), (axiom,))))
        return cls(
            gained=Gained(rules.supers),
            woken=Woken(rules.supers, triggers),
            conjunctions=conjunctions,
            fillers=dict(fillers),
            values=dict(values),
            roles=_index_roles(rules),
            data=_index_data(rules),
            disjoint=dict(disjoint),
            apart=rules.disjoint,
            unsatisfiable=frozenset(rules.unsatisfiable),
            functional=dict(rules.functional),
            intervals=dict(intervals),
            constants=dict(constants),
            clashing=clashing,
            able_to_clash=clashing.union(*intervals.values()),
            asked_forward=frozenset(chain.second for chain in rules.chains),
            asked_back=frozenset(
                {role for role, _, _ in rules.existentials} | {each.first for each in rules.chains}
            ),
        )


def _index_conjunctions(rules: Rules) -> dict[str, list[tuple[tuple[str, ...], str, Why]]]:
    found: dict[str, list[tuple[tuple[str, ...], str, Why]]] = defaultdict(list)
    for head, parts in rules.conjunctions:
        why = Why("conjunction", parts)
        for part in parts:
            rest = tuple(each for each in parts if each != part)
            found[part].append((rest, head, why))
    return dict(found)


def _index_roles(rules: Rules) -> dict[str, PropertyIndex]:
    roles: dict[str, PropertyIndex] = defaultdict(PropertyIndex)
    for role, implied in rules.super_properties.items():
        for other in implied:
            why = Why("subproperty", (role,), other.axioms)
            roles[role].implied.append((other.property, why))
    for rule in rules.inverses:
        why = Why("inverse", (rule.property,), (rule.axiom,))
        roles[rule.property].inverses.append((rule.target, why))
    for rule in rules.domains:
        roles[rule.property].domains.append((rule.target, (rule.axiom,)))
    for rule in rules.ranges:
        roles[rule.property].ranges.append((rule.target, (rule.axiom,)))
    for role, filler, head in rules.existentials:
        if filler == THING:
            roles[role].anything.append(head)
        else:
            roles[role].some.setdefault(filler, []).append(head)
    for role, individual, head in rules.values:
        roles[role].values[individual] = head
    for chain in rules.chains:
        roles[chain.first].before.append((chain.second, chain.implied, (chain.axiom,)))
        roles[chain.second].after.append((chain.first, chain.implied, (chain.axiom,)))
    return dict(roles)


def _index_data(rules: Rules) -> dict[str, DataIndex]:
    data: dict[str, DataIndex] = defaultdict(DataIndex)
    for role, interval, head in rules.facets:
        data[role].facets.append((interval, head))
    for rule in rules.domains:
        data[rule.property].domains.append((rule.target, (rule.axiom,)))
    return dict(data)
