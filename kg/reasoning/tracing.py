"""From given facts to a conclusion through the fewest axioms: a derivation that spares nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import Struct

from kg.model.errors import ReasonerError
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.closure import Closure, Step
from kg.reasoning.engine import classify
from kg.reasoning.index import is_expression
from kg.reasoning.ruleset import Fact, Facts

_MOST: Final = 10_000
"""So many traces are kept at most."""


class Trace(Struct, frozen=True, eq=False):
    """A minimal set of axioms by which a goal follows from facts, and the steps that use them."""

    goal: Fact
    facts: tuple[Fact, ...]
    axioms: tuple[str, ...]
    steps: tuple[Step, ...]
    """Premises before conclusions; of each step the axioms are those that it needs."""


class Tracer(Struct, frozen=True, eq=False):
    """Finds traces; what it found is kept, for the same conclusions come again and again."""

    asserted: AssertedRules
    _traces: dict[object, Trace] = {}
    _axioms: dict[object, frozenset[str]] = {}
    _small: dict[object, AssertedRules] = {}

    def trace(
        self, facts: tuple[Fact, ...], goal: Fact, *, within: frozenset[str] | None = None
    ) -> Trace:
        """How the goal follows from the facts, by no more axioms than it takes.

        `within` are the axioms that may be used. ReasonerError where the goal does not follow.
        """
        key = goal, facts, within
        if key not in self._traces:
            self._make_room()
            self._traces[key] = self._trace(facts, goal, within)
        return self._traces[key]

    def axioms(
        self, facts: tuple[Fact, ...], goal: Fact, *, within: frozenset[str]
    ) -> frozenset[str] | None:
        """The axioms of the trace, or None where the goal does not follow from what may be used."""
        try:
            return frozenset(self.trace(facts, goal, within=within).axioms)
        except ReasonerError:
            return None

    def _trace(self, facts: tuple[Fact, ...], goal: Fact, within: frozenset[str] | None) -> Trace:
        shape = goal, self._shape(facts), within
        names = frozenset(str(fact.value) for fact in facts if is_expression(str(fact.value)))
        if shape not in self._axioms:
            self._axioms[shape] = self._fewest(facts, goal, names, within)
        asserted = self._only(self._axioms[shape], names)
        steps = _steps(asserted, classify(asserted.rules, Facts.of(facts)), goal)
        used = dict.fromkeys(each for step in steps for each in step.axioms)
        return Trace(goal, facts, tuple(used), steps)

    def _make_room(self) -> None:
        """Forget everything once there is much of it: a server answers for a long time."""
        if len(self._traces) > _MOST:
            for kept in (self._traces, self._axioms, self._small):
                kept.clear()

    def _fewest(
        self,
        facts: tuple[Fact, ...],
        goal: Fact,
        names: frozenset[str],
        within: frozenset[str] | None,
    ) -> frozenset[str]:
        """The axioms of one derivation, without those that can be spared."""
        asserted = self.asserted if within is None else self.asserted.only(within, names)
        given = Facts.of(facts)
        closure = classify(asserted.rules, given)
        if goal not in closure:
            raise ReasonerError(f"{goal} does not follow from {len(facts)} facts.")
        needed = frozenset(each for step in _steps(asserted, closure, goal) for each in step.axioms)
        small = asserted.only(needed, names)
        for axiom in sorted(needed):
            fewer = small.only(needed - {axiom}, names)
            if goal in classify(fewer.rules, given):
                needed, small = needed - {axiom}, fewer
        return needed

    def _only(self, axioms: frozenset[str], names: frozenset[str]) -> AssertedRules:
        key = axioms, names
        if key not in self._small:
            self._small[key] = self.asserted.only(axioms, names)
        return self._small[key]

    def _shape(self, facts: tuple[Fact, ...]) -> frozenset[object]:
        """The facts with each figure replaced by the limits that it keeps to."""
        data = self.asserted.rules.index.data
        return frozenset(
            (fact.subject, fact.predicate, self._limits(fact.predicate, fact.value))
            if isinstance(fact.value, Decimal) and fact.predicate in data
            else fact
            for fact in facts
        )

    def _limits(self, role: str, value: Decimal) -> frozenset[str]:
        facets = self.asserted.rules.index.data[role].facets
        return frozenset(head for interval, head in facets if interval.contains(value))


def _steps(asserted: AssertedRules, closure: Closure, goal: Fact) -> tuple[Step, ...]:
    return tuple(
        Step(step.fact, step.rule, step.premises, asserted.axioms_of(step))
        for step in closure.proof(goal)
    )
