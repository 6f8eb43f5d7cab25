"""What cautions about drugs turn on beside them, as the cases that they are said of have it.

Told from the classes alone: a caution that is not there yet may wait for a result.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.answer.classified import classify_case
from kg.case import resolve_case
from kg.model.vocabulary import IRI, compact
from kg.reasoning.rules import Rules
from kg.store.knowledge import KnowledgeGraph

_ALERT = "alert"
_SOME = "some"


def turned_on_by(knowledge: KnowledgeGraph, drugs: Iterable[IRI]) -> frozenset[str]:
    """Everything that the kinds of case ask for to which a caution about one of the drugs belongs.

    Measurements are among it, as what their results are results of. A caution whose words are a
    denial says nothing against a drug, so none waits for it.
    """
    rules = knowledge.rules
    case = resolve_case({"drugs": [compact(each) for each in drugs]}, knowledge.lexicon)
    given = classify_case(rules, case).present
    found: set[str] = set()
    for message in knowledge.model.tables.messages:
        if message.kind == _ALERT and not message.denies:
            for kind in widest(rules, message.of):
                asked = _asked_for(rules, kind)
                if not asked.isdisjoint(given):
                    found.update(asked, *(rules.supers.get(each, ()) for each in asked))
    return frozenset(found)


def widest(rules: Rules, kinds: frozenset[str]) -> list[str]:
    """The kinds of case of which no wider one is among them: what is narrower adds no ground."""

    def is_narrower(kind: str) -> bool:
        above = kinds.intersection(rules.supers.get(kind, ())) - {kind}
        return any(kind not in rules.supers.get(each, ()) for each in above)

    return [each for each in kinds if not is_narrower(each)]


def _asked_for(rules: Rules, kind: str) -> set[str]:
    """The classes that a kind of case asks for, each as narrow as it is asked for."""
    fillers = set()
    for each in rules.supers.get(kind, ()):
        sort, *parts = rules.definitions.get(each, ("",))
        if sort == _SOME:
            fillers.add(parts[1])
    wider = {above for each in fillers for above in rules.supers.get(each, ()) if above != each}
    return fillers - wider
