"""Cases that cannot be, and a way to ask HermiT about many small cases at once."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from differential import ULP
from msgspec.structs import replace
from witnesses import FAR, at_and_beside, members

from kg.compile.owl import hermit
from kg.compile.owl.axioms import Axiom, make_axiom
from kg.compile.owl.functional import write_ontology
from kg.compile.owl.hierarchy import Hierarchy
from kg.reasoning.expressions import And, Expression, Facet, Named, Some, Value
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import THING, Facts, Rules, is_expression


def contradictory_cases(rules: Rules, count: int, *, seed: int) -> Iterator[Facts]:
    """Members of random classes with something added that cannot be beside the rest."""
    ways = (_disjoint, _two_values, _outside)
    made = [case for _, case in sorted(members(rules).items()) if case.all()]
    for number in range(count):
        rng = random.Random(f"{seed}-{number}")
        yield ways[number % len(ways)](rules, rng, rng.choice(made))


def _individual(rng: random.Random, case: Facts) -> str:
    return rng.choice([each.subject for each in case.all()])


def _disjoint(rules: Rules, rng: random.Random, case: Facts) -> Facts:
    """Somebody is two things of which one shuts out the other."""
    every = [pair for each in rules.disjoint for pair in each.pairs()]
    pairs = [pair for pair in every if not any(map(is_expression, pair))]
    one, other = rng.choice(pairs)
    each = _individual(rng, case)
    return replace(case, types=(*case.types, (each, one), (each, other)))


def _two_values(rules: Rules, rng: random.Random, case: Facts) -> Facts:
    """Something has two values where there is one, by the last digit."""
    role = rng.choice(sorted(rules.functional))
    each = _individual(rng, case)
    return replace(case, values=(*case.values, (each, role, FAR), (each, role, FAR + ULP)))


def _outside(rules: Rules, rng: random.Random, case: Facts) -> Facts:
    """A result is said to be in a state that its value is not in."""
    facets = {head: (role, interval) for role, interval, head in rules.facets}
    kinds = [
        (kind, facets[limit])
        for kind, above in rules.supers.items()
        for limit in above
        if limit in facets and not is_expression(kind)
    ]
    kind, (role, interval) = rng.choice(kinds)
    each = _individual(rng, case)
    value = rng.choice([v for v in at_and_beside(interval) if not interval.contains(v)])
    values = (*case.values, (each, role, value))
    return replace(case, types=(*case.types, (each, kind)), values=values)


def classified(axioms: Sequence[Axiom], cases: Mapping[str, Facts]) -> Hierarchy:
    """What HermiT says of many cases at once: of what comes under, or that nothing can be so.

    Each case is made a class under a name of its own, so that one classification answers for all.
    """
    told = [make_axiom("subclass", Named(name), as_class(case)) for name, case in cases.items()]
    return hermit.classify(write_ontology((*axioms, *told)))


def start(case: Facts) -> str:
    """The individual of a case from which all others are reached."""
    return min({each.subject for each in case.all()} - {target for _, _, target in case.edges})


def as_class(case: Facts, individual: str = "") -> Expression:
    """A case in which each individual is reached in one way, as the class of whatever is so."""
    individual = individual or start(case)
    parts: list[Expression] = [Named(kind) for each, kind in case.types if each == individual]
    for subject, role, target in case.edges:
        if subject == individual:
            known = not target.startswith("urn:")
            parts.append(Value(role, target) if known else Some(role, as_class(case, target)))
    parts += [
        Facet(role, Interval(at_least=value, at_most=value))
        for subject, role, value in case.values
        if subject == individual
    ]
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else And(unique) if unique else Named(THING)
