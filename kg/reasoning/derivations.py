"""Every way to come to a fact by rules of one step, and the minimal sets of axioms that it takes.

A fact carries the sets of axioms that it was derived by, each a number with a bit for each axiom.
Of two sets, one inside the other, the smaller stays. Sets grow along the derivations until none
changes: what stands at a fact then is every minimal set that it follows from.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final, NamedTuple

from kg.reasoning.asserted import AssertedRules
from kg.reasoning.closure import Closure
from kg.reasoning.index import PropertyIndex
from kg.reasoning.ruleset import TYPE, Fact

MOST: Final = 100
"""So many sets are kept of one fact, the smallest: each step may double their number."""

_NO_RULES: Final = PropertyIndex()


class Derivation(NamedTuple):
    """One step: what it comes to, from what, and by which axioms."""

    head: Fact
    premises: tuple[Fact, ...] = ()
    axioms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derivations:
    """The steps among the facts of a closure that these rules allow."""

    asserted: AssertedRules

    def of(self, closure: Closure) -> Iterator[Derivation]:
        """Every step, those that only say what is given included."""
        yield from map(Derivation, closure.facts.all())
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

    def _of_individual(
        self, individual: str, classes: Mapping[str, object]
    ) -> Iterator[Derivation]:
        index = self.asserted.rules.index
        for class_iri, why in index.constants.get(individual, ()):
            yield Derivation(Fact(individual, TYPE, class_iri), (), _named(why.axioms))
        for class_iri in classes:
            given = (Fact(individual, TYPE, class_iri),)
            for role, target, _ in index.values.get(class_iri, ()):
                yield Derivation(Fact(individual, role, target), given)
            for parts, head, axioms in self._conjunctions.get(class_iri, ()):
                if all(part in classes for part in parts):
                    premises = tuple(Fact(individual, TYPE, part) for part in parts)
                    yield Derivation(Fact(individual, TYPE, head), premises, axioms)

    def _along(self, edge: Fact) -> Iterator[Derivation]:
        """What an edge says by itself."""
        subject, role, target = edge.subject, edge.predicate, str(edge.value)
        rules = self._roles.get(role, _NO_RULES)
        for other, why in rules.implied:
            yield Derivation(Fact(subject, other, target), (edge,), why.axioms)
        for other, why in rules.inverses:
            yield Derivation(Fact(target, other, subject), (edge,), why.axioms)
        for class_iri, axioms in rules.domains:
            yield Derivation(Fact(subject, TYPE, class_iri), (edge,), axioms)
        for class_iri, axioms in rules.ranges:
            yield Derivation(Fact(target, TYPE, class_iri), (edge,), axioms)
        for head in (*rules.anything, *filter(None, [rules.values.get(target)])):
            yield Derivation(Fact(subject, TYPE, head), (edge,))

    def _to_members(self, edge: Fact, classes: Mapping[str, object]) -> Iterator[Derivation]:
        """What an edge says with a class of what it leads to."""
        some = self._roles.get(edge.predicate, _NO_RULES).some
        for filler in some.keys() & classes.keys():
            premises = edge, Fact(str(edge.value), TYPE, filler)
            for head in some[filler]:
                yield Derivation(Fact(edge.subject, TYPE, head), premises)

    def _in_chains(
        self, edge: Fact, outgoing: Mapping[tuple[str, str], Sequence[str]]
    ) -> Iterator[Derivation]:
        """What an edge says with one that goes on from where it leads to."""
        target = str(edge.value)
        for second, implied, axioms in self._roles.get(edge.predicate, _NO_RULES).before:
            for last in outgoing.get((target, second), ()):
                premises = edge, Fact(target, second, last)
                yield Derivation(Fact(edge.subject, implied, last), premises, axioms)

    def _of_value(self, value: Fact) -> Iterator[Derivation]:
        rules = self.asserted.rules.index.data.get(value.predicate)
        if rules is None or not isinstance(value.value, Decimal):
            return
        for interval, head in rules.facets:
            if interval.contains(value.value):
                yield Derivation(Fact(value.subject, TYPE, head), (value,))
        for class_iri, axioms in rules.domains:
            yield Derivation(Fact(value.subject, TYPE, class_iri), (value,), axioms)

    @property
    def _roles(self) -> Mapping[str, PropertyIndex]:
        return self.asserted.rules.index.roles

    @cached_property
    def _conjunctions(self) -> Mapping[str, list[tuple[tuple[str, ...], str, tuple[str, ...]]]]:
        """By the first of their parts: the parts of conjunctions, their heads and axioms."""
        found = defaultdict(list)
        rows = zip(self.asserted.rules.conjunctions, self.asserted.carriers, strict=True)
        for (head, parts), axiom in rows:
            found[parts[0]].append((parts, head, _named((axiom,))))
        return found


def minimal_sets(
    derivations: Iterable[Derivation], goals: Sequence[Fact], order: Sequence[str]
) -> dict[Fact, tuple[tuple[str, ...], ...]]:
    """For each goal every minimal set of axioms that it follows from, the smallest first.

    Axioms stand in the given order, and of two sets of a size the one with earlier axioms is first.
    """
    places = {axiom: len(order) - place - 1 for place, axiom in enumerate(order)}
    masks = _saturated(_reaching(derivations, goals), places)

    def axioms(mask: int) -> tuple[str, ...]:
        return tuple(axiom for axiom in order if mask >> places[axiom] & 1)

    return {goal: tuple(map(axioms, masks.get(goal, ()))) for goal in goals}


def _reaching(derivations: Iterable[Derivation], goals: Sequence[Fact]) -> list[Derivation]:
    """The derivations that lead to the goals."""
    by_head: defaultdict[Fact, list[Derivation]] = defaultdict(list)
    for each in derivations:
        by_head[each.head].append(each)
    seen = set(goals)
    waiting = list(seen)
    for fact in waiting:
        for premise in (premise for each in by_head[fact] for premise in each.premises):
            if premise not in seen:
                seen.add(premise)
                waiting.append(premise)
    return [each for fact in waiting for each in by_head[fact]]


def _saturated(
    derivations: Sequence[Derivation], places: Mapping[str, int]
) -> Mapping[Fact, tuple[int, ...]]:
    """The sets of every fact, grown until none changes."""
    found: defaultdict[Fact, tuple[int, ...]] = defaultdict(tuple)
    uses: defaultdict[Fact, list[Derivation]] = defaultdict(list)
    for each in derivations:
        for premise in each.premises:
            uses[premise].append(each)
    queue = deque(dict.fromkeys(derivations))
    queued = set(queue)
    while queue:
        current = queue.popleft()
        queued.discard(current)
        grown = _smallest((*found[current.head], *_combined(current, found, places)))
        if grown != found[current.head]:
            found[current.head] = grown
            fresh = [each for each in uses[current.head] if each not in queued]
            queue.extend(fresh)
            queued.update(fresh)
    return found


def _combined(
    derivation: Derivation, found: Mapping[Fact, tuple[int, ...]], places: Mapping[str, int]
) -> tuple[int, ...]:
    """The sets that a derivation makes of those of its premises."""
    sets: tuple[int, ...] = (sum(1 << places[axiom] for axiom in derivation.axioms),)
    for premise in derivation.premises:
        sets = _smallest(one | other for one in sets for other in found[premise])
    return sets


def _smallest(sets: Iterable[int]) -> tuple[int, ...]:
    """The sets that hold no other, the smallest first, and not too many."""
    kept: list[int] = []
    for each in sorted(set(sets), key=lambda mask: (mask.bit_count(), -mask)):
        if not any(inner & each == inner for inner in kept):
            kept.append(each)
    return tuple(kept[:MOST])


def _named(axioms: Iterable[str]) -> tuple[str, ...]:
    """The axioms of a step, without the empty name that stands for a matter of form."""
    return tuple(filter(None, axioms))
