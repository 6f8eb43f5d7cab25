"""A document is added and edited as text, and every line of it is accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from curating import ARTICLE, PREFIX_LINES, article, run, says, write_records

from kg.curate.sources.desk import read_desk
from kg.curate.sources.entering import add_imports, add_to_catalogue
from kg.curate.sources.outline import read_outline
from kg.curate.sources.skeleton import add_article, read_front_matter
from kg.curate.sources.writing import check_writable
from kg.model import resources
from kg.model.copies import Copy, Coverage, Line, count_lines
from kg.model.errors import SourceSyntaxError, UsageError
from kg.model.rdf import turtle_to_nquads
from kg.model.statements import digest_of
from kg.model.vocabulary import IRI

NOTHING = "\n        says nothing for answers: it is an aside of the author"
"""Under a record that is kept as reading."""

# ── Coverage ──────────────────────────────────────────────────────────────────────────────────


def test_coverage() -> None:
    """Every line with text is stated, set aside or open; blank lines do not count."""
    found = _coverage("a\n\nb\nc\nd", {1: ("X1", "X2"), 3: ("X3",), 9: ("X4",)}, (3, 4))

    assert (found.filled, found.open) == ((1, 3, 4, 5), (5,))
    assert [line.number for line in found.carrying] == [1, 3, 9]
    assert found.aside == {"a reason": (3, 4)}
    assert (found.both, found.nowhere) == ((3,), (9,))
    assert not found.complete


def test_coverage_is_complete_when_nothing_is_open() -> None:
    """A text of which every line is accounted for once is complete."""
    assert _coverage("a\n \nb", {1: ("X1",)}, (3,)).complete


def _coverage(text: str, on: Mapping[int, tuple[str, ...]], aside: Sequence[int]) -> Coverage:
    lines = tuple(
        Line(number, on.get(number, ()), ("a reason",) * (number in aside))
        for number in sorted({*on, *aside})
    )
    return count_lines(Coverage("X", "", "d", 0, 4, lines), [Copy("x.txt", "d", text)])


# ── An article enters the graph ─────────────────────────────────────────────────────────────────


def test_imports_go_to_the_end_of_the_list() -> None:
    """The root keeps every byte and gains two lines."""
    before = (resources.ontology_dir() / "etiograph.ttl").read_text("utf-8")

    after = add_imports(before, [IRI("https://example.org/1"), IRI("https://example.org/2")])

    lines = " ,\n        <https://example.org/1> ,\n        <https://example.org/2>"
    assert after.replace(lines, "") == before
    assert f">{lines} ." in after


def test_catalogue_gains_lines() -> None:
    """A catalogue keeps every byte and gains a line after its last entry."""
    before = (resources.ontology_dir() / "catalog-v001.xml").read_text("utf-8")

    after = add_to_catalogue(before, {IRI("https://example.org/one"): "one.ttl"})

    line = '    <uri name="https://example.org/one" uri="one.ttl"/>\n'
    assert after.replace(line, "") == before
    assert after.endswith(f"{line}</catalog>\n")


def test_a_catalogue_or_root_without_a_place_is_refused() -> None:
    """What cannot be edited by a line is said, and nothing is guessed."""
    with pytest.raises(SourceSyntaxError, match="no <uri"):
        add_to_catalogue("<catalog/>", {IRI("a"): "b"})
    with pytest.raises(SourceSyntaxError, match="owl:imports"):
        add_imports("<a> a <b> .", [IRI("c")])


# ── Adding an article ─────────────────────────────────────────────────────────────────────────


def test_add_makes_one_file(ontology: Path) -> None:
    """One file is new, and no other is touched."""
    before = {path: path.read_bytes() for path in ontology.rglob("*.*")}

    run("add", ARTICLE / "article.txt", "--id", "C", "--ontology", ontology)

    after = {path: path.read_bytes() for path in ontology.rglob("*.*")}
    assert [path for path in after if path not in before] == [article(ontology)]
    assert {path: after[path] for path in before} == before


def test_add_finds_what_the_text_says_of_itself(with_article: Path) -> None:
    """Title, publisher, date, review and reference list are those of the text, and its digest."""
    document = read_desk(with_article, "C").file.document

    assert document.title == "Raised Ferritin: What May Explain It"
    assert (document.publisher, document.last_updated) == ("The Etiograph authors", "2026-03-12")
    assert document.review_status == "pending review"
    assert document.reference_list == "3 entries, numbered"
    assert document.digest == digest_of((ARTICLE / "article.txt").read_bytes())


def test_what_is_read_of_references_waits_for_the_curator(ontology: Path) -> None:
    """Works of the list stand in remarks, with what was found of them and without their titles."""
    raw = b"T\n\nSo [1].\n\nReferences\n\n1. Doe J. A thing. 2019; doi:10.1234/x.\n"

    (text,) = add_article(ontology, "C", raw).values()

    assert "#   R1: {line: 7, title: \u2026, year: 2019, doi: 10.1234/x}" in text
    assert "citation style: square" in text
    assert "A thing" not in text


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
    assert read_front_matter(read_outline(f"Title\n\n{line}\n\nA sentence.\n")).updated == day


def test_a_sentence_is_no_title(ontology: Path) -> None:
    """A text without a heading has no title, and none of its words are written down."""
    (text,) = add_article(ontology, "C", b"Water boils when it is hot.\n\nAnd more.\n").values()

    assert "Water boils" not in text
    assert "  title: # TO FILL" in text


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
    assert read_front_matter(read_outline(f"Title\n\nA sentence.\n\n{list_}")).references == said


def test_what_the_text_does_not_say_is_left_to_fill(ontology: Path) -> None:
    """Nothing is made up: what is missing is printed with its line, and the file is refused."""
    text = ontology.parent / "x.txt"
    text.write_text("A title\n\nA sentence.\n", "utf-8")

    said = run("add", text, "--id", "C", "--ontology", ontology)

    left = re.findall(r"(?m)^  \d+: ([a-z ]+): # TO FILL", said)
    assert left == ["short title", "publisher", "origin", "last updated", "review status"]
    with pytest.raises(
        SourceSyntaxError, match="`short title` is empty; write its value"
    ) as caught:
        read_desk(ontology, "C")
    assert caught.value.line == 5


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
    monkeypatch.setattr("kg.curate.sources.writing.package_dir", lambda: tmp_path / "kg")
    monkeypatch.setattr("kg.curate.sources.writing.data_dir", lambda: tmp_path / "kg" / "_data")

    with pytest.raises(UsageError, match="installed package"):
        check_writable(shipped)


# ── Commands ──────────────────────────────────────────────────────────────────────────────────


def test_outline_command_marks_what_stands_on_a_line(with_article: Path, copies: Path) -> None:
    """A line shows its number, section, item, statements, and why it may be none."""
    write_records(with_article, says(15))

    said = run("outline", "C", "--texts", copies, "--ontology", with_article).splitlines()

    assert re.match(r"  15  1\.1 3 +C001 +• High alcohol intake 2", said[10])
    assert re.match(r"   9  - +\[not a statement: heading", said[6])


def test_outline_of_a_text_that_was_not_added() -> None:
    """A text can be looked at before it is added."""
    assert "High alcohol" in run("outline", "Z", "--text", ARTICLE / "article.txt")


def test_outline_wants_one_text() -> None:
    """Which text is meant must be said once."""
    assert "one of --text" in run("outline", "A", code=2)


def test_coverage_command_names_the_open_lines(with_article: Path, copies: Path) -> None:
    """While a line is open the command fails, and says which, and why the others are not."""
    idle = [says(line, ", kind: Caveat") for line in (14, 20)]
    write_records(with_article, says(15) + NOTHING, idle[0], says(20) + NOTHING, idle[1])
    run("fill", "C", "--texts", copies, "--set-aside", "--ontology", with_article)

    said = run("coverage", "C", "--texts", copies, "--ontology", with_article, code=1)

    counts = [line.split()[:2] for line in said.splitlines() if re.match(r" +\d", line)]
    assert counts == [["0", "in"], ["1", "kept"], ["14", "set"], ["13", "OPEN:"]]
    assert "because: it is an aside of the author (15)" in said
    assert "13  OPEN: 7, 11, 13, 14, 17, 19, 20, 24, 26, 27, 31, 32, 36\n" in said
    assert "No answer rests on C002, C004, and no reason is given." in said


def test_a_document_that_was_not_added_is_named(copies: Path) -> None:
    """A command for a document that is not there says how it is added."""
    assert "kg source add" in run("coverage", "Q", "--texts", copies, code=2)


# ── Templates ─────────────────────────────────────────────────────────────────────────────────


def test_templates_are_turtle(root: Path) -> None:
    """Every block of Turtle that the ontology's README offers can be read."""
    page = (root / "ontology" / "README.md").read_text("utf-8")
    found = re.findall(r"^```turtle\n(.*?)^```", page, re.MULTILINE | re.DOTALL)

    assert len(found) >= 4
    for block in found:
        turtle_to_nquads((PREFIX_LINES + block).encode())
