"""The cards: for an open chart, what may explain a finding; for ordered drugs, what is warned of.

Which drugs were not checked is told too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from kg.agents.inert import escaped
from kg.answer.ask import ask
from kg.answer.model import Answer, Message, Verdict
from kg.case import Case
from kg.case.fhir.orders import Order
from kg.case.model import short_name
from kg.case.suppose import suppose_facts
from kg.hooks.cards import WARNING, Card, Dealer, Grounds, cautions, given, items, said_by
from kg.hooks.evidence import Evidence
from kg.hooks.services import CONDITIONS, RESULTS
from kg.hooks.turns import turned_on_by
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import IRI, compact
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


def order_cards(
    knowledge: KnowledgeGraph, evidence: Evidence, orders: Sequence[Order], dealer: Dealer
) -> Iterator[Card]:
    """A card for each caution about what is ordered, and one for what was not checked."""
    unread = [each for order in orders for each in order.unread]
    drugs = {entry.iri: entry for each in orders for entry in each.drugs}
    if unread:
        names = [each.code or "a drug without a code that is known" for each in unread]
        why = [
            f"{escaped(name)}: {escaped(each.message)}"
            for name, each in zip(names, unread, strict=True)
        ]
        yield dealer.card(
            "not checked",
            f"Not checked: {', '.join(dict.fromkeys(names))}",
            [items("Not checked here", why)],
            Grounds(knowledge.model.tables.documents),
        )
    if drugs:
        yield from _checked(_Ordered(knowledge, evidence.case, drugs), evidence, dealer)


class _Ordered:
    """What is said if drugs are given, against what is said where it is open whether they are.

    Both are asked of the record, and of the record without its drugs: a caution that a drug of the
    record brings already is one about the order as well.
    """

    def __init__(self, knowledge: KnowledgeGraph, case: Case, drugs: Mapping[IRI, Entry]) -> None:
        self.knowledge = knowledge
        self.drugs = drugs
        self._cases = (case, replace(case, drugs=(), courses=()))[: 1 + bool(case.drugs)]
        self._answers: dict[tuple[int, frozenset[IRI]], Answer] = {}
        self._before = [
            {each.iri for each in self._if(number, ()).alerts} for number in range(len(self._cases))
        ]
        self.answer = self._if(0, drugs)
        self.cautions = self._cautions(drugs)

    def named(self, caution: Message) -> str:
        """The drugs that a caution is about: those that alone bring it, or without which it goes.

        All of them where it takes all.
        """
        if len(self.drugs) == 1:
            return _labels(self.drugs.values())
        alone = [each for each in self.drugs if self._comes(caution, (each,))]
        needed = alone or [
            each for each in self.drugs if not self._comes(caution, self.drugs.keys() - {each})
        ]
        return _labels(self.drugs[each] for each in needed or self.drugs)

    def worded(self, caution: Message) -> tuple[str, str]:
        """A caution as its heading and its text, where nothing is given yet."""
        said = next(e for e in self.knowledge.model.tables.messages if e.iri == caution.iri)
        if said.ordered:
            return said.ordered.rstrip("."), said.ordered + caution.text.removeprefix(said.text)
        if caution.iri in self._before[-1]:
            return caution.label, caution.text
        return f"if given: {caution.label}", f"If given: {caution.text}"

    def _comes(self, caution: Message, drugs: Iterable[IRI]) -> bool:
        return caution.iri in {each.iri for each in self._cautions(drugs)}

    def _cautions(self, drugs: Iterable[IRI]) -> list[Message]:
        """The cautions that come with drugs, and those that rest on the same statements."""
        found: dict[str, Message] = {}
        for number, before in enumerate(self._before):
            alerts = self._if(number, drugs).alerts
            new = {id_ for each in alerts if each.iri not in before for id_ in each.statements}
            came = (e for e in alerts if e.iri not in before or new & set(e.statements))
            found = {each.iri: each for each in came} | found
        return list(found.values())

    def _if(self, number: int, drugs: Iterable[IRI]) -> Answer:
        """The answer to a case if some of the drugs are given, and of the others it is open.

        It is asked once: every caution wants it again.
        """
        key = number, frozenset(drugs)
        if key not in self._answers:
            facts = [compact(e) if e in key[1] else f"{compact(e)}=unknown" for e in self.drugs]
            there = suppose_facts(self._cases[number], facts, self.knowledge.lexicon).case
            self._answers[key] = ask(self.knowledge, there)
        return self._answers[key]


def _checked(ordered: _Ordered, evidence: Evidence, dealer: Dealer) -> Iterator[Card]:
    labels = _labels(ordered.drugs.values())
    limits = _limits(ordered.knowledge, ordered.answer)
    read = f"Ordered: {escaped(labels)}.\n{given(evidence.case)}"
    documents = ordered.answer.documents
    for each in ordered.cautions:
        heading, text = ordered.worded(each)
        yield dealer.card(
            each.iri,
            f"{heading}: {ordered.named(each)}",
            [cautions([replace(each, text=text)]), limits, read],
            Grounds(documents, each.statements),
            indicator=WARNING,
        )
    if limits and not ordered.cautions:
        said = f"no statement is about such a patient: {labels}"
        yield dealer.card("limits", said, [limits, read], Grounds(documents))
    open_ = _open(ordered, evidence)
    if open_:
        why = (f"{escaped(name)}: {escaped(said)}" for name, said in open_.items())
        yield dealer.card(
            "open",
            f"checked without {', '.join(open_)}: {labels}",
            [items("Cautions that wait for it are open", why), read],
            Grounds(documents),
        )


def _labels(drugs: Iterable[Entry]) -> str:
    return ", ".join(each.label for each in drugs)


def _limits(knowledge: KnowledgeGraph, answer: Answer) -> str:
    """Whom the sources do not speak of, where the patient is such a one."""
    kinds = {each.iri for each in knowledge.model.tables.messages if each.kind == "scope"}
    found = (escaped(each.text) for each in answer.scope if each.iri in kinds)
    return items("Limits", found)


def _open(ordered: _Ordered, evidence: Evidence) -> dict[str, str]:
    """What cautions may turn on and is not known, with the reason."""
    found = _unmeasured(ordered, evidence.case)
    for each in _waited_for(ordered, evidence.case):
        found[each.label] = "not known whether the patient has it"
    if evidence.case.age is None:
        found["the age"] = "not known"
    if CONDITIONS in evidence.partial:
        found["all conditions"] = "only a part of them was sent"
    return found


def _waited_for(ordered: _Ordered, case: Case) -> Iterator[Entry]:
    """The conditions that the record leaves open, and with which there would be a caution."""
    now = {each.iri for each in ordered.cautions}
    for each in case.unknown:
        if each.kind is Kind.CONDITION:
            there = suppose_facts(case, [compact(each.iri)], ordered.knowledge.lexicon).case
            supposed = _Ordered(ordered.knowledge, there, ordered.drugs)
            if any(caution.iri not in now for caution in supposed.cautions):
                yield each


def _unmeasured(ordered: _Ordered, case: Case) -> dict[str, str]:
    """The measurements that cautions about the drugs turn on, of which no result is used, and why.

    Those by which findings are asked about: another marker says nothing of these drugs.
    """
    words = ordered.knowledge.lexicon
    used = {lab.marker.iri for lab in case.labs if not lab.unsafe}
    turned_on = turned_on_by(ordered.knowledge, ordered.drugs)
    shown = [
        {each for each in topic.measurements if each in words.asked}
        for topic in ordered.knowledge.model.tables.topics.values()
        if not topic.measurements.isdisjoint(turned_on)
    ]
    return {
        short_name(words.entries[IRI(min(each))]): _why_unused(case, each)
        for each in shown
        if each and not used & each
    }


def _why_unused(case: Case, markers: Iterable[str]) -> str:
    """Why no result of measurements is used."""
    results = [f"{e.given}: {e.unsafe}" for e in case.labs if e.unsafe and e.marker.iri in markers]
    noted = [each.text.rstrip(".") for each in case.notices if each.iri in markers]
    why = "; ".join((*results, *noted))
    return f"no usable result: {why}" if why else "no result was sent under a code that is known"
