"""What is sent of a resource: its page, or what is said of it, in the form that is wanted.

The jobs here are done by the workers (`kg.serve.jobs`); what their replies say of headers is read
by the routes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, cast

from kg.model.rdf import Triple, write_graph
from kg.model.rdf.jsonld import JSON_LD, compact_jsonld
from kg.model.vocabulary import (
    BASE,
    DCTERMS,
    IRI,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    ROOT_ONTOLOGY,
    Literal,
    expand,
)
from kg.pages.html import html
from kg.pages.values import Link, Page, path_of
from kg.sandbox.protocol import Frame
from kg.serve.linked import overviews
from kg.serve.linked.frames import DUMPS, FORMS, HTML, Reached
from kg.serve.linked.material import Material
from kg.serve.linked.pages import search as search_pages
from kg.serve.linked.pages.choose import page_of
from kg.serve.linked.pages.document import sources_page
from kg.serve.linked.pages.query import QUERIES, catalogue_page
from kg.serve.linked.pages.rules import rules_page
from kg.serve.linked.pages.tree import tree_page, why_page
from kg.serve.linked.resolver import (
    DATASET,
    VOID,
    Kind,
    Resolved,
    describe_dataset,
    form_of_ending,
    outline_dataset,
    resolve,
    with_own_places,
)
from kg.serve.linked.taxonomy import read_why
from kg.serve.linked.view import View, describe, list_names
from kg.serve.packing import pack

_NOTHING: Final = "The graph has no term with this address."
_HERE: Final = {
    "id": "Terms",
    "statement": "Statements",
    "background": "Statements",
    "document": "Documents",
    "query": "Queries",
    "sources": "Sources",
    "data": "Data",
    "ontology": "Terms",
}
"""What the way to all pages calls the place that a page belongs to."""
_THINGS: Final = frozenset({Kind.TERM, Kind.SPACE, Kind.GRAPH})
"""What may be answered with a redirect to its description."""
_LEADING: Final = {
    Kind.SOURCES: sources_page, Kind.RULES: rules_page, Kind.TREE: tree_page,
}  # fmt: skip
"""The pages that lead to others and are made from more than the graph."""

# ── Resources ───────────────────────────────────────────────────────────────────────────────


def resource(material: Material, request: Frame) -> Frame:
    """Whatever a path names, in the form that is wanted, with what its headers say."""
    view, head = material.view, request.head
    chosen = cast("Mapping[str, str | None]", head["chosen"])
    reached = Reached(str(head["url"]), str(head["version"]))
    paths = tuple(cast("list[str]", head["paths"]))
    found = resolve(view, paths)
    if found is None:
        return _moved(view, paths) or _missing(view, paths, chosen, reached)
    kind = "ontology" if found.kind is Kind.ONTOLOGY else "others"
    media_type = found.asked or chosen["asked"] or chosen[kind] or "text/turtle"
    about: dict[str, object] = {
        "status": 200,
        "media_type": media_type,
        "iri": view.published(found.iri),
        "is_form": found.asked is not None,
        "may_redirect": found.kind in _THINGS,
        "content_path": found.path_in(media_type),
        "forms": {each: found.path_in(each) for each in FORMS},
        "signposts": signposts(view, found, reached),
        "is_lasting": view.documents.get(found.iri, found.iri) != found.iri,
        "replaced_by": [
            path_of(each)
            for each in view.iris(found.iri, expand("obo:IAO_0100001"))
            if each.startswith(BASE)
        ],
    }
    if media_type == HTML:
        page = _build_page(material, found, reached)
        about["is_private"] = page.is_private
        shown = html("page.html", reached.root, page=page, here=_HERE.get(_space(found), ""))
        return pack(about, shown)
    return pack(about, _write_document(view, found, media_type, reached))


def _moved(view: View, paths: tuple[str, ...]) -> Frame | None:
    """Where a path leads that is right but for a slash at its end."""
    found = resolve(view, tuple(path[:-1] for path in paths if path.endswith("/")))
    if found is None:
        return None
    path = found.path_in(found.asked) if found.asked else found.path
    return Frame({"status": 308, "content_path": path})


def _missing(
    view: View, paths: tuple[str, ...], chosen: Mapping[str, str | None], reached: Reached
) -> Frame:
    """That there is nothing, in the form that is asked for; none for who asks for no form of ours.

    Nothing of what was sent is repeated.
    """
    media_type = chosen["asked"] or form_of_ending(paths) or chosen["missing"]
    head = {"status": 404, "media_type": media_type}
    if media_type is None:
        return Frame(head)
    if media_type == HTML:
        return Frame(head, _nothing_here(reached))
    comment = Triple(DATASET, RDFS.comment, Literal(_NOTHING, RDF.langString, "en"))
    return Frame(head, write_graph([comment], media_type, view.base))


def _nothing_here(reached: Reached) -> bytes:
    return html("page.html", reached.root, page=Page("Nothing here", lead=_NOTHING))


def _build_page(material: Material, found: Resolved, reached: Reached) -> Page:
    page = _page(material, found, reached)
    forms = (
        Link(name, path=found.path_in(media_type), note=media_type)
        for media_type, name in FORMS.items()
        if media_type != HTML
    )
    return replace(page, forms=tuple(forms))


def _space(found: Resolved) -> str:
    """The first part of the path of a resource."""
    return found.iri.removeprefix(BASE).partition("/")[0]


def _page(material: Material, found: Resolved, reached: Reached) -> Page:  # noqa: PLR0911 - a kind each
    view = material.view
    if found.iri == VOID and VOID not in view.graphs:
        return overviews.data_page(view, reached)
    match found.kind:
        case Kind.FRONT | Kind.DATA:
            return overviews.data_page(view, reached)
        case Kind.SOURCES | Kind.RULES | Kind.TREE:
            return _LEADING[found.kind](material)
        case Kind.WHY:
            return why_page(material, *read_why(found.iri.removeprefix(BASE)))
        case Kind.ONTOLOGY:
            return overviews.ontology_page(view, found.iri)
        case Kind.SPACE if found.iri == QUERIES:
            return catalogue_page(material)
        case Kind.SPACE:
            return overviews.space_page(view, found.iri)
        case Kind.GRAPH:
            return overviews.graph_page(view, found.iri)
        case Kind.TERM:
            return page_of(material, found.iri)


def _write_document(view: View, found: Resolved, media_type: str, reached: Reached) -> bytes:
    iri = found.described
    if found.kind is Kind.FRONT:
        triples: Iterable[Triple] = outline_dataset(view, reached)
    elif iri in view.graphs:
        triples = _of_graph(view, iri)
    elif iri == VOID:
        triples = describe_dataset(view, reached)
    else:
        triples = _triples_of(view, found)
    written = write_graph(with_own_places(triples, view, reached), media_type, view.base)
    return compact_jsonld(written, view.base) if media_type == JSON_LD else written


def _of_graph(view: View, iri: IRI) -> Iterator[Triple]:
    """What a named graph holds, without its name: clients ask a document for its default graph."""
    return (Triple(*each[:3]) for each in view.content(iri))


def _triples_of(view: View, found: Resolved) -> tuple[Triple, ...]:
    if found.kind is Kind.ONTOLOGY:
        document = view.documents[found.iri]
        # Whoever opens the ontology at a URL gets all of it: imports would be sought elsewhere.
        return view.whole if document == ROOT_ONTOLOGY else tuple(view.module(document))
    if found.iri == PREFIXES["graph"]:
        return tuple(Triple(each, RDF.type, expand("sd:Graph")) for each in view.graphs)
    if found.kind in (Kind.TERM, Kind.WHY):
        return describe(view, found.described)
    return list_names(view, overviews.members(view, found.described))


# ── Search ──────────────────────────────────────────────────────────────────────────────────


def search(material: Material, request: Frame) -> Frame:
    """What was found, as a page or as JSON."""
    head = request.head
    reached = Reached(str(head["url"]), str(head["version"]))
    found = material.index.search(request.body.decode("utf-8", "replace"), str(head["kind"]))
    if head["media_type"] == HTML:
        shown = search_pages.page(found)
        return pack({}, html("page.html", reached.root, page=shown))
    return pack({}, search_pages.data(found, material.view))


# ── Signposts ───────────────────────────────────────────────────────────────────────────────────

_CITED: Final = frozenset({Kind.TERM, Kind.ONTOLOGY})


def signposts(view: View, found: Resolved, reached: Reached) -> list[tuple[str, str]]:
    """Each relation with the address that it leads to."""
    return [*_of_thing(view, found), *_of_all(view, found, reached)]


def _of_thing(view: View, found: Resolved) -> Iterator[tuple[str, str]]:
    if found.kind in _CITED:
        yield "cite-as", view.published(found.iri)
        yield "collection", view.published(DATASET)
    for said in view.in_other_words(found.iri):
        if not isinstance(said.object, IRI):
            continue
        if said.predicate == RDF.type and said.object.startswith(PREFIXES["schema"]):
            yield "type", said.object
        if said.predicate == PROV.wasAttributedTo:
            yield "author", view.published(said.object)


def _of_all(view: View, found: Resolved, reached: Reached) -> Iterator[tuple[str, str]]:
    licence = view.iri(ROOT_ONTOLOGY, DCTERMS.license)
    if licence:
        yield "license", licence
    if found.kind is Kind.FRONT:
        yield "type", expand("schema:Dataset")
        yield from (("item", f"{reached.url}/dumps/{name}") for name in DUMPS)
