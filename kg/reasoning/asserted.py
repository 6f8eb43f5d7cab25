"""The axioms as rules of one step each, as a value: what the steps of a proof are made of.

The rules for cases are closed: one step of theirs may stand for many axioms. Here a step stands
for one axiom, or for none where it only takes an expression apart or puts it together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.reasoning.closure import Closure, Step
from kg.reasoning.rules import TYPE, Fact, PropertyIndex, Rules

MEMBER: Final = "urn:etiograph:member:"
"""The beginning of every IRI that stands for what an existential axiom says there is."""

_NO_RULES: Final = PropertyIndex()


class AssertedRules(Struct, frozen=True, dict=True):
    """Rules of one step each, and the axiom that each of them comes from."""

    rules: Rules
    carriers: tuple[str, ...]
    """Of each conjunction its axiom; empty where the step is a matter of form."""

    @cached_property
    def carrier(self) -> Mapping[tuple[str, tuple[str, ...]], str]:
        """The first axiom of a conjunction, by its head and its parts."""
        rows = zip(reversed(self.rules.conjunctions), reversed(self.carriers), strict=True)
        return dict(rows)

    @cached_property
    def axioms(self) -> tuple[str, ...]:
        """Every axiom that a step may stand for, in the order in which they are preferred."""
        rules = self.rules
        found = (
            *(each.axiom for each in rules.chains),
            *(each.axiom for each in rules.domains),
            *self.carriers,
            *(each.axiom for each in (*rules.inverses, *rules.ranges)),
            *(
                axiom
                for above in rules.super_properties.values()
                for each in above
                for axiom in each.axioms
            ),
            *(axiom for _, _, axiom in rules.constants),
        )
        return tuple(dict.fromkeys(filter(None, found)))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of every axiom in that order."""
        return {axiom: place for place, axiom in enumerate(self.axioms)}

    def steps(self, closure: Closure) -> Iterator[Step]:
        """Every step among the facts of a closure, those that only say what is given included."""
        yield from (Step(fact, "given", ()) for fact in closure.facts.all())
        for individual, classes in closure.type_table.items():
            yield from self._of_individual(individual, classes)
        outgoing: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for subject, role, target in closure.edge_table:
            outgoing[subject, role].append(target)
        for edge in map(Fact._make, closure.edge_table):
            yield from self._along(edge)
            yield from self._to_members(edge, closure.type_table[str(edge.value)])
            yield from self._in_chains(edge, outgoing)
        for value in closure.value_table:
            yield from self._of_value(Fact(*value))

    def _of_individual(self, individual: str, classes: Mapping[str, object]) -> Iterator[Step]:
        """What the classes of an individual say of it, and what is said of it by name."""
        index = self.rules.index
        for class_iri, why in index.constants.get(individual, ()):
            yield Step(Fact(individual, TYPE, class_iri), "axiom", (), _named(why.axioms))
        for class_iri in classes:
            given = (Fact(individual, TYPE, class_iri),)
            for role, target, _ in index.values.get(class_iri, ()):
                yield Step(Fact(individual, role, target), "value", given)
            for parts, head, axioms in self._conjunctions.get(class_iri, ()):
                if all(part in classes for part in parts):
                    premises = tuple(Fact(individual, TYPE, part) for part in parts)
                    yield Step(Fact(individual, TYPE, head), "conjunction", premises, axioms)

    def _along(self, edge: Fact) -> Iterator[Step]:
        """What an edge says by itself."""
        subject, role, target = edge.subject, edge.predicate, str(edge.value)
        rules = self._roles.get(role, _NO_RULES)
        for other, why in rules.implied:
            yield Step(Fact(subject, other, target), "subproperty", (edge,), why.axioms)
        for other, why in rules.inverses:
            yield Step(Fact(target, other, subject), "inverse", (edge,), why.axioms)
        for class_iri, axioms in rules.domains:
            yield Step(Fact(subject, TYPE, class_iri), "domain", (edge,), axioms)
        for class_iri, axioms in rules.ranges:
            yield Step(Fact(target, TYPE, class_iri), "range", (edge,), axioms)
        if target in rules.values:
            yield Step(Fact(subject, TYPE, rules.values[target]), "has-value", (edge,))
        for head in rules.anything:
            yield Step(Fact(subject, TYPE, head), "some", (edge,))

    def _to_members(self, edge: Fact, classes: Mapping[str, object]) -> Iterator[Step]:
        """What an edge says with a class of what it leads to."""
        some = self._roles.get(edge.predicate, _NO_RULES).some
        for filler in (each for each in classes if each in some):
            premises = edge, Fact(str(edge.value), TYPE, filler)
            for head in some[filler]:
                yield Step(Fact(edge.subject, TYPE, head), "some", premises)

    def _in_chains(
        self, edge: Fact, outgoing: Mapping[tuple[str, str], Sequence[str]]
    ) -> Iterator[Step]:
        """What an edge says with one that goes on from where it leads to."""
        target = str(edge.value)
        for second, implied, axioms in self._roles.get(edge.predicate, _NO_RULES).before:
            for last in outgoing.get((target, second), ()):
                premises = edge, Fact(target, second, last)
                yield Step(Fact(edge.subject, implied, last), "chain", premises, axioms)

    def _of_value(self, value: Fact) -> Iterator[Step]:
        """What a value says by itself."""
        rules = self.rules.index.data.get(value.predicate)
        if rules is None or not isinstance(value.value, Decimal):
            return
        for interval, head in rules.facets:
            if interval.contains(value.value):
                yield Step(Fact(value.subject, TYPE, head), "facet", (value,))
        for class_iri, axioms in rules.domains:
            yield Step(Fact(value.subject, TYPE, class_iri), "data-domain", (value,), axioms)

    @property
    def _roles(self) -> Mapping[str, PropertyIndex]:
        return self.rules.index.roles

    @cached_property
    def _conjunctions(self) -> Mapping[str, list[tuple[tuple[str, ...], str, tuple[str, ...]]]]:
        """By the first of their parts: the parts of conjunctions, their heads and axioms."""
        found = defaultdict(list)
        rows = zip(self.rules.conjunctions, self.carriers, strict=True)
        for (head, parts), axiom in rows:
            found[parts[0]].append((parts, head, _named((axiom,))))
        return found


def _named(axioms: Iterable[str]) -> tuple[str, ...]:
    """The axioms of a step, without the empty name that stands for a matter of form."""
    return tuple(filter(None, axioms))
