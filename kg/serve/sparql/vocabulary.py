"""What an editor of queries offers: the prefixes, and the names that the graph itself has.

Whoever types a query asks this server for all of it once, and no other server for anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from starlette.requests import Request

from kg.model import resources
from kg.model.rdf import rebase
from kg.model.vocabulary import BASE, PREFIXES, compact, move
from kg.pages.cells import Cells
from kg.serve.http.responses import PUBLIC, Reply, digest_of, etag_of, is_fresh
from kg.serve.settings import state_of
from kg.serve.sparql import protocol
from kg.store.queries import load

_QUERY: Final = "page/vocabulary"
_TYPE: Final = "application/json"


async def get(request: Request) -> Reply:
    """Every prefix with its IRI, and every name with its label, its kind and how often it is used.

    A name stands as a query has it, `prefix:name`; one that no prefix fits is left out.
    """
    state = state_of(request)
    key = (state.version, _QUERY)
    etag = etag_of(*key, digest_of(_query()))
    kept = state.cache.get(key)
    if kept is not None:
        return kept
    if is_fresh(request.method, request.headers, etag):
        return Reply(b"", "", etag=etag, cache=PUBLIC)
    version = state.version
    asked = protocol.read({"query": [_query()], "format": ["json"]}, None)
    found = await protocol.result(request, replace(asked, is_lasting=False))
    content = write(json.loads(found.body), resources.publishing_base() or BASE)
    reply = Reply(content, _TYPE, etag=etag, cache=PUBLIC)
    if state.version == version:
        state.cache.put(key, reply)
    return reply


def write(result: Mapping[str, Any], base: str) -> bytes:
    """What is sent, made of the result of the query."""
    cells = Cells(base)
    names: dict[str, tuple[str, str, str, int]] = {}
    for row in result["results"]["bindings"]:  # classes and properties come before mere terms
        iri = cells.own(row["iri"]["value"])
        name = compact(iri)
        if name != iri and name not in names:
            label = row.get("label", {"value": ""})["value"]
            uses = int(row.get("uses", {"value": "0"})["value"])
            names[name] = (name, label, row["kind"]["value"], uses)
    prefixes = {name: move(iri, base) for name, iri in PREFIXES.items()}
    body = {"prefixes": prefixes, "names": list(names.values())}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def _query() -> str:
    text = load(resources.queries_dir(), _QUERY).text
    return rebase(text, resources.publishing_base() or BASE)
