"""Citation numbers, reference lists and tables are read as texts print them, and shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from curating import run, says, write_records, write_title
from hypothesis import given
from hypothesis import strategies as st

from kg.curate.sources.citing import read_citing
from kg.curate.sources.outline import Outline, read_outline
from kg.curate.sources.references import ListedWork, read_references
from kg.model.citations import CitationStyle, find_citations, find_marks, remove_citations
from kg.model.statements import digest_of

HIGHEST = 9

# ── Styles ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("style", "line", "numbers", "sentence"),
    [
        ("plain", "It is so 1, 2", (1, 2), "It is so"),
        ("plain", "It is so 1–3", (1, 2, 3), "It is so"),  # noqa: RUF001
        ("plain", "It is so 1, 2:", (1, 2), "It is so:"),
        ("plain", "It is seen after 400", (), "It is seen after 400"),
        ("square", "It is so [1].", (1,), "It is so."),
        ("square", "It is so [1, 2]", (1, 2), "It is so"),
        ("square", "It is so.[1–3]", (1, 2, 3), "It is so."),  # noqa: RUF001
        ("square", "It is so [1], and so [4,6-7] too", (1, 4, 6, 7), "It is so, and so too"),
        ("square", "It is so [3-1]", (), "It is so [3-1]"),
        ("round", "It is so (1, 2).", (1, 2), "It is so."),
        ("round", "Take (1) one or (2) two", (), "Take (1) one or (2) two"),
        ("round", "It is so (1). Then not", (1,), "It is so. Then not"),
        ("superscript", "It is so.¹", (1,), "It is so."),
        ("superscript", "It is so,¹⁻³ and so⁵,⁶", (1, 2, 3, 5, 6), "It is so, and so"),
        ("superscript", "5 × 10⁹ of Ca²⁺ a m² or cm³", (), "5 × 10⁹ of Ca²⁺ a m² or cm³"),
        ("attached", "It is so.1,2 Then not,3", (1, 2, 3), "It is so. Then not,"),
        ("attached", "It is 3.5 mg", (), "It is 3.5 mg"),
        ("none", "It is so [1]", (), "It is so [1]"),
    ],
)
def test_each_style_is_read(style: str, line: str, numbers: tuple[int, ...], sentence: str) -> None:
    """Numbers of the style count, ranges counted out; quantities stay in the sentence."""
    chosen = CitationStyle(style)

    assert find_citations(line, HIGHEST, chosen) == numbers
    assert remove_citations(line, HIGHEST, chosen) == sentence


LEAD = "A made-up text\n\n"
LINES = {
    CitationStyle.PLAIN: "So it is 1\n\nAnd so 1, 2\n",
    CitationStyle.SQUARE: "So it is [1].\n\nAnd so [1, 2].\n",
    CitationStyle.ROUND: "So it is (1).\n\nAnd so (1, 2).\n",
    CitationStyle.SUPERSCRIPT: "So it is.¹\n\nAnd so.¹˒²\n",
    CitationStyle.ATTACHED: "So it is.1\n\nAnd so.1,2\n",
}


@pytest.mark.parametrize("style", LINES)
def test_the_style_of_a_text_is_recognised(style: CitationStyle) -> None:
    """The style that most lines keep is taken, and each line has its numbers."""
    outline = read_outline(LEAD + LINES[style])

    assert (outline.citing.style, outline.citing.chosen) == (style, False)
    assert [each.citations for each in outline.entries[1:]] == [(1,), (1, 2)]


def test_a_chosen_style_is_kept() -> None:
    """What a curator chose is not overruled by what the text looks like."""
    text = f"{LEAD}Take [1] one.\n\nIt is so (1).\n\nTake [2] two.\n"

    chosen = read_outline(text, style=CitationStyle.ROUND)

    assert read_outline(text).citing.style is CitationStyle.SQUARE
    assert chosen.citing.chosen
    assert [each.citations for each in chosen.entries] == [(), (), (1,), ()]


def test_a_reference_list_bounds_bare_numbers() -> None:
    """Within its list a text may leave out a number or two; far above them is a quantity."""
    listed = "".join(f"{n}. A work\n" for n in range(1, 81))
    text = f"{LEAD}So 1\n\nSo 2, 4\n\nIn those over 60\n\nReferences\n\n{listed}"

    found = read_citing(text)

    assert found.highest == 4
    assert [found.numbers(line) for line in ("So 2, 4", "In those over 60")] == [(2, 4), ()]


def test_a_style_that_is_none_is_refused(tmp_path: Path) -> None:
    """A slip in the name of a style is met with the names that there are."""
    text = tmp_path / "x.txt"
    text.write_text("T\n\nSo [1].\n", "utf-8")

    said = run("outline", "Z", "--text", text, "--citations", "sqare", code=2)

    assert "'sqare' is no citation style; wanted one of: plain, square" in said


def test_the_outline_shows_how_it_reads_citations(tmp_path: Path) -> None:
    """Style, its reach, what else is printed, and the numbers of each line stand in the outline."""
    text = tmp_path / "x.txt"
    text.write_text("T\n\nSo [1, 2].\n\nSo [3].\n\nAnd then (1).\n", "utf-8")

    said = run("outline", "Z", "--text", text).splitlines()

    assert said[0].startswith("Citation numbers: square, up to 3 (recognised; choose with")
    assert said[0].endswith("Also printed: round on 1 line.")
    assert [line.partition("(cites ")[2] for line in said[2:]] == ["1, 2)", "3)", ""]


@given(st.sampled_from(CitationStyle), st.text(alphabet="ab 1,2–[]().:¹²m/-", max_size=40))  # noqa: RUF001
def test_marks_are_cut_out_of_their_line(style: CitationStyle, line: str) -> None:
    """Whatever the line, its marks lie in order in it, and what is cut holds their numbers."""
    marks = find_marks(line, HIGHEST, style)

    ends = [0, *(place for mark in marks for place in (mark.start, mark.end)), len(line)]
    assert ends == sorted(ends)
    assert all(mark.numbers and max(mark.numbers) <= HIGHEST for mark in marks)
    assert len(remove_citations(line, HIGHEST, style)) == len(line) - sum(
        mark.end - mark.start for mark in marks
    )


def test_a_digest_leaves_out_numbers_of_every_style() -> None:
    """A sentence that is cited otherwise in another copy is still the same sentence."""
    outline = read_outline(f"{LEAD}It is so [1, 2].\n")

    assert outline.digest(outline.by_line[3]) == digest_of(b"It is so.")


def test_places_of_a_bracketed_text_are_found_again(ontology: Path, tmp_path: Path) -> None:
    """A text whose numbers stand in brackets is filled in and verified without a finding."""
    copies = tmp_path / "copies"
    copies.mkdir()
    (copies / "d.txt").write_text(f"{LEAD}It is so [1, 2].\n", "utf-8")
    run("add", copies / "d.txt", "--id", "D", "--ontology", ontology)
    write_title(ontology, "D")
    write_records(ontology, says(3), name="D")

    run("fill", "D", "--texts", copies, "--ontology", ontology)

    statements = (ontology / "statements" / "D.ttl").read_text("utf-8")
    assert "eg:cites cite:D-1 , cite:D-2" in statements
    assert 'eg:citationStyle "square"' in (ontology / "documents" / "D.ttl").read_text("utf-8")


# ── Reference lists ───────────────────────────────────────────────────────────────────────────


def works(list_: str) -> tuple[ListedWork, ...]:
    """The works of a list under a made-up text."""
    return read_references(read_outline(f"{LEAD}So it is [1].\n\nReferences\n\n{list_}"))


@pytest.mark.parametrize(
    ("entry", "doi", "pmid", "year"),
    [
        ("1. Doe J. A thing. J Made Up. 2019;12(3):100-9.", "", "", 2019),
        ("[1] Doe J (2021). Of 1999 things. doi:10.1234/ABC.5.", "10.1234/abc.5", "", 2021),
        ("(1) Doe. 2020 Mar 5; 1: 2. PMID: 123456.", "", "123456", 2020),
        (
            "1. Doe. https://doi.org/10.1016/S0140-6736(05)1 2005",
            "10.1016/s0140-6736(05)1",
            "",
            2005,
        ),
        ("1. Doe (see doi 10.1234/x.2001).", "10.1234/x.2001", "", 0),
        ("1. Doe. https://pubmed.ncbi.nlm.nih.gov/987/ 1987", "", "987", 1987),
        ("1. Doe. A thing without a year", "", "", 0),
    ],
)
def test_identifiers_of_a_work_are_read(entry: str, doi: str, pmid: str, year: int) -> None:
    """DOI, PubMed number and year are found where they stand, and nothing is made up."""
    (work,) = works(f"{entry}\n")

    assert (work.number, work.doi, work.pmid, work.year) == (1, doi, pmid, year)


def test_an_entry_of_several_lines_is_one_work() -> None:
    """What stands under a number belongs to it; without numbers a year ends an entry."""
    numbered = works("[1] Doe J.\n    A thing. 2019.\n    PMCID: PMC12345\n[2] Roe. 2020\n")
    bare = works("Study\n\nA thing\n\nJ Made Up, 1993\ndoi:10.1234/x\n\nAnother\n\nJ, 1994\n")

    assert [(each.number, len(each.lines), each.pmcid) for each in numbered] == [
        (1, 3, "PMC12345"),
        (2, 1, ""),
    ]
    assert [(each.number, each.year, each.doi) for each in bare] == [
        (0, 1993, "10.1234/x"),
        (0, 1994, ""),
    ]


def test_references_are_shown_to_be_confirmed(tmp_path: Path) -> None:
    """The command prints what was read beside the entry itself, and writes nothing."""
    text = tmp_path / "x.txt"
    text.write_text(f"{LEAD}So [1].\n\nReferences\n\n1. Doe. 2019; PMID: 12\n", "utf-8")

    said = run("references", "Z", "--text", text)

    assert "[1]  line 7   year 2019   DOI not found   PMID 12" in said
    assert "      1. Doe. 2019; PMID: 12" in said
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_a_text_without_a_list_says_so(tmp_path: Path) -> None:
    """Nothing to confirm is said in words."""
    text = tmp_path / "x.txt"
    text.write_text(f"{LEAD}So.\n", "utf-8")

    assert run("references", "Z", "--text", text) == "No reference list is printed.\n"


# ── Tables and headings ───────────────────────────────────────────────────────────────────────


def aside(outline: Outline) -> dict[int, str]:
    """The lines that are proposed as no statement, with the beginning of the reason."""
    return {each.number: each.aside.partition(":")[0] for each in outline.entries if each.aside}


@pytest.mark.parametrize(
    "table",
    [
        "| Marker | Limit |\n|---|---|\n| ferritin | 300 µg/L |\n| iron | 30 µmol/L |\n",
        "Marker\tLimit\n------\t-----\nferritin\t300 µg/L\niron\t30 µmol/L\n",
        "Marker     Limit\n======     =====\nferritin   300 µg/L\niron       30 µmol/L\n",
    ],
)
def test_a_table_is_read_row_by_row(table: str) -> None:
    """Each row may be a statement, under the heads of its columns; only head and rule are none."""
    outline = read_outline(f"{LEAD}So it is.\n\nLimits\n\n{table}")

    assert [each.row for each in outline.entries if each.row] == [
        "Marker: ferritin; Limit: 300 µg/L",
        "Marker: iron; Limit: 30 µmol/L",
    ]
    assert [each.item for each in outline.entries if each.row] == ["1", "2"]
    assert aside(outline) == {
        1: "title of the document",
        5: "heading that names a topic and asserts nothing",
        7: "head of a table",
        8: "drawn line without words",
    }


def test_a_row_alone_is_no_heading() -> None:
    """A row without a line under its head asserts something, and is open."""
    outline = read_outline(f"{LEAD}So it is.\n\nLimits\n\nferritin    > 300 µg/L\n\nMore text.\n")

    assert 7 not in aside(outline)
    assert outline.by_line[7].row == "ferritin; > 300 µg/L"


def test_two_blanks_after_a_sentence_make_no_row() -> None:
    """A typist's habit is not a table."""
    outline = read_outline(f"{LEAD}It is so.  Then it is not.\nIt was so.  Then it was not.\n")

    assert [each.row for each in outline.entries] == ["", "", ""]


@pytest.mark.parametrize(
    ("body", "open_"),
    [
        ("Causes\n\nFatty liver\n\nAlcohol\n\nTests\n\nMeasure it.\n", {7, 9}),
        ("Causes\n\nFatty liver\n\nAlcohol\n", {7, 9}),
        ("Causes\n\nIt has two.\n\nPregnant women are outside of it\n", {7, 9}),
        ("## Causes\n\n## Tests\n\nMeasure it.\n", {5}),
    ],
)
def test_a_heading_without_text_is_open(body: str, open_: set[int]) -> None:
    """A short line under which nothing stands is a line to account for, and no heading."""
    outline = read_outline(f"{LEAD}So it is.\n\n{body}")

    candidates = {each.number for each in outline.entries if not each.aside and each.number > 3}
    assert open_ <= candidates
    assert {5} - open_ <= aside(outline).keys()


def test_a_heading_and_its_subheading_are_headings() -> None:
    """A heading over a heading with text has that text under it."""
    outline = read_outline(f"{LEAD}So it is.\n\nTests\n\nFirst tests\n\nMeasure it.\n")

    assert {5, 7} <= aside(outline).keys()


def test_style_names_are_those_of_the_shape(root: Path) -> None:
    """What Python reads is what the shapes allow."""
    shapes = (root / "ontology" / "shapes" / "evidence.ttl").read_text("utf-8")

    assert f"sh:in ( {' '.join(f'{chr(34)}{each}{chr(34)}' for each in CitationStyle)} )" in shapes
