"""What the reasoner makes of a case: its kinds, its findings, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.answers.model import Conflict
from kg.cases import Case
from kg.errors import ReasonerError
from kg.knowledge import Knowledge
from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.index import is_expression
from kg.reasoning.ruleset import TYPE, Fact, Facts, Rules
from kg.terms import Entry
from kg.vocab import (
    EG_HAS_FINDING,
    EG_OUTSIDE_SCOPE,
    IRI,
)


@dataclass(frozen=True)
class Situation:
    """A case as the rules see it."""

    closure: Closure
    subject: str
    """The individual that stands for the case."""
    contexts: tuple[IRI, ...]
    """The kinds of case that this one is."""
    findings: tuple[IRI, ...]
    present: tuple[IRI, ...]
    """Every class of a condition, treatment or result that the case has."""
    absent: tuple[IRI, ...]
    """Every class of a condition or drug that the case is said not to have."""
    in_scope: bool
    conflicts: tuple[Conflict, ...]

    @property
    def applicable(self) -> tuple[IRI, ...]:
        """The kinds of case whose statements may be used: none outside the scope."""
        return self.contexts if self.in_scope else ()


def read_situation(knowledge: Knowledge, case: Case) -> Situation:
    """Classify a case; facts that clash are set aside, with what they are, before anything else."""
    closure, conflicts = _consistent(knowledge.rules, case)
    subject = case.subject
    others = closure.individuals - {subject}
    return Situation(
        closure=closure,
        subject=subject,
        contexts=_iris(closure.types(subject)),
        findings=_iris(closure.objects(subject, EG_HAS_FINDING)),
        present=_iris({kind for each in others for kind in closure.types(each)}),
        absent=_iris(_below(knowledge.rules, _denied(case, conflicts))),
        in_scope=not closure.objects(subject, EG_OUTSIDE_SCOPE),
        conflicts=(*_stated(case), *conflicts),
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
    needing = {
        iri
        for iri, (kind, *parts) in rules.definitions.items()
        if kind == "some" and class_iri in {parts[1], *rules.supers.get(parts[1], ())}
    }
    for individual in sorted(closure.individuals):
        for each in sorted({class_iri, *needing}):
            if closure.has_type(individual, each):
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
    beyond = tuple(
        (individual, head)
        for individual, role, known in case.bounds()
        for limited, interval, head in rules.facets
        if limited == role and known.within(interval)
    )
    return replace(facts, types=(*facts.types, *beyond))


def _stated(case: Case) -> tuple[Conflict, ...]:
    return tuple(Conflict(each.facts, each.text) for each in case.contradictions)


def _below(rules: Rules, classes: Iterable[str]) -> set[str]:
    """The classes, their kinds, and whatever cannot be without one of them.

    A patient who is not given a drug has no treatment with that drug either.
    """
    found: set[str] = set()
    waiting = set(classes)
    while waiting:
        found |= waiting
        kinds = {lower for lower, above in rules.supers.items() if not waiting.isdisjoint(above)}
        needing = {
            iri
            for iri, (kind, *parts) in rules.definitions.items()
            if kind == "some" and parts[1] in waiting
        }
        waiting = (kinds | needing) - found
    return {each for each in found if not is_expression(each)}


def _iris(names: Iterable[str]) -> tuple[IRI, ...]:
    return tuple(IRI(name) for name in sorted(names))
