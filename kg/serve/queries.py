"""Queries as jobs: how they are asked for, and what a worker does that has the graph and no more.

Nothing else has to be loaded before a query can be answered, so a server that starts answers
queries with this alone (`kg.serve.services`), while `kg.serve.jobs` is loaded in another process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final, cast

from kg.model.errors import CorruptProductError
from kg.model.vocabulary import IRI, Literal
from kg.sandbox.protocol import Fixed, Frame
from kg.serve.packing import LEVEL, pack_if_wanted
from kg.store.artifact import open_artifact
from kg.store.base import Dataset, Wanted
from kg.store.local import LocalStore

if TYPE_CHECKING:
    from kg.pages.results import QueryPage

Job = Callable[[Frame], Frame]

_EACH_GRAPH: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


def load(root: str, version: str, **_: str) -> Mapping[str, Job]:
    """The jobs on one version of the graph; CorruptProductError where it is not whole."""
    return build_jobs(LocalStore(open_artifact(Path(root), version).served))


def load_file(path: str, sha256: str, **_: str) -> Mapping[str, Job]:
    """The jobs on the graph of an N-Quads file; CorruptProductError where it is another by now."""
    return build_jobs(LocalStore(read_file(path, sha256)))


def read_file(path: str, sha256: str) -> bytes:
    """An N-Quads file; CorruptProductError where it is another by now."""
    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CorruptProductError(f"{path} has changed while it was being loaded.")
    return content


def build_jobs(store: LocalStore) -> dict[str, Job]:
    """The jobs on a store; whatever is imported or compiled at the first query is now."""
    store.ask("ASK { ?s ?p ?o }")
    sizes = _count_triples(store)
    return {
        "graphs": lambda _: Frame({"graphs": sizes}),
        "query": partial(pack_if_wanted, partial(query, store), LEVEL),
    }


def _count_triples(store: LocalStore) -> dict[str, int]:
    """Each named graph and its size; no deadline of clients holds for the time that it takes.

    A query that counts makes the library throw dice, whose state belongs to a thread. If it were
    this thread, all workers would have the same state, and give the same UUIDs.
    """
    found: dict[str, int] = {}

    def count() -> None:
        rows = store.select(_EACH_GRAPH)
        found.update((str(name), int(cast("Literal", size).value)) for name, size in rows)

    aside = Thread(target=count)
    aside.start()
    aside.join()
    return found


# ── How they are asked for ──────────────────────────────────────────────────────────────────


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


# ── How they are answered ───────────────────────────────────────────────────────────────────


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
