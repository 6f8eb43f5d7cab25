"""The page of a query as a value: the query, and what it gave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from kg.model.errors import StoreError
from kg.model.vocabulary import BASE, IRI, compact
from kg.pages.values import Link, path_of
from kg.store.base import Dataset

_WEB: Final = ("http://", "https://")
MOST_ROWS: Final = 1_000
"""Rows of a table that a page shows; the other forms have all of them."""
WRITTEN: Final = {
    "rows": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "triples": "text/turtle",
}
"""What a result is written in before it becomes a page."""
_FORMS: Final = {
    "rows": (("CSV", "csv"), ("TSV", "tsv"), ("JSON", "json"), ("XML", "xml")),
    "boolean": (("JSON", "json"), ("XML", "xml")),
    "triples": (("Turtle", "turtle"), ("JSON-LD", "jsonld"), ("RDF/XML", "rdfxml")),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave: a table, an answer of one word, or triples as text."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Link, ...], ...] = ()
    count: int = 0
    """Of all rows, those that are not shown included."""
    text: str = ""
    forms: tuple[Link, ...] = ()
    """The whole of it as data."""


@dataclass(frozen=True, slots=True)
class QueryPage:
    """Everything that the page says."""

    query: str = ""
    given: tuple[tuple[str, str], ...] = ()
    """What else stands in the address, such as the graphs that are asked."""
    examples: tuple[Link, ...] = ()
    problem: str = ""
    result: Result | None = None
    title: str = "SPARQL query"

    @property
    def lines(self) -> int:
        """How many lines the query has room for; with a result below it, fewer."""
        most = 28 if self.result is None else 14
        return min(max(self.query.count("\n") + 2, 8), most)


def parameters_of(dataset: Dataset | None) -> tuple[tuple[str, str], ...]:
    """The graphs that are asked, as an address names them."""
    if dataset is None:
        return ()
    default = (("default-graph-uri", iri) for iri in dataset.default)
    return (*default, *(("named-graph-uri", iri) for iri in dataset.named))


def with_result(page: QueryPage, kind: str, content: bytes, base: str) -> QueryPage:
    """The page with what its query gave, written as `WRITTEN` says; `base` is that of the graph."""
    address = f"sparql?{urlencode([('query', page.query), *page.given])}"
    forms = tuple(Link(name, path=f"{address}&format={form}") for name, form in _FORMS[kind])
    try:
        result = _read_result(kind, content, base)
    except RecursionError:
        raise StoreError(
            "the result is nested too deeply for a page; format=csv or json gives it."
        ) from None
    return replace(page, result=replace(result, forms=forms))


def _read_result(kind: str, content: bytes, base: str) -> Result:
    if kind == "triples":
        return Result(text=content.decode() or "# no triples")
    document = json.loads(content)
    if kind == "boolean":
        return Result(text="yes" if document["boolean"] else "no")
    columns = tuple(document["head"]["vars"])
    every = document["results"]["bindings"]
    rows = tuple(
        tuple(_cell(row.get(column), base) for column in columns) for row in every[:MOST_ROWS]
    )
    return Result(columns, rows, len(every))


def _cell(term: Mapping[str, Any] | None, base: str) -> Link:
    """A term of a result as it stands in a table."""
    if term is None:
        return Link("")
    value = term["value"]
    match term["type"]:
        case "uri":
            return _link_iri(value, base)
        case "bnode":
            return Link(f"_:{value}")
        case "triple":
            parts = (_cell(value[part], base).text for part in ("subject", "predicate", "object"))
            return Link(f"<<( {' '.join(parts)} )>>")
        case _:
            return Link(value, note=_type_note(term))


def _link_iri(iri: str, base: str) -> Link:
    if iri.startswith(base):
        ours = IRI(BASE + iri.removeprefix(base))
        return Link(compact(ours), path=path_of(ours))
    return Link(compact(iri), address=iri if iri.startswith(_WEB) else None)


def _type_note(term: Mapping[str, str]) -> str:
    if "xml:lang" in term:
        return f"@{term['xml:lang']}"
    return compact(term["datatype"]) if "datatype" in term else ""
