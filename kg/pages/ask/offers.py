"""Which rows the empty form has, in which order: the graph says it.

First come the measurements that can be asked about and those that statements wait for, the
patients that statements are about, and what else they wait for. Whatever is not offered can be
typed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.model.compiled import Criterion, Model
from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.topics import Topic
from kg.model.vocabulary import EG, IRI, compact

_QUESTION: Final = "question"
_GIVEN: Final = (Kind.DRUG, Kind.TREATMENT)


class Asked(Struct, frozen=True):
    """A condition that the sources ask the patient about, in their words."""

    entry: Entry
    text: str


class Offers(Struct, frozen=True, dict=True):
    """The rows of the empty form."""

    lexicon: Lexicon
    topics: tuple[Entry, ...]
    """The findings whose causes can be asked for."""
    markers: tuple[Entry, ...]
    conditions: tuple[Entry, ...]
    """What makes the patients whom statements are about."""
    findings: tuple[Entry, ...]
    """What else statements wait for."""
    treatments: tuple[Entry, ...]
    person: tuple[Asked, ...]
    sexes: tuple[str, ...]

    @cached_property
    def offered(self) -> frozenset[IRI]:
        """Everything that has a row with yes, no and not known."""
        asked = (each.entry for each in self.person)
        rows = (*self.conditions, *self.findings, *self.treatments, *asked)
        return frozenset(each.iri for each in rows)

    @cached_property
    def treatment_names(self) -> frozenset[str]:
        """The names of rows that stand for something given."""
        return frozenset(compact(each.iri) for each in self.treatments)


def offers_of(model: Model) -> Offers:
    """The rows that the form of a graph has."""
    lexicon, topics = model.lexicon, tuple(model.tables.topics.values())
    asked = _asked(model)
    waiting = _Waiting(model, topics)
    apart = {each.entry.iri for each in asked}
    conditions = [e for e in waiting.populations() if e.iri not in apart]
    apart.update(each.iri for each in conditions)
    findings = [e for e in waiting.terms(EG.hasCondition) if e.iri not in apart]
    found = (e for e in waiting.terms(EG.hasTreatment) if e.kind in _GIVEN)
    return Offers(
        lexicon=lexicon,
        topics=tuple(lexicon.entries[IRI(each.finding.iri)] for each in topics),
        markers=tuple(dict.fromkeys((*_asked_about(lexicon, topics), *waiting.markers()))),
        conditions=tuple(conditions),
        findings=tuple(findings),
        treatments=tuple(found),
        person=asked,
        sexes=tuple(sorted(lexicon.states(EG.Case))),
    )


def _asked(model: Model) -> tuple[Asked, ...]:
    """What only the patient can answer, each once."""
    entries = model.lexicon.entries
    found = {
        IRI(each.asks): each.label
        for each in model.tables.messages
        if each.kind == _QUESTION and IRI(each.asks) in entries
    }
    return tuple(Asked(entries[iri], label) for iri, label in found.items())


def _asked_about(lexicon: Lexicon, topics: Iterable[Topic]) -> Iterator[Entry]:
    """The measurements of the findings that can be asked about."""
    for topic in topics:
        of = lexicon.entries[IRI(topic.finding.iri)].of
        if of is not None:
            yield lexicon.entries[of]


class _Waiting:
    """What statements wait for, the most awaited first."""

    def __init__(self, model: Model, topics: Iterable[Topic]) -> None:
        self._lexicon = model.lexicon
        self._statements = _statements_by_kind(topics)
        self._criteria: Mapping[str, tuple[Criterion, ...]] = {
            kind: tuple(model.criteria[place] for place in model.kinds[kind].criteria)
            for kind in self._statements
            if kind in model.kinds
        }

    def terms(self, role: str) -> list[Entry]:
        """The terms that the case has to have by a property."""
        return self._counted(lambda asked: [each.filler for each in asked if each.role == role])

    def markers(self) -> list[Entry]:
        """The measurements of which a result is awaited."""
        found = self._counted(
            lambda asked: [e.measurement for e in asked if e.role == EG.hasObservation]
        )
        return [each for each in found if each.kind is Kind.MARKER]

    def populations(self) -> list[Entry]:
        """The conditions that alone make a patient of whom statements are made."""
        return self._counted(_alone, least=2)

    def _counted(
        self, take: Callable[[Iterable[Criterion]], Iterable[str]], least: int = 1
    ) -> list[Entry]:
        """What is taken of the criteria of each kind and awaited by so many statements at least."""
        counted: Counter[IRI] = Counter()
        for kind, criteria in self._criteria.items():
            for iri in take(criteria):
                counted[IRI(iri)] += self._statements[kind]
        entries = self._lexicon.entries
        found = [entries[each] for each in counted if each in entries and counted[each] >= least]
        return sorted(found, key=lambda each: (-counted[each.iri], each.label.casefold()))


def _alone(criteria: Iterable[Criterion]) -> list[str]:
    """The condition of a case that has to have one, and no treatment."""
    asked = [each.filler for each in criteria if each.role == EG.hasCondition]
    treated = any(each.role == EG.hasTreatment for each in criteria)
    return asked if len(asked) == 1 and not treated else []


def _statements_by_kind(topics: Iterable[Topic]) -> Counter[str]:
    """How many statements are about each kind of case."""
    found: Counter[str] = Counter()
    for topic in topics:
        for kind, statements in topic.waiting.items():
            found[kind] += len(statements)
    return found


# ── The names of all terms ──────────────────────────────────────────────────────────────────────

_KINDS: Final = {
    Kind.CONDITION: "condition",
    Kind.DRUG: "drug",
    Kind.TREATMENT: "drug",
    Kind.MARKER: "marker",
}
"""What a field takes, by the kind of the term."""


def names_json(lexicon: Lexicon) -> bytes:
    """Every term that a case can name: label, kind, IRI, then lists of its names and codes.

    Each is a list: `[label, kind, iri, abbreviations, other names, codes]`. A name that stands
    for several terms is in no list.
    """
    entries = (entry for kind in _KINDS for entry in lexicon.of_kind(kind))
    found = {"names": [_named_entry(each, lexicon) for each in entries]}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def listed(lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """The labels of the terms by what a field takes, for browsers without scripts."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, taken in _KINDS.items():
        labels = tuple(each.label for each in lexicon.of_kind(kind))
        found[taken] = (*found.get(taken, ()), *labels)
    return found


def _named_entry(entry: Entry, lexicon: Lexicon) -> list[object]:
    return [
        entry.label,
        _KINDS[entry.kind],
        compact(entry.iri),
        list(_certain(entry.abbreviations, entry, lexicon)),
        list(_certain((*entry.synonyms, *entry.narrower), entry, lexicon)),
        list(_certain(entry.codes, entry, lexicon)),
    ]


def _certain(names: Iterable[str], entry: Entry, lexicon: Lexicon) -> Iterator[str]:
    """The names that stand for this term alone, where the field takes such terms."""
    taken = [kind for kind, field in _KINDS.items() if field == _KINDS[entry.kind]]
    for name in names:
        with suppress(UsageError):
            if lexicon.find(name, *taken) is entry:
                yield name
