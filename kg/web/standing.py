"""How the server is: whether it lives, whether it answers, and what it has done."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request

from kg.errors import KGError
from kg.sandbox.replies import UnexpectedError
from kg.stores.base import Wanted
from kg.web import jobs, metrics
from kg.web.formats import KINDS
from kg.web.replies import Reply
from kg.web.site import Site, site_of

_JSON = "application/json"
_QUESTION = jobs.query_frame(
    "ASK { ?s ?p ?o }", Wanted(dict.fromkeys(KINDS, "application/sparql-results+json"))
)


async def live(_: Request) -> Reply:
    """Whether the server itself is there; nothing is asked of the graph."""
    return Reply(b'{"status":"live"}\n', _JSON)


async def health(request: Request) -> Reply:
    """Whether a query is answered: 200 and which graph it is, or 503 and why not."""
    site = site_of(request)
    try:
        version, reply = await site.graphs.run(_QUESTION, client="health")
    except (KGError, UnexpectedError) as error:
        return _said({"status": "down", "detail": str(error)}, 503)
    if json.loads(reply.body).get("boolean") is not True:
        return _said({"status": "down", "detail": "the graph is empty", "version": version}, 503)
    edition = site.graphs.now.edition
    said = {"status": "ok", "version": version, "built": edition.built_at}
    if site.graphs.notice:
        said |= {"status": "degraded", "detail": site.graphs.notice}
    return _said(said, 200)


async def counts(request: Request) -> Reply:
    """What has happened, for Prometheus."""
    site = site_of(request)
    return Reply(site.metrics.text(_now(site)).encode(), metrics.MEDIA_TYPE)


def _now(site: Site) -> dict[str, tuple[str, float]]:
    pool = site.graphs.keeper.pool
    said = {
        "cache_hits_total": ("counter", site.cache.hits),
        "cache_misses_total": ("counter", site.cache.misses),
        "graph_swaps_total": ("counter", site.graphs.swaps),
        "zygote_restarts_total": ("counter", site.graphs.keeper.restarts),
        "workers": ("gauge", len(pool.workers) if pool else 0),
        "queries_running": ("gauge", pool.busy if pool else 0),
    }
    for name, number in sorted(site.graphs.keeper.counts.items()):
        said[f"queries_{name}_total"] = ("counter", number)
    return {name: (kind, float(value)) for name, (kind, value) in said.items()}


def _said(values: Mapping[str, object], status: int) -> Reply:
    return Reply(json.dumps(values).encode() + b"\n", _JSON, status)
