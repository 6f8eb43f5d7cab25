"""What each part of a case brings to it: the engine itself is asked, one part after the other.

A part is a condition, a treatment, a denial, an age, or one thing that is known of a result. What
follows from one part alone is worked out here and becomes a row of a table; what takes several
parts together is left to `supports`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Final

from kg.case import CASE, Case, case_facts
from kg.cohort.supports import Need, Supports, find_supports, smallest, together
from kg.model.errors import ReasonerError
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import EG
from kg.reasoning.engine import classify
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import THING, Facts, Rules

RESULT: Final = f"{CASE}:observation:1"
"""The individual that stands for one result."""
CLASH: Final = "clash"
"""The conclusion that facts contradict each other."""
_ROLES: Final = (EG.hasCondition, EG.hasTreatment, EG.hasObservation)


def there(class_iri: str) -> str:
    """The fact that the case has something of a class."""
    return f"there {class_iri}"


def absent(class_iri: str) -> str:
    """The fact that the case is said to have nothing of a class."""
    return f"absent {class_iri}"


def leads(role: str, target: str) -> str:
    """The fact that the case has a property to an individual of the ontology."""
    return f"{role} {target}"


def beside(head: str) -> str:
    """The fact that a known number lies outside of the interval of a class."""
    return f"beside {head}"


def has(rules: Rules, role: str, filler: str) -> str:
    """The fact that a case has a property to something of a class, or to any number at all."""
    if not filler:
        return f"known {role}"
    some = ("some", role, filler)
    found = next((iri for iri, each in rules.definitions.items() if tuple(each) == some), None)
    if found is None:
        raise ReasonerError(f"no rule asks whether a case has {role} to {filler}")
    return found


class Parts:
    """What follows from the parts of cases, by some rules."""

    def __init__(self, rules: Rules) -> None:
        if rules.inverses:
            raise ReasonerError("a rule leads from a part of a case back to it; no cohort can be")
        self._rules = rules

    # ── The case ────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def base(self) -> tuple[str, ...]:
        """The facts of a case that parts bring: that it has something, its age, its sex."""
        heads = [head for role, _, head in self._rules.existentials if role in _ROLES]
        facets = [head for role, _, head in self._rules.facets if role == EG.ageInYears]
        known = has(self._rules, EG.ageInYears, "")
        return tuple(dict.fromkeys((*heads, *facets, *map(beside, facets), known)))

    def supports(self, more: Iterable[str]) -> Supports:
        """The supports of all that a case can be, of base facts and some more."""
        always = self._of_case(Facts())
        joint = self._rules.conjunctions
        base = dict.fromkeys((*self.base, *more))
        found = find_supports(base, joint, self._follows_of_case, always)
        return {**found, CLASH: self._clashes(found, (EG.ageInYears,))}

    def of_terms(self, *entries: Entry, denied: bool = False) -> frozenset[str]:
        """What conditions, drugs or treatments bring to a case, or their denials."""
        if denied:
            below = frozenset().union(*(self._rules.below(each.iri) for each in entries))
            return self._of_case(Facts()).union(map(absent, below))
        conditions = tuple(each for each in entries if each.kind is Kind.CONDITION)
        drugs = tuple(each for each in entries if each.kind is not Kind.CONDITION)
        return self._of_case(case_facts(Case(conditions=conditions, drugs=drugs)))

    def of_sex(self, entry: Entry) -> frozenset[str]:
        """What a sex brings to a case."""
        return self._of_case(case_facts(Case(sex=entry)))

    def of_age(self, age: Decimal) -> frozenset[str]:
        """What an age brings to a case, with the classes that it lies outside of."""
        found = self._of_case(case_facts(Case(age=age)))
        return found | {has(self._rules, EG.ageInYears, "")} | self._beside(EG.ageInYears, age)

    def implying(self, denied: Entry, of: Supports) -> frozenset[Need]:
        """The base facts by which a case cannot be without what it denies."""
        wanted = self._rules.needing(denied.iri) - {denied.iri}
        return smallest(need for each in wanted for need in of.get(each, ()))

    def contradicts(self, said: Entry, denied: Entry) -> bool:
        """Whether a condition, drug or treatment cannot be there where another one is denied."""
        conditions = (said,) if said.kind is Kind.CONDITION else ()
        drugs = () if conditions else (said,)
        closure = classify(self._rules, case_facts(Case(conditions=conditions, drugs=drugs)))
        wanted = self._rules.needing(denied.iri)
        return any(not wanted.isdisjoint(types) for types in closure.type_table.values())

    def _follows_of_case(self, fact: str) -> frozenset[str]:
        """What one fact of a case brings by itself."""
        if " " in fact:  # a property to an individual, or what is no class at all
            role, target = fact.split(" ")
            known = role not in ("there", "absent", "beside", "known")
            return self._of_case(Facts(edges=((CASE, role, target),))) if known else frozenset()
        return self._of_case(Facts(types=((CASE, fact),)))

    def _of_case(self, facts: Facts) -> frozenset[str]:
        """All that is known of a case with these facts."""
        whole = Facts((*facts.types, (CASE, EG.Case)), facts.edges, facts.values)
        closure = classify(self._rules, whole)
        own = closure.type_table[CASE].keys()
        led = {leads(role, to) for one, role, to in closure.edge_table if one == CASE}
        others = {
            each for one, types in closure.type_table.items() if one != CASE for each in types
        }
        has = {there(each) for each in (*others, *self._implied(own))}
        return frozenset(own | led | has)

    def _implied(self, classes: Iterable[str]) -> Iterator[str]:
        """The classes of which a case of these kinds has something."""
        for each in classes:
            kind, *parts = self._rules.definitions.get(each, ("",))
            if kind == "some":
                yield from (parts[1], *self._rules.supers.get(parts[1], ()))

    # ── One result ──────────────────────────────────────────────────────────────────────────────

    def result_supports(self, marker: str, base: Iterable[str]) -> Supports:
        """The supports of all that a result of a measurement can be, of facts of the result."""
        always = frozenset((THING, *self._of_result(Facts(types=((RESULT, marker),)))))
        joint = self._rules.conjunctions
        found = find_supports(base, joint, self._follows_of_result, always)
        roles = {role for role, _, _ in self._rules.facets} - {EG.ageInYears}
        clashes = self._clashes(found, roles)
        return {**found, CLASH: frozenset(e for e in clashes if not self._is_one_number(e))}

    def _is_one_number(self, need: Need) -> bool:
        """Whether a set is about one number alone, which never contradicts itself."""
        roles = {self._role_of.get(fact.removeprefix("beside ")) for fact in need}
        return len(roles) == 1 and None not in roles

    @cached_property
    def _role_of(self) -> dict[str, str]:
        """The number that a class has a limit on."""
        return {head: role for role, _, head in self._rules.facets}

    def of_number(self, role: str, known: Interval) -> frozenset[str]:
        """What a number of a result brings, or a bound of one."""
        heads = {
            head
            for of, interval, head in self._rules.facets
            if of == role and known.within(interval)
        }
        exact = known.at_least if known.at_least == known.at_most else None
        outside = frozenset[str]() if exact is None else self._beside(role, exact)
        return frozenset(heads) | outside

    def of_treatment(self, entry: Entry) -> frozenset[str]:
        """What it brings to a result that it was taken under a drug or treatment."""
        facts = case_facts(Case(drugs=(entry,)))
        treatment = next(to for _, role, to in facts.edges if role == EG.hasTreatment)
        edges = (*facts.edges, (RESULT, EG.duringTreatment, treatment))
        closure = classify(self._rules, Facts(facts.types, edges))
        return frozenset(closure.type_table[RESULT])

    def brought_by_result(self, of: Supports) -> Iterator[tuple[str, frozenset[Need]]]:
        """What a case has by a result, each with the supports of the result."""
        for role, filler, head in self._rules.existentials:
            if role == EG.hasObservation and filler in of:
                yield head, of[filler]
        for each in of:
            yield there(each), of[each]

    def _follows_of_result(self, fact: str) -> frozenset[str]:
        return frozenset() if " " in fact else self._of_result(Facts(types=((RESULT, fact),)))

    def _of_result(self, facts: Facts) -> frozenset[str]:
        edges = ((CASE, EG.hasObservation, RESULT), *facts.edges)
        closure = classify(self._rules, Facts(facts.types, edges, facts.values))
        return frozenset(closure.type_table.get(RESULT, ()))

    # ── What cannot be ──────────────────────────────────────────────────────────────────────────

    def _beside(self, role: str, value: Decimal) -> frozenset[str]:
        """The classes of numbers that a number is known not to be of."""
        return frozenset(
            beside(head)
            for of, interval, head in self._rules.facets
            if of == role and role in self._rules.functional and not interval.contains(value)
        )

    def _clashes(self, of: Supports, roles: Iterable[str]) -> frozenset[Need]:
        """The base facts that cannot hold together."""
        pairs = [pair for each in self._rules.disjoint for pair in each.pairs()]
        numbers = [(head, beside(head)) for role, _, head in self._rules.facets if role in roles]
        needs = [each for one in self._rules.unsatisfiable for each in of.get(one, ())]
        for one, other in (*pairs, *numbers):
            needs += together((of.get(one, frozenset()), of.get(other, frozenset())))
        return smallest(needs)
