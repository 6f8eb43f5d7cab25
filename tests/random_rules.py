"""Makes random rules and cases for them: what the compiled rules of the graph do not have, too."""

from __future__ import annotations

import random
from decimal import Decimal

from kg.reasoning.intervals import Interval
from kg.reasoning.rules import Apart, Chain, Facts, PropertyRule, Rules, SuperProperty

CLASSES = [f"urn:C{number}" for number in range(14)]
HEADS = [f"urn:etiograph:expression:{number}" for number in range(8)]
CONSTANTS = [f"urn:c{number}" for number in range(3)]
LEADS = ["urn:has", "urn:shows", "urn:with", "urn:during"]
FIGURES = ["urn:ratio", "urn:days"]
LIMITS = [Decimal(number) for number in (1, 2, 5)]
VALUES = [Decimal(text) for text in ("0.5", "1", "1.000001", "1.5", "2", "4.999999", "5", "9")]
SUBJECT = "urn:case"


class RuleMaker:
    """Makes rules, and facts of cases for them, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def rules(self, *, inverses: bool = False) -> Rules:
        """Some of each sort of rule, without or with properties that are inverse to others."""
        some, one = self._rng.sample, self._rng.choice
        inverse = [PropertyRule(one(LEADS), one(LEADS), "inverse")] if inverses else []
        few, many = range(self._rng.randint(0, 2)), range(self._rng.randint(2, 8))
        return Rules(
            supers=self._supers(),
            unsatisfiable=tuple(some(CLASSES, self._rng.randint(0, 1))),
            conjunctions=tuple(
                [(one([*CLASSES, *HEADS]), tuple(some([*CLASSES, *HEADS], 2))) for _ in many]
            ),
            existentials=tuple([(one(LEADS), one(CLASSES), one(HEADS)) for _ in many]),
            values=tuple([(one(LEADS), one(CONSTANTS), one([*CLASSES, *HEADS])) for _ in many]),
            facets=tuple([(one(FIGURES), self._interval(), one(HEADS)) for _ in many]),
            super_properties={one(LEADS): (SuperProperty(one(LEADS), ("super",)),) for _ in few},
            chains=tuple([Chain(one(LEADS), one(LEADS), one(LEADS), "chain") for _ in few]),
            inverses=tuple(inverse),
            domains=tuple([PropertyRule(one(LEADS), one(CLASSES), "domain") for _ in few]),
            ranges=tuple([PropertyRule(one(LEADS), one(CLASSES), "range") for _ in few]),
            disjoint=tuple([Apart(tuple(some(CLASSES, 2)), "disjoint") for _ in few]),
            functional=dict.fromkeys(some(FIGURES, 1), "functional"),
            constants=tuple([(each, one(CLASSES), "said") for each in some(CONSTANTS, 2)]),
            definitions={each: ("some", one(LEADS), one(CLASSES)) for each in HEADS},
        )

    def facts(self) -> Facts:
        """A case with a few parts, some of which lead further, or to each other."""
        rng = self._rng
        parts = [f"{SUBJECT}:{rng.choice('ab')}:{number}" for number in range(rng.randint(0, 4))]
        inner = [f"{each}:inner" for each in parts if rng.random() < 0.3]
        edges = [(SUBJECT, rng.choice(LEADS), each) for each in parts]
        edges += [(each.removesuffix(":inner"), rng.choice(LEADS), each) for each in inner]
        if len(parts) > 1 and rng.random() < 0.5:
            edges.append((rng.choice(parts), rng.choice(LEADS), parts[0]))
        if parts and rng.random() < 0.1:
            edges.append((parts[-1], rng.choice(LEADS), rng.choice([SUBJECT, *CONSTANTS])))
        everyone = [SUBJECT, *parts, *inner]
        types = [(each, rng.choice(CLASSES)) for each in everyone for _ in range(rng.randint(0, 2))]
        values = [
            (each, rng.choice(FIGURES), rng.choice(VALUES))
            for each in everyone
            for _ in range(rng.choice((0, 0, 1, 2)))
        ]
        return Facts(tuple(types), tuple(edges), tuple(values))

    def _supers(self) -> dict[str, tuple[str, ...]]:
        """Classes above others, down to the last: every class has all that lie above it."""
        found: dict[str, tuple[str, ...]] = {}
        for place, each in enumerate(CLASSES):
            above = self._rng.sample(CLASSES[:place], min(place, self._rng.choice((0, 0, 1, 2))))
            whole = dict.fromkeys([e for one in above for e in (one, *found.get(one, ()))])
            if self._rng.random() < 0.3:
                whole[self._rng.choice(HEADS)] = None
            if whole:
                found[each] = tuple(whole)
        return found

    def _interval(self) -> Interval:
        ends = dict(zip(("at_least", "above", "at_most", "below"), [None] * 4, strict=True))
        return Interval(**{**ends, self._rng.choice(list(ends)): self._rng.choice(LIMITS)})
