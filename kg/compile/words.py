"""What the graph says, once more in words that others know, so that their first query has rows.

The words are those of PROV-O, Web Annotation, CiTO and FaBIO, SEPIO and schema.org, with the wider
kinds of each thing and its names without a language. They are made by the queries of
`queries/words`, and stand in a graph of their own that no answer and no page is made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.model import resources
from kg.model.rdf import N_TRIPLES, canonical_lines, lines_in_graph, rebase
from kg.model.resources import queries_dir
from kg.model.vocabulary import BASE, GRAPH_WORDS
from kg.store.local import LocalStore
from kg.store.queries import catalogue

_MADE_BY: Final = "words/"


def words(store: LocalStore) -> bytes:
    """The standard words for a graph under the project's own base, as canonical N-Quads.

    They are in the base that the graph is published under. There are no nameless nodes.
    """
    base = resources.publishing_base() or BASE
    return rebase(canonical_lines(_lines(store)).decode(), base).encode()


def _lines(store: LocalStore) -> Iterator[bytes]:
    for name, query in catalogue(queries_dir()).items():
        if name.startswith(_MADE_BY):
            yield from lines_in_graph(store.answer(query.text, N_TRIPLES), GRAPH_WORDS)
