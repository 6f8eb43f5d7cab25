"""A case as the rules see it: its kinds and findings, what contradicts itself, what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.answer.model import Conflict, Elsewhere
from kg.answer.seen import Names, Seen, SeenResult
from kg.case import Case, case_bounds, case_facts, fact_parts, fact_source
from kg.model.compiled import CaseKind, Criterion
from kg.model.errors import ReasonerError
from kg.model.terms import Entry, Kind
from kg.model.topics import Term
from kg.model.vocabulary import EG
from kg.reasoning.closure import Closure
from kg.reasoning.continuation import Continuation
from kg.reasoning.engine import classify
from kg.reasoning.portions import Together, as_one, sort_of, together
from kg.reasoning.requirements import ruled_out
from kg.reasoning.rules import TYPE, Fact, Facts, Rules

WORKED_OUT: Final = "group"
"""The sort of part of a case that stands for tests that are read together."""
_NONE: frozenset[str] = frozenset()
_NO_PAIRS: frozenset[tuple[str, str]] = frozenset()


Unmet = tuple[tuple[str, ...], bool]
"""What a case lacks to be of a kind, in words, and whether it is known not to be of it."""


class ClassifiedResult(Struct, frozen=True, eq=False):
    """A result of a case as the rules see it."""

    types: AbstractSet[str]
    figures: frozenset[str]
    """The kinds of figures that it came with."""
    worked_out: bool
    """Whether it stands for tests that are read together."""

    @property
    def has_figures(self) -> bool:
        """Whether it came with any."""
        return bool(self.figures)


class ClassifiedCase(Struct, frozen=True, eq=False, dict=True):
    """A case as the rules see it."""

    rules: Rules
    """Those that it was classified by."""
    facts: Facts
    """What is given of it."""
    found: Together
    """What it is put together of."""
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
    implied: frozenset[tuple[str, str]] = _NO_PAIRS
    """What it is known to have without being told which: property and class, as in a deficiency
    that a result shows."""
    shown: frozenset[str] = _NONE
    """Every class of which it has one that only a result shows, and nobody said."""
    gates: frozenset[str] = _NONE
    """The kinds of case outside the scope that it would be by what was set aside."""

    @property
    def applicable(self) -> frozenset[str]:
        """The kinds of case whose statements may be used: none outside the scope."""
        return self.contexts if self.in_scope else _NONE

    @property
    def subject_types(self) -> Names:
        """The kinds of case that it is, compound ones too."""
        return self.closure.type_table.get(self.subject, {}).keys()

    @cached_property
    def closure(self) -> Closure:
        """All that follows from its facts, with the reasons."""
        return self.found.closure or classify(self.rules, self.facts)

    @cached_property
    def known(self) -> frozenset[str]:
        """All that it is, shows, has or lacks."""
        return self.contexts | self.findings | self.present | self.absent

    @cached_property
    def continuation(self) -> Continuation:
        """Says what more facts would bring."""
        return Continuation(self.rules, self.closure)

    @cached_property
    def parts(self) -> Mapping[str, tuple[str, ...]]:
        """By property of the case, what it leads to."""
        found: dict[str, list[str]] = {}
        for subject, role, target in self.closure.edge_table:
            if subject == self.subject:
                found.setdefault(role, []).append(target)
        return {role: tuple(targets) for role, targets in found.items()}

    @cached_property
    def figures(self) -> Mapping[str, frozenset[str]]:
        """By result, the kinds of figures that it came with."""
        found: dict[str, set[str]] = {}
        for subject, role, _ in self.closure.value_table:
            found.setdefault(subject, set()).add(role)
        return {subject: frozenset(roles) for subject, roles in found.items()}

    def among(self, name: str, names: Mapping[str, object]) -> list[str]:
        """Those of some names that are in its `contexts`, or in its `gates`."""
        own: frozenset[str] = getattr(self, name)
        return [each for each in own if each in names]

    def has(self, role: str, filler: str) -> bool:
        """Whether it has what a kind of case asks for: a class, a value, or what leads to a class.

        `filler` is empty where any value of a data property will do.
        """
        if role == TYPE:
            return self.closure.has_type(self.subject, filler)
        if not filler:
            return bool(self.closure.values(self.subject, role))
        types = self.closure.type_table
        has = any(filler in types[each] for each in self.parts.get(role, ()))
        return has or (role, filler) in self.implied

    def results(self, measurement: str) -> list[ClassifiedResult]:
        """The same results, by their classes and figures."""
        types = self.closure.type_table
        return [
            ClassifiedResult(
                types[each].keys(),
                self.figures.get(each, _NONE),
                sort_of(each, self.subject) == WORKED_OUT,
            )
            for each in self.results_of(measurement)
        ]

    def results_of(self, measurement: str) -> tuple[str, ...]:
        """The results that the case has of a measurement.

        Which one counts was chosen before; under several treatments it stands once for each.
        """
        types = self.closure.type_table
        results = self.parts.get(EG.hasObservation, ())
        return tuple(each for each in results if measurement in types.get(each, ()))


def classify_case(rules: Rules, case: Case) -> ClassifiedCase:
    """What the rules make of a case; facts that clash are set aside, with what they are, first."""
    facts = _with_bounds(rules, case)
    found = together(rules, facts, case.subject)
    conflicts = _conflicts(rules, case, facts, found)
    if conflicts:
        facts = _without(conflicts, case, facts)
        found = together(rules, facts, case.subject)
    denied = _denied(rules, case, conflicts)
    known = _classified(rules, facts, found, case.subject, denied)
    stated = tuple(Conflict(each.facts, each.text) for each in case.contradictions)
    if not stated and not conflicts:
        return known
    return _gated(rules, case, replace(known, conflicts=(*stated, *conflicts)))


def classified(
    rules: Rules, closure: Closure, subject: str, absent: frozenset[str] = _NONE
) -> ClassifiedCase:
    """The case whose facts have this closure."""
    return _classified(rules, closure.facts, as_one(rules, closure, subject), subject, absent)


def _classified(
    rules: Rules, facts: Facts, found: Together, subject: str, absent: frozenset[str]
) -> ClassifiedCase:
    portions = found.portions
    said = _NONE.union(*[each.has for each in portions])
    implied = _NO_PAIRS.union(*[each.implied for each in portions])
    known = said.union(*[each.implied_classes for each in portions])
    leads = [each for portion in portions for each in portion.leads]
    return ClassifiedCase(
        rules=rules,
        facts=facts,
        found=found,
        subject=subject,
        contexts=_NONE.union(*[each.kinds for each in portions]),
        findings=frozenset([each.target for each in leads if each.role == EG.hasFinding]),
        present=known,
        shown=known - said,
        absent=absent,
        implied=implied,
        in_scope=all(each.role != EG.outsideScope for each in leads),
    )


def _gated(rules: Rules, case: Case, found: ClassifiedCase) -> ClassifiedCase:
    """The case, kept outside the scope by what was set aside as well.

    Who is said to be a child and an adult, or pregnant and not, may be outside: a contradiction
    lifts no limit.
    """
    facts = _with_bounds(rules, case)
    doubted = [entry.iri for entry in case.doubted if entry.kind is Kind.CONDITION]
    names = [f"{case.subject}:doubted:{number}" for number, _ in enumerate(doubted)]
    whole = replace(
        facts,
        types=(*facts.types, *zip(names, doubted, strict=True)),
        edges=(*facts.edges, *((case.subject, EG.hasCondition, name) for name in names)),
    )
    limits = {head for role, _, head in rules.values if role == EG.outsideScope}
    types = together(rules, whole, case.subject).types
    gates = {
        each
        for each in types.difference(rules.definitions)
        if not limits.isdisjoint({each, *rules.supers.get(each, ())})
    }
    if not gates:
        return found
    return replace(found, gates=frozenset(gates), in_scope=False)


def _conflicts(rules: Rules, case: Case, facts: Facts, found: Together) -> tuple[Conflict, ...]:
    """What in the facts contradicts something else.

    No side of any contradiction is used, so the order of the facts does not matter. Only what was
    said of the patient is set aside, not the fact that there is a case.
    """
    wanted = _NONE.union(*[rules.needing(each.iri) for each in case.denied])
    if found.possible and all(
        wanted.isdisjoint(each.types) and wanted.isdisjoint(each.others) for each in found.portions
    ):
        return ()
    closure = found.closure or classify(rules, facts)
    conflicts: list[Conflict] = []
    for clash in closure.clashes:
        sides = tuple(sorted({fact_source(case, fact) for fact in clash.leaves} - {""}))
        if not sides:
            raise ReasonerError(f"the case rules clash without a fact: {clash.facts}")
        conflicts.append(Conflict(sides, f"cannot hold together: {' and '.join(sides)}"))
    conflicts.extend(_denied_and_there(rules, closure, case))
    return tuple(dict.fromkeys(conflicts))


def _without(conflicts: Iterable[Conflict], case: Case, facts: Facts) -> Facts:
    """The facts that no contradiction is made of."""
    aside = {side for conflict in conflicts for side in conflict.facts}
    return Facts.of(
        tuple(
            fact
            for fact in facts.all()
            if aside.isdisjoint((fact_source(case, fact), *fact_parts(case, fact)))
        )
    )


def _denied_and_there(rules: Rules, closure: Closure, case: Case) -> Iterator[Conflict]:
    """What the case both denies and implies, such as a treatment denied and its drug given."""
    for denied in case.denied:
        for fact in _implying(rules, closure, denied.iri):
            sides = sorted({fact_source(case, leaf) for leaf in closure.leaves(fact)} - {""})
            text = f"{denied.label} is denied, and {' and '.join(sides)} implies it"
            yield Conflict((*sides, _no(denied)), text)


def _implying(rules: Rules, closure: Closure, class_iri: str) -> Iterator[Fact]:
    """The facts that make something a member of a class, or that cannot be without a member."""
    wanted = rules.needing(class_iri)
    types = closure.type_table
    for individual in sorted([each for each in types if not wanted.isdisjoint(types[each])]):
        for each in sorted(wanted & types[individual].keys()):
            yield Fact(individual, TYPE, each)


def _no(denied: Entry) -> str:
    """A denial as conflicts name it."""
    return f"{denied.label}=no"


def _denied(rules: Rules, case: Case, conflicts: Iterable[Conflict]) -> frozenset[str]:
    """The classes that are denied, without the denials that contradict something."""
    aside = {side for conflict in conflicts for side in conflict.facts}
    denied = (each.iri for each in case.denied if _no(each) not in aside)
    return frozenset().union(*map(rules.below, denied))


def _with_bounds(rules: Rules, case: Case) -> Facts:
    """The facts of the case, with every limit that a bounded value is certain to be beyond."""
    facts = case_facts(case)
    bounds = case_bounds(case)
    if not bounds:
        return facts
    beyond = tuple(
        (individual, head)
        for individual, role, known in bounds
        for limited, interval, head in rules.facets
        if limited == role and known.within(interval)
    )
    return replace(facts, types=(*facts.types, *beyond))


class UnmetCriteria:
    """Says of a kind of case what this case lacks to be one."""

    def __init__(
        self, kinds: Mapping[str, CaseKind], criteria: Sequence[Criterion], case: Seen
    ) -> None:
        self._kinds = kinds
        self._criteria = criteria
        self._case = case
        self._lacks: dict[int, tuple[str, bool] | None] = {}

    def of(self, context: str) -> Unmet:
        """What is missing, in words, and whether the case is known not to be of this kind.

        Where it is known, the words are those of what it is known not to have.
        """
        kind = self._kinds[context]
        lacking = [lack for place in kind.criteria if (lack := self._lack(place)) is not None]
        excluded = not self._case.subject_types.isdisjoint(kind.excluders)
        if not lacking:
            return (), excluded
        ruled_out = [word for word, out in lacking if out]
        words = ruled_out or [word for word, _ in lacking]
        return tuple(dict.fromkeys(words)), excluded or bool(ruled_out)

    def elsewhere(self, statement: str, population: Term) -> Elsewhere:
        """A statement that is made of other patients, with what the case lacks to be one."""
        missing, contradicted = self.of(population.iri)
        return Elsewhere(statement, population, missing, contradicted)

    def _lack(self, place: int) -> tuple[str, bool] | None:
        """Of a criterion what to call it, and whether it is ruled out; None where it is met."""
        if place not in self._lacks:
            asked = self._criteria[place]
            met = self._case.has(asked.role, asked.filler)
            self._lacks[place] = None if met else self._missing(asked)
        return self._lacks[place]

    def _missing(self, asked: Criterion) -> tuple[str, bool]:
        results: Sequence[SeenResult] = ()
        if asked.role == EG.hasObservation and asked.measurement:
            results = self._case.results(asked.measurement)
        return _word(asked, results), self._is_ruled_out(asked, results)

    def _is_ruled_out(self, asked: Criterion, results: Sequence[SeenResult]) -> bool:
        """Whether what is known of the case already says no."""
        if asked.filler in self._case.absent:
            return True
        if asked.role == TYPE:
            return not self._case.subject_types.isdisjoint(asked.excluders)
        return bool(results) and all(_is_not(each, asked) for each in results)


def _word(asked: Criterion, results: Sequence[SeenResult]) -> str:
    """What to call what is missing: the measurement, its value, or the figures beside that."""
    if not results:
        return asked.missing
    lacking = [
        name
        for figure, name in asked.figures.items()
        if not any(figure in each.figures for each in results)
    ]
    if not lacking or not any(each.has_figures for each in results):
        return f"{asked.short} value with its range"
    return f"{asked.short}: {' and '.join(lacking)}"


def _is_not(result: SeenResult, asked: Criterion) -> bool:
    """Whether a result is known not to be of the class that is asked for.

    A figure that was not given was compared with no limit, so it rules nothing out.
    """
    if not result.types.isdisjoint(asked.excluders):
        return True
    return ruled_out(asked.ways, result.figures, result.types)
