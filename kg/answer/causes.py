"""The causes of an answer: how each stands in a case, and the statements that say so.

`queries/ask/causes.rq` is the same question as one query for any SPARQL store; the tests hold the
two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kg.answer.model import (
    Argument,
    Cause,
    Elsewhere,
    Need,
    OtherPopulation,
    Term,
    Verdict,
)
from kg.answer.notes import Notes
from kg.answer.situation import Situation
from kg.answer.tables import ListedCause, Listing, Said, Tables, Topic

Lacking = Callable[[str], tuple[tuple[str, ...], bool]]
"""What a case lacks to be of some kind, and whether it is known not to be of it."""

_EXCLUDES = "excludes"
_QUALIFYING = ("frequency", "emphasis", "pattern", "duration")
"""The qualifiers that a reader wants beside the name of a cause."""
_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}


def verdict_of(cause: ListedCause, situation: Situation) -> Verdict | None:
    """How a cause stands in a case; None where it is absent or no statement lists it there.

    The gravest reason decides: excluded only where the words of a statement settle it, argued
    against by weaker ones, undetermined where a datum is missing; with no reason, a candidate.
    """
    applicable = situation.applicable
    if cause.iri in situation.absent:
        return None
    if not any(each.population.iri in applicable for each in cause.listings):
        return None
    found = Verdict.CANDIDATE
    for said in cause.against:
        active = active_rules(said, situation)
        if active and said.argument.direction == _EXCLUDES and not said.settling.isdisjoint(active):
            return Verdict.EXCLUDED
        if active:
            found = Verdict.ARGUED_AGAINST
    if found is Verdict.CANDIDATE and any(open_needs(cause, situation)):
        return Verdict.UNDETERMINED
    return found


@dataclass(frozen=True)
class CauseFinder:
    """Finds the causes of one finding in one case."""

    tables: Tables
    topic: Topic
    situation: Situation
    lacking: Lacking

    def causes(self) -> tuple[Cause, ...]:
        """The listed causes of which a statement applies to the case, by verdict."""
        found = (
            self._cause(cause, verdict)
            for iri, cause in self.topic.causes.items()
            if (verdict := self.verdicts[iri]) is not None
        )
        return tuple(sorted(found, key=_place))

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict | None]:
        """How each cause stands, by IRI."""
        return {iri: verdict_of(cause, self.situation) for iri, cause in self.topic.causes.items()}

    def absent(self) -> tuple[Term, ...]:
        """The listed causes that the case says are not there."""
        absent = self.situation.absent
        return tuple(
            Term(cause.iri, cause.label)
            for cause in self.topic.causes.values()
            if cause.iri in absent
        )

    def other_populations(self) -> tuple[OtherPopulation, ...]:
        """The causes that statements list for other patients only."""
        absent = self.situation.absent
        return tuple(
            OtherPopulation(
                cause.iri,
                cause.label,
                tuple(map(self._elsewhere, cause.listings)),
                present=cause.iri in self.situation.present,
            )
            for cause in self.topic.causes.values()
            if cause.iri not in absent and not any(map(self._applies, cause.listings))
        )

    def _cause(self, cause: ListedCause, verdict: Verdict) -> Cause:
        notes = self.tables.notes
        own = own_statements(cause, self.situation)
        against = self._active(cause.against)
        opposed = self.tables.opposed
        return Cause(
            iri=cause.iri,
            label=cause.label,
            verdict=verdict,
            strength=_strength(notes, own, against),
            statements=own,
            present=cause.iri in self.situation.present,
            supports=self._active(cause.supports),
            against=against,
            needs=_first_of_each_datum(open_needs(cause, self.situation)),
            elsewhere=tuple(
                self._elsewhere(each) for each in cause.listings if not self._applies(each)
            ),
            tensions=_each_once(other for each in own for other in opposed.get(each, ())),
            broader=cause.broader,
            note="; ".join(notes.values(own, *_QUALIFYING)),
        )

    def _active(self, said: Iterable[Said]) -> tuple[Argument, ...]:
        """The arguments of findings that the case shows, by statements about such a case."""
        return tuple(
            self._about_the_case(each.argument, rule)
            for each in said
            if (rule := active_rules(each, self.situation))
        )

    def _about_the_case(self, argument: Argument, rule: tuple[str, ...]) -> Argument:
        """The argument with only those statements beside it that are about such a case."""
        notes, applicable = self.tables.notes.statements, self.situation.applicable
        agreeing = tuple(
            each for each in argument.corroboration if notes[each].context in applicable
        )
        if (rule, agreeing) == (argument.rule, argument.corroboration):
            return argument
        return replace(argument, rule=rule, corroboration=agreeing)

    def _applies(self, listing: Listing) -> bool:
        return listing.population.iri in self.situation.applicable

    def _elsewhere(self, listing: Listing) -> Elsewhere:
        missing, contradicted = self.lacking(listing.population.iri)
        return Elsewhere(listing.statement, listing.population, missing, contradicted)


def own_statements(cause: ListedCause, situation: Situation) -> tuple[str, ...]:
    """The statements that list a cause for such a case."""
    applicable = situation.applicable
    return _each_once(
        each.statement for each in cause.listings if each.population.iri in applicable
    )


def active_rules(said: Said, situation: Situation) -> tuple[str, ...]:
    """The statements by which a finding of the case speaks, of those that are about such a case."""
    argument = said.argument
    if argument.finding.iri not in situation.findings:
        return ()
    applicable = situation.applicable
    pairs = zip(argument.rule, said.contexts, strict=True)
    return tuple([each for each, context in pairs if context in applicable])


def open_needs(cause: ListedCause, situation: Situation) -> Iterator[Need]:
    """What is still open: a datum that a finding turns on, or whether the cause is there."""
    for waiting in cause.waiting:
        if waiting.finding in situation.findings or (
            not waiting.finding and cause.iri not in situation.present
        ):
            yield waiting.need


def _first_of_each_datum(needs: Iterable[Need]) -> tuple[Need, ...]:
    found: dict[str, Need] = {}
    for need in needs:
        found.setdefault(need.datum.iri, need)
    return tuple(found.values())


def _strength(notes: Notes, own: tuple[str, ...], against: Iterable[Argument]) -> str:
    """The word of the weakest premise: the best statement that lists it, and the rules."""
    best = max(own, key=lambda each: notes.statements[each].strength)
    weakest = (each.weakest for each in against if each.weakest)
    return notes.word((best, *weakest))


def _place(cause: Cause) -> tuple[int, str]:
    """By verdict, then where in the documents the cause is first listed."""
    return _ORDER[cause.verdict], min(cause.statements)


def _each_once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
