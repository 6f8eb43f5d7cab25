"""What a case does not say: the facts by which statements about other cases would come to apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.answer.model import Unknown
from kg.answer.notes import value
from kg.answer.situation import Situation
from kg.answer.tables import Topic
from kg.model.vocabulary import EG_HAS_OBSERVATION
from kg.reasoning.limits import Ways, ruled_out, ways
from kg.reasoning.requirements import Requirement, requirements
from kg.reasoning.ruleset import TYPE, Rules
from kg.store.knowledge import Knowledge

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Name:
    """How answers call a term."""

    label: str
    short: str
    is_measurement: bool


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One thing that a kind of case asks for, with what decides whether a case has it."""

    role: str
    filler: str
    excluders: frozenset[str]
    """The classes that nothing of the class asked for can have."""
    measurement: str
    """The measurement that a result is asked of; empty where something else is asked for."""
    missing: str
    """What to call it where it is missing."""
    short: str
    """The short name of the measurement."""
    ways: Ways
    """The limits that a result is compared with."""
    figures: Mapping[str, str]
    """The names of the figures that have those limits."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case that statements are about."""

    asks: tuple[Asked, ...]
    excluders: frozenset[str]


class Lacking:
    """Says of a kind of case what this case lacks to be one."""

    def __init__(self, knowledge: Knowledge, situation: Situation) -> None:
        self._situation = situation
        self._kinds = kinds_of(knowledge)
        self._names = read_names(knowledge)
        types = situation.closure.type_table
        self._subject = types.get(situation.subject, {}).keys()
        self._known: dict[str, tuple[tuple[str, ...], bool]] = {}
        self._lacks: dict[Asked, tuple[str, bool] | None] = {}

    def of(self, context: str) -> tuple[tuple[str, ...], bool]:
        """What is missing, in words, and whether the case is known not to be of this kind.

        Where it is known, the words are those of what it is known not to have.
        """
        if context not in self._known:
            self._known[context] = self._work_out(context)
        return self._known[context]

    def label(self, context: str) -> str:
        """What a kind of case is called."""
        return self._names[context].label

    def _work_out(self, context: str) -> tuple[tuple[str, ...], bool]:
        kind = self._kinds[context]
        lacks = [lack for asked in kind.asks if (lack := self._lack(asked)) is not None]
        ruled_out = [word for word, out in lacks if out]
        excluded = bool(ruled_out) or not kind.excluders.isdisjoint(self._subject)
        return tuple(dict.fromkeys(ruled_out or (word for word, _ in lacks))), excluded

    def _lack(self, asked: Asked) -> tuple[str, bool] | None:
        """What to call a thing that the case lacks, and whether it is ruled out; None if it has."""
        if asked not in self._lacks:
            self._lacks[asked] = None if self._has(asked) else self._said(asked)
        return self._lacks[asked]

    def _has(self, asked: Asked) -> bool:
        if asked.role == TYPE:
            return asked.filler in self._subject
        if not asked.filler:
            closure = self._situation.closure
            return bool(closure.values(self._situation.subject, asked.role))
        return asked.filler in self._situation.reached.get(asked.role, _NOTHING)

    def _said(self, asked: Asked) -> tuple[str, bool]:
        results = self._results(asked)
        return self._word(asked, results), self._is_ruled_out(asked, results)

    def _word(self, asked: Asked, results: Sequence[str]) -> str:
        """What to call what is missing: the measurement, its value, or the figures beside that."""
        if not results:
            return asked.missing
        figures = self._situation.figures
        known = frozenset().union(*(figures.get(each, _NOTHING) for each in results))
        lacking = [name for figure, name in asked.figures.items() if figure not in known]
        if not known or not lacking:
            return f"{asked.short} value with its range"
        return f"{asked.short}: {' and '.join(lacking)}"

    def _is_ruled_out(self, asked: Asked, results: Sequence[str]) -> bool:
        """Whether what is known of the case already says no."""
        if asked.filler in self._situation.absent:
            return True
        if asked.role == TYPE:
            return not asked.excluders.isdisjoint(self._subject)
        return bool(results) and all(self._is_not(each, asked) for each in results)

    def _is_not(self, result: str, asked: Asked) -> bool:
        """Whether a result is known not to be of the class that is asked for.

        A figure that was not given was compared with no limit, so it rules nothing out.
        """
        known = self._situation.closure.type_table.get(result, {})
        if not asked.excluders.isdisjoint(known.keys()):
            return True
        return ruled_out(asked.ways, self._situation.figures.get(result, _NOTHING), known)

    def _results(self, asked: Asked) -> tuple[str, ...]:
        """The results that the case has of the measurement that is asked for."""
        if asked.role != EG_HAS_OBSERVATION or not asked.measurement:
            return ()
        return self._situation.results_of(asked.measurement)


def read_unknowns(lacking: Lacking, topic: Topic) -> tuple[Unknown, ...]:
    """Each thing that the case leaves unknown, with the statements that wait for it.

    They are of the documents that list causes of the finding that is asked about.
    """
    waiting: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for context, statements in topic.waiting.items():
        words, ruled_out = lacking.of(context)
        for word in () if ruled_out else words:
            waiting[word].update(dict.fromkeys(statements))
    return tuple(Unknown(word, tuple(statements)) for word, statements in waiting.items())


@lru_cache(maxsize=4)
def read_names(knowledge: Knowledge) -> Mapping[str, Name]:
    """The names of all classes and data properties; the shortest abbreviation is the short one."""
    found: dict[str, Name] = {}
    for record in knowledge.table("names").records():
        iri, label = value(record["term"]), value(record["label"])
        given = value(record["abbreviation"]) if "abbreviation" in record else label
        known = found.get(iri)
        shortest = given if known is None else min(known.short, given, key=len)
        found[iri] = Name(label, shortest, "measurement" in record)
    return found


@lru_cache(maxsize=4)
def kinds_of(knowledge: Knowledge) -> Mapping[str, Kind]:
    """Every kind of case that statements are about, with what it asks for."""
    rules, names = knowledge.rules, read_names(knowledge)
    contexts = (value(record["context"]) for record in knowledge.table("contexts").records())
    asked: dict[Requirement, Asked] = {}
    found: dict[str, Kind] = {}
    for context in dict.fromkeys(contexts):
        needed = requirements(rules, context)
        for each in needed:
            if each not in asked:
                asked[each] = _asked(rules, names, each)
        found[context] = Kind(tuple(asked[each] for each in needed), _excluders(rules, context))
    return found


def _asked(rules: Rules, names: Mapping[str, Name], needed: Requirement) -> Asked:
    above = (needed.filler, *rules.supers.get(needed.filler, ()))
    measurement = next((k for k in above if k in names and names[k].is_measurement), "")
    name = names[measurement or needed.filler or needed.role]
    found = ways(rules, needed.filler)
    return Asked(
        role=needed.role,
        filler=needed.filler,
        excluders=_excluders(rules, needed.filler),
        measurement=measurement,
        missing=name.label,
        short=name.short,
        ways=found,
        figures={each: names[each].label for each in sorted({f for way in found for f, _ in way})},
    )


def _excluders(rules: Rules, class_iri: str) -> frozenset[str]:
    """Every class that is disjoint with the class or with one above it."""
    implied = {class_iri, *rules.supers.get(class_iri, ())}
    disjoint = rules.index.disjoint
    excluded = {other for each in implied for other in disjoint.get(each, ())}
    excluding = {one for one, others in disjoint.items() if not implied.isdisjoint(others)}
    return frozenset(excluded | excluding)
