"""One page of each kind that the project has, and how a reader gets there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from browsing import Tab

Way = Callable[[Tab], object]

COUNT: Final = "SELECT ?kind (COUNT(?x) AS ?n) WHERE { ?x a ?kind } GROUP BY ?kind ORDER BY ?kind"


def _at(path: str) -> Way:
    return lambda tab: tab.open(path)


OWN_PAGES: Final[Mapping[str, Way]] = {
    "front": _at("/"),
    "terms": _at("/id/"),
    "term": _at("/id/VitaminDDeficiency"),
    "statements": _at("/statement/"),
    "statement": _at("/statement/A005"),
    "document": _at("/document/A"),
    "query": _at("/query/causes"),
    "ontology": _at("/ontology"),
    "graph": _at("/graph/"),
    "reference": _at("/reference/B-R4"),
    "number": _at("/citation/B-5"),
    "rule": _at("/rules"),
    "sources": _at("/sources"),
    "queries": _at("/query/"),
    "data": _at("/data"),
    "search": _at("/search?q=vitamin"),
    "nothing found": _at("/search?q=xyzzy"),
    "sparql": _at("/sparql"),
    "result": _at(f"/sparql?{urlencode({'query': COUNT})}"),
}
"""By name; helpers that bring a page of a new kind name it here."""
