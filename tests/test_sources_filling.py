"""`kg source fill` writes what the text gives; what a curator wrote stays as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from curating import PREFIX_LINES, append, run, statement

from kg.curate.sources.files import find_copy, paths_of, read_files
from kg.curate.sources.fill import fill_places
from kg.curate.sources.outline import read_outline
from kg.model import resources
from kg.model.rdf import turtle_to_nquads

REGION = re.compile(r"(?ms)^reg:\w+-\d+ a eg:Region .*?\.\n\n")
POINTER = re.compile(r"(?ms)^cite:\w+-\d+ a eg:CitationPointer .*?\.\n\n")
TITLE = re.compile(r' ; eg:sectionTitle "[^"]*"@en')


# ── The two articles ──────────────────────────────────────────────────────────────────────────


def _without_places(ontology: Path, document: str) -> None:
    """Take out what `fill` writes: regions, citation numbers, and the links to them."""
    path, statements = paths_of(ontology, document)
    text = path.read_text("utf-8")
    kept = POINTER.sub(lambda match: match[0] if "eg:inferredRef" in match[0] else "", text)
    path.write_text(REGION.sub("", kept), "utf-8")
    written = re.sub(
        rf"eg:inDocument doc:{document} ; eg:region reg:{document}-(\d+) ; eg:cites [^;]*;",
        r"eg:line \1 ;",
        statements.read_text("utf-8"),
    )
    statements.write_text(written, "utf-8")


@pytest.mark.parametrize("document", ["A", "B"])
def test_fill_gives_back_the_places_of_the_articles(
    document: str, ontology: Path, texts: Path
) -> None:
    """With all regions taken out, `fill` writes them as they were, but for section titles.

    Titles of sections are a curator's words; a tool can only take the heading.
    """
    before = paths_of(ontology, document)[0].read_text("utf-8")
    _without_places(ontology, document)
    files = read_files(ontology, document)

    done = fill_places(files, find_copy(files, texts).text)

    assert [TITLE.sub("", each) for each in REGION.findall(done.document_text)] == [
        TITLE.sub("", each) for each in REGION.findall(before)
    ]


@pytest.mark.parametrize("document", ["A", "B"])
def test_fill_gives_back_the_citations_of_the_articles(
    document: str, ontology: Path, texts: Path
) -> None:
    """The citation numbers that lines end with are those that the statements were given."""
    cited = re.compile(rf"(?s)\nst:({document}\d+) a .*?eg:cites ([^;]*);")
    before = dict(cited.findall(paths_of(ontology, document)[1].read_text("utf-8")))
    _without_places(ontology, document)
    files = read_files(ontology, document)

    done = fill_places(files, find_copy(files, texts).text)

    assert {
        name: (numbers, before[name])
        for name, numbers in cited.findall(done.statements_text)
        if set(numbers.split()) != set(before[name].split())
    } == {}


@pytest.mark.parametrize("document", ["A", "B"])
def test_lines_set_aside_are_those_that_the_outline_proposes(document: str, texts: Path) -> None:
    """No line that carries a statement is proposed as none, and lines set aside are proposed.

    Two kinds of line only a reader can judge: a heading with a number, which may name a group of
    causes, and a line that opens a list and may say something by itself.
    """
    files = read_files(resources.ontology_dir(), document)
    outline = read_outline(find_copy(files, texts).text, declared=max(files.pointers))
    carrying = {line for each in files.drafts for line in each.lines}

    proposed = {entry.number for entry in outline.entries if entry.aside}
    opens_a_list = {entry.number for entry in outline.entries if entry.text.endswith(":")}

    assert proposed & carrying == set()
    assert files.aside.keys() - proposed <= opens_a_list


# ── Filling in ────────────────────────────────────────────────────────────────────────────────


def test_fill_writes_what_the_text_gives(with_article: Path, copies: Path) -> None:
    """A statement that names its line gets document, region, numbers; the rest is as it was."""
    written = statement(1, 'eg:line 14 ; eg:subject "x"@en .')
    append(with_article / "statements" / "C.ttl", written)

    run("fill", "C", "--texts", copies, "--ontology", with_article)

    filled_in = (with_article / "statements" / "C.ttl").read_text("utf-8")
    line = next(
        each for each in filled_in.splitlines(keepends=True) if "eg:region reg:C-14" in each
    )
    assert "eg:inDocument doc:C ;" in line
    assert "eg:cites cite:C-1 , cite:C-2 ;" in line
    assert filled_in.replace(line, "").endswith(written)
    document = (with_article / "documents" / "C.ttl").read_text("utf-8")
    assert 'eg:sectionPath "1.1" ; eg:sectionTitle' not in document
    assert 'eg:sectionPath "1.1" ; eg:item "2" ; eg:line 14 ;' in document
    assert "cite:C-2 a eg:CitationPointer" in document
    assert "eg:number 2 ; eg:resolution eg:unresolved" in document


def test_fill_takes_the_line_of_a_region(with_article: Path, copies: Path) -> None:
    """A region that is named by its line is enough, and what the curator cited stays."""
    written = statement(1, 'eg:region reg:C-15 ; eg:cites eg:no-citation ; eg:subject "x"@en .')
    append(with_article / "statements" / "C.ttl", written)

    run("fill", "C", "--texts", copies, "--ontology", with_article)

    text = (with_article / "statements" / "C.ttl").read_text("utf-8")
    assert text.count("eg:region reg:C-15") == 1
    assert "cite:C-" not in text.partition("st:C001 a eg:CauseStatement ;")[2]
    assert "reg:C-15 a eg:Region" in (with_article / "documents" / "C.ttl").read_text("utf-8")


def test_fill_twice_changes_nothing(with_article: Path, copies: Path) -> None:
    """Filling is done once, however often it is asked for."""
    append(with_article / "statements" / "C.ttl", statement(1, 'eg:line 7 ; eg:subject "x"@en .'))
    arguments = ("fill", "C", "--texts", copies, "--set-aside", "--ontology", with_article)
    run(*arguments)
    before = {path: path.read_bytes() for path in with_article.rglob("*.ttl")}

    said = run(*arguments)

    assert said.startswith("0 statements filled in, 0 new regions")
    assert {path: path.read_bytes() for path in with_article.rglob("*.ttl")} == before


def test_regions_stand_in_the_order_of_the_text(with_article: Path, copies: Path) -> None:
    """A region that comes later is put in its place, not at the end."""
    for number, line in enumerate((14, 24, 7, 20), 1):
        written = statement(number, f'eg:line {line} ; eg:subject "x"@en .')
        append(with_article / "statements" / "C.ttl", written)
        run("fill", "C", "--texts", copies, "--ontology", with_article)

    document = (with_article / "documents" / "C.ttl").read_text("utf-8")
    assert re.findall(r"reg:C-(\d+) a eg:Region", document) == ["7", "14", "20", "24"]
    assert document.index("── Regions") < document.index("reg:C-7 a")
    assert document.index("reg:C-24 a") < document.index("── Citation numbers")


def test_a_section_title_of_the_curator_is_taken_over(with_article: Path, copies: Path) -> None:
    """The words that a curator chose for a section serve for its other regions too."""
    append(with_article / "statements" / "C.ttl", statement(1, 'eg:line 26 ; eg:subject "x"@en .'))
    run("fill", "C", "--texts", copies, "--ontology", with_article)
    document = with_article / "documents" / "C.ttl"
    text = document.read_text("utf-8")
    document.write_text(text.replace('"Telling Them Apart"', '"iron or not"'), "utf-8")
    append(with_article / "statements" / "C.ttl", statement(2, 'eg:line 27 ; eg:subject "x"@en .'))

    run("fill", "C", "--texts", copies, "--ontology", with_article)

    assert document.read_text("utf-8").count('eg:sectionTitle "iron or not"') == 2


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ('eg:subject "x"@en .', "names as its line none"),
        ('eg:line 7 , 11 ; eg:subject "x"@en .', "names as its line 7, 11"),
        ('eg:line 8 ; eg:subject "x"@en .', "names line 8, which is blank"),
        ('eg:line 900 ; eg:subject "x"@en .', "not in the text"),
    ],
)
def test_a_statement_without_its_line_is_refused(
    rest: str, said: str, with_article: Path, copies: Path
) -> None:
    """A statement has one line, which the text has; otherwise nothing is written."""
    append(with_article / "statements" / "C.ttl", statement(1, rest))
    before = (with_article / "documents" / "C.ttl").read_bytes()

    found = run("fill", "C", "--texts", copies, "--ontology", with_article, code=2)

    assert said in found
    assert "st:C001" in found
    assert (with_article / "documents" / "C.ttl").read_bytes() == before


def test_a_line_set_aside_carries_no_statement(with_article: Path, copies: Path) -> None:
    """A line is stated or set aside, and filling does not choose between them."""
    run("fill", "C", "--texts", copies, "--set-aside", "--ontology", with_article)
    append(with_article / "statements" / "C.ttl", statement(1, 'eg:line 9 ; eg:subject "x"@en .'))

    said = run("fill", "C", "--texts", copies, "--ontology", with_article, code=2)

    assert "line 9 is set aside, and st:C001 stands on it" in said


def test_a_line_is_set_aside_for_a_reason_of_the_curator(with_article: Path, copies: Path) -> None:
    """A line that no pattern tells is set aside with the reason that is given."""
    arguments = ("fill", "C", "--texts", copies, "--ontology", with_article)

    said = run(*arguments, "--aside", "36=limits the scope, and asserts nothing")

    assert "1 line set aside" in said
    document = (with_article / "documents" / "C.ttl").read_text("utf-8")
    assert "reg:C-36 a eg:LineSetAside" in document
    assert 'eg:setAsideBecause "limits the scope, and asserts nothing"@en' in document
    assert "0 lines set aside" in run(*arguments, "--aside", "36=again")


@pytest.mark.parametrize(
    ("aside", "said"),
    [
        ("36", "wanted LINE=REASON"),
        ("x=a", "wanted LINE=REASON"),
        ("36= ", "wanted LINE=REASON"),
        ("8=blank", "line 8 is blank or not in the text"),
        ("15=stated", "line 15 carries a statement"),
    ],
)
def test_setting_aside_what_cannot_be_is_refused(
    aside: str, said: str, with_article: Path, copies: Path
) -> None:
    """A reason is wanted, and a line of the text that carries no statement."""
    append(with_article / "statements" / "C.ttl", statement(1, 'eg:line 15 ; eg:subject "x"@en .'))
    arguments = ("fill", "C", "--texts", copies, "--ontology", with_article, "--aside", aside)

    assert said in run(*arguments, code=2)


def test_another_version_of_the_text_is_refused(with_article: Path, copies: Path) -> None:
    """Places are of the very text that was added."""
    append(copies / "article.txt", "One more line.\n")

    said = run("fill", "C", "--texts", copies, "--ontology", with_article, code=2)

    assert "no file in" in said
    assert "is document C" in said


def test_unknown_terms_come_with_a_suggestion_and_a_stub(with_article: Path, copies: Path) -> None:
    """A slip of the pen is met with the right name, and a new term with Turtle to paste."""
    written = (
        "eg:line 15 ; eg:subject eg:Osteoporosys ; eg:object eg:new-finding ;\n"
        "    eg:context eg:NewCase ."
    )
    append(with_article / "statements" / "C.ttl", statement(1, written))

    said = run("fill", "C", "--texts", copies, "--ontology", with_article, code=1)

    assert "Unknown term: eg:Osteoporosys." in said
    assert "Did you mean eg:Osteoporosis" in said
    assert "eg:new-finding a eg:Finding , owl:NamedIndividual ;" in said
    assert "eg:NewCase a owl:Class ;\n        rdfs:subClassOf eg:Case ;" in said
    assert 'rdfs:label "new case"@en' in said
    assert re.search(r"statements/C\.ttl:\d+: error: Unknown term", said)


def test_the_stub_is_turtle() -> None:
    """What a curator is told to paste can be read."""
    from kg.compile.check.unfinished import stub
    from kg.model.vocabulary import eg

    for name in ("ALPFallCase", "some-finding", "NewDisease"):
        turtle_to_nquads((PREFIX_LINES + stub(eg(name), ())).encode())
