"""Proofs of the verdict on a cause: one for each reason that is sufficient by itself.

The reasons are those of the judge; a proof judges the case again by fewer and fewer of its facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.answer.classified import ClassifiedCase
from kg.answer.judge import ActiveArgument, Judgement, judge_cause
from kg.answer.model import Verdict
from kg.answer.proof.model import Absence, Part, Proof
from kg.answer.proof.prover import ClassProver, Prover
from kg.model.tables import ArgumentRule, CauseStatement, ListedCause, PendingDatum
from kg.model.vocabulary import eg
from kg.reasoning.rules import Fact

_MAY_CAUSE: Final = str(eg("mayCause"))

Reason = ActiveArgument | PendingDatum | None
"""What decides a verdict; nothing has to where the cause is a candidate."""


@dataclass(frozen=True)
class CauseProver:
    """Proves the verdict on one cause that has one."""

    prover: Prover
    cause: ListedCause

    @cached_property
    def judgement(self) -> Judgement:
        """How the cause stands in the whole case."""
        return judge_cause(self.cause, self.prover.whole)

    def proofs(self) -> tuple[Proof, ...]:
        """Every sufficient reason for the verdict, each with no premise to spare."""
        found: dict[object, Proof] = {}
        for reason in self._reasons():
            view = self.prover.fewest(self._start(reason), self._holds)
            key, proof = self._proof(view, reason)
            found.setdefault(key, proof)
        return tuple(found.values())

    def beside(self, proofs: tuple[Proof, ...]) -> tuple[Proof, ...]:
        """What the findings say about the cause and its verdict does not rest on."""
        used = {(part.goal, part.role) for proof in proofs for part in proof.parts}
        whole = self.judgement
        found = [self._argument_proof(each) for each in (*whole.against, *whole.supports)]
        found += [self._open_proof(each) for each in whole.open_data]
        return tuple(
            each
            for each in found
            if not any(
                (part.goal, part.role) in used
                for part in each.parts
                if part.role in ("argued", "open")
            )
        )

    def _holds(self, view: ClassifiedCase) -> bool:
        """Whether the verdict is the same, and rests on premises that are no weaker."""
        found = judge_cause(self.cause, view)
        if found.verdict is not self.judgement.verdict:
            return False
        return self._strength(found) >= self._strength(self.judgement)

    def _strength(self, judgement: Judgement) -> int:
        notes = self._classes.notes
        return notes.strength(judgement.weakest_premises(notes))

    def _reasons(self) -> tuple[Reason, ...]:
        """What decides: each of them alone would give the verdict."""
        match self.judgement.verdict:
            case Verdict.UNDETERMINED:
                return self.judgement.open_data
            case Verdict.ARGUED_AGAINST:
                return self.judgement.against
            case Verdict.EXCLUDED:
                return self.judgement.settling
            case _:
                return (None,)

    def _start(self, reason: Reason) -> tuple[Fact, ...]:
        """The given facts that are enough for the verdict by one reason."""
        prover = self.prover
        goals = [prover.shows(self.cause.of)]
        goals += [prover.is_kind(self._best_listing(self.judgement).population.iri)]
        if isinstance(reason, ActiveArgument):
            goals += self._goals_of(reason)
        if isinstance(reason, PendingDatum) and reason.finding:
            goals += [prover.shows(reason.finding)]
        if self.judgement.presupposed:
            goals += [prover.has(self.cause.iri, prover.whole)]
        return prover.leaves(goals)

    def _proof(self, view: ClassifiedCase, reason: Reason) -> tuple[object, Proof]:
        """The proof from the facts of a view, by the reason if it still holds, and its key."""
        found = judge_cause(self.cause, view)
        parts = [self.prover.of_case("asked", self.prover.shows(self.cause.of), view)]
        parts += self._listed(found, view)
        absences: list[Absence] = []
        key: object = None
        match self.judgement.verdict:
            case Verdict.EXCLUDED | Verdict.ARGUED_AGAINST:
                decisive = found.settling or found.against
                argument = next((each for each in decisive if each == reason), decisive[0])
                key = argument.rule
                parts += self._argument(argument, view)
            case Verdict.UNDETERMINED:
                waits = found.open_data
                key = datum = next((each for each in waits if each is reason), waits[0])
                parts += self._open(datum, view)
                absences += self._not_there(datum)
            case _ if found.presupposed:
                presence = self.prover.has(self.cause.iri, view)
                parts += [self.prover.of_case("present", presence, view)]
        absences += self._absences()
        conclusion = f"{self.cause.label}: {self.judgement.verdict}"
        return key, self._classes.assemble_proof(conclusion, parts, absences)

    def _best_listing(self, judgement: Judgement) -> CauseStatement:
        """The strongest statement about such a case that lists the cause."""
        return max(judgement.listed, key=lambda each: self._classes.strength(each.statement))

    def _strongest(self, argument: ActiveArgument) -> str:
        """The strongest statement about such a case behind an argument; none of background."""
        return max(argument.statements, key=self._classes.strength, default="")

    def _listed(self, judgement: Judgement, view: ClassifiedCase) -> Iterator[Part]:
        """That a statement about such a case lists the cause."""
        classes, listed = self._classes, self._best_listing(judgement)
        edge = classes.edge(listed.role, _MAY_CAUSE, self.cause.of)
        within = edge.axioms | {classes.asserted.carrier[listed.role, (self.cause.iri,)]}
        conclusion = self.cause.iri, _MAY_CAUSE, self.cause.of
        yield classes.of_class("listed", conclusion, within=within, statement=listed.statement)
        yield from self.prover.about(listed.statement, view)

    def _argument(self, argument: ActiveArgument, view: ClassifiedCase) -> Iterator[Part]:
        """That a finding is shown, and that it speaks for or against the cause."""
        classes, rule = self._classes, argument.rule
        finding, statement = rule.finding, self._strongest(argument)
        if finding != self.cause.of:
            yield self.prover.of_case("shown", self.prover.shows(finding), view)
        edge = classes.edge(self.cause.iri, rule.property, finding)
        within = classes.axioms_for(edge, statement, self.prover.whole.contexts)
        conclusion = self.cause.iri, rule.property, finding
        yield classes.of_class("argued", conclusion, within=within, statement=statement)
        if statement:
            yield from self.prover.about(statement, view)

    def _open(self, datum: PendingDatum, view: ClassifiedCase) -> Iterator[Part]:
        """That the cause waits for a datum, and for a finding that turns on it."""
        if datum.finding and datum.finding != self.cause.of:
            yield self.prover.of_case("shown", self.prover.shows(datum.finding), view)
        conclusion = self.cause.iri, datum.property, datum.need.datum.iri
        yield self._classes.of_class(
            "open", conclusion, within=self._classes.edge(*conclusion).axioms
        )

    def _argument_proof(self, argument: ActiveArgument) -> Proof:
        finding = argument.rule.argument.finding
        conclusion = f"{finding.label} {argument.rule.argument.direction} {self.cause.label}"
        view = self.prover.view(self.prover.leaves(self._goals_of(argument)))
        parts = list(self._argument(argument, view))
        if finding.iri == self.cause.of:
            parts.insert(0, self.prover.of_case("shown", self.prover.shows(finding.iri), view))
        return self._classes.assemble_proof(conclusion, parts)

    def _open_proof(self, datum: PendingDatum) -> Proof:
        parts = self._open(datum, self.prover.whole)
        conclusion = f"{self.cause.label} waits for: {datum.need.datum.label}"
        return self._classes.assemble_proof(conclusion, parts, self._not_there(datum))

    def _goals_of(self, argument: ActiveArgument) -> list[Fact]:
        """What has to hold of the case for an argument to apply."""
        shown = self.prover.shows(argument.rule.finding)
        statement = self._strongest(argument)
        return (
            [shown, self.prover.is_kind(self._classes.context(statement))] if statement else [shown]
        )

    def _not_there(self, datum: PendingDatum) -> Iterator[Absence]:
        if not datum.finding:
            yield Absence(f"nothing given says that {self.cause.label} is there")

    def _absences(self) -> Iterator[Absence]:
        """What had to be looked for and is not there, for a verdict no graver than this one."""
        verdict, rules = self.judgement.verdict, self.cause.against
        if verdict is not Verdict.EXCLUDED:
            yield self._nothing("excludes", [each for each in rules if each.argument.excludes])
        if verdict in (Verdict.CANDIDATE, Verdict.UNDETERMINED):
            others = [each for each in rules if not each.argument.excludes]
            yield self._nothing("argues against", others)
        if verdict is Verdict.CANDIDATE:
            yield self._nothing_open()

    def _nothing(self, speaks: str, rules: list[ArgumentRule]) -> Absence:
        if not rules:
            return Absence(f"no statement {speaks} {self.cause.label}")
        arguments = [each.argument for each in rules]
        return Absence(
            f"no finding of the case {speaks} {self.cause.label}",
            tuple(f"{each.finding.label} would: {', '.join(each.rule)}" for each in arguments),
            tuple(dict.fromkeys(name for each in arguments for name in each.rule)),
        )

    def _nothing_open(self) -> Absence:
        label = self._classes.label
        waits = tuple(
            f"{each.need.datum.label} would be, with {label(each.finding)}"
            for each in self.cause.pending
            if each.finding
        )
        return Absence("nothing that the sources make it depend on is open", waits)

    @property
    def _classes(self) -> ClassProver:
        return self.prover.classes
