"""A page as a value, and as HTML: of a resource, or of a query with its result.

Templates escape whatever they are given; there is one style sheet, and no script.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.model.errors import StoreError
from kg.model.rdf import Graph, Triple
from kg.model.vocabulary import BASE, IRI, BlankNode, Literal, Term, compact
from kg.reasoning.expressions import quote, write_node
from kg.serve.linked.resolver import path_of
from kg.serve.linked.view import View, close
from kg.store.base import Dataset

_WEB: Final = ("http://", "https://")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of text, and where it leads."""

    text: str
    path: str | None = None
    """Below the root of this server."""
    address: str | None = None
    """On another server."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A property and its values."""

    name: Link
    values: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: properties with values, a list, or a text in which spaces count."""

    title: str
    rows: tuple[Row, ...] = ()
    items: tuple[Link, ...] = ()
    text: str = ""
    is_folded: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.rows or self.items or self.text)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that a page says."""

    title: str
    kind: str = ""
    lead: str = ""
    iri: str = ""
    notices: tuple[str, ...] = ()
    replacements: tuple[Link, ...] = ()
    """What is to be used in its place."""
    sections: tuple[Section, ...] = ()
    forms: tuple[Link, ...] = ()
    """The same as data."""
    data: dict[str, object] = field(default_factory=dict)
    """What search engines read (https://schema.org/)."""

    def without_empty(self) -> Page:
        """The same page without the sections that say nothing."""
        return replace(self, sections=tuple(each for each in self.sections if not each.is_empty))


# ── Terms of the graph ──────────────────────────────────────────────────────────────────────


def link_to(view: View, term: Term) -> Link:
    """A term of the graph as people read it."""
    if isinstance(term, Literal):
        return Link(term.value)
    if isinstance(term, BlankNode):
        graph = Graph(close(view, [term]))
        return Link(write_node(graph, term, lambda iri: quote(link_to(view, IRI(iri)).text)))
    name = view.name(term)
    if term.startswith(BASE):
        return Link(name, path=path_of(term))
    return Link(name, address=term if term.startswith(_WEB) else None)


def rows_of(view: View, triples: Iterable[Triple]) -> tuple[Row, ...]:
    """A row for each property, in the order in which they come."""
    values: dict[IRI, list[Link]] = {}
    for triple in triples:
        value = link_to(view, triple.object)
        note = "inferred" if view.is_inferred(triple) else value.note
        values.setdefault(triple.predicate, []).append(replace(value, note=note))
    return tuple(Row(_link_property(view, each), sort_links(values[each])) for each in values)


def reverse_rows_of(view: View, triples: Iterable[Triple]) -> tuple[Row, ...]:
    """A row for each property by which other things point here."""
    values: dict[IRI, list[Link]] = {}
    for triple in triples:
        values.setdefault(triple.predicate, []).append(link_to(view, triple.subject))
    return tuple(Row(_link_property(view, each, "← "), sort_links(values[each])) for each in values)


def sort_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """The same by their text, each once."""
    ordered = sorted(links, key=lambda each: (each.text.casefold(), each.text, each.path or ""))
    return tuple(key for key, _ in groupby(ordered))


def property_name(view: View, iri: IRI) -> str:
    """The name of a property or class; one of another vocabulary is spelt as words."""
    name = view.name(iri)
    if name != compact(iri) or iri.startswith(BASE):
        return name
    return _HUMP.sub(" ", re.split(r"[/#]", iri)[-1]).lower().replace("_", " ")


def _link_property(view: View, iri: IRI, before: str = "") -> Link:
    return replace(link_to(view, iri), text=f"{before}{property_name(view, iri)}")


# ── The page of a query ─────────────────────────────────────────────────────────────────────

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


# ── HTML ────────────────────────────────────────────────────────────────────────────────────

_FOLDER: Final = Path(__file__).parent / "templates"
_TEMPLATES: Final = {Page: "page.html", QueryPage: "query.html"}
CONTENT_TYPE: Final = "text/html; charset=utf-8"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""What a page may load and do: its style sheet, and nothing else."""
POLICY: Final = (("Content-Security-Policy", _POLICY),)
"""The headers that a page has besides those of every reply."""


def html(page: Page | QueryPage, root: str) -> bytes:
    """A page as HTML; `root` is the path, with a slash at the end, that all paths begin with."""
    template = _environment().get_template(_TEMPLATES[type(page)])
    return template.render(page=page, root=root, edition=design()).encode()


def style() -> bytes:
    """The style sheet."""
    return (_FOLDER / "style.css").read_bytes()


@cache
def design() -> str:
    """The same text as long as the templates and the code that fills them are the same."""
    digest = hashlib.sha256()
    for path in sorted([*_FOLDER.iterdir(), *_FOLDER.parent.glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a worker can look at no file
    )
