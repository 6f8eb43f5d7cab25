"""The JSON-LD context of the graph and the frame of a statement, at addresses that stay."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Final

from starlette.requests import Request

from kg.export.context import FRAME, QUERY, context_of, write_frame
from kg.model import resources
from kg.model.rdf import rebase
from kg.model.rdf.context import CONTEXT
from kg.model.rdf.jsonld import JSON_LD
from kg.model.vocabulary import BASE
from kg.serve.http.responses import PUBLIC, Reply, etag_of
from kg.serve.settings import state_of
from kg.serve.sparql import protocol
from kg.store.queries import load

CONTEXT_PATH: Final = f"/{CONTEXT}"
FRAME_PATH: Final = f"/{FRAME}"


async def context(request: Request) -> Reply:
    """The context of the version that is served, for documents that name it."""
    state = state_of(request)
    version, key = state.version, (state.version, CONTEXT)
    kept = state.cache.get(key)
    if kept is not None:
        return kept
    asked = protocol.read({"query": [_query()], "format": ["json"]}, None)
    found = await protocol.result(request, replace(asked, is_lasting=False))
    content = _write(found.body)
    reply = Reply(content, JSON_LD, etag=etag_of(content), cache=PUBLIC)
    if state.version == version:
        state.cache.put(key, reply)
    return reply


async def frame(request: Request) -> Reply:
    """The frame of a statement, which names the context of this server."""
    url = state_of(request).settings.public_url
    content = write_frame(f"{url}{CONTEXT_PATH}")
    return Reply(content, JSON_LD, etag=etag_of(content), cache=PUBLIC)


def _write(result: bytes) -> bytes:
    rows = json.loads(result)["results"]["bindings"]
    found = [(row["property"]["value"], row.get("kind", {"value": ""})["value"]) for row in rows]
    return context_of(found, resources.publishing_base() or BASE)


@cache
def _query() -> str:
    text = load(resources.queries_dir(), QUERY).text
    return rebase(text, resources.publishing_base() or BASE)
