"""Promises of `import kg`: what it offers, with its types, says what the command says."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

import kg
from kg.answer.model import Verdict
from kg.cli import main
from kg.model.vocabulary import IRI, eg

LIVER = "hepatic amyloidosis"
CASE = {"conditions": ["multiple myeloma"], "labs": [{"marker": "alp", "state": "high"}]}


@pytest.fixture(name="graph", scope="module")
def _graph() -> kg.Graph:
    """Give the graph, opened as a program opens it."""
    return kg.load()


@pytest.fixture(name="answer", scope="module")
def _answer(graph: kg.Graph) -> kg.Answer:
    """Give the answer to the first question."""
    return graph.ask("multiple myeloma", alp="high", ggt="normal")


def printed(*arguments: str) -> str:
    """What the command prints."""
    return CliRunner().invoke(main, list(arguments)).output


FLAGSHIP = ("--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal")


def test_the_public_names_are_sorted_and_there() -> None:
    """What `__all__` names is there, in order, and nothing else is public."""
    assert list(kg.__all__) == sorted(kg.__all__)
    assert dir(kg) == list(kg.__all__)
    assert all(getattr(kg, name) for name in kg.__all__)


def test_no_other_name() -> None:
    """A name that is not public is an AttributeError that names it."""
    with pytest.raises(AttributeError, match="has no attribute 'laod'"):
        _ = kg.laod  # type: ignore[attr-defined]


def test_a_command_does_not_import_the_door() -> None:
    """`import kg` costs a question nothing: what it offers is imported when it is asked for."""
    program = "import sys, kg; print([m for m in sys.modules if m.startswith('kg.')])"

    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


def test_types_are_shipped() -> None:
    """Whoever installs the package has its types (PEP 561)."""
    assert files("kg").joinpath("py.typed").is_file()


def test_answers_are_those_of_the_command(answer: kg.Answer) -> None:
    """The same question by library and by command line gives the same text."""
    assert str(answer) == printed("ask", *FLAGSHIP)
    assert answer.render("json") == printed("ask", *FLAGSHIP, "--format", "json")


def test_a_proof_is_that_of_the_command(answer: kg.Answer) -> None:
    """The proof of a row, by its name or as the row itself, is the one that `kg why` prints."""
    row = next(each for each in answer.causes if each.label == LIVER)

    assert row.verdict is Verdict.ARGUED_AGAINST
    assert str(answer.why(LIVER)) == str(answer.why(row)) == printed("why", LIVER, *FLAGSHIP)
    premises = {each for proof in answer.why(row).value.proofs for each in proof.statements}
    assert premises
    assert premises <= set(answer.statements)


def test_a_row_by_words_that_are_no_term(answer: kg.Answer) -> None:
    """A row is found by some of its words too, such as an alert by its text."""
    alert = answer.alerts[0]

    assert answer.why(alert.text).value.label == alert.label


def test_no_such_row(answer: kg.Answer) -> None:
    """A row that the answer does not have is an error that names the rows it has."""
    with pytest.raises(kg.KGError, match="is no row of the answer"):
        answer.why("the moon")


def test_a_case_in_every_form(graph: kg.Graph) -> None:
    """Keywords, a list of results, plain values and a record make the same answer."""
    by_words = graph.ask("multiple myeloma", alp="high")
    record = Path(__file__).parent / "data" / "fhir" / "patient.json"

    assert str(graph.ask("multiple myeloma", labs=["alp=high"])) == str(by_words)
    assert str(graph.ask_case(CASE)) == str(by_words)
    assert graph.ask_fhir(record.read_text("utf-8"), date(2026, 11, 22)).causes


def test_findings_are_yes_no_or_looked_for(graph: kg.Graph) -> None:
    """True, false and None are what the command calls yes, no and unknown."""
    options = ("--has", "osteoporosis", "--lab", "alp=high")
    words = {True: "yes", False: "no", None: "unknown"}

    for found, word in words.items():
        answer = graph.ask("osteoporosis", alp="high", findings={"bone pain": found})
        assert str(answer) == printed("ask", *options, "--finding", f"bone pain={word}")


def test_a_question_in_words(graph: kg.Graph) -> None:
    """A question in words is answered as the options that it was read as, beside other facts."""
    asked = graph.ask(question="raised ALP in multiple myeloma", ggt="normal")

    assert asked.read_as == '--has "multiple myeloma" --lab alp=high'
    assert asked.causes == graph.ask("multiple myeloma", alp="high", ggt="normal").causes


def test_about_another_finding(graph: kg.Graph) -> None:
    """`about` chooses the finding; one without a question is an error that names those with one."""
    asked = graph.ask(age=68, alp="low", about="raised ALP")

    assert asked.value.finding.label == "raised ALP"
    with pytest.raises(kg.KGError, match="asked can be: raised ALP"):
        graph.ask(alp="high", about="low ALP")


def test_queries_by_name_and_by_text(graph: kg.Graph) -> None:
    """A shipped query is asked by its name, with its parameters as terms; any other by its text."""
    rows = graph.query("causes", about=IRI(eg("raised-serum-alp")))
    counted = graph.query("SELECT (COUNT(?s) AS ?n) WHERE { ?s eg:statedIn ?d }")

    assert "cause" in rows.variables
    assert len(rows) > 0
    assert len(counted) == 1


def test_a_text_is_no_term(graph: kg.Graph) -> None:
    """A parameter given as a plain text is refused: an IRI or a literal could be meant."""
    with pytest.raises(kg.KGError, match="is no term"):
        graph.query("causes", about="raised-serum-alp")  # type: ignore[arg-type]


def test_a_statement_by_its_id(graph: kg.Graph) -> None:
    """A statement is found by its id, with its place and what it cites."""
    found = graph.statement("A012")

    assert found.id == "A012"
    assert found.place is not None
