"""A page as a value: what it says, before it is HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from kg.model.rdf import Graph, Triple
from kg.model.vocabulary import (
    BASE,
    IRI,
    OWL_ANNOTATED_PROPERTY,
    OWL_ANNOTATED_SOURCE,
    OWL_ANNOTATED_TARGET,
    BlankNode,
    Literal,
    Term,
    compact,
)
from kg.reasoning.expressions import quote, write_node
from kg.serve.linked.describing import closed
from kg.serve.linked.finding import path_of
from kg.serve.linked.view import View

_WEB: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Shown:
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

    name: Shown
    values: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: properties with values, a list, or a text in which spaces count."""

    title: str
    rows: tuple[Row, ...] = ()
    items: tuple[Shown, ...] = ()
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
    replacements: tuple[Shown, ...] = ()
    """What is to be used in its place."""
    sections: tuple[Section, ...] = ()
    forms: tuple[Shown, ...] = ()
    """The same as data."""
    data: dict[str, object] = field(default_factory=dict)
    """What search engines read (https://schema.org/)."""

    def without_empty(self) -> Page:
        """The same page without the sections that say nothing."""
        return replace(self, sections=tuple(each for each in self.sections if not each.is_empty))


# ── Values of the graph ─────────────────────────────────────────────────────────────────────


def shown(view: View, term: Term) -> Shown:
    """A term of the graph as people read it."""
    if isinstance(term, Literal):
        return Shown(term.value)
    if isinstance(term, BlankNode):
        graph = Graph(closed(view, [term]))
        return Shown(write_node(graph, term, lambda iri: quote(shown(view, IRI(iri)).text)))
    name = view.name(term)
    if term.startswith(BASE):
        return Shown(name, path=path_of(term))
    return Shown(name, address=term if term.startswith(_WEB) else None)


def rows(view: View, triples: Iterable[Triple]) -> tuple[Row, ...]:
    """A row for each property, in the order in which they come."""
    grouped: dict[IRI, list[Shown]] = {}
    for triple in triples:
        value = shown(view, triple.object)
        note = "inferred" if view.is_inferred(triple) else value.note
        grouped.setdefault(triple.predicate, []).append(replace(value, note=note))
    return tuple(
        Row(_property(view, predicate), in_order(values)) for predicate, values in grouped.items()
    )


def reversed_rows(view: View, triples: Iterable[Triple]) -> tuple[Row, ...]:
    """A row for each property by which other things point here."""
    grouped: dict[IRI, list[Shown]] = {}
    for triple in triples:
        grouped.setdefault(triple.predicate, []).append(shown(view, triple.subject))
    return tuple(
        Row(_property(view, predicate, "← "), in_order(values))
        for predicate, values in grouped.items()
    )


def in_order(values: Iterable[Shown]) -> tuple[Shown, ...]:
    """The same by their text, each once."""
    ordered = sorted(values, key=lambda each: (each.text.casefold(), each.text, each.path or ""))
    return tuple(key for key, _ in groupby(ordered))


def axiom(view: View, node: IRI | BlankNode) -> Shown:
    """An annotated axiom in words; it leads to what the axiom is about."""
    parts = [
        shown(view, part)
        for predicate in (OWL_ANNOTATED_SOURCE, OWL_ANNOTATED_PROPERTY, OWL_ANNOTATED_TARGET)
        for part in view.values(node, predicate)[:1]
    ]
    return Shown(" → ".join(part.text for part in parts), path=parts[0].path if parts else None)


def property_name(view: View, iri: IRI) -> str:
    """The name of a property or class; one of another vocabulary is spelt as words."""
    name = view.name(iri)
    if name != compact(iri) or iri.startswith(BASE):
        return name
    return _HUMP.sub(" ", re.split(r"[/#]", iri)[-1]).lower().replace("_", " ")


def _property(view: View, iri: IRI, before: str = "") -> Shown:
    return replace(shown(view, iri), text=f"{before}{property_name(view, iri)}")


_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
