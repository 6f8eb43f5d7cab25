"""What could follow from one more fact, whatever else is known: an upper bound, without a case."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from kg.reasoning.engine import Continuation, classify
from kg.reasoning.index import Index
from kg.reasoning.ruleset import Facts, Rules


def reach(rules: Rules, known: Facts, more: Facts, subject: str) -> frozenset[str]:
    """Every class that facts could bring, and every individual that the subject could lead to.

    `known` is what every such case says of the individuals that it speaks of; more may be said of
    them, so any rule that one new premise is enough to wake is taken to fire. Of individuals that
    only `more` speaks of, nothing else is known. What `classify` finds for the subject because of
    `more` is never missing; most of what is here follows in few cases only.
    """
    before = classify(rules, known)
    after = Continuation(rules, before).with_facts(more)
    new = {
        each: classes.keys() - before.type_table.get(each, {}).keys()
        for each, classes in after.type_table.items()
    }
    run = _Reach(rules.index, before.type_table[subject])
    for individual in before.type_table.keys() - {subject}:
        found = run.followed(new[individual], before.type_table[individual])
        run.gained |= found
        run.woken(run.through_properties(found))
    run.woken(new[subject])
    edges = after.edge_table.keys() - before.edge_table
    led_to = {target for each, _, target in edges if each == subject}
    return frozenset(run.gained | run.led_to | led_to | {c for each in new.values() for c in each})


class _Reach:
    """Follows every rule of which one premise is new, as if the others were given."""

    def __init__(self, index: Index, anyway: Container[str]) -> None:
        self._index = index
        self._anyway = anyway
        self._followed: set[str] = set()
        self.gained: set[str] = set()
        self.led_to: set[str] = set()

    def woken(self, classes: Iterable[str]) -> None:
        """Add what new classes of the subject bring to it; no property leads to the subject."""
        waiting = list(classes)
        while waiting:
            new = self.followed(waiting, self._anyway) - self._followed
            self._followed |= new
            self.gained |= new
            waiting = [
                head
                for each in new
                for role, individual, _ in self._index.values.get(each, ())
                for head in self._after_edge(role, individual)
            ]

    def through_properties(self, classes: Iterable[str]) -> Iterator[str]:
        """What new classes of an individual bring to those that lead to it."""
        for each in classes:
            yield from (head for _, head in self._index.fillers.get(each, ()))

    def followed(self, classes: Iterable[str], anyway: Container[str]) -> set[str]:
        """The classes, with what follows from them for the same individual.

        The other parts of a conjunction are given, with all that they imply, so those are not new.
        """
        index = self._index
        found: set[str] = set()
        waiting = [each for one in classes for each in (one, *index.gained.get(one, ()))]
        while waiting:
            current = waiting.pop()
            if current in found or current in anyway:
                continue
            found.add(current)
            for rest, head, _ in index.conjunctions.get(current, ()):
                given = {each for part in rest for each in (part, *index.gained.get(part, ()))}
                waiting.extend({head, *index.gained.get(head, ())} - given)
        return found

    def _after_edge(self, role: str, individual: str) -> Iterator[str]:
        """The classes that a new edge of the subject brings to it."""
        self.led_to.add(individual)
        rules = self._index.roles.get(role)
        if rules is None:
            return
        yield from (class_iri for class_iri, _ in rules.domains)
        yield from rules.anything
        yield from (head for heads in rules.some.values() for head in heads)
        yield from (head for each, head in rules.values.items() if each == individual)
        for implied, _ in rules.implied:
            yield from self._after_edge(implied, individual)
