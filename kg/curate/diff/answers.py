"""Compares the answers that two graphs give to the same questions."""

from __future__ import annotations

from collections.abc import Iterable

from kg.answer.ask import ask
from kg.answer.what_if import Answered, row_changes
from kg.case import resolve_case
from kg.case.document import Question
from kg.curate.diff.model import AnswerChange
from kg.model.errors import UsageError
from kg.model.terms import Kind, Lexicon
from kg.store.knowledge import Knowledge


def answer_changes(
    old: Knowledge, new: Knowledge, questions: Iterable[Question]
) -> tuple[AnswerChange, ...]:
    """The questions that the two graphs answer differently."""
    lexicons = old.lexicon, new.lexicon
    found: list[AnswerChange] = []
    for question in questions:
        before, after = (
            answered(graph, lexicon, question)
            for graph, lexicon in zip((old, new), lexicons, strict=True)
        )
        if rows := row_changes(before, after):
            found.append(AnswerChange(question.name, question.asked, rows))
    return tuple(found)


def answered(graph: Knowledge, lexicon: Lexicon, question: Question) -> Answered:
    """The answer to a question, or why the graph cannot be asked it."""
    try:
        about = lexicon.find(question.about, Kind.FINDING).iri if question.about else None
        return ask(graph, resolve_case(dict(question.case), lexicon), about)
    except UsageError as error:
        return error.message
