"""What the workers of the server can be asked to do: each job by its name.

A worker can open no file and no module, so whatever a job needs is loaded in `load`, before the
worker is forked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, cast

from kg.model.errors import CorruptProductError
from kg.model.vocabulary import BASE, IRI, Literal
from kg.sandbox.protocol import Frame
from kg.serve.linked import answering
from kg.serve.linked.html import html
from kg.serve.linked.packing import packed
from kg.serve.linked.query_page import QueryPage, with_result
from kg.serve.linked.view import View
from kg.store.artifact import open_artifact
from kg.store.base import Dataset, Wanted
from kg.store.local import LocalStore

PROGRAM: Final = "kg.serve.jobs:load"
FILE_PROGRAM: Final = "kg.serve.jobs:load_file"

_EACH_GRAPH: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


def load(root: str, version: str) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on one version of the graph; CorruptProductError where it is not whole."""
    found = open_artifact(Path(root), version)
    store = LocalStore(found.served)
    return over(store, View(store, found.base, found.modules, found.served))


def load_file(path: str, sha256: str, base: str = BASE) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on the graph of an N-Quads file; CorruptProductError where it is another by now."""
    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CorruptProductError(f"{path} has changed while it was being loaded.")
    store = LocalStore(content)
    return over(store, View(store, base))


def over(store: LocalStore, view: View) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on a store, and on the view of it."""
    store.ask("ASK { ?s ?p ?o }")  # whatever is imported or compiled at the first query is now
    sizes = _sizes(store)
    return {
        "graphs": lambda _: Frame({"graphs": sizes}),
        "query": _packing(partial(query, store)),
        "query_page": _packing(partial(query_page, store, view)),
        **answering.over(view),
    }


def _sizes(store: LocalStore) -> dict[str, int]:
    """Each named graph and its size; no deadline of clients holds for the time that it takes.

    A query that counts makes the library throw dice, whose state belongs to a thread. If it were
    this thread, all workers would have the same state, and give the same UUIDs.
    """
    with ThreadPoolExecutor(1) as aside:
        rows = aside.submit(store.select, _EACH_GRAPH).result()
    return {str(name): int(cast("Literal", size).value) for name, size in rows}


def _packing(job: Callable[[Frame], Frame]) -> Callable[[Frame], Frame]:
    """The job, whose reply is packed too where the request says that its client can unpack it."""

    def answered(request: Frame) -> Frame:
        reply = job(request)
        return packed(reply.head, reply.body) if request.head["packs"] else reply

    return answered


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
    return Frame(
        {**request.head, "job": "query_page", "given": page.given, "root": root}, request.body
    )


def query_page(store: LocalStore, view: View, request: Frame) -> Frame:
    """The page with the result of a query."""
    reply = query(store, request)
    given = cast("list[list[str]]", request.head["given"])
    page = QueryPage(request.body.decode(), tuple((name, value) for name, value in given))
    whole = with_result(page, str(reply.head["kind"]), reply.body, view.base)
    return Frame(reply.head, html(whole, str(request.head["root"])))


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
