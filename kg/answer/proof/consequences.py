"""Proofs of what an answer says beside the causes: cautions, outcomes, advice, steps and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.answer.proof.causes import AGAINST, EXCLUDED, SUPPORTED
from kg.answer.proof.gathering import gathered
from kg.answer.proof.model import Absence, Proof
from kg.answer.proof.prover import Prover, View, of_class
from kg.answer.proof.tables import EdgeNote, Tables
from kg.model.vocabulary import EG_OUTSIDE_SCOPE, eg
from kg.reasoning.ruleset import Fact

PROPERTIES: dict[str, tuple[str, ...]] = {
    "scope": (EG_OUTSIDE_SCOPE,),
    "alert": (eg("hasAlert"),),
    "outcome": (eg("associatedOutcome"),),
    "advice": (eg("hasAdvice"),),
    "next step": (eg("evaluationIndicated"), eg("evaluationToConsider")),
}
"""How a case comes to each kind of consequence."""

_SAYING = (SUPPORTED, AGAINST, EXCLUDED, eg("leftOpenBy"))
"""What a finding may say of a cause."""


@dataclass(frozen=True)
class ConsequenceProver:
    """Proves that something follows for a case by the kind of case that it is."""

    prover: Prover
    kind: str
    item: str
    label: str

    def edges(self) -> tuple[EdgeNote, ...]:
        """Every kind of case that it follows for."""
        found = self._tables.by_target.get(self.item, ())
        return tuple(each for each in found if each.property in PROPERTIES[self.kind])

    def holds(self, view: View) -> bool:
        """Whether it follows for the case as a view shows it."""
        held = self.prover.tables
        if not view.in_scope and self.kind != "scope" and self.item not in held.always:
            return False
        if not view.findings.isdisjoint(held.exceptions.get(self.item, ())):
            return False
        return any(True for _ in self.reasons(view))

    def reasons(self, view: View) -> Iterator[tuple[EdgeNote, str]]:
        """Each kind of case in the view that it follows for, with a statement about such a case."""
        notes = self._tables.notes.statements
        for edge in self.edges():
            if edge.source not in view.contexts:
                continue
            said = [each for each in edge.rules if notes[each].context in view.contexts]
            yield from ((edge, each) for each in said)
            if self.kind == "scope" and not edge.rules:
                yield edge, ""

    def proofs(self) -> tuple[Proof, ...]:
        """The proof from the strongest statement."""
        edge, statement = self._best(self.prover.whole)
        start = [self.prover.is_kind(edge.source)]
        if statement:
            start.append(self.prover.is_kind(self._tables.notes.statements[statement].context))
        view = self.prover.fewest(self.prover.leaves(start), self.holds)
        return (self._proof(view),) if self.holds(view) else ()

    def _proof(self, view: View) -> Proof:
        edge, statement = self._best(view)
        goal = Fact(self.prover.case.subject, edge.property, edge.target)
        within = self._tables.carrying(self._rules(), statement) if statement else None
        parts = [
            self.prover.of_case("follows", goal, view, statement=statement, within=within),
            *(self.prover.about(statement, view) if statement else ()),
        ]
        return gathered(self._tables, self.label, parts, tuple(self._absences()))

    def _best(self, view: View) -> tuple[EdgeNote, str]:
        notes = self._tables.notes.statements
        return max(self.reasons(view), key=lambda each: notes[each[1]].strength if each[1] else 0)

    def _rules(self) -> frozenset[str]:
        """Every statement that says it of some kind of case."""
        return frozenset(each for edge in self.edges() for each in edge.rules)

    def _absences(self) -> Iterator[Absence]:
        exceptions = self._tables.exceptions.get(self.item, frozenset())
        if exceptions:
            names = tuple(self._tables.label(each) for each in sorted(exceptions))
            yield Absence("no finding of the case takes it back", names)
        if self.kind == "next step":
            yield Absence("nothing given says that it was done")

    @property
    def _tables(self) -> Tables:
        return self.prover.tables


@dataclass(frozen=True)
class RuleProver:
    """Proves that a finding of a case sets off a rule about causes."""

    prover: Prover
    finding: str
    label: str

    def holds(self, view: View) -> bool:
        """Whether the rule is set off in a view of the case."""
        return self.finding in view.findings and view.in_scope and bool(self._reasons(view))

    def proofs(self) -> tuple[Proof, ...]:
        """The proof from the strongest statement."""
        notes = self.prover.tables.notes.statements
        reasons = self._reasons(self.prover.whole)
        if not reasons:
            return ()
        shown = self.prover.shows(self.finding)
        about = self.prover.is_kind(notes[reasons[0][1]].context)
        view = self.prover.fewest(self.prover.leaves((shown, about)), self.holds)
        return (self._proof(view),)

    def _proof(self, view: View) -> Proof:
        tables = self.prover.tables
        edge, statement = self._reasons(view)[0]
        parts = [
            self.prover.of_case("shown", self.prover.shows(self.finding), view),
            of_class(
                tables,
                "argued",
                (edge.source, edge.property, edge.target),
                within=tables.carried_by(edge, statement),
                statement=statement,
            ),
            *self.prover.about(statement, view),
        ]
        return gathered(tables, f"rule of {self.label}", parts, ())

    def _reasons(self, view: View) -> list[tuple[EdgeNote, str]]:
        """What the finding says of causes in such a case: what is stated before what follows."""
        notes = self.prover.tables.notes.statements
        found = [
            (edge, each)
            for edge in self.prover.tables.by_target.get(self.finding, ())
            if edge.property in _SAYING
            for each in edge.rules
            if notes[each].context in view.contexts
        ]
        return sorted(found, key=lambda each: (each[0].inferred, -notes[each[1]].strength))
