"""Proofs of the verdict on a cause: one for each reason that is sufficient by itself.

The reasons are those of the judge; a proof judges the case again by fewer and fewer of its facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from kg.answer.classified import ClassifiedCase
from kg.answer.judge import ActiveArgument, Judgement, judge_cause, judge_origins
from kg.answer.model import Standing, Verdict
from kg.answer.proof.arguments import ArgumentProver, OriginProver
from kg.answer.proof.model import Absence, Part, Proof
from kg.answer.proof.prover import ClassProver, Prover
from kg.model.topics import CauseStatement, Denial, ListedCause, PendingDatum, Topic
from kg.model.vocabulary import EG
from kg.reasoning.rules import Fact

_MAY_CAUSE: Final = str(EG.mayCause)
_RAISES_FROM: Final = str(EG.raisesFrom)

Reason = ActiveArgument | tuple[ActiveArgument, ...] | Denial | PendingDatum | None
"""What decides a verdict, of tissues one argument against each; nothing for a candidate."""


@dataclass(frozen=True)
class CauseProver:
    """Proves the verdict on one cause that has one."""

    prover: Prover
    topic: Topic
    cause: ListedCause

    @cached_property
    def judgement(self) -> Judgement:
        """How the cause stands in the whole case."""
        return self._judged(self.prover.whole)

    @cached_property
    def arguments(self) -> ArgumentProver:
        """What proves the arguments about it."""
        return ArgumentProver(self.prover, self.cause.iri, self.cause.label, self.cause.of)

    @cached_property
    def origins(self) -> tuple[OriginProver, ...]:
        """What proves how its tissues stand."""
        listed = [self.topic.origins[each.origin.iri] for each in self.cause.origins]
        return tuple(OriginProver(self.prover, each, self.cause.of) for each in listed)

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
        used = {_key(part) for proof in proofs for part in proof.parts}
        whole = self.judgement
        found = [self.arguments.proof(each) for each in (*whole.against, *whole.supports)]
        for each in self.origins:
            said = (*each.judgement.against, *each.judgement.supports)
            found += [each.arguments.proof(argument) for argument in said]
        found += [self._open_proof(each) for each in whole.open_data]
        return tuple(
            each
            for each in found
            if not any(_key(part) in used for part in each.parts if part.role in ("argued", "open"))
        )

    def _judged(self, view: ClassifiedCase) -> Judgement:
        return judge_cause(self.cause, view, judge_origins(self.topic, view))

    def _holds(self, view: ClassifiedCase) -> bool:
        """Whether the verdict is the same, and rests on premises that are no weaker."""
        found = self._judged(view)
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
                own: tuple[Reason, ...] = (*self.judgement.against, *self.judgement.firm_denials)
                return own or _one_of_each(self.judgement)
            case Verdict.EXCLUDED:
                return self.judgement.settling
            case _:
                return (None,)

    def _start(self, reason: Reason) -> tuple[Fact, ...]:
        """The given facts that are enough for the verdict by one reason."""
        prover = self.prover
        goals = [prover.shows(self.cause.of)]
        if not self.judgement.known_only:
            goals += [prover.is_kind(self._best_listing(self.judgement).population.iri)]
        goals += self._goals_of(reason)
        if self.judgement.presupposed:
            goals += [prover.has(self.cause.iri, prover.whole)]
        if self._met_by:
            goals += [prover.has(self._met_by, prover.whole)]
        return prover.leaves(goals)

    def _goals_of(self, reason: Reason) -> Iterator[Fact]:
        """What has to hold of the case for a reason to be one, and for no tissue to decide else."""
        if isinstance(reason, tuple):
            for origin, argument in zip(self.origins, reason, strict=True):
                yield from origin.arguments.goals(argument)
            return
        if isinstance(reason, ActiveArgument):
            yield from self.arguments.goals(reason)
        if isinstance(reason, Denial):
            yield self.prover.is_kind(reason.population.iri)
        if isinstance(reason, PendingDatum) and reason.finding:
            yield self.prover.shows(reason.finding)
        for origin in self.origins:
            if origin.judgement.standing is Standing.DISPUTED:
                yield from origin.arguments.goals(origin.judgement.supports[0])

    def _proof(self, view: ClassifiedCase, reason: Reason) -> tuple[object, Proof]:
        """The proof from the facts of a view, by the reason if it still holds, and its key."""
        found = self._judged(view)
        parts = [self.prover.of_case("asked", self.prover.shows(self.cause.of), view)]
        parts += self._listed(found, view)
        absences: list[Absence] = []
        key: object = None
        match self.judgement.verdict:
            case Verdict.ARGUED_AGAINST if found.by_origin:
                combined = _one_of_each(found)
                chosen = next((each for each in combined if each == reason), combined[0])
                key = tuple(each.rule for each in chosen)
                parts += self._by_origin(chosen, view)
            case Verdict.ARGUED_AGAINST if isinstance(reason, Denial) or not found.against:
                denials = found.firm_denials
                denial = next((each for each in denials if each == reason), denials[0])
                key = denial.statement
                parts += self.prover.about(denial.statement, view)
            case Verdict.EXCLUDED | Verdict.ARGUED_AGAINST:
                decisive = found.settling or found.against
                argument = next((each for each in decisive if each == reason), decisive[0])
                key = argument.rule
                parts += self.arguments.parts(argument, view)
            case Verdict.UNDETERMINED:
                waits = found.open_data
                key = datum = next((each for each in waits if each is reason), waits[0])
                parts += self._open(datum, view)
                absences += self._not_there(datum)
            case _:
                pass
        candidate = self.judgement.verdict is Verdict.CANDIDATE
        known = self.cause.iri if found.known_only or (candidate and found.presupposed) else ""
        if there := known or self._met_by:
            parts += [self.prover.of_case("present", self.prover.has(there, view), view)]
        absences += self._absences()
        conclusion = f"{self.cause.label}: {self.judgement.verdict}"
        return key, self._classes.assemble_proof(conclusion, parts, absences)

    @property
    def _met_by(self) -> str:
        """What is there that a candidate is listed with, where it is not known itself.

        Where the case denies something else of the kind, any verdict needs what is there: without
        it the cause would be denied too.
        """
        judged, whole, presumed = self.judgement, self.prover.whole, self.cause.presumes
        denied = not presumed.isdisjoint(whole.absent)
        if judged.present:
            return self.cause.iri if denied else ""
        needed = denied or judged.verdict is Verdict.CANDIDATE
        return min(presumed & whole.present, default="") if needed else ""

    def _best_listing(self, judgement: Judgement) -> CauseStatement:
        """The strongest statement about such a case that lists the cause."""
        return max(judgement.listed, key=lambda each: self._classes.strength(each.statement))

    def _listed(self, judgement: Judgement, view: ClassifiedCase) -> Iterator[Part]:
        """That a statement about such a case lists the cause."""
        classes, listed = self._classes, self._best_listing(judgement)
        edge = classes.edge(listed.role, _MAY_CAUSE, self.cause.of)
        within = edge.axioms | {classes.asserted.carrier[listed.role, (self.cause.iri,)]}
        conclusion = self.cause.iri, _MAY_CAUSE, self.cause.of
        yield classes.of_class("listed", conclusion, within=within, statement=listed.statement)
        if not judgement.known_only:
            yield from self.prover.about(listed.statement, view)

    def _by_origin(
        self, chosen: tuple[ActiveArgument, ...], view: ClassifiedCase
    ) -> Iterator[Part]:
        """That the cause would raise the marker from each tissue, and what speaks against that."""
        for linked, origin, argument in zip(self.cause.origins, self.origins, chosen, strict=True):
            conclusion = self.cause.iri, _RAISES_FROM, linked.tissue
            axioms = self._classes.edge(*conclusion).axioms
            yield self._classes.of_class("tissue", conclusion, within=axioms)
            yield from origin.arguments.parts(argument, view)

    def _open(self, datum: PendingDatum, view: ClassifiedCase) -> Iterator[Part]:
        """That the cause waits for a datum, and for a finding that turns on it."""
        if datum.finding and datum.finding != self.cause.of:
            yield self.prover.of_case("shown", self.prover.shows(datum.finding), view)
        conclusion = self.cause.iri, datum.property, datum.need.datum.iri
        yield self._classes.of_class(
            "open", conclusion, within=self._classes.edge(*conclusion).axioms
        )

    def _open_proof(self, datum: PendingDatum) -> Proof:
        parts = self._open(datum, self.prover.whole)
        conclusion = f"{self.cause.label} depends on: {datum.need.datum.label}"
        return self._classes.assemble_proof(conclusion, parts, self._not_there(datum))

    def _not_there(self, datum: PendingDatum) -> Iterator[Absence]:
        if not datum.finding:
            yield Absence(f"nothing given says that {self.cause.label} is there")

    def _absences(self) -> Iterator[Absence]:
        """What had to be looked for and is not there, for a verdict no graver than this one."""
        verdict, rules = self.judgement.verdict, self.cause.against
        nothing = self.arguments.nothing
        if verdict is not Verdict.EXCLUDED:
            yield nothing("excludes", tuple(each for each in rules if each.argument.excludes))
        if verdict in (Verdict.CANDIDATE, Verdict.UNDETERMINED) or self.judgement.by_origin:
            others = tuple(each for each in rules if not each.argument.excludes)
            yield nothing("argues against", others)
        if self.judgement.by_origin:
            for each in self.origins:
                yield each.arguments.nothing("supports", each.origin.supports)
        elif verdict in (Verdict.CANDIDATE, Verdict.UNDETERMINED):
            yield from (each.absence() for each in self.origins)
        if verdict is Verdict.CANDIDATE:
            yield self._nothing_open()

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


def _key(part: Part) -> tuple[str, Fact, str]:
    return part.source, part.goal, part.role


def _one_of_each(judgement: Judgement) -> tuple[tuple[ActiveArgument, ...], ...]:
    """Every way to speak against each tissue of a cause."""
    return tuple(product(*(each.against for each in judgement.origins)))
