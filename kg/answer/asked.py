"""Which finding a case is asked about, what else could be asked of it, and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from kg.answer.classified import ClassifiedCase
from kg.answer.model import Answer, Message
from kg.case import Case
from kg.case.model import short_name
from kg.model.errors import UsageError
from kg.model.notes import Document
from kg.model.tables import Tables
from kg.model.terms import Lexicon
from kg.model.topics import Topic
from kg.model.vocabulary import EG, IRI


def choose_topic(tables: Tables, case: ClassifiedCase, about: IRI | None) -> Topic:
    """What is asked about: what is named, else what the case shows, else what it speaks of most.

    Of several findings that it shows, or whose measurement it gives, the first; otherwise the one
    whose causes and documents speak of most of the case. UsageError where there is none.
    """
    heads = tables.heads
    chosen = str(about) if about is not None else _by_case(tables, case)
    if chosen not in heads:
        known = ", ".join(each.finding.label for each in heads.values()) or "nothing"
        raise UsageError(f"the graph cannot be asked about <{chosen}>; it knows: {known}.")
    return tables.topics[chosen]


def _by_case(tables: Tables, case: ClassifiedCase) -> str:
    """The finding that a case is asked about; empty where there is none."""
    heads, topics = tables.heads, tables.topics
    shown = (iri for iri in heads if iri in case.findings)
    measured = (iri for iri in heads if not heads[iri].measurements.isdisjoint(case.present))
    found = next(chain(shown, measured), "")
    return found or max(heads, key=lambda iri: _spoken_of(topics[iri], case), default="")


def _spoken_of(topic: Topic, case: ClassifiedCase) -> int:
    """How much of a case the causes of a finding turn on, and the documents that list them."""
    known = (case.contexts | case.findings | case.present | case.absent) - {EG.Case}
    return len(known & (topic.bears_on.keys() | topic.waiting.keys()))


def about_the_question(
    tables: Tables, case: ClassifiedCase, topic: Topic, unread: str
) -> Iterator[Message]:
    """Whether the case shows what is asked about, and what else could be asked of it.

    Where nothing of the case bears on what is asked, all that could be asked is named.
    """
    asked = topic.finding
    others = [each.finding for iri, each in tables.heads.items() if iri != asked.iri]
    if asked.iri not in case.findings:
        label = f"{asked.label} not shown"
        text = f"The case does not show a {asked.label}, so no cause of it is judged."
        if unread:
            text = f"{unread} is given and cannot be read as high, normal or low. {text}"
        elif others and not _spoken_of(topic, case):
            text = f"{text} {_could_be_asked(each.label for each in others)}"
        yield Message(iri=asked.iri, label=label, text=text, statements=())
    for other in others:
        if other.iri in case.findings:
            text = f"The case also shows a {other.label}; its causes are a question of their own."
            yield Message(iri=other.iri, label=f"{other.label} shown too", text=text, statements=())


def _could_be_asked(labels: Iterable[str]) -> str:
    return f"Nothing given bears on it; asked can also be: {', '.join(labels)}."


def unread(lexicon: Lexicon, case: Case, topic: Topic) -> str:
    """The measurement asked about, where a result of it is given and says nothing; else empty."""
    marker = lexicon.entries[IRI(topic.finding.iri)].of
    if marker is None or all(notice.iri != marker for notice in case.notices):
        return ""
    stated = any(lab.marker.iri == marker and lab.state for lab in case.labs)
    return "" if stated else short_name(lexicon.entries[marker])


def documents_behind(answer: Answer, tables: Tables, topic: Topic) -> tuple[Document, ...]:
    """The documents whose statements an answer names; where it names none, those it looked in."""
    named = {each.document for each in answer.statements.values()} or {*topic.documents}
    return tuple(each for each in tables.documents if each.id in named)
