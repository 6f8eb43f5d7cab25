"""What answers read of a graph whoever the case is: asked once, and kept with the built graph.

A query says of itself that it depends on no case, by the tag `case-independent`. Where it is about
one finding, it is asked about all findings that have a question, at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from kg.model.resources import queries_dir
from kg.model.vocabulary import IRI, NONE
from kg.store.base import Rows, Store
from kg.store.prepared import to_json
from kg.store.queries import Query, bind, catalogue, load

CASE_INDEPENDENT: Final = "case-independent"
"""The tag of a query whose rows are the same for every case."""

_TOPICS: Final = "ask/topics"
_ABOUT: Final = "about"


def prepared_results(store: Store) -> bytes:
    """The results of every query that depends on no case, as a product keeps them."""
    topics = topics_of(store)
    texts = (text_for(query.name, topics) for query in case_independent())
    return to_json({text: store.select(text) for text in texts})


def case_independent() -> Iterator[Query]:
    """Every shipped query that depends on no case."""
    for query in catalogue(queries_dir()).values():
        if CASE_INDEPENDENT in query.tags:
            yield query


def table(store: Store, name: str) -> Rows:
    """The rows of a query that depends on no case, about all findings that have a question."""
    return store.select(text_for(f"ask/{name}", topics_of(store)))


@lru_cache(maxsize=128)
def text_for(name: str, topics: tuple[IRI, ...]) -> str:
    """The text of a query that depends on no case, about these findings where it is about any."""
    query = load(queries_dir(), name)
    return bind(query, {_ABOUT: topics or (NONE,)} if _ABOUT in query.parameters else {})


def topics_of(store: Store) -> tuple[IRI, ...]:
    """The findings that have a question, in their order."""
    found = store.select(load(queries_dir(), _TOPICS).text).column("finding")
    return tuple(each for each in found if isinstance(each, IRI))
