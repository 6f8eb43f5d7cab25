"""Which page a resource has, and what all pages share."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kg.model.vocabulary import (
    EG,
    IRI,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    SKOS,
    BlankNode,
    Literal,
    Term,
    expand,
)
from kg.pages.values import Page
from kg.serve.linked.links import link_to, property_name
from kg.serve.linked.material import Material
from kg.serve.linked.pages import document, place, query, rules, statement, term, works
from kg.serve.linked.pages.parts import DEPRECATED, EXECUTABLE, SILENT, Remaining
from kg.serve.linked.view import View

_REPLACED_BY: Final = expand("obo:IAO_0100001")


def page_of(material: Material, iri: IRI) -> Page:
    """The page of a resource."""
    view = material.view
    types = set(view.iris(iri, RDF.type))
    page = _build(material, iri, types)
    return replace(
        page,
        iri=view.published(iri),
        kind=page.kind or _kind_name(view, types),
        notices=(*_withdrawal(view, iri), *page.notices, *_deprecation(view, iri)),
        replacements=tuple(link_to(view, each) for each in view.values(iri, _REPLACED_BY)),
    ).without_empty()


def _build(material: Material, iri: IRI, types: set[IRI]) -> Page:  # noqa: PLR0911 - a kind each
    remaining = Remaining(material.view, iri)
    if iri.startswith((PREFIXES["st"], PREFIXES["bg"])):
        return statement.page(material, iri, remaining)
    if iri.startswith(PREFIXES["doc"]):
        return document.page(material, iri, remaining)
    if iri.startswith(PREFIXES["reg"]):
        return place.page(material, iri, remaining)
    if iri.startswith(PREFIXES["cite"]):
        return works.number_page(material, iri, remaining)
    if iri.startswith(PREFIXES["ref"]):
        return works.reference_page(material, iri, remaining)
    if EXECUTABLE in types:
        return query.page(material, iri, remaining)
    if EG.AxiomRecord in types:
        return rules.axiom_page(material, iri, remaining)
    if EG.DerivedEdge in types:
        return rules.conclusion_page(material, iri, remaining)
    if iri.startswith(PREFIXES["eg"]):
        return term.page(material, iri, remaining)
    return _generic(material.view, iri, remaining)


def _generic(view: View, iri: IRI, remaining: Remaining) -> Page:
    sections = remaining.sections(is_folded=False)
    return Page(view.name(iri), lead=view.text(iri, SKOS.definition), sections=sections)


def _kind_name(view: View, types: set[IRI]) -> str:
    kinds = [each for each in sorted(types) if each not in SILENT]
    return ", ".join(property_name(view, each) for each in kinds)


def _withdrawal(view: View, iri: IRI) -> tuple[str, ...]:
    notices = []
    for act in view.values(iri, PROV.wasInvalidatedBy):
        about = view.about(_node(act))
        reasons = (each.object for each in about if each.predicate not in (RDF.type, RDFS.label))
        why = "; ".join(link_to(view, each).text for each in reasons)
        notices.append(f"Withdrawn: it carries no conclusion any more. {why}".strip())
    return tuple(notices)


def _deprecation(view: View, iri: IRI) -> tuple[str, ...]:
    is_deprecated = view.text(iri, DEPRECATED) in ("true", "1")
    return ("Deprecated: it is kept so that old data can be read.",) if is_deprecated else ()


def _node(term_: Term) -> IRI | BlankNode:
    return IRI("") if isinstance(term_, Literal) else term_
