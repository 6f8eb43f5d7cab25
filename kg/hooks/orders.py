"""The cards for ordered drugs: what the sources warn of, and which drugs were not checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.answer.ask import ask
from kg.answer.model import Answer, Message
from kg.case import Case
from kg.case.fhir.orders import Order
from kg.case.model import short_name
from kg.case.suppose import suppose_facts
from kg.hooks.cards import WARNING, Card, Dealer, cautions, escaped, given, items
from kg.model.terms import Entry
from kg.model.vocabulary import IRI, compact
from kg.show.blocks import NOTICE
from kg.store.knowledge import KnowledgeGraph


def order_cards(
    knowledge: KnowledgeGraph, case: Case, orders: Sequence[Order], dealer: Dealer
) -> Iterator[Card]:
    """A card for each caution about what is ordered, and one for what was not checked."""
    now = ask(knowledge, case)
    unread = [each for each in orders if not each.drugs]
    drugs = {entry.iri: entry for each in orders for entry in each.drugs}
    if unread:
        yield _not_checked(unread, now, dealer)
    if drugs:
        yield from _checked(knowledge, case, tuple(drugs.values()), dealer)


def _not_checked(unread: Sequence[Order], answer: Answer, dealer: Dealer) -> Card:
    names = [each.code or "an order without a code that is known" for each in unread]
    why = [
        f"{escaped(name)}: {escaped(each.reason)}" for name, each in zip(names, unread, strict=True)
    ]
    return dealer.card(
        f"Not checked: {', '.join(dict.fromkeys(names))}",
        [items("Not checked here", why), str(NOTICE)],
        answer,
    )


def _checked(
    knowledge: KnowledgeGraph, case: Case, drugs: tuple[Entry, ...], dealer: Dealer
) -> Iterator[Card]:
    names = [compact(each.iri) for each in drugs]
    labels = ", ".join(each.label for each in drugs)
    ordered = ask(knowledge, suppose_facts(case, names, knowledge.lexicon).case)
    open_ = [f"{each}=unknown" for each in names]
    before = ask(knowledge, suppose_facts(case, open_, knowledge.lexicon).case)
    limits = _limits(knowledge, ordered)
    about = _about_drugs(ordered.alerts, before.alerts)
    for each in about:
        yield dealer.card(
            f"{labels}: {each.label}",
            [cautions([each]), limits, given(ordered), str(NOTICE)],
            ordered,
            indicator=WARNING,
            statements=each.statements,
        )
    if limits and not about:
        said = f"{labels}: no statement is about such a patient"
        yield dealer.card(said, [limits, given(ordered), str(NOTICE)], ordered)
    unmeasured = _unmeasured(knowledge, case)
    if unmeasured:
        said = f"No result of {', '.join(unmeasured)} was sent; cautions that wait for it are open."
        yield dealer.card(
            f"{labels}: checked without {', '.join(unmeasured)}",
            [escaped(said), given(ordered), str(NOTICE)],
            ordered,
        )


def _about_drugs(ordered: Iterable[Message], before: Iterable[Message]) -> list[Message]:
    """The cautions that come with the drugs, and those that rest on the same statements."""
    ordered, known = tuple(ordered), {each.iri for each in before}
    new = {id_ for each in ordered if each.iri not in known for id_ in each.statements}
    return [each for each in ordered if each.iri not in known or new & set(each.statements)]


def _limits(knowledge: KnowledgeGraph, answer: Answer) -> str:
    """Whom the sources do not speak of, where the patient is such a one."""
    kinds = {each.iri for each in knowledge.model.tables.messages if each.kind == "scope"}
    found = (escaped(each.text) for each in answer.scope if each.iri in kinds)
    return items("Limits", found)


def _unmeasured(knowledge: KnowledgeGraph, case: Case) -> list[str]:
    """The measurements that findings are asked about by, of which no result is used."""
    words = knowledge.lexicon
    used = {lab.marker.iri for lab in case.labs if not lab.unsafe}
    shown = [
        [each for each in topic.measurements if each in words.asked]
        for topic in knowledge.model.tables.topics.values()
    ]
    return [
        short_name(words.entries[IRI(min(each))]) for each in shown if each and not used & set(each)
    ]
