"""The tree of blocks and its two writers: what each shows, and where they differ."""

from __future__ import annotations

import pytest

from kg.show.blocks import (
    WIDTH,
    Emphasis,
    Paragraph,
    Row,
    Rows,
    Section,
    Strong,
    Table,
    align,
    escape,
    list_names,
    to_markdown,
    to_text,
)

POND = Row("frogs", "in a pond", ids=("X001", "X002"))


def section(*blocks: Rows | Paragraph | Table) -> list[Section]:
    """Give a section with these blocks under a heading."""
    return [Section("Frogs", "FROGS", blocks)]


def test_a_row_breaks_a_word_that_is_too_long() -> None:
    """A name without blanks does not widen the page."""
    for line in align("x" * 300, "y" * 300, "z" * 300, (36, 36, 24)):
        assert len(line) <= WIDTH


def test_a_row_has_its_columns_on_a_terminal_and_its_ids_in_brackets_on_a_page() -> None:
    """The ids end the first line, or follow the words."""
    tree = section(Rows((POND,), (10, 12, 9)))

    assert to_text(tree) == "FROGS\n  frogs       in a pond     X001 X002\n"
    assert to_markdown(tree) == "## Frogs\n\n- frogs: in a pond (X001, X002)\n"


def test_the_text_has_the_room_of_an_empty_column() -> None:
    """Without something beside it, a text is wrapped later."""
    assert list(align("one two three", "", "X001", (7, 6, 4))) == ["one two three    X001"]


def test_marks_stand_in_the_margin() -> None:
    """A mark stands before the first line of its row, that of the block before its first row."""
    rows = Rows((Row("one two", mark="X001"), Row("three", mark="X002")), margin=6, width=13)
    alert = Rows((Row("one"), Row("two")), indent=0, margin=7, mark="ALERT")
    wide = Rows((Row("one", mark="WARNING"),), indent=0, margin=7)

    assert to_text([Section(blocks=(rows,))]) == "  X001  one\n          two\n  X002  three\n"
    assert to_text([Section(blocks=(alert,))]) == "ALERT  one\n       two\n"
    assert to_text([Section(blocks=(wide,))]) == "WARNING\n       one\n"
    assert to_markdown([Section(blocks=(rows, alert))]) == (
        "- X001: one two\n- X002: three\n- one\n- two\n"
    )


def test_what_is_below_a_row_is_indented_or_nested() -> None:
    """Rows below a row stand further to the right in both."""
    tree = section(Rows((Row("frogs", under=(Rows((Row("green"),)),)),)))

    assert to_text(tree) == "FROGS\n  frogs\n    green\n"
    assert to_markdown(tree) == "## Frogs\n\n- frogs\n    - green\n"


def test_a_narrower_row_stands_below_the_wider() -> None:
    """A row of some depth is indented, and its first column is so much narrower."""
    rows = Rows((POND, Row("toads", "in mud", ids=("X003",), depth=1)), (10, 9, 9))

    first, second = to_text([Section(blocks=(rows,))]).splitlines()

    assert (first.index("frogs"), second.index("toads")) == (2, 4)
    assert first.index("in a pond") == second.index("in mud")


def test_a_table_of_a_page_has_no_room_for_what_is_below() -> None:
    """Rows with a head are a table on a page; a row without cells is in none."""
    cells = ("frogs | toads", ("one", "two"))
    row = Row("frogs", cells=cells, under=(Rows((Row("green"),)),))
    tree = section(Rows((row, Row("no cells")), head=("Who", "What")))

    assert to_markdown(tree).splitlines()[2:] == [
        "| Who | What |",
        "| --- | --- |",
        "| frogs \\| toads | one<br>two |",
    ]
    assert "green" in to_text(tree)


def test_either_writer_may_be_left_out() -> None:
    """What is for one of them is not in the other, nor what is below it."""
    below = (Rows((Row("green"),)),)
    rows = Rows((Row("frogs", under=below).off_page(), Row("toads", under=below).off_terminal()))
    tree = [Section(blocks=(rows, Paragraph("newts", page=""), Paragraph("", page="snails")))]

    assert to_text(tree) == "  frogs\n    green\nnewts\n"
    assert to_markdown(tree) == "- toads\n    - green\n\nsnails\n"


def test_names_run_on_or_are_listed() -> None:
    """A terminal says names one after the other, a page lists them."""
    tree = section(list_names(("frogs", "toads"), lead="Seen: ", indent=2))

    assert to_text(tree) == "FROGS\n  Seen: frogs; toads\n"
    assert to_markdown(tree) == "## Frogs\n\n- frogs\n- toads\n"


def test_a_list_goes_on_where_no_heading_parts_it() -> None:
    """Sections without a heading add to the list above them on a page."""
    tree = [Section(blocks=(Rows((Row(each),)),)) for each in ("frogs", "toads")]

    assert to_text(tree) == "  frogs\n\n  toads\n"
    assert to_markdown(tree) == "- frogs\n- toads\n"


def test_a_table_sets_figures_at_the_right() -> None:
    """Columns of figures line up by their last digit."""
    tree = [Section(blocks=(Table(("a", "n"), (("x", "1"), ("yy", "10"))),))]

    assert to_text(tree).splitlines() == ["a    n", "--  --", "x    1", "yy  10"]
    assert to_markdown(tree).splitlines()[2:] == ["| x | 1 |", "| yy | 10 |"]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("a *b* [c](d) <e>", "a \\*b\\* \\[c\\](d) \\<e\\>"),
        ("two\n lines ", "two lines"),
        (Strong("so_so"), "**so\\_so**"),
        (Emphasis("so"), "*so*"),
    ],
)
def test_a_page_has_no_marks_but_its_own(text: str, page: str) -> None:
    """Whatever a text holds is escaped; bold and italics are the tree's to set."""
    assert escape(text) == page
    assert to_text([Section(blocks=(Paragraph(text),))]).split() == text.split()
