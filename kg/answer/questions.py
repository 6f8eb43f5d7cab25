"""What only the patient or the record can answer: asked where statements wait, never assumed.

Background knowledge raises such a question about a kind of case; it rests on no statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from kg.answer.classified import ClassifiedCase, UnmetCriteria, classify_case
from kg.answer.impact import ResultImpact
from kg.answer.model import NextStep
from kg.case import Case, Notice, Unused
from kg.case.names import read_name
from kg.model.tables import CaseMessage
from kg.model.terms import Kind
from kg.model.topics import Topic
from kg.reasoning.rules import Rules
from kg.store.knowledge import KnowledgeGraph

_QUESTION: Final = "question"


def open_questions(
    knowledge: KnowledgeGraph,
    case: ClassifiedCase,
    topic: Topic,
    unmet: UnmetCriteria,
    impact: ResultImpact | None,
) -> Iterator[NextStep]:
    """Each question that the case raises and leaves open, with the statements that wait for it."""
    for question in _raised(knowledge, case):
        waiting = _waiting(topic, unmet, knowledge.model.names[question.asks].label)
        if not waiting:
            continue
        results = tuple(impact.results([question.asks])) if impact else ()
        moved = {move.iri for each in results for move in each.moves}
        supported = {cause.iri for each in results for cause in each.supports}
        yield NextStep(
            iri=question.iri,
            label=question.text,
            settles=tuple(iri for iri in topic.causes if iri in moved),
            informs=tuple(iri for iri in topic.causes if iri in supported - moved),
            statements=waiting,
            optional=False,
            results=results,
            background=tuple(dict.fromkeys(each.id for each in question.premises)),
        )


def assume(knowledge: KnowledgeGraph, case: Case, names: Iterable[str]) -> Case:
    """The case with conditions that are assumed, each shown as that.

    Only what background asks of such a patient can be assumed; anything else is not used.
    """
    for text in dict.fromkeys(names):
        case = _assume(knowledge, case, text)
    return case


def _assume(knowledge: KnowledgeGraph, case: Case, text: str) -> Case:
    name = read_name(text, knowledge.lexicon, Kind.CONDITION)
    if isinstance(name, Unused):
        return _left(case, name)
    entry = name.entry
    raised = _raised(knowledge, classify_case(knowledge.rules, case))
    found = next((each for each in raised if each.asks == entry.iri), None)
    if found is None:
        reason = "cannot be assumed: it is already stated, or not asked of such a patient"
        return _left(case, Unused(text, reason))
    why = "; ".join(knowledge.model.tables.notes.background[each.id] for each in found.premises)
    notice = Notice(entry.iri, "assumed", f"Assumed, and not stated: {entry.label} ({why}).")
    return replace(case, assumed=(*case.assumed, entry), notices=(*case.notices, notice))


def _left(case: Case, unused: Unused) -> Case:
    label = f"{unused.given} not used"
    notice = Notice(case.subject, label, f"Not used: {unused.given}: {unused.reason}.")
    return replace(case, unused=(*case.unused, unused), notices=(*case.notices, notice))


def _raised(knowledge: KnowledgeGraph, case: ClassifiedCase) -> Iterator[CaseMessage]:
    """The questions that such a case raises and that nothing in it answers."""
    tables = knowledge.model.tables
    for each in tables.messages_about(case.applicable):
        if each.kind != _QUESTION or each.of.isdisjoint(case.applicable):
            continue
        if not _is_answered(knowledge.rules, case, each.asks):
            yield each


def _is_answered(rules: Rules, case: ClassifiedCase, condition: str) -> bool:
    """Whether the case says that the condition is there or not, or cannot be without it."""
    if condition in case.present or condition in case.absent:
        return True
    return not rules.needing(condition).isdisjoint(case.contexts)


def _waiting(topic: Topic, unmet: UnmetCriteria, label: str) -> tuple[str, ...]:
    """The statements about such a patient that wait for this answer and for nothing else."""
    found: dict[str, None] = {}
    for context, statements in topic.waiting.items():
        words, ruled_out = unmet.of(context)
        if words == (label,) and not ruled_out:
            found.update(dict.fromkeys(statements))
    return tuple(found)
