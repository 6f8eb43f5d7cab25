"""What a case does not say: the facts by which statements about other cases would come to apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.answers.model import Unknown
from kg.answers.notes import short, value
from kg.answers.situation import Situation
from kg.knowledge import Knowledge
from kg.reasoning.requirements import Requirement, requirements
from kg.reasoning.ruleset import TYPE
from kg.stores.base import Rows
from kg.vocab import EG_HAS_OBSERVATION, IRI


@dataclass(frozen=True)
class Name:
    """How answers call a term."""

    label: str
    short: str
    is_measurement: bool


class Lacking:
    """Says of a kind of case what this case lacks to be one."""

    def __init__(self, knowledge: Knowledge, situation: Situation) -> None:
        self._rules = knowledge.rules
        self._situation = situation
        self._names = read_names(knowledge)
        self._asked = _requirements(knowledge)
        self._known: dict[str, tuple[tuple[str, ...], bool]] = {}

    def of(self, context: IRI) -> tuple[tuple[str, ...], bool]:
        """What is missing, in words, and whether the case is known not to be of this kind.

        Where it is known, the words are those of what it is known not to have.
        """
        if context not in self._known:
            self._known[context] = self._work_out(context)
        return self._known[context]

    def _work_out(self, context: IRI) -> tuple[tuple[str, ...], bool]:
        lacks = [each for each in self._asked[context] if not self._has(each)]
        ruled_out = [each for each in lacks if self._is_ruled_out(each)]
        excluded = bool(ruled_out) or self._excludes(self._situation.subject, context)
        words = dict.fromkeys(self._word(each) for each in ruled_out or lacks)
        return tuple(words), excluded

    def _has(self, asked: Requirement) -> bool:
        closure, subject = self._situation.closure, self._situation.subject
        if asked.role == TYPE:
            return closure.has_type(subject, asked.filler)
        if not asked.filler:
            return bool(closure.values(subject, asked.role))
        return any(
            closure.has_type(each, asked.filler) for each in closure.objects(subject, asked.role)
        )

    def _is_ruled_out(self, asked: Requirement) -> bool:
        """Whether what is known of the case already says no."""
        if asked.filler in self._situation.absent:
            return True
        if asked.role == TYPE:
            return self._excludes(self._situation.subject, asked.filler)
        measured = self._result(asked)
        return bool(measured) and (
            self._excludes(measured, asked.filler) or self._has_value(measured)
        )

    def _result(self, asked: Requirement) -> str:
        """The result that the case has of the measurement that is asked for.

        A case holds one result of each measurement; which one counts was chosen before.
        """
        measurement = self._measurement(asked.filler)
        if asked.role != EG_HAS_OBSERVATION or not measurement:
            return ""
        closure = self._situation.closure
        results = closure.objects(self._situation.subject, EG_HAS_OBSERVATION)
        return next((each for each in results if closure.has_type(each, measurement)), "")

    def _measurement(self, class_iri: str) -> str:
        kinds = (class_iri, *self._rules.supers.get(class_iri, ()))
        return next((k for k in kinds if k in self._names and self._names[k].is_measurement), "")

    def _has_value(self, individual: str) -> bool:
        """Whether a result came with a value: then every limit was compared with it."""
        return any(subject == individual for subject, _, _ in self._situation.closure.value_table)

    def _excludes(self, individual: str, class_iri: str) -> bool:
        known = self._situation.closure.type_table.get(individual, {}).keys()
        implied = {class_iri, *self._rules.supers.get(class_iri, ())}
        disjoint = self._rules.index.disjoint
        return any(
            not others.isdisjoint(disjoint[each])
            for classes, others in ((known, implied), (implied, known))
            for each in classes & disjoint.keys()
        )

    def _word(self, asked: Requirement) -> str:
        measurement = self._measurement(asked.filler)
        if not measurement:
            return self._names[asked.filler or asked.role].label
        name = self._names[measurement]
        return f"{name.short} value with its range" if self._result(asked) else name.label


@lru_cache(maxsize=4)
def read_names(knowledge: Knowledge) -> Mapping[str, Name]:
    """The names of all classes and data properties; the shortest abbreviation is the short one."""
    found: dict[str, Name] = {}
    for record in knowledge.fixed_rows("names").records():
        iri, label = value(record["term"]), value(record["label"])
        given = value(record["abbreviation"]) if "abbreviation" in record else label
        known = found.get(iri)
        shortest = given if known is None else min(known.short, given, key=len)
        found[iri] = Name(label, shortest, "measurement" in record)
    return found


def read_unknowns(knowledge: Knowledge, lacking: Lacking, about: IRI) -> tuple[Unknown, ...]:
    """Each thing that the case leaves unknown, with the statements that wait for it.

    They are of the documents that list causes of the finding that is asked about.
    """
    waiting: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for context, statements in _waiting(knowledge, about).items():
        words, ruled_out = lacking.of(context)
        for word in () if ruled_out else words:
            waiting[word].update(dict.fromkeys(statements))
    return tuple(Unknown(word, tuple(statements)) for word, statements in waiting.items())


@lru_cache(maxsize=4)
def _waiting(knowledge: Knowledge, about: IRI) -> Mapping[IRI, tuple[str, ...]]:
    """The statements that may wait for facts about a case, by the kind of case they speak of."""
    return _by_context(knowledge.fixed_rows("waiting", about=(about,)))


def _by_context(rows: Rows) -> Mapping[IRI, tuple[str, ...]]:
    """The statements about each kind of case."""
    found: defaultdict[IRI, list[str]] = defaultdict(list)
    for record in rows.records():
        found[IRI(value(record["context"]))].append(short(record["statement"]))
    return {context: tuple(statements) for context, statements in found.items()}


@lru_cache(maxsize=4)
def _requirements(knowledge: Knowledge) -> Mapping[IRI, tuple[Requirement, ...]]:
    """What each kind of case that statements speak of asks for."""
    contexts = _by_context(knowledge.fixed_rows("contexts"))
    return {context: requirements(knowledge.rules, context) for context in contexts}
