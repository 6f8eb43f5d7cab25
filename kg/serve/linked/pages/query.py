"""Shipped queries: each with its parameters and a button that runs it, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

from kg.model.errors import KGError
from kg.model.vocabulary import BASE, IRI, RDF, RDFS, expand, short_text_of
from kg.pages.values import Field, Form, Link, Page, Section, path_of
from kg.serve.linked.links import sort_links
from kg.serve.linked.material import Material
from kg.serve.linked.pages.parts import EXECUTABLE, Remaining
from kg.serve.linked.view import View
from kg.store.queries import Query, read_query

QUERIES: Final = IRI(f"{BASE}query/")
_SELECT: Final = expand("sh:select")
_TAGS: Final = expand("schema:keywords")
_REST: Final = "others"


def page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a query."""
    view = material.view
    text, name = view.text(iri, _SELECT), _name(iri)
    summary = view.name(iri)
    remaining.take([_SELECT, RDFS.comment])
    return Page(
        summary,
        kind="query",
        lead=view.text(iri, RDFS.comment).removeprefix(summary).strip(),
        sections=(
            Section("Run it", forms=(_form(text, name),), items=_ways(text, name)),
            Section("Query", text=text),
            *remaining.sections(),
        ),
    )


def catalogue_page(material: Material) -> Page:
    """Every query, by what it is about."""
    view = material.view
    groups: dict[str, list[IRI]] = {}
    for each in view.subjects(RDF.type, EXECUTABLE):
        tags = sorted(tag for tag in map(_text, view.values(each, _TAGS)) if tag)
        for tag in tags[:1] or [_REST]:
            groups.setdefault(tag, []).append(each)
    sections = tuple(_group(view, tag, groups[tag]) for tag in sorted(groups))
    return Page(
        "Queries",
        iri=view.published(QUERIES),
        lead="Each answers one question of the graph; its page has a button that runs it.",
        sections=sections,
    )


def _group(view: View, tag: str, queries: Iterable[IRI]) -> Section:
    links = sort_links(Link(view.name(each), path=path_of(each)) for each in queries)
    return Section(f"{tag[:1].upper()}{tag[1:]}", items=links)


def _form(text: str, name: str) -> Form:
    fields = (Field("example", name), Field("run", "yes"), *_parameters(text, name))
    return Form("sparql", "Run", fields)


def _ways(text: str, name: str) -> tuple[Link, ...]:
    editor = Link("open in the editor", path=f"sparql?{urlencode({'example': name})}")
    by_format = (
        Link(
            f"result as {form.upper()}", path=f"sparql?{urlencode({'query': text, 'format': form})}"
        )
        for form in ("json", "csv")
    )
    return (editor, *by_format, Link("as an API", path=f"api/{quote(name)}"))


def _parameters(text: str, name: str) -> Iterator[Field]:
    """A field for each value of each parameter, which holds the value that stands in the query."""
    for parameter, values in _defaults(text, name):
        for value in values or ("",):
            yield Field(parameter, value, label=parameter.replace("_", " "))


@lru_cache(maxsize=256)
def _defaults(text: str, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    try:
        query: Query = read_query(text, name)
        return tuple(
            (each.name, tuple(short_text_of(value) for value in each.defaults))
            for each in query.parameters.values()
        )
    except KGError:  # a graph of others may call anything a query
        return ()


def _name(iri: IRI) -> str:
    return iri.removeprefix(QUERIES)


def _text(term: object) -> str:
    return getattr(term, "value", "")
