"""Turtle is made of articles, the same each time, and what was changed by hand is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from article_files import FILE, ONTOLOGY, PLACES, read_changed, small_words
from click.testing import CliRunner

from kg.articles.article import article_paths
from kg.articles.document import document_turtle
from kg.articles.statements import statements_turtle
from kg.articles.terms import terms_turtle
from kg.articles.write import made_files, stale_files
from kg.cli import main
from kg.compile.check.sources import check_made
from kg.model import resources
from kg.model.rdf import Graph, read_turtle
from kg.model.vocabulary import (
    EG,
    IRI,
    OWL,
    PROV,
    RDFS,
    SKOS,
    Literal,
    compact,
    eg,
    english,
    expand,
    number,
)

IRI_OF = "https://w3id.org/etiograph/ontology"


def _statements(folder: Path, *changes: tuple[str, str]) -> Graph:
    article = read_changed(folder, *changes)
    return Graph(read_turtle(statements_turtle(article, small_words()).encode()))


def test_a_statement_has_its_record_its_place_and_what_it_cites(tmp_path: Path) -> None:
    """What the file and the table of places say of a statement stands in its Turtle."""
    graph = _statements(tmp_path)

    said = graph[expand("st:C002")]
    assert said[RDFS.label] == [english("C002 inflammation may raise ferritin")]
    assert said[EG.subject] == [EG.Inflammation]
    assert said[EG.modality] == [eg("modality-may")]
    assert said[EG.studySize] == [number("12")]
    assert said[EG.region] == [expand("reg:C-4")]
    assert said[EG.cites] == [expand("cite:C-1"), expand("cite:C-2")]
    assert graph.objects(expand("st:C001"), EG.cites) == [eg("no-citation")]


def test_a_withdrawn_statement_says_why(tmp_path: Path) -> None:
    """A withdrawal is written beside the statement, with its reason, date and person."""
    gone = "withdrawn: {because: read from the wrong line, date: 2026-11-30, by: A. Curator}"
    graph = _statements(tmp_path, ("      - C002:", f"        {gone}\n      - C002:"))

    (node,) = graph.objects(expand("st:C001"), PROV.wasInvalidatedBy)
    assert graph.text(node, EG.reason) == "read from the wrong line"
    assert graph.objects(node, PROV.wasAssociatedWith) == [Literal("A. Curator")]


def test_a_document_has_its_places_numbers_and_lines_set_aside(tmp_path: Path) -> None:
    """The Turtle of a document holds every line with a statement and every line without one."""
    article = read_changed(tmp_path)

    graph = Graph(read_turtle(document_turtle(article, "1.2.3").encode()))

    assert graph.text(IRI(expand("reg:C-3")), EG.sectionTitle) == "causes"
    assert sorted(graph.of_type(EG.Region)) == [expand("reg:C-3"), expand("reg:C-4")]
    assert sorted(graph.of_type(EG.LineSetAside)) == [expand(f"reg:C-{n}") for n in (1, 2, 5)]
    assert graph.objects(expand("cite:C-2"), EG.resolution) == [EG.unresolved]


NEW_TERMS = """terms:
  iron-excess: {is: iron-state, label: iron excess, definition: made up}
  iron-state: {label: iron state, definition: made up, is: Finding}
  iron-rise: {label: iron rise, definition: made up, is: Finding}
statements:
"""


def test_what_only_a_draft_names_is_no_term_yet(tmp_path: Path) -> None:
    """A term enters the Turtle when a person signs a statement that names it, or names it too."""
    draft = "\n        draft: {agent: a program, model: m 1, date: 2026-11-30}"
    signed = "\n        signed: {by: A. Curator, date: 2026-11-30}"
    names = ("object: raised-ferritin,\n", "object: iron-excess,\n")
    end = "tissue: obo:UBERON_1}\n"

    def terms(*more: str) -> set[str]:
        ends = (end, f"{end.rstrip()}{''.join(more)}\n")
        article = read_changed(tmp_path, ("statements:\n", NEW_TERMS), names, ends)
        assert [each.message for each in article.findings] == []
        graph = Graph(read_turtle(terms_turtle(article, "1").encode()))
        named = graph.of_type(OWL.NamedIndividual)
        return {compact(str(each)).removeprefix("eg:") for each in named}

    assert terms(draft) == {"iron-rise"}
    assert terms(draft, signed) == terms() == {"iron-rise", "iron-state", "iron-excess"}


def test_the_same_article_makes_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the run, its time or its machine gets into what is made."""
    first, second = (statements_turtle(read_changed(tmp_path), small_words()) for _ in range(2))

    assert first == second


def test_the_turtle_of_the_repository_is_what_its_articles_make() -> None:
    """What is committed is made of its sources, byte for byte."""
    folder = resources.ontology_dir()

    assert [path.name for path in stale_files(made_files(folder))] == []


def test_a_record_takes_four_lines() -> None:
    """A statement of the shipped articles takes four lines at most, as a mean, and none is wide."""
    paths = article_paths(resources.ontology_dir())
    lines = [line for path in paths for line in _record_lines(path.read_text("utf-8"))]
    starts = [line for line in lines if line.startswith("  - ")]

    assert len(lines) / len(starts) <= 4
    assert max(map(len, lines)) <= 140


def _record_lines(text: str) -> list[str]:
    """The lines of the records of a file, without comments, headings and their defaults."""
    found: list[str] = []
    inside = False
    for line in text.partition("\nstatements:\n")[2].splitlines():
        begins = line.startswith("  - ")
        inside = begins or (inside and line.startswith("    "))
        found += [line] * inside
    return found


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """An ontology folder with the vocabulary and the article."""
    (tmp_path / "articles").mkdir()
    imports = f"owl:imports <{IRI_OF}/documents/C> , <{IRI_OF}/statements/C> ; owl:versionInfo"
    root = ONTOLOGY.replace("owl:versionInfo", imports, 1)
    (tmp_path / "core.ttl").write_text(root, "utf-8")
    paths = {"": "core.ttl"} | {
        f"/{kind}/C": f"{kind}/C.ttl" for kind in ("documents", "statements")
    }
    rows = (f'<uri name="{IRI_OF}{name}" uri="{path}"/>\n' for name, path in paths.items())
    (tmp_path / "catalog-v001.xml").write_text(f"<catalog>\n{''.join(rows)}</catalog>\n")
    (tmp_path / "articles" / "C.yaml").write_text(FILE, "utf-8")
    (tmp_path / "articles" / "C.places.tsv").write_text(PLACES, "utf-8")
    return tmp_path


def _write(*arguments: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["source", "write", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_what_is_stale_is_written_and_nothing_else(ontology: Path) -> None:
    """`kg source write` writes what the articles make, once."""
    assert _write("--check", "--ontology", ontology, code=1).count("Run `kg source write`") == 3
    assert f"{ontology}/statements/C.ttl" in _write("--ontology", ontology)
    assert _write("--ontology", ontology) == ""
    assert _write("--check", "--ontology", ontology) == ""


def test_a_change_by_hand_is_found_and_undone(ontology: Path) -> None:
    """What somebody changes in Turtle that is made counts for nothing."""
    _write("--ontology", ontology)
    made = ontology / "documents" / "C.ttl"
    before = made.read_bytes()
    made.write_bytes(before.replace(b"eg:item", b"eg:other"))

    assert f"{made} is not what its source makes" in _write(
        "--check", "--ontology", ontology, code=1
    )
    _write("--ontology", ontology)
    assert made.read_bytes() == before


def test_a_check_of_the_sources_finds_what_is_stale(ontology: Path) -> None:
    """`kg verify` refuses Turtle that its article does not make, and an article that is wrong."""
    _write("--ontology", ontology)
    assert check_made(ontology).findings == ()

    made = ontology / "statements" / "C.ttl"
    made.write_bytes(made.read_bytes().replace(b"eg:affirmed", b"eg:denied"))
    (found,) = check_made(ontology).findings
    assert (found.level, found.place) == ("error", f"{made}:1")

    path = ontology / "articles" / "C.yaml"
    path.write_text(FILE.replace("line: 3", "lime: 3"), "utf-8")
    assert check_made(ontology).findings[0].place == f"{path}:18"


def test_agreement_and_silence_are_said(tmp_path: Path) -> None:
    """What a statement agrees with, and why it stands behind no answer, stand in its Turtle."""
    agrees = "        says nothing for answers: it is a heading\n"
    graph = _statements(
        tmp_path,
        ("      - C002:", f"{agrees}      - C002:"),
        ("says: {line: 3,", "says: {agrees with: C002, line: 3,"),
    )

    assert graph.objects(expand("st:C001"), EG.agreesWith) == [expand("st:C002")]
    assert graph.text(IRI(expand("st:C001")), EG.saysNothingBecause) == "it is a heading"


TERMS = """\
terms:
  IronOverload: {is: Other, label: iron overload, definition: too much iron, synonyms: [siderosis]}
  iron-gap: {is: Finding, label: gap of iron, definition: what is not known of iron}
  one-gap: {is: Other, label: one gap, definition: no gap, message: Beware.,
    says denial: true, order: 2}
  iron-test: {is: Other, label: test of iron, definition: a test, yields: iron-gap,
    answered by: Other}
statements:
"""


def _with_terms(ontology: Path) -> None:
    text = FILE.replace("statements:\n", TERMS).replace("object: raised", "object: iron-gap, x", 1)
    text = text.replace("iron-gap, x-ferritin", "iron-gap")
    (ontology / "articles" / "C.yaml").write_text(text, "utf-8")


def test_terms_that_are_new_with_an_article_are_made_too(ontology: Path) -> None:
    """A new term has its label, definition, synonyms and class; statements may speak of it."""
    _with_terms(ontology)

    _write("--ontology", ontology)

    graph = Graph(read_turtle((ontology / "terms" / "C.ttl").read_bytes()))
    assert graph.objects(EG.IronOverload, RDFS.subClassOf) == [EG.Other]
    assert graph.text(EG.IronOverload, SKOS.altLabel) == "siderosis"
    assert eg("iron-gap") in graph.of_type(EG.Finding)
    said = [graph.text(eg("one-gap"), eg(each)) for each in ("message", "saysDenial", "order")]
    assert said == ["Beware.", "true", "2"]
    assert graph.objects(eg("iron-test"), EG.yields) == [eg("iron-gap")]
    assert graph.objects(eg("iron-test"), EG.answeredBy) == [EG.Other]
    assert '"iron-gap"' in (ontology / "articles" / "article.schema.json").read_text("utf-8")
    assert _write("--check", "--ontology", ontology) == ""


def test_what_nothing_leads_to_is_entered(ontology: Path) -> None:
    """A check refuses terms that the catalogue does not name; writing names them, once."""
    _with_terms(ontology)
    checked = _write("--check", "--ontology", ontology, code=1)
    assert "lead to the terms of this article; run `kg source write`" in checked

    _write("--ontology", ontology)

    assert 'uri="terms/C.ttl"/>' in (ontology / "catalog-v001.xml").read_text("utf-8")
    assert f" ,\n        <{IRI_OF}/terms/C>" in (ontology / "core.ttl").read_text("utf-8")
    assert _write("--ontology", ontology) == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("is: Other, label: iron o", "is: Othr, label: iron o", "Did you mean Other?"),
        (
            "IronOverload: {is: Other,",
            "iron-overload: {",
            "is an individual of no class",
        ),
        ("IronOverload:", "Inflammation:", "`Inflammation` is declared in the ontology already"),
    ],
)
def test_a_term_that_cannot_be_is_refused(ontology: Path, old: str, new: str, said: str) -> None:
    """A term of an unknown class, or one that is there already, is an error with its line."""
    _with_terms(ontology)
    path = ontology / "articles" / "C.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    told = _write("--ontology", ontology, code=1)
    assert said in told
    assert f"{path}:14" in told


def test_what_is_wrong_in_an_article_is_said_and_nothing_is_written(ontology: Path) -> None:
    """A file that cannot be read leaves the Turtle as it was."""
    path = ontology / "articles" / "C.yaml"
    path.write_text(FILE.replace("restates: C001", "restates: C009"), "utf-8")

    assert "C002 names C009" in _write("--ontology", ontology, code=1)
    assert not (ontology / "statements").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="a superuser may write everything")
def test_what_cannot_be_written_is_said(ontology: Path) -> None:
    """A folder that may not be written is named, with what is stale in it."""
    (ontology / "documents").mkdir(mode=0o500)

    assert "cannot be written" in _write("--ontology", ontology, code=1)
