"""What is said of a finding, or of patients with a disease, is told of those who have it alone.

The article on a low phosphate is given more statements, and cases with and without what they are
about are asked.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from curating import with_phosphate

from kg.articles.words import read_words
from kg.articles.write import write_made
from kg.compile.builder import of_folder
from kg.compile.check.sources import check_sources
from kg.library import Graph
from kg.model.errors import ValidationError
from kg.model.rdf import Graph as Triples
from kg.model.rdf import read_sources, read_turtle
from kg.model.report import Finding
from kg.model.vocabulary import EG, RDFS
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore

TERMS = """\
  slow-healing: {is: Outcome, label: slow healing, definition: slower repair of bone than usual,
    message: "In osteoporosis, a low phosphate is associated with slow healing of bone."}
  rest: {is: Advice, label: rest, definition: advice to rest,
    message: Patients with a low phosphate should rest.}
  no-loss-by-drug: {is: Alert, label: no loss by a bisphosphonate, says denial: true,
    definition: caution against reading a low phosphate as an effect of a bisphosphonate,
    message: Bisphosphonates do not lower phosphate.}
  itch: {is: Finding, label: itch, definition: what a case shows whose skin itches}
  Scurvy: {is: Condition, label: scurvy, definition: disease by lack of vitamin C}
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
      - C021: a low phosphate in scurvy is associated with slow healing
        says: {{line: 37, subject: hypophosphataemia, predicate: associated-with,
          object: slow-healing, context: Scurvy, modality: associated-with}}
      - C022: bisphosphonates do not lower phosphate
        says: {{line: 24, subject: BisphosphonateTreatment, predicate: causes, polarity: denied,
          object: hypophosphataemia, context: hypophosphataemia, carries: no-loss-by-drug}}
"""


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the ontology with the article and those statements."""
    return with_phosphate(tmp_path_factory.mktemp("cases"), terms=TERMS, records=RECORDS)


@pytest.fixture(name="graph", scope="module")
def _graph(folder: Path) -> Graph:
    """Give the graph of that ontology."""
    built = of_folder(folder)
    return Graph(open_graph(built, lambda: LocalStore(built.content)))


def test_nothing_in_it_is_refused(folder: Path) -> None:
    """The kinds of case that are made are classes like any other."""
    assert check_sources(read_sources(folder), folder).of_level("error") == ()


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("Scurvy", "ScurvyCase"),
        ("ScurvyCase", "ScurvyCase"),
        ("Pregnancy", "PregnancyCase"),
        ("MultipleMyeloma", "MyelomaCase"),
        ("HealingFracture", "HealingFractureCase"),
        ("BortezomibTreatment", "BortezomibCase"),
        ("hypophosphataemia", "HypophosphataemiaCase"),
        ("phosphate-depletion", None),
        ("Liver", None),
    ],
)
def test_a_fact_stands_for_its_kind_of_case(folder: Path, name: str, case: str | None) -> None:
    """The class that the ontology has goes before one that is made, whatever it is called."""
    words = read_words(folder).with_terms({"Scurvy": ("Condition",)})

    assert words.case_of(name) == case


def test_a_kind_of_case_is_made_with_words(folder: Path) -> None:
    """It is defined by its fact and called as those that stand by hand."""
    made = Triples(read_turtle((folder / "axioms.ttl").read_bytes()))

    assert made.text(EG.ScurvyCase, RDFS.label) == "case of a patient with scurvy"
    assert made.text(EG.ScurvyCase, EG.shownAs) == "patient with scurvy"
    both = "patient with scurvy with low phosphate"
    assert made.text(EG.HypophosphataemiaInScurvyCase, EG.shownAs) == both


def _refused(folder: Path, old: str, new: str) -> Finding:
    """What is wrong with the article after a change, which is taken back."""
    path = folder / "articles" / "C.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    try:
        with pytest.raises(ValidationError) as caught:
            write_made(folder)
    finally:
        path.write_text(text, "utf-8")
    (finding,) = caught.value.report.findings
    assert finding.place.startswith(f"{path}:")
    return finding


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("LymphomaCase", "'LymphomaCase' is no kind of case. Name a condition, a state"),
        ("MyelomCase", "Did you mean MyelomaCase? Name a condition"),
        ("Liver", "'Liver' is no kind of case. Name a condition"),
    ],
)
def test_other_patients_are_not_proposed(folder: Path, context: str, said: str) -> None:
    """The case of another disease is no near spelling, and how to make one is told in its place."""
    finding = _refused(folder, "context: Scurvy", f"context: {context}")

    assert said in finding.message
    assert len(finding.message) < 300


def test_a_finding_that_no_case_shows_is_refused(folder: Path) -> None:
    """A course of it would be told of nobody, and is never told of the context alone."""
    old = "subject: hypophosphataemia, predicate: associated-with,\n          object: slow-healing"
    finding = _refused(folder, old, old.replace("hypophosphataemia", "itch"))

    assert finding.rule == "case-without-subject"
    assert "C021 is told of the cases that have eg:itch" in finding.message


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


def test_patients_with_a_disease_are_named_by_the_disease(graph: Graph) -> None:
    """No Turtle is written for the patients that a sentence is about."""
    assert "C021" in _told(graph, "scurvy", labs=("phosphate=low",))
    assert "C021" not in _told(graph, "scurvy", labs=("phosphate=normal",), about="low phosphate")


@pytest.mark.parametrize(
    ("drugs", "labs", "told"),
    [
        (["alendronate"], ["phosphate=low"], True),
        ([], ["phosphate=low"], False),
        (["alendronate"], ["alp=high"], False),
    ],
)
def test_a_denial_of_what_nobody_claims_is_told(
    graph: Graph, drugs: list[str], labs: list[str], *, told: bool
) -> None:
    """It stands in the answers of the patients whom it is about, and makes nothing a cause."""
    answer = graph.ask(drugs=drugs, labs=labs).value

    assert any("C022" in each.statements for each in answer.alerts) == told
    assert not any("C022" in each.statements for each in answer.causes)


def test_a_step_for_others_says_for_whom(graph: Graph) -> None:
    """Whoever has the disease without the finding is not told that the step is for the disease."""
    answer = graph.ask(labs=["phosphate=low"]).value

    (step,) = (each for each in answer.steps_for_others if each.label == "dense view")
    (elsewhere,) = step.elsewhere
    assert elsewhere.population.label == "patient with osteoporosis with low phosphate"
    assert elsewhere.missing == ("osteoporosis",)
