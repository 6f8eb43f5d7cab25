"""What a text gives is found in it and written down; what a curator wrote stays as it is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg import resources
from kg.build.unfinished import unfinished
from kg.claims import as_text, ni
from kg.cli import main
from kg.coverage import coverage
from kg.errors import SourceSyntaxError, UsageError
from kg.rdf import read_sources, turtle_to_nquads
from kg.sources.add import added, with_catalogue_entries, with_imports
from kg.sources.files import paths_of, read_copy, read_files, writable, write_all
from kg.sources.fill import filled
from kg.sources.front import read_front
from kg.sources.outline import Entry, Outline, read_outline
from kg.sources.turtle import blocks, inserted, with_property
from kg.vocab import IRI, PREFIXES

PREFIX_LINES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
ARTICLE = Path(__file__).parent / "articles" / "raised-ferritin"
REGION = re.compile(r"(?ms)^reg:\w+-\d+ a eg:Region .*?\.\n\n")
POINTER = re.compile(r"(?ms)^cite:\w+-\d+ a eg:CitationPointer .*?\.\n\n")
TITLE = re.compile(r' ; eg:sectionTitle "[^"]*"@en')

TEXT = """How to read a made-up test

Updated 3 May 2024

A made-up test is read with care [1, 3].

Reasons

1. Things in the body

  - One thing raises it [1-3].
  - Another may

2. Things in the tube

  - Shaking [2]

Notes

First of all, take it twice:

  1. In the morning
  2. At night

On the second day, take it again:

  1. At noon

References

1. A work
2. A work
3. A work
"""


@pytest.fixture(name="ontology")
def _ontology(tmp_path: Path) -> Path:
    """Give a copy of the ontology to write in."""
    return Path(shutil.copytree(resources.ontology_dir(), tmp_path / "ontology"))


@pytest.fixture(name="copies")
def _copies(tmp_path: Path) -> Path:
    """Give a folder with the example article."""
    folder = tmp_path / "copies"
    folder.mkdir()
    shutil.copy(ARTICLE / "article.txt", folder)
    return folder


@pytest.fixture(name="with_article")
def _with_article(ontology: Path) -> Path:
    """Give a copy of the ontology to which the example article was added."""
    write_all(added(ontology, "C", (ARTICLE / "article.txt").read_bytes()))
    return ontology


def run(*arguments: str | Path, code: int = 0) -> str:
    """Type a command and give all that it says."""
    result = CliRunner().invoke(main, ["source", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def append(path: Path, text: str) -> None:
    """Write at the end of a file."""
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def statement(number: int, rest: str) -> str:
    """A statement with a subject and whatever else."""
    return (
        f'\nst:C00{number} a eg:CauseStatement ;\n    rdfs:label "C00{number} x"@en ;\n    {rest}\n'
    )


def places(outline: Outline) -> dict[int, tuple[str, str]]:
    """Section and item of each line that may carry a statement."""
    return {e.number: (e.section, e.item) for e in outline.entries if not e.aside}


# ── Outline ─────────────────────────────────────────────────────────────────────────────────


def test_outline_finds_sections_and_items() -> None:
    """Headings, numbered headings, bullets and numbers say where a line stands."""
    assert places(read_outline(TEXT)) == {
        5: ("0", "0.1"),
        9: ("1.1", "0"),
        11: ("1.1", "1"),
        12: ("1.1", "2"),
        14: ("1.2", "0"),
        16: ("1.2", "1"),
        20: ("2.1", "0"),
        22: ("2.1", "1"),
        23: ("2.1", "2"),
        25: ("2.2", "0"),
        27: ("2.2", "1"),
    }


def test_outline_reads_citations_as_they_are_printed() -> None:
    """Numbers in brackets, lists and ranges of them are the citations of a line."""
    lines = read_outline(TEXT).by_line

    assert [lines[number].citations for number in (5, 11, 12, 16)] == [(1, 3), (1, 2, 3), (), (2,)]


def test_outline_takes_no_quantity_for_a_citation() -> None:
    """A number at the end of a line is a citation only within the run that starts at one."""
    outline = read_outline("Title\n\nIt is so 1\n\nIt is seen in stage 4\n\nSince 1999\n")

    assert outline.highest == 1
    assert [entry.citations for entry in outline.entries] == [(), (1,), (), ()]


def test_outline_follows_heading_signs() -> None:
    """Where a text marks its headings, their depth is the one that it gives."""
    outline = read_outline(
        "# T\n\nLead one.\n\n## A\n\n### B\n\n- x\n\n### C\n\n- y\n\n## D\n\n- z\n"
    )

    assert places(outline) == {
        3: ("0", "0.1"),
        9: ("1.1", "1"),
        13: ("1.2", "1"),
        17: ("2", "1"),
    }


def test_outline_counts_lists_in_lists() -> None:
    """An item of an item has the numbers of both; a numbered item with items has nought."""
    outline = read_outline("T\n\nLead.\n\nH\n\n  1. a:\n\n    - b\n    - c\n  2. d:\n\n    - e\n")

    assert [item for _, item in places(outline).values()] == [
        "0.1",
        "1.0",
        "1.1",
        "1.2",
        "2.0",
        "2.1",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Last updated: May 3, 2024", "date of the document"),
        ("Share", "page furniture"),
        ("Content is pending human review", "review is awaited"),
        ("Reviewed by a colleague", "speaks of review"),
        ("Approved", "stage of a review bar"),
    ],
)
def test_furniture_is_no_statement(line: str, reason: str) -> None:
    """What a page says of itself is proposed as set aside, with the reason."""
    entry = read_outline(f"Title\n\n{line}\n\nA sentence.\n").by_line[3]

    assert reason in entry.aside


@pytest.mark.parametrize(
    "heading", ["References", "Related Questions", "Medical Disclaimer", "Newsletter"]
)
def test_parts_after_the_article_are_no_statements(heading: str) -> None:
    """Nothing under the heading of such a part may carry a statement."""
    outline = read_outline(f"Title\n\nA sentence.\n\n{heading}\n\nWhat is this?\n\n  - or that\n")

    assert [bool(entry.aside) for entry in outline.entries] == [True, False, True, True, True]


def test_a_sentence_on_review_in_the_text_is_a_candidate() -> None:
    """A study that was reviewed is no banner of the page."""
    outline = read_outline("Title\n\nA sentence.\n\nA peer-reviewed study found it.\n")

    assert outline.by_line[5].aside == ""


def test_digest_leaves_out_what_stands_around_the_sentence() -> None:
    """The digest of a sentence is that of its words, without bullet and citation numbers."""
    outline = read_outline("Title\n\nLead 1\n\nH\n\n  • It is so 1\n")

    assert outline.digest(outline.by_line[7]) == ni(b"It is so")


@given(st.text(alphabet="aB1 .:?[]•-#\n\t,", max_size=200))
def test_every_line_has_one_place(text: str) -> None:
    """Whatever the text, each line that is not blank is outlined once, within its own line."""
    entries = read_outline(text).entries

    lines = text.split("\n")
    assert sorted(entry.number for entry in entries) == [
        number for number, line in enumerate(lines, 1) if line.strip()
    ]
    for entry in entries:
        assert lines[entry.number - 1].rstrip().endswith(text[entry.start : entry.end])
        assert text[entry.start : entry.end]


# ── The two articles ────────────────────────────────────────────────────────────────────────


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

    done = filled(files, read_copy(files, texts))

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

    done = filled(files, read_copy(files, texts))

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
    outline = read_outline(read_copy(files, texts), declared=max(files.pointers))
    carrying = {line for each in files.stated for line in each.lines}

    proposed = {entry.number for entry in outline.entries if entry.aside}
    opens_a_list = {entry.number for entry in outline.entries if entry.text.endswith(":")}

    assert proposed & carrying == set()
    assert files.aside - proposed <= opens_a_list


# ── Coverage ────────────────────────────────────────────────────────────────────────────────


def test_coverage() -> None:
    """Every line with text is stated, set aside or open; blank lines do not count."""
    account = coverage(["a", "", "b", "c", "d"], [1, 1, 3, 9], [3, 4])

    assert (account.lines, account.statements) == (4, 4)
    assert (account.stated, account.aside, account.open) == ((1, 3), (4,), (5,))
    assert (account.both, account.nowhere) == ((3,), (9,))
    assert not account.complete


def test_coverage_is_complete_when_nothing_is_open() -> None:
    """A text of which every line is accounted for once is complete."""
    assert coverage(["a", " ", "b"], [1], [3]).complete


# ── Turtle that is edited as text ───────────────────────────────────────────────────────────


TURTLE = """# st:no a comment .
st:a a eg:B ; # why ; not .
    rdfs:label "a ; b . \\" # c"@en ;
    eg:p [ eg:q "x" ; eg:r ( 1.5 <http://a/#b;> ) ] , eg:d.e ;
    eg:note \"\"\"long "quoted" ; text .\"\"\" .

st:b eg:p 1 .
"""


def test_blocks_end_where_statements_end() -> None:
    """Points in strings, IRIs, numbers, names and comments end nothing."""
    assert [TURTLE[block.start : block.end] for block in blocks(TURTLE)] == [
        TURTLE[TURTLE.index("st:a") : TURTLE.index("\n\nst:b")],
        "st:b eg:p 1 .",
    ]


def test_a_property_gets_a_line_of_its_own_after_the_label() -> None:
    """Nothing else of the statement moves."""
    first, second = blocks(TURTLE)

    text = inserted(TURTLE, [with_property(TURTLE, each, "eg:n 1") for each in (first, second)])

    assert '# c"@en ;\n    eg:n 1 ;\n    eg:p [' in text
    assert text.endswith("st:b eg:p 1 ;\n    eg:n 1 .\n")
    assert text.replace("    eg:n 1 ;\n", "").replace(";\n    eg:n 1 ", "") == TURTLE


def test_lines_keep_their_ends() -> None:
    """A file with the line ends of another system gets lines with the same ends."""
    text = TURTLE.replace("\n", "\r\n")

    assert "\r\n    eg:n 1 ;\r\n" in inserted(
        text, [with_property(text, blocks(text)[0], "eg:n 1")]
    )


def test_imports_go_to_the_end_of_the_list() -> None:
    """The root keeps every byte and gains two lines."""
    before = (resources.ontology_dir() / "etiograph.ttl").read_text("utf-8")

    after = with_imports(before, [IRI("https://example.org/1"), IRI("https://example.org/2")])

    lines = " ,\n        <https://example.org/1> ,\n        <https://example.org/2>"
    assert after.replace(lines, "") == before
    assert f"/statements/B>{lines} ." in after


def test_catalogue_gains_lines() -> None:
    """A catalogue keeps every byte and gains a line after its last entry."""
    before = (resources.ontology_dir() / "catalog-v001.xml").read_text("utf-8")

    after = with_catalogue_entries(before, {IRI("https://example.org/one"): "one.ttl"})

    line = '    <uri name="https://example.org/one" uri="one.ttl"/>\n'
    assert after.replace(line, "") == before
    assert after.endswith(f"{line}</catalog>\n")


def test_a_catalogue_or_root_without_a_place_is_refused() -> None:
    """What cannot be edited by a line is said, and nothing is guessed."""
    with pytest.raises(SourceSyntaxError, match="no <uri"):
        with_catalogue_entries("<catalog/>", {IRI("a"): "b"})
    with pytest.raises(SourceSyntaxError, match="owl:imports"):
        with_imports("<a> a <b> .", [IRI("c")])


# ── Adding a document ───────────────────────────────────────────────────────────────────────


def test_add_leaves_other_files_byte_for_byte(ontology: Path) -> None:
    """Two files are new, two gain lines, and no other file is touched."""
    before = {path: path.read_bytes() for path in ontology.rglob("*.*")}

    run("add", ARTICLE / "article.txt", "--id", "C", "--ontology", ontology)

    after = {path: path.read_bytes() for path in ontology.rglob("*.*")}
    assert {path.name for path in after if path not in before} == {"C.ttl"}
    changed = {path.name for path in before if before[path] != after[path]}
    assert changed == {"etiograph.ttl", "catalog-v001.xml"}


def test_add_makes_files_that_are_read(with_article: Path) -> None:
    """The new modules are found through the catalogue and hold the document."""
    modules = {
        module.iri.rpartition("ontology/")[2] for module in read_sources(with_article).modules
    }

    assert {"documents/C", "statements/C"} <= modules


def test_add_finds_what_the_text_says_of_itself(with_article: Path) -> None:
    """Title, publisher, date, review and reference list are those of the text, and its digest."""
    text = (with_article / "documents" / "C.ttl").read_text("utf-8")

    assert 'dcterms:title "Raised Ferritin: What May Explain It"@en' in text
    assert 'eg:publisherName "The Etiograph authors"' in text
    assert 'eg:lastUpdated "2026-03-12"^^xsd:date' in text
    assert 'eg:reviewStatus "pending review"@en' in text
    assert 'eg:referenceListStatus "3 entries, numbered"@en' in text
    assert ni((ARTICLE / "article.txt").read_bytes()) in text


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Last updated: February 5, 2026", "2026-02-05"),
        ("Published 2024-01-31", "2024-01-31"),
        ("Updated 3rd May 2024", "2024-05-03"),
        ("Updated Sept. 4, 2023", "2023-09-04"),
        ("Updated 31 February 2024", ""),
        ("In 2024 it was found", ""),
    ],
)
def test_dates(line: str, day: str) -> None:
    """A date is read where a line says that it is one, in the usual ways to write it."""
    assert read_front(read_outline(f"Title\n\n{line}\n\nA sentence.\n")).updated == day


def test_a_sentence_is_no_title() -> None:
    """A text without a heading has no title, and none of its words are written down."""
    said = added(resources.ontology_dir(), "C", b"Water boils when it is hot.\n\nAnd more.\n")

    document, statements, *_ = said.values()
    assert "Water boils" not in document + statements
    assert "# TO FILL: dcterms:title" in document


@pytest.mark.parametrize(
    ("list_", "said"),
    [
        ("", "no reference list"),
        ("References\n", "none printed"),
        ("References\n\n1. A\n2. B\n", "2 entries, numbered"),
        ("References\n\nA\n\nB\n", "2 lines, not numbered"),
    ],
)
def test_reference_list(list_: str, said: str) -> None:
    """A document says what its reference list holds, and an empty list is not a missing one."""
    assert read_front(read_outline(f"Title\n\nA sentence.\n\n{list_}")).references == said


def test_what_the_text_does_not_say_is_left_to_fill(ontology: Path) -> None:
    """Nothing is made up: what is missing stands in a comment that the checks refuse."""
    write_all(added(ontology, "C", b"A title\n\nA sentence.\n"))

    found = unfinished([ontology / "documents" / "C.ttl"])

    wanted = ["shortTitle", "publisherName", "origin", "lastUpdated", "reviewStatus"]
    assert [finding.focus.split()[0] for finding in found.findings] == [f"eg:{w}" for w in wanted]
    assert not found.passes
    assert re.search(r"C\.ttl:\d+: error: Not yet written: eg:shortTitle", str(found))


@pytest.mark.parametrize("name", ["", "c", "C1", "../C", "C-D", "A", "background", "Background"])
def test_bad_names_are_refused(name: str, ontology: Path) -> None:
    """A name that is taken or could be misread is refused before anything is written."""
    before = sorted(ontology.rglob("*"))

    said = run("add", ARTICLE / "article.txt", "--id", name, "--ontology", ontology, code=2)

    assert said.startswith("error: ")
    assert sorted(ontology.rglob("*")) == before


@pytest.mark.parametrize(
    ("content", "said"), [(b" \n", "is empty"), (b"\xff", "is not UTF-8"), (None, "cannot be read")]
)
def test_bad_texts_are_refused(
    content: bytes | None, said: str, ontology: Path, tmp_path: Path
) -> None:
    """A text that is no text is refused in words."""
    file = tmp_path / "x.txt"
    if content is not None:
        file.write_bytes(content)

    assert said in run("add", file, "--id", "C", "--ontology", ontology, code=2)


def test_installed_data_are_not_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ontology of an installed package is no checkout."""
    shipped = tmp_path / "kg" / "_data" / "ontology"
    shipped.mkdir(parents=True)
    monkeypatch.setattr("kg.sources.files.package_dir", lambda: tmp_path / "kg")
    monkeypatch.setattr("kg.sources.files.data_dir", lambda: tmp_path / "kg" / "_data")

    with pytest.raises(UsageError, match="installed package"):
        writable(shipped)


# ── Filling in ──────────────────────────────────────────────────────────────────────────────


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
    from kg.sources.unknown import stub
    from kg.vocab import eg

    for name in ("ALPFallCase", "some-finding", "NewDisease"):
        turtle_to_nquads((PREFIX_LINES + stub(eg(name), ())).encode())


# ── Commands ────────────────────────────────────────────────────────────────────────────────


def test_outline_command_marks_what_stands_on_a_line(with_article: Path, copies: Path) -> None:
    """A line shows its number, section, item, statements, and why it may be none."""
    append(with_article / "statements" / "C.ttl", statement(1, 'eg:line 15 ; eg:subject "x"@en .'))

    said = run("outline", "C", "--texts", copies, "--ontology", with_article).splitlines()

    assert re.match(r"  15  1\.1 3 +C001 +• High alcohol intake 2", said[9])
    assert re.match(r"   9  - +\[not a statement: heading", said[5])


def test_outline_of_a_text_that_was_not_added() -> None:
    """A text can be looked at before it is added."""
    assert "High alcohol" in run("outline", "Z", "--text", ARTICLE / "article.txt")


def test_outline_wants_one_text() -> None:
    """Which text is meant must be said once."""
    assert "one of --text" in run("outline", "A", code=2)


def test_coverage_command_names_the_open_lines(with_article: Path, copies: Path) -> None:
    """While a line is open the command fails, and says which."""
    run("fill", "C", "--texts", copies, "--set-aside", "--ontology", with_article)

    said = run("coverage", "C", "--texts", copies, "--ontology", with_article, code=1)

    assert said == (
        "28 lines: 0 statements on 0 lines, 14 set aside with a reason, "
        "14 OPEN: 7, 11, 13, 14, 15, 17, 19, 20, 24, 26, 27, 31, 32, 36.\n"
    )


def test_a_document_that_was_not_added_is_named(copies: Path) -> None:
    """A command for a document that is not there says how it is added."""
    assert "kg source add" in run("coverage", "Q", "--texts", copies, code=2)


# ── Templates ───────────────────────────────────────────────────────────────────────────────


def test_templates_are_turtle(root: Path) -> None:
    """Every block of Turtle that the ontology's README offers can be read."""
    page = (root / "ontology" / "README.md").read_text("utf-8")
    found = re.findall(r"^```turtle\n(.*?)^```", page, re.MULTILINE | re.DOTALL)

    assert len(found) >= 7
    for block in found:
        turtle_to_nquads((PREFIX_LINES + block).encode())


def test_positions_count_characters_of_the_text() -> None:
    """The characters of an entry are the sentence as it stands in the text."""
    text = as_text((ARTICLE / "article.txt").read_bytes())

    def sentence(entry: Entry) -> str:
        return text[entry.start : entry.end]

    lines = read_outline(text).by_line
    assert sentence(lines[15]) == "High alcohol intake 2"
    assert sentence(lines[32]) == "Ask about alcohol and about transfusions"
