"""The judge: how each listed cause of a finding stands in a case, and the reasons.

A judgement holds every reason for its verdict. Answers put judgements in order, proofs expand their
reasons into steps, `kg why-not` reads the rules that gave none, and what a result would do to the
causes is found by judging again. `queries/ask/causes.rq` asks the same of any SPARQL store; the
tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kg.answer.classified import ClassifiedCase
from kg.answer.model import Verdict
from kg.model.tables import ArgumentRule, CauseStatement, ListedCause, Notes, PendingDatum, Topic


class ActiveArgument(Struct, frozen=True):
    """What a finding of the case says of a cause, by the statements that are about such a case."""

    rule: ArgumentRule
    statements: tuple[str, ...]
    """None where it rests on background alone, which is about any case."""

    @property
    def settles(self) -> bool:
        """Whether it excludes the cause, in words that settle the matter."""
        excludes = self.rule.argument.excludes
        return excludes and not self.rule.settling.isdisjoint(self.statements)


class Judgement(Struct, frozen=True, eq=False):
    """How a listed cause stands in a case, with every reason for it."""

    cause: ListedCause
    verdict: Verdict | None
    """None where the case denies the cause or no statement lists it for such a case."""
    listed: tuple[CauseStatement, ...]
    """The statements about such a case that list the cause."""
    supports: tuple[ActiveArgument, ...]
    against: tuple[ActiveArgument, ...]
    open_data: tuple[PendingDatum, ...]
    """What is still open: a datum that a finding turns on, or whether the cause is there."""
    present: bool
    """Whether the case is known to have it."""
    denied: bool
    """Whether the case says that it is not there."""

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements about such a case that list the cause."""
        return tuple([each.statement for each in self.listed])

    @property
    def settling(self) -> tuple[ActiveArgument, ...]:
        """The arguments that exclude the cause in words that settle the matter."""
        return tuple(each for each in self.against if each.settles)

    @property
    def presupposed(self) -> bool:
        """Whether the cause has to be there to be one, and is."""
        return self.present and any(not each.finding for each in self.cause.pending)

    def weakest_premises(self, notes: Notes) -> tuple[str, ...]:
        """The statements that bound the strength of the verdict.

        They are the best statement that lists the cause, and the weakest behind each argument
        against it.
        """
        best = max(self.statements, key=lambda each: notes.statements[each].strength)
        weakest = (each.rule.argument.weakest for each in self.against)
        return (best, *filter(None, weakest))


def judge(topic: Topic, case: ClassifiedCase) -> Mapping[str, Judgement]:
    """How each listed cause of a finding stands in a case, by its IRI."""
    return {iri: judge_cause(cause, case) for iri, cause in topic.causes.items()}


def judge_cause(cause: ListedCause, case: ClassifiedCase) -> Judgement:
    """How one listed cause stands in a case, and why."""
    findings, applicable = case.findings, case.applicable
    denied, present = cause.iri in case.absent, cause.iri in case.present
    listed = tuple([each for each in cause.statements if each.population.iri in applicable])
    against = _active(cause.against, findings, applicable)
    open_data = tuple(
        [
            each
            for each in cause.pending
            if (each.finding in findings if each.finding else not present)
        ]
    )
    verdict = None
    if listed and not denied and cause.of in findings:
        verdict = _verdict(against, open_data)
    supports = _active(cause.supports, findings, applicable)
    return Judgement(cause, verdict, listed, supports, against, open_data, present, denied)


def _verdict(against: tuple[ActiveArgument, ...], open_data: tuple[PendingDatum, ...]) -> Verdict:
    """The verdict on a cause that is listed: the gravest reason decides.

    Excluded only where the words of a statement settle it, argued against by weaker ones,
    undetermined where a datum is missing; with no reason, a candidate.
    """
    if any(each.settles for each in against):
        return Verdict.EXCLUDED
    if against:
        return Verdict.ARGUED_AGAINST
    return Verdict.UNDETERMINED if open_data else Verdict.CANDIDATE


def _active(
    rules: tuple[ArgumentRule, ...], findings: frozenset[str], applicable: frozenset[str]
) -> tuple[ActiveArgument, ...]:
    """The arguments of findings that a case shows, by statements about such a case."""
    if not rules:
        return ()
    found = []
    for rule in rules:
        if rule.finding in findings:
            said = zip(rule.argument.rule, rule.contexts, strict=True)
            statements = tuple([each for each, context in said if context in applicable])
            if statements or not rule.argument.rule:
                found.append(ActiveArgument(rule, statements))
    return tuple(found)
