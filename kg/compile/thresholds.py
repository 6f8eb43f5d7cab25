"""The lines that documents draw through results: what the definition of each class says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter

from kg.compile.rows import Record, grouped
from kg.model.statements import short_id
from kg.model.tables import Bounds, Threshold
from kg.model.vocabulary import EG
from kg.reasoning.intervals import Interval
from kg.reasoning.requirements import requirements
from kg.reasoning.rules import Rules


def read_thresholds(rows: Iterable[Record], rules: Rules) -> Iterator[Threshold]:
    """Each class of results that a statement draws a line for, with where its figures lie."""
    for (of, result, label), records in grouped(rows, itemgetter("of", "result", "label")).items():
        yield Threshold(
            iri=result,
            label=label,
            of=of,
            statements=tuple(short_id(each["statement"]) for each in records),
            figures=figures_of_class(rules, result),
            under=tuple(_treatments(rules, result)),
        )


def figures_of_class(rules: Rules, result: str) -> dict[str, Bounds]:
    """Where each figure of every result of a class lies, by the figure."""
    implied = {result, *rules.supers.get(result, ())}
    found: dict[str, Interval] = {}
    for figure, interval, head in rules.facets:
        if head in implied:
            found[figure] = found.get(figure, Interval()).intersection(interval)
    return {figure: _bounds(each) for figure, each in sorted(found.items())}


def _bounds(interval: Interval) -> Bounds:
    """The tighter bound of each side."""
    at_least, above, at_most, below = (
        interval.at_least,
        interval.above,
        interval.at_most,
        interval.below,
    )
    if at_least is not None and above is not None:
        at_least, above = (at_least, None) if at_least > above else (None, above)
    if at_most is not None and below is not None:
        at_most, below = (at_most, None) if at_most < below else (None, below)
    return Bounds(at_least, above, at_most, below)


def _treatments(rules: Rules, result: str) -> Iterator[str]:
    """The treatments under which it is taken, and the drugs that make one of them."""
    for asked in requirements(rules, result):
        if asked.role == EG.duringTreatment:
            yield asked.filler
            for each in requirements(rules, asked.filler):
                if each.role == EG.withDrug:
                    yield each.filler
