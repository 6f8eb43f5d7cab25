"""The report of losses: per statement what Biolink does not say of it, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kg.export.biolink.edges import Edge, Unsaid
from kg.model.statements import short_id

_HEAD: Final = ("statement", "said", "what", "why", "text")
_NO_SLOT: Final = "an edge with this predicate has no slot for it that tools read"
_NO_REVIEW: Final = "Biolink has no slot for it; an edge looks as if somebody had reviewed it"


def losses(edges: Sequence[Edge], unsaid: Sequence[Unsaid]) -> bytes:
    """A table with a row for each loss; a statement that is said whole has one row, without any."""
    rows = sorted([*_partly(edges), *_not_at_all(unsaid)])
    return "".join("\t".join(row) + "\n" for row in [_HEAD, *rows]).encode()


def _partly(edges: Sequence[Edge]) -> Iterator[tuple[str, ...]]:
    for edge in edges:
        for name in edge.left_out:
            yield short_id(edge.statement), "in part", name, _NO_SLOT, edge.text
        for status in edge.review:
            yield short_id(edge.statement), "in part", f"review: {status}", _NO_REVIEW, edge.text
        if not edge.left_out and not edge.review:
            yield short_id(edge.statement), "whole", "", "", edge.text


def _not_at_all(unsaid: Sequence[Unsaid]) -> Iterator[tuple[str, ...]]:
    for each in unsaid:
        for reason in each.reasons:
            yield short_id(each.statement), "no", "statement", reason, each.text
