"""What a case does not say: the facts by which statements about other cases would come to apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kg.answer.model import Unknown
from kg.answer.situation import Situation
from kg.answer.tables import Topic
from kg.model.kinds import Criterion
from kg.model.vocabulary import EG_HAS_OBSERVATION
from kg.reasoning.limits import ruled_out
from kg.reasoning.ruleset import TYPE
from kg.store.knowledge import Knowledge

_NOTHING: frozenset[str] = frozenset()


class Lacking:
    """Says of a kind of case what this case lacks to be one."""

    def __init__(self, knowledge: Knowledge, situation: Situation) -> None:
        self._situation = situation
        self._kinds = knowledge.model.kinds
        self._criteria = knowledge.model.criteria
        self._names = knowledge.model.names
        types = situation.closure.type_table
        self._subject = types.get(situation.subject, {}).keys()
        self._known: dict[str, tuple[tuple[str, ...], bool]] = {}
        self._lacks: dict[int, tuple[str, bool] | None] = {}

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
        lacks = [lack for place in kind.criteria if (lack := self._lack(place)) is not None]
        ruled_out = [word for word, out in lacks if out]
        excluded = bool(ruled_out) or not kind.excluders.isdisjoint(self._subject)
        return tuple(dict.fromkeys(ruled_out or (word for word, _ in lacks))), excluded

    def _lack(self, place: int) -> tuple[str, bool] | None:
        """What to call a thing that the case lacks, and whether it is ruled out; None if it has."""
        if place not in self._lacks:
            asked = self._criteria[place]
            self._lacks[place] = None if self._has(asked) else self._said(asked)
        return self._lacks[place]

    def _has(self, asked: Criterion) -> bool:
        if asked.role == TYPE:
            return asked.filler in self._subject
        if not asked.filler:
            closure = self._situation.closure
            return bool(closure.values(self._situation.subject, asked.role))
        return asked.filler in self._situation.reached.get(asked.role, _NOTHING)

    def _said(self, asked: Criterion) -> tuple[str, bool]:
        results = self._results(asked)
        return self._word(asked, results), self._is_ruled_out(asked, results)

    def _word(self, asked: Criterion, results: Sequence[str]) -> str:
        """What to call what is missing: the measurement, its value, or the figures beside that."""
        if not results:
            return asked.missing
        figures = self._situation.figures
        known = frozenset().union(*(figures.get(each, _NOTHING) for each in results))
        lacking = [name for figure, name in asked.figures.items() if figure not in known]
        if not known or not lacking:
            return f"{asked.short} value with its range"
        return f"{asked.short}: {' and '.join(lacking)}"

    def _is_ruled_out(self, asked: Criterion, results: Sequence[str]) -> bool:
        """Whether what is known of the case already says no."""
        if asked.filler in self._situation.absent:
            return True
        if asked.role == TYPE:
            return not asked.excluders.isdisjoint(self._subject)
        return bool(results) and all(self._is_not(each, asked) for each in results)

    def _is_not(self, result: str, asked: Criterion) -> bool:
        """Whether a result is known not to be of the class that is asked for.

        A figure that was not given was compared with no limit, so it rules nothing out.
        """
        known = self._situation.closure.type_table.get(result, {})
        if not asked.excluders.isdisjoint(known.keys()):
            return True
        return ruled_out(asked.ways, self._situation.figures.get(result, _NOTHING), known)

    def _results(self, asked: Criterion) -> tuple[str, ...]:
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
