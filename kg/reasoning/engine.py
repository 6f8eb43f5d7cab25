"""Classifies one case with compiled rules; keeps why every fact holds."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from decimal import Decimal
from itertools import combinations
from typing import Final

from kg.reasoning.closure import GIVEN, Clash, Closure
from kg.reasoning.rules import TYPE, Fact, Facts, Index, PropertyIndex, Rules, Why

_NONE: dict[str, Why] = {}
_MOST_APART: Final = 10_000
"""Sets of classes of which it is kept which two nothing can belong to."""


def classify(rules: Rules, facts: Facts) -> Closure:
    """Everything that follows from the facts, and the clashes among them."""
    run = Run(rules.index)
    for subject, role, value in facts.values:
        run.add_value(subject, role, value, GIVEN)
    for individual, class_iri in facts.types:
        run.add_type(individual, class_iri, GIVEN)
    for subject, role, target in facts.edges:
        run.add_edge(subject, role, target, GIVEN)
    run.saturate()
    closure = Closure(facts, run.types, run.edges, run.values)
    clashes = find_clashes(rules.index, closure)
    return closure if not clashes else Closure(facts, run.types, run.edges, run.values, clashes)


class Run:
    """The worklist of one classification: a fact is added once, and then triggers its rules."""

    __slots__ = (
        "_incoming",
        "_index",
        "_new_edges",
        "_outgoing",
        "_woken",
        "edges",
        "types",
        "values",
    )

    def __init__(self, index: Index) -> None:
        self._index = index
        self.types: dict[str, dict[str, Why]] = {}
        self.edges: dict[tuple[str, str, str], Why] = {}
        self.values: dict[tuple[str, str, Decimal], Why] = {}
        self._outgoing: dict[tuple[str, str], tuple[str, ...]] = {}
        self._incoming: dict[tuple[str, str], tuple[str, ...]] = {}
        self._woken: list[tuple[str, str]] = []
        self._new_edges: list[tuple[str, str, str]] = []

    def add_type(self, individual: str, class_iri: str, why: Why) -> None:
        known = self.types.get(individual)
        if known is None:
            known = self.meet(individual)
        if class_iri in known:
            return
        index = self._index
        for each in index.woken[class_iri]:
            if each not in known:
                self._woken.append((individual, each))
        known[class_iri] = why
        gained = index.gained[class_iri]
        if gained:
            self.types[individual] = gained | known

    def add_edge(self, subject: str, role: str, target: str, why: Why) -> None:
        edge = (subject, role, target)
        if edge in self.edges:
            return
        self.edges[edge] = why
        self._new_edges.append(edge)

    def add_value(self, subject: str, role: str, value: Decimal, why: Why) -> None:
        fact = (subject, role, value)
        if fact in self.values:
            return
        self.values[fact] = why
        if subject not in self.types:
            self.meet(subject)
        rules = self._index.data.get(role)
        if rules is None:
            return
        for interval, head in rules.facets:
            if interval.contains(value):
                self.add_type(subject, head, Why("facet", (role, str(value))))
        for class_iri, axioms in rules.domains:
            self.add_type(subject, class_iri, Why("data-domain", (role, str(value)), axioms))

    def saturate(self) -> None:
        """Apply rules until nothing new follows: to edges first, as long as there are any."""
        edges, woken = self._new_edges, self._woken
        while edges or woken:
            while edges:
                self._follow_edge(*edges.pop())
            if woken:
                self._follow_type(*woken.pop())

    def saturate_types(self) -> None:
        """Apply the rules that types trigger, and note the edges that follow."""
        while self._woken:
            self._follow_type(*self._woken.pop())

    def meet(self, individual: str) -> dict[str, Why]:
        """The types of an individual seen for the first time: what the axioms say of it."""
        self.types[individual] = {}
        for class_iri, why in self._index.constants.get(individual, ()):
            self.add_type(individual, class_iri, why)
        return self.types[individual]

    def _follow_type(self, individual: str, class_iri: str) -> None:
        index = self._index
        known = self.types[individual]
        for rest, head, why in index.conjunctions.get(class_iri, ()):
            if head in known:
                continue
            for part in rest:
                if part not in known:
                    break
            else:
                self.add_type(individual, head, why)
                known = self.types[individual]
        for role, head in index.fillers.get(class_iri, ()):
            for subject in self._incoming.get((role, individual), ()):
                self.add_type(subject, head, Why("some", (role, individual, class_iri)))
        for role, target, why in index.values.get(class_iri, ()):
            self.add_edge(individual, role, target, why)

    def _follow_edge(self, subject: str, role: str, target: str) -> None:
        for individual in (subject, target):
            if individual not in self.types:
                self.meet(individual)
        self._link(subject, role, target)
        rules = self._index.roles.get(role)
        if rules is None:
            return
        for other, why in rules.implied:
            self.add_edge(subject, other, target, why)
        for other, why in rules.inverses:
            self.add_edge(target, other, subject, why)
        for second, implied, axioms in rules.before:
            for last in self._outgoing.get((target, second), ()):
                self.add_edge(subject, implied, last, Why("chain", (role, target, second), axioms))
        for first, implied, axioms in rules.after:
            for start in self._incoming.get((first, subject), ()):
                self.add_edge(start, implied, target, Why("chain", (first, subject, role), axioms))
        self._type_ends(rules, subject, role, target)

    def _link(self, subject: str, role: str, target: str) -> None:
        """Note what an edge leads to, and from where, as far as a rule asks for it."""
        if role in self._index.asked_forward:
            start = (subject, role)
            self._outgoing[start] = (*self._outgoing.get(start, ()), target)
        if role in self._index.asked_back:
            end = (role, target)
            self._incoming[end] = (*self._incoming.get(end, ()), subject)

    def _type_ends(self, rules: PropertyIndex, subject: str, role: str, target: str) -> None:
        """The types that an edge gives to its two ends; most are known, so that is asked first."""
        types = self.types
        for class_iri, axioms in rules.domains:
            if class_iri not in types[subject]:
                self.add_type(subject, class_iri, Why("domain", (role, target), axioms))
        for class_iri, axioms in rules.ranges:
            if class_iri not in types[target]:
                self.add_type(target, class_iri, Why("range", (role, subject), axioms))
        head = rules.values.get(target)
        if head is not None and head not in types[subject]:
            self.add_type(subject, head, Why("has-value", (role, target)))
        for head in rules.anything:
            if head not in types[subject]:
                self.add_type(subject, head, Why("some", (role, target, "")))
        if rules.some:
            self._type_start(rules.some, subject, role, target)

    def _type_start(self, some: dict[str, list[str]], subject: str, role: str, target: str) -> None:
        """The types that the start of an edge has by those of its end.

        They are gone through in their order, which is the same in every process.
        """
        for filler in [each for each in self.types[target] if each in some]:
            for head in some[filler]:
                if head not in self.types[subject]:
                    self.add_type(subject, head, Why("some", (role, target, filler)))


def find_clashes(
    index: Index, closure: Closure, individuals: Collection[str] | None = None
) -> tuple[Clash, ...]:
    """The pairs of facts that the axioms do not allow together, in a stable order.

    With `individuals`, they are looked for in those only.
    """
    among = closure.type_table if individuals is None else individuals
    found = _data_clashes(index, closure, among)
    for individual, classes in closure.type_table.items():
        if individual in among and (clashing := index.clashing.intersection(classes)):
            found.extend(_class_clashes(index, closure, individual, clashing))
    return _one_per_cause(found) if found else ()


def _class_clashes(
    index: Index, closure: Closure, individual: str, classes: frozenset[str]
) -> Iterator[Clash]:
    """Of the classes of one individual, those that are disjoint, or that nothing can belong to."""
    apart = index.met_apart.get(classes)
    if apart is None:
        if len(index.met_apart) >= _MOST_APART:
            index.met_apart.clear()
        apart = index.met_apart[classes] = _apart(index, classes)
    for one, other, axiom in apart:
        facts = Fact(individual, TYPE, one), Fact(individual, TYPE, other)
        yield _clash(closure, "disjoint", facts, axiom)
    for one in sorted(index.unsatisfiable & classes):
        yield _clash(closure, "impossible", (Fact(individual, TYPE, one),))


def _apart(index: Index, classes: Iterable[str]) -> list[tuple[str, str, str]]:
    """Every two of the classes that are in one group of which nothing is in two, with the axiom."""
    met: dict[int, list[tuple[int, str]]] = {}
    for each in classes:
        for group, place in index.disjoint.get(each, ()):
            met.setdefault(group, []).append((place, each))
    return sorted(
        (one, other, index.apart[group].axiom)
        for group, members in met.items()
        if len(members) > 1
        for (_, one), (_, other) in combinations(sorted(members), 2)
    )


def _one_per_cause(clashes: list[Clash]) -> tuple[Clash, ...]:
    """The first clash for each set of given facts: the others say the same less directly."""
    found: dict[frozenset[Fact], Clash] = {}
    for clash in clashes:
        found.setdefault(frozenset(clash.leaves), clash)
    return tuple(found.values())


def _data_clashes(index: Index, closure: Closure, among: Container[str]) -> list[Clash]:
    """Two values where there can be one, or a value outside of a class that bounds it."""
    found: list[Clash] = []
    facets: list[Clash] = []
    seen: dict[tuple[str, str], Decimal] = {}
    for subject, role, value in closure.value_table:
        axiom = index.functional.get(role)
        if axiom is None or subject not in among:
            continue
        first = seen.setdefault((subject, role), value)
        fact = Fact(subject, role, value)
        if first != value:
            found.append(_clash(closure, "functional", (Fact(subject, role, first), fact), axiom))
        classes = closure.type_table.get(subject, _NONE)
        facets.extend(
            _clash(closure, "facet", (fact, Fact(subject, TYPE, head)), axiom)
            for head, interval in index.intervals.get(role, {}).items()
            if head in classes and not interval.contains(value)
        )
    return [*found, *facets]


def _clash(closure: Closure, kind: str, facts: tuple[Fact, ...], *axioms: str) -> Clash:
    leaves = {leaf: None for fact in facts for leaf in closure.leaves(fact)}
    return Clash(kind, facts, tuple(leaves), axioms)


__all__ = ["Clash", "Closure", "Fact", "Facts", "Rules", "classify"]
