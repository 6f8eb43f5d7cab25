"""What follows from the facts of a case, with the derivation of every fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from msgspec import Struct

from kg.reasoning.rules import TYPE, Fact, Facts, Why, is_expression

GIVEN = Why("given")


class Step(Struct, frozen=True):
    """One step of a proof: the fact, the rule, the facts it was applied to, and the axioms."""

    fact: Fact
    rule: str
    premises: tuple[Fact, ...]
    axioms: tuple[str, ...] = ()


def collect_steps(fact: Fact, step_to: Callable[[Fact], Step]) -> tuple[Step, ...]:
    """Every step to a fact, premises before conclusions, each once."""
    steps: dict[Fact, Step] = {}
    stack = [(fact, False)]
    while stack:
        current, ready = stack.pop()
        if current in steps:
            continue
        step = step_to(current)
        if ready:
            steps[current] = step
            continue
        stack.append((current, True))
        stack.extend((premise, False) for premise in reversed(step.premises))
    return tuple(steps.values())


class Clash(Struct, frozen=True):
    """Facts that cannot hold together; `leaves` are the given facts behind them."""

    kind: str
    facts: tuple[Fact, ...]
    leaves: tuple[Fact, ...]
    axioms: tuple[str, ...] = ()


class Closure(Struct, frozen=True, eq=False):
    """All facts of a case, given and derived, and how each came about.

    The tables are by individual (types), by edge, and by individual, property and value.
    """

    facts: Facts
    type_table: dict[str, dict[str, Why]]
    edge_table: dict[tuple[str, str, str], Why]
    value_table: dict[tuple[str, str, Decimal], Why]
    clashes: tuple[Clash, ...] = ()

    @property
    def individuals(self) -> frozenset[str]:
        """Everything that the case speaks of."""
        return frozenset(self.type_table)

    def types(self, individual: str) -> frozenset[str]:
        """The named classes of an individual."""
        table = self.type_table.get(individual, {})
        return frozenset(each for each in table if not is_expression(each))

    def has_type(self, individual: str, class_iri: str) -> bool:
        """Whether the individual belongs to the class or expression."""
        return class_iri in self.type_table.get(individual, {})

    def objects(self, individual: str, role: str) -> frozenset[str]:
        """The individuals that an individual has the property to."""
        return frozenset(o for s, p, o in self.edge_table if s == individual and p == role)

    def values(self, individual: str, role: str) -> frozenset[Decimal]:
        """The decimals that an individual has for the data property."""
        return frozenset(v for s, p, v in self.value_table if s == individual and p == role)

    def __contains__(self, fact: object) -> bool:
        return isinstance(fact, Fact) and self._why(fact) is not None

    def derivation(self, fact: Fact) -> Step:
        """The step that first gave the fact; KeyError where it does not hold."""
        why = self._why(fact)
        if why is None:
            raise KeyError(fact)
        return Step(fact, why.rule, tuple(_premises(fact, why)), why.axioms)

    def proof(self, fact: Fact) -> tuple[Step, ...]:
        """Every step to the fact, premises before conclusions, each once."""
        return collect_steps(fact, self.derivation)

    def leaves(self, fact: Fact) -> tuple[Fact, ...]:
        """The given facts that the proof ends in."""
        return tuple(step.fact for step in self.proof(fact) if step.rule == "given")

    def support(self, facts: Iterable[Fact]) -> frozenset[Fact]:
        """The facts that hold among these, and every fact that they were derived from."""
        found: set[Fact] = set()
        waiting = list(facts)
        while waiting:
            fact = waiting.pop()
            why = None if fact in found else self._why(fact)
            if why is not None:
                found.add(fact)
                waiting.extend(_premises(fact, why))
        return frozenset(found)

    def all(self, *, expressions: bool = False) -> Iterator[Fact]:
        """Every fact; memberships in compound expressions only when asked for."""
        for individual, classes in self.type_table.items():
            for class_iri in classes:
                if expressions or not is_expression(class_iri):
                    yield Fact(individual, TYPE, class_iri)
        yield from (Fact(*edge) for edge in self.edge_table)
        yield from (Fact(*value) for value in self.value_table)

    def _why(self, fact: Fact) -> Why | None:
        subject, predicate, value = fact
        if isinstance(value, Decimal):
            return self.value_table.get((subject, predicate, value))
        if predicate == TYPE:
            return self.type_table.get(subject, {}).get(value)
        return self.edge_table.get((subject, predicate, value))


def _premises(fact: Fact, why: Why) -> Iterator[Fact]:
    """The facts that the rule was applied to, from the detail that the engine kept."""
    subject, _, value = fact
    detail = why.detail
    match why.rule:
        case "subclass" | "conjunction" | "value":
            yield from (Fact(subject, TYPE, part) for part in detail)
        case "some":
            role, target, filler = detail
            yield Fact(subject, role, target)
            yield from () if not filler else (Fact(target, TYPE, filler),)
        case "has-value" | "domain":
            yield Fact(subject, detail[0], detail[1])
        case "facet" | "data-domain":
            yield Fact(subject, detail[0], Decimal(detail[1]))
        case "range":
            yield Fact(detail[1], detail[0], subject)
        case "subproperty":
            yield Fact(subject, detail[0], value)
        case "inverse":
            yield Fact(str(value), detail[0], subject)
        case "chain":
            first, middle, second = detail
            yield Fact(subject, first, middle)
            yield Fact(middle, second, value)
