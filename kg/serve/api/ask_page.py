"""The page on which a case is asked: nothing of a case is in an address, a log, or kept.

The page is made where cases are answered. A server of a file of triples has no such page; there
the root stays the overview of the data.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from starlette.requests import Request

from kg.pages import html as page
from kg.pages.values import Page
from kg.sandbox.protocol import Frame
from kg.serve.api import cases
from kg.serve.http.negotiation import negotiate
from kg.serve.http.responses import NO_STORE, PUBLIC, Problem, Reply, digest_of, etag_of
from kg.serve.linked import routes as linked
from kg.serve.linked.routes import Headers
from kg.serve.packing import unpack
from kg.serve.sparql.protocol import FORM, read_media_type
from kg.serve.state import kept_reply, state_of

_PAGES: Final = ("text/html", "application/xhtml+xml")
_JSON: Final = "application/json"
_HEADERS: Final = (*page.POLICY, ("Referrer-Policy", "same-origin"))
"""With no referrer at all a browser would not say either where a form comes from."""


async def root(request: Request) -> Reply:
    """The page for who asks for one; for others, and by `?format=`, the data of the root."""
    is_plain = "format" not in request.query_params
    if is_plain and _wants_page(request) and state_of(request).answers_cases:
        return await empty(request)
    return await linked.resource(request)


async def empty(request: Request) -> Reply:
    """The page before anything is asked; kept as long as the graph is the same."""
    return await _paged(request, _empty)


async def names(request: Request) -> Reply:
    """The names of all terms, for browsers that complete what is typed."""
    return await _kept(request, "names", {}, _JSON)


async def answer(request: Request) -> Reply:
    """The page with the answer to the form in the body, or a file with it."""
    return await _paged(request, _answer)


async def _paged(request: Request, handler: Callable[[Request], Awaitable[Reply]]) -> Reply:
    """What a handler replies; a problem as a page for who wants one."""
    try:
        return await handler(request)
    except Problem as problem:
        if not _wants_page(request):
            raise
        return _told(request, problem)


async def _empty(request: Request) -> Reply:
    state = state_of(request)
    where = (
        ("Content-Location", f"{state.settings.public_url}/ask"),
        ("Link", linked.described_by(state)),
    )
    headers = (*_HEADERS, *where)
    return await _kept(request, "form", {"root": state.reached.root}, page.CONTENT_TYPE, headers)


async def _answer(request: Request) -> Reply:
    cases.check_origin(request)
    if request.scope["query_string"]:
        raise Problem(400, "Not a parameter", "the case is the body; the address takes nothing.")
    read_media_type(request, (FORM,))
    now = datetime.now().astimezone().isoformat()
    state = state_of(request)
    head = {"job": "page", "root": state.reached.root, "now": now}
    reply = await cases.answered(state.cases, request, head, cases.MOST_BYTES_OF_A_FORM)
    headers: Headers = (("Graph-Version", reply.version),)
    name = reply.head.get("name")
    if isinstance(name, str):
        headers += (("Content-Disposition", f'attachment; filename="{name}"'),)
        kind = str(reply.head["media_type"])
        return Reply(reply.body, kind, cache=NO_STORE, headers=headers, packed=reply.packed)
    status = int(str(reply.head["status"]))
    headers += _HEADERS
    return Reply(
        reply.body, page.CONTENT_TYPE, status, cache=NO_STORE, headers=headers,
        packed=reply.packed,
    )  # fmt: skip


async def _kept(
    request: Request, job: str, head: dict[str, object], content_type: str, headers: Headers = ()
) -> Reply:
    """What is the same for everybody, on one version of the graph."""
    state = state_of(request)
    cases.check_answered(state)
    key = digest_of("ask", job, page.design(), state.settings.public_url)
    etag = etag_of(state.version, key)

    async def make() -> tuple[str, Reply]:
        frame = Frame({"job": job, "packs": True, **head})
        version, reply = await cases.run(state.cases, request, frame)
        named = (("Graph-Version", version), *headers)
        body, packed = unpack(reply)
        made = Reply(
            body,
            content_type,
            etag=etag,
            cache=PUBLIC,
            headers=named,
            vary=("Accept",),
            packed=packed,
        )
        return version, made

    return await kept_reply(request, key, make, etag=etag, vary=("Accept",))


def _wants_page(request: Request) -> bool:
    """Whether a page is preferred to any form of the data."""
    accept = request.headers.get("accept")
    if accept is None or "html" not in accept:
        return False
    return negotiate(accept, (*linked.OFFERED, *_PAGES), linked.OFFERED[0]) in _PAGES


def _told(request: Request, problem: Problem) -> Reply:
    """A page that says what went wrong; what was sent is not repeated."""
    shown = Page(problem.title, lead=problem.detail)
    content = page.html("page.html", state_of(request).reached.root, page=shown)
    headers = (*problem.headers, *_HEADERS)
    return Reply(content, page.CONTENT_TYPE, problem.status, headers=headers, vary=("Accept",))
