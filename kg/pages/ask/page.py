"""The whole page as one value, from what was sent to what the template shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.answer.ask import ask, find_topic
from kg.answer.model import Answer
from kg.answer.proof.explain import explain_row, find_row, read_place
from kg.answer.questions import assume
from kg.answer.what_if import Supposition, VerdictChange, row_changes, verdict_changes
from kg.case import Case
from kg.model.errors import UsageError
from kg.model.notes import Document
from kg.model.terms import Kind
from kg.model.vocabulary import IRI
from kg.pages.ask.answer import view_of
from kg.pages.ask.blocks import Node, ids_of, nodes_of
from kg.pages.ask.form import arrange
from kg.pages.ask.offers import listed, offers_of
from kg.pages.ask.problems import FORM, Found, Problem
from kg.pages.ask.query import causes_query
from kg.pages.ask.reading import (
    AskedCase,
    UnreadableFormError,
    asks_nothing,
    before_of,
    read_form,
    typed_before,
)
from kg.pages.ask.rows import Form
from kg.pages.ask.steps import Asker
from kg.pages.ask.typed import Typed
from kg.pages.ask.views import AnswerView
from kg.pages.pictures.graph import graph_picture
from kg.pages.pictures.patient import PatientPictures, pictures_of
from kg.pages.pictures.proof_graph import proof_graph
from kg.pages.values import Figure
from kg.show.changes import changed_sections
from kg.show.proof import proof_sections
from kg.show.words import count
from kg.store.knowledge import KnowledgeGraph

_MOST_TOLD: Final = 3
"""Causes that are named where it is said in a sentence; all of them are listed."""


def _changed(before: Answer, after: Answer) -> tuple[str, tuple[Node, ...]]:
    """The rows that differ, in a sentence that is read aloud and as blocks, verdicts first."""
    verdicts, rows = tuple(verdict_changes(before, after)), row_changes(before, after)
    found = Supposition((), (), verdicts, rows, before, after)
    nodes = nodes_of(changed_sections(found), ids_of(before, after), 4)
    nothing = "Nothing in the answer changes."
    return _told_in_words(verdicts) if verdicts or rows else nothing, nodes


def _told_in_words(verdicts: Sequence[VerdictChange]) -> str:
    said = [f"{each.label} {_becomes(each)}" for each in verdicts[:_MOST_TOLD]]
    more = len(verdicts) - len(said)
    if more:
        said.append(f"{more} more")
    return f"Answer changed. {'; '.join(said)}." if said else "Answer changed; no verdict moves."


def _becomes(change: VerdictChange) -> str:
    return "is not listed any more" if change.after is None else f"is now {change.after.value}"


PlaceFinder = Callable[[object, date], Iterable[Mapping[str, object]]]
"""Finds every place of a case document that cannot be read on a day."""
TITLE: Final = "Ask a case"
_NOTHING: Final = "Give a question in words, a finding or a result."


class Why(Struct, frozen=True):
    """The proof of one row: where it stands, and what it says."""

    row: str
    id: str
    title: str
    level: int
    """Of its heading."""
    nodes: tuple[Node, ...]
    figure: Figure | None = None


class AskPage(Struct, frozen=True, kw_only=True):
    """Everything that the template shows."""

    form: Form
    lists: Mapping[str, tuple[str, ...]]
    """The names of terms by what a field takes."""
    title: str = TITLE
    status: str = ""
    is_edited: bool = False
    """Whether the rows of the form say something else than the question in words."""
    answer: AnswerView | None = None
    why: Why | None = None
    changes: tuple[Node, ...] | None = None
    """What differs from the answer before, where that is asked."""
    query: str = ""
    """The causes as a SPARQL query."""
    example: str = ""
    """A question in words, such as can be asked."""
    documents: tuple[Document, ...] = ()
    """What all answers rest on."""
    pictures: PatientPictures | None = None


class Asked(Struct, frozen=True):
    """A form that was read, and its answer."""

    found: AskedCase
    case: Case
    answer: Answer


class Asking:
    """Makes pages from forms, on one version of the graph."""

    def __init__(self, knowledge: KnowledgeGraph, find: PlaceFinder) -> None:
        self._knowledge = knowledge
        self._find = find
        self._offers = offers_of(knowledge.model)
        self._asker = Asker(knowledge.model)
        tables = knowledge.model.tables
        self._empty = AskPage(
            form=arrange(Typed(), self._offers),
            lists=listed(knowledge.lexicon),
            example=next((each.example for each in tables.topics.values() if each.example), ""),
            documents=tables.documents,
        )

    def empty(self) -> AskPage:
        """The page before anything is asked."""
        return self._empty

    def ask(self, typed: Typed, today: date) -> Asked:
        """The answer to a form; UnreadableFormError where it cannot be read."""
        if asks_nothing(typed):
            raise UnreadableFormError(typed, {FORM: (Problem(_NOTHING),)})
        found = read_form(typed, self._offers, today, lambda case: self._find(case, today))
        case = assume(self._knowledge, found.case, self._assumed(typed))
        return Asked(found, case, ask(self._knowledge, case, self._topic(typed)))

    def answered(self, asked: Asked, row: str = "", *, drawn: bool = False) -> AskPage:
        """The page with an answer; `row` is the number or letter of the row to be proved.

        The graph of the answer is `drawn` where it is wanted: it takes longer than the answer.
        """
        typed, answer = asked.found.typed, asked.answer
        typed = replace(typed, before=before_of(typed, self._offers))
        asker = self._asker
        form = arrange(typed, self._offers, None, asker.wanted(answer), asker.assumable(answer))
        view = view_of(answer, self._asker, form.places)
        return replace(
            self._empty,
            form=form,
            title=view.title,
            status=view.status,
            is_edited=asked.found.is_edited,
            answer=view,
            why=self._why(asked, row) if row else None,
            query=causes_query(self._knowledge, asked.case, answer),
            pictures=pictures_of(self._knowledge, asked.case, answer, graph=drawn),
        )

    def compared(self, asked: Asked, typed: Typed, today: date) -> AskPage:
        """The page with an answer, headed by what differs from the one before."""
        page = self.answered(asked)
        before = typed_before(typed)
        if before is None:
            return page
        try:
            told, nodes = _changed(self.ask(before, today).answer, asked.answer)
        except UnreadableFormError:
            return page
        return replace(page, changes=nodes, status=f"{told} {page.status}")

    def refused(self, error: UnreadableFormError) -> AskPage:
        """The page with everything that was typed, and what is wrong beside it."""
        of_all, many = error.problems.get(FORM, ()), sum(map(len, error.problems.values()))
        status = f"{count(many, 'field')} could not be read; nothing was answered."
        if many == len(of_all):
            status = "Nothing was answered."
        form = arrange(error.typed, self._offers, error.problems)
        return replace(self._empty, form=form, status=status)

    def _why(self, asked: Asked, row: str) -> Why | None:
        """The proof of a row; none where the answer has no such row."""
        try:
            found = find_row(asked.answer, row)
        except UsageError:
            return None
        proof = explain_row(self._knowledge, asked.case, asked.answer, found)
        level = 5 if found.kind == "cause" else 4
        nodes = nodes_of(proof_sections(proof), ids_of(proof), level + 1)
        place, graph = f"why-{row}" if read_place(row) else "why", proof_graph(proof)
        figure = None if graph is None else graph_picture(graph, "proof")
        return Why(row, place, proof.conclusion, level, nodes, figure)

    def _topic(self, typed: Typed) -> IRI | None:
        if not typed.about:
            return None
        try:
            return find_topic(self._knowledge.lexicon, typed.about)
        except UsageError as error:
            raise UnreadableFormError(typed, _at("about", error.message)) from None

    def _assumed(self, typed: Typed) -> Iterable[str]:
        """What is to be assumed, where it names conditions."""
        for name in typed.assume:
            if not self._knowledge.lexicon.has_name(name, Kind.CONDITION):
                raise UnreadableFormError(typed, _at("assume", "it names no condition"))
        return typed.assume


def _at(field: str, why: str) -> Found:
    return {field: (Problem(why),)}
