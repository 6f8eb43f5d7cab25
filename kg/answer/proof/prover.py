"""Finds the facts and axioms that a conclusion takes, of one case or of classes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Final

from kg.answer.classified import ClassifiedCase, classified
from kg.answer.proof.model import Absence, Part, Proof
from kg.answer.proof.wording import Described, Wording
from kg.case import Case, fact_source
from kg.model.compiled import ClassEdge, ProofTables
from kg.model.notes import Notes
from kg.model.tables import Tables
from kg.model.vocabulary import EG
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.engine import classify
from kg.reasoning.rules import TYPE, Fact, Facts, Rules
from kg.reasoning.trace import Trace, Tracer
from kg.store.knowledge import KnowledgeGraph

MEMBER_OF: Final = "urn:etiograph:any"
"""Stands for any member of the class that a conclusion is about."""

Holds = Callable[[ClassifiedCase], bool]
"""Whether a conclusion holds of a case as some of its facts show it."""

_MOST_SETS: Final = 4096
"""Sets of axioms that are kept."""


class ClassProver:
    """Proves what holds of every member of a class, whoever the case is; what it found is kept."""

    def __init__(self, tables: ProofTables, notes: Notes, asserted: AssertedRules) -> None:
        self.tables = tables
        self.notes = notes
        self.asserted = asserted
        self.tracer = Tracer(asserted)
        self._edges = {(e.source, e.property, e.target): e for e in tables.edges}
        self._parts: dict[object, Part] = {}
        self._sets: dict[object, frozenset[str] | None] = {}

    @cached_property
    def by_target(self) -> Mapping[str, tuple[ClassEdge, ...]]:
        """The edges to each value."""
        found: dict[str, list[ClassEdge]] = {}
        for each in self.tables.edges:
            found.setdefault(each.target, []).append(each)
        return {target: tuple(edges) for target, edges in found.items()}

    def label(self, iri: str) -> str:
        """What a term is called."""
        return self.tables.labels.get(iri, iri)

    def context(self, statement: str) -> str:
        """The kind of case that a statement is about."""
        return self.notes.statements[statement].context

    def strength(self, statement: str) -> int:
        """The rank of the word of a statement."""
        return self.notes.statements[statement].strength

    def edge(self, source: str, property_: str, target: str) -> ClassEdge:
        """The edge that says so of a class."""
        return self._edges[source, property_, target]

    def of_class(
        self,
        role: str,
        conclusion: tuple[str, str, str],
        *,
        within: frozenset[str] | None = None,
        statement: str = "",
    ) -> Part:
        """That every member of a class has a value, or is of a kind (the property is rdf:type).

        The conclusion is class, property and value; `within` are the axioms that may be used.
        """
        key = role, conclusion, within, statement
        if key not in self._parts:
            source, predicate, value = conclusion
            given = (Fact(MEMBER_OF, TYPE, source),)
            trace = self.tracer.trace(given, Fact(MEMBER_OF, predicate, value), within=within)
            wording = self.wording(_nothing, {MEMBER_OF: self.label(source)})
            self._parts[key] = _part(role, trace, wording, statement, ())
        return self._parts[key]

    def wording(self, described: Described, names: Mapping[str, str]) -> Wording:
        """Says facts in words; `names` are those of individuals that nothing was said of."""
        return Wording(self.tables.labels, self.asserted.rules, described, names)

    def carried_by(self, edge: ClassEdge, statement: str) -> frozenset[str] | None:
        """The axioms by which an edge follows from one of the statements that say it.

        The justification that the build chose may use an axiom of another of these statements.
        """
        axioms = self.tables.axioms
        if not statement or any(statement in axioms[each].statements for each in edge.axioms):
            return edge.axioms
        return self.carrying(frozenset(edge.rules), statement)

    def carrying(self, rules: frozenset[str], statement: str) -> frozenset[str] | None:
        """Every axiom but those by which only other rules say the same; None where all may stay."""
        return self._kept((rules, statement), partial(self._carrying, rules, statement))

    def _carrying(self, rules: frozenset[str], statement: str) -> frozenset[str] | None:
        axioms = self.tables.axioms
        others = frozenset(
            each.id
            for each in axioms.values()
            if statement not in each.statements and not rules.isdisjoint(each.statements)
        )
        return frozenset(axioms.keys() - others) if others else None

    def axioms_for(
        self, edge: ClassEdge, statement: str, contexts: frozenset[str]
    ) -> frozenset[str] | None:
        """The same in a case of these kinds: if possible by no axiom that is said of others only.

        The justification that the build chose knows of no case.
        """
        stored = self.carried_by(edge, statement)
        others = self._said_of_others(contexts)
        if stored is not None and stored.isdisjoint(others):
            return stored
        own = self._kept((edge, statement, others), partial(self._without, others, edge, statement))
        return own or stored

    def _without(
        self, others: frozenset[str], edge: ClassEdge, statement: str
    ) -> frozenset[str] | None:
        """The axioms by which an edge follows without these; None where it does not."""
        may = self.carrying(frozenset(edge.rules), statement) or frozenset(self.tables.axioms)
        facts = (Fact(MEMBER_OF, TYPE, edge.source),)
        goal = Fact(MEMBER_OF, edge.property, edge.target)
        return self.tracer.axioms(facts, goal, within=may - others)

    def assemble_proof(
        self, conclusion: str, parts: Iterable[Part], absences: Iterable[Absence] = ()
    ) -> Proof:
        """A proof from its parts, with the statements among its premises, the weakest first."""
        parts = tuple(parts)
        premises = dict.fromkeys(self._premises(parts))
        ordered = sorted(premises, key=lambda each: (self.strength(each), each))
        return Proof(
            conclusion=conclusion,
            parts=parts,
            absences=tuple(absences),
            statements=tuple(ordered),
            strength=self.notes.word(ordered[:1]),
        )

    def _premises(self, parts: tuple[Part, ...]) -> Iterator[str]:
        """One statement for each axiom that documents state: the one brought in, or the strongest.

        Each statement of an axiom carries it alone, so the others are no premises.
        """
        chosen = {part.statement for part in parts if part.statement}
        yield from (part.statement for part in parts if part.statement)
        for axiom in dict.fromkeys(each for part in parts for each in part.axioms):
            stated = self.tables.axioms[axiom].statements
            if stated and chosen.isdisjoint(stated):
                yield max(stated, key=self.strength)

    def _said_of_others(self, contexts: frozenset[str]) -> frozenset[str]:
        """The axioms that documents state, and of none of these kinds of case."""
        return self._kept(contexts, partial(self._stated_of_others, contexts)) or frozenset()

    def _stated_of_others(self, contexts: frozenset[str]) -> frozenset[str]:
        return frozenset(
            each.id
            for each in self.tables.axioms.values()
            if each.statements
            and not any(self.context(name) in contexts for name in each.statements)
        )

    def _kept(
        self, key: object, work_out: Callable[[], frozenset[str] | None]
    ) -> frozenset[str] | None:
        """A set of axioms, worked out once; a program may ask for proofs of ever other cases."""
        sets = self._sets
        if key in sets:
            return sets[key]
        found = work_out()
        if len(sets) >= _MOST_SETS:
            sets = self._sets = {}  # another thread may be looking into those before
        sets[key] = found
        return found


@lru_cache(maxsize=4)
def class_prover(knowledge: KnowledgeGraph) -> ClassProver:
    """What proves conclusions about the classes of a graph."""
    notes = knowledge.model.tables.notes
    return ClassProver(knowledge.model.proofs, notes, knowledge.asserted)


@dataclass(frozen=True)
class Prover:
    """Makes the parts of proofs about one case."""

    classes: ClassProver
    tables: Tables
    rules: Rules
    case: Case
    whole: ClassifiedCase
    """The case as all its facts show it."""
    _views: dict[frozenset[Fact], ClassifiedCase] = field(default_factory=dict)
    _leaves: dict[Fact, tuple[Fact, ...]] = field(default_factory=dict)
    _parts: dict[object, Part] = field(default_factory=dict)
    _fewest: dict[Fact, list[tuple[Fact, ...]]] = field(default_factory=dict)

    @cached_property
    def wording(self) -> Wording:
        """Says facts of this case in words."""
        return self.classes.wording(
            partial(fact_source, self.case), {self.case.subject: "the case"}
        )

    def leaves(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """The given facts that these facts were derived from, in the order given."""
        found: set[Fact] = set()
        for fact in facts:
            if fact not in self._leaves:
                self._leaves[fact] = self.whole.closure.leaves(fact)
            found.update(self._leaves[fact])
        return tuple(fact for fact in self._given if fact in found)

    def fewest(self, start: tuple[Fact, ...], holds: Holds) -> ClassifiedCase:
        """The case by no more of the facts than it takes for the conclusion to hold."""
        needed = start
        for fact in start:
            fewer = tuple(each for each in needed if each != fact)
            if holds(self.view(fewer)):
                needed = fewer
        return self.view(needed)

    def view(self, facts: tuple[Fact, ...]) -> ClassifiedCase:
        """The case as these facts alone show it; what it denies is denied still."""
        key = frozenset(facts)
        if key not in self._views:
            closure = classify(self.rules, Facts.of(facts))
            self._views[key] = classified(self.rules, closure, self.case.subject, self.whole.absent)
        return self._views[key]

    def is_kind(self, kind: str) -> Fact:
        """That the case is of a kind."""
        return Fact(self.case.subject, TYPE, kind)

    def shows(self, finding: str) -> Fact:
        """That the case shows a finding."""
        return Fact(self.case.subject, EG.hasFinding, finding)

    def has(self, kind: str, view: ClassifiedCase) -> Fact:
        """That a condition, treatment or result of the case is of a kind."""
        closure = view.closure
        others = sorted(closure.individuals - {view.subject})
        holder = next((each for each in others if closure.has_type(each, kind)), None)
        if holder is not None:
            return Fact(holder, TYPE, kind)
        having = self.rules.needing(kind) & closure.type_table[view.subject].keys()
        return self.is_kind(min(having))

    def of_case(
        self,
        role: str,
        goal: Fact,
        view: ClassifiedCase,
        *,
        statement: str = "",
        within: frozenset[str] | None = None,
    ) -> Part:
        """That a fact follows from the facts of a view, by the fewest of them."""
        facts = self._enough(goal, view)
        key = role, goal, facts, statement, within
        if key not in self._parts:
            trace = self.classes.tracer.trace(facts, goal, within=within)
            said = dict.fromkeys(filter(None, (fact_source(self.case, fact) for fact in facts)))
            self._parts[key] = _part(role, trace, self.wording, statement, tuple(said))
        return self._parts[key]

    def about(self, statement: str, view: ClassifiedCase) -> Iterator[Part]:
        """That a statement is about such a case; nothing has to be shown where it is about any."""
        context = self.classes.context(statement)
        if context != EG.Case:
            yield self.of_case("about", self.is_kind(context), view, statement=statement)

    def _enough(self, goal: Fact, view: ClassifiedCase) -> tuple[Fact, ...]:
        """The fewest facts of a view that a goal follows from; the same in each view if it can."""
        facts = frozenset(view.closure.facts.all())
        for known in self._fewest.setdefault(goal, []):
            if facts.issuperset(known):
                return known
        found = self.fewest(view.closure.leaves(goal), lambda each: goal in each.closure)
        self._fewest[goal].append(found.closure.facts.all())
        return self._fewest[goal][-1]

    @cached_property
    def _given(self) -> tuple[Fact, ...]:
        return self.whole.closure.facts.all()


def _part(
    role: str, trace: Trace, wording: Wording, statement: str, given: tuple[str, ...]
) -> Part:
    of_classes = trace.goal.subject == MEMBER_OF
    start = str(trace.facts[0].value) if of_classes else ""
    return Part(
        role=role,
        conclusion=wording.fact(trace.goal),
        facts=() if of_classes else trace.facts,
        goal=trace.goal,
        axioms=trace.axioms,
        steps=wording.steps(trace),
        given=given,
        statement=statement,
        source=start,
        derivation=trace.steps,
    )


def _nothing(_: Fact) -> str:
    return ""
