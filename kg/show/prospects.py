"""What each result would do, in the words that text and Markdown share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.answer.model import Move, NextStep, Result
from kg.show.words import counted

Effect = tuple[str, tuple[str, ...]]
"""What would happen to some causes, and the statements that bring it about."""

NOT_THERE = "not there"
UNADVISED = "would move a verdict, and no statement advises it for such a case"


def by_effect(results: Iterable[Result]) -> Iterator[tuple[str, tuple[Effect, ...]]]:
    """The results, those with the same effects together, and what they would do."""
    groups: dict[tuple[Effect, ...], list[str]] = {}
    for result in results:
        groups.setdefault(tuple(_effects(result)), []).append(result.label)
    for effects, labels in groups.items():
        yield " or ".join(labels), effects


def would_do(step: NextStep) -> str:
    """How many causes a step may move or say more of, in few words."""
    if step.settles:
        return f"may move {counted(len(step.settles), 'cause')}"
    informed = len(step.informs)
    return f"says more of {counted(informed, 'cause')}" if informed else "no row by itself"


def _effects(result: Result) -> Iterator[Effect]:
    moves: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for move in result.moves:
        moves.setdefault((_verdict(move), move.statements), []).append(move.label)
    for (verdict, statements), labels in moves.items():
        yield f"{verdict}: {'; '.join(labels)}", statements
    supports: dict[tuple[str, ...], list[str]] = {}
    for each in result.supports:
        supports.setdefault(each.statements, []).append(each.label)
    for statements, labels in supports.items():
        yield f"speaks for: {'; '.join(labels)}", statements


def _verdict(move: Move) -> str:
    if move.after is None:
        return NOT_THERE
    return move.after.value if move.before is not None else f"newly listed, {move.after.value}"
