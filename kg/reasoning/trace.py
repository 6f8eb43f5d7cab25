"""From given facts to a conclusion through the fewest axioms: a derivation that spares nothing.

A fact carries the sets of axioms that it was derived by, each a number with a bit for each axiom.
Of two sets, one inside the other, the smaller stays. Sets grow along the steps until none changes:
what stands at a fact then is every minimal set that it follows from.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from kg.model.errors import ReasonerError
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.closure import Step, collect_steps
from kg.reasoning.engine import classify
from kg.reasoning.rules import Fact, Facts

_MOST_TRACES: Final = 10_000
"""So many traces are kept at most."""

MOST_SETS: Final = 100
"""So many sets are kept of one fact, the smallest: each step may double their number."""


class Trace(Struct, frozen=True, eq=False):
    """A minimal set of axioms by which a goal follows from facts, and the steps that use them."""

    goal: Fact
    facts: tuple[Fact, ...]
    axioms: tuple[str, ...]
    steps: tuple[Step, ...]
    """Premises before conclusions; of each step the axioms are those that it needs."""


class Tracer(Struct, frozen=True, eq=False):
    """Finds traces; what it found is kept, for the same conclusions come again and again."""

    rules: AssertedRules
    _traces: dict[object, Trace] = {}
    _axioms: dict[object, frozenset[str]] = {}

    def trace(
        self, facts: tuple[Fact, ...], goal: Fact, *, within: frozenset[str] | None = None
    ) -> Trace:
        """How the goal follows from the facts, by no more axioms than it takes.

        `within` are the axioms that may be used. ReasonerError where the goal does not follow.
        A trace that holds a number is of one patient, and not kept.
        """
        if any(isinstance(each.value, Decimal) for each in facts):
            return self._trace(facts, goal, within)
        key = goal, facts, within
        if key not in self._traces:
            if len(self._traces) > _MOST_TRACES:  # a server answers for a long time
                self._traces.clear()
                self._axioms.clear()
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
        steps = tuple(self.rules.steps(classify(self.rules.rules, Facts.of(facts))))
        if within is not None:
            steps = _by(within, steps)
        shape = goal, self._shape(facts), within
        if shape not in self._axioms:
            (sets,) = minimal_sets(steps, (goal,), self.rules.places).values()
            if not sets:
                raise ReasonerError(f"{goal} does not follow from {len(facts)} facts.")
            self._axioms[shape] = frozenset(sets[0])
        proof = prove(_by(self._axioms[shape], steps), goal)
        used = dict.fromkeys(axiom for step in proof for axiom in step.axioms)
        return Trace(goal, facts, tuple(used), proof)

    def _shape(self, facts: tuple[Fact, ...]) -> frozenset[object]:
        """The facts with each figure replaced by the limits that it keeps to."""
        return frozenset(
            (fact.subject, fact.predicate, self._limits(fact.predicate, fact.value))
            if isinstance(fact.value, Decimal)
            else fact
            for fact in facts
        )

    def _limits(self, role: str, value: Decimal) -> frozenset[str]:
        data = self.rules.rules.index.data
        facets = data[role].facets if role in data else ()
        return frozenset(head for interval, head in facets if interval.contains(value))


def prove(steps: Iterable[Step], goal: Fact) -> tuple[Step, ...]:
    """The steps to a goal that follows by these, each fact by the first step that comes to it."""
    known: dict[Fact, Step] = {}
    left = list(steps)
    while goal not in known:
        before, later = frozenset(known), []
        for each in left:
            if before.issuperset(each.premises):
                known.setdefault(each.fact, each)
            else:
                later.append(each)
        if len(later) == len(left):
            raise ReasonerError(f"{goal} does not follow by these steps.")
        left = later
    return collect_steps(goal, known.__getitem__)


def _by(axioms: frozenset[str], steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps that these axioms allow."""
    return tuple(each for each in steps if axioms.issuperset(each.axioms))


# ── Every minimal set ───────────────────────────────────────────────────────────────────────


def minimal_sets(
    steps: Iterable[Step], goals: Sequence[Fact], places: Mapping[str, int]
) -> dict[Fact, tuple[tuple[str, ...], ...]]:
    """For each goal every minimal set of axioms that it follows from, the smallest first.

    Axioms stand in the order of their places, and of two sets of a size the one with earlier axioms
    is first.
    """
    leading = _leading_to(goals, steps)
    used = sorted({axiom for step in leading for axiom in step.axioms}, key=places.__getitem__)
    bits = {axiom: len(used) - place - 1 for place, axiom in enumerate(used)}
    masks = _saturate(leading, bits)

    def axioms(mask: int) -> tuple[str, ...]:
        return tuple(axiom for axiom in used if mask >> bits[axiom] & 1)

    return {goal: tuple(map(axioms, masks.get(goal, ()))) for goal in goals}


def _leading_to(goals: Sequence[Fact], steps: Iterable[Step]) -> list[Step]:
    """The steps that lead to the goals."""
    by_fact: defaultdict[Fact, list[Step]] = defaultdict(list)
    for each in steps:
        by_fact[each.fact].append(each)
    seen = set(goals)
    waiting = list(seen)
    for fact in waiting:
        for premise in (premise for each in by_fact[fact] for premise in each.premises):
            if premise not in seen:
                seen.add(premise)
                waiting.append(premise)
    return [each for fact in waiting for each in by_fact[fact]]


def _saturate(steps: Sequence[Step], places: Mapping[str, int]) -> Mapping[Fact, tuple[int, ...]]:
    """The sets of every fact, grown until none changes."""
    found: defaultdict[Fact, tuple[int, ...]] = defaultdict(tuple)
    uses: defaultdict[Fact, list[int]] = defaultdict(list)
    for place, each in enumerate(steps):
        for premise in each.premises:
            uses[premise].append(place)
    queue = deque(range(len(steps)))
    queued = set(queue)
    while queue:
        place = queue.popleft()
        queued.discard(place)
        fact = steps[place].fact
        grown = _smallest((*found[fact], *_combined(steps[place], found, places)))
        if grown != found[fact]:
            found[fact] = grown
            fresh = [each for each in uses[fact] if each not in queued]
            queue.extend(fresh)
            queued.update(fresh)
    return found


def _combined(
    step: Step, found: Mapping[Fact, tuple[int, ...]], places: Mapping[str, int]
) -> tuple[int, ...]:
    """The sets that a step makes of those of its premises."""
    sets: tuple[int, ...] = (sum(1 << places[axiom] for axiom in step.axioms),)
    for premise in step.premises:
        sets = _smallest(one | other for one in sets for other in found[premise])
    return sets


def _smallest(sets: Iterable[int]) -> tuple[int, ...]:
    """The sets that hold no other, the smallest first, and not too many."""
    several = set(sets)
    if len(several) == 1:  # nearly always
        return (*several,)
    kept: list[int] = []
    for each in sorted(several, key=lambda mask: (mask.bit_count(), -mask)):
        if not any(inner & each == inner for inner in kept):
            kept.append(each)
    return tuple(kept[:MOST_SETS])
