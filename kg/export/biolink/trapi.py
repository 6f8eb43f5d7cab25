"""The answer to a question of one hop, as the Translator Reasoner API has it (TRAPI 2.0).

The question stands in `ontology/exports`, and any question of its form can be answered: categories
or ids at both ends, predicates, and qualifiers that an edge must have. No ancestors are tried.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg.export.biolink.edges import Edge, edges_of
from kg.export.biolink.kgx import nodes_of
from kg.export.biolink.words import Node
from kg.export.source import Source
from kg.export.tables import read_json
from kg.model.errors import UsageError
from kg.model.vocabulary import EG

Json = dict[str, Any]
"""An object of JSON, as TRAPI has it."""


def trapi(source: Source) -> dict[str, bytes]:
    """The response to the question that ships, with the question in it."""
    asked = read_json("biolink-question.json")
    edges, _ = edges_of(source.graph)
    message = answer(asked["query_graph"], edges, asked["resource"], source)
    response = {
        "schema_version": asked["schema_version"],
        "biolink_version": asked["biolink_version"],
        "status": "Success",
        "description": f"{len(message['results'])} results",
        "message": message,
    }
    text = json.dumps(response, indent=2, ensure_ascii=False, sort_keys=True)
    return {"trapi-response.json": f"{text}\n".encode()}


def answer(question: Json, edges: Sequence[Edge], resource: str, source: Source) -> Json:
    """The message that answers a question of one edge; UsageError for another number of edges."""
    if len(question.get("edges", {})) != 1:
        raise UsageError("a question of one edge is wanted; paths are not answered.")
    ((name, asked),) = question["edges"].items()
    found = [edge for edge in edges if _fits(edge, asked, question["nodes"])]
    return {
        "query_graph": question,
        "knowledge_graph": {
            "nodes": {node.id: _node(node) for node in nodes_of(found)},
            "edges": {_id(edge, source): _edge(edge, resource, source) for edge in found},
        },
        "results": list(_results(found, name, asked, resource, source)),
    }


def _fits(edge: Edge, asked: Json, nodes: Mapping[str, Json]) -> bool:
    wanted = asked.get("predicates")
    return (
        (not wanted or edge.predicate in wanted)
        and _is(edge.subject, nodes[asked["subject"]])
        and _is(edge.object, nodes[asked["object"]])
        and _is_qualified(edge, asked.get("constraints", {}).get("qualifiers"))
    )


def _is(node: Node, asked: Json) -> bool:
    ids, categories = asked.get("ids"), asked.get("categories")
    return (not ids or not {node.id, *node.xref}.isdisjoint(ids)) and (
        not categories or node.category in categories
    )


def _is_qualified(edge: Edge, sets: Sequence[Mapping[str, str]] | None) -> bool:
    """Whether an edge has all qualifiers of one set."""
    said = set(edge.qualifiers)
    return not sets or any(said.issuperset(each.items()) for each in sets)


def _results(
    edges: Sequence[Edge], name: str, asked: Json, resource: str, source: Source
) -> Iterator[Json]:
    """A result for each pair of ends, with all its edges."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        pair = (edge.subject.id, edge.object.id)
        pairs.setdefault(pair, []).append(_id(edge, source))
    for (subject, object_), found in sorted(pairs.items()):
        bound = {asked["subject"]: {"ids": [subject]}, asked["object"]: {"ids": [object_]}}
        analysis = {"resource_id": resource, "edge_bindings": {name: {"ids": found}}}
        yield {"node_bindings": bound, "analyses": [analysis]}


def _id(edge: Edge, source: Source) -> str:
    return source.published(edge.statement)


def _node(node: Node) -> Json:
    return {"name": node.name, "categories": [node.category]} | _attributes(
        ("biolink:xref", list(node.xref)), ("biolink:description", node.description)
    )


def _edge(edge: Edge, resource: str, source: Source) -> Json:
    record = {
        "resource_id": resource,
        "resource_role": "primary_knowledge_source",
        "source_record_urls": [_id(edge, source)],
    }
    qualifiers = [{"qualifier_type_id": n, "qualifier_value": v} for n, v in edge.qualifiers]
    return {
        "subject": edge.subject.id,
        "predicate": edge.predicate,
        "object": edge.object.id,
        "sources": [record],
        "knowledge_level": edge.knowledge_level,
        "agent_type": edge.agent_type,
        **({"qualifiers": qualifiers} if qualifiers else {}),
        **_attributes(
            ("biolink:publications", [source.published(each) for each in edge.publications]),
            ("biolink:has_evidence", list(edge.evidence)),
            ("biolink:description", edge.text),
            (source.published(EG.reviewStatus), list(edge.review)),
        ),
    }


def _attributes(*said: tuple[str, str | list[str]]) -> Json:
    """Attributes with a value; a key with an empty list of them is left out."""
    found = [{"attribute_type_id": name, "value": value} for name, value in said if value]
    return {"attributes": found} if found else {}
