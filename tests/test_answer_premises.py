"""The Turtle of an answer keeps premises, support and corroboration apart, as a query checks."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox
import pytest
from built import own_graph

from kg.answer.model import Answer, Cause
from kg.case.document import read_questions
from kg.compile import builder
from kg.curate.diff.difference import answer_question, shipped_questions
from kg.model import resources
from kg.model.vocabulary import EG, PREFIXES, eg
from kg.show import render
from kg.store import queries
from kg.store.knowledge import KnowledgeGraph

QUERY = queries.load(resources.queries_dir(), "answer/stronger-than-its-premises").text
ST = PREFIXES["st"]


@pytest.fixture(name="graph", scope="module")
def _graph() -> ox.Store:
    own_graph()
    store = ox.Store()
    store.bulk_load(builder.ready().content, format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture(name="answers", scope="module")
def _answers(knowledge: KnowledgeGraph) -> list[Answer]:
    found = (answer_question(knowledge, each) for each in read_questions(shipped_questions()))
    return [each for each in found if isinstance(each, Answer)]


def stronger(graph: ox.Store, turtle: str) -> list[Sequence[object]]:
    """The rows of the query for an answer that lies beside the graph."""
    name = ox.NamedNode("urn:example:answer")
    graph.load(turtle.encode(), format=ox.RdfFormat.TURTLE, to_graph=name)
    try:
        rows = graph.query(QUERY, use_default_graph_as_union=True)
        assert isinstance(rows, ox.QuerySolutions)
        return [tuple(row) for row in rows]
    finally:
        graph.remove_graph(name)


def test_no_verdict_is_stronger_than_its_premises(graph: ox.Store, answers: list[Answer]) -> None:
    """So a stranger's query finds of every question that ships."""
    assert [stronger(graph, render(each, "ttl")) for each in answers] == [[]] * len(answers)


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('eg:weakestPremise "asserts"', 'eg:weakestPremise "confirms"'),
        ('eg:weakestPremise "asserts"', 'eg:weakestPremise "swears"'),
        ("eg:premise st:", "eg:unknown st:"),
        ('eg:weakestPremise "asserts"', 'eg:premise st:B020 ; eg:weakestPremise "asserts"'),
        ('eg:verdict "candidate"', 'eg:premise st:Z999 ; eg:verdict "candidate"'),
        ('eg:weakestPremise "suggests"', 'eg:weakestPremise "asserts"'),
        ("eg:weakestPremise", "eg:unknown"),
        ('eg:verdict "argued against"', 'eg:verdict "excluded"'),
        ('eg:verdict "candidate"', 'eg:verdict "excluded"'),
    ],
    ids=[
        "stronger word",
        "word of no statement",
        "no premise",
        "weaker premise",
        "premise that is not there",
        "stronger word of a tissue",
        "no word",
        "excluded by what argues against it",
        "excluded by nothing",
    ],
)
def test_a_verdict_that_is_stronger_is_found(
    graph: ox.Store, answers: list[Answer], said: str, instead: str
) -> None:
    """Each way in which one could be makes rows, and as many as there are such verdicts."""
    whole = next(text for each in answers if said in (text := render(each, "ttl")))
    found = {row[0] for row in stronger(graph, whole.replace(said, instead))}

    verdicts = [each for each in whole.split("\n\n") if "a eg:VerdictOnCause" in each]
    assert len(found) == sum(said in each for each in verdicts) > 0


def test_each_statement_is_one_of_three(answers: list[Answer]) -> None:
    """What supports or says the same again is no premise, and nothing of a row is lost."""
    apart = 0
    for answer in answers:
        store = ox.Store()
        store.load(render(answer, "ttl").encode(), format=ox.RdfFormat.TURTLE)
        for cause in answer.causes:
            premises, support, again = (_named(store, cause, each) for each in _PARTS)
            assert premises == set(cause.premises)
            assert len(premises | support | again) == len(premises) + len(support) + len(again)
            assert premises | support | again >= set(cause.statements)
            apart += bool(support) and bool(again)
    assert apart


def test_whatever_follows_from_statements_says_so_in_one_way(answers: list[Answer]) -> None:
    """Verdicts, messages, advised steps and causes for other patients name their premises."""
    blocks = [block for each in answers for block in render(each, "ttl").split("\n\n")]
    derived = [each for each in blocks if "prov:wasDerivedFrom st:" in each]

    assert any("a eg:AdvisedStep" in each for each in derived)
    assert all("eg:premise st:" in each for each in derived)


_PARTS = ("premise", "support", "corroboration")


def _named(store: ox.Store, cause: Cause, part: str) -> set[str]:
    """The statements that the verdict on a cause names for one part, by their ids."""
    rows = store.quads_for_pattern(None, ox.NamedNode(EG.onCause), ox.NamedNode(cause.iri))
    (verdict,) = [
        quad.subject
        for quad in rows
        if list(store.quads_for_pattern(quad.subject, ox.NamedNode(EG.verdict), None))
    ]
    found = store.quads_for_pattern(verdict, ox.NamedNode(eg(part)), None)
    named = [quad.object for quad in found if isinstance(quad.object, ox.NamedNode)]
    return {each.value.removeprefix(ST) for each in named}
