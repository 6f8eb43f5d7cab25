"""What was worked out of earlier cases, by finding, for all who ask one graph in a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

from kg.answer.classified import ClassifiedCase, Unmet, UnmetCriteria
from kg.answer.judge import Judgement, OriginJudgement, Origins, judge_cause, judge_origin
from kg.answer.kept import MOST_KEPT, Bits, Kept, Key, OnlySight, Sight
from kg.model.topics import Topic
from kg.store.knowledge import KnowledgeGraph

_T = TypeVar("_T")


class Memory:
    """What rows came to in the cases that were asked about one finding."""

    def __init__(self, knowledge: KnowledgeGraph, topic: Topic) -> None:
        model = self.model = knowledge.model
        self.topic = topic
        self.rules = knowledge.rules
        measured = {each.measurement for each in model.criteria}
        groups = {group for each in topic.possible for group in each.groups}
        measured.update(each.of for each in topic.possible)
        measured.update(each.of for each in groups)
        measured.update(*[each.members for each in groups])
        self._bits = Bits(frozenset(measured))
        self._rows: dict[Key, Kept[Any]] = {}
        self._causes: dict[str, Kept[Judgement]] = {}
        self._origins: dict[str, Kept[OriginJudgement]] = {}
        self._is_new = True
        """Whether no case was asked about yet."""
        self._bearing: dict[tuple[str, ...], tuple[str, ...]] = {}

    def sight(self, case: ClassifiedCase) -> Sight:
        """A case, of which single questions can be asked.

        What the first one is asked is not noted: most processes answer no other.
        """
        if self._is_new:
            self._is_new = False
            return OnlySight(self._bits, case)
        return Sight(self._bits, case)

    def row(self, key: Key, work_out: Callable[[Sight], _T], sight: Sight) -> _T:
        """What a row comes to in a case; `work_out` knows of the case only what it asks for."""
        kept = self._rows.get(key)
        if kept is None:
            kept = self._rows.setdefault(key, Kept(key, work_out))
        return cast("_T", kept.of(sight))

    def origins(self, sight: Sight) -> Origins:
        """How each origin stands in a case."""
        return {iri: self.origin(iri, sight) for iri in self.topic.origins}

    def origin(self, iri: str, sight: Sight) -> OriginJudgement:
        """How one origin stands."""
        kept = self._origins.get(iri)
        if kept is None:
            origin = self.topic.origins[iri]
            work_out = partial(judge_origin, origin)
            kept = self._origins.setdefault(iri, Kept(("origin", iri), work_out))
        return kept.of(sight)

    def judgements(self, sight: Sight) -> Mapping[str, Judgement]:
        """How each cause stands in a case."""
        return {iri: self.judgement(iri, sight) for iri in self.topic.causes}

    def judgement(self, iri: str, sight: Sight) -> Judgement:
        """How one cause stands."""
        kept = self._causes.get(iri)
        if kept is None:
            kept = self._causes.setdefault(iri, Kept(("cause", iri), partial(self._judge, iri)))
        return kept.of(sight)

    def _judge(self, iri: str, sight: Sight) -> Judgement:
        cause = self.topic.causes[iri]
        origins = {e.origin.iri: self.origin(e.origin.iri, sight) for e in cause.origins}
        return judge_cause(cause, sight, origins)

    def causes_touched(self, new: tuple[str, ...]) -> tuple[str, ...]:
        """The causes that something new bears on, in their order."""
        return self._touched((*new, "cause"), self.topic.causes, self.topic.bears_on)

    def origins_touched(self, new: tuple[str, ...]) -> tuple[str, ...]:
        """The origins that something new bears on, in their order."""
        return self._touched((*new, "origin"), self.topic.origins, self.topic.bears_on_origins)

    def _touched(
        self, new: tuple[str, ...], among: Iterable[str], bears_on: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        found = self._bearing.get(new)
        if found is None:
            touched = {iri for each in new for iri in bears_on.get(each, ())}
            found = tuple([iri for iri in among if iri in touched])
            if len(self._bearing) >= MOST_KEPT:
                self._bearing.clear()
            self._bearing[new] = found
        return found

    def unmet(self, sight: Sight) -> UnmetCriteria:
        """Says what a case lacks to be of a kind."""
        return _KeptCriteria(self, sight)


class _KeptCriteria(UnmetCriteria):
    """The same, with what was worked out of earlier cases."""

    def __init__(self, memory: Memory, sight: Sight) -> None:
        super().__init__(memory.model.kinds, memory.model.criteria, sight)
        self._memory = memory
        self._sight = sight

    def of(self, context: str) -> Unmet:
        """What is missing, and whether the case is known not to be of this kind."""
        model = self._memory.model
        return self._memory.row(
            ("unmet", context),
            lambda sight: UnmetCriteria(model.kinds, model.criteria, sight).of(context),
            self._sight,
        )


_MEMORIES: Final[WeakKeyDictionary[KnowledgeGraph, dict[str, Memory]]] = WeakKeyDictionary()


def memory_of(knowledge: KnowledgeGraph, topic: Topic) -> Memory:
    """What is remembered of the cases about a finding that a graph was asked."""
    memories = _MEMORIES.setdefault(knowledge, {})
    found = memories.get(topic.finding.iri)
    if found is None:
        found = memories.setdefault(topic.finding.iri, Memory(knowledge, topic))
    return found


def forget(knowledge: KnowledgeGraph) -> None:
    """Forget all cases that a graph was asked."""
    _MEMORIES.pop(knowledge, None)
    knowledge.rules.words.forget()
