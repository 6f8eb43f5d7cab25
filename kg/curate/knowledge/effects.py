"""What each statement does in an answer, as lines that a curator reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kg.answer.model import Answer, Argument

Effects = Mapping[str, tuple[str, ...]]
"""Of each statement, by its id, the lines of an answer that rest on it or agree with it."""
_MESSAGES = ("alerts", "rules", "outcomes", "advice", "scope")


def effects_of(answer: Answer) -> Effects:
    """The lines of an answer by statement; what is said of other patients is none of them."""
    found: dict[str, dict[str, None]] = {}
    for line, ids in _lines(answer):
        for each in ids:
            found.setdefault(each, {})[line] = None
    return {each: tuple(lines) for each, lines in found.items()}


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
    for step in answer.ask_next:
        yield f"step: {step.label}", step.statements


def _arguing(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return tuple(each for one in arguments for each in (*one.statements, *one.corroboration))
