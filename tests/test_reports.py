"""`kg report`: what is covered, what can be followed, what rests on what, what is described."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from built import edited_ontology, without_statement
from click.testing import CliRunner, Result

from kg.cli import main
from kg.curate.reports import open_sources, read_citations, read_quality, read_terms
from kg.model import resources
from kg.model.copies import Copy, read_copies
from kg.model.rdf import read_sources, turtle_to_nquads
from kg.model.statements import decode_text, digest_of
from kg.model.vocabulary import EG, Literal, expand
from kg.store.base import Store
from kg.store.local import LocalStore
from kg.store.queries import bind, load
from kg.store.statements import read_coverage

NAMES = ("coverage", "citations", "quality", "terms", "review")
PREFIXED = """
@prefix cite: <https://w3id.org/etiograph/citation/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix doc: <https://w3id.org/etiograph/document/> .
@prefix eg: <https://w3id.org/etiograph/id/> .
@prefix ref: <https://w3id.org/etiograph/reference/> .
@prefix reg: <https://w3id.org/etiograph/region/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/etiograph/statement/> .
"""
POND = "A title\n\nFrogs are green 1\nToads are rough 2\nNewts swim\nand so on\n"
DOCUMENT = f"""{PREFIXED}
doc:X a eg:SourceDocument ; eg:shortTitle "ponds" ; eg:statementCount 4 ;
    eg:documentDigest <{digest_of(POND.encode())}> .
reg:X-1 a eg:LineSetAside ; eg:inDocument doc:X ; eg:line 1 ; eg:setAsideBecause "title" .
reg:X-3 a eg:Region ; eg:inDocument doc:X ; eg:line 3 .
reg:X-4 a eg:Region ; eg:inDocument doc:X ; eg:line 4 .
reg:X-5 a eg:Region ; eg:inDocument doc:X ; eg:line 5 .
st:X001 eg:inDocument doc:X ; eg:region reg:X-3 ; eg:predicate eg:is ; eg:cites cite:X-1 .
st:X002 eg:inDocument doc:X ; eg:region reg:X-3 ; eg:predicate eg:is ;
    eg:cites cite:X-1 , cite:X-2 .
st:X003 eg:inDocument doc:X ; eg:region reg:X-4 ; eg:predicate eg:is ; eg:cites eg:no-citation .
cite:X-1 a eg:CitationPointer ; eg:inDocument doc:X ; eg:number 1 ; eg:resolution eg:inferred ;
    eg:inferredReference ref:X-R2 ; eg:confidence 0.5 ; eg:inferenceMethod "by topic" ;
    eg:rejectedReference ref:X-R1 .
cite:X-2 a eg:CitationPointer ; eg:inDocument doc:X ; eg:number 2 ; eg:resolution eg:resolved .
ref:X-R1 dcterms:title "Toads" .
ref:X-R2 dcterms:title "Frogs" .
eg:inferred rdfs:label "inferred" .
eg:resolved rdfs:label "resolved" .
"""


def run(*args: str) -> Result:
    """Run a report in this process."""
    return CliRunner().invoke(main, ["report", *args])


def _store(text: str = DOCUMENT) -> Store:
    return LocalStore(turtle_to_nquads(text.encode(), graph=expand("graph:test")))


def _values(*args: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(run(*args, "--format", "json").stdout)


@pytest.fixture(name="store", scope="module")
def _own_store() -> Store:
    folder = resources.ontology_dir()
    return open_sources(read_sources(folder), folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_text_and_json(name: str) -> None:
    """A reader gets a table no wider than a page, a program the same figures."""
    text = run(name)

    assert text.exit_code == 0
    assert max(map(len, text.stdout.splitlines())) <= 100
    assert _values(name)


def test_lines_are_counted_by_what_became_of_them() -> None:
    """A region without a statement is open, whether or not the text is there."""
    (found,) = read_coverage(_store())

    assert (found.total, found.encoded) == (4, 3)
    assert [(line.number, line.statements) for line in found.carrying] == [
        (3, ("X001", "X002")),
        (4, ("X003",)),
    ]
    assert found.aside == {"title": (1,)}
    assert found.open == (5,)


def test_with_the_text_its_own_lines_are_counted() -> None:
    """A line of which the graph knows nothing is open too; a blank one is not."""
    copy = Copy("pond.txt", digest_of(POND.encode()), decode_text(POND.encode()))

    (found,) = read_coverage(_store(), [copy])

    assert (found.copy, len(found.filled), found.open) == ("pond.txt", 5, (5, 6))


def test_another_version_is_not_counted() -> None:
    """The lines of another version have other numbers, so they are not held against the graph."""
    newer = f"New\n{POND}"

    (found,) = read_coverage(_store(), [Copy("new.txt", digest_of(newer.encode()), newer)])

    assert (found.copy, found.open) == ("", (5,))


def test_a_folder_without_the_texts_fails(tmp_path: Path) -> None:
    """Lines that were to be counted and could not be are no success."""
    result = run("coverage", "--texts", str(tmp_path))

    assert result.exit_code == 1
    assert "Of document A, B only what the graph says was counted" in result.stdout


def test_open_lines_are_listed_and_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line whose only statement is deleted is open: listed, and exit code 1."""
    name = _alone_on_its_line()
    folder = edited_ontology(tmp_path, {f"statements/{name[0]}.ttl": without_statement(name)})
    monkeypatch.setattr(resources, "ontology_dir", lambda: folder)

    result = run("coverage")

    assert result.exit_code == 1
    assert "1 open line." in result.stdout
    assert "\nopen: " in result.stdout


def _alone_on_its_line() -> str:
    """Give the id of a statement without another on its line."""
    lines = [
        line["statements"]
        for document in _values("coverage")["documents"]
        for line in document["lines"]
        if line["statements"]
    ]
    return str(next(each[0] for each in lines if len(each) == 1))


def test_the_lines_of_the_articles(texts: Path) -> None:
    """A document of which every statement is encoded has no line that is open."""
    result = run("coverage", "--texts", str(texts), "--format", "json")

    documents = json.loads(result.stdout)["documents"]
    assert result.exit_code == int(any(each["open"] for each in documents))
    for each in documents:
        assert each["copy"]
        if each["encoded"] == each["total"]:
            assert each["open"] == []


def test_every_line_is_one_thing(store: Store, texts: Path) -> None:
    """What the graph says of lines adds up to the lines of the text that are not blank."""
    for each in read_coverage(store, read_copies(texts)):
        aside = sum(map(len, each.aside.values()))

        assert len(each.carrying) + aside + len(each.open) == len(each.filled)


def test_texts_belong_to_coverage_alone(tmp_path: Path) -> None:
    """A report that would not look at the texts does not pretend to."""
    result = run("terms", "--texts", str(tmp_path))

    assert result.exit_code == 2
    assert "--texts goes with coverage" in result.stderr


def test_a_number_is_told_with_what_was_turned_down() -> None:
    """Each number has its standing, the entry it is taken for, how surely, and what it is not."""
    (found,) = read_citations(_store())
    first, second = found.numbers

    assert (first.number, first.status, first.statements) == (1, "inferred", 2)
    assert (first.reference, first.confidence, first.method) == ("Frogs", "0.5", "by topic")
    assert first.rejected == ("Toads",)
    assert (second.status, second.statements, second.reference) == ("resolved", 1, "")


def test_a_statement_counts_by_the_best_of_its_numbers() -> None:
    """Resolved is more than inferred, and a statement that cites nothing is counted as such."""
    (found,) = read_citations(_store())

    assert dict(found.standings) == {"inferred": 1, "resolved": 1, "nothing cited": 1}
    assert (found.statements, found.resolved, found.followed) == (3, 1, 2)


def test_no_statement_can_be_followed_by_what_the_articles_resolve(store: Store) -> None:
    """Neither article says which work a number stands for; curators matched some of B's."""
    by_document = {each.document: each for each in read_citations(store)}
    query = load(resources.queries_dir(), "report/followed-statements")

    assert all(each.resolved == 0 for each in by_document.values())
    assert by_document["A"].followed == 0
    assert by_document["B"].followed == (47 if by_document["B"].statements == 74 else 31)
    assert len(store.select(bind(query, {}))) == 0
    inferred = bind(query, {"status": [EG.resolved, EG.inferred]})
    assert len(store.select(inferred)) == by_document["B"].followed


def test_every_axiom_rests_on_something(store: Store) -> None:
    """All clinical axioms have evidence, and every statement is used or linked."""
    quality = read_quality(store, [], [])

    assert quality.axioms == quality.by_statement + quality.by_background > 0
    assert quality.bare == ()
    assert quality.unused == ()


def test_what_rests_on_nothing_is_listed() -> None:
    """An axiom without evidence and a statement without use are named."""
    axiom = """
    [] a <http://www.w3.org/2002/07/owl#Axiom> ;
        <http://www.w3.org/2002/07/owl#annotatedSource> eg:Frog ;
        <http://www.w3.org/2002/07/owl#annotatedProperty> rdfs:subClassOf ;
        <http://www.w3.org/2002/07/owl#annotatedTarget> eg:Animal .
    """

    quality = read_quality(_store(DOCUMENT + axiom), [], [])

    assert quality.bare == ("eg:Frog rdfs:subClassOf eg:Animal",)
    assert quality.unused == ("X001", "X002", "X003")


def test_terms_are_described(store: Store) -> None:
    """Every class and every property has a label and a definition; some terms have codes."""
    terms = read_terms(store)

    described = [each for each in terms if each.sort != "individual"]
    assert all(each.labels == each.definitions == each.terms for each in described)
    assert sum(each.codes for each in terms) > 0
    assert next(each for each in terms if each.kind == "item of a case").codes > 0


def test_the_counts_of_terms_agree_with_the_files(store: Store) -> None:
    """No class is lost between the kinds, and none is counted in two."""
    classes = store.select(
        "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?c a owl:Class "
        'FILTER STRSTARTS(STR(?c), "https://w3id.org/etiograph/id/") }'
    )

    (counted,) = classes.column("n")
    assert isinstance(counted, Literal)
    assert sum(each.terms for each in read_terms(store) if each.sort == "class") == int(
        counted.value
    )
