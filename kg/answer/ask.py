"""Answers a case: what may explain a finding, what speaks for and against it, and what is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Final

from msgspec.structs import replace

from kg.answer.asked import about_the_question, choose_topic, documents_behind, unread
from kg.answer.causes import (
    causes_of,
    origins_of,
    origins_without_causes,
    other_populations,
)
from kg.answer.classified import UnmetCriteria, classify_case
from kg.answer.consequences import NextSteps, advised_to, case_messages, rules_set_off
from kg.answer.idle import Idleness
from kg.answer.impact import ResultImpact
from kg.answer.memory import memory_of
from kg.answer.model import (
    Answer,
    Argument,
    Cause,
    Conflict,
    GivenFact,
    Message,
    Need,
    NextStep,
    ReadAs,
    ShortAnswer,
    ShortCause,
    ShortRow,
    Term,
    Unknown,
    Unused,
)
from kg.answer.questions import open_questions
from kg.answer.reviewed import review_standing
from kg.answer.scores import with_scores
from kg.case import Case
from kg.model.errors import UsageError
from kg.model.tables import Tables
from kg.model.terms import Kind, Lexicon
from kg.model.topics import Topic
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph


def ask(knowledge: KnowledgeGraph, case: Case, about: IRI | None = None) -> Answer:
    """Everything the graph has to say about a finding in a case, and what it has not.

    `about` is the finding whose causes are wanted; without it, the one that the graph can be
    asked about and the case shows. UsageError where there is no such finding to choose.
    """
    asked = _Asked(knowledge, case, about)
    tables, topic, found, judged = asked.tables, asked.topic, asked.found, asked.judged
    memory, sight, unmet, steps = asked.memory, asked.sight, asked.unmet, asked.steps
    answer = Answer(
        question=topic.question,
        read_as=_read_as(case),
        finding=topic.finding,
        graph=knowledge.version,
        case=tuple(
            GivenFact(each.kind, each.label, each.iri, each.value, each.given)
            for each in asked.case.given
        ),
        documents=(),
        scope=asked.scope(),
        conflicts=found.conflicts,
        alerts=asked.said.get("alert", ()),
        rules=rules_set_off(tables, found),
        outcomes=asked.said.get("outcome", ()),
        advice=asked.said.get("advice", ()),
        judged=judged,
        origin_question=topic.origin_question,
        origins=origins_of(memory, sight) if judged else (),
        causes=causes_of(memory, sight, asked.judgements),
        absent=tuple(
            Term(j.cause.iri, j.cause.label) for j in asked.judgements.values() if j.denied
        ),
        other_populations=other_populations(memory, sight) if judged else (),
        ask_next=asked.next_steps(),
        steps_for_others=steps.for_others(memory, sight) if judged else (),
        unadvised=asked.impact.unadvised(steps.asked_about()) if judged else (),
        unknown=_unknown(topic, unmet) if found.in_scope else (),
        not_covered=topic.gaps,
        unused=asked.unused(),
    )
    idle = Idleness(
        knowledge, asked.case, found, asked.judgements, asked.origins, steps, answer
    ).facts()
    answer = _with_notes(replace(answer, idle=idle), tables)
    answer = replace(answer, documents=documents_behind(answer, tables, topic))
    return replace(answer, review=review_standing(answer, tables.reviews, found.contexts))


def ask_shortly(knowledge: KnowledgeGraph, case: Case, about: IRI | None = None) -> ShortAnswer:
    """The same as `shorten` makes of the whole answer, without what that leaves out.

    UsageError where there is no finding to ask about.
    """
    asked = _Asked(knowledge, case, about)
    return _short(
        asked.topic.finding.iri,
        judged=asked.judged,
        scope=asked.scope(),
        conflicts=asked.found.conflicts,
        alerts=asked.said.get("alert", ()),
        causes=causes_of(asked.memory, asked.sight, asked.judgements),
        next_steps=asked.next_steps(),
        unused=asked.unused(),
    )


def shorten(answer: Answer) -> ShortAnswer:
    """The verdicts of an answer without its words."""
    return _short(
        answer.finding.iri,
        judged=answer.judged,
        scope=answer.scope,
        conflicts=answer.conflicts,
        alerts=answer.alerts,
        causes=answer.causes,
        next_steps=answer.ask_next,
        unused=answer.unused,
    )


def _short(  # noqa: PLR0913 - what a short answer says
    finding: str,
    *,
    judged: bool,
    scope: Iterable[Message],
    conflicts: Iterable[Conflict],
    alerts: Iterable[Message],
    causes: Iterable[Cause],
    next_steps: Iterable[NextStep],
    unused: tuple[Unused, ...],
) -> ShortAnswer:
    return ShortAnswer(
        finding=finding,
        judged=judged,
        scope=_short_rows(scope),
        conflicts=tuple([each.facts for each in conflicts]),
        alerts=_short_rows(alerts),
        causes=_short_causes(causes),
        next_steps=_short_rows(next_steps),
        unused=unused,
    )


def _short_rows(rows: Iterable[Message | NextStep]) -> tuple[ShortRow, ...]:
    return tuple([ShortRow(each.iri, each.statements, each.background) for each in rows])


def _short_causes(causes: Iterable[Cause]) -> tuple[ShortCause, ...]:
    return tuple(
        [
            ShortCause(
                iri=each.iri,
                verdict=each.verdict,
                present=each.present,
                statements=each.statements,
                supported_by=_speaking(each.supports),
                against_by=_speaking(each.against),
                denied_by=each.counter,
                waits_for=tuple([need.datum.iri for need in each.needs]),
            )
            for each in causes
        ]
    )


def _speaking(arguments: Iterable[Argument]) -> tuple[str, ...]:
    """The statements behind arguments; the finding where background alone is."""
    return tuple(dict.fromkeys([name for e in arguments for name in (e.rule or (e.finding.iri,))]))


class _Asked:
    """A case about which a finding is asked: all that its answers, short and whole, begin with."""

    def __init__(self, knowledge: KnowledgeGraph, case: Case, about: IRI | None) -> None:
        self._knowledge = knowledge
        self.tables = knowledge.model.tables
        self.case = with_scores(knowledge.rules, case)
        self.found = classify_case(knowledge.rules, self.case)
        self.topic = choose_topic(self.tables, self.found, about)
        self.judged = self.found.in_scope and self.topic.finding.iri in self.found.findings
        self.memory = memory_of(knowledge, self.topic)
        self.sight = self.memory.sight(self.found)
        self.origins = self.memory.origins(self.sight)
        self.judgements = self.memory.judgements(self.sight)
        self.unmet = self.memory.unmet(self.sight)
        self.impact = ResultImpact(self.memory, self.sight)
        tables, topic, row = self.tables, self.topic, self.memory.row
        self.said = row(("messages",), partial(case_messages, tables, topic), self.sight)
        advised = row(("advised",), partial(advised_to, tables, topic), self.sight)
        self.steps = NextSteps(self.found, self.judgements, topic, advised)

    def scope(self) -> tuple[Message, ...]:
        """What limits the answer."""
        found, topic, case = self.found, self.topic, self.case
        marker = unread(self._knowledge.lexicon, case, topic)
        return (
            *[Message(each.iri, each.label, each.text, statements=()) for each in case.notices],
            *self.said.get("scope", ()),
            *about_the_question(self.tables, found, topic, marker),
            *(origins_without_causes(self.judgements, self.origins) if self.judged else ()),
        )

    def next_steps(self) -> tuple[NextStep, ...]:
        """What is advised or asked next; where nothing is judged, without what it would move."""
        impact = self.impact if self.judged else None
        return (
            *self.steps.steps(impact),
            *open_questions(self._knowledge, self.found, self.topic, self.unmet, impact),
        )

    def unused(self) -> tuple[Unused, ...]:
        """What was given and not used."""
        return tuple([Unused(e.given, e.reason, e.kind, e.names) for e in self.case.unused])


def _read_as(case: Case) -> ReadAs | None:
    said = case.read_as
    return None if said is None else ReadAs(said.options, said.notes)


def find_topic(words: Lexicon, about: str) -> IRI:
    """The finding that a text names, if its causes can be asked for; UsageError otherwise."""
    entry = words.find(about, Kind.FINDING)
    if not entry.asked_as:
        able = [each.label for each in words.of_kind(Kind.FINDING) if each.asked_as]
        raise UsageError(f"no causes of {entry.label} are listed; asked can be: {', '.join(able)}.")
    return entry.iri


def _unknown(topic: Topic, unmet: UnmetCriteria) -> tuple[Unknown, ...]:
    """Each thing that the case leaves unknown, with the statements that wait for it.

    They are of the documents that list causes of the finding that is asked about.
    """
    waiting: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for context, statements in topic.waiting.items():
        words, ruled_out = unmet.of(context)
        if words and not ruled_out:
            named = dict.fromkeys(statements)
            for word in words:
                waiting[word].update(named)
    return tuple(Unknown(word, tuple(statements)) for word, statements in waiting.items())


def _with_notes(answer: Answer, tables: Tables) -> Answer:
    """The answer with tensions and with what stands behind every id that it names."""
    notes, resting = tables.notes, _resting(answer)
    used: set[str] = set().union(
        *[each.statements for each in (*answer.causes, *answer.ask_next, *resting)],
        *[each.corroboration for each in resting if not isinstance(each, Need)],
        *[each.origin_statements for each in answer.causes],
        *[each.counter for each in (*answer.causes, *resting) if not isinstance(each, _PLAIN)],
    )
    tensions = tuple(each for each in tables.tensions if not used.isdisjoint(each.statements))
    named = used.union(_waiting(answer), *[each.statements for each in tensions])
    background: set[str] = set().union(
        *[each.background for each in (*resting, *answer.ask_next)],
        *[each.origin_background for each in answer.causes],
    )
    return replace(
        answer,
        tensions=tensions,
        statements={each: notes.statements[each] for each in sorted(named)},
        background={each: notes.background[each] for each in sorted(background)},
    )


_PLAIN: Final = (Message, Need)
"""The parts of an answer that nothing speaks against."""


def _resting(answer: Answer) -> list[Argument | Message | Need]:
    """The parts of an answer that rest on statements and background."""
    found: list[Argument | Message | Need] = [*answer.messages]
    for cause in answer.causes:
        found += (*cause.supports, *cause.against, *cause.needs)
    for origin in answer.origins:
        found += (*origin.supports, *origin.against)
    return found


def _waiting(answer: Answer) -> set[str]:
    """The statements that are named because they do not apply, or not yet."""
    others = (*answer.other_populations, *answer.steps_for_others)
    gaps = [*(each.elsewhere for each in answer.causes), *(each.elsewhere for each in others)]
    return {each.statement for found in gaps for each in found}.union(
        *[each.statements for each in answer.unknown],
        *[each.statements for result in answer.results for each in result.moves],
        *[each.statements for result in answer.results for each in result.supports],
        *[each.statements for result in answer.results for each in result.origins],
    )
