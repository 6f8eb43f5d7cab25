"""What a notebook shows of the values that the library gives: escaped HTML that loads nothing.

Ids, and terms in the rows of a query, lead to the addresses under which the graph is published;
nothing else is a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from kg.answer.model import Answer
from kg.answer.proof.model import Explanation
from kg.answer.what_if import Supposition
from kg.audit import Audit
from kg.model.shown import html_of
from kg.model.statements import Statement, statement_iri
from kg.model.vocabulary import BASE, Term
from kg.pages.ask.blocks import Ids, Node, Piece, Run, ids_of, nodes_of
from kg.pages.ask.markup import nodes_html
from kg.pages.cells import Cells
from kg.show import sections_of
from kg.show.audit import audit_sections
from kg.show.blocks import NOTICE, Paragraph, Section, Table
from kg.show.blocks import Row as Line
from kg.show.blocks import Rows as Lines
from kg.show.changes import supposition_sections
from kg.show.graph import statement_sections, term_sections
from kg.show.proof import proof_sections
from kg.show.words import count, standing
from kg.store.base import Rows
from kg.store.knowledge import KnowledgeGraph
from kg.store.term_card import TermCard

__all__ = ["html_of"]

_LEVEL: Final = 4
"""Of the headings below the title, which has the one before."""
_MOST_ROWS: Final = 100
"""Rows of a query that are shown; the value has them all."""
_CELLS: Final = Cells()


def _sections(title: str, sections: Iterable[Section], ids: Ids) -> str:
    """The sections below their title."""
    return _page(title, nodes_of(sections, ids, _LEVEL))


def _page(title: str, nodes: Iterable[Node]) -> str:
    head = f"h{_LEVEL - 1}"
    return f"<div><{head}>{escape(title)}</{head}>\n{nodes_html(nodes, BASE)}\n</div>"


@html_of.register
def _answer(found: Answer) -> str:
    """The page of an answer."""
    return _sections(found.question, sections_of(found), ids_of(found))


@html_of.register
def _proof(found: Explanation) -> str:
    """Why a row stands."""
    return _sections(found.conclusion, proof_sections(found), ids_of(found))


@html_of.register
def _supposed(found: Supposition) -> str:
    """What would change."""
    title = f"If {'; '.join(found.facts)}"
    return _sections(title, supposition_sections(found), ids_of(found.before, found.after))


@html_of.register
def _graph(knowledge: KnowledgeGraph) -> str:
    """A graph: its documents with their standing, and the questions that it answers."""
    return _sections(f"Graph {knowledge.version}", _graph_sections(knowledge), Ids({}))


def _graph_sections(knowledge: KnowledgeGraph) -> Iterator[Section]:
    tables = knowledge.model.tables
    head = ("Id", "Document", "Published", "Review", "Standing")
    rows = [
        (each.id, each.title, f"{each.publisher}, updated {each.updated}", each.review, told)
        for each in tables.documents
        for told in [standing(each)]
    ]
    yield Section("Documents", blocks=[Table(head, rows)])
    asked = [Line(topic.example or topic.question) for topic in tables.topics.values()]
    yield Section("Questions", blocks=[Lines(asked)])
    yield Section(blocks=[Paragraph(NOTICE)])


@html_of.register
def _audit(audit: Audit) -> str:
    """Claims with what the statements make of them."""
    return _sections("Claims checked", audit_sections(audit), _ids(audit.statements))


@html_of.register
def _statement(found: Statement) -> str:
    """A statement with its place, and what it cites."""
    ids = Ids({found.id: found.iri})
    return _sections(f"{found.id} {found.text}", statement_sections(found, None), ids)


@html_of.register
def _term(card: TermCard) -> str:
    """Everything that is said of a term."""
    premises = (ids for each in card.arguments for ids in each.premises.values())
    named = {each.id for each in card.statements}.union(*premises)
    return _sections(f"{card.label} ({card.kind})", term_sections(card), _ids(named))


def _ids(names: Iterable[str]) -> Ids:
    return Ids({each: statement_iri(each) for each in names})


@html_of.register
def _rows(found: Rows) -> str:
    """The first rows of a query."""
    title = count(len(found), "row")
    if len(found) > _MOST_ROWS:
        title += f", of which the first {_MOST_ROWS} are shown"
    table = Node(
        kind="table",
        text=(Piece("Rows"),),
        head=tuple((Piece(name),) for name in found.variables),
        rows=tuple(tuple(map(_cell, row)) for row in found.rows[:_MOST_ROWS]),
    )
    return _page(title, [table] if found.rows else [])


def _cell(term: Term | None) -> tuple[Run, ...]:
    """A cell of one line; nothing where a variable is not bound."""
    if term is None:
        return ()
    link = _CELLS.of(term)
    return ((Piece(link.text, link.path),),)
