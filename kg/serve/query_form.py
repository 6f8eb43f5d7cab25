"""The endpoint for people: a form for a query, and its result as a page.

A program that asks at the same address gets what the protocol says; a page is for who asks for
HTML, as browsers do, and it works without scripts.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from starlette.requests import Request

from kg.model import resources
from kg.model.errors import KGError
from kg.model.rdf import FORMATS, rebase
from kg.model.vocabulary import BASE
from kg.serve import api, protocol
from kg.serve.formats import KINDS, Sent
from kg.serve.linked import html
from kg.serve.linked.page import Shown
from kg.serve.linked.query_page import WRITTEN, QueryPage, parameters_of
from kg.serve.negotiation import negotiate
from kg.serve.problems import Problem, problem_of
from kg.serve.protocol import Fields
from kg.serve.replies import PUBLIC, Reply, digest_of, etag_of
from kg.serve.site import Site, site_of

_PAGES: Final = ("text/html", "application/xhtml+xml")
_OFFERED: Final = (*(form.media_type for form in FORMATS), "application/json", *_PAGES)
_NAME: Final = "html"
"""What `format=` calls a page."""
_SENT: Final = {kind: Sent(WRITTEN[kind], html.CONTENT_TYPE) for kind in KINDS}


async def get(request: Request) -> Reply:
    """A page for who asks for one; for others, what the protocol says."""
    address: bytes = request.scope["query_string"]
    if not _is_for_people(address, request.headers.get("accept")):
        return await protocol.get(request)
    fields = protocol.fields_of(address)
    try:
        reply = await _answered(request, fields)
    except Problem as problem:
        reply = _refused(request, fields, problem)
    except KGError as error:
        reply = _refused(request, fields, problem_of(error))
    policy = ("Content-Security-Policy", html.POLICY)
    return replace(reply, headers=(*reply.headers, policy), vary=("Accept",))


def _is_for_people(address: bytes, accept: str | None) -> bool:
    named = protocol.fields_of(address).get("format") if b"format=" in address else None
    if named is not None:
        return named == [_NAME]
    if accept is None or "html" not in accept:
        return False
    return negotiate(accept, _OFFERED, _OFFERED[0]) in _PAGES


async def _answered(request: Request, fields: Fields) -> Reply:
    if "update" not in fields and not any(fields.get("query", [])):
        return _form(site_of(request), fields)
    asked = protocol.read({**fields, "format": []}, None)
    page = QueryPage(asked.query, parameters_of(asked.dataset))
    identity = digest_of(asked.identity, html.edition())
    return await protocol.result(request, replace(asked, sent=_SENT, identity=identity, page=page))


def _form(site: Site, fields: Fields) -> Reply:
    """The form alone, with a shipped query in it where one is named."""
    name = fields.get("example", [""])[0]
    query = api.queries().get(name)
    text = "" if query is None else rebase(query.text, resources.publishing_base() or BASE)
    page = QueryPage(text, _graphs(fields), examples=_examples())
    content = html.html(page, site.root)
    return Reply(content, html.CONTENT_TYPE, etag=etag_of(content), cache=PUBLIC)


def _refused(request: Request, fields: Fields, problem: Problem) -> Reply:
    """The form with the query as it was sent, and why it has no result."""
    page = QueryPage(
        fields.get("query", [""])[0],
        _graphs(fields),
        examples=_examples(),
        problem=problem.detail,
    )
    content = html.html(page, site_of(request).root)
    return Reply(content, html.CONTENT_TYPE, problem.status, headers=problem.headers)


def _graphs(fields: Fields) -> tuple[tuple[str, str], ...]:
    """The graphs that are to be asked, so that a query which is mended asks the same."""
    names = ("default-graph-uri", "named-graph-uri")
    return tuple((name, value) for name in names for value in fields.get(name, []))


@cache
def _examples() -> tuple[Shown, ...]:
    return tuple(
        Shown(query.summary or name, path=f"sparql?example={name}", note=name)
        for name, query in api.queries().items()
    )
