"""Answers a case: what may explain a finding, what speaks for and against it, and what is open."""

from __future__ import annotations

from collections import defaultdict
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
from kg.answer.consequences import NextSteps, case_messages, rules_set_off
from kg.answer.idle import Idleness
from kg.answer.impact import ResultImpact
from kg.answer.judge import judge_causes, judge_origins
from kg.answer.model import (
    Answer,
    Argument,
    GivenFact,
    Message,
    Need,
    ReadAs,
    Term,
    Unknown,
    Unused,
)
from kg.answer.questions import open_questions
from kg.answer.reviewed import review_standing
from kg.answer.scores import with_scores
from kg.case import Case
from kg.model.errors import UsageError
from kg.model.tables import Tables, Topic
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph


def ask(knowledge: KnowledgeGraph, case: Case, about: IRI | None = None) -> Answer:
    """Everything the graph has to say about a finding in a case, and what it has not.

    `about` is the finding whose causes are wanted; without it, the one that the graph can be
    asked about and the case shows. UsageError where there is no such finding to choose.
    """
    model, tables = knowledge.model, knowledge.model.tables
    case = with_scores(knowledge.rules, case)
    found = classify_case(knowledge.rules, case)
    topic = choose_topic(tables, found, about)
    judged = found.in_scope and topic.finding.iri in found.findings
    origins = judge_origins(topic, found)
    judgements = judge_causes(topic, found, origins)
    unmet = UnmetCriteria(model.kinds, model.criteria, found)
    impact = ResultImpact(knowledge, topic, found, judgements, origins)
    said = case_messages(tables, found, topic)
    steps = NextSteps(tables, found, judgements, topic)
    answer = Answer(
        question=topic.question,
        read_as=_read_as(case),
        finding=topic.finding,
        graph=knowledge.version,
        case=tuple(
            GivenFact(each.kind, each.label, each.iri, each.value, each.given)
            for each in case.given
        ),
        documents=(),
        scope=(
            *(Message(each.iri, each.label, each.text, statements=()) for each in case.notices),
            *said.get("scope", ()),
            *about_the_question(tables, found, topic, unread(knowledge.lexicon, case, topic)),
            *(origins_without_causes(judgements, origins) if judged else ()),
        ),
        conflicts=found.conflicts,
        alerts=said.get("alert", ()),
        rules=rules_set_off(tables, found),
        outcomes=said.get("outcome", ()),
        advice=said.get("advice", ()),
        judged=judged,
        origin_question=topic.origin_question,
        origins=origins_of(tables, found, origins) if judged else (),
        causes=causes_of(tables, found, judgements, unmet),
        absent=tuple(Term(j.cause.iri, j.cause.label) for j in judgements.values() if j.denied),
        other_populations=other_populations(judgements, unmet) if judged else (),
        ask_next=(
            *steps.steps(impact if judged else None),
            *open_questions(knowledge, found, topic, unmet, impact if judged else None),
        ),
        steps_for_others=steps.for_others(unmet) if judged else (),
        unadvised=impact.unadvised(steps.asked_about(), unmet) if judged else (),
        unknown=_unknown(topic, unmet) if found.in_scope else (),
        not_covered=topic.gaps,
        unused=tuple(
            Unused(each.given, each.reason, each.kind, each.names) for each in case.unused
        ),
    )
    idle = Idleness(knowledge, case, found, judgements, origins, steps, answer)
    answer = _with_notes(replace(answer, idle=idle.facts()), tables)
    answer = replace(answer, documents=documents_behind(answer, tables, topic))
    return replace(answer, review=review_standing(answer, tables.reviews, found.contexts))


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
