"""`kg source fill` writes what the text gives; what a curator wrote stays as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from curating import append, article, run, says, write_records
from hypothesis import given
from hypothesis import strategies as st

from kg.articles.places import places_path, read_places
from kg.articles.source import Written
from kg.curate.sources.desk import find_copy, read_desk
from kg.curate.sources.fill import fill_places
from kg.curate.sources.writing import add_entries, yaml_text
from kg.model import resources
from kg.model.errors import SourceSyntaxError

# ── The two articles ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("document", ["A", "B"])
def test_fill_gives_back_the_places_of_the_articles(
    document: str, ontology: Path, texts: Path
) -> None:
    """With its table taken away, `fill` writes it as it was, and the article stays as it is."""
    path = article(ontology, document)
    before = places_path(path).read_bytes()
    places_path(path).unlink()
    desk = read_desk(ontology, document)

    done = fill_places(desk, find_copy(desk, texts).text)

    assert done.places_text.encode() == before
    assert done.article_text.encode() == path.read_bytes()


@pytest.mark.parametrize("document", ["A", "B"])
def test_every_line_of_the_articles_is_accounted_for(document: str, texts: Path) -> None:
    """Lines of the two articles are in an answer, kept as reading or set aside, each once."""
    desk = read_desk(resources.ontology_dir(), document)

    found = desk.cover(find_copy(desk, texts))

    assert (found.open, found.both, found.nowhere) == ((), (), ())


# ── Places ────────────────────────────────────────────────────────────────────────────────────


def test_fill_writes_place_and_citations(with_article: Path, copies: Path) -> None:
    """A statement that names its line gets section, item and citation numbers, and its Turtle."""
    write_records(with_article, says(15), says(14))

    said = run("fill", "C", "--texts", copies, "--ontology", with_article)

    places = read_places(places_path(article(with_article)))
    assert [(each.section, each.item, each.cites) for each in places.values()] == [
        ("1.1", "2", (1, 2)),
        ("1.1", "3", (2,)),
    ]
    assert said.startswith("2 statements, 2 new places, 2 new citation numbers, 0 lines set aside.")
    turtle = (with_article / "statements" / "C.ttl").read_text("utf-8")
    assert "eg:region reg:C-15 ; eg:cites cite:C-2 ;" in turtle


def test_fill_makes_the_article_part_of_the_graph(with_article: Path, copies: Path) -> None:
    """Catalogue and root name the Turtle of an article once it is there, and not before."""
    catalogue = with_article / "catalog-v001.xml"
    assert "documents/C" not in catalogue.read_text("utf-8")
    write_records(with_article, says(15))

    for _ in range(2):
        run("fill", "C", "--texts", copies, "--ontology", with_article)

    assert catalogue.read_text("utf-8").count("documents/C.ttl") == 1
    assert (with_article / "etiograph.ttl").read_text("utf-8").count("/statements/C>") == 1


def test_a_place_that_a_curator_corrected_stays(with_article: Path, copies: Path) -> None:
    """The outline is a proposal: a section that was written anew is not overwritten."""
    write_records(with_article, says(15))
    arguments = ("fill", "C", "--texts", copies, "--ontology", with_article)
    run(*arguments)
    path = places_path(article(with_article))
    path.write_text(path.read_text("utf-8").replace("15\t1.1\t3", "15\t7.1\t9"), "utf-8")

    run(*arguments)

    assert "15\t7.1\t9" in path.read_text("utf-8")


def test_fill_twice_changes_nothing(with_article: Path, copies: Path) -> None:
    """Filling is done once, however often it is asked for."""
    write_records(with_article, says(7))
    arguments = ("fill", "C", "--texts", copies, "--set-aside", "--ontology", with_article)
    run(*arguments)
    before = {path: path.read_bytes() for path in with_article.rglob("*.*")}

    said = run(*arguments)

    assert said == "1 statement, 0 new places, 0 new citation numbers, 0 lines set aside.\n"
    assert {path: path.read_bytes() for path in with_article.rglob("*.*")} == before


@pytest.mark.parametrize(
    ("line", "said"),
    [("8", "names line 8, which is blank"), ("99", "or not in the text"), ("x", "names line 0")],
)
def test_a_statement_without_its_line_is_refused(
    line: str, said: str, with_article: Path, copies: Path
) -> None:
    """A statement has a line, which the text has; otherwise nothing is written."""
    write_records(with_article, says(line))

    found = run("fill", "C", "--texts", copies, "--ontology", with_article, code=1)

    assert said in found
    assert re.search(r"C\.yaml:\d+", found)
    assert not places_path(article(with_article)).exists()


def test_a_line_set_aside_carries_no_statement(with_article: Path, copies: Path) -> None:
    """A line is stated or set aside, and filling does not choose between them."""
    arguments = ("fill", "C", "--texts", copies, "--set-aside", "--ontology", with_article)
    run(*arguments)
    write_records(with_article, says(9))

    said = run(*arguments, code=1)

    assert "line 9 is set aside, and C001 stands on it" in said


def test_a_line_is_set_aside_for_a_reason_of_the_curator(with_article: Path, copies: Path) -> None:
    """A line that no pattern tells is set aside with the reason that is given."""
    write_records(with_article, says(15))
    arguments = ("fill", "C", "--texts", copies, "--ontology", with_article)
    before = article(with_article).read_text("utf-8")

    said = run(*arguments, "--aside", "36=limits: it asserts nothing")

    after = article(with_article).read_text("utf-8")
    assert "1 line set aside" in said
    assert '  36: "limits: it asserts nothing"\n' in after
    assert after.replace('set aside:\n  36: "limits: it asserts nothing"\n\n', "") == before
    assert "0 lines set aside" in run(*arguments, "--aside", "36=again")


def test_lines_are_set_aside_together(with_article: Path, copies: Path) -> None:
    """Several lines are named as the file names them, and stand there under one reason."""
    write_records(with_article, says(15))
    arguments = ("fill", "C", "--texts", copies, "--ontology", with_article)

    said = run(*arguments, "--aside", "9, 40-42=heading", "--aside", "36=limits")

    assert "5 lines set aside" in said
    assert "  9, 40-42: heading\n" in article(with_article).read_text("utf-8")


@pytest.mark.parametrize(
    ("aside", "said"),
    [
        ("36", "wanted LINES=REASON"),
        ("x=a", "wanted LINES=REASON"),
        ("36= ", "wanted LINES=REASON"),
        ("36,=a", "wanted LINES=REASON"),
        ("8=blank", "line 8 is blank or not in the text"),
        ("15=stated", "line 15 carries a statement"),
    ],
)
def test_setting_aside_what_cannot_be_is_refused(
    aside: str, said: str, with_article: Path, copies: Path
) -> None:
    """A reason is wanted, and a line of the text that carries no statement."""
    write_records(with_article, says(15))
    arguments = ("fill", "C", "--texts", copies, "--ontology", with_article, "--aside", aside)

    assert said in run(*arguments, code=2)


def test_another_version_of_the_text_is_refused(with_article: Path, copies: Path) -> None:
    """Places are of the very text that was added."""
    append(copies / "article.txt", "One more line.\n")

    said = run("fill", "C", "--texts", copies, "--ontology", with_article, code=2)

    assert "no file in" in said
    assert "is document C" in said


def test_unknown_terms_come_with_a_suggestion(with_article: Path, copies: Path) -> None:
    """A slip of the pen is met with the right name, at its line, and nothing enters the graph."""
    write_records(with_article, says(15).replace("Osteoporosis", "Osteoporosys"))

    said = run("fill", "C", "--texts", copies, "--ontology", with_article, code=1)

    assert re.search(r"articles/C\.yaml:\d+: error: Unknown term 'Osteoporosys'", said)
    assert "Did you mean Osteoporosis?" in said
    assert not (with_article / "statements" / "C.ttl").exists()


# ── Drafts ────────────────────────────────────────────────────────────────────────────────────

DRAFT = "\n        draft: {agent: a program, model: a model 1, date: 2026-11-30}"
SIGNED = "\n        signed: {by: A. Reader, date: 2026-12-01}"


def test_a_draft_stands_in_no_turtle_until_it_is_signed(with_article: Path, copies: Path) -> None:
    """What a machine wrote is counted, and is no statement before a person answers for it."""
    write_records(with_article, says(15), says(14) + DRAFT)
    arguments = ("--texts", copies, "--ontology", with_article)
    turtle = with_article / "statements" / "C.ttl"

    run("fill", "C", *arguments)
    drafted, account = turtle.read_text("utf-8"), run("coverage", "C", *arguments, code=1)
    append(article(with_article), f"{SIGNED[1:]}\n")
    run("fill", "C", *arguments)

    assert "st:C001 a" in drafted
    assert "st:C002" not in drafted
    assert "1 draft of a machine, which nobody has signed." in account
    assert "because: draft of a machine, which nobody has signed (14)" in account
    signed = turtle.read_text("utf-8").partition("st:C002 a ")[2]
    assert 'biolink:agent_type "manual_validation_of_automated_agent"' in signed
    assert 'eg:signedBy "A. Reader, 2026-12-01"' in signed


def test_nothing_rests_on_a_draft(with_article: Path, copies: Path) -> None:
    """A statement that names a draft is refused, with its line and what to do."""
    write_records(with_article, says(15, ", restates: C002"), says(14) + DRAFT)

    said = run("fill", "C", "--texts", copies, "--ontology", with_article, code=1)

    assert "C001 rests on C002, a draft of a machine that nobody has signed" in said
    assert "sign it" in said


# ── Lines put into YAML ───────────────────────────────────────────────────────────────────────

TEXT = """\
# A remark.
document: {id: C}   # beside

set aside:
  1: a title   # of it

  # A remark of its own.
  3: "a: b"

# About the statements.
statements: []
"""


def test_entries_go_to_the_end_of_their_section() -> None:
    """Remarks, blank lines and quotes stay where they are."""
    made = add_entries(TEXT, Path("C.yaml"), "set aside", {"5": "x"}, before="statements")

    assert made.replace("  5: x\n", "") == TEXT
    assert '  3: "a: b"\n  5: x\n\n# About' in made


def test_a_section_that_is_missing_is_made() -> None:
    """A new section stands in front of the one that is named, above its remark."""
    text = TEXT.replace(TEXT[TEXT.index("set") : TEXT.index("# About")], "")

    made = add_entries(text, Path("C.yaml"), "set aside", {"5": "x"}, before="statements")

    assert made.replace("set aside:\n  5: x\n\n", "") == text
    assert "set aside:\n  5: x\n\n# About" in made


def test_a_section_on_one_line_is_refused() -> None:
    """Where no line can be put in, that is said with the line."""
    with pytest.raises(SourceSyntaxError, match="`document` stands on one line") as caught:
        add_entries(TEXT, Path("C.yaml"), "document", {"title": "x"}, before="statements")

    assert caught.value.line == 2


@given(st.text(alphabet="aZ1 :#-{}[]\"'&*!|>%@`,?", min_size=1))
def test_whatever_is_written_is_read(value: str) -> None:
    """A text that is put into YAML is read as that text."""
    content = f"key: {yaml_text(value)}\n".encode()

    assert Written.parse(content, Path("x.yaml")).value == {"key": value}
