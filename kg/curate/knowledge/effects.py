"""What each statement does in an answer, as lines that a curator reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from kg.answer.ask import ask
from kg.answer.model import Answer, Argument
from kg.case import resolve_case
from kg.model.errors import UsageError
from kg.model.statements import short_id
from kg.model.vocabulary import text_of
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

Effects = Mapping[str, tuple[str, ...]]
"""Of each statement, by its id, the lines of an answer that rest on it or agree with it."""
AGREES: Final = "agrees with the cause: "
"""What the line of a statement begins with that agrees with a row, and that no row names."""
Tell = Callable[[Answer], Effects]
"""What tells of an answer what each statement does in it."""
Case = dict[str, Any]
"""A case as the published schema has it, without numbers: their digits are texts."""
_MESSAGES = ("alerts", "rules", "outcomes", "advice", "scope")


def effects_of(answer: Answer) -> Effects:
    """The lines of an answer by statement; what is said of other patients is none of them."""
    found: dict[str, dict[str, None]] = {}
    for line, ids in _lines(answer):
        for each in ids:
            found.setdefault(each, {})[line] = None
    return {each: tuple(lines) for each, lines in found.items()}


def agreements_of(graph: KnowledgeGraph, answer: Answer) -> Effects:
    """With which causes of an answer each statement agrees, though no row names it."""
    found: dict[str, dict[str, None]] = {}
    for row in shipped_rows(graph.store, "report/agreements").records():
        carrying, agrees = (short_id(text_of(row[name])) for name in ("statement", "agreeing"))
        for cause in (each for each in answer.causes if carrying in each.statements):
            found.setdefault(agrees, {})[f"{AGREES}{cause.label}"] = None
    return {each: tuple(lines) for each, lines in found.items()}


def answer_case(graph: KnowledgeGraph, case: Mapping[str, Any]) -> Answer | None:
    """The answer to a case; None where it asks nothing that the graph can answer."""
    try:
        return ask(graph, resolve_case(dict(case), graph.lexicon))
    except UsageError:
        return None


def _lines(answer: Answer) -> Iterator[tuple[str, Iterable[str]]]:
    for part in _MESSAGES:
        for message in getattr(answer, part):
            ids = (*message.statements, *message.corroboration)
            yield f"{part.removesuffix('s')}: {message.label}", ids
    for origin in answer.origins:
        line = f"origin: {origin.label}, {origin.standing}"
        yield line, _arguing((*origin.supports, *origin.against))
    for cause in answer.causes:
        arguing = _arguing((*cause.supports, *cause.against))
        ids = (*cause.statements, *cause.origin_statements, *arguing)
        yield f"cause: {cause.label}, {cause.verdict}", ids
        yield f"denial: {cause.label}", cause.counter
    for step in answer.ask_next:
        yield f"step: {step.label}", step.statements


def _arguing(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return tuple(each for one in arguments for each in (*one.statements, *one.corroboration))
