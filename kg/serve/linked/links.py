"""Terms of a graph as people read them: text, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Final

from kg.model.rdf import Graph, Triple
from kg.model.vocabulary import BASE, EG, IRI, SKOS, BlankNode, Literal, Term, compact
from kg.pages.values import Link, Row, path_of
from kg.reasoning.expressions import quote, write_node
from kg.serve.linked.view import View, close

_WEB: Final = ("http://", "https://")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


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


STANDINGS: Final[Mapping[IRI, str]] = {
    SKOS.exactMatch: "means the same",
    SKOS.closeMatch: "means nearly the same",
    SKOS.narrowMatch: "the code is narrower",
    SKOS.broadMatch: "the code is wider",
    SKOS.relatedMatch: "related, not read as this term",
    EG.recordedAs: "read as this term in a record",
    EG.askedBy: "asks for it",
    EG.deniedBy: "says that it is not there",
    EG.noMatch: "not this term",
}
"""Each relation of a term to a code, the closest first."""
