"""What may turn out in a case, as far as a verdict can turn on it, whoever the case is.

A hypothesis is one more fact: a result, a condition, a treatment. What could never move a verdict,
whatever else is known, is sorted out here, by an upper bound of what can follow from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from kg.model.compiled import Name
from kg.model.tables import Hypothesis, ListedCause
from kg.model.vocabulary import EG_CASE
from kg.reasoning.engine import classify
from kg.reasoning.limits import ways
from kg.reasoning.reach import reach
from kg.reasoning.ruleset import Facts, Rules

_ANY_CASE = Facts(types=((EG_CASE, EG_CASE),))
"""What holds of every case, so that nothing can bring it."""


def possible_results(
    rows: Iterable[Mapping[str, str]], rules: Rules, names: Mapping[str, Name]
) -> Iterator[Hypothesis]:
    """Everything that the graph knows may turn out."""
    for row in rows:
        kind, of, result, word = row["kind"], row["of"], row["result"], row["word"]
        if kind in ("state", "size"):
            label = f"{names[of].short} {word}" if kind == "state" else word
            figures = {figure for way in ways(rules, result) for figure, _ in way}
            yield Hypothesis(kind, of, result, label, figures=frozenset(figures))
        else:
            yield Hypothesis(kind, of, result, f"{word}: yes")
            yield Hypothesis(kind, of, result, f"{word}: no", rules.below(result))


def bearing(
    hypotheses: Iterable[Hypothesis], causes: Collection[ListedCause], rules: Rules
) -> tuple[tuple[Hypothesis, ...], dict[str, tuple[str, ...]]]:
    """Those that can bear on a cause, and the causes by what their verdict can turn on.

    Of what a hypothesis could bring, only what a cause can turn on is kept.
    """
    anyway = frozenset(classify(rules, _ANY_CASE).type_table[EG_CASE])
    bears_on = _by_trigger(causes, _triggers, anyway)
    against = _by_trigger(causes, _weakening, anyway).keys()
    found = []
    for each in hypotheses:
        brings = frozenset(bears_on.keys() & (each.denied or _reach(rules, each)))
        if brings:
            weakens = not each.denied and not brings.isdisjoint(against)
            found.append(replace(each, brings=brings, weakens=weakens))
    return tuple(found), bears_on


def _reach(rules: Rules, hypothesis: Hypothesis) -> frozenset[str]:
    """What a hypothesis could bring to any case; a size is one of a result that is there."""
    edge = (EG_CASE, hypothesis.role, hypothesis.of)
    more = Facts(tuple((hypothesis.of, each) for each in hypothesis.classes), (edge,))
    if hypothesis.kind != "size":
        return reach(rules, _ANY_CASE, more, EG_CASE)
    known = Facts((*_ANY_CASE.types, (hypothesis.of, hypothesis.of)), (edge,))
    return reach(rules, known, more, EG_CASE)


def _by_trigger(
    causes: Iterable[ListedCause],
    triggers: Callable[[ListedCause], Iterator[str]],
    anyway: frozenset[str],
) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for cause in causes:
        for each in triggers(cause):
            if each not in anyway:
                found[each][cause.iri] = None
    return {each: tuple(causes) for each, causes in found.items()}


def _triggers(cause: ListedCause) -> Iterator[str]:
    """Every kind of case, finding and class that the verdict on a cause can turn on."""
    yield cause.iri
    yield from (each.population.iri for each in cause.statements)
    for rule in cause.supports:
        yield rule.finding
        yield from rule.contexts
    yield from _weakening(cause)


def _weakening(cause: ListedCause) -> Iterator[str]:
    """What a verdict on a listed cause can turn on for the worse."""
    for rule in cause.against:
        yield rule.finding
        yield from rule.contexts
    yield from (each.finding for each in cause.pending if each.finding)
