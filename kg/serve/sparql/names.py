"""The names of the graph for programs: what an editor offers, the JSON-LD context, and a frame.

Whoever types a query asks this server for all names once, and no other server for anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from msgspec.structs import replace
from starlette.requests import Request

from kg.export.context import FRAME, QUERY, context_of, write_frame
from kg.model import resources
from kg.model.rdf import rebase
from kg.model.rdf.context import CONTEXT
from kg.model.rdf.jsonld import JSON_LD
from kg.model.vocabulary import BASE, PREFIXES, compact, move
from kg.pages.cells import Cells
from kg.serve.http.responses import PUBLIC, Reply, etag_of
from kg.serve.sparql import protocol
from kg.serve.state import kept_reply, state_of
from kg.store.queries import load

CONTEXT_PATH: Final = f"/{CONTEXT}"
FRAME_PATH: Final = f"/{FRAME}"
_VOCABULARY: Final = "page/vocabulary"
_Bound = Mapping[str, Mapping[str, Any]]
"""A row of a result as SPARQL's JSON has it."""


async def vocabulary(request: Request) -> Reply:
    """Every prefix with its IRI, and every name with its label, its kind and how often it is used.

    A name stands as a query has it, `prefix:name`; one that no prefix fits is left out.
    """
    return await _written(request, _VOCABULARY, write_vocabulary, "application/json")


async def context(request: Request) -> Reply:
    """The JSON-LD context of the version that is served, for documents that name it."""
    return await _written(request, QUERY, _write_context, JSON_LD)


async def frame(request: Request) -> Reply:
    """The frame of a statement, which names the context of this server."""
    url = state_of(request).settings.public_url
    content = write_frame(f"{url}{CONTEXT_PATH}")
    return Reply(content, JSON_LD, etag=etag_of(content), cache=PUBLIC)


async def _written(
    request: Request, name: str, write: Callable[[Iterable[_Bound], str], bytes], media_type: str
) -> Reply:
    """What is made of the result of a shipped query, kept while the same graph is served."""
    base = resources.publishing_base() or BASE

    async def make() -> tuple[str, Reply]:
        asked = protocol.read({"query": [_query(name, base)], "format": ["json"]}, None)
        found = await protocol.result(request, replace(asked, is_lasting=False))
        content = write(json.loads(found.body)["results"]["bindings"], base)
        made = Reply(content, media_type, etag=etag_of(content), cache=PUBLIC)
        return state_of(request).version, made

    return await kept_reply(request, name, make)


@cache
def _query(name: str, base: str) -> str:
    return rebase(load(resources.queries_dir(), name).text, base)


def write_vocabulary(rows: Iterable[_Bound], base: str) -> bytes:
    """The prefixes and the names that rows of the query hold, as JSON."""
    cells = Cells(base)
    names: dict[str, tuple[str, str, str, int]] = {}
    for row in rows:  # classes and properties come before mere terms
        iri = cells.own(row["iri"]["value"])
        name = compact(iri)
        if name != iri and name not in names:
            label = row.get("label", {"value": ""})["value"]
            uses = int(row.get("uses", {"value": "0"})["value"])
            names[name] = (name, label, row["kind"]["value"], uses)
    prefixes = {name: move(iri, base) for name, iri in PREFIXES.items()}
    body = {"prefixes": prefixes, "names": list(names.values())}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _write_context(rows: Iterable[_Bound], base: str) -> bytes:
    found = [(row["property"]["value"], row.get("kind", {"value": ""})["value"]) for row in rows]
    return context_of(found, base)
