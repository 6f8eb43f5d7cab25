"""What touches each finding that can be asked about, and what belongs to another question.

A kind of case touches a finding where it shows it, asks for a result of the same measurement, or
asks for a listed cause. What asks for another finding or its measurement, and touches this one in
no way, belongs to the other question. What belongs to none is told with the documents that list
causes of the finding: they speak of such patients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from kg.compile.kinds import Kinds
from kg.model.compiled import Criterion
from kg.model.notes import Notes
from kg.model.tables import Advice, CaseMessage, Premise
from kg.model.topics import Topic
from kg.model.vocabulary import EG
from kg.reasoning.rules import Rules


@dataclass(frozen=True)
class Concerns:
    """Tells which kinds of case touch which finding."""

    topics: Mapping[str, Topic]
    kinds: Kinds
    rules: Rules

    def told(
        self, topic: Topic, notes: Notes, advised: Iterable[Advice], said: Iterable[CaseMessage]
    ) -> Topic:
        """The topic with what belongs to answers about it, and with its documents and waits."""
        finding = topic.finding.iri
        listing = {each.statement for cause in topic.causes.values() for each in cause.statements}
        documents = tuple(sorted({notes.statements[each].document for each in listing}))
        waiting = {k: v for k, v in topic.waiting.items() if not self._is_elsewhere(finding, k)}
        resting = [*((e.iri, e.premises) for e in advised), *((e.iri, e.premises) for e in said)]
        heard = [(iri, self._heard(finding, each, notes, documents)) for iri, each in resting]
        stated = {id_ for _, each in heard for id_ in each}
        return replace(
            topic,
            documents=documents,
            measurements=self._measurements[finding],
            waiting=waiting,
            told=frozenset(iri for iri, each in heard if not each or any(each.values())),
            elsewhere=frozenset(
                id_ for id_ in stated if not any(each.get(id_) for _, each in heard)
            ),
        )

    def _heard(
        self,
        finding: str,
        premises: Iterable[Premise],
        notes: Notes,
        documents: Collection[str],
    ) -> Mapping[str, bool]:
        """Of each statement among premises, whether it belongs to answers about a finding.

        Each by itself: one about another finding that comes to share an advice takes away nothing.
        """
        found: dict[str, bool] = {}
        for each in premises:
            if each.context:
                of_document = notes.statements[each.id].document in documents
                found[each.id] = self._touches(finding, each.context) or (
                    of_document and not self._is_elsewhere(finding, each.context)
                )
        return found

    def _touches(self, finding: str, context: str) -> bool:
        """Whether a kind of case shows a finding, or asks for its measurement or a cause of it."""
        return finding in self._touched[context]

    def _is_elsewhere(self, finding: str, context: str) -> bool:
        """Whether a kind of case asks for another finding, and does not touch this one."""
        return bool(self._shown[context]) and finding not in self._touched[context]

    @cached_property
    def _touched(self) -> Mapping[str, frozenset[str]]:
        """The findings that each kind of case touches."""
        listing: defaultdict[str, set[str]] = defaultdict(set)
        for topic in self.topics.values():
            for cause in topic.causes:
                listing[cause].add(topic.finding.iri)
        return {
            context: self._shown[context].union(
                *(listing.get(each, ()) for each in self._asked_for(context))
            )
            for context in self._shown
        }

    @cached_property
    def _shown(self) -> Mapping[str, frozenset[str]]:
        """The findings that each kind of case shows, or asks for the measurement of."""
        measuring: defaultdict[str, set[str]] = defaultdict(set)
        for finding, measurements in self._measurements.items():
            for each in measurements:
                measuring[each].add(finding)
        return {
            context: self._findings[context].union(
                *(measuring.get(each.measurement, ()) for each in self._criteria(context))
            )
            for context in self._findings
        }

    @cached_property
    def _findings(self) -> Mapping[str, frozenset[str]]:
        """The findings with a question that each kind of case has by being of that kind."""
        _, kinds = self.kinds
        return {each: frozenset(self._values(each)) for each in kinds}

    @cached_property
    def _measurements(self) -> Mapping[str, frozenset[str]]:
        """The measurements that show each finding: what every kind of case with it asks for."""
        found: dict[str, frozenset[str]] = {}
        for context, findings in self._findings.items():
            asked = frozenset(e.measurement for e in self._criteria(context) if e.measurement)
            for finding in findings:
                found[finding] = found.get(finding, asked) & asked
        return {each: found.get(each, frozenset()) for each in self.topics}

    def _values(self, context: str) -> Iterator[str]:
        definitions = self.rules.definitions
        for each in self.rules.supers.get(context, ()):
            kind, *parts = definitions.get(each, ("",))
            if kind == "value" and parts[0] == EG.hasFinding and parts[1] in self.topics:
                yield parts[1]

    def _criteria(self, context: str) -> Iterator[Criterion]:
        criteria, kinds = self.kinds
        yield from (criteria[place] for place in kinds[context].criteria)

    def _asked_for(self, context: str) -> Iterator[str]:
        """What a kind of case asks for, with all that it is a kind of."""
        for each in self._criteria(context):
            yield from (each.filler, *self.rules.supers.get(each.filler, ()))
