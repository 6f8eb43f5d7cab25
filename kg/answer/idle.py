"""Which facts of a case move nothing in its answer.

A fact is at work where something that the answer says rests on it: that a cause is listed, there or
denied, what speaks for or against a cause or a tissue, a caution, rule, outcome or advice, a step
that is advised, done, or answered. It is so too where it belongs to a contradiction or shows what
is asked about. Age and sex say of whom statements are, so they are always at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.answer.classified import ClassifiedCase
from kg.answer.consequences import NextSteps, is_done, is_settled
from kg.answer.judge import ActiveArgument, Judgement, Origins
from kg.answer.model import Answer, GivenFact
from kg.case import Case
from kg.case.model import CASE
from kg.case.quantities import HIGH
from kg.model.tables import CaseMessage, Premise
from kg.model.vocabulary import EG, IRI
from kg.reasoning.rules import TYPE, Fact
from kg.store.knowledge import KnowledgeGraph

_ALWAYS: Final = frozenset({"age", "sex", "unknown", "derived"})
"""What says of whom statements are, what says nothing, and what was worked out of other facts."""
_KINDS: Final = {
    "condition": EG.hasCondition,
    "assumed": EG.hasCondition,
    "drug": EG.hasTreatment,
    "lab": EG.hasObservation,
}


class Idleness(Struct, frozen=True, dict=True):
    """Tells the facts that move something in an answer from those that do not."""

    knowledge: KnowledgeGraph
    case: Case
    found: ClassifiedCase
    judgements: Mapping[str, Judgement]
    origins: Origins
    steps: NextSteps
    answer: Answer

    def facts(self) -> tuple[GivenFact, ...]:
        """The facts that move nothing; none outside the scope, where nothing is judged at all."""
        if not self.found.in_scope:
            return ()
        return tuple(each for each in self.answer.case if not self._is_at_work(each))

    def _is_at_work(self, fact: GivenFact) -> bool:
        if (
            fact.kind in _ALWAYS
            or fact.iri in self.knowledge.lexicon.asked
            or self._is_doubted(fact)
        ):
            return True
        if fact.kind == "absent":
            return not self.knowledge.rules.below(fact.iri).isdisjoint(self._answers)
        carried = (self._carries(_KINDS[fact.kind], each) for each in self._parts(fact))
        return self._breaks_a_group(fact) or any(carried)

    def _is_doubted(self, fact: GivenFact) -> bool:
        """Whether it belongs to a contradiction."""
        labs = (lab.given for lab in self.case.labs if lab.marker.iri == fact.iri)
        names = {fact.label, f"{fact.label}=yes", f"{fact.label}=no", *labs}
        return not names.isdisjoint(self._doubted)

    @cached_property
    def _doubted(self) -> frozenset[str]:
        return frozenset(each for conflict in self.answer.conflicts for each in conflict.facts)

    def _parts(self, fact: GivenFact) -> Iterator[str]:
        """The individuals that stand for a fact, also of the groups that a result counts in."""
        case = self.case
        conditions = (*case.conditions, *case.assumed)
        kinds = {
            EG.hasCondition: ("condition", [each.iri for each in conditions]),
            EG.hasTreatment: ("treatment", [each.iri for each in case.drugs]),
            EG.hasObservation: ("observation", [each.marker.iri for each in case.labs]),
        }
        name, iris = kinds[_KINDS[fact.kind]]
        whole = f"{CASE}:{name}:{iris.index(IRI(fact.iri)) + 1}"
        under = f"{whole}:"
        yield from (e for e in self.found.closure.type_table if e == whole or e.startswith(under))
        for place, group in enumerate(case.groups, 1):
            if fact.iri in group.marker.members:
                yield f"{CASE}:group:{place}"
        for place, derived in enumerate(case.derived, 1):
            if fact.iri in derived.markers:
                yield f"{CASE}:derived:{place}"

    def _breaks_a_group(self, fact: GivenFact) -> bool:
        """Whether a result is why tests that are read together are not all normal."""
        groups = [each.marker for each in self.case.groups if each.state == HIGH]
        raised = {iri for group in groups for iri in group.members}
        return self.answer.judged and any(
            lab.marker.members or (lab.state == HIGH and lab.marker.iri in raised)
            for lab in self.case.labs
            if lab.marker.iri == fact.iri
        )

    def _carries(self, role: str, part: str) -> bool:
        """Whether something that the answer rests on takes this part of the case."""
        types = self.found.closure.type_table.get(part, {}).keys()
        if not self._answers.isdisjoint(types) or part in self._taken:
            return True
        fillers = self.knowledge.rules.index.fillers
        heads = {h for each in types for r, h in fillers.get(each, ()) if r == role}
        waited_for = any((role, each) in self._waiting for each in types)
        return waited_for or not heads.isdisjoint(self._kinds)

    @cached_property
    def _waiting(self) -> frozenset[tuple[str, str]]:
        """What is asked of a case, by property and class, before a result would move a cause."""
        model = self.knowledge.model
        notes = model.tables.notes.statements
        results = [each for step in self.answer.ask_next for each in step.results]
        said = {name for each in results for move in each.moves for name in move.statements}
        said.update(name for each in results for one in each.supports for name in one.statements)
        contexts = {notes[each].context for each in said}
        places = {place for each in contexts for place in model.kinds[each].criteria}
        asked = (model.criteria[place] for place in places)
        return frozenset((each.role, each.filler) for each in asked)

    @cached_property
    def _support(self) -> frozenset[Fact]:
        """Every fact that the answer rests on, derived ones too."""
        shown = (Fact(CASE, EG.hasFinding, each) for each in self._findings)
        kinds = (Fact(CASE, TYPE, each) for each in self._contexts - {EG.Case})
        return self.found.closure.support((*shown, *kinds))

    @cached_property
    def _kinds(self) -> frozenset[str]:
        """The kinds of case, compound ones too, that the answer rests on."""
        pairs = ((each.subject, each.predicate, str(each.value)) for each in self._support)
        return frozenset(value for one, role, value in pairs if (one, role) == (CASE, TYPE))

    @cached_property
    def _taken(self) -> frozenset[str]:
        """The parts of the case that the proofs of all this speak of."""
        return frozenset(name for each in self._support for name in (each.subject, str(each.value)))

    @cached_property
    def _contexts(self) -> frozenset[str]:
        """The kinds of case that make what the answer says be said."""
        found = {each.population.iri for judged in self._listed for each in judged.listed}
        found.update(context for each in self._arguments for context in _contexts(each))
        found.update(kind for each in self._said for kind in _kinds_of(each.premises))
        found.update(kind for _, said in self.steps.advised for kind in _kinds_of(said))
        found.update(each.wider for each in self.steps.offers)
        return frozenset(found & self.found.contexts)

    @cached_property
    def _findings(self) -> frozenset[str]:
        found = {each.rule.finding for each in self._arguments}
        found.update(each.finding for one in self._listed for each in one.open_data)
        found.update(each.iri for each in self._said)
        found.update(finding for each in self._attached for finding in each.unless)
        return frozenset(found & self.found.findings)

    @cached_property
    def _answers(self) -> frozenset[str]:
        """The classes that answer something by being there, or by not being there."""
        found = {iri for iri, each in self.judgements.items() if each.listed or each.denied}
        found.update(kind for each in self._attached for kind in each.settled)
        presumed = (each.cause.presumes for each in self.judgements.values())
        found.update(*(each for each in presumed if not each.isdisjoint(self.found.absent)))
        found.update(each.asks for each in self._attached if each.asks)
        for advice, said in self.steps.advised:
            if said and is_done(advice, self.found):
                found |= advice.answered_by
        return frozenset(found)

    @cached_property
    def _listed(self) -> tuple[Judgement, ...]:
        return tuple(each for each in self.judgements.values() if each.verdict)

    @cached_property
    def _arguments(self) -> tuple[ActiveArgument, ...]:
        judged = (*self._listed, *(self.origins.values() if self.answer.judged else ()))
        return tuple(each for one in judged for each in (*one.supports, *one.against))

    @cached_property
    def _attached(self) -> tuple[CaseMessage, ...]:
        """What is said of such a case, or would be if nothing settled it."""
        contexts, findings = self.found.contexts, self.found.findings
        tables = self.knowledge.model.tables
        messages = (e for e in tables.messages_about(contexts) if not e.of.isdisjoint(contexts))
        rules = (each for each in tables.rules_about(findings) if each.iri in findings)
        return (*messages, *rules)

    @cached_property
    def _said(self) -> tuple[CaseMessage, ...]:
        """What is said of the case."""
        said = {each.iri for each in self.answer.messages}
        said.update(each.iri for each in self.answer.ask_next)
        return tuple(
            each for each in self._attached if each.iri in said and not is_settled(each, self.found)
        )


def _kinds_of(premises: Iterable[Premise]) -> Iterator[str]:
    for each in premises:
        yield from (each.of, each.context)


def _contexts(argument: ActiveArgument) -> Iterator[str]:
    """The kinds of case that the statements behind an argument are about."""
    said = zip(argument.rule.argument.rule, argument.rule.contexts, strict=True)
    yield from (context for statement, context in said if statement in argument.statements)
