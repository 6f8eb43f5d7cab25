"""What changed between the answer that was shown before and this one."""

from __future__ import annotations

from kg.answer.model import Answer
from kg.answer.what_if import Supposition, row_changes, verdict_changes
from kg.pages.ask.blocks import Ids, Node, nodes_of
from kg.show.changes import changed_sections


def changed(before: Answer, after: Answer) -> tuple[Node, ...]:
    """The rows that differ, verdicts first; that nothing does, where it is so."""
    verdicts, rows = tuple(verdict_changes(before, after)), row_changes(before, after)
    found = Supposition((), (), verdicts, rows, before, after)
    ids = Ids({**before.statements, **after.statements}, {**before.background, **after.background})
    return nodes_of(changed_sections(found), ids, 4)
