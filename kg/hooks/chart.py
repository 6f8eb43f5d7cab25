"""The card for an open chart: what may explain the finding that the patient shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from kg.answer.ask import ask
from kg.answer.model import Answer, Verdict
from kg.case import Case
from kg.hooks.cards import WARNING, Card, Dealer, cautions, escaped, given, items, said_by
from kg.model.vocabulary import IRI
from kg.show.blocks import NOTICE
from kg.show.words import count
from kg.store.knowledge import KnowledgeGraph

_CAUSES = 12
_STEPS = 3


def chart_cards(
    knowledge: KnowledgeGraph, case: Case, finding: IRI, dealer: Dealer
) -> Iterator[Card]:
    """One card where the finding is shown, or where it cannot be told; else none."""
    answer = ask(knowledge, case, finding)
    if answer.judged:
        yield _judged(answer, dealer)
    elif _may_be_shown(knowledge, case, finding):
        why = (escaped(each.text) for each in answer.scope)
        summary = f"{answer.question}: not judged, for a result could not be used"
        yield dealer.card(summary, [items("Why", why), given(answer), str(NOTICE)], answer)


def _may_be_shown(knowledge: KnowledgeGraph, case: Case, finding: IRI) -> bool:
    """Whether a result that would show the finding, or not, was sent and not used."""
    measured = knowledge.model.tables.topics[finding].measurements
    return any(each.iri in measured for each in case.notices) or any(
        lab.marker.iri in measured and lab.unsafe for lab in case.labs
    )


def _judged(answer: Answer, dealer: Dealer) -> Card:
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
        f"{answer.question}: {verdicts or 'no listed cause'}{warned}",
        [
            cautions(answer.alerts),
            items("Listed causes", [*causes, *([f"and {more} more"] if more else [])]),
            items("Next", steps),
            given(answer),
            str(NOTICE),
        ],
        answer,
        indicator=WARNING if answer.alerts else "info",
        statements=chain.from_iterable(ids),
    )
