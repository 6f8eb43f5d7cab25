"""What the reasoner makes of a case: its kinds, its findings, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kg.answer.model import Conflict
from kg.case import Case
from kg.model.errors import ReasonerError
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import (
    EG_HAS_CONDITION,
    EG_HAS_FINDING,
    EG_HAS_OBSERVATION,
    EG_OUTSIDE_SCOPE,
    IRI,
)
from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.ruleset import TYPE, Fact, Facts, Rules
from kg.store.knowledge import Knowledge

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Situation:
    """A case as the rules see it."""

    closure: Closure
    subject: str
    """The individual that stands for the case."""
    contexts: frozenset[str]
    """The kinds of case that this one is."""
    findings: frozenset[str]
    present: frozenset[str]
    """Every class of a condition, treatment or result that the case has."""
    absent: frozenset[str]
    """Every class of a condition or drug that the case is said not to have."""
    in_scope: bool
    conflicts: tuple[Conflict, ...] = ()
    gates: frozenset[str] = _NOBODY
    """The kinds of case outside the scope that it would be by what was set aside."""

    @property
    def applicable(self) -> frozenset[str]:
        """The kinds of case whose statements may be used: none outside the scope."""
        return self.contexts if self.in_scope else _NOBODY

    @cached_property
    def parts(self) -> Mapping[str, tuple[str, ...]]:
        """By property of the case, what it leads to."""
        found: dict[str, list[str]] = {}
        for subject, role, target in self.closure.edge_table:
            if subject == self.subject:
                found.setdefault(role, []).append(target)
        return {role: tuple(targets) for role, targets in found.items()}

    @cached_property
    def reached(self) -> Mapping[str, frozenset[str]]:
        """By property of the case, every class of what it leads to."""
        types = self.closure.type_table
        return {
            role: frozenset().union(*(types.get(each, ()) for each in targets))
            for role, targets in self.parts.items()
        }

    def results_of(self, measurement: str) -> tuple[str, ...]:
        """The results that the case has of a measurement.

        Which one counts was chosen before; under several treatments it stands once for each.
        """
        types = self.closure.type_table
        results = self.parts.get(EG_HAS_OBSERVATION, ())
        return tuple(each for each in results if measurement in types.get(each, ()))

    @cached_property
    def figures(self) -> Mapping[str, frozenset[str]]:
        """By result, the kinds of figures that it came with."""
        found: dict[str, set[str]] = {}
        for subject, role, _ in self.closure.value_table:
            found.setdefault(subject, set()).add(role)
        return {subject: frozenset(roles) for subject, roles in found.items()}


def read_situation(knowledge: Knowledge, case: Case) -> Situation:
    """Classify a case; facts that clash are set aside, with what they are, before anything else."""
    closure, conflicts = _consistent(knowledge.rules, case)
    found = situation_of(knowledge.rules, closure, case.subject, absent=_denied(case, conflicts))
    found = replace(found, conflicts=(*_stated(case), *conflicts))
    return _gated(knowledge.rules, case, found) if found.conflicts else found


def _gated(rules: Rules, case: Case, found: Situation) -> Situation:
    """The situation, kept outside the scope by what was set aside as well.

    Who is said to be a child and an adult, or pregnant and not, may be outside: a contradiction
    lifts no limit.
    """
    facts = _with_bounds(rules, case)
    doubted = [entry.iri for entry in case.doubted if entry.kind is Kind.CONDITION]
    names = [f"{case.subject}:doubted:{number}" for number, _ in enumerate(doubted)]
    whole = replace(
        facts,
        types=(*facts.types, *zip(names, doubted, strict=True)),
        edges=(*facts.edges, *((case.subject, EG_HAS_CONDITION, name) for name in names)),
    )
    limits = {head for role, _, head in rules.values if role == EG_OUTSIDE_SCOPE}
    gates = {
        each
        for each in situation_of(rules, classify(rules, whole), case.subject).contexts
        if not limits.isdisjoint({each, *rules.supers.get(each, ())})
    }
    if not gates:
        return found
    return replace(found, gates=frozenset(gates), in_scope=False)


def situation_of(
    rules: Rules, closure: Closure, subject: str, *, absent: Iterable[str] = ()
) -> Situation:
    """The situation of a case that was classified."""
    expressions = rules.definitions.keys()
    present: set[str] = set()
    for individual, classes in closure.type_table.items():
        if individual != subject:
            present.update(classes)
    leads = [(role, target) for each, role, target in closure.edge_table if each == subject]
    return Situation(
        closure=closure,
        subject=subject,
        contexts=frozenset(closure.type_table.get(subject, {}).keys() - expressions),
        findings=frozenset(target for role, target in leads if role == EG_HAS_FINDING),
        present=frozenset(present - expressions),
        absent=frozenset().union(*(rules.below(each) for each in absent)),
        in_scope=not any(role == EG_OUTSIDE_SCOPE for role, _ in leads),
    )


def _consistent(rules: Rules, case: Case) -> tuple[Closure, tuple[Conflict, ...]]:
    """The closure of the facts that do not contradict each other.

    No side of any contradiction is used, so the order of the facts does not matter. Only what was
    said of the patient is set aside, not the fact that there is a case.
    """
    facts = _with_bounds(rules, case)
    closure = classify(rules, facts)
    conflicts: list[Conflict] = []
    for clash in closure.clashes:
        sides = tuple(sorted({case.said(fact) for fact in clash.leaves} - {""}))
        if not sides:
            raise ReasonerError(f"the case rules clash without a fact: {clash.facts}")
        conflicts.append(Conflict(sides, f"cannot hold together: {' and '.join(sides)}"))
    conflicts.extend(_denied_and_there(rules, closure, case))
    if conflicts:
        aside = {side for conflict in conflicts for side in conflict.facts}
        kept = tuple(fact for fact in facts.all() if case.said(fact) not in aside)
        closure = classify(rules, Facts.of(kept))
    return closure, tuple(dict.fromkeys(conflicts))


def _denied_and_there(rules: Rules, closure: Closure, case: Case) -> Iterator[Conflict]:
    """What the case both denies and implies, such as a treatment denied and its drug given."""
    for denied in case.denied:
        for fact in _implying(rules, closure, denied.iri):
            sides = sorted({case.said(leaf) for leaf in closure.leaves(fact)} - {""})
            text = f"{denied.label} is denied, and {' and '.join(sides)} implies it"
            yield Conflict((*sides, _no(denied)), text)


def _implying(rules: Rules, closure: Closure, class_iri: str) -> Iterator[Fact]:
    """The facts that make something a member of a class, or that cannot be without a member."""
    wanted = rules.needing(class_iri)
    for individual in sorted(closure.individuals):
        for each in sorted(wanted & closure.type_table[individual].keys()):
            yield Fact(individual, TYPE, each)


def _no(denied: Entry) -> str:
    """A denial as conflicts name it."""
    return f"{denied.label}=no"


def _denied(case: Case, conflicts: Iterable[Conflict]) -> tuple[IRI, ...]:
    """The classes of what is denied, without the denials that contradict something."""
    aside = {side for conflict in conflicts for side in conflict.facts}
    return tuple(denied.iri for denied in case.denied if _no(denied) not in aside)


def _with_bounds(rules: Rules, case: Case) -> Facts:
    """The facts of the case, with every limit that a bounded value is certain to be beyond."""
    facts = case.facts()
    bounds = case.bounds()
    if not bounds:
        return facts
    beyond = tuple(
        (individual, head)
        for individual, role, known in bounds
        for limited, interval, head in rules.facets
        if limited == role and known.within(interval)
    )
    return replace(facts, types=(*facts.types, *beyond))


def _stated(case: Case) -> tuple[Conflict, ...]:
    return tuple(Conflict(each.facts, each.text) for each in case.contradictions)
