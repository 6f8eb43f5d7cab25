"""Finds the facts and axioms that a claim takes, of one case or of classes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from kg.answer.proof.model import Part
from kg.answer.proof.tables import MEMBER_OF, Tables
from kg.answer.proof.wording import Wording
from kg.answer.situation import Situation
from kg.case import Case
from kg.model.vocabulary import EG_CASE, EG_HAS_FINDING, EG_OUTSIDE_SCOPE
from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.ruleset import TYPE, Fact, Facts
from kg.reasoning.tracing import Trace


@dataclass(frozen=True)
class View:
    """A case as some of its facts show it."""

    closure: Closure
    subject: str

    @cached_property
    def contexts(self) -> frozenset[str]:
        """The kinds of case that it is."""
        return self.closure.types(self.subject)

    @cached_property
    def findings(self) -> frozenset[str]:
        """The findings that it shows."""
        return self.closure.objects(self.subject, EG_HAS_FINDING)

    @cached_property
    def present(self) -> frozenset[str]:
        """Every class of a condition, treatment or result that it has."""
        others = self.closure.individuals - {self.subject}
        return frozenset(kind for each in others for kind in self.closure.types(each))

    @cached_property
    def in_scope(self) -> bool:
        """Whether the sources speak of such a case."""
        return not self.closure.objects(self.subject, EG_OUTSIDE_SCOPE)

    def holder(self, kind: str) -> str:
        """The condition, treatment or result that is of a kind."""
        return next(
            each
            for each in sorted(self.closure.individuals - {self.subject})
            if self.closure.has_type(each, kind)
        )


Holds = Callable[[View], bool]
"""Whether a claim holds of a case as some of its facts show it."""


@dataclass(frozen=True)
class Prover:
    """Makes the parts of proofs about one case."""

    tables: Tables
    case: Case
    situation: Situation
    _views: dict[frozenset[Fact], View] = field(default_factory=dict)
    _leaves: dict[Fact, tuple[Fact, ...]] = field(default_factory=dict)
    _parts: dict[object, Part] = field(default_factory=dict)
    _fewest: dict[Fact, list[tuple[Fact, ...]]] = field(default_factory=dict)

    @cached_property
    def whole(self) -> View:
        """The case as all its facts show it."""
        return View(self.situation.closure, self.situation.subject)

    @cached_property
    def wording(self) -> Wording:
        """Says facts of this case in words."""
        names = {self.case.subject: "the case"}
        return _wording(self.tables, self.case.said, names)

    def leaves(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """The given facts that these facts were derived from, in the order given."""
        found: set[Fact] = set()
        for fact in facts:
            if fact not in self._leaves:
                self._leaves[fact] = self.situation.closure.leaves(fact)
            found.update(self._leaves[fact])
        return tuple(fact for fact in self._given if fact in found)

    def fewest(self, start: tuple[Fact, ...], holds: Holds) -> View:
        """The case by no more of the facts than it takes for the claim to hold."""
        needed = start
        for fact in start:
            fewer = tuple(each for each in needed if each != fact)
            if holds(self.view(fewer)):
                needed = fewer
        return self.view(needed)

    def view(self, facts: tuple[Fact, ...]) -> View:
        """The case as these facts alone show it."""
        key = frozenset(facts)
        if key not in self._views:
            closure = classify(self.tables.knowledge.rules, Facts.of(facts))
            self._views[key] = View(closure, self.case.subject)
        return self._views[key]

    def is_kind(self, kind: str) -> Fact:
        """That the case is of a kind."""
        return Fact(self.case.subject, TYPE, kind)

    def shows(self, finding: str) -> Fact:
        """That the case shows a finding."""
        return Fact(self.case.subject, EG_HAS_FINDING, finding)

    def of_case(
        self,
        role: str,
        goal: Fact,
        view: View,
        *,
        statement: str = "",
        within: frozenset[str] | None = None,
    ) -> Part:
        """That a fact follows from the facts of a view, by the fewest of them."""
        facts = self._enough(goal, view)
        key = role, goal, facts, statement, within
        if key not in self._parts:
            trace = self.tables.tracer.trace(facts, goal, within=within)
            said = dict.fromkeys(filter(None, map(self.case.said, facts)))
            self._parts[key] = _part(role, trace, self.wording, statement, tuple(said))
        return self._parts[key]

    def _enough(self, goal: Fact, view: View) -> tuple[Fact, ...]:
        """The fewest facts of a view that a goal follows from; the same in each view if it can."""
        facts = frozenset(view.closure.facts.all())
        for known in self._fewest.setdefault(goal, []):
            if facts.issuperset(known):
                return known
        found = self.fewest(view.closure.leaves(goal), lambda each: goal in each.closure)
        self._fewest[goal].append(found.closure.facts.all())
        return self._fewest[goal][-1]

    def about(self, statement: str, view: View) -> Iterator[Part]:
        """That a statement is about such a case; nothing has to be shown where it is about any."""
        context = self.tables.notes.statements[statement].context
        if context != EG_CASE:
            yield self.of_case("about", self.is_kind(context), view, statement=statement)

    @cached_property
    def _given(self) -> tuple[Fact, ...]:
        return self.situation.closure.facts.all()


def of_class(
    tables: Tables,
    role: str,
    claim: tuple[str, str, str],
    *,
    within: frozenset[str] | None = None,
    statement: str = "",
) -> Part:
    """That every member of a class has a value, or is of a kind (the property is then rdf:type).

    The claim is class, property and value; `within` are the axioms that may be used.
    """
    key = role, claim, within, statement
    if key not in tables.parts:
        source, predicate, value = claim
        given = (Fact(MEMBER_OF, TYPE, source),)
        trace = tables.tracer.trace(given, Fact(MEMBER_OF, predicate, value), within=within)
        wording = _wording(tables, _nothing, {MEMBER_OF: tables.label(source)})
        tables.parts[key] = _part(role, trace, wording, statement, ())
    return tables.parts[key]


def _part(
    role: str, trace: Trace, wording: Wording, statement: str, given: tuple[str, ...]
) -> Part:
    of_classes = trace.goal.subject == MEMBER_OF
    start = str(trace.facts[0].value) if of_classes else ""
    return Part(
        role=role,
        claim=wording.fact(trace.goal),
        facts=() if of_classes else trace.facts,
        goal=trace.goal,
        axioms=trace.axioms,
        lines=wording.lines(trace),
        given=given,
        statement=statement,
        source=start,
    )


def _wording(tables: Tables, said: Callable[[Fact], str], names: dict[str, str]) -> Wording:
    return Wording(tables.labels, tables.knowledge.told.rules, said, names)


def _nothing(_: Fact) -> str:
    return ""
