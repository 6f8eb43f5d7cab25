"""What a worker does for a request that names a resource: find it, describe it, write it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, cast
from xml.sax.saxutils import escape

from kg.model.rdf import Triple, write_graph
from kg.model.vocabulary import (
    BASE,
    IRI,
    PREFIXES,
    RDF_LANG_STRING,
    RDF_TYPE,
    RDFS_COMMENT,
    Literal,
    expand,
)
from kg.sandbox.protocol import Frame
from kg.serve.linked import dumps, overviews
from kg.serve.linked.dataset import in_short, with_own_places
from kg.serve.linked.describing import description, listing
from kg.serve.linked.finding import DATASET, HTML, SPACES, VOID, Found, Kind, ending, find, path_of
from kg.serve.linked.html import html
from kg.serve.linked.jsonld import MEDIA_TYPE as JSON_LD
from kg.serve.linked.jsonld import readable
from kg.serve.linked.overviews import Reached
from kg.serve.linked.packing import packed
from kg.serve.linked.page import Page, Shown
from kg.serve.linked.pages import page_of
from kg.serve.linked.query_page import QueryPage
from kg.serve.linked.view import View

FORMS: Final = {
    HTML: "HTML",
    "text/turtle": "Turtle",
    "application/rdf+xml": "RDF/XML",
    "application/ld+json": "JSON-LD",
    "application/n-triples": "N-Triples",
}
"""The forms that a resource is linked to, by media type."""
_MOST_IN_MAP: Final = 50_000
"""Addresses in one file of the sitemap protocol."""
_IN_MAP: Final = tuple(PREFIXES[name] for name in ("eg", "st", "bg", "doc", "ref"))

Job = Callable[[Frame], Frame]


def over(view: View) -> Mapping[str, Job]:
    """The jobs on a graph; whatever they read from disk is read now."""
    for page in (Page("ready"), QueryPage()):
        html(page, "/")
    _ = view.documents, view.graphs
    return {
        "resource": partial(_resource, view),
        "dump": partial(_dump, view),
        "sitemap": partial(_sitemap, view),
    }


def resource_frame(
    paths: tuple[str, ...], chosen: Mapping[str, str | None], reached: Reached
) -> Frame:
    """The request for the job `resource`.

    `chosen` is the media type that is wanted: `asked` by name, or else of an `ontology`, of
    `others` and of what is `missing` as the Accept header has it.
    """
    return Frame(
        {
            "job": "resource",
            "paths": paths,
            "chosen": chosen,
            "url": reached.url,
            "v": reached.version,
        }
    )


def _resource(view: View, request: Frame) -> Frame:
    head = request.head
    chosen = cast("Mapping[str, str | None]", head["chosen"])
    reached = Reached(str(head["url"]), str(head["v"]))
    paths = tuple(cast("list[str]", head["paths"]))
    found = find(view, paths)
    if found is None:
        return _moved(view, paths) or _missing(view, paths, chosen, reached)
    kind = "ontology" if found.kind is Kind.ONTOLOGY else "others"
    media_type = found.asked or chosen["asked"] or chosen[kind] or "text/turtle"
    said: dict[str, object] = {
        "status": 200,
        "media_type": media_type,
        "iri": view.published(found.iri),
        "is_form": found.asked is not None,
        "may_redirect": found.kind is not Kind.ONTOLOGY and found.kind is not Kind.FRONT,
        "content_path": found.path_in(media_type),
        "forms": {each: found.path_in(each) for each in FORMS},
        "is_lasting": view.documents.get(found.iri, found.iri) != found.iri,
        "replaced_by": [
            path_of(each)
            for each in view.values(found.iri, expand("obo:IAO_0100001"))
            if isinstance(each, IRI) and each.startswith(BASE)
        ],
    }
    if media_type == HTML:
        return packed(said, html(_page(view, found, reached), reached.root))
    return packed(said, _written(view, found, media_type, reached))


def _moved(view: View, paths: tuple[str, ...]) -> Frame | None:
    """Where a path leads that is right but for a slash at its end."""
    found = find(view, tuple(path[:-1] for path in paths if path.endswith("/")))
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
    media_type = chosen["asked"] or ending(paths) or chosen["missing"]
    said = {"status": 404, "media_type": media_type}
    if media_type is None:
        return Frame(said)
    if media_type == HTML:
        return Frame(said, html(Page("Nothing here", lead=_NOTHING), reached.root))
    comment = Triple(DATASET, RDFS_COMMENT, Literal(_NOTHING, RDF_LANG_STRING, "en"))
    return Frame(said, write_graph([comment], media_type, view.base))


_NOTHING: Final = "The graph has no term with this address."


# ── The two sides of a resource ─────────────────────────────────────────────────────────────


def _page(view: View, found: Found, reached: Reached) -> Page:
    if found.kind is Kind.FRONT or (found.iri == VOID and VOID not in view.graphs):
        page = overviews.front_page(view, reached)
    elif found.kind is Kind.ONTOLOGY:
        page = overviews.ontology_page(view, found.iri)
    elif found.kind is Kind.SPACE:
        page = overviews.space_page(view, found.iri)
    elif found.kind is Kind.GRAPH:
        page = overviews.graph_page(view, found.iri)
    else:
        page = page_of(view, found.iri)
    forms = (
        Shown(name, path=found.path_in(media_type), note=media_type)
        for media_type, name in FORMS.items()
        if media_type != HTML
    )
    return replace(page, forms=tuple(forms))


def _written(view: View, found: Found, media_type: str, reached: Reached) -> bytes:
    iri = VOID if found.kind is Kind.FRONT else found.iri
    if iri in view.graphs:
        triples: Iterable[Triple] = _of_graph(view, iri)
    elif iri == VOID:
        triples = in_short(view, reached)
    else:
        triples = _triples(view, found)
    written = write_graph(with_own_places(triples, view, reached), media_type, view.base)
    return readable(written, view.base) if media_type == JSON_LD else written


def _of_graph(view: View, iri: IRI) -> Iterator[Triple]:
    """What a named graph holds, without its name: clients ask a document for its default graph."""
    return (Triple(*each[:3]) for each in view.content(iri))


def _triples(view: View, found: Found) -> tuple[Triple, ...]:
    if found.kind is Kind.ONTOLOGY:
        return tuple(view.module(view.documents[found.iri]))
    if found.iri == PREFIXES["graph"]:
        return tuple(Triple(each, RDF_TYPE, expand("sd:Graph")) for each in view.graphs)
    if found.kind is Kind.SPACE:
        return listing(view, overviews.members(view, found.iri))
    return description(view, found.iri)


# ── All of it ───────────────────────────────────────────────────────────────────────────────


def _dump(view: View, request: Frame) -> Frame:
    content = dumps.written(view, str(request.head["name"]))
    return packed({"sha256": hashlib.sha256(content).hexdigest()}, content)


def _sitemap(view: View, request: Frame) -> Frame:
    """The address of every page that a search engine may want (https://www.sitemaps.org/)."""
    url = str(request.head["url"])
    lines = (f"<url><loc>{escape(f'{url}/{each}')}</loc></url>\n" for each in _addresses(view))
    return packed({}, f"{_MAP_START}{''.join(lines)}</urlset>\n".encode())


_MAP_START: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


def _addresses(view: View) -> tuple[str, ...]:
    """The paths of these pages."""
    paths = ["", *(path_of(each) for each in SPACES), *map(path_of, view.documents)]
    paths += [path_of(each) for each in view.own if each.startswith(_IN_MAP)]
    paths += [path_of(each) for each in overviews.members(view, IRI(f"{BASE}query/"))]
    return tuple(dict.fromkeys(paths[:_MOST_IN_MAP]))
