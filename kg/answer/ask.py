"""Answers a case: what may explain a finding, what speaks for and against it, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.answer import messages
from kg.answer.causes import CauseFinder
from kg.answer.lacking import Lacking, read_unknowns
from kg.answer.model import Answer, Argument, GivenFact, Message, Need, Unused
from kg.answer.next_steps import asked_by, next_steps, steps_for_others
from kg.answer.prospect import Prospect
from kg.answer.situation import Situation, read_situation
from kg.answer.tables import Tables, Topic, tables_of
from kg.case import Case
from kg.model.errors import UsageError
from kg.model.vocabulary import IRI
from kg.store.knowledge import Knowledge


def ask(knowledge: Knowledge, case: Case, about: IRI | None = None) -> Answer:
    """Everything the graph has to say about a finding in a case, and what it has not.

    `about` is the finding whose causes are wanted; without it, the one that the graph can be
    asked about and the case shows. UsageError where there is no such finding to choose.
    """
    tables = tables_of(knowledge)
    situation = read_situation(knowledge, case)
    topic = _topic(tables, situation, about)
    lacking = Lacking(knowledge, situation)
    finder = CauseFinder(tables, topic, situation, lacking.of)
    judged = situation.in_scope and topic.finding.iri in situation.findings
    said = messages.consequences(tables, situation)
    prospect = Prospect(knowledge, topic, situation, finder.verdicts) if judged else None
    steps = next_steps(tables, topic, situation, prospect)
    asked = asked_by(tables, topic, situation, steps)
    answer = Answer(
        question=topic.question,
        finding=topic.finding,
        graph=knowledge.version,
        case=tuple(GivenFact(each.kind, each.label, each.iri, each.value) for each in case.given),
        documents=tables.documents,
        scope=(
            *(Message(each.iri, each.label, each.text, statements=()) for each in case.notices),
            *said.get("scope", ()),
            *_about_the_question(tables, situation, topic),
        ),
        conflicts=situation.conflicts,
        alerts=said.get("alert", ()),
        rules=messages.rules(tables, situation),
        outcomes=said.get("outcome", ()),
        advice=said.get("advice", ()),
        judged=judged,
        causes=finder.causes() if judged else (),
        absent=finder.absent(),
        other_populations=finder.other_populations() if judged else (),
        ask_next=steps,
        steps_for_others=steps_for_others(tables, situation, lacking) if judged else (),
        unadvised=prospect.unadvised(asked) if prospect else (),
        unknown=read_unknowns(lacking, topic) if situation.in_scope else (),
        not_covered=topic.gaps,
        unused=tuple(Unused(each.given, each.reason) for each in case.unused),
    )
    return _with_notes(answer, tables)


def _topic(tables: Tables, situation: Situation, about: IRI | None) -> Topic:
    """What is asked about: what is named, else what the case shows, else the first of all."""
    topics = tables.topics
    shown = [iri for iri in topics if iri in situation.findings]
    chosen = str(about) if about is not None else next(iter((*shown, *topics)), "")
    if chosen not in topics:
        known = ", ".join(topic.finding.label for topic in topics.values()) or "nothing"
        raise UsageError(f"the graph cannot be asked about <{chosen}>; it knows: {known}.")
    return topics[chosen]


def _about_the_question(tables: Tables, situation: Situation, topic: Topic) -> Iterator[Message]:
    """Whether the case shows what is asked about, and what else could be asked of it."""
    asked = topic.finding
    if asked.iri not in situation.findings:
        label = f"{asked.label} not shown"
        text = f"The case does not show a {asked.label}, so no cause of it is judged."
        yield Message(iri=asked.iri, label=label, text=text, statements=())
    for iri, other in tables.topics.items():
        if iri in situation.findings and iri != asked.iri:
            name = other.finding.label
            text = f"The case also shows a {name}; its causes are a question of their own."
            yield Message(iri=iri, label=f"{name} shown too", text=text, statements=())


def _with_notes(answer: Answer, tables: Tables) -> Answer:
    """The answer with tensions and with what stands behind every id that it names."""
    notes = tables.notes
    used = set(_used(answer))
    tensions = messages.tensions(tables, used)
    named = used.union(_waiting(answer))
    named.update(each for tension in tensions for each in tension.statements)
    background = {each for part in _resting(answer) for each in part.background}
    return replace(
        answer,
        tensions=tensions,
        statements={key: note for key, note in notes.statements.items() if key in named},
        background={key: text for key, text in notes.background.items() if key in background},
    )


def _used(answer: Answer) -> Iterator[str]:
    """The statements that the answer is drawn from."""
    for cause in answer.causes:
        yield from cause.statements
    for part in _resting(answer):
        yield from part.statements
        yield from getattr(part, "corroboration", ())
    for step in answer.ask_next:
        yield from step.statements


def _waiting(answer: Answer) -> Iterator[str]:
    """The statements that are named because they do not apply, or not yet."""
    for cause in answer.causes:
        yield from (each.statement for each in cause.elsewhere)
    for other in (*answer.other_populations, *answer.steps_for_others):
        yield from (each.statement for each in other.elsewhere)
    for unknown in answer.unknown:
        yield from unknown.statements
    for result in answer.results:
        for move in result.moves:
            yield from move.statements
        for support in result.supports:
            yield from support.statements


def _resting(answer: Answer) -> Iterator[Argument | Message | Need]:
    """The parts of an answer that rest on statements and background."""
    yield from answer.messages
    for cause in answer.causes:
        yield from cause.supports
        yield from cause.against
        yield from cause.needs
