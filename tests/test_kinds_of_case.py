"""What is said of a finding, or of patients with a disease, is told of those who have it alone.

The article on a low phosphate is given more statements, and cases with and without what they are
about are asked.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from curating import with_phosphate

from kg.compile.builder import of_folder
from kg.compile.check.sources import check_sources
from kg.library import Graph
from kg.model.rdf import read_sources
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore

TERMS = """\
  slow-healing: {is: Outcome, label: slow healing, definition: slower repair of bone than usual,
    message: "In osteoporosis, a low phosphate is associated with slow healing of bone."}
  rest: {is: Advice, label: rest, definition: advice to rest,
    message: Patients with a low phosphate should rest.}
  dense-view: {is: Investigation, label: dense view, order: 90, definition: view of dense bone}
"""
SAYS = "subject: hypophosphataemia, context: OsteoporosisCase"
RECORDS = f"""\
      - C018: a low phosphate in osteoporosis is associated with slow healing
        says: {{line: 37, {SAYS}, predicate: associated-with, object: slow-healing,
          modality: associated-with}}
      - C019: patients with osteoporosis and a low phosphate should rest
        says: {{line: 41, {SAYS}, predicate: should-be-managed-by, object: rest, modality: should}}
      - C020: a low phosphate in osteoporosis should have a dense view
        says: {{line: 41, {SAYS}, predicate: should-be-evaluated-by, object: dense-view,
          modality: should}}
"""


@pytest.fixture(name="folder", scope="module")
def _folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the ontology with the article and those statements."""
    return with_phosphate(root, tmp_path_factory.mktemp("cases"), terms=TERMS, records=RECORDS)


@pytest.fixture(name="graph", scope="module")
def _graph(folder: Path) -> Graph:
    """Give the graph of that ontology."""
    built = of_folder(folder)
    return Graph(open_graph(built, lambda: LocalStore(built.content)))


def test_nothing_in_it_is_refused(folder: Path) -> None:
    """The kinds of case that are made are classes like any other."""
    assert check_sources(read_sources(folder), folder).of_level("error") == ()


def _told(graph: Graph, *conditions: str, labs: tuple[str, ...], about: str = "") -> set[str]:
    """The statements behind what an answer says beside its causes, and behind its steps."""
    answer = graph.ask(*conditions, labs=labs, about=about or None).value
    told = [each.statements for each in (*answer.outcomes, *answer.advice)]
    told += [each.statements for each in answer.ask_next]
    return {each for statements in told for each in statements}


@pytest.mark.parametrize(
    ("conditions", "labs", "about", "told"),
    [
        (["osteoporosis"], ["phosphate=low"], "", True),
        (["osteoporosis"], ["phosphate=normal"], "low phosphate", False),
        (["osteoporosis"], ["phosphate=high"], "low phosphate", False),
        (["osteoporosis"], [], "low phosphate", False),
        (["osteoporosis"], ["alp=high", "phosphate=normal"], "raised ALP", False),
        ([], ["phosphate=low"], "", False),
    ],
)
def test_a_finding_in_a_disease_is_told_of_those_with_both(
    graph: Graph, conditions: list[str], labs: list[str], about: str, *, told: bool
) -> None:
    """Without the result, whatever is asked about, no course, advice or test is shown."""
    found = _told(graph, *conditions, labs=tuple(labs), about=about)

    assert found & {"C018", "C019", "C020"} == ({"C018", "C019", "C020"} if told else set())
