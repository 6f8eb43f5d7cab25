"""The endpoint for people: a form for a query, and its result as a page.

A program that asks at the same address gets what the protocol says; a page is for who asks for
HTML, as browsers do, and it works without scripts.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from msgspec.structs import replace
from starlette.requests import Request

from kg.model import resources
from kg.model.errors import KGError
from kg.model.rdf import FORMATS, rebase
from kg.model.vocabulary import BASE
from kg.pages import html as page
from kg.pages.results import WRITTEN, QueryPage, parameters_of
from kg.pages.values import Link, Section
from kg.serve.api.catalogue import bind_fields, queries
from kg.serve.http.negotiation import KINDS, ResultForm, names_page, negotiate
from kg.serve.http.responses import PUBLIC, Problem, Reply, digest_of, etag_of, problem_of
from kg.serve.sparql import protocol
from kg.serve.sparql.protocol import Fields
from kg.serve.state import AppState, state_of

_PAGES: Final = ("text/html", "application/xhtml+xml")
_OFFERED: Final = (*(form.media_type for form in FORMATS), "application/json", *_PAGES)
_FIRST: Final = "causes"
"""The query that stands in the form, until another one is chosen."""
_OTHERS: Final = "others"
_OF_CASE: Final = "case"
"""The field that says that a case made the query."""
_GRAPHS: Final = ("default-graph-uri", "named-graph-uri")
_NO_PARAMETERS: Final = frozenset({"example", "run", "query", "format", *_GRAPHS})
"""What an address may say besides the parameters of a query."""
_FORMS: Final = {kind: ResultForm(WRITTEN[kind], page.CONTENT_TYPE) for kind in KINDS}


async def get(request: Request) -> Reply:
    """A page for who asks for one; for others, what the protocol says."""
    address: bytes = request.scope["query_string"]
    accept = request.headers.get("accept")
    named = protocol.fields_of(address).get("format", []) if b"format=" in address else []
    if not _is_for_people(named, accept):
        return await protocol.get(request)
    return await _page(request, protocol.fields_of(address), is_posted=False)


async def post(request: Request) -> Reply:
    """The same for a query in the body; nothing on the page or around it repeats it elsewhere."""
    accept = request.headers.get("accept")
    try:
        fields = await protocol.posted(request)
    except Problem as problem:
        if _is_for_people([], accept):
            return _refuse(request, {}, problem)
        raise
    if _is_for_people(fields.get("format", []), accept):
        return await _page(request, fields, is_posted=True)
    asked = protocol.read(fields, accept)
    # What a case made a query of is kept for nobody.
    asked = replace(asked, is_lasting=asked.is_lasting and _OF_CASE not in fields)
    if "file" in fields:
        identity = digest_of(asked.identity, "file")
        asked = replace(asked, is_file=True, identity=identity, is_lasting=False)
    return await protocol.result(request, asked)


def _is_for_people(named: list[str], accept: str | None) -> bool:
    is_page = names_page(named)
    if is_page is not None:
        return is_page
    if accept is None or "html" not in accept:
        return False
    return negotiate(accept, _OFFERED, _OFFERED[0]) in _PAGES


async def _page(request: Request, fields: Fields, *, is_posted: bool) -> Reply:
    """The form, with the result of its query where there is one, or why it has none."""
    try:
        if "update" not in fields and not any(fields.get("query", [])):
            if "run" not in fields:
                return _form(state_of(request), fields)
            fields = _bound(fields)
        return await _result(request, fields, is_posted=is_posted)
    except Problem as problem:
        return _refuse(request, fields, problem)
    except KGError as error:
        return _refuse(request, fields, problem_of(error))


async def _result(request: Request, fields: Fields, *, is_posted: bool) -> Reply:
    asked = protocol.read({**fields, "format": []}, None)
    shown = QueryPage(
        asked.query,
        parameters_of(asked.dataset),
        is_posted=is_posted,
        is_of_case=_OF_CASE in fields,
    )
    identity = digest_of(asked.identity, page.design())
    is_lasting = asked.is_lasting and not is_posted
    asked = replace(asked, forms=_FORMS, identity=identity, page=shown, is_lasting=is_lasting)
    return await protocol.result(request, asked)


def _bound(fields: Fields) -> Fields:
    """The shipped query that is to be run, with the values that are given for its parameters."""
    name = fields.get("example", [""])[0]
    query = queries().get(name)
    if query is None:
        raise Problem(404, "No such query", "there is no query of that name; /api lists them.")
    given = {each: values for each, values in fields.items() if each not in _NO_PARAMETERS}
    text = rebase(bind_fields(query, given), resources.publishing_base() or BASE)
    return {**{each: fields[each] for each in _GRAPHS if each in fields}, "query": [text]}


def _form(state: AppState, fields: Fields) -> Reply:
    """The form alone, with a shipped query in it: the one that is named, or else the first."""
    query = queries().get(fields.get("example", [_FIRST])[0])
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
        line=_number(problem.more.get("line")),
        column=_number(problem.more.get("column")),
    )
    content = page.html("query.html", state_of(request).reached.root, page=form)
    headers = (*problem.headers, *page.POLICY)
    return Reply(content, page.CONTENT_TYPE, problem.status, headers=headers, vary=("Accept",))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _graphs(fields: Fields) -> tuple[tuple[str, str], ...]:
    """The graphs that are to be asked, so that a query which is mended asks the same."""
    return tuple((name, value) for name in _GRAPHS for value in fields.get(name, []))


@cache
def _examples() -> tuple[Section, ...]:
    """The shipped queries by what they are about, the most usual first."""
    groups: dict[str, list[Link]] = {}
    every = sorted(queries().items(), key=lambda item: item[0] != _FIRST)
    for name, query in every:
        link = Link(query.summary or name, path=f"sparql?example={name}", note=name)
        groups.setdefault(query.tags[0] if query.tags else _OTHERS, []).append(link)
    first = next(iter(groups), "")
    ordered = sorted(groups.items(), key=lambda item: (item[0] != first, -len(item[1]), item[0]))
    return tuple(Section(tag, items=tuple(links)) for tag, links in ordered)
