"""What a text gives is found in it: its lines, their places, and what is no statement."""

from __future__ import annotations

import pytest
from curating import ARTICLE
from hypothesis import given
from hypothesis import strategies as st

from kg.curate.sources.outline import Outline, OutlineEntry, read_outline
from kg.model.statements import decode_text, digest_of

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


def places(outline: Outline) -> dict[int, tuple[str, str]]:
    """Section and item of each line that may carry a statement."""
    return {e.number: (e.section, e.item) for e in outline.entries if not e.aside}


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

    assert outline.digest(outline.by_line[7]) == digest_of(b"It is so")


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


def test_positions_count_characters_of_the_text() -> None:
    """The characters of an entry are the sentence as it stands in the text."""
    text = decode_text((ARTICLE / "article.txt").read_bytes())

    def sentence(entry: OutlineEntry) -> str:
        return text[entry.start : entry.end]

    lines = read_outline(text).by_line
    assert sentence(lines[15]) == "High alcohol intake 2"
    assert sentence(lines[32]) == "Ask about alcohol and about transfusions"
