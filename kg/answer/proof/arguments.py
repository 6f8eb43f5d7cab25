"""Proofs of what findings say of a cause or an origin, and of how an origin stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from kg.answer.classified import ClassifiedCase
from kg.answer.judge import ActiveArgument, OriginJudgement, judge_origin
from kg.answer.model import Standing
from kg.answer.proof.model import Absence, Part, Proof
from kg.answer.proof.prover import ClassProver, Prover
from kg.model.topics import ArgumentRule, ListedOrigin
from kg.reasoning.rules import Fact


@dataclass(frozen=True)
class ArgumentProver:
    """Proves what findings say of one cause or origin."""

    prover: Prover
    iri: str
    label: str
    asked: str
    """The finding that is asked about; that the case shows it is proved once, and elsewhere."""

    def goals(self, argument: ActiveArgument) -> list[Fact]:
        """What has to hold of the case for an argument to apply."""
        shown = self.prover.shows(argument.rule.finding)
        statement = self._strongest(argument)
        if not statement:
            return [shown]
        return [shown, self.prover.is_kind(self.classes.context(statement))]

    def parts(self, argument: ActiveArgument, view: ClassifiedCase) -> Iterator[Part]:
        """That a finding is shown, and that it speaks for or against what is argued about."""
        classes, rule = self.classes, argument.rule
        statement = self._strongest(argument)
        if rule.finding != self.asked:
            yield self.prover.of_case("shown", self.prover.shows(rule.finding), view)
        edge = classes.edge(self.iri, rule.property, rule.finding)
        within = classes.axioms_for(edge, statement, self.prover.whole.contexts)
        conclusion = self.iri, rule.property, rule.finding
        yield classes.of_class("argued", conclusion, within=within, statement=statement)
        if statement:
            yield from self.prover.about(statement, view)

    def proof(self, argument: ActiveArgument) -> Proof:
        """That an argument applies, by the facts that it takes and no others."""
        finding = argument.rule.argument.finding
        view = self.prover.view(self.prover.leaves(self.goals(argument)))
        parts = list(self.parts(argument, view))
        if finding.iri == self.asked:
            parts.insert(0, self.prover.of_case("shown", self.prover.shows(finding.iri), view))
        conclusion = f"{finding.label} {argument.rule.argument.direction} {self.label}"
        return self.classes.assemble_proof(conclusion, parts)

    def nothing(self, speaks: str, rules: tuple[ArgumentRule, ...]) -> Absence:
        """That no finding of the case speaks so."""
        if not rules:
            return Absence(f"no statement {speaks} {self.label}")
        arguments = [each.argument for each in rules]
        return Absence(
            f"no finding of the case {speaks} {self.label}",
            tuple(f"{each.finding.label} would: {', '.join(each.rule)}" for each in arguments),
            tuple(dict.fromkeys(name for each in arguments for name in each.rule)),
        )

    @property
    def classes(self) -> ClassProver:
        """What proves conclusions about classes."""
        return self.prover.classes

    def _strongest(self, argument: ActiveArgument) -> str:
        """The strongest statement about such a case behind an argument; none of background."""
        return max(argument.statements, key=self.classes.strength, default="")


@dataclass(frozen=True)
class OriginProver:
    """Proves how one tissue stands as the origin of a finding."""

    prover: Prover
    origin: ListedOrigin
    asked: str

    @cached_property
    def judgement(self) -> OriginJudgement:
        """How the origin stands in the whole case."""
        return judge_origin(self.origin, self.prover.whole)

    @cached_property
    def arguments(self) -> ArgumentProver:
        """What proves the arguments about it."""
        return ArgumentProver(self.prover, self.origin.iri, self.origin.label, self.asked)

    def proofs(self) -> tuple[Proof, ...]:
        """Every sufficient reason for how it stands; none where it is open."""
        return tuple(self._proof(each) for each in self._reasons())

    def absence(self) -> Absence:
        """Why a cause of this origin does not fall with it."""
        if self.judgement.standing is Standing.DISPUTED:
            return Absence(f"{self.origin.label} is argued against, and supported too")
        return self.arguments.nothing("argues against", self.origin.against)

    def _reasons(self) -> Iterator[tuple[ActiveArgument, ...]]:
        """The arguments that are needed together: of each side that speaks, one."""
        sides = [each for each in (self.judgement.supports, self.judgement.against) if each]
        return product(*sides) if sides else iter(())

    def _proof(self, reason: tuple[ActiveArgument, ...]) -> Proof:
        prover = self.prover
        goals = [prover.shows(self.asked)]
        goals += [goal for each in reason for goal in self.arguments.goals(each)]
        view = prover.fewest(prover.leaves(goals), self._holds)
        found = judge_origin(self.origin, view)
        parts = [prover.of_case("asked", prover.shows(self.asked), view)]
        for one, sides in zip(reason, self._sides(found), strict=True):
            argument = next((each for each in sides if each == one), sides[0])
            parts += self.arguments.parts(argument, view)
        conclusion = f"{self.origin.label}: {self.judgement.standing}"
        return self.prover.classes.assemble_proof(conclusion, parts, self._absences())

    def _holds(self, view: ClassifiedCase) -> bool:
        if self.asked not in view.findings:
            return False
        return judge_origin(self.origin, view).standing is self.judgement.standing

    @staticmethod
    def _sides(judgement: OriginJudgement) -> list[tuple[ActiveArgument, ...]]:
        return [each for each in (judgement.supports, judgement.against) if each]

    def _absences(self) -> Iterator[Absence]:
        """What had to be looked for and is not there, for it to stand so."""
        match self.judgement.standing:
            case Standing.SUPPORTED:
                yield self.arguments.nothing("argues against", self.origin.against)
            case Standing.ARGUED_AGAINST:
                yield self.arguments.nothing("supports", self.origin.supports)
            case _:
                return
