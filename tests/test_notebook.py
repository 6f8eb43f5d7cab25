"""What a notebook shows: escaped HTML, data frames, and the notebook of the documentation."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from forms import read
from msgspec.structs import replace
from test_render import make_answer

import kg
from kg.library import Answer, Graph
from kg.model.errors import UsageError
from kg.model.shown import Shown
from kg.show.data import COLUMNS

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>&\"'"


@pytest.fixture(name="graph", scope="module")
def _graph() -> Graph:
    return kg.load()


@pytest.fixture(name="answer", scope="module")
def _answer(graph: Graph) -> Answer:
    return graph.ask("multiple myeloma", alp="high", ggt="normal")


def test_everything_that_is_shown_is_html(answer: Answer, graph: Graph) -> None:
    """Whatever the library gives has a heading, its words, and links to what it names."""
    for shown, words, links in (
        (answer, ("vitamin D deficiency", "Not a diagnosis"), True),
        (answer.value, ("vitamin D deficiency",), True),
        (answer.why("hepatic amyloidosis"), ("no stronger than its weakest premise",), True),
        (answer.what_if("ggt=high"), ("Verdicts that change", "Not a diagnosis"), True),
        (graph, ("osteoporosis and ALP", "pending human review", "Not a diagnosis"), False),
        (graph.term("ALP"), ("alkaline phosphatase", "ALP reflects bone formation"), True),
        (graph.statement("A012"), ("A012", "sentence digest"), False),
        (graph.check("Osteoporosis causes raised ALP. Frogs sing."), ("hardened", "Frogs"), True),
        (graph.query("gaps"), ("8 rows", "pregnant patients"), True),
    ):
        page = read(html_of(shown))
        assert page.all("h3")
        assert all(each in page.text for each in words)
        found = {each.get("href") for each in page.all("a")}
        assert bool(found) is links
        assert all(each.startswith("https://w3id.org/etiograph/") for each in found)


def html_of(shown: Any) -> str:  # noqa: ANN401 - whatever the library gives
    """What a notebook is given of a value."""
    found = shown._repr_html_()
    assert isinstance(found, str)
    return found


def test_a_long_result_is_cut(graph: Graph) -> None:
    """The first hundred rows are shown, and how many there are; nothing where none is bound."""
    page = read(html_of(graph.query("SELECT ?s ?nothing WHERE { ?s a eg:Statement }")))

    assert page.all("h3")[0].text.endswith("rows, of which the first 100 are shown")
    assert len(page.all("tr")) == 101
    assert page.all("td")[1].text == ""
    assert read(html_of(graph.query("SELECT ?s WHERE { ?s a eg:Frog }"))).text == "0 rows"


def test_a_kind_without_a_writer_is_text() -> None:
    """A notebook shows its text then."""
    assert type("Frog", (Shown,), {})()._repr_html_() is None


def test_no_label_is_markup(answer: Answer) -> None:
    """Whatever a name of the graph holds stays text."""
    made = make_answer()
    causes = tuple(replace(each, label=HOSTILE) for each in made.causes)
    hostile = replace(made, question=HOSTILE, causes=causes)
    page = read(html_of(Answer(hostile, answer.case, answer.graph)))

    assert HOSTILE in page.text
    assert not page.all("script") + page.all("img")


def test_frames(answer: Answer, graph: Graph) -> None:
    """A frame has the rows and columns of the CSV, and numbers of a query are numbers."""
    causes = answer.frame("polars")
    counted = graph.frame(
        "SELECT (COUNT(*) AS ?n) ?word WHERE { ?s eg:modality ?word } GROUP BY ?word", "polars"
    )

    assert isinstance(causes, pl.DataFrame)
    assert causes.columns == list(COLUMNS)
    assert causes["label"].to_list() == [each.label for each in answer.causes]
    assert counted["n"].dtype == pl.Int64
    assert counted["word"].dtype == pl.String


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        ("1 1.5 UNDEF", pl.Float64, [1.0, 1.5, None]),
        ("1.5e0 2", pl.Float64, [1.5, 2.0]),
        ("12345678901234567890123 1", pl.Float64, [12345678901234567890123.0, 1.0]),
        ("true false", pl.Boolean, [True, False]),
        ("1 true 'x'", pl.String, ["1", "true", "x"]),
        ("UNDEF", pl.Null, [None]),
    ],
)
def test_a_column_has_one_type(
    values: str, kind: pl.DataType, read: list[object], graph: Graph
) -> None:
    """Numbers of all types are numbers, truth values are those, and a mixture is text."""
    found = graph.frame(f"SELECT ?n WHERE {{ VALUES ?n {{ {values} }} }}", "polars")["n"]

    assert (found.dtype, found.to_list()) == (kind, read)


@pytest.mark.parametrize("value", ["'x'^^xsd:integer", "'1_0'^^xsd:integer", "'1e'^^xsd:double"])
def test_a_value_that_is_not_of_its_type(value: str, graph: Graph) -> None:
    """It is named with its column."""
    with pytest.raises(UsageError, match=r"column n: '\w+' is no xsd:"):
        graph.frame(f"SELECT ?n WHERE {{ VALUES ?n {{ {value} }} }}", "polars")


def test_no_frame_without_its_library(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named."""
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(UsageError, match="needs pandas or polars"):
        answer.frame()
    with pytest.raises(UsageError, match="needs polars"):
        answer.frame("polars")
    with pytest.raises(UsageError, match="wanted: pandas, polars"):
        answer.frame("numpy")


def test_the_notebook_runs(root: Path) -> None:
    """Each cell of code runs in its order, and ends with something that a notebook can show."""
    text = (root / "docs" / "tutorials" / "notebook.ipynb").read_text("utf-8")
    cells = [each for each in json.loads(text)["cells"] if each["cell_type"] == "code"]
    names: dict[str, Any] = {}

    shown = [run_cell("".join(each["source"]), names) for each in cells]

    assert len(shown) > 4
    assert all(each._repr_html_() for each in shown)
    assert all(not each["outputs"] for each in cells)


def run_cell(source: str, names: dict[str, Any]) -> Any:  # noqa: ANN401 - what a cell ends with
    """What the last line of a cell gives."""
    tree = ast.parse(source)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - a cell of our own
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 - the same
