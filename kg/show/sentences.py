"""Sentences of the reader's own copies beside an answer: shown, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from kg.model.copies import Check
from kg.show.layout import WIDTH, block, wrapped


def sentences_text(checked: Iterable[tuple[str, Check]]) -> str:
    """The sentence of each statement, or why it is not shown."""
    lines = [
        "",
        "SENTENCES           from your copies, where one has the digest that the graph holds",
    ]
    for identifier, check in checked:
        shown = check.sentence or "not found in that folder"
        lines += block(f"  {identifier}", wrapped(shown, WIDTH - 8), indent=8)
    return "\n".join(lines) + "\n"
