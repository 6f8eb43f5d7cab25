"""The patients whose facts contradict each other, by the judge: the same rows as the queries make.

Only what the rows hold is worked out, and not what results that may still turn out would move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from kg.answer.classified import UnmetCriteria, classify_case
from kg.answer.consequences import NextSteps, advised_to, case_messages, rules_set_off
from kg.answer.judge import ActiveArgument, Judgement, judge
from kg.answer.model import Message
from kg.answer.questions import open_questions
from kg.answer.scores import with_scores
from kg.case import Case
from kg.cohort.judgement import MESSAGES
from kg.model.topics import Topic
from kg.store.knowledge import KnowledgeGraph

Row = tuple[Any, ...]
COLUMNS: Final = {
    "judge_patient": "patient INTEGER, is_judged BOOLEAN",
    "judge_verdict": "patient INTEGER, cause VARCHAR, verdict VARCHAR, present BOOLEAN, "
    "statements VARCHAR[], supported_by VARCHAR[], against_by VARCHAR[], denied_by VARCHAR[], "
    "waits_for VARCHAR[]",
    "judge_message": "patient INTEGER, kind VARCHAR, iri VARCHAR, statements VARCHAR[], "
    "agreeing VARCHAR[], background VARCHAR[]",
    "judge_step": "patient INTEGER, iri VARCHAR, statements VARCHAR[], background VARCHAR[], "
    "optional BOOLEAN, offered VARCHAR",
}
"""The tables that the judge fills, and their columns."""


class Judged(Struct, frozen=True):
    """The rows of one patient."""

    contradicts: bool
    is_judged: bool
    verdicts: tuple[Row, ...]
    messages: tuple[Row, ...]
    steps: tuple[Row, ...]

    def rows(self, patient: int) -> dict[str, list[Row]]:
        """The rows by table, with the number of the patient."""
        return {
            "judge_patient": [(patient, self.is_judged)],
            "judge_verdict": [(patient, *each) for each in self.verdicts],
            "judge_message": [(patient, *each) for each in self.messages],
            "judge_step": [(patient, *each) for each in self.steps],
        }


def judge_patient(knowledge: KnowledgeGraph, topic: Topic, case: Case) -> Judged:
    """What the judge says of a case about a finding."""
    model = knowledge.model
    found = classify_case(knowledge.rules, with_scores(knowledge.rules, case))
    judgements = judge(topic, found)
    advised = advised_to(model.tables, topic, found)
    steps = NextSteps(found, judgements, topic, advised)
    unmet = UnmetCriteria(model.kinds, model.criteria, found)
    messages = {**case_messages(model.tables, topic, found)}
    messages["rule"] = rules_set_off(model.tables, found)
    asked = (*steps.steps(None), *open_questions(knowledge, found, topic, unmet, None))
    return Judged(
        contradicts=bool(found.conflicts),
        is_judged=found.in_scope and topic.finding.iri in found.findings,
        verdicts=tuple(_verdict(each) for each in judgements.values() if each.verdict),
        messages=tuple(_messages(messages)),
        steps=tuple(
            (e.iri, once(e.statements), once(e.background), e.optional, e.offered) for e in asked
        ),
    )


def _verdict(judged: Judgement) -> Row:
    verdict = judged.verdict
    return (
        judged.cause.iri,
        verdict and verdict.value,
        judged.present,
        once(judged.statements),
        _spoken(judged.supports),
        _spoken(judged.against),
        once(each.statement for each in judged.denials),
        once(each.need.datum.iri for each in judged.open_data),
    )


def _messages(messages: dict[str, tuple[Message, ...]]) -> Iterator[Row]:
    for kind in MESSAGES:
        for each in messages.get(kind, ()):
            lists = each.statements, each.corroboration, each.background
            if any(lists):
                yield (kind, each.iri, *map(once, lists))


def _spoken(arguments: Iterable[ActiveArgument]) -> list[str]:
    """The statements behind arguments; the finding where background alone is."""
    return once(
        name
        for each in arguments
        for name in (each.statements or (each.rule.argument.finding.iri,))
    )


def once(names: Iterable[str]) -> list[str]:
    """Names in their order, each once."""
    return sorted(set(names))
