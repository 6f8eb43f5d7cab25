"""What a notebook shows of an answer, a proof or a change: escaped HTML that loads nothing.

Ids lead to the addresses under which the graph is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from kg.model.tables import StatementNote
from kg.model.vocabulary import BASE
from kg.pages.ask.blocks import Ids, nodes_of
from kg.pages.ask.markup import nodes_html
from kg.show.blocks import Section

_LEVEL: Final = 4
"""Of the headings below the title, which has the one before."""


def notebook_html(
    title: str,
    sections: Iterable[Section],
    statements: Mapping[str, StatementNote],
    background: Mapping[str, str],
) -> str:
    """The sections below their title; `statements` and `background` are what their ids name."""
    body = nodes_html(nodes_of(sections, Ids(statements, background), _LEVEL), BASE)
    return f"<div><h{_LEVEL - 1}>{escape(title)}</h{_LEVEL - 1}>\n{body}\n</div>"
