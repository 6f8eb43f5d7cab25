"""What the workers of a graph can be asked to do: each job by its name, and how it is asked.

A worker can open no file and no module, so whatever a job needs is loaded in `load`, before the
worker is forked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, cast
from xml.sax.saxutils import escape

from kg.model.copies import Copy, read_copies
from kg.model.errors import CorruptProductError
from kg.model.rdf import Triple, read_nquads, write_dataset, write_graph
from kg.model.rdf.jsonld import JSON_LD, compact_jsonld
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
from kg.pages.cells import Cells
from kg.pages.html import html
from kg.pages.results import QueryPage, with_result
from kg.pages.values import Link, Page, path_of
from kg.sandbox.protocol import Frame
from kg.serve.linked import overviews
from kg.serve.linked.asked import read_asked
from kg.serve.linked.material import Material
from kg.serve.linked.pages import search as search_pages
from kg.serve.linked.pages.choose import page_of
from kg.serve.linked.pages.document import sources_page
from kg.serve.linked.pages.query import QUERIES, catalogue_page
from kg.serve.linked.pages.rules import rules_page
from kg.serve.linked.resolver import (
    DATASET,
    DUMPS,
    HTML,
    PAGES,
    SPACES,
    VOID,
    Kind,
    Reached,
    Resolved,
    describe_dataset,
    form_of_ending,
    resolve,
    with_own_places,
)
from kg.serve.linked.view import View, describe, list_names
from kg.serve.packing import LEVEL, pack, pack_if_wanted
from kg.store.artifact import open_artifact
from kg.store.base import Dataset, Wanted
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore

PROGRAM: Final = "kg.serve.jobs:load"
FILE_PROGRAM: Final = "kg.serve.jobs:load_file"
FORMS: Final = {
    HTML: "HTML",
    "text/turtle": "Turtle",
    "application/rdf+xml": "RDF/XML",
    JSON_LD: "JSON-LD",
    "application/n-triples": "N-Triples",
}
"""The forms that a resource is linked to, by media type."""
_EACH_GRAPH: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
_NOTHING: Final = "The graph has no term with this address."
_MOST_IN_MAP: Final = 50_000
"""Addresses in one file of the sitemap protocol."""
_IN_MAP: Final = tuple(PREFIXES[name] for name in ("eg", "st", "bg", "doc", "ref"))
_MAP_START: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)

_HERE: Final = {
    "id": "Terms",
    "statement": "Statements",
    "background": "Statements",
    "document": "Documents",
    "query": "Queries",
    "sources": "Sources",
    "data": "Data",
}
"""What the way to all pages calls the place that a page belongs to."""
_THINGS: Final = frozenset({Kind.TERM, Kind.SPACE, Kind.GRAPH})
"""What may be answered with a redirect to its description."""

Job = Callable[[Frame], Frame]


def load(root: str, version: str, texts: str = "") -> Mapping[str, Job]:
    """The jobs on one version of the graph; CorruptProductError where it is not whole.

    `texts` is a folder with the operator's own copies of documents.
    """
    found = open_artifact(Path(root), version)
    store = LocalStore(found.served)
    view = View(store, found.base, found.modules, found.served)
    return build_jobs(store, Material(view, read_asked(open_graph(found)), _copies(texts)))


def load_file(path: str, sha256: str, base: str = BASE, texts: str = "") -> Mapping[str, Job]:
    """The jobs on the graph of an N-Quads file; CorruptProductError where it is another by now."""
    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CorruptProductError(f"{path} has changed while it was being loaded.")
    store = LocalStore(content)
    return build_jobs(store, Material(View(store, base), copies=_copies(texts)))


def _copies(folder: str) -> tuple[Copy, ...] | None:
    return read_copies(Path(folder)) if folder else None


def build_jobs(store: LocalStore, material: Material) -> Mapping[str, Job]:
    """The jobs on a store, and on the view of it; whatever they read from disk is read now."""
    view = material.view
    store.ask("ASK { ?s ?p ?o }")  # whatever is imported or compiled at the first query is now
    html("page.html", "/", page=Page("ready"))
    html("query.html", "/", page=QueryPage())
    _ = view.documents, view.graphs
    material.ready()
    sizes = _count_triples(store)
    return {
        "graphs": lambda _: Frame({"graphs": sizes}),
        "query": partial(pack_if_wanted, partial(query, store), LEVEL),
        "query_page": partial(pack_if_wanted, partial(query_page, store, view), LEVEL),
        "resource": partial(resource, material),
        "search": partial(search, material),
        "dump": partial(dump, view),
        "sitemap": partial(sitemap, view),
    }


def _count_triples(store: LocalStore) -> dict[str, int]:
    """Each named graph and its size; no deadline of clients holds for the time that it takes.

    A query that counts makes the library throw dice, whose state belongs to a thread. If it were
    this thread, all workers would have the same state, and give the same UUIDs.
    """
    with ThreadPoolExecutor(1) as aside:
        rows = aside.submit(store.select, _EACH_GRAPH).result()
    return {str(name): int(cast("Literal", size).value) for name, size in rows}


# ── Queries ─────────────────────────────────────────────────────────────────────────────────


def query_frame(
    text: str, wanted: Wanted, dataset: Dataset | None = None, *, packs: bool = False
) -> Frame:
    """The request for the job `query`."""
    return Frame(
        {
            "job": "query",
            "media_types": dict(wanted.media_types),
            "most_bytes": wanted.most_bytes,
            "most_rows": wanted.most_rows,
            "base": wanted.base,
            "dataset": None if dataset is None else [dataset.default, dataset.named],
            "packs": packs,
        },
        text.encode(),
    )


def page_frame(request: Frame, page: QueryPage, root: str) -> Frame:
    """The request for the job `query_page`: a request for the job `query`, and what stands beside.

    `root` is the path that all paths of the server begin with.
    """
    beside = {"given": page.given, "is_posted": page.is_posted, "root": root}
    return Frame({**request.head, **beside, "job": "query_page"}, request.body)


def query(store: LocalStore, request: Frame) -> Frame:
    """The result of a query, with its kind and media type."""
    head = request.head
    wanted = Wanted(
        cast("Mapping[str, str]", head["media_types"]),
        cast("int | None", head["most_bytes"]),
        cast("int | None", head["most_rows"]),
        cast("str | None", head["base"]),
    )
    graphs = cast("list[list[str]] | None", head["dataset"])
    dataset = None if graphs is None else Dataset(*(tuple(map(IRI, each)) for each in graphs))
    result = store.write(request.body.decode(), wanted, dataset)
    return Frame({"kind": result.kind, "media_type": result.media_type}, result.content)


def query_page(store: LocalStore, view: View, request: Frame) -> Frame:
    """The page with the result of a query."""
    reply = query(store, request)
    given = tuple((name, value) for name, value in cast("list[list[str]]", request.head["given"]))
    is_posted = bool(request.head["is_posted"])
    page = QueryPage(request.body.decode(), given, is_posted=is_posted)
    cells = Cells(view.base, view.name)
    whole = with_result(page, str(reply.head["kind"]), reply.body, cells)
    return Frame(reply.head, html("query.html", str(request.head["root"]), page=whole))


# ── Resources ───────────────────────────────────────────────────────────────────────────────


def resource_frame(
    paths: tuple[str, ...], chosen: Mapping[str, str | None], reached: Reached
) -> Frame:
    """The request for the job `resource`.

    `chosen` is the media type that is wanted: `asked` by name, or else of an `ontology`, of
    `others` and of what is `missing` as the Accept header has it.
    """
    head = {"paths": paths, "chosen": chosen, "url": reached.url, "version": reached.version}
    return Frame({"job": "resource", **head})


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
        "is_lasting": view.documents.get(found.iri, found.iri) != found.iri,
        "replaced_by": [
            path_of(each)
            for each in view.values(found.iri, expand("obo:IAO_0100001"))
            if isinstance(each, IRI) and each.startswith(BASE)
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
    comment = Triple(DATASET, RDFS_COMMENT, Literal(_NOTHING, RDF_LANG_STRING, "en"))
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
        case Kind.SOURCES:
            return sources_page(material)
        case Kind.RULES:
            return rules_page(material)
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
    if iri in view.graphs:
        triples: Iterable[Triple] = _of_graph(view, iri)
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
        return tuple(view.module(view.documents[found.iri]))
    if found.iri == PREFIXES["graph"]:
        return tuple(Triple(each, RDF_TYPE, expand("sd:Graph")) for each in view.graphs)
    if found.kind is Kind.TERM:
        return describe(view, found.iri)
    return list_names(view, overviews.members(view, found.described))


# ── Search ──────────────────────────────────────────────────────────────────────────────────


def search_frame(text: str, kind: str, media_type: str, reached: Reached) -> Frame:
    """The request for the job `search`."""
    head = {"kind": kind, "media_type": media_type, "url": reached.url}
    return Frame({"job": "search", **head, "version": reached.version}, text.encode())


def search(material: Material, request: Frame) -> Frame:
    """What was found, as a page or as JSON."""
    head = request.head
    reached = Reached(str(head["url"]), str(head["version"]))
    found = material.index.search(request.body.decode("utf-8", "replace"), str(head["kind"]))
    if head["media_type"] == HTML:
        shown = search_pages.page(found)
        return pack({}, html("page.html", reached.root, page=shown))
    return pack({}, search_pages.data(found, material.view))


# ── All of it ───────────────────────────────────────────────────────────────────────────────


def dump(view: View, request: Frame) -> Frame:
    """A dump with its digest; the same graph gives the same bytes.

    The ontology is its files as one, under the header of the root; the others hold all graphs.
    """
    name = str(request.head["name"])
    if name.endswith(".owl"):
        content = write_graph(view.merged(), DUMPS[name], view.base)
    else:
        content = view.everything()
    if name.endswith(".trig"):
        content = write_dataset(read_nquads(content), DUMPS[name], view.base)
    return pack({"sha256": hashlib.sha256(content).hexdigest()}, content)


def sitemap(view: View, request: Frame) -> Frame:
    """The address of every page that a search engine may want (https://www.sitemaps.org/)."""
    url = str(request.head["url"])
    lines = (f"<url><loc>{escape(f'{url}/{each}')}</loc></url>\n" for each in _page_paths(view))
    return pack({}, f"{_MAP_START}{''.join(lines)}</urlset>\n".encode())


def _page_paths(view: View) -> tuple[str, ...]:
    paths = ["", *PAGES, *(path_of(each) for each in SPACES), *map(path_of, view.documents)]
    paths += [path_of(each) for each in view.own if each.startswith(_IN_MAP)]
    paths += [path_of(each) for each in overviews.members(view, IRI(f"{BASE}query/"))]
    return tuple(dict.fromkeys(paths[:_MOST_IN_MAP]))
