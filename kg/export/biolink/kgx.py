"""Nodes and edges as KGX exchanges them: TSV with `|` between values, and JSON Lines.

Beside them stands a report of losses: per statement what Biolink does not say of it, and why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kg.export.biolink.edges import Edge, Unsaid, edges_of
from kg.export.biolink.words import Node
from kg.export.source import STEM, Source
from kg.export.tables import read_json, write_rows
from kg.model.statements import short_id

Record = Mapping[str, str | list[str]]

_NODE: Final = ("id", "category", "name", "description", "xref")
_EDGE: Final = (
    "id",
    "subject",
    "predicate",
    "object",
    "category",
    "disease_context_qualifier",
    "knowledge_level",
    "agent_type",
    "primary_knowledge_source",
    "publications",
    "has_evidence",
    "description",
)
_ASSOCIATION: Final = "biolink:Association"
_LOSS: Final = ("statement", "said", "what", "why", "text")
_NO_SLOT: Final = "an edge with this predicate has no slot for it that tools read"
_NO_REVIEW: Final = "Biolink has no slot for it; an edge looks as if somebody had reviewed it"


def kgx(source: Source) -> dict[str, bytes]:
    """The nodes and edges in both forms, and the report of what they do not say."""
    edges, unsaid = edges_of(source.graph)
    nodes = [_node(node) for node in nodes_of(edges)]
    resource = str(read_json("biolink-question.json")["resource"])
    records = [_edge(edge, resource, source) for edge in edges]
    return {
        f"kgx/{STEM}_nodes.tsv": _table(_NODE, nodes),
        f"kgx/{STEM}_edges.tsv": _table(_EDGE, records),
        f"kgx/{STEM}_nodes.jsonl": _lines(nodes),
        f"kgx/{STEM}_edges.jsonl": _lines(records),
        f"kgx/{STEM}_losses.tsv": losses(edges, unsaid),
    }


def nodes_of(edges: Sequence[Edge]) -> Sequence[Node]:
    """The ends of edges, each once, by id."""
    found = {node.id: node for edge in edges for node in (edge.subject, edge.object)}
    return [found[name] for name in sorted(found)]


def _node(node: Node) -> Record:
    return {
        "id": node.id,
        "category": [node.category],
        "name": node.name,
        "description": node.description,
        "xref": list(node.xref),
    }


def _edge(edge: Edge, resource: str, source: Source) -> Record:
    qualifiers = {name.removeprefix("biolink:"): value for name, value in edge.qualifiers}
    return {
        "id": source.published(edge.statement),
        "subject": edge.subject.id,
        "predicate": edge.predicate,
        "object": edge.object.id,
        "category": [_ASSOCIATION],
        **qualifiers,
        "knowledge_level": edge.knowledge_level,
        "agent_type": edge.agent_type,
        "primary_knowledge_source": resource,
        "publications": [source.published(each) for each in edge.publications],
        "has_evidence": list(edge.evidence),
        "description": edge.text,
    }


def _table(columns: Sequence[str], records: Iterable[Record]) -> bytes:
    rows = ([_cell(each.get(name, "")) for name in columns] for each in records)
    return write_rows([columns, *rows])


def _cell(value: str | list[str]) -> str:
    """One cell; a tab or a line end in a text is a blank."""
    text = value if isinstance(value, str) else "|".join(value)
    return " ".join(text.split())


def _lines(records: Iterable[Record]) -> bytes:
    filled = ({name: value for name, value in each.items() if value} for each in records)
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in filled).encode()


def losses(edges: Sequence[Edge], unsaid: Sequence[Unsaid]) -> bytes:
    """A table with a row for each loss; a statement that is said whole has one row, without any."""
    return write_rows([_LOSS, *sorted([*_partly(edges), *_not_at_all(unsaid)])])


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
