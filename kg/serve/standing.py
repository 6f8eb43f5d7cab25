"""How the server is: whether it lives, whether it answers, and what it has done."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request

from kg.model.errors import KGError
from kg.sandbox.protocol import SandboxError
from kg.sandbox.supervisor import Supervisor
from kg.serve import jobs, metrics
from kg.serve.formats import KINDS
from kg.serve.replies import Reply
from kg.serve.site import Site, site_of
from kg.store.base import Wanted

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
    except (KGError, SandboxError) as error:
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
    said = {
        "cache_hits_total": ("counter", site.cache.hits),
        "cache_misses_total": ("counter", site.cache.misses),
        "graph_swaps_total": ("counter", site.graphs.swaps),
        **_of_pool(site.graphs.supervisor, "", "queries"),
        **_of_pool(site.cases.supervisor, "case_", "cases"),
    }
    return {name: (kind, float(value)) for name, (kind, value) in said.items()}


def _of_pool(supervisor: Supervisor, whose: str, jobs: str) -> dict[str, tuple[str, int]]:
    """The counts of the processes that do one kind of job; there are none before the first case."""
    pool = supervisor.pool
    return {
        f"{whose}zygote_restarts_total": ("counter", supervisor.restarts),
        f"{whose}workers": ("gauge", len(pool.workers) if pool else 0),
        f"{jobs}_running": ("gauge", pool.busy if pool else 0),
        **{f"{jobs}_{name}_total": ("counter", n) for name, n in sorted(supervisor.counts.items())},
    }


def _said(values: Mapping[str, object], status: int) -> Reply:
    return Reply(json.dumps(values).encode() + b"\n", _JSON, status)
