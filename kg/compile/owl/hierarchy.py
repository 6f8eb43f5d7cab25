"""The result of a classification as a value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.reasoning.rules import THING

NOTHING = "http://www.w3.org/2002/07/owl#Nothing"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """For each class all classes above it, itself and owl:Thing left out."""

    supers: Mapping[str, frozenset[str]]
    equivalents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unsatisfiable: frozenset[str] = frozenset()
    universal: frozenset[str] = frozenset()

    def subsumed(self, lower: str, upper: str) -> bool:
        """Whether every member of the first class belongs to the second."""
        return (
            lower == upper
            or upper in self.supers.get(lower, frozenset())
            or lower in self.unsatisfiable
            or upper in self.universal
        )

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Hierarchy:
        """The closed hierarchy from pairs (lower, upper), equivalences given in both directions."""
        above: dict[str, set[str]] = defaultdict(set)
        for lower, upper in pairs:
            above[lower].add(upper)
            above[upper].update(())
        closed = {each: _reach(each, above) for each in above}
        impossible = frozenset(each for each, found in closed.items() if NOTHING in found)
        universal = closed.get(THING, frozenset())
        hidden = {THING, NOTHING}
        supers = {
            each: frozenset(found - hidden - {each})
            for each, found in sorted(closed.items())
            if each not in hidden and each not in impossible
        }
        equivalents = {
            each: frozenset(other for other in found if each in supers.get(other, frozenset()))
            for each, found in supers.items()
        }
        return cls(
            supers,
            {each: found for each, found in equivalents.items() if found},
            frozenset(impossible - hidden),
            frozenset(universal - hidden),
        )


def _reach(start: str, above: Mapping[str, set[str]]) -> frozenset[str]:
    seen = {start}
    queue = [start]
    for current in queue:
        for upper in above[current]:
            if upper not in seen:
                seen.add(upper)
                queue.append(upper)
    return frozenset(seen)
