"""The routes as a table, and the application made of them.

A route is a path, a function for each method, and whether pages of other sites may read it. To
add one, write a function that takes a request and gives a Reply (`kg.serve.replies`) and name it
here; HEAD, OPTIONS, CORS, conditions, compression, problems, counts and the log come with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Container, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from kg.model.errors import KGError, SandboxError
from kg.sandbox import protocol as sandbox
from kg.serve import api, cases, linked_data, openapi, protocol, query_form, standing
from kg.serve.front import Front
from kg.serve.linked.dumps import MEDIA_TYPES as DUMPS
from kg.serve.replies import PUBLIC, Answer, Endpoint, Reply
from kg.serve.site import Site, site_of


@dataclass(frozen=True, slots=True)
class Path:
    """One line of the table."""

    template: str
    answers: Mapping[str, Answer]
    public: bool = True


ROUTES: Final = (
    Path("/sparql", {"GET": query_form.get, "POST": protocol.post}),
    Path("/api", {"GET": api.listed}),
    Path("/api/openapi.json", {"GET": openapi.document}),
    Path("/api/case", {"POST": cases.ask}, public=False),
    Path("/api/case/why", {"POST": cases.why}, public=False),
    Path("/api/{name}", {"GET": api.answered}),
    Path("/live", {"GET": standing.live}, public=False),
    Path("/health", {"GET": standing.health}, public=False),
    Path("/metrics", {"GET": standing.counts}, public=False),
    Path("/dumps/SHA256SUMS", {"GET": linked_data.sums}),
    Path("/dumps/{name}", {"GET": linked_data.dump}),
    Path("/robots.txt", {"GET": linked_data.robots}),
    Path("/sitemap.xml", {"GET": linked_data.sitemap}),
    Path("/style.css", {"GET": linked_data.style}),
)


def create_app(site: Site) -> ASGIApp:
    """The server as an ASGI application; its workers start and end with it."""

    @asynccontextmanager
    async def running(_: Router) -> AsyncIterator[None]:
        try:
            await site.graphs.start()
        except KGError as error:
            site.failure = error
            raise
        except sandbox.SandboxError as error:
            site.failure = SandboxError(str(error))
            raise
        except OSError as error:  # TimeoutError is one
            why = str(error) or "it took too long"
            site.failure = SandboxError(f"the server could not be started: {why}.")
            raise
        site.started()
        try:
            yield
        finally:
            await site.files.close()
            await site.cases.close()
            await site.graphs.close()

    routes = [
        Route(path.template, Endpoint(path.template, path.answers, public=path.public))
        for path in (*ROUTES, *_slashed(), _RESOURCES)
    ]
    # The routes answer their own errors, so nothing of starlette's has to stand around them.
    return Front(Router(routes, redirect_slashes=False, lifespan=running), site)


def _slashed() -> Iterator[Path]:
    """The same addresses with a slash at the end, which lead to those without it.

    Where a case is sent there is none: nothing of a case is sent on.
    """
    for path in ROUTES:
        if path.public:
            yield Path(f"{path.template}/", dict.fromkeys(path.answers, _without_slash))


async def _without_slash(request: Request) -> Reply:
    """Lead to the same address without the slash, below the public address and no other."""
    site = site_of(request)
    if request.path_params and request.path_params["name"] not in _names(request.scope["kg.route"]):
        return await linked_data.resource(request)
    path = quote(request.scope["path"][:-1])
    asked = quote(request.scope["query_string"], safe="%=&+/:?@!$'()*,;~")
    location = f"{site.settings.public_url}{path}{f'?{asked}' if asked else ''}"
    return Reply(b"", "", 308, cache=PUBLIC, headers=(("Location", location),))


def _names(template: str) -> Container[str]:
    """What the name in an address can be."""
    return api.queries() if template.startswith("/api/") else DUMPS


_RESOURCES: Final = Path("/{path:path}", {"GET": linked_data.resource})
"""The last of all: whatever no other route is named for may be a term of the graph."""
