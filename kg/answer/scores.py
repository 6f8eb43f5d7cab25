"""Scores: small tables of points, added up over what a case is and what it is said not to have.

A score has a number only where one row of each of its items is known to hold. A row is never taken
to hold because nothing is said: what is missing is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from kg.answer.classified import ClassifiedCase, classify_case
from kg.case import Case
from kg.case.model import NOT_KNOWN, Derived, Figure
from kg.model.derived import Recipe, ScoreRow
from kg.reasoning.rules import Rules


def with_scores(rules: Rules, case: Case) -> Case:
    """The case with the scores that rules ask for, as far as any of their items is known.

    Scores may be items of others, so they are added up until no more are known.
    """
    waiting = case.scores
    while waiting:
        found = classify_case(rules, case)
        added = [(each, _add_up(each, found)) for each in waiting]
        known = [score for _, score in added if score is not None and score.figure is not None]
        if not known:
            open_ = (score for _, score in added if score is not None)
            return replace(case, scores=(), derived=(*case.derived, *open_))
        waiting = tuple(e for e, score in added if score is None or score.figure is None)
        case = replace(case, scores=waiting, derived=(*case.derived, *known))
    return case


def _add_up(score: Recipe, case: ClassifiedCase) -> Derived | None:
    """A score with its number or what is missing; None where nothing of it is known."""
    items = dict.fromkeys(row.item for row in score.rows)
    holding = {item: _holding(score.rows, item, case) for item in items}
    missing = [item for item, rows in holding.items() if len({each.points for each in rows}) != 1]
    if len(missing) == len(items):
        return None
    shown = "; ".join(f"{item} {rows[0].points:f}" for item, rows in holding.items() if rows)
    if missing:
        text = f"{NOT_KNOWN} {' and '.join(missing)} (known: {shown})"
        return Derived(score.iri, score.label, None, text)
    total = sum((rows[0].points for rows in holding.values()), Decimal(0))
    unit = score.unit.strip("{}")
    return Derived(
        score.iri, score.label, Figure(score.figure, total), f"{total:f} {unit} ({shown})"
    )


def _holding(rows: Iterable[ScoreRow], item: str, case: ClassifiedCase) -> list[ScoreRow]:
    """The rows of an item that are known to hold."""
    return [
        row
        for row in rows
        if row.item == item and (row.where in case.contexts or row.absent in case.absent)
    ]
