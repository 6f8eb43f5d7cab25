"""Blocks as HTML, and rows that are written once: text is escaped, and nothing typed is kept."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader

from kg.pages import html as pages
from kg.pages.ask.blocks import Item, Node, Piece
from kg.pages.ask.markup import ids_html, nodes_html
from kg.pages.ask.rows import LabRow
from kg.pages.values import Link

HOSTILE = "<script>alert(1)</script>\"'&"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;"
RUN = (Piece("a "), Piece("A001", "statement/A001"), Piece(" b", style="strong"))
LINKED = 'a <a class="id" href="/kg/statement/A001">A001</a><strong> b</strong>'


LIST = (
    f'<ul>\n<li>{LINKED} <span class="ids"><a class="id" href="/kg/x">A2</a> B</span>'
    f"<ul>\n<li>{LINKED}</li>\n</ul></li>\n</ul>"
)
TABLE = (
    '<div class="wide" tabindex="0" role="region" aria-label="a A001 b">\n'
    f'<table><caption>{LINKED}</caption>\n<thead><tr><th scope="col">{LINKED}</th><td></td>'
    f"</tr></thead>\n<tbody>\n<tr><td>{LINKED}<br>{LINKED}</td><td></td></tr>\n"
    "</tbody></table></div>"
)


@pytest.mark.parametrize(
    ("node", "html"),
    [
        (Node(kind="heading", level=4, text=RUN), f"<h4>{LINKED}</h4>"),
        (Node(kind="paragraph", text=RUN), f"<p>{LINKED}</p>"),
        (
            Node(kind="list", items=(Item(RUN, (Link("A2", path="x"), Link("B")), (Item(RUN),)),)),
            LIST,
        ),
        (Node(kind="table", text=RUN, head=(RUN, ()), rows=(((RUN, RUN), ()),)), TABLE),
    ],
    ids=["heading", "paragraph", "list", "table"],
)
def test_a_block(node: Node, html: str) -> None:
    """A block is the element of its kind, with every id as a link below the root."""
    assert nodes_html([node], "/kg/") == html


def test_no_text_is_markup() -> None:
    """Text, ids, paths and the root are escaped wherever they stand."""
    run = (Piece(HOSTILE), Piece(HOSTILE, HOSTILE), Piece(HOSTILE, style="em"))
    links = (Link(HOSTILE, path=HOSTILE), Link(HOSTILE))
    nodes = (
        Node(kind="heading", level=3, text=run),
        Node(kind="paragraph", text=run),
        Node(kind="list", items=(Item(run, links, (Item(run, links),)),)),
        Node(kind="table", text=run, head=(run,), rows=(((run,),),)),
    )
    written = nodes_html(nodes, f"/{HOSTILE}/") + ids_html(links, f"/{HOSTILE}/")

    assert "<script" not in written
    assert written.count(ESCAPED) > written.count("<a ") > 0


def test_a_row_without_a_word_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row in which something stands is written each time, and no other is shown for it."""
    environment = pages._environment.__wrapped__()
    source = "{% macro lab(row) %}{{ row.number }}{{ row.get('value') }};{% endmacro %}"
    calls = "{% for row in rows %}{{ once(lab, row) }}{% endfor %}"
    monkeypatch.setattr(environment, "loader", DictLoader({"t": source + calls}))
    template = environment.get_template("t")
    rows = (LabRow(number=1), LabRow(number=1, fields={"value": "<7>"}), LabRow(number=2))

    assert template.render(rows=rows) == template.render(rows=rows) == "1;1&lt;7&gt;;2;"
    kept = environment.globals["once"]._kept  # type: ignore[attr-defined]
    assert sorted(kept.values()) == ["1;", "2;"]
