"""What changed between the answer that was shown before and this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from kg.answer.model import Answer
from kg.answer.what_if import Supposition, VerdictChange, row_changes, verdict_changes
from kg.pages.ask.blocks import Node, ids_of, nodes_of
from kg.show.changes import changed_sections

_MOST_TOLD: Final = 3
"""Causes that are named where it is said in a sentence; all of them are listed."""


class Moved(Struct, frozen=True):
    """What differs: in a sentence that is read aloud, and as blocks."""

    told: str
    nodes: tuple[Node, ...]


def changed(before: Answer, after: Answer) -> Moved:
    """The rows that differ, verdicts first; that nothing does, where it is so."""
    verdicts, rows = tuple(verdict_changes(before, after)), row_changes(before, after)
    found = Supposition((), (), verdicts, rows, before, after)
    nodes = nodes_of(changed_sections(found), ids_of(before, after), 4)
    told = _told(verdicts) if verdicts or rows else "Nothing in the answer changes."
    return Moved(told, nodes)


def _told(verdicts: Sequence[VerdictChange]) -> str:
    said = [f"{each.label} {_becomes(each)}" for each in verdicts[:_MOST_TOLD]]
    more = len(verdicts) - len(said)
    if more:
        said.append(f"{more} more")
    return f"Answer changed. {'; '.join(said)}." if said else "Answer changed; no verdict moves."


def _becomes(change: VerdictChange) -> str:
    return "is not listed any more" if change.after is None else f"is now {change.after.value}"
