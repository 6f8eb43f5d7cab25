"""Every derived edge is justified by the rules of one step each, without a search by HermiT."""

from __future__ import annotations

from kg.answer.proof.tables import MEMBER_OF, EdgeNote, read_tables
from kg.reasoning.ruleset import TYPE, Fact
from kg.store.knowledge import Knowledge


def traced(knowledge: Knowledge, edge: EdgeNote) -> frozenset[str] | None:
    """Give the axioms by which the tracer comes to an edge."""
    tables = read_tables(knowledge)
    given = (Fact(MEMBER_OF, TYPE, edge.source),)
    goal = Fact(MEMBER_OF, edge.property, edge.target)
    return tables.tracer.axioms(given, goal, within=frozenset(tables.axioms))


def test_the_tracer_justifies_every_edge(knowledge: Knowledge) -> None:
    """Of no derived edge is a justification missing, and none is bigger than the one kept."""
    edges = read_tables(knowledge).edges

    found = {edge: traced(knowledge, edge) for edge in edges}

    assert len(edges) > 300
    assert [edge for edge, axioms in found.items() if axioms is None] == []
    assert [edge for edge, axioms in found.items() if len(axioms or ()) > len(edge.axioms)] == []
