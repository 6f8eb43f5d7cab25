"""The judge: how each origin and each listed cause of a finding stands in a case, and the reasons.

An origin is the tissue that a marker comes from. What findings say of an origin is said of no
cause of that origin: a cause can fall with it, and takes over no word that is said of it.

A judgement holds every reason for its verdict. Answers put judgements in order, proofs expand
their reasons into steps, `kg why-not` reads the rules that gave none, and what a result would do
to the causes is found by judging again. `queries/ask/origins.rq` and `causes.rq` ask the same of
any SPARQL store; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from kg.answer.model import Standing, Verdict
from kg.answer.seen import Names, Seen
from kg.model.notes import Notes
from kg.model.topics import (
    ArgumentRule,
    CauseStatement,
    Denial,
    ListedCause,
    ListedOrigin,
    PendingDatum,
    Topic,
)


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

    def premises(self, notes: Notes) -> Iterator[str]:
        """The strongest statement that says so, and those by which it holds of this cause."""
        if self.statements:
            yield max(self.statements, key=lambda each: notes.statements[each].strength)
        argument = self.rule.argument
        yield from (each for each in argument.statements if each not in argument.rule)


class OriginJudgement(Struct, frozen=True, eq=False):
    """How a tissue stands as the origin of a finding in a case, with every reason for it."""

    origin: ListedOrigin
    standing: Standing
    supports: tuple[ActiveArgument, ...]
    against: tuple[ActiveArgument, ...]


Origins = Mapping[str, OriginJudgement]
"""How each origin of a finding stands in a case, by its IRI."""


class Judgement(Struct, frozen=True, eq=False):
    """How a listed cause stands in a case, with every reason for it."""

    cause: ListedCause
    verdict: Verdict | None
    """None where the case denies the cause, or neither has it nor is one that it is listed for."""
    listed: tuple[CauseStatement, ...]
    """The statements that list it: those about such a case, or all where only the case has it."""
    elsewhere: tuple[CauseStatement, ...]
    """The statements that list it and are about other patients."""
    supports: tuple[ActiveArgument, ...]
    against: tuple[ActiveArgument, ...]
    denials: tuple[Denial, ...]
    """The statements about such a case that deny that it is a cause."""
    origins: tuple[OriginJudgement, ...]
    """How each tissue stands that it would raise the marker from."""
    open_data: tuple[PendingDatum, ...]
    """What is still open: a datum that a finding turns on, or whether the cause is there."""
    present: bool
    """Whether the case is known to have it."""
    denied: bool
    """Whether the case says that it is not there."""

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements that list the cause: those about such a case, if there are any."""
        return tuple([each.statement for each in self.listed])

    @property
    def settling(self) -> tuple[ActiveArgument, ...]:
        """The arguments that exclude the cause in words that settle the matter."""
        return tuple(each for each in self.against if each.settles)

    @property
    def by_origin(self) -> bool:
        """Whether it is argued against only because every tissue of it is."""
        return self.verdict is Verdict.ARGUED_AGAINST and not (self.against or self.firm_denials)

    @property
    def firm_denials(self) -> tuple[Denial, ...]:
        """What denies it in stronger words than every statement that lists it for such a case."""
        return () if self.known_only else _firm(self.denials, self.statements)

    @property
    def known_only(self) -> bool:
        """Whether it has a verdict only since the case has it: it is listed for others."""
        return bool(self.listed) and self.listed == self.elsewhere

    @property
    def presupposed(self) -> bool:
        """Whether the cause has to be there to have its verdict, and is."""
        waits = any(not each.finding for each in self.cause.pending)
        return self.present and (self.known_only or waits)

    def weakest_premises(self, notes: Notes) -> tuple[str, ...]:
        """The statements that bound the strength of the verdict; none where its origin decides.

        They are the best statement that lists the cause, and the weakest behind each argument
        against it. What is said of the origin has no strength of its own for the cause.
        """
        if self.by_origin:
            return ()
        best = self._best(notes)
        weakest = [each.rule.argument.weakest for each in self.against]
        denying = [each.statement for each in self.firm_denials]
        return (best, *denying, *filter(None, weakest))

    def premises(self, notes: Notes) -> tuple[str, ...]:
        """The statements that the verdict follows from: each side that speaks with its strongest.

        None of them is weaker than the word of the verdict. What supports it, or says the same
        again, is no premise.
        """
        found = [self._best(notes), *(each.statement for each in self.firm_denials)]
        against = [*self.against]
        if self.by_origin:
            found += self._tissue_premises(notes)
            against += (argument for origin in self.origins for argument in origin.against)
        if self.verdict is Verdict.UNDETERMINED:
            found += (name for each in self.open_data for name in each.need.statements)
        found += (name for each in against for name in each.premises(notes))
        return tuple(dict.fromkeys(found))

    def _tissue_premises(self, notes: Notes) -> Iterator[str]:
        """For each tissue the strongest statement by which the marker comes from it."""
        for each in self.cause.origins:
            if each.statements:
                yield max(each.statements, key=lambda name: notes.statements[name].strength)

    def _best(self, notes: Notes) -> str:
        """The strongest statement that lists the cause."""
        return max(self.statements, key=lambda each: notes.statements[each].strength)


def judge(topic: Topic, case: Seen) -> Mapping[str, Judgement]:
    """How each listed cause of a finding stands in a case, by its IRI."""
    return judge_causes(topic, case, judge_origins(topic, case))


def judge_causes(topic: Topic, case: Seen, origins: Origins) -> Mapping[str, Judgement]:
    """The same, where it is known how each origin stands."""
    return {iri: judge_cause(cause, case, origins) for iri, cause in topic.causes.items()}


def judge_origins(topic: Topic, case: Seen) -> Origins:
    """How each tissue stands that a finding may come from, by its IRI in reading order."""
    return {iri: judge_origin(origin, case) for iri, origin in topic.origins.items()}


def judge_origin(origin: ListedOrigin, case: Seen) -> OriginJudgement:
    """How one tissue stands as the origin of a finding in a case, and why."""
    findings, applicable = case.findings, case.applicable
    supports = _active(origin.supports, findings, applicable)
    against = _active(origin.against, findings, applicable)
    if supports:
        standing = Standing.DISPUTED if against else Standing.SUPPORTED
    else:
        standing = Standing.ARGUED_AGAINST if against else Standing.OPEN
    return OriginJudgement(origin, standing, supports, against)


def judge_cause(cause: ListedCause, case: Seen, origins: Origins) -> Judgement:
    """How one listed cause stands in a case, and why.

    What the case has is judged also where every statement that lists it is about other patients.
    """
    findings, applicable = case.findings, case.applicable
    present = cause.iri in case.present
    met = present or not case.present.isdisjoint(cause.presumes)
    denied = cause.iri in case.absent or (not met and not case.absent.isdisjoint(cause.presumes))
    about, elsewhere = _by_population(cause.statements, applicable)
    listed = about
    if present and case.in_scope and not listed:
        listed = cause.statements
    against = _active(cause.against, findings, applicable)
    own_origins = tuple([origins[each.origin.iri] for each in cause.origins])
    open_data = cause.pending and tuple(
        [each for each in cause.pending if (each.finding in findings if each.finding else not met)]
    )
    denials = tuple([each for each in cause.denials if each.population.iri in applicable])
    verdict = None
    if listed and not denied and cause.of in findings:
        firmly = bool(_firm(denials, [each.statement for each in about]))
        verdict = _verdict(against, own_origins, open_data, firmly=firmly)
    supports = _active(cause.supports, findings, applicable)
    return Judgement(
        cause,
        verdict,
        listed,
        elsewhere,
        supports,
        against,
        denials,
        own_origins,
        open_data,
        present,
        denied,
    )


def _by_population(
    statements: tuple[CauseStatement, ...], applicable: Names
) -> tuple[tuple[CauseStatement, ...], tuple[CauseStatement, ...]]:
    """The statements that are about such a case, and those about other patients."""
    about: list[CauseStatement] = []
    others: list[CauseStatement] = []
    for each in statements:
        (about if each.population.iri in applicable else others).append(each)
    return tuple(about), tuple(others)


def _verdict(
    against: tuple[ActiveArgument, ...],
    origins: tuple[OriginJudgement, ...],
    open_data: tuple[PendingDatum, ...],
    *,
    firmly: bool,
) -> Verdict:
    """The verdict on a cause that is listed: the gravest reason decides.

    Excluded only where the words of a statement settle it, argued against by weaker ones, since
    every tissue of it is, or since it is `firmly` denied; undetermined where a datum is missing;
    with no reason, a candidate.
    """
    if against and any(each.settles for each in against):
        return Verdict.EXCLUDED
    if against or firmly or _come_from_elsewhere(origins):
        return Verdict.ARGUED_AGAINST
    return Verdict.UNDETERMINED if open_data else Verdict.CANDIDATE


def _firm(denials: Iterable[Denial], listing: Collection[str]) -> tuple[Denial, ...]:
    """The denials in stronger words than every statement that lists a cause."""
    return tuple(e for e in denials if listing and e.outweighs.issuperset(listing))


def _come_from_elsewhere(origins: tuple[OriginJudgement, ...]) -> bool:
    """Whether every tissue of a cause is argued against and none supported; not where none is."""
    return {each.standing for each in origins} == {Standing.ARGUED_AGAINST}


def _active(
    rules: tuple[ArgumentRule, ...], findings: Names, applicable: Names
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
