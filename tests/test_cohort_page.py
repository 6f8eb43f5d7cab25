"""The summary of a cohort as a page: all counts, nothing from elsewhere, and no small count."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from kg.cli import main
from kg.cohort.summary import Count, Summary
from kg.pages.cohort import summary_page

SUMMARY = Summary(
    source="made",
    graph="0f",
    queries="ab",
    finding="raised ALP",
    day="2026-03-01",
    funnel=(Count(("patients",), 4321), Count(("with a caution",), 77)),
    unused=(Count(("result", "too old"), 12), Count(("result", "its flag is no word"), 3)),
    verdicts=(
        Count(("osteomalacia", "argued against"), 6),
        Count(("osteomalacia", "candidate"), 2),
        Count(("healing fracture", "candidate"), 1234),
        Count(("bone metastases", "candidate"), 4),
    ),
    said=(
        Count(("alert", "bisphosphonates are contraindicated"), 8),
        Count(("step", "GGT"), 55),
        Count(("scope", "children"), 5),
    ),
)
TITLES = [
    "The way of the patients", "Verdicts by cause", "Cautions", "Next steps", "Said beside them",
    "Not used, by reason",
]  # fmt: skip


class Page(HTMLParser):
    """What a page is made of: its elements, and the cells of each row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.titles: list[str] = []
        self._in: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and where words go."""
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th", "h2"):
            self._in = self.titles if tag == "h2" else self.rows[-1]
            self._in.append("")

    def handle_endtag(self, tag: str) -> None:
        """Words behind a cell are of none."""
        if tag in ("td", "th", "h2"):
            self._in = None

    def handle_data(self, data: str) -> None:
        """Words of a cell."""
        if self._in is not None:
            self._in[-1] += data.strip()


def _page(summary: Summary) -> Page:
    return Page(summary_page(summary).decode())


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    """Its style stands in it, its policy allows no more, and its only link is to itself."""
    page = _page(SUMMARY)
    names = {name for name, _ in page.elements}
    led = {value for _, each in page.elements for key, value in each.items() if key == "href"}
    policy = [each["content"] for _, each in page.elements if "http-equiv" in each]

    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    assert led == {"#main"}
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]
    assert not re.search(r"url\(|@import", summary_page(SUMMARY).decode())
    assert not [key for _, each in page.elements for key in each if key.startswith("on")]


def test_every_count_has_its_row_and_its_bar() -> None:
    """The way of the patients is first, and in other parts the largest count."""
    page = _page(SUMMARY)
    rows = [(row[0], row[1]) for row in page.rows if row[2:] == [""] and row[0] != "what"]

    assert page.titles == TITLES
    assert rows == [
        ("patients", "4,321 (100.0 %)"),
        ("with a caution", "77 (1.8 %)"),
        ("healing fracture", "1,234 candidate"),
        ("osteomalacia", "2 candidate, 6 less likely"),
        ("bone metastases", "4 candidate"),
        ("bisphosphonates are contraindicated", "8"),
        ("GGT", "55"),
        ("scope: children", "5"),
        ("result: too old", "12"),
        ("result: its flag is no word", "3"),
    ]
    assert sum(name == "svg" for name, _ in page.elements) == len(rows)
    assert all(each["aria-hidden"] for name, each in page.elements if name == "svg")


def test_bars_are_as_long_as_their_counts() -> None:
    """Within a part, a bar of twice the count is twice as long, and none leaves its room."""
    counts = (Count(("a",), 400), Count(("b",), 200), Count(("c",), 0))
    bars = [
        each for name, each in _page(replace(SUMMARY, funnel=counts)).elements if name == "rect"
    ]
    wide = [float(str(each["width"]).rstrip("%")) for each in bars]

    assert wide[0] == pytest.approx(2 * wide[1])
    ends = [float(str(e["x"]).rstrip("%")) + w for e, w in zip(bars, wide, strict=True)]
    assert max(ends) <= 100


def test_small_counts_move_nothing_that_is_told() -> None:
    """With other small counts page, text and JSON are the same, letter for letter."""

    def small(many: int) -> Summary:
        parts = {
            name: tuple(
                Count(each.of, many if each.many < 10 else each.many)
                for each in getattr(SUMMARY, name)
            )
            for name in ("funnel", "unused", "verdicts", "said")
        }
        return replace(SUMMARY, **parts, below=10)

    one, other = small(1), small(9)
    assert summary_page(one) == summary_page(other)
    assert one.text() == other.text()
    assert one.plain() == other.plain()
    rows = {row[0]: row[1] for row in _page(one).rows}
    assert rows["osteomalacia"] == "fewer than 10 candidate, fewer than 10 less likely"
    assert "may still be worked out" in summary_page(one).decode()
    assert "may still be worked out" not in summary_page(SUMMARY).decode()


def test_words_of_a_source_are_no_markup() -> None:
    """The name of a folder is text."""
    page = _page(replace(SUMMARY, source="<script>alert(1)</script>", funnel=()))

    assert "script" not in {name for name, _ in page.elements}


@pytest.mark.slow
def test_a_run_writes_the_page_and_prints_it(tmp_path: Path) -> None:
    """`summary.html` is what `--format html` prints, with the counts of `summary.json`."""
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "person.csv").write_text("patient\n4711\n4712\n", "utf-8")
    given = ["cohort", "run", str(tmp_path / "made"), "-o", str(tmp_path / "out")]
    made = CliRunner().invoke(main, [*given, "--format", "html"])

    assert made.exit_code == 0, made.output
    written = (tmp_path / "out" / "summary.html").read_text("utf-8")
    assert written == made.stdout
    assert "4711" not in written
    counts = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["funnel"]
    assert [row[0] for row in Page(written).rows][1 : len(counts) + 1] == [e[0] for e in counts]
