"""The causes of an answer: how each stands, and the statements that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.answers.model import (
    Argument,
    Cause,
    Elsewhere,
    Need,
    OtherPopulation,
    Term,
    Verdict,
)
from kg.answers.notes import Notes, short, value
from kg.answers.situation import Situation
from kg.knowledge import Knowledge
from kg.stores.base import Rows
from kg.vocab import IRI, NONE
from kg.vocab import Term as Node

Lacking = Callable[[IRI], tuple[tuple[str, ...], bool]]
"""What a case lacks to be of some kind, and whether it is known not to be of it."""

_SUPPORTS = "supports"
_QUALIFYING = ("frequency", "emphasis", "pattern", "duration")
"""The qualifiers that a reader wants beside the name of a cause."""


@dataclass(frozen=True)
class Listing:
    """A statement that lists a cause, and the patients it is about."""

    cause: str
    label: str
    statement: str
    context: IRI
    population: str


@dataclass(frozen=True)
class Listed:
    """What the graph says of the causes of one finding, whoever the case is."""

    listings: Mapping[str, tuple[Listing, ...]]
    """By cause."""
    arguments: Mapping[str, tuple[Argument, ...]]
    """By cause: what any finding says."""
    needs: Mapping[str, tuple[tuple[Need, str], ...]]
    """By cause: what it may wait for, and the finding that makes it wait, if it is one."""
    broader: Mapping[str, tuple[str, ...]]
    tensions: Mapping[str, tuple[str, ...]]
    """By statement: the statements that pull the reader the other way."""


@dataclass(frozen=True)
class CauseFinder:
    """Finds the causes of one finding in one case."""

    knowledge: Knowledge
    situation: Situation
    notes: Notes
    about: IRI
    lacking: Lacking

    def causes(self) -> tuple[Cause, ...]:
        """The listed causes of which a statement applies to the case, by verdict.

        The verdicts are the query's; here each gets its statements, arguments and needs.
        """
        rows = self.knowledge.rows(
            "causes",
            about=(self.about,),
            context=self.situation.applicable or (NONE,),
            finding=self.situation.findings or (NONE,),
            rule_context=self.situation.applicable or (NONE,),
            present=self.situation.present or (NONE,),
            absent=self.situation.absent or (NONE,),
        )
        found = [self._cause(record) for record in rows.records()]
        return tuple(sorted(found, key=_place))

    def absent(self) -> tuple[Term, ...]:
        """The listed causes that the case says are not there."""
        absent = set(self.situation.absent)
        return tuple(
            Term(iri, listings[0].label)
            for iri, listings in self._listed.listings.items()
            if iri in absent
        )

    def other_populations(self) -> tuple[OtherPopulation, ...]:
        """The causes that statements list for other patients only."""
        absent = set(self.situation.absent)
        return tuple(
            OtherPopulation(
                iri,
                listings[0].label,
                tuple(map(self._elsewhere, listings)),
                present=iri in self.situation.present,
            )
            for iri, listings in self._listed.listings.items()
            if iri not in absent and not any(map(self._applies, listings))
        )

    @property
    def _listed(self) -> Listed:
        return read_listed(self.knowledge, self.notes, self.about)

    def _cause(self, record: dict[str, Node]) -> Cause:
        iri = value(record["cause"])
        listed = self._listed
        listings = listed.listings[iri]
        own = _each_once(each.statement for each in listings if self._applies(each))
        arguments = self._active(listed.arguments.get(iri, ()))
        against = tuple(each for each in arguments if each.direction != _SUPPORTS)
        return Cause(
            iri=iri,
            label=value(record["label"]),
            verdict=Verdict(value(record["verdict"])),
            strength=self._strength(own, against),
            statements=own,
            present=iri in self.situation.present,
            supports=tuple(each for each in arguments if each.direction == _SUPPORTS),
            against=against,
            needs=self._open_needs(iri, listed.needs.get(iri, ())),
            elsewhere=tuple(self._elsewhere(each) for each in listings if not self._applies(each)),
            tensions=_each_once(other for each in own for other in listed.tensions.get(each, ())),
            broader=listed.broader.get(iri, ()),
            note="; ".join(self.notes.values(own, *_QUALIFYING)),
        )

    def _active(self, arguments: Iterable[Argument]) -> tuple[Argument, ...]:
        """The arguments of findings that the case shows, by statements about such a case."""
        found = (
            replace(
                each,
                rule=self._about_the_case(each.rule),
                corroboration=self._about_the_case(each.corroboration),
            )
            for each in arguments
            if each.finding.iri in self.situation.findings
        )
        return tuple(each for each in found if each.rule)

    def _about_the_case(self, ids: Iterable[str]) -> tuple[str, ...]:
        notes, applicable = self.notes.statements, self.situation.applicable
        return tuple(each for each in ids if notes[each].context in applicable)

    def _open_needs(self, cause: str, needs: Iterable[tuple[Need, str]]) -> tuple[Need, ...]:
        """What is still open: a datum that a finding turns on, or whether the cause is there."""
        found: dict[str, Need] = {}
        for need, finding in needs:
            if finding in self.situation.findings or (
                not finding and cause not in self.situation.present
            ):
                found.setdefault(need.datum.iri, need)
        return tuple(found.values())

    def _strength(self, own: tuple[str, ...], against: Iterable[Argument]) -> str:
        """The word of the weakest premise: the best statement that lists it, and the rules."""
        statements = self.notes.statements
        best = max(own, key=lambda each: statements[each].strength)
        weakest = (each.weakest for each in against if each.weakest)
        return self.notes.word((best, *weakest))

    def _applies(self, listing: Listing) -> bool:
        return listing.context in self.situation.applicable

    def _elsewhere(self, listing: Listing) -> Elsewhere:
        missing, contradicted = self.lacking(listing.context)
        population = Term(listing.context, listing.population)
        return Elsewhere(listing.statement, population, missing, contradicted)


@lru_cache(maxsize=16)
def read_listed(knowledge: Knowledge, notes: Notes, about: IRI) -> Listed:
    """Everything that does not depend on the case, read once."""
    return Listed(
        listings=_listings(knowledge.rows("listings", about=(about,))),
        arguments=_arguments(knowledge.rows("arguments", about=(about,)), notes),
        needs=_needs(knowledge.rows("needs", about=(about,))),
        broader=_pairs(knowledge.rows("kinds", about=(about,)), "cause", "broader"),
        tensions=_pairs(knowledge.fixed_rows("tensions"), "statement", "other"),
    )


def _listings(rows: Rows) -> dict[str, tuple[Listing, ...]]:
    found: defaultdict[str, list[Listing]] = defaultdict(list)
    for record in rows.records():
        listing = Listing(
            cause=value(record["cause"]),
            label=value(record["label"]),
            statement=short(record["statement"]),
            context=IRI(value(record["context"])),
            population=value(record["population"]),
        )
        found[listing.cause].append(listing)
    return {cause: tuple(listings) for cause, listings in found.items()}


def _arguments(rows: Rows, notes: Notes) -> dict[str, tuple[Argument, ...]]:
    names = ("cause", "direction", "finding", "finding_label", "inferred", "weakest")
    found: defaultdict[str, list[Argument]] = defaultdict(list)
    for key, premises in _premises(rows, names).items():
        cause, direction, finding, label, inferred, weakest = key
        rule = tuple(premises["rule"])
        argument = Argument(
            finding=Term(finding, label),
            direction=direction,
            strength=notes.word(rule),
            weakest=weakest,
            rule=rule,
            statements=_each_once((*rule, *premises["statement"])),
            corroboration=tuple(premises["corroboration"]),
            background=tuple(premises["background"]),
            inferred=inferred == "true",
        )
        found[cause].append(argument)
    return {cause: tuple(arguments) for cause, arguments in found.items()}


def _needs(rows: Rows) -> dict[str, tuple[tuple[Need, str], ...]]:
    names = ("cause", "datum", "datum_label", "message", "finding")
    found: defaultdict[str, list[tuple[Need, str]]] = defaultdict(list)
    for (cause, datum, label, message, finding), premises in _premises(rows, names).items():
        statements, background = tuple(premises["statement"]), tuple(premises["background"])
        found[cause].append((Need(Term(datum, label), message, statements, background), finding))
    return {cause: tuple(needs) for cause, needs in found.items()}


def _pairs(rows: Rows, one: str, other: str) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for record in rows.records():
        found[short(record[one])].append(short(record[other]))
    return {key: tuple(values) for key, values in found.items()}


def _premises(rows: Rows, names: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, list[str]]]:
    """The premises by role, for each combination of the named variables."""
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for record in rows.records():
        key = tuple(short(record[name]) if name in record else "" for name in names)
        roles = found.setdefault(key, defaultdict(list))
        roles[value(record["role"])].append(short(record["premise"]))
    return found


def _place(cause: Cause) -> tuple[int, str]:
    """By verdict, then where in the documents the cause is first listed."""
    return list(Verdict).index(cause.verdict), min(cause.statements)


def _each_once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
