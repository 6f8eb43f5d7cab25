"""Blocks of an answer or a proof as HTML: headings, lists and tables, with every id as a link.

An answer has a thousand of these runs of words. A template takes five times as long for them as
this does, which is a third of the time of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from kg.pages.ask.blocks import Item, Node, Run, Words

_STYLES: Final = {"strong": ("<strong>", "</strong>"), "em": ("<em>", "</em>")}


class Marked(str):
    """HTML: text in it is escaped already, which templates know by this method."""

    __slots__ = ()

    def __html__(self) -> str:
        """The HTML itself."""
        return self


def nodes_html(found: Iterable[Node], root: str) -> Marked:
    """Blocks, one below the other."""
    return Marked("\n".join(_node(each, root) for each in found))


def ids_html(links: Words, root: str) -> Marked:
    """Ids with a blank between them."""
    return Marked(" ".join(_link(each.text, each.path, root) for each in links))


def _node(node: Node, root: str) -> str:
    if node.kind == "heading":
        return f"<h{node.level}>{_run(node.text, root)}</h{node.level}>"
    if node.kind == "paragraph":
        return f"<p>{_run(node.text, root)}</p>"
    if node.kind == "list":
        return _items(node.items, root)
    return "\n".join(_table(node, root))


def _table(node: Node, root: str) -> Iterator[str]:
    called = escape("".join(each.text for each in node.text))
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{called}">'
    yield f"<table><caption>{_run(node.text, root)}</caption>"
    yield f"<thead><tr>{''.join(_head(each, root) for each in node.head)}</tr></thead>"
    yield "<tbody>"
    for row in node.rows:
        cells = (f"<td>{'<br>'.join(_run(line, root) for line in cell)}</td>" for cell in row)
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _head(cell: Run, root: str) -> str:
    """A heading of a column; a column without a name has none."""
    said = _run(cell, root).strip()
    return f'<th scope="col">{said}</th>' if said else "<td></td>"


def _items(items: Iterable[Item], root: str) -> str:
    return f"<ul>\n{''.join(_item(each, root) for each in items)}</ul>"


def _item(item: Item, root: str) -> str:
    ids = f' <span class="ids">{ids_html(item.ids, root)}</span>' if item.ids else ""
    under = _items(item.under, root) if item.under else ""
    return f"<li>{_run(item.text, root)}{ids}{under}</li>\n"


def _run(run: Run, root: str) -> str:
    written = []
    for each in run:
        before, after = _STYLES.get(each.style, ("", "")) if each.path is None else ("", "")
        written.append(f"{before}{_link(each.text, each.path, root)}{after}")
    return "".join(written)


def _link(text: str, path: str | None, root: str) -> str:
    said = escape(text)
    return said if path is None else f'<a class="id" href="{escape(root + path)}">{said}</a>'
