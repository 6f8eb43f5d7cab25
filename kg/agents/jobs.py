"""What workers do for agents: a call of a tool, or something to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from kg.agents import catalogue
from kg.agents.catalogue import call, refusal
from kg.library import Graph
from kg.model.errors import KGError
from kg.model.terms import Kind
from kg.sandbox.protocol import Frame
from kg.store.knowledge import KnowledgeGraph

CALL: Final = "call_tool"
READ: Final = "read_resource"
_TRIED: Final = "SELECT ?none { ?s ?p eg:none }"


def private_jobs(knowledge: KnowledgeGraph) -> Mapping[str, Callable[[Frame], Frame]]:
    """The calls about a patient, or about somebody else's text."""
    graph = Graph(knowledge)
    findings = sorted(graph.lexicon.asked)  # as plain texts, as an agent sends them
    case = {"labs": [{"marker": str(e), "state": "high"} for e in findings], "detail": "page"}
    call(graph, "answer_case", case)
    asked = {name: value for name, value in case.items() if name != "detail"}
    call(graph, "why", {"case": asked, "row": "1", "detail": "page"})
    call(graph, "what_if", {"case": asked, "suppose": _some_name(graph)})
    claim = {"subject": "none", "relation": "none", "object": "none"}
    call(graph, "check_claims", {"claims": [claim]})
    return {CALL: partial(_call, graph)}


def graph_jobs(knowledge: KnowledgeGraph) -> Mapping[str, Callable[[Frame], Frame]]:
    """The calls about the graph, and what can be read."""
    graph = Graph(knowledge)
    catalogue.warm_up(graph)
    ids = list(knowledge.model.tables.notes.statements)
    call(graph, "get_statements", {"ids": [*ids[:1], "none"]})
    call(graph, "find_term", {"names": [*_some_name(graph), "none"]})
    for query in (_TRIED, "ASK {}", "DESCRIBE eg:none", "SELECT"):
        call(graph, "sparql", {"query": query})
    return {CALL: partial(_call, graph), READ: partial(_read, graph)}


def _some_name(graph: Graph) -> list[str]:
    return [each.label for each in graph.lexicon.of_kind(Kind.CONDITION)][:1]


def _call(graph: Graph, request: Frame) -> Frame:
    outcome = call(graph, str(request.head["name"]), json.loads(request.body))
    return Frame({"is_error": outcome.is_error}, outcome.text.encode())


def _read(graph: Graph, request: Frame) -> Frame:
    try:
        return Frame(
            {"is_error": False}, catalogue.read_resource(graph, request.body.decode()).encode()
        )
    except KGError as error:
        return Frame({"is_error": True}, refusal(error).text.encode())
