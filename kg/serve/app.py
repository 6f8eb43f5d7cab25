"""The routes as a table, the application made of them, and how it is.

A route is a path, a function for each method, and whether pages of other sites may read it. To
add one, write a function that takes a request and gives a Reply (`kg.serve.http.responses`) and
name it here; HEAD, OPTIONS, CORS, conditions, compression, problems, counts and the log come with
it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.model.errors import KGError, SandboxError
from kg.pages.html import static
from kg.sandbox import protocol as sandbox
from kg.sandbox.supervisor import Supervisor
from kg.serve import files, hooks
from kg.serve.agents import PATH as AGENTS
from kg.serve.agents import AgentService
from kg.serve.api import ask_page, cases, catalogue, many, openapi
from kg.serve.http.middleware import Middleware, own_hosts
from kg.serve.http.negotiation import KINDS
from kg.serve.http.responses import PUBLIC, Problem, Reply, handle_problem
from kg.serve.linked import routes as linked
from kg.serve.linked.frames import DUMPS
from kg.serve.queries import query_frame
from kg.serve.sparql import form, names
from kg.serve.state import AppState, state_of
from kg.store.base import Wanted

Handler = Callable[[Request], Awaitable[ASGIApp]]
"""It takes a request and gives what answers it, or raises a Problem or a KGError."""


@dataclass(frozen=True, slots=True)
class Path:
    """One line of the table."""

    template: str
    handlers: Mapping[str, Handler]
    public: bool = True


def routes() -> tuple[Path, ...]:
    """The table; whatever it does not name may be a term of the graph."""
    return (
        Path("/", {"GET": ask_page.root}),
        Path("/ask", {"GET": ask_page.empty, "POST": ask_page.answer}, public=False),
        Path("/names.json", {"GET": ask_page.names}),
        Path("/sparql", {"GET": form.get, "POST": form.post, "QUERY": form.post}),
        Path("/vocabulary.json", {"GET": names.vocabulary}),
        Path(names.CONTEXT_PATH, {"GET": names.context}),
        Path(names.FRAME_PATH, {"GET": names.frame}),
        Path("/api", {"GET": catalogue.list_queries}),
        Path("/api/openapi.json", {"GET": openapi.document}),
        Path("/api/case", {"POST": cases.ask}, public=False),
        Path("/api/case/why", {"POST": cases.why}, public=False),
        Path("/api/cases", {"POST": many.ask}, public=False),
        Path("/api/check", {"POST": cases.check}, public=False),
        Path("/api/{name}", {"GET": catalogue.run_query}),
        Path(hooks.PATH, {"GET": hooks.discover}),
        Path(f"{hooks.PATH}/{{name}}", {"POST": hooks.call}, public=False),
        Path(f"{hooks.PATH}/{{name}}/feedback", {"POST": hooks.feedback}, public=False),
        Path("/live", {"GET": live}, public=False),
        Path("/health", {"GET": health}, public=False),
        Path("/metrics", {"GET": metrics}, public=False),
        Path("/dumps/SHA256SUMS", {"GET": linked.sums}),
        Path("/dumps/{name}", {"GET": linked.dump}),
        Path("/robots.txt", {"GET": files.robots}),
        Path(files.LLMS, {"GET": files.llms}),
        Path("/sitemap.xml", {"GET": linked.sitemap}),
        Path("/search", {"GET": linked.search}),
        Path("/static/{name}", {"GET": files.static}),
        Path("/docs", {"GET": files.document}),
        Path("/docs/{name:path}", {"GET": files.document}),
    )


_ANY: Final = Path("/{path:path}", {"GET": linked.resource})


_ALLOWED: Final = (
    "Accept, Authorization, Content-Type, If-None-Match, If-Range, Range, X-Requested-With, *"
)
"""Headers that a page of another site may send: any, for none gives a right to anything.

`*` does not stand for Authorization, nor for any header in older browsers.
"""


class Endpoint:
    """A path as an ASGI application: its handlers, and what all of them share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handlers = dict(path.handlers)
        if "GET" in path.handlers:
            self._handlers["HEAD"] = path.handlers["GET"]
        self._allow = ", ".join([*self._handlers, "OPTIONS"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["kg.route"] = self._path.template
        scope["kg.public"] = self._path.public
        request = Request(scope, receive)
        origin = request.headers.get("origin")
        if not self._path.public and origin in state_of(request).settings.origins:
            scope["kg.origin"] = origin
        handler = self._handlers.get(request.method)
        reply: ASGIApp
        if handler is not None:
            reply = await handler(request)
        elif request.method == "OPTIONS":
            reply = self._options(request)
        else:
            raise Problem(
                405,
                "Not a method of this address",
                f"{request.method} is not offered here; wanted: {self._allow}.",
                headers=(("Allow", self._allow),),
            )
        await reply(scope, receive, send)

    def _options(self, request: Request) -> Reply:
        headers = [("Allow", self._allow)]
        may_ask = self._path.public or "kg.origin" in request.scope
        if may_ask and "access-control-request-method" in request.headers:
            headers += [
                ("Access-Control-Allow-Methods", self._allow),
                ("Access-Control-Allow-Headers", _ALLOWED),
                ("Access-Control-Max-Age", "86400"),
            ]
        return Reply(b"", "", 204, headers=tuple(headers))


def create_app(state: AppState) -> Middleware:
    """The server as an ASGI application; its workers start and end with it."""

    @asynccontextmanager
    async def running(_: Router) -> AsyncIterator[None]:
        await _start(state)
        state.started()
        state.prepare_cases()
        state.graphs.go_on()
        try:
            yield
        finally:
            await agents.close()
            await state.dumps.close()
            await state.tools.close()
            await state.cases.close()
            await state.graphs.close()

    agents = AgentService()
    paths = [*routes(), *_slashed(), Path(AGENTS, {"POST": agents.post}, public=False)]
    router = Router(
        [Route(path.template, Endpoint(path)) for path in paths],
        redirect_slashes=False,
        default=Endpoint(_ANY),
        lifespan=running,
    )
    app = ExceptionMiddleware(router, {Problem: handle_problem, KGError: handle_problem})
    settings = state.settings
    return Middleware(
        app,
        state,
        state.metrics,
        own_hosts(settings.public_url, settings.hosts),
        access_log=settings.access_log,
    )


async def _start(state: AppState) -> None:
    """Serve the graph; why that cannot be is kept for whoever runs the server."""
    try:
        await state.graphs.start()
    except KGError as error:
        state.failure = error
        raise
    except sandbox.SandboxError as error:
        state.failure = SandboxError(str(error))
        raise
    except OSError as error:  # TimeoutError is one
        why = str(error) or "it took too long"
        state.failure = SandboxError(f"the server could not be started: {why}.")
        raise


def _slashed() -> Iterator[Path]:
    """The same addresses with a slash at the end, which lead to those without it.

    Where a case is sent there is none: nothing of a case is sent on.
    """
    for path in routes():
        if path.public and path.template != "/":
            yield Path(f"{path.template}/", dict.fromkeys(path.handlers, _without_slash))


async def _without_slash(request: Request) -> Reply:
    """Lead to the same address without the slash, below the public address and no other."""
    state = state_of(request)
    if request.path_params and request.path_params["name"] not in _names(request.scope["kg.route"]):
        return await linked.resource(request)
    path = quote(request.scope["path"][:-1])
    asked = quote(request.scope["query_string"], safe="%=&+/:?@!$'()*,;~")
    location = f"{state.settings.public_url}{path}{f'?{asked}' if asked else ''}"
    return Reply(b"", "", 308, cache=PUBLIC, headers=(("Location", location),))


def _names(template: str) -> Container[str]:
    """What the name in an address can be."""
    if template.startswith("/static/"):
        return static()
    return catalogue.queries() if template.startswith("/api/") else DUMPS


# ── How it is ───────────────────────────────────────────────────────────────────────────────

_JSON: Final = "application/json"
_METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"
_QUESTION: Final = query_frame(
    "ASK { ?s ?p ?o }", Wanted(dict.fromkeys(KINDS, "application/sparql-results+json"))
)


async def live(_: Request) -> Reply:
    """Whether the server itself is there; nothing is asked of the graph."""
    return Reply(b'{"status":"live"}\n', _JSON)


async def health(request: Request) -> Reply:
    """Whether a query is answered: 200 and which graph it is, or 503 and why not."""
    state = state_of(request)
    try:
        version, reply = await state.graphs.run(_QUESTION, client="health")
    except (KGError, sandbox.SandboxError) as error:
        return _report({"status": "down", "detail": str(error)}, 503)
    if json.loads(reply.body).get("boolean") is not True:
        return _report({"status": "down", "detail": "the graph is empty", "version": version}, 503)
    built = state.graphs.now.version.built_at
    report = {"status": "ok", "version": version, "built": built}
    if state.graphs.notice:
        report |= {"status": "degraded", "detail": state.graphs.notice}
    return _report(report, 200)


def _report(values: Mapping[str, object], status: int) -> Reply:
    return Reply(json.dumps(values).encode() + b"\n", _JSON, status)


async def metrics(request: Request) -> Reply:
    """What has happened, for Prometheus."""
    state = state_of(request)
    now: dict[str, tuple[str, float]] = {
        "cache_hits_total": ("counter", state.cache.hits),
        "cache_misses_total": ("counter", state.cache.misses),
        "graph_swaps_total": ("counter", state.graphs.swaps),
        **_count_jobs(state.graphs.supervisor, "", "queries"),
        **_count_jobs(state.cases.supervisor, "case_", "cases"),
        **_count_jobs(state.tools.supervisor, "tool_", "tools"),
    }
    return Reply(state.metrics.text(now).encode(), _METRICS)


def _count_jobs(supervisor: Supervisor, whose: str, jobs: str) -> dict[str, tuple[str, float]]:
    """The counts of the processes that do one kind of job; there are none of a file of triples."""
    pool = supervisor.pool
    counts = sorted(supervisor.counts.items())
    return {
        f"{whose}zygote_restarts_total": ("counter", supervisor.restarts),
        f"{whose}workers": ("gauge", len(pool.workers) if pool else 0),
        f"{jobs}_running": ("gauge", pool.busy if pool else 0),
        **{f"{jobs}_{name}_total": ("counter", number) for name, number in counts},
    }
