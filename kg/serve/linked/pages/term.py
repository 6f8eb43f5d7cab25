"""The page of a term: what it is, what it is called, what is said of it, and what uses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from kg.model.rdf import Triple
from kg.model.vocabulary import EG, IRI, OWL, PREFIXES, RDF, SKOS
from kg.pages.pictures.graph import graph_picture
from kg.pages.values import Link, Page, Phrase, Row, Section, Table, joined, path_of, phrase
from kg.serve.linked.links import STANDINGS, link_to, property_name, sort_links
from kg.serve.linked.material import Material
from kg.serve.linked.neighbours import term_graph
from kg.serve.linked.pages.parts import LONG, Remaining, rule_cell, statement_ids, statement_links
from kg.serve.linked.pages.tree import axioms_section, place_section
from kg.serve.linked.taxonomy import PARENTS
from kg.serve.linked.view import View, schema_types
from kg.serve.linked.wording import TOLD, Rule, definition, told_of, words

_NAMES: Final = (
    ("Also called", SKOS.altLabel),
    ("In short", EG.abbreviation),
    ("Narrower names that are read as it", EG.narrowerName),
    ("Note", SKOS.note),
)
_ROLES: Final = (
    ("What is said of it", EG.subject),
    ("What is said to lead or belong to it", EG.object),
    ("About such patients", EG.context),
    ("Measured as it", EG.analyte),
    ("Compared with it", EG.comparator),
    ("As the tissue", EG.tissueSource),
    ("In its place", EG.alternativeTo),
)
"""What a term can be to a statement, in the order of interest."""
OWL_CLASS: Final = OWL.Class


def page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a term."""
    view = material.view
    text = view.text(iri, SKOS.definition)
    told = told_of(view, iri, material.records)
    codes = tuple(_codes(view, remaining))
    statements = tuple(_statements(remaining, view))
    concluded = tuple(_conclusions(view, iri, remaining))
    remaining.take([OWL.equivalentClass, EG.thresholdFrom])
    remaining.pointing([OWL.annotatedSource, OWL.annotatedTarget])
    remaining.take(TOLD)
    remaining.pointing(PARENTS)
    return Page(
        view.name(iri),
        kind="term" if OWL_CLASS in view.values(iri, RDF.type) else "",
        lead=text,
        actions=_actions(material, iri),
        sections=(
            Section("", rows=tuple(_names(view, remaining))),
            _meaning(view, iri),
            place_section(material, iri),
            axioms_section(view, told),
            _neighbours(material, iri),
            *statements,
            *concluded,
            _rules(material, iri, told),
            _asked(material, iri),
            _code_section(codes),
            *remaining.sections(),
        ),
        data=_defined_term(view, iri, text),
    )


def _actions(material: Material, iri: IRI) -> tuple[Link, ...]:
    """The way to the page on which a case is asked, of what a case can have."""
    kinds = material.view.values(iri, RDF.type)
    is_askable = bool(material.asked) and (OWL_CLASS in kinds or EG.Finding in kinds)
    return (Link("Ask about a patient", path="ask"),) if is_askable else ()


def _names(view: View, remaining: Remaining) -> Iterator[Row]:
    for title, name in _NAMES:
        said = remaining.take([name])
        if said:
            links = sort_links(link_to(view, each.object) for each in said)
            names = Link(" · ".join(each.text for each in links))
            yield Row(Link(title), links if name == SKOS.note else (names,))
    units = remaining.take([EG.unit])
    if units:
        texts = dict.fromkeys(link_to(view, each.object).text.strip("{}") for each in units)
        yield Row(Link("Units"), (Link(" · ".join(texts)),))


def _meaning(view: View, iri: IRI) -> Section:
    """What a class is defined as, and from which statement its limits are taken."""
    meant = definition(view, iri)
    if meant is None:
        return Section("")
    limits = view.iris(iri, EG.thresholdFrom)
    taken = (*phrase(" Limits taken from "), *statement_ids(view, limits)) if limits else ()
    return Section("Defined as", lead=(*words(view, meant), Link("."), *taken))


def _neighbours(material: Material, iri: IRI) -> Section:
    """The picture of a term that statements or relations join to others."""
    graph = term_graph(material.view, material.taxonomy, iri)
    figure = graph_picture(graph, "neighbours") if graph else None
    return Section("Among its neighbours, as a picture", figure=figure, is_folded=True)


# ── What is said of it ──────────────────────────────────────────────────────────────────────


def _statements(remaining: Remaining, view: View) -> Iterator[Section]:
    for title, role in _ROLES:
        found = [each for each in remaining.subjects([role]) if each.startswith(PREFIXES["st"])]
        yield Section(title, items=statement_links(view, found), is_folded=len(found) > LONG)


def _conclusions(view: View, iri: IRI, remaining: Remaining) -> Iterator[Section]:
    """What follows for it, and what it follows for, each leading to why."""
    ends = ((EG.edgeSource, EG.edgeTarget), (EG.edgeTarget, EG.edgeSource))
    for here, there in ends:
        edges = remaining.subjects([here])
        rows = tuple(_by_property(view, edges, there, is_back=here == EG.edgeTarget))
        title = "What follows for it" if here == EG.edgeSource else "For what it follows"
        yield Section(title, rows=rows)
    edges = view.subjects(EG.edgeSource, iri)  # what they say is told as conclusions
    remaining.take(list(chain.from_iterable(view.iris(e, EG.edgeProperty) for e in edges)))


def _by_property(view: View, edges: Iterable[IRI], there: IRI, *, is_back: bool) -> Iterator[Row]:
    groups: dict[str, list[Link]] = {}
    for edge in edges:
        relation, other = view.iri(edge, EG.edgeProperty), view.value(edge, there)
        if relation and other:
            name = property_name(view, relation)
            title = f"{name} it" if is_back else name
            link = Link(link_to(view, other).text, path=path_of(edge))
            groups.setdefault(title, []).append(link)
    for title in sorted(groups):
        yield Row(Link(title), sort_links(groups[title]))


# ── What uses it ────────────────────────────────────────────────────────────────────────────


def _rules(material: Material, iri: IRI, told: Iterable[Rule]) -> Section:
    """The rules in which it stands, without those that are about it: they stand above."""
    view = material.view
    about = {each.text for each in told}
    rows = tuple(
        (rule_cell(each), statement_ids(view, each.evidence))
        for each in material.using.get(iri, ())
        if each.text not in about
    )
    table = Table("Rules that use it besides", ("Rule", "Rests on"), rows)
    return Section("Rules that use it besides", table=table, is_folded=len(rows) > LONG)


def _asked(material: Material, iri: IRI) -> Section:
    found = tuple(Link(each.asked) for each in material.asked if iri in each.terms)
    return Section("Shipped questions about it", items=found, is_folded=len(found) > LONG)


# ── Codes ───────────────────────────────────────────────────────────────────────────────────


def _codes(view: View, remaining: Remaining) -> Iterator[tuple[Phrase, ...]]:
    """A row for each code; those of a system that have no name here share one."""
    nameless: dict[tuple[str, str], list[Link]] = {}
    for said in remaining.take(list(STANDINGS)):
        code, standing, name = _code_row(view, said)
        if any(each.text for each in name):
            yield code, standing, name
        else:
            key = standing[0].text, code[0].text.partition(":")[0]
            nameless.setdefault(key, []).append(code[0])
    for (standing_text, _), codes in nameless.items():
        yield joined(tuple(codes), ", "), phrase(standing_text), ()


def _code_row(view: View, said: Triple) -> tuple[Phrase, ...]:
    link = link_to(view, said.object)
    code = view.text(said.object, SKOS.notation) if isinstance(said.object, IRI) else ""
    name = link.text if code and link.text != link.address else ""
    qualifier = view.text(said.object, EG.codeQualifier) if isinstance(said.object, IRI) else ""
    return (
        phrase(replace(link, text=code or link.address or link.text, note="")),
        phrase(STANDINGS[said.predicate]),
        phrase(f"{name} ({qualifier})" if qualifier else name),
    )


def _code_section(rows: tuple[tuple[Phrase, ...], ...]) -> Section:
    head = ("Code", "What it is to this term", "Its name there")
    table = Table("Codes of other terminologies", head, rows)
    return Section("Codes", table=table, is_folded=len(rows) > LONG)


def _defined_term(view: View, iri: IRI, text: str) -> dict[str, object]:
    """The term for search engines: what medicine calls it, or a mere DefinedTerm."""
    if not text or EG.DerivedEdge in view.values(iri, RDF.type):
        return {}
    return {
        "@context": "https://schema.org/",
        "@type": schema_types(view, iri) or "DefinedTerm",
        "@id": view.published(iri),
        "name": view.name(iri),
        "description": text,
    }
