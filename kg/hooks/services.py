"""The services that are offered: made of the findings, documents and mapping tables of the graph.

What a client is asked to send along names the codes by which results are read, from the same
tables, so that what is asked for is what can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from kg.hooks.request import ORDER_SELECT, ORDER_SIGN, PATIENT_VIEW
from kg.model.terms import Kind, Lexicon
from kg.model.topics import Topic
from kg.show.blocks import NOTICE
from kg.show.words import each_once
from kg.store.knowledge import KnowledgeGraph

PATIENT: Final = "patient"
CONDITIONS: Final = "conditions"
RESULTS: Final = "results"
ORDERS: Final = "orders"
STATEMENTS: Final = "statements"
_OF_PATIENT: Final = "patient={{context.patientId}}"
_MOST_RESULTS: Final = 100
_NEEDS: Final = (
    "Send the prefetch: nothing is fetched. A result needs its reference range or the flag of the "
    "laboratory."
)


class Service(Struct, frozen=True, kw_only=True, rename="camel"):
    """One service, as discovery has it."""

    hook: str
    id: str
    title: str
    description: str
    usage_requirements: str
    prefetch: Mapping[str, str]


@lru_cache(maxsize=2)
def services(knowledge: KnowledgeGraph) -> tuple[Service, ...]:
    """Every service: one for each finding whose causes can be asked for, and two for orders."""
    return tuple(_services(knowledge))


def _services(knowledge: KnowledgeGraph) -> Iterator[Service]:
    documents = knowledge.model.tables.documents
    review = ", ".join(each_once(each.review for each in documents))
    by = f"by {len(documents)} documents ({review})"
    needs, wanted = f"{_NEEDS} {NOTICE}", prefetch(knowledge.lexicon)
    for name, topic in charts(knowledge).items():
        yield Service(
            hook=PATIENT_VIEW,
            id=name,
            title=topic.question,
            description=f"The listed causes, each with its verdict and statements, {by}.",
            usage_requirements=needs,
            prefetch=wanted,
        )
    for hook in (ORDER_SELECT, ORDER_SIGN):
        yield Service(
            hook=hook,
            id=f"ordered-drugs-{hook.removeprefix('order-')}",
            title="Cautions about ordered drugs",
            description=f"What is said against a drug for such a patient, {by}. "
            "A drug that is not known here is told as not checked.",
            usage_requirements=needs,
            prefetch=wanted,
        )


def charts(knowledge: KnowledgeGraph) -> dict[str, Topic]:
    """The finding that each service for an open chart is about, by the id of the service."""
    return {_slug(each.finding.label): each for each in knowledge.model.tables.topics.values()}


def prefetch(words: Lexicon) -> dict[str, str]:
    """What a client is asked to send along, by name, as it would ask its own server for it."""
    return {
        PATIENT: "Patient/{{context.patientId}}",
        CONDITIONS: f"Condition?{_OF_PATIENT}",
        RESULTS: f"Observation?{_OF_PATIENT}&code={','.join(_codes(words))}"
        f"&_sort=-date&_count={_MOST_RESULTS}",
        ORDERS: f"MedicationRequest?{_OF_PATIENT}&status=active",
        STATEMENTS: f"MedicationStatement?{_OF_PATIENT}&status=active",
    }


def _codes(words: Lexicon) -> list[str]:
    """Every code of LOINC that stands for a measurement, with its system."""
    system = next(uri for uri, prefix in words.systems.items() if prefix == _RESULTS_BY)
    markers = {each.iri for each in words.of_kind(Kind.MARKER)}
    found = (
        key.removeprefix(f"{_RESULTS_BY}:")
        for key, uses in words.coded.items()
        if key.startswith(f"{_RESULTS_BY}:") and any(e.stands and e.term in markers for e in uses)
    )
    return [f"{system}|{code}" for code in sorted(found)]


_RESULTS_BY: Final = "LOINC"
"""The terminology by which records name results."""


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-")
