"""Answers a case: what may explain a finding, what speaks for and against it, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from kg.answers import messages
from kg.answers.causes import CauseFinder
from kg.answers.lacking import Lacking, read_unknowns
from kg.answers.model import Answer, Argument, GivenFact, Message, Need, Term, Unused
from kg.answers.notes import Notes, read_documents, read_notes, value
from kg.answers.situation import Situation, read_situation
from kg.cases import Case
from kg.errors import UsageError
from kg.knowledge import Knowledge
from kg.vocab import IRI


def ask(knowledge: Knowledge, case: Case, about: IRI | None = None) -> Answer:
    """Everything the graph has to say about a finding in a case, and what it has not.

    `about` is the finding whose causes are wanted; without it, the one that the graph can be
    asked about and the case shows. UsageError where there is no such finding to choose.
    """
    situation = read_situation(knowledge, case)
    topic, question = _topic(knowledge, situation, about)
    notes = _notes(knowledge)
    lacking = Lacking(knowledge, situation)
    finder = CauseFinder(knowledge, situation, notes, IRI(topic.iri), lacking.of)
    shown = topic.iri in situation.findings
    causes = finder.causes() if shown else ()
    said = messages.consequences(knowledge, situation, notes)
    answer = Answer(
        question=question,
        finding=topic,
        graph=knowledge.version,
        case=tuple(GivenFact(each.kind, each.label, each.iri, each.value) for each in case.given),
        documents=read_documents(knowledge),
        scope=(
            *(Message(each.iri, each.label, each.text, statements=()) for each in case.notices),
            *said.get("scope", ()),
            *_about_the_question(knowledge, situation, topic),
        ),
        conflicts=situation.conflicts,
        alerts=said.get("alert", ()),
        rules=messages.rules(knowledge, situation, notes),
        outcomes=said.get("outcome", ()),
        advice=said.get("advice", ()),
        causes=causes,
        absent=finder.absent(),
        other_populations=finder.other_populations(),
        ask_next=messages.next_steps(knowledge, situation, causes, IRI(topic.iri)),
        unknown=read_unknowns(knowledge, lacking, IRI(topic.iri)),
        not_covered=messages.not_covered(knowledge, IRI(topic.iri)),
        unused=tuple(Unused(each.given, each.reason) for each in case.unused),
    )
    return _with_notes(answer, knowledge, notes)


def _topic(knowledge: Knowledge, situation: Situation, about: IRI | None) -> tuple[Term, str]:
    """The finding that is asked about, and the words of the question."""
    topics = _topics(knowledge)
    shown = [iri for iri in topics if iri in situation.findings]
    chosen = str(about) if about is not None else (shown or list(topics))[0]
    if chosen not in topics:
        known = ", ".join(label for label, _ in topics.values())
        raise UsageError(f"the graph cannot be asked about <{chosen}>; it knows: {known}.")
    label, question = topics[chosen]
    return Term(chosen, label), question


def _topics(knowledge: Knowledge) -> dict[str, tuple[str, str]]:
    """The findings that can be asked about, in order, each with its name and its question."""
    return {
        value(record["finding"]): (value(record["label"]), value(record["question"]))
        for record in knowledge.fixed_rows("topics").records()
    }


def _about_the_question(
    knowledge: Knowledge, situation: Situation, topic: Term
) -> Iterator[Message]:
    """Whether the case shows what is asked about, and what else could be asked of it."""
    if topic.iri not in situation.findings:
        label = f"{topic.label} not shown"
        text = f"The case does not show a {topic.label}, so no cause of it is judged."
        yield Message(iri=topic.iri, label=label, text=text, statements=())
    for iri, (name, _) in _topics(knowledge).items():
        if iri in situation.findings and iri != topic.iri:
            label = f"{name} shown too"
            text = f"The case also shows a {name}; its causes are a question of their own."
            yield Message(iri=iri, label=label, text=text, statements=())


def _with_notes(answer: Answer, knowledge: Knowledge, notes: Notes) -> Answer:
    """The answer with tensions and with what stands behind every id that it names."""
    tensions = messages.tensions(knowledge, set(_used(answer)))
    named = {*_used(answer), *_waiting(answer)}
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
    for other in answer.other_populations:
        yield from (each.statement for each in other.elsewhere)
    for unknown in answer.unknown:
        yield from unknown.statements


def _resting(answer: Answer) -> Iterator[Argument | Message | Need]:
    """The parts of an answer that rest on statements and background."""
    yield from answer.messages
    for cause in answer.causes:
        yield from cause.supports
        yield from cause.against
        yield from cause.needs


@lru_cache(maxsize=4)
def _notes(knowledge: Knowledge) -> Notes:
    return read_notes(knowledge)
