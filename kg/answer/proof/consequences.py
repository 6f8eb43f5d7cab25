"""Proofs of what an answer says beside the causes: cautions, outcomes, advice, steps and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.answer.classified import ClassifiedCase
from kg.answer.consequences import advised_kinds, is_settled, offers_to
from kg.answer.proof.model import Absence, Proof
from kg.answer.proof.prover import ClassProver, Prover
from kg.model.compiled import ClassEdge
from kg.model.tables import CaseMessage
from kg.model.vocabulary import EG, eg
from kg.reasoning.rules import Fact

PROPERTIES: Final[dict[str, tuple[str, ...]]] = {
    "scope": (EG.outsideScope,),
    "alert": (EG.hasAlert,),
    "outcome": (EG.associatedOutcome,),
    "advice": (EG.hasAdvice,),
    "next step": (
        EG.evaluationIndicated,
        EG.evaluationToConsider,
        EG.raisesQuestion,
    ),
}
"""How a case comes to each kind of consequence."""

_SAYING: Final = tuple(map(eg, ("supportedBy", "arguedAgainstBy", "excludedBy", "leftOpenBy")))
"""What a finding may say of a cause."""


@dataclass(frozen=True)
class ConsequenceProver:
    """Proves that something follows for a case by the kind of case that it is."""

    prover: Prover
    kind: str
    item: str
    label: str

    def edges(self) -> tuple[ClassEdge, ...]:
        """Every kind of case that it follows for."""
        found = self._classes.by_target.get(self.item, ())
        return tuple(each for each in found if each.property in PROPERTIES[self.kind])

    def holds(self, view: ClassifiedCase) -> bool:
        """Whether it follows for the case as a view shows it."""
        if not view.in_scope and self.kind != "scope" and not self._always:
            return False
        settled = any(is_settled(each, view) for each in self._messages)
        excepted = settled or not view.findings.isdisjoint(self.exceptions)
        return not excepted and any(True for _ in self.reasons(view))

    def reasons(self, view: ClassifiedCase) -> Iterator[tuple[ClassEdge, str]]:
        """Each kind of case in the view that it follows for, with a statement about such a case."""
        kinds = view.contexts
        if self.kind == "next step":
            kinds = kinds | advised_kinds(view, offers_to(self.prover.tables, view))
        for edge in self.edges():
            if edge.source not in kinds:
                continue
            said = [each for each in edge.rules if self._classes.context(each) in kinds]
            yield from ((edge, each) for each in said)
            if not edge.rules:  # background alone carries it
                yield edge, ""

    def proofs(self) -> tuple[Proof, ...]:
        """The proof from the strongest statement."""
        edge, statement = self._best(self.prover.whole)
        start = [self.prover.is_kind(self._shown(edge.source, self.prover.whole))]
        if statement and edge.source in self.prover.whole.contexts:
            start.append(self.prover.is_kind(self._classes.context(statement)))
        view = self.prover.fewest(self.prover.leaves(start), self.holds)
        return (self._proof(view),) if self.holds(view) else ()

    @cached_property
    def exceptions(self) -> frozenset[str]:
        """The findings that it does not apply with."""
        return frozenset().union(*(each.unless for each in self._messages))

    @cached_property
    def _always(self) -> bool:
        """Whether it holds outside the scope too."""
        return any(each.always for each in self._messages)

    @cached_property
    def _messages(self) -> tuple[CaseMessage, ...]:
        """What is said of it in the tables."""
        about = self.prover.tables.messages_about((self.item,))
        return tuple(each for each in about if each.iri == self.item)

    def _proof(self, view: ClassifiedCase) -> Proof:
        edge, statement = self._best(view)
        if edge.source not in view.contexts:
            return self._offered(edge, statement, view)
        goal = Fact(self.prover.case.subject, edge.property, edge.target)
        within = self._classes.carrying(self._rules(), statement) if statement else None
        parts = [
            self.prover.of_case("follows", goal, view, statement=statement, within=within),
            *(self.prover.about(statement, view) if statement else ()),
        ]
        return self._classes.assemble_proof(self.label, parts, self._absences())

    def _best(self, view: ClassifiedCase) -> tuple[ClassEdge, str]:
        strength = self._classes.strength
        return max(
            self.reasons(view),
            key=lambda e: (e[0].source in view.contexts, strength(e[1]) if e[1] else 0),
        )

    def _shown(self, kind: str, view: ClassifiedCase) -> str:
        """The kind of case that the view shows: this one, or a wider one that it is offered to."""
        offers = (each.wider for each in offers_to(self.prover.tables, view) if each.kind == kind)
        return kind if kind in view.contexts else next(offers)

    def _offered(self, edge: ClassEdge, statement: str, view: ClassifiedCase) -> Proof:
        """The proof of what is advised for another kind of case, and offered to this one."""
        wider = self._shown(edge.source, view)
        conclusion = edge.source, edge.property, edge.target
        within = self._classes.carried_by(edge, statement)
        parts = [
            self.prover.of_case("about", self.prover.is_kind(wider), view),
            self._classes.of_class("follows", conclusion, within=within, statement=statement),
        ]
        return self._classes.assemble_proof(self.label, parts, self._absences())

    def _rules(self) -> frozenset[str]:
        """Every statement that says it of some kind of case."""
        return frozenset(each for edge in self.edges() for each in edge.rules)

    def _absences(self) -> Iterator[Absence]:
        if self.exceptions:
            names = tuple(self._classes.label(each) for each in sorted(self.exceptions))
            yield Absence("no finding of the case takes it back", names)
        settling = frozenset().union(*(each.settled for each in self._messages))
        if settling:
            names = tuple(self._classes.label(each) for each in sorted(settling))
            yield Absence("nothing given settles what it asks", names)
        if self.kind == "next step":
            yield Absence("nothing given says that it was done")

    @property
    def _classes(self) -> ClassProver:
        return self.prover.classes


@dataclass(frozen=True)
class RuleProver:
    """Proves that a finding of a case sets off a rule about causes."""

    prover: Prover
    finding: str
    label: str

    def holds(self, view: ClassifiedCase) -> bool:
        """Whether the rule is set off in a view of the case."""
        return self.finding in view.findings and view.in_scope and bool(self._reasons(view))

    def proofs(self) -> tuple[Proof, ...]:
        """The proof from the strongest statement."""
        reasons = self._reasons(self.prover.whole)
        if not reasons:
            return ()
        shown = self.prover.shows(self.finding)
        about = self.prover.is_kind(self.prover.classes.context(reasons[0][1]))
        view = self.prover.fewest(self.prover.leaves((shown, about)), self.holds)
        return (self._proof(view),)

    def _proof(self, view: ClassifiedCase) -> Proof:
        classes = self.prover.classes
        edge, statement = self._reasons(view)[0]
        conclusion = edge.source, edge.property, edge.target
        within = classes.carried_by(edge, statement)
        parts = [
            self.prover.of_case("shown", self.prover.shows(self.finding), view),
            classes.of_class("argued", conclusion, within=within, statement=statement),
            *self.prover.about(statement, view),
        ]
        return classes.assemble_proof(f"rule of {self.label}", parts)

    def _reasons(self, view: ClassifiedCase) -> list[tuple[ClassEdge, str]]:
        """What the finding says of causes in such a case: what is stated before what follows."""
        classes = self.prover.classes
        found = [
            (edge, each)
            for edge in classes.by_target.get(self.finding, ())
            if edge.property in _SAYING
            for each in edge.rules
            if classes.context(each) in view.contexts
        ]
        return sorted(found, key=lambda each: (each[0].inferred, -classes.strength(each[1])))
