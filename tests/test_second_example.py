"""An article that was not fitted to the how-to page: no blank lines, a low result, a limit.

A low phosphate is asked about, a result speaks for a kind of causes, a size has a unit of its own,
and a caution denies. Like the example of the page it was invented, and adds no line of Turtle.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from curating import PHOSPHATE, with_phosphate

from kg.compile.builder import of_folder
from kg.compile.check.sources import check_sources
from kg.curate.sources.outline import read_outline
from kg.curate.sources.skeleton import read_front_matter
from kg.library import Graph
from kg.model.rdf import read_sources
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore

SHARED = """      - C018: a low phosphate is referred
        says: {line: 41, subject: hypophosphataemia, predicate: should-be-managed-by,
          object: specialist-referral, context: HypophosphataemiaCase}
"""
"""A record that names a test of another article, whose statement asks for no finding."""


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the ontology with the article in it."""
    return with_phosphate(tmp_path_factory.mktemp("curated"), records=SHARED)


@pytest.fixture(name="graph", scope="module")
def _graph(folder: Path) -> Graph:
    """Give the graph of that ontology."""
    built = of_folder(folder)
    return Graph(open_graph(built, lambda: LocalStore(built.content)))


def test_a_page_without_blank_lines_has_its_title_and_its_works() -> None:
    """The first line is the title, and references are listed right under their heading."""
    found = read_front_matter(read_outline((PHOSPHATE / "article.txt").read_text("utf-8")))

    assert found.title == "Low serum phosphate in adults"
    assert found.updated == "2024-03-14"
    assert found.references == "7 entries, numbered"


def test_nothing_in_it_is_refused(folder: Path) -> None:
    """A number with a nought at its end is its number, and mmol/L is relative to nothing."""
    assert check_sources(read_sources(folder), folder).of_level("error") == ()


@pytest.mark.parametrize("asked", ["causes of low phosphate", "what causes hypophosphataemia?"])
def test_causes_of_a_low_result_are_asked_for(graph: Graph, asked: str) -> None:
    """The words of the question are read as those of a high one are."""
    answer = graph.ask(question=asked).value

    assert answer.question == "Causes of a low phosphate"
    assert answer.unused == ()
    assert [each.statements for each in answer.alerts] == [("C002",)]


def test_causes_of_the_opposite_result_are_said_to_be_unknown(graph: Graph) -> None:
    """Nothing that lists causes of a low result is taken for causes of a high one."""
    (unused,) = graph.ask(question="causes of high phosphate").value.unused

    assert "the sources list no causes of it" in unused.reason


def test_a_result_speaks_against_the_members_of_a_kind(graph: Graph) -> None:
    """And for the kind alone, which the answer says in words."""
    given = ["phosphate=low", "urinary phosphate=low"]
    answer = graph.ask(labs=given).value
    other = graph.ask(labs=["phosphate=low", "urinary phosphate=high"]).value

    against = {each.label: each.verdict.value for each in answer.causes}
    assert against["primary hyperparathyroidism"] == "argued against"
    assert against["refeeding syndrome"] == "candidate"
    assert [each.text for each in other.rules] == [
        "A high urinary phosphate suggests a renal loss of phosphate."
    ]


def test_a_shared_test_moves_no_answer_about_another_finding(
    graph: Graph, knowledge: KnowledgeGraph
) -> None:
    """Each finding hears of it by its own statements: as before, and by the new one alone."""
    before, shared = [
        [
            [each.statement for each in step.elsewhere]
            for step in asked.ask(labs=["alp=high"]).value.steps_for_others
            if step.label == "specialist referral"
        ]
        for asked in (Graph(knowledge), graph)
    ]
    (referral,) = [
        step
        for step in graph.ask(labs=["phosphate=low"]).value.ask_next
        if step.label == "specialist referral"
    ]

    assert before
    assert shared == before
    assert referral.statements == ("C018",)
