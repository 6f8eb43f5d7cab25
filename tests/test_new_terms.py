"""`kg term add` makes a term and the row of its code at once, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from curating import article

from kg.cli import main
from kg.compile.mappings import read_mappings
from kg.curate.sources.desk import read_desk
from kg.curate.terms import name_of
from kg.model.vocabulary import EG

LABEL = "made-up disorder"
CODE = "SNOMEDCT:1234567008"


def add(ontology: Path, *changes: str, code: int = 0) -> str:
    """Type the command, with options that replace or follow those that are right."""
    arguments = ["term", "add", CODE, "--to", "C", "--is", "Condition", "--label", LABEL]
    arguments += ["--definition", "disorder, as here: of nobody", "--ontology", str(ontology)]
    result = CliRunner().invoke(main, [*arguments, *changes])
    assert result.exit_code == code, result.output
    return result.output


def test_a_term_and_its_code_are_made_at_once(with_article: Path) -> None:
    """The file of the article has the term, and the table of the terminology its code."""
    said = add(with_article)

    term = read_desk(with_article, "C").file.terms["MadeUpDisorder"]
    assert (term.is_, term.label) == ("Condition", LABEL)
    assert term.definition == "disorder, as here: of nobody"
    rows = [row for each in read_mappings(with_article / "mappings") for row in each.mappings]
    (row,) = [row for row in rows if row.code == CODE]
    assert (row.subject, row.predicate.rpartition("#")[2]) == (EG.MadeUpDisorder, "exactMatch")
    assert said.splitlines() == [
        str(article(with_article)),
        str(with_article / "mappings" / "snomedct.sssom.tsv"),
    ]


def test_a_finding_is_an_individual(with_article: Path) -> None:
    """A term of a class whose terms are individuals is named and written as one."""
    add(with_article, "--is", "Finding", "--label", "made-up Sign")

    assert read_desk(with_article, "C").file.terms["made-up-sign"].is_ == "Finding"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--is", "Conditoin"), "Did you mean Condition?"),
        (("--is", "Finding", "--name", "MadeUp"), "a term of Finding begins with a small letter"),
        (("--name", "Osteoporosis"), "eg:Osteoporosis is a term already"),
        (("--to", "Q"), "kg source add FILE --id Q"),
        (("--label", "…"), "give one with --name"),
    ],
)
def test_what_cannot_be_a_term_is_refused(
    changes: tuple[str, ...], said: str, with_article: Path
) -> None:
    """A slip is told with its remedy, and nothing is written."""
    before = {path: path.read_bytes() for path in with_article.rglob("*.*")}

    assert said in add(with_article, *changes, code=2)
    assert {path: path.read_bytes() for path in with_article.rglob("*.*")} == before


def test_a_code_that_is_mapped_is_refused(with_article: Path) -> None:
    """A code means one thing here: the term that it means is named."""
    add(with_article)

    said = add(with_article, "--name", "Another", code=2)

    assert f"{CODE} is mapped already: skos:exactMatch of eg:MadeUpDisorder" in said


def test_an_unknown_terminology_is_refused(with_article: Path) -> None:
    """A prefix without a table is met with those that have one."""
    arguments = ["term", "add", "FOO:1", "--to", "C", "--is", "Condition", "--label", "x"]
    arguments += ["--definition", "y", "--ontology", str(with_article)]

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert "wanted PREFIX:CODE, one of ATC, HP" in result.output


def test_names_are_made_of_labels() -> None:
    """A name is upper camel, and keeps the capitals of a short form."""
    assert name_of("raised serum ALP, isolated") == "RaisedSerumALPIsolated"
    assert name_of("raised serum ALP, isolated", is_class=False) == "raised-serum-alp-isolated"


@pytest.mark.usefixtures("knowledge")
def test_a_term_is_still_shown_by_its_name() -> None:
    """`kg term NAME` shows a term, options before or behind it."""
    runner = CliRunner()

    shown = runner.invoke(main, ["term", "multiple myeloma"])
    options = runner.invoke(main, ["term", "--format", "json", "multiple myeloma"])

    assert (shown.exit_code, options.exit_code) == (0, 0)
    assert "multiple myeloma" in shown.output
    assert options.output.startswith("{")
