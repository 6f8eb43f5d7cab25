"""The shipped questions, and what the answer to each rests on: asked of the graph, not listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct, structs

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case import resolve_case
from kg.case.document import Question, read_questions
from kg.model.errors import UsageError
from kg.model.resources import queries_dir
from kg.model.terms import Kind
from kg.store.knowledge import KnowledgeGraph

PARTS: Final[Mapping[str, str]] = {
    "scope": "limits of the answer",
    "alerts": "alerts",
    "origins": "source of the finding",
    "causes": "causes",
    "rules": "what the findings say",
    "outcomes": "prognosis",
    "advice": "advice",
    "ask_next": "next steps",
    "unadvised": "next steps",
    "steps_for_others": "steps for other patients",
    "other_populations": "other populations",
    "tensions": "statements that pull in different directions",
    "unknown": "not known of the case",
}
"""The parts of an answer whose lines rest on statements, in the order of an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the parts of its answer that name each statement."""

    name: str
    asked: str
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the short id of a statement or of background."""
    terms: frozenset[str] = frozenset()
    """The IRIs of what the case is about."""


def read_asked(graph: KnowledgeGraph) -> tuple[Asked, ...]:
    """Every shipped question with what its answer rests on."""
    return tuple(_asked(graph, each) for each in read_questions(queries_dir() / "cases"))


def _asked(graph: KnowledgeGraph, question: Question) -> Asked:
    try:
        about = graph.lexicon.find(question.about, Kind.FINDING).iri if question.about else None
        answer = ask(graph, resolve_case(dict(question.case), graph.lexicon), about)
    except UsageError:  # another version of the graph may not know what is asked
        return Asked(question.name, question.asked)
    terms = frozenset(each.iri for each in answer.case if each.iri) | {answer.finding.iri}
    return Asked(question.name, question.asked, _parts(answer), terms)


def _parts(answer: Answer) -> dict[str, tuple[str, ...]]:
    """The parts that name each statement and each background statement."""
    known = {*answer.statements, *answer.background}
    found: dict[str, dict[str, None]] = {}
    for name, part in PARTS.items():
        for text in _texts(getattr(answer, name)):
            if text in known:
                found.setdefault(text, {})[part] = None
    return {name: tuple(parts) for name, parts in found.items()}


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, however deep."""
    match value:
        case str():
            yield value
        case Struct():
            for each in structs.astuple(value):
                yield from _texts(each)
        case tuple() | frozenset():
            for each in value:
                yield from _texts(each)
