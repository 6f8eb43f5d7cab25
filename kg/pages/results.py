"""The page of a query as a value: the query, and what it gave."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

from kg.model.errors import ParameterError, StoreError
from kg.model.rdf import Triple, in_own_base, read_ntriples, write_graph
from kg.model.vocabulary import BASE, RDF, RDFS, compact
from kg.pages.cells import Cells
from kg.pages.values import Link, Row, Section
from kg.store.base import Dataset

_FIRST: Final = (RDF.type, RDFS.label)
"""What a thing is and what it is called come before all else."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of one subject."""

    subject: Link
    rows: tuple[Row, ...]


def in_order(triples: Iterable[Triple]) -> list[Triple]:
    """Triples as a reader wants them: by subject, then by property, then by value."""
    return sorted(dict.fromkeys(triples), key=_key)


def describe(triples: Iterable[Triple], cells: Cells) -> tuple[Description, ...]:
    """The descriptions that triples in order make."""
    return tuple(
        Description(cells.of(subject), _rows(of_subject, cells))
        for subject, of_subject in groupby(triples, key=lambda each: each.subject)
    )


def _rows(triples: Iterable[Triple], cells: Cells) -> tuple[Row, ...]:
    return tuple(
        Row(_name(cells.of(predicate)), tuple(cells.of(each.object) for each in found))
        for predicate, found in groupby(triples, key=lambda each: each.predicate)
    )


def _name(link: Link) -> Link:
    """A property by its short name alone, as it stands in a query."""
    return Link(link.text, path=link.path, address=link.address)


def _key(triple: Triple) -> tuple[str, int, str, str]:
    subject, predicate, value = triple
    rank = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
    return compact(str(subject)), rank, compact(predicate), str(value)


MOST_ROWS: Final = 1_000
"""Rows of a table, or triples, that a page shows; the other forms have all of them."""
WRITTEN: Final = {
    "rows": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "triples": "application/n-triples",
}
"""What a result is written in before it becomes a page."""
_FORMS: Final = {
    "rows": (("CSV", "csv"), ("TSV", "tsv"), ("JSON", "json"), ("XML", "xml")),
    "boolean": (("JSON", "json"), ("XML", "xml")),
    "triples": (("Turtle", "turtle"), ("JSON-LD", "jsonld"), ("RDF/XML", "rdfxml")),
}
_UNITS: Final = {"rows": "row", "triples": "triple"}


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave: a table, an answer of one word, or triples."""

    kind: str
    """`rows`, `boolean` or `triples`."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Link, ...], ...] = ()
    descriptions: tuple[Description, ...] = ()
    text: str = ""
    """The one word, or the triples as Turtle."""
    count: int = 0
    """Of all rows or triples, those that are not shown included."""
    forms: tuple[Link, ...] = ()
    """The whole of it as data; the note is the name of the format."""

    @property
    def summary(self) -> str:
        """How much it is, and how much of it is shown."""
        if self.kind == "boolean":
            return self.text
        unit = f"{_UNITS[self.kind]}{'' if self.count == 1 else 's'}"
        if self.count > MOST_ROWS:
            return f"{self.count:,} {unit}, of which the first {MOST_ROWS:,} are shown"
        return f"{self.count or 'No'} {unit}"


@dataclass(frozen=True, slots=True)
class QueryPage:
    """Everything that the page says."""

    query: str = ""
    given: tuple[tuple[str, str], ...] = ()
    """What else was asked, such as the graphs."""
    examples: tuple[Section, ...] = ()
    problem: str = ""
    line: int | None = None
    """Of the query, where the problem is."""
    column: int | None = None
    result: Result | None = None
    is_posted: bool = False
    """Whether the query came in the body of a request: then no address on the page holds it."""
    is_of_case: bool = False
    """Whether a case made the query: then nothing makes an address of it either."""
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


def with_result(page: QueryPage, kind: str, content: bytes, cells: Cells) -> QueryPage:
    """The page with what its query gave, written as `WRITTEN` says."""
    address = f"sparql?{urlencode([('query', page.query), *page.given])}"
    forms = tuple(
        Link(name, path=None if page.is_posted else f"{address}&format={form}", note=form)
        for name, form in _FORMS[kind]
    )
    try:
        result = _read_result(kind, content, cells)
    except RecursionError:
        raise StoreError(
            "the result is nested too deeply for a page; format=csv or json gives it."
        ) from None
    return replace(page, result=replace(result, forms=forms))


def _read_result(kind: str, content: bytes, cells: Cells) -> Result:
    if kind == "triples":
        return _read_triples(content, cells)
    document = json.loads(content)
    if kind == "boolean":
        return Result(kind, text="Yes" if document["boolean"] else "No")
    columns = tuple(document["head"]["vars"])
    every = document["results"]["bindings"]
    rows = []
    for row in every[:MOST_ROWS]:
        told = {each["value"] for each in row.values() if each["type"] == "literal"}
        rows.append(tuple(cells.of_result(row.get(column), told) for column in columns))
    return Result(kind, columns, tuple(rows), count=len(every))


def _read_triples(content: bytes, cells: Cells) -> Result:
    count = content.count(b"\n")
    try:
        read = read_ntriples(content, "the result")
        triples = in_order(in_own_base(each, cells.base) for each in read)
    except ParameterError:  # a triple that speaks of a triple has no description
        return Result("triples", text=content.decode(), count=count)
    shown = triples[:MOST_ROWS]
    text = write_graph(shown, "text/turtle", cells.base).decode()
    descriptions = describe(shown, replace(cells, base=BASE))
    return Result("triples", descriptions=descriptions, text=text, count=count)
