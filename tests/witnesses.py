"""Cases made from the rules themselves: for each rule, the least that sets it off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from differential import ULP

from kg.reasoning.intervals import Interval
from kg.reasoning.rules import THING, Facts, Rules, is_expression

STEP = Decimal("0.37")
"""From a bound to a number inside, which is no bound of another limit."""
FAR = Decimal(1000)
"""Beyond every limit, so that two values beside it differ in nothing but themselves."""


@dataclass
class Witness:
    """Facts about individuals that are to be members of classes, and of nothing more."""

    rules: Rules
    name: str
    _types: dict[tuple[str, str], None] = field(default_factory=dict)
    _edges: dict[tuple[str, str, str], None] = field(default_factory=dict)
    _values: dict[tuple[str, str, Decimal], None] = field(default_factory=dict)
    _within: dict[tuple[str, str], Interval] = field(default_factory=dict)
    _implied: dict[tuple[str, str], Interval] = field(default_factory=dict)

    def new(self) -> str:
        """The name of a further individual."""
        return f"{self.name}:{len(self._edges)}"

    def member(self, individual: str, class_iri: str) -> Witness:
        """Make the individual a member: by name, or as the definition of an expression says."""
        kind, *parts = self.rules.definitions.get(class_iri, ("named",))
        if kind == "named" and class_iri != THING:
            self._types[(individual, class_iri)] = None
            for upper in self.rules.supers.get(class_iri, ()):
                self._limit(self._implied, individual, upper)
        elif kind == "and":
            for part in parts:
                self.member(individual, part)
        elif kind == "some":
            self.edge(individual, parts[0], other := self.new()).member(other, parts[1])
        elif kind == "value":
            self.edge(individual, parts[0], parts[1])
        elif kind == "facet":
            self._limit(self._within, individual, class_iri)
        return self

    def _limit(
        self, limits: dict[tuple[str, str], Interval], individual: str, class_iri: str
    ) -> None:
        kind, *parts = self.rules.definitions.get(class_iri, ("named",))
        if kind == "facet":
            key, limit = (individual, parts[0]), _interval(parts)
            limits[key] = limits.get(key, Interval()).intersection(limit)

    def edge(self, subject: str, role: str, target: str) -> Witness:
        """Relate two individuals."""
        self._edges[(subject, role, target)] = None
        return self

    def value(self, individual: str, role: str, value: Decimal) -> Witness:
        """Give a value."""
        self._values[(individual, role, value)] = None
        return self

    def facts(self) -> Facts:
        """What was collected, with a value inside every limit that has none yet."""
        given = {(subject, role) for subject, role, _ in self._values}
        chosen = [
            (*key, inside(limit.intersection(self._implied.get(key, Interval()))))
            for key, limit in self._within.items()
            if key not in given
        ]
        return Facts(tuple(self._types), tuple(self._edges), (*self._values, *chosen))


def inside(limit: Interval) -> Decimal:
    """A number that belongs, away from the bounds where there is room."""
    low = limit.at_least if limit.at_least is not None else limit.above
    high = limit.at_most if limit.at_most is not None else limit.below
    if low is not None and high is not None:
        return (low + high) / 2
    return low + STEP if low is not None else (high or Decimal(0)) - STEP


def at_and_beside(limit: Interval) -> Iterator[Decimal]:
    """Every bound, and the nearest numbers on both sides."""
    for bound in (limit.at_least, limit.above, limit.at_most, limit.below):
        if bound is not None:
            yield from (bound - ULP, bound, bound + ULP)


def members(rules: Rules) -> dict[str, Facts]:
    """For each class and expression that implies anything, one member of it."""
    names = {*rules.supers, *(head for head, _ in rules.conjunctions)}
    return {
        each: Witness(rules, name := f"urn:member:{number}").member(name, each).facts()
        for number, each in enumerate(sorted(names))
    }


def boundary_cases(rules: Rules) -> Iterator[Facts]:
    """For every definition with limits, members of its other parts with a value at each limit."""
    limits = {head: (role, interval) for role, interval, head in rules.facets}
    number = 0
    for _, parts in rules.conjunctions:
        for part in (each for each in parts if each in limits):
            role, interval = limits[part]
            for value in at_and_beside(interval):
                number += 1
                yield _with_value(rules, parts, f"urn:boundary:{number}", role, value)
    for role, interval, _ in rules.facets:
        for value in at_and_beside(interval):
            number += 1
            yield Witness(rules, "").value(f"urn:boundary:{number}", role, value).facts()


def _with_value(rules: Rules, parts: Sequence[str], name: str, role: str, value: Decimal) -> Facts:
    witness = Witness(rules, name).value(name, role, value)
    for part in parts:
        witness.member(name, part)
    return witness.facts()


def property_cases(rules: Rules) -> Iterator[Facts]:
    """For each rule about properties, the edges that it speaks of."""
    number = 0

    def start() -> Witness:
        nonlocal number
        number += 1
        return Witness(rules, f"urn:edge:{number}")

    ends = (*rules.domains, *rules.ranges, *rules.inverses)
    for role in {*rules.super_properties, *(each.property for each in ends)}:
        witness = start()
        yield witness.edge(witness.name, role, f"{witness.name}:end").facts()
    for chain in rules.chains:
        name = (witness := start()).name
        witness.edge(name, chain.first, f"{name}:middle")
        yield witness.edge(f"{name}:middle", chain.second, f"{name}:end").facts()
    for role, filler, _ in rules.existentials:
        name = (witness := start()).name
        yield witness.edge(name, role, f"{name}:end").member(f"{name}:end", filler).facts()
        witness = start()
        yield witness.edge(witness.name, role, f"{witness.name}:end").facts()
    for role, individual, _ in rules.values:
        yield (witness := start()).edge(witness.name, role, individual).facts()
    neutral = rules.chains[0].second
    for individual, _, _ in rules.constants:
        yield (witness := start()).edge(witness.name, neutral, individual).facts()


def clashing_cases(rules: Rules) -> Iterator[Facts]:
    """For each thing that cannot be, a case in which it is."""
    pairs = [pair for apart in rules.disjoint for pair in apart.pairs()]
    for number, (one, other) in enumerate(pairs):
        name = f"urn:clash:{number}"
        if not is_expression(one):
            yield Witness(rules, name).member(name, one).member(name, other).facts()
    for role in rules.functional:
        name = f"urn:clash:{role.rpartition('/')[2]}"
        yield Witness(rules, name).value(name, role, FAR).value(name, role, FAR + ULP).facts()


def _interval(parts: Sequence[str]) -> Interval:
    return Interval.from_list([bound or None for bound in parts[1:]])
