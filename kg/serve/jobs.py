"""What the workers of a graph can be asked to do: each job by its name.

A worker can open no file and no module, so whatever a job needs is loaded in `load`, before the
worker is forked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Final, cast

from kg.agents.jobs import graph_jobs
from kg.model.copies import Copy, read_copies
from kg.model.vocabulary import BASE, IRI, PREFIXES
from kg.pages.cells import Cells
from kg.pages.html import html
from kg.pages.results import QueryPage, with_result
from kg.pages.values import Page, path_of
from kg.sandbox.protocol import Frame
from kg.serve import queries
from kg.serve.linked.material import Material, read_asked
from kg.serve.linked.overviews import members
from kg.serve.linked.resolver import PAGES, SPACES, write_dump
from kg.serve.linked.sending import resource, search
from kg.serve.linked.view import View
from kg.serve.packing import LEVEL, pack, pack_if_wanted
from kg.serve.queries import Job, query, read_file
from kg.store.artifact import open_artifact
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore
from kg.store.unknown import unknown_terms

_MOST_IN_MAP: Final = 50_000
"""Addresses in one file of the sitemap protocol."""
_IN_MAP: Final = tuple(PREFIXES[name] for name in ("eg", "st", "bg", "doc", "ref"))
_MAP_START: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


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
    store = LocalStore(read_file(path, sha256))
    return build_jobs(store, Material(View(store, base), copies=_copies(texts)))


def _copies(folder: str) -> tuple[Copy, ...] | None:
    return read_copies(Path(folder)) if folder else None


def build_jobs(store: LocalStore, material: Material) -> Mapping[str, Job]:
    """The jobs on a store, and on the view of it; whatever they read from disk is read now."""
    view = material.view
    html("page.html", "/", page=Page("ready"))
    html("query.html", "/", page=QueryPage())
    _ = view.documents, view.graphs
    material.ready()
    return {
        **queries.build_jobs(store),
        "query_page": partial(pack_if_wanted, partial(query_page, store, view), LEVEL),
        "resource": partial(resource, material),
        "search": partial(search, material),
        "dump": partial(dump, view),
        "sitemap": partial(sitemap, view),
    }


# ── A result on a page ──────────────────────────────────────────────────────────────────────


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
