"""What the graph becomes without one statement, in this process and without building anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from kg.answer.model import Answer
from kg.case.document import Question, read_questions
from kg.compile import builder
from kg.compile.model import open_store
from kg.compile.pipeline import Assembled, assemble, graph_of_each
from kg.compile.reasoned import Steps
from kg.compile.retraction import find_statement_kinds
from kg.curate.diff.content import Content, content_of
from kg.curate.diff.difference import answer_question, shipped_questions
from kg.model import resources
from kg.model.rdf import Quad, labels_of, read_nquads, read_sources, write_nquads
from kg.model.statements import short_id
from kg.model.vocabulary import EG, RDF
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore


@dataclass(frozen=True, eq=False)
class Graphed:
    """A graph of the sources, and the answers that it gives."""

    quads: tuple[Quad, ...]
    knowledge: KnowledgeGraph

    @cached_property
    def content(self) -> Content:
        """Give what the graph says."""
        return content_of(self.quads, labels_of(self.quads))

    def answer(self, question: Question) -> Answer:
        """Give the answer to a question."""
        found = answer_question(self.knowledge, question)
        if not isinstance(found, Answer):
            pytest.fail(f"{question.name}: {found}")
        return found


class Whole:
    """The graph of the sources, with what is needed to take a statement out of it."""

    def __init__(self) -> None:
        folder = resources.ontology_dir()
        sources = read_sources(folder)
        self.lines = sources.lines(graph_of_each(sources))
        self.quads = sources.quads(graph_of_each(sources))
        self._mappings: Path = folder / "mappings"
        self._product = builder.of_folder(folder)
        self.graph = Graphed(tuple(read_nquads(self._product.graph)), open_graph(self._product))
        self.questions = read_questions(shipped_questions())
        self.answers = {each.name: self.graph.answer(each) for each in self.questions}

    def statements(self) -> list[str]:
        """Give the IRI of every statement of a document."""
        kinds = find_statement_kinds(self.quads) - {EG.BackgroundStatement}
        return sorted(
            str(each.subject)
            for each in self.quads
            if each.predicate == RDF.type and each.object in kinds
        )

    def assembled_without(self, statement: str) -> Assembled:
        """Give the graph in which a statement is withdrawn."""
        silent = Steps(lambda _: None)
        gone = frozenset({statement})
        return assemble(self.lines, self._mappings, silent, without=gone)

    def withdrawn(self, statement: str) -> Graphed:
        """Give the graph in which a statement is withdrawn, open for questions."""
        return _graphed(self.assembled_without(statement))

    def deleted(self, statement: str) -> Graphed:
        """Give the graph of the files without the statement, open for questions."""
        made = self.assembled_without(statement)
        kept = tuple(quad for quad in read_nquads(made.graph) if quad.subject != statement)
        return _graphed(made, kept)

    def questions_that_name(self, statement: str) -> list[Question]:
        """Give the questions whose answer names a statement."""
        return [
            each
            for each in self.questions
            if short_id(statement) in self.answers[each.name].statements
        ]


def _graphed(made: Assembled, quads: tuple[Quad, ...] = ()) -> Graphed:
    quads = quads or tuple(read_nquads(made.graph))
    store = LocalStore(write_nquads(quads))
    return Graphed(quads, open_store(store, made.rules, made.asserted, "edited"))
