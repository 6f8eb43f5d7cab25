"""What the workers of a graph can be asked to do: each job by its name, and how it is asked.

A worker can open no file and no module, so whatever a job needs is loaded in `load`, before the
worker is forked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, cast
from xml.sax.saxutils import escape

from kg.agents.jobs import graph_jobs
from kg.model.copies import Copy, read_copies
from kg.model.errors import CorruptProductError
from kg.model.vocabulary import (
    BASE,
    IRI,
    PREFIXES,
    Literal,
)
from kg.pages.cells import Cells
from kg.pages.html import html
from kg.pages.results import QueryPage, with_result
from kg.pages.values import Page, path_of
from kg.sandbox.protocol import Fixed, Frame
from kg.serve.linked.material import Material, read_asked
from kg.serve.linked.overviews import members
from kg.serve.linked.resolver import (
    PAGES,
    SPACES,
    write_dump,
)
from kg.serve.linked.sending import resource, search
from kg.serve.linked.view import View
from kg.serve.packing import LEVEL, pack, pack_if_wanted
from kg.store.artifact import open_artifact
from kg.store.base import Dataset, Wanted
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore
from kg.store.unknown import unknown_terms

PROGRAM: Final = "kg.serve.jobs:load"
FILE_PROGRAM: Final = "kg.serve.jobs:load_file"

_EACH_GRAPH: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
_MOST_IN_MAP: Final = 50_000
"""Addresses in one file of the sitemap protocol."""
_IN_MAP: Final = tuple(PREFIXES[name] for name in ("eg", "st", "bg", "doc", "ref"))
_MAP_START: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


Job = Callable[[Frame], Frame]


def load(root: str, version: str, texts: str = "") -> Mapping[str, Job]:
    """The jobs on one version of the graph; CorruptProductError where it is not whole.

    `texts` is a folder with the operator's own copies of documents.
    """
    found = open_artifact(Path(root), version)
    store = LocalStore(found.served)
    view = View(store, found.base, found.modules, found.served)
    graph = open_graph(found, lambda: store)
    material = Material(view, read_asked(graph), _copies(texts), graph.asserted)
    return {**build_jobs(store, material), **graph_jobs(graph)}


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
    head: Mapping[str, object] = _query_head(
        tuple(wanted.media_types.items()), wanted.most_bytes, wanted.most_rows, wanted.base, packs
    )
    if dataset is not None:
        head = {**head, "dataset": [dataset.default, dataset.named]}
    return Frame(head, text.encode())


@lru_cache(maxsize=256)
def _query_head(
    media_types: tuple[tuple[str, str], ...],
    most_bytes: int | None,
    most_rows: int | None,
    base: str | None,
    packs: bool,  # noqa: FBT001 - a key of the cache
) -> Fixed:
    """What requests say that want their results in the same way; nothing of a query is in it."""
    return Fixed(
        {
            "job": "query",
            "media_types": dict(media_types),
            "most_bytes": most_bytes,
            "most_rows": most_rows,
            "base": base,
            "dataset": None,
            "packs": packs,
        }
    )


@lru_cache(maxsize=64)
def _result_head(kind: str, media_type: str) -> Fixed:
    return Fixed({"kind": kind, "media_type": media_type})


def page_frame(request: Frame, page: QueryPage, root: str) -> Frame:
    """The request for the job `query_page`: a request for the job `query`, and what stands beside.

    `root` is the path that all paths of the server begin with.
    """
    beside = {
        "given": page.given,
        "is_posted": page.is_posted,
        "is_of_case": page.is_of_case,
        "root": root,
    }
    return Frame({**request.head, **beside, "job": "query_page"}, request.body)


def query(store: LocalStore, request: Frame) -> Frame:
    """The result of a query, with its kind and media type."""
    head = request.head
    wanted = _wanted_of(head) if isinstance(head, Fixed) else _read_wanted(head)
    graphs = cast("list[list[str]] | None", head["dataset"])
    dataset = None if graphs is None else Dataset(*(tuple(map(IRI, each)) for each in graphs))
    result = store.write(request.body.decode(), wanted, dataset)
    return Frame(_result_head(result.kind, result.media_type), result.content)


@lru_cache(maxsize=64)
def _wanted_of(head: Fixed) -> Wanted:
    """How a result is wanted by a head that many requests have; it is read once."""
    return _read_wanted(head)


def _read_wanted(head: Mapping[str, object]) -> Wanted:
    return Wanted(
        cast("Mapping[str, str]", head["media_types"]),
        cast("int | None", head["most_bytes"]),
        cast("int | None", head["most_rows"]),
        cast("str | None", head["base"]),
    )


def query_page(store: LocalStore, view: View, request: Frame) -> Frame:
    """The page with the result of a query."""
    reply = query(store, request)
    given = tuple((name, value) for name, value in cast("list[list[str]]", request.head["given"]))
    page = QueryPage(
        request.body.decode(),
        given,
        is_posted=bool(request.head["is_posted"]),
        is_of_case=bool(request.head["is_of_case"]),
    )
    cells = Cells(view.base, view.name)
    whole = with_result(page, str(reply.head["kind"]), reply.body, cells)
    if whole.result is not None and not whole.result.count:
        whole = replace(whole, problem="\n".join(unknown_terms(page.query, store, view.base)))
    return Frame(reply.head, html("query.html", str(request.head["root"]), page=whole))


# ── All of it ───────────────────────────────────────────────────────────────────────────────


def dump(view: View, request: Frame) -> Frame:
    """A dump with its digest; the same graph gives the same bytes."""
    content = write_dump(view, str(request.head["name"]))
    return pack({"sha256": hashlib.sha256(content).hexdigest()}, content)


def sitemap(view: View, request: Frame) -> Frame:
    """The address of every page that a search engine may want (https://www.sitemaps.org/)."""
    url = str(request.head["url"])
    lines = (f"<url><loc>{escape(f'{url}/{each}')}</loc></url>\n" for each in _page_paths(view))
    return pack({}, f"{_MAP_START}{''.join(lines)}</urlset>\n".encode())


def _page_paths(view: View) -> tuple[str, ...]:
    paths = ["", *PAGES, *(path_of(each) for each in SPACES), *map(path_of, view.documents)]
    paths += [path_of(each) for each in view.own if each.startswith(_IN_MAP)]
    paths += [path_of(each) for each in members(view, IRI(f"{BASE}query/"))]
    return tuple(dict.fromkeys(paths[:_MOST_IN_MAP]))
