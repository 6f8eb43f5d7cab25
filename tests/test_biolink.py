"""Promises of the edges of Biolink: none says more than its statement, and every loss is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from exporting import exported, own_source

from kg.export.biolink.edges import Edge, Unsaid, edges_of
from kg.export.biolink.trapi import answer
from kg.export.biolink.words import read_words
from kg.export.nanopubs.content import standing
from kg.export.tables import read_json, read_table
from kg.model.errors import SourceSyntaxError, UsageError
from kg.model.rdf import Graph, Triple
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, Term, eg, expand

DATA = Path(__file__).parent / "data"
A_CAUSE = "st:A004"


def _table(name: str) -> list[dict[str, str]]:
    text = exported("kgx")[f"kgx/etiograph_{name}.tsv"].content.decode()
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def _lines(name: str) -> list[dict[str, Any]]:
    content = exported("kgx")[f"kgx/etiograph_{name}.jsonl"].content
    return [json.loads(line) for line in content.splitlines()]


def _edge_or_not(name: str, **changed: Term | None) -> Edge | Unsaid:
    """What is made of a statement of which some properties are said otherwise, or not at all."""
    statement = expand(name)
    names = {eg(each): value for each, value in changed.items()}
    kept = [
        Triple(*quad[:3])
        for quad in own_source().quads
        if quad.subject != statement or quad.predicate not in names
    ]
    said = [Triple(statement, each, value) for each, value in names.items() if value is not None]
    edges, unsaid = edges_of(Graph([*kept, *said]))
    found: list[Edge | Unsaid] = [*edges, *unsaid]
    return next(each for each in found if each.statement == statement)


# ── What is said, and what is not ───────────────────────────────────────────────────────────


def test_every_statement_is_accounted_for() -> None:
    """Each statement is an edge or has a reason why not; the report has a row for each."""
    edges, unsaid = edges_of(own_source().graph)
    told = {row["statement"] for row in _table("losses")}

    statements = {short_id(each) for each in standing(own_source().graph)}
    assert len(edges) >= 12
    found = {short_id(each.statement) for each in edges}
    assert found | {short_id(each.statement) for each in unsaid} == statements == told
    assert all(each.reasons for each in unsaid)


def test_no_edge_hardens_its_statement() -> None:
    """Each edge is of an affirmed statement whose modality Biolink's predicate says."""
    graph = own_source().graph
    edges, _ = edges_of(graph)

    for edge in edges:
        assert graph.value(edge.statement, EG.polarity) == EG.affirmed
        predicate = graph.value(edge.statement, EG.predicate)
        modality = graph.value(edge.statement, EG.modality)
        assert predicate is not None
        assert modality is not None
        relation = read_words().relation(predicate, modality)
        assert relation is not None
        assert relation.predicate == edge.predicate


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"polarity": EG.denied}, "it denies"),
        ({"modality": eg("modality-may")}, "says that it does"),
        ({"predicate": eg("argues-for")}, "no predicate for what suggests"),
        ({"subject": eg("bone-formation")}, "no public code"),
        ({"object": eg("normal-ggt")}, "no public code"),
        ({"populationClass": EG.PostmenopausalOsteoporosisCase}, "whom it is about"),
        ({"predicate": eg("newly-made")}, "Biolink has no predicate for it"),
    ],
)
def test_what_would_say_more_is_no_edge(changed: dict[str, IRI], reason: str) -> None:
    """A statement that denies, hedges, is of few patients or has no code becomes no edge."""
    assert isinstance(_edge_or_not(A_CAUSE), Edge)

    found = _edge_or_not(A_CAUSE, **changed)
    assert isinstance(found, Unsaid)
    assert any(reason in each for each in found.reasons)


def test_whom_it_is_about_is_a_qualifier() -> None:
    """A statement of patients with one disease has it as a qualifier, one of anybody has none."""
    of_myeloma = _edge_or_not(A_CAUSE)
    of_anybody = _edge_or_not(A_CAUSE, populationClass=EG.Case, context=EG.Case)

    assert isinstance(of_myeloma, Edge)
    assert isinstance(of_anybody, Edge)
    assert of_myeloma.qualifiers == (("biolink:disease_context_qualifier", "MONDO:0009693"),)
    assert of_anybody.qualifiers == ()
    assert "context" not in of_anybody.left_out


def test_where_nobody_is_named_the_context_counts() -> None:
    """A statement that names nobody is of the cases it applies to: a qualifier, or no edge."""
    isolated = _edge_or_not("st:A024")
    in_myeloma = _edge_or_not(A_CAUSE, populationClass=EG.Case, context=EG.MyelomaCase)

    assert isinstance(isolated, Unsaid)
    assert [each for each in isolated.reasons if "isolated" in each] == list(isolated.reasons)
    assert isinstance(in_myeloma, Edge)
    assert in_myeloma.qualifiers == (("biolink:disease_context_qualifier", "MONDO:0009693"),)


def test_that_review_is_pending_is_told() -> None:
    """What a document says of its review is a loss of each edge, and an attribute of TRAPI."""
    edges, _ = edges_of(own_source().graph)
    pending = "pending human review"
    assert {each.review for each in edges} == {(pending,)}

    told = {row["statement"] for row in _table("losses") if row["what"] == f"review: {pending}"}
    assert told == {short_id(each.statement) for each in edges}
    assert "whole" not in {row["said"] for row in _table("losses")}
    for edge in _response()["message"]["knowledge_graph"]["edges"].values():
        said = {each["attribute_type_id"]: each["value"] for each in edge["attributes"]}
        assert said[EG.reviewStatus] == [pending]


# ── KGX ─────────────────────────────────────────────────────────────────────────────────────


def test_both_forms_say_the_same() -> None:
    """The tables and the lines of JSON have the same nodes and edges, with the same values."""
    for name in ("nodes", "edges"):
        lines = _lines(name)
        assert [
            {
                key: value.split("|") if isinstance(line.get(key), list) else value
                for key, value in row.items()
                if value
            }
            for row, line in zip(_table(name), lines, strict=True)
        ] == lines


def test_edges_are_between_nodes() -> None:
    """Each edge has its two nodes, its level of knowledge, its agent, its source and its words."""
    nodes = {node["id"] for node in _lines("nodes")}

    for edge in _lines("edges"):
        assert {edge["subject"], edge["object"]} <= nodes
        assert edge["knowledge_level"] == "knowledge_assertion"
        assert edge["agent_type"] == "automated_agent"
        assert edge["primary_knowledge_source"] == "infores:etiograph"
        assert edge["publications"]
        assert edge["description"]


# ── TRAPI ───────────────────────────────────────────────────────────────────────────────────


def _response() -> dict[str, Any]:
    found = json.loads(exported("trapi")["trapi-response.json"].content)
    assert isinstance(found, dict)
    return found


def test_the_response_is_as_the_specification_has_it() -> None:
    """The response validates; without a level of knowledge it would not."""
    schema = json.loads((DATA / "trapi-2.0.0-beta.schema.json").read_bytes())
    validator = jsonschema.Draft202012Validator(schema)
    response = _response()

    assert list(validator.iter_errors(response)) == []
    edges = response["message"]["knowledge_graph"]["edges"]
    del next(iter(edges.values()))["knowledge_level"]
    assert len(list(validator.iter_errors(response))) == 1


def test_the_response_answers_its_question() -> None:
    """Each result is a cause in myeloma that the statements name, bound to all its edges."""
    message = _response()["message"]
    causes = {each["node_bindings"]["cause"]["ids"][0]: each for each in message["results"]}

    assert {"MONDO:0100471", "MONDO:0005382"} <= set(causes)
    bound = [
        edge
        for each in message["results"]
        for analysis in each["analyses"]
        for edge in analysis["edge_bindings"]["causes"]["ids"]
    ]
    assert sorted(bound) == sorted(message["knowledge_graph"]["edges"])
    assert not any(edge.endswith(("B001", "B006", "A005")) for edge in bound)


@pytest.mark.parametrize(
    ("ends", "edge", "expected"),
    [
        ({"cause": {"ids": ["MONDO:0001068"]}}, {"predicates": ["biolink:has_phenotype"]}, 4),
        ({"cause": {"ids": ["HP:0002749"]}}, {}, 4),
        ({"cause": {"categories": ["biolink:Drug"]}}, {}, 0),
        ({}, {"constraints": {"qualifiers": [{"biolink:disease_context_qualifier": "X:1"}]}}, 0),
    ],
)
def test_other_questions(ends: dict[str, Any], edge: dict[str, Any], expected: int) -> None:
    """Ids, other codes of the same term, categories, predicates and qualifiers each choose."""
    source = own_source()
    edges, _ = edges_of(source.graph)
    question = {
        "nodes": {"cause": {}, "finding": {}} | ends,
        "edges": {"e": {"subject": "cause", "object": "finding"} | edge},
    }
    message = answer(question, edges, "infores:etiograph", source)

    assert len(message["results"]) == expected


def test_a_path_is_refused() -> None:
    """A question of two edges is not answered in part."""
    question = read_json("biolink-question.json")["query_graph"]
    question["edges"]["more"] = question["edges"]["causes"]

    with pytest.raises(UsageError, match="one edge"):
        answer(question, [], "infores:etiograph", own_source())


# ── Tables ──────────────────────────────────────────────────────────────────────────────────


def test_every_predicate_is_in_a_table_or_has_no_counterpart() -> None:
    """What statements say is answered by a row, or by the reason that the ontology gives."""
    graph = own_source().graph
    for statement in standing(graph):
        predicate = graph.value(statement, EG.predicate)
        modality = graph.value(statement, EG.modality)
        assert predicate is not None
        assert modality is not None
        relation = read_words().relation(predicate, modality)
        assert relation or graph.text(predicate, EG.noCounterpartBecause), statement
        assert not relation or bool(relation.predicate) != bool(relation.reason)


def test_every_row_speaks_of_terms_that_there_are() -> None:
    """No row names a predicate, modality or class that the graph does not have."""
    graph = own_source().graph
    for row in read_table("biolink-predicates.tsv"):
        assert expand(row["predicate"]) in graph
        assert row["modality"] == "*" or expand(row["modality"]) in graph
    prefixes = {row["prefix"] for row in read_table("biolink-prefixes.tsv")}
    for row in read_table("biolink-categories.tsv"):
        assert expand(row["class"]) in graph
        assert set(row["prefixes"].split()) <= prefixes


def test_a_row_that_is_cut_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row with too few columns is named by file and line."""
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "t.tsv").write_text("# remark\na\tb\n1\t2\n3\n")
    (tmp_path / "exports" / "t.json").write_text("[1]")
    monkeypatch.setattr("kg.export.tables.ontology_dir", lambda: tmp_path)

    with pytest.raises(SourceSyntaxError, match=r"t\.tsv.*4"):
        read_table("t.tsv")
    with pytest.raises(SourceSyntaxError, match="object"):
        read_json("t.json")
