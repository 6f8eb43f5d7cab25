"""The card for an open chart: what may explain the finding that the patient shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from kg.agents.inert import escaped
from kg.answer.ask import ask
from kg.answer.model import Answer, Verdict
from kg.case import Case
from kg.hooks.cards import WARNING, Card, Dealer, Grounds, cautions, given, items, said_by
from kg.hooks.evidence import Evidence
from kg.hooks.services import RESULTS
from kg.model.vocabulary import IRI
from kg.show.words import count
from kg.store.knowledge import KnowledgeGraph

_CAUSES = 12
_STEPS = 3


def chart_cards(
    knowledge: KnowledgeGraph, evidence: Evidence, finding: IRI, dealer: Dealer
) -> Iterator[Card]:
    """One card where the finding is shown, or where it cannot be told; else none."""
    case = evidence.case
    answer = ask(knowledge, case, finding)
    why = _why_open(knowledge, evidence, finding)
    if answer.judged:
        yield _judged(answer, case, dealer)
    elif why:
        reasons = (escaped(each.text) for each in answer.scope)
        summary = f"{answer.question}: not judged, for {why}"
        yield dealer.card(
            finding, summary, [items("Why", reasons), given(case)], Grounds(answer.documents)
        )


def _why_open(knowledge: KnowledgeGraph, evidence: Evidence, finding: IRI) -> str:
    """Why a finding that is not shown may be there all the same; empty where it is not."""
    case, measured = evidence.case, knowledge.model.tables.topics[finding].measurements
    results = [each for each in case.labs if each.marker.iri in measured]
    noted = any(each.iri in measured for each in case.notices)
    if noted or any(each.unsafe for each in results):
        return "a result could not be used"
    return "not all results were sent" if RESULTS in evidence.partial and not results else ""


def _judged(answer: Answer, case: Case, dealer: Dealer) -> Card:
    found = Counter(each.verdict for each in answer.causes)
    verdicts = ", ".join(f"{found[each]} {each.value}" for each in Verdict if found[each])
    warned = f"; {count(len(answer.alerts), 'caution')}" if answer.alerts else ""
    shown = answer.causes[:_CAUSES]
    more = len(answer.causes) - len(shown)
    causes = [
        f"{escaped(each.verdict.value)}: {said_by(each.label, each.statements)}" for each in shown
    ]
    steps = (said_by(each.label, each.statements) for each in answer.ask_next[:_STEPS])
    ids = [each.statements for each in answer.alerts] + [each.statements for each in answer.causes]
    return dealer.card(
        answer.finding.iri,
        f"{answer.question}: {verdicts or 'no listed cause'}{warned}",
        [
            cautions(answer.alerts),
            items("Listed causes", [*causes, *([f"and {more} more"] if more else [])]),
            items("Next", steps),
            given(case),
        ],
        Grounds(answer.documents, tuple(chain.from_iterable(ids))),
        indicator=WARNING if answer.alerts else "info",
    )
