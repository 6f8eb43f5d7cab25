"""The terms of the project that a query names and the graph does not have, with the nearest.

A name that is misspelt is no error in SPARQL: such a query has no rows, and nothing says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from kg.model.vocabulary import BASE, IRI, RDFS
from kg.store.base import Store
from kg.store.syntax import known_prefixes, named_iri, tokens

_AS_NEAR: Final = 0.6
_LOCAL: Final = re.compile(r"[\w-]+")
_MOST: Final = 5
"""So many terms of one query are told."""


def unknown_terms(query: str, store: Store, base: str = BASE) -> tuple[str, ...]:
    """A sentence for each such term, in the order of the query.

    The graph is asked under the base that it is published under.
    """
    start = f"{base}id/"
    unknown = [iri for iri in _named(query, start) if not _has(store, iri)][:_MOST]
    if not unknown:
        return ()
    here = f'FILTER (STRSTARTS(STR(?t), "{start}"))'
    asked = f"SELECT DISTINCT ?t {{ ?t {RDFS.label.n3()} ?name {here} }}"
    names = [str(each).removeprefix(start) for each in store.select(asked).column("t")]
    return tuple(_told(iri.removeprefix(start), sorted(names)) for iri in unknown)


def _named(query: str, start: str) -> Iterator[IRI]:
    """The IRIs in a namespace that a query names, each once."""
    found = list(tokens(query))
    known = known_prefixes(found)
    iris = dict.fromkeys(named_iri(each, known) for each in found if each.kind in ("iri", "name"))
    return (IRI(iri) for iri in iris if iri.startswith(start) and _LOCAL.fullmatch(iri, len(start)))


def _has(store: Store, iri: IRI) -> bool:
    name = iri.n3()
    return store.ask(
        f"ASK {{ {{ {name} ?p ?o }} UNION {{ ?s {name} ?o }} UNION {{ ?s ?p {name} }} }}"
    )


def _told(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, 1, _AS_NEAR)
    nearest = f"; nearest: eg:{near[0]}" if near else ""
    return f"eg:{name} is no term of the graph{nearest}."
