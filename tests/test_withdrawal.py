"""A withdrawn statement stands in no answer, and can still be looked up."""

from __future__ import annotations

import json

import pytest
from built import build_edited, with_withdrawal
from click.testing import CliRunner
from removal import Whole

from kg.compile.retraction import find_valid_statements, retract_axioms
from kg.compile.words import words
from kg.model import resources
from kg.model.rdf import Quad, read_nquads, turtle_to_nquads, write_nquads
from kg.model.vocabulary import EG, GRAPH_WORDS, IRI, PROV, Literal, expand
from kg.show.graph import render_statement
from kg.store.knowledge import KnowledgeGraph
from kg.store.local import LocalStore
from kg.store.queries import Query, bind, catalogue
from kg.store.statements import find_statement, read_statement

WITHDRAWN = "B026"
LOOKED_UP = {"statement", "statement_ids", "place", "pointers", "withdrawals"}
"""The queries by which one statement is looked up, whether it stands or not."""
ASKED = {
    name.removeprefix("ask/"): query
    for name, query in catalogue(resources.queries_dir()).items()
    if name.startswith("ask/") or "/" not in name
}

READ_AS_WRITTEN = {
    name: query
    for name, query in ASKED.items()
    if name not in LOOKED_UP and "eg:edge" not in query.text
}
"""The queries of statements themselves; the others ask for derived edges, which a build makes."""


@pytest.fixture(name="edited", scope="module")
def _edited() -> KnowledgeGraph:
    """Give the graph with one statement withdrawn, as a curator does it, and its other words.

    It was built for comparing, so they are made here.
    """
    graph = build_edited({"statements/B.ttl": with_withdrawal(WITHDRAWN)})
    assert isinstance(graph.store, LocalStore)
    assert GRAPH_WORDS not in graph.store.graphs()
    graph.store.load(words(graph.store))
    return graph


def rows_that_name(knowledge: KnowledgeGraph, query: Query, statement: str) -> int:
    """How many rows of a query as it stands name a statement."""
    rows = knowledge.store.select(bind(query, {})).rows
    return sum(statement in row for row in rows)


@pytest.mark.jvm
@pytest.mark.parametrize("name", sorted(ASKED.keys() - LOOKED_UP))
def test_no_query_finds_a_withdrawn_statement(name: str, edited: KnowledgeGraph) -> None:
    """Not as evidence, listing, note, link or corroboration: no question is answered with it."""
    statement = expand(f"st:{WITHDRAWN}")

    assert rows_that_name(edited, ASKED[name], statement) == 0


@pytest.fixture(name="silenced", scope="module")
def _silenced() -> tuple[LocalStore, frozenset[str]]:
    """Give the graph with every statement withdrawn, but not reasoned over anew, and their IRIs."""
    whole = Whole()
    said = [IRI(each) for each in whole.statements()]
    marks = (Quad(each, PROV.wasInvalidatedBy, EG.withdrawal, None) for each in said)
    quads = (*whole.graph.quads, *marks)
    kept, _ = retract_axioms(quads, find_valid_statements(quads))
    return LocalStore(write_nquads(kept)), frozenset(said)


@pytest.mark.parametrize("name", sorted(READ_AS_WRITTEN))
def test_no_query_reads_a_withdrawn_statement(
    name: str, silenced: tuple[LocalStore, frozenset[str]]
) -> None:
    """A query that asks statements themselves, not what was concluded, leaves all of them out."""
    store, statements = silenced

    rows = store.select(bind(READ_AS_WRITTEN[name], {})).rows

    assert [row for row in rows if not statements.isdisjoint(row)] == []


def test_the_queries_would_find_it(knowledge: KnowledgeGraph) -> None:
    """While it stands, the statement is named by many of these queries."""
    statement = expand(f"st:{WITHDRAWN}")

    naming = {name for name in ASKED if rows_that_name(knowledge, ASKED[name], statement)}

    assert {"arguments", "contexts", "notes", "rules"} <= naming


@pytest.mark.jvm
def test_a_withdrawn_statement_can_be_looked_up(edited: KnowledgeGraph) -> None:
    """Who met the id in an older answer is told that it was withdrawn, why, when and by whom."""
    statement = read_statement(edited.store, find_statement(edited.store, WITHDRAWN))

    shown = " ".join(render_statement(statement, None, "text").split())
    assert "WITHDRAWN" in shown
    assert "read from the wrong line (2026-11-22, a curator)" in shown
    assert statement.place is not None
    assert json.loads(render_statement(statement, None, "json"))["withdrawal"] == {
        "reason": "read from the wrong line",
        "date": "2026-11-22",
        "agents": ["a curator"],
    }


@pytest.mark.jvm
def test_a_link_to_a_withdrawn_statement_is_not_shown(edited: KnowledgeGraph) -> None:
    """Another statement that restates it, or agrees with it, does not show it as standing."""
    linked = [
        record["statement"]
        for record in edited.store.select(
            "SELECT DISTINCT ?statement WHERE { ?statement ?link "
            f"<{expand(f'st:{WITHDRAWN}')}> ; <{EG.region}> ?region }}"
        ).records()
    ]

    assert linked
    for iri in linked:
        statement = read_statement(edited.store, find_statement(edited.store, str(iri)))
        assert not any(WITHDRAWN in value for q in statement.qualifiers for value in q.values)


def test_a_withdrawn_statement_corroborates_nothing() -> None:
    """An axiom that stands on another statement is not said to be agreed with by it either."""
    text = """
    @prefix eg: <https://w3id.org/etiograph/id/> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix st: <https://w3id.org/etiograph/statement/> .
    [] a owl:Axiom ; owl:annotatedSource eg:Frost ; owl:annotatedProperty eg:p ;
        owl:annotatedTarget eg:Cause ; eg:evidence st:X001 ; eg:corroboration st:X002 .
    """
    quads = tuple(read_nquads(turtle_to_nquads(text.encode())))

    kept, fallen = retract_axioms(quads, frozenset({expand("st:X001")}))

    assert fallen == ()
    assert expand("st:X002") not in {quad.object for quad in kept}


@pytest.mark.jvm
def test_the_command_line_shows_the_withdrawals(edited: KnowledgeGraph) -> None:
    """The query by name lists them with their reasons."""
    rows = edited.store.select(bind(ASKED["withdrawals"], {}))

    (record,) = list(rows.records())
    assert record["statement"] == expand(f"st:{WITHDRAWN}")
    assert record["reason"] == Literal("read from the wrong line")


@pytest.mark.usefixtures("knowledge")
def test_a_standing_statement_is_not_marked() -> None:
    """A statement that stands has no withdrawal."""
    from kg.cli import main

    shown = CliRunner().invoke(main, ["statement", WITHDRAWN, "--format", "json"]).stdout

    assert json.loads(shown)["withdrawal"] is None
