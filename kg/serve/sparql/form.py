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
from kg.pages import html as page
from kg.pages.results import WRITTEN, QueryPage, parameters_of
from kg.pages.values import Link
from kg.serve.api.catalogue import queries
from kg.serve.http.negotiation import KINDS, ResultForm, negotiate
from kg.serve.http.responses import PUBLIC, Problem, Reply, digest_of, etag_of, problem_of
from kg.serve.settings import AppState, state_of
from kg.serve.sparql import protocol
from kg.serve.sparql.protocol import Fields

_PAGES: Final = ("text/html", "application/xhtml+xml")
_OFFERED: Final = (*(form.media_type for form in FORMATS), "application/json", *_PAGES)
_NAME: Final = "html"
"""What `format=` calls a page."""
_FORMS: Final = {kind: ResultForm(WRITTEN[kind], page.CONTENT_TYPE) for kind in KINDS}


async def get(request: Request) -> Reply:
    """A page for who asks for one; for others, what the protocol says."""
    address: bytes = request.scope["query_string"]
    if not _is_for_people(address, request.headers.get("accept")):
        return await protocol.get(request)
    fields = protocol.fields_of(address)
    try:
        return await _answer(request, fields)
    except Problem as problem:
        return _refuse(request, fields, problem)
    except KGError as error:
        return _refuse(request, fields, problem_of(error))


def _is_for_people(address: bytes, accept: str | None) -> bool:
    named = protocol.fields_of(address).get("format") if b"format=" in address else None
    if named is not None:
        return named == [_NAME]
    if accept is None or "html" not in accept:
        return False
    return negotiate(accept, _OFFERED, _OFFERED[0]) in _PAGES


async def _answer(request: Request, fields: Fields) -> Reply:
    if "update" not in fields and not any(fields.get("query", [])):
        return _form(state_of(request), fields)
    asked = protocol.read({**fields, "format": []}, None)
    shown = QueryPage(asked.query, parameters_of(asked.dataset))
    identity = digest_of(asked.identity, page.design())
    asked = replace(asked, forms=_FORMS, identity=identity, page=shown)
    return await protocol.result(request, asked)


def _form(state: AppState, fields: Fields) -> Reply:
    """The form alone, with a shipped query in it where one is named."""
    query = queries().get(fields.get("example", [""])[0])
    text = "" if query is None else rebase(query.text, resources.publishing_base() or BASE)
    form = QueryPage(text, _graphs(fields), examples=_examples())
    content = page.html("query.html", state.reached.root, page=form)
    return Reply(
        content,
        page.CONTENT_TYPE,
        etag=etag_of(content),
        cache=PUBLIC,
        headers=page.POLICY,
        vary=("Accept",),
    )


def _refuse(request: Request, fields: Fields, problem: Problem) -> Reply:
    """The form with the query as it was sent, and why it has no result."""
    form = QueryPage(
        fields.get("query", [""])[0],
        _graphs(fields),
        examples=_examples(),
        problem=problem.detail,
    )
    content = page.html("query.html", state_of(request).reached.root, page=form)
    headers = (*problem.headers, *page.POLICY)
    return Reply(content, page.CONTENT_TYPE, problem.status, headers=headers, vary=("Accept",))


def _graphs(fields: Fields) -> tuple[tuple[str, str], ...]:
    """The graphs that are to be asked, so that a query which is mended asks the same."""
    names = ("default-graph-uri", "named-graph-uri")
    return tuple((name, value) for name in names for value in fields.get(name, []))


@cache
def _examples() -> tuple[Link, ...]:
    return tuple(
        Link(query.summary or name, path=f"sparql?example={name}", note=name)
        for name, query in queries().items()
    )
