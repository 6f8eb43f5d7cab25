"""The causes of an answer: how each stands, and the statements that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

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
from kg.vocab import IRI, NONE
from kg.vocab import Term as Node

Lacking = Callable[[IRI], tuple[tuple[str, ...], bool]]
"""What a case lacks to be of some kind, and whether it is known not to be of it."""

_QUALIFYING = ("frequency", "emphasis", "pattern", "timing")
"""The qualifiers that a reader wants beside the name of a cause."""


@dataclass(frozen=True)
class Listing:
    """A statement that lists a cause, and the patients it is about."""

    cause: str
    label: str
    statement: str
    context: IRI
    population: str


@dataclass
class CauseFinder:
    """Asks the graph for the causes of one finding in one case."""

    knowledge: Knowledge
    situation: Situation
    notes: Notes
    about: IRI
    lacking: Lacking

    def causes(self) -> tuple[Cause, ...]:
        """The listed causes of which a statement applies to the case, by verdict."""
        rows = self.knowledge.rows(
            "causes",
            about=(self.about,),
            context=self.situation.applicable or (NONE,),
            finding=self.situation.findings or (NONE,),
            present=self.situation.present or (NONE,),
            absent=self.situation.absent or (NONE,),
        )
        found = [self._cause(record) for record in rows.records()]
        order = list(Verdict)
        return tuple(sorted(found, key=lambda each: (order.index(each.verdict), self._place(each))))

    def absent(self) -> tuple[Term, ...]:
        """The listed causes that the case says are not there."""
        listed = {each.cause: each.label for each in self._listings}
        return tuple(
            Term(iri, label) for iri, label in listed.items() if iri in self.situation.absent
        )

    def other_populations(self) -> tuple[OtherPopulation, ...]:
        """The causes that statements list for other patients only."""
        by_cause: defaultdict[str, list[Listing]] = defaultdict(list)
        for listing in self._listings:
            if listing.cause not in self.situation.absent:
                by_cause[listing.cause].append(listing)
        return tuple(
            OtherPopulation(cause, listings[0].label, tuple(map(self._elsewhere, listings)))
            for cause, listings in by_cause.items()
            if not any(self._applies(listing) for listing in listings)
        )

    @cached_property
    def _listings(self) -> tuple[Listing, ...]:
        rows = self.knowledge.fixed_rows("listings", about=(self.about,))
        return tuple(
            Listing(
                cause=value(record["cause"]),
                label=value(record["label"]),
                statement=short(record["statement"]),
                context=IRI(value(record["context"])),
                population=value(record["population"]),
            )
            for record in rows.records()
        )

    @cached_property
    def _arguments(self) -> dict[str, list[Argument]]:
        """What the findings of the case say, by cause."""
        rows = self.knowledge.rows(
            "arguments", about=(self.about,), finding=self.situation.findings or (NONE,)
        )
        grouped: defaultdict[tuple[str, str, str, str, bool], dict[str, list[str]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for record in rows.records():
            key = (
                value(record["cause"]),
                value(record["direction"]),
                value(record["finding"]),
                value(record["finding_label"]),
                value(record["inferred"]) == "true",
            )
            grouped[key][value(record["role"])].append(short(record["premise"]))
        found: defaultdict[str, list[Argument]] = defaultdict(list)
        for (cause, direction, finding, label, inferred), premises in grouped.items():
            argument = self._argument(Term(finding, label), direction, premises, inferred=inferred)
            found[cause].append(argument)
        return found

    @cached_property
    def _needs(self) -> dict[str, list[Need]]:
        """What the causes wait for, by cause."""
        rows = self.knowledge.rows(
            "needs",
            about=(self.about,),
            finding=self.situation.findings or (NONE,),
            present=self.situation.present or (NONE,),
        )
        grouped: defaultdict[tuple[str, str, str, str], dict[str, list[str]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for record in rows.records():
            names = ("cause", "datum", "datum_label", "message")
            cause, datum, label, message = (value(record[name]) for name in names)
            key = (cause, datum, label, message)
            grouped[key][value(record["role"])].append(short(record["premise"]))
        found: defaultdict[str, list[Need]] = defaultdict(list)
        for (cause, datum, label, message), premises in grouped.items():
            statements, background = premises["statement"], premises["background"]
            found[cause].append(
                Need(Term(datum, label), message, tuple(statements), tuple(background))
            )
        return found

    @cached_property
    def _broader(self) -> dict[str, list[str]]:
        rows = self.knowledge.fixed_rows("kinds", about=(self.about,))
        found: defaultdict[str, list[str]] = defaultdict(list)
        for record in rows.records():
            found[value(record["cause"])].append(value(record["broader"]))
        return found

    def _cause(self, record: dict[str, Node]) -> Cause:
        iri = value(record["cause"])
        listings = [each for each in self._listings if each.cause == iri]
        own = _each_once(each.statement for each in listings if self._applies(each))
        arguments = self._arguments.get(iri, [])
        supports = tuple(each for each in arguments if each.direction == "supports")
        against = tuple(each for each in arguments if each.direction != "supports")
        verdict = Verdict(value(record["verdict"]))
        return Cause(
            iri=iri,
            label=value(record["label"]),
            verdict=verdict,
            strength=self._strength(own, against or supports),
            statements=own,
            supports=supports,
            against=against,
            needs=tuple(self._needs.get(iri, ())),
            elsewhere=tuple(self._elsewhere(each) for each in listings if not self._applies(each)),
            broader=tuple(self._broader.get(iri, ())),
            note="; ".join(self.notes.values(own, *_QUALIFYING)),
        )

    def _argument(
        self, finding: Term, direction: str, premises: dict[str, list[str]], *, inferred: bool
    ) -> Argument:
        rule = tuple(premises["rule"])
        return Argument(
            finding=finding,
            direction=direction,
            strength=self.notes.word(rule),
            rule=rule,
            statements=_each_once((*rule, *premises["statement"])),
            corroboration=tuple(premises["corroboration"]),
            background=tuple(premises["background"]),
            inferred=inferred,
        )

    def _strength(self, own: tuple[str, ...], arguments: Iterable[Argument]) -> str:
        """The word of the weakest premise: of the best statement that lists it, and of the rules."""
        best = max(own, key=lambda each: self.notes.statements[each].strength, default=None)
        premises = [] if best is None else [best]
        for argument in arguments:
            premises.extend(argument.statements)
        return self.notes.word(premises)

    def _applies(self, listing: Listing) -> bool:
        return listing.context in self.situation.applicable

    def _elsewhere(self, listing: Listing) -> Elsewhere:
        missing, contradicted = self.lacking(listing.context)
        population = Term(listing.context, listing.population)
        return Elsewhere(listing.statement, population, missing, contradicted)

    def _place(self, cause: Cause) -> str:
        """Where in the documents the cause is first listed: answers keep the order of the text."""
        return min(cause.statements, default="")


def _each_once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
