"""An answer in few words for a program: JSON of at most 6,000 characters.

It holds what a reader must not miss and counts the rest: the whole is `--format json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from kg.answer.model import Answer, Message, Origin
from kg.show import words
from kg.show.blocks import NOTICE
from kg.show.data import json_line
from kg.show.facts import fact_text, read_as
from kg.show.groups import numbers_of
from kg.show.runs import letter, name_run

CHARACTERS: Final = 6000
"""The most that a brief answer has."""
STEPS: Final = 3
"""The next steps that it names."""


class BriefOrigin(Struct, frozen=True):
    """A tissue that the finding may come from, and how it stands."""

    label: str
    standing: str
    said: str
    """What speaks for and against it."""
    ids: tuple[str, ...]


class BriefCause(Struct, frozen=True):
    """A cause, and how it stands."""

    number: int
    """Its place in the answer, from 1; `kg why` takes it."""
    iri: str
    label: str
    verdict: str
    basis: str
    present: bool
    """Whether the case is known to have it."""
    ids: tuple[str, ...]


class BriefStep(Struct, frozen=True):
    """An investigation that is advised."""

    letter: str
    label: str
    urgent: bool
    decides: tuple[int, ...]
    """The numbers of the causes whose verdict a result may change."""
    source: bool
    """Whether a result speaks of the tissue that the finding comes from."""
    ids: tuple[str, ...]


class BriefMessage(Struct, frozen=True):
    """Something that is said beside the causes."""

    text: str
    ids: tuple[str, ...]


class BriefSources(Struct, frozen=True):
    """How the sources stand."""

    documents: int
    publishers: tuple[str, ...]
    review: tuple[str, ...]
    statements: int
    traced: int
    """Of the statements, those that can be followed to a work."""
    rules: int
    """The rules and background statements that the answer rests on."""
    reviewed: int
    """Of these, those that a reviewer accepted, and none objected to."""


class Brief(Struct, frozen=True, kw_only=True):
    """An answer in few words; what it leaves out is counted under `more`."""

    question: str
    read_as: str
    """How a question in words was read; empty where it was asked in another way."""
    given: str
    """What is known of the patient, as it was understood."""
    scope: tuple[BriefMessage, ...]
    """What limits the answer."""
    conflicts: tuple[str, ...]
    unused: str
    """What was given and not used, by name and with the kind of reason."""
    idle: str
    """What was given and has no effect on this answer."""
    alerts: tuple[BriefMessage, ...]
    origins: tuple[BriefOrigin, ...]
    judged: bool
    """Whether causes were judged."""
    causes: tuple[BriefCause, ...]
    next: tuple[BriefStep, ...]
    sources: BriefSources
    more: Mapping[str, int]
    """How much the whole answer holds that is not here, by its fields."""
    graph: str
    notice: str


def brief_json(answer: Answer) -> str:
    """The brief answer as JSON on one line."""
    return json_line(brief(answer)).decode()


def brief(answer: Answer) -> Brief:
    """The answer in few words: as much of it as CHARACTERS have room for."""
    for limits in _LIMITS:
        found = _within(answer, limits)
        if len(json_line(found).decode()) <= CHARACTERS:
            break
    return found


class _Limits(Struct, frozen=True):
    """How much a brief answer says."""

    causes: int = 100
    messages: int = 100
    """The limits of scope and conflicts, and the alerts."""
    texts: bool = True
    """Whether messages are said in full, and not by their names."""
    names: int = 400
    """The places for names that have no end, such as those of a record that were not used."""

    long: int = 2000
    """The places for a text that was typed and has no end, such as how a question was read."""


_LIMITS: Final = (
    _Limits(),
    _Limits(names=150, long=1000),
    _Limits(names=150, texts=False, long=600),
    _Limits(names=100, texts=False, causes=16, messages=8, long=300),
    _Limits(names=100, texts=False, causes=10, messages=5, long=200),
    _Limits(names=80, texts=False, causes=6, messages=3, long=150),
    _Limits(names=60, texts=False, causes=3, messages=1, long=100),
)
"""From the most to the least."""


def _within(answer: Answer, limits: _Limits) -> Brief:
    conflicts = [words.cut(each.text, limits.long) for each in answer.conflicts]
    causes = list(_causes(answer))[: limits.causes]
    return Brief(
        question=answer.question,
        read_as=words.cut("; ".join(read_as(answer)), limits.long),
        given=_names([fact_text(each) for each in answer.case], limits),
        scope=_messages(answer.scope, limits),
        conflicts=tuple(conflicts[: limits.messages]),
        unused=_names([f"{e.given} ({e.kind})" for e in answer.unused], limits),
        idle=_names([fact_text(each) for each in answer.idle], limits),
        alerts=_messages(answer.alerts, limits),
        origins=tuple(map(_origin, answer.origins)),
        judged=answer.judged,
        causes=tuple(causes),
        next=tuple(_steps(answer))[:STEPS],
        sources=_sources(answer),
        more=_more(answer, limits),
        graph=answer.graph,
        notice=str(NOTICE),
    )


def _names(names: Sequence[str], limits: _Limits) -> str:
    return words.cut(name_run(names, limits.names), limits.long)


def _messages(messages: Sequence[Message], limits: _Limits) -> tuple[BriefMessage, ...]:
    said = messages[: limits.messages]
    return tuple(BriefMessage(e.text if limits.texts else e.label, e.statements) for e in said)


def _origin(origin: Origin) -> BriefOrigin:
    arguments = (*origin.supports, *origin.against)
    ids = words.rule_ids(arguments)
    return BriefOrigin(origin.label, origin.standing.value, words.argued(arguments), ids)


def _causes(answer: Answer) -> Iterator[BriefCause]:
    for number, each in enumerate(answer.causes, 1):
        ids = words.each_once((*each.statements, *words.rule_ids(words.own_arguments(each))))
        verdict, basis = each.verdict.value, each.basis.value
        yield BriefCause(number, each.iri, each.label, verdict, basis, each.present, ids)


def _steps(answer: Answer) -> Iterator[BriefStep]:
    for place, each in enumerate(answer.ask_next):
        decides = tuple(numbers_of(answer, each.settles))
        said = each.label, each.urgent, decides, bool(each.origins), each.statements
        yield BriefStep(letter(place), *said)


def _sources(answer: Answer) -> BriefSources:
    documents, review = answer.documents, answer.review
    return BriefSources(
        documents=len(documents),
        publishers=words.each_once(each.publisher for each in documents),
        review=words.each_once(each.review for each in documents),
        statements=sum(each.statements for each in documents),
        traced=sum(each.resolved for each in documents),
        rules=review.rules + review.background,
        reviewed=review.accepted,
    )


def _more(answer: Answer, limits: _Limits) -> dict[str, int]:
    """How much of each field of the answer is left out, where something is."""
    most = {"scope": limits.messages, "conflicts": limits.messages, "alerts": limits.messages}
    most |= {"causes": limits.causes, "ask_next": STEPS}
    left = {name: len(getattr(answer, name)) - most.get(name, 0) for name in _COUNTED}
    return {name: many for name, many in left.items() if many > 0}


_COUNTED: Final = (
    "scope", "conflicts", "alerts", "causes", "ask_next", "outcomes", "rules", "advice",
    "absent", "other_populations", "steps_for_others", "unadvised", "tensions", "unknown",
    "not_covered", "statements", "background",
)  # fmt: skip
"""The fields of an answer that a brief one counts."""
