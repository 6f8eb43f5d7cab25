"""What may still turn out in a case, as far as a verdict can turn on it, whoever the case is.

A hypothesis is one more fact: a result, a condition, a treatment. What could never move a verdict,
whatever else is known, is sorted out here, by an upper bound of what can follow from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.answer.notes import value
from kg.answer.tables import ListedCause, tables_of
from kg.model.vocabulary import (
    EG_CASE,
    EG_HAS_CONDITION,
    EG_HAS_OBSERVATION,
    EG_HAS_TREATMENT,
    EG_TREATMENT,
)
from kg.reasoning.engine import classify
from kg.reasoning.limits import ways
from kg.reasoning.reach import reach
from kg.reasoning.ruleset import Facts, Rules
from kg.store.knowledge import Knowledge

ROLES = {
    "state": EG_HAS_OBSERVATION,
    "size": EG_HAS_OBSERVATION,
    "condition": EG_HAS_CONDITION,
    "treatment": EG_HAS_TREATMENT,
}
_ANY_CASE = Facts(types=((EG_CASE, EG_CASE),))
"""What holds of every case, so that nothing can bring it."""


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """One thing that may turn out."""

    kind: str
    """`state`, `size`, `condition` or `treatment`."""
    of: str
    """The measurement, or the condition or treatment itself."""
    result: str
    label: str
    denied: frozenset[str] = frozenset()
    """The classes that are known not to be there if it turns out so; empty for a yes."""
    brings: frozenset[str] = frozenset()
    """What it could bring at most, of all that a verdict can turn on."""
    figures: frozenset[str] = frozenset()
    """Of a size: the figures that it is compared by."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the individual that the case leads to."""
        if self.kind == "treatment":
            return (EG_TREATMENT, self.result)
        return (self.of, self.result) if self.kind == "state" else (self.result,)


@dataclass(frozen=True, eq=False)
class Possible:
    """Everything that may turn out and can bear on the causes of one finding."""

    by_of: Mapping[str, tuple[Hypothesis, ...]]
    """By measurement, condition or treatment; its being there before its being denied."""
    weakening: tuple[Hypothesis, ...]
    """Those that can speak against a listed cause, or make it wait for something."""
    bears_on: Mapping[str, tuple[ListedCause, ...]]
    """The causes by the kinds of cases, findings and classes that their verdict can turn on."""


@lru_cache(maxsize=16)
def possible(knowledge: Knowledge, topic: str) -> Possible:
    """What may turn out, read once; without what can move no verdict and support no cause."""
    rules, causes = knowledge.rules, tables_of(knowledge).topics[topic].causes.values()
    anyway = frozenset(classify(rules, _ANY_CASE).type_table[EG_CASE])
    bears_on = _by_trigger(causes, _triggers, anyway)
    against = _by_trigger(causes, _weakening, anyway).keys()
    by_of: defaultdict[str, list[Hypothesis]] = defaultdict(list)
    weakening: list[Hypothesis] = []
    for each in hypotheses(knowledge):
        could = each.denied or _reach(rules, each)
        bringing = bears_on.keys() & could
        if bringing:
            found = replace(each, brings=frozenset(bringing))
            by_of[each.of].append(found)
            if not each.denied and not bringing.isdisjoint(against):
                weakening.append(found)
    return Possible({of: tuple(each) for of, each in by_of.items()}, tuple(weakening), bears_on)


def _reach(rules: Rules, hypothesis: Hypothesis) -> frozenset[str]:
    """What a hypothesis could bring to any case; a size is one of a result that is there."""
    edge = (EG_CASE, ROLES[hypothesis.kind], hypothesis.of)
    more = Facts(tuple((hypothesis.of, each) for each in hypothesis.classes), (edge,))
    if hypothesis.kind != "size":
        return reach(rules, _ANY_CASE, more, EG_CASE)
    known = Facts((*_ANY_CASE.types, (hypothesis.of, hypothesis.of)), (edge,))
    return reach(rules, known, more, EG_CASE)


def hypotheses(knowledge: Knowledge) -> Iterator[Hypothesis]:
    """Everything that the graph knows may turn out."""
    names = knowledge.model.names
    for record in knowledge.table("possible_results").records():
        kind, of, result, word = (value(record[n]) for n in ("kind", "of", "result", "word"))
        if kind in ("state", "size"):
            label = f"{names[of].short} {word}" if kind == "state" else word
            figures = {figure for way in ways(knowledge.rules, result) for figure, _ in way}
            yield Hypothesis(kind, of, result, label, figures=frozenset(figures))
        else:
            yield Hypothesis(kind, of, result, f"{word}: yes")
            yield Hypothesis(kind, of, result, f"{word}: no", knowledge.rules.below(result))


def _by_trigger(
    causes: Iterable[ListedCause],
    triggers: Callable[[ListedCause], Iterator[str]],
    anyway: frozenset[str],
) -> dict[str, tuple[ListedCause, ...]]:
    found: defaultdict[str, dict[str, ListedCause]] = defaultdict(dict)
    for cause in causes:
        for each in triggers(cause):
            if each not in anyway:
                found[each][cause.iri] = cause
    return {each: tuple(causes.values()) for each, causes in found.items()}


def _triggers(cause: ListedCause) -> Iterator[str]:
    """Every kind of case, finding and class that the verdict on a cause can turn on."""
    yield cause.iri
    yield from (listing.population.iri for listing in cause.listings)
    for said in cause.supports:
        yield said.argument.finding.iri
        yield from said.contexts
    yield from _weakening(cause)


def _weakening(cause: ListedCause) -> Iterator[str]:
    """What a verdict on a listed cause can turn on for the worse."""
    for said in cause.against:
        yield said.argument.finding.iri
        yield from said.contexts
    yield from (waiting.finding for waiting in cause.waiting if waiting.finding)
