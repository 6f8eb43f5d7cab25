"""The routes to every IRI of the graph, to the dumps, and to what crawlers read.

Finding and writing is done by the workers (`kg.serve.linked.sending`); here are the headers. All
addresses are made from the public address of the server, never from a request.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Final, cast
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import Request

from kg.model.rdf import FORMATS
from kg.model.rdf.jsonld import JSON_LD
from kg.pages import html as page
from kg.sandbox.protocol import Frame
from kg.serve.http.accounts import cancel_on_disconnect, check_quota, dispatch
from kg.serve.http.negotiation import content_type, negotiate
from kg.serve.http.responses import (
    NO_STORE,
    PROBLEM,
    PUBLIC,
    Problem,
    Reply,
    digest_of,
    etag_of,
    is_fresh,
)
from kg.serve.linked.dumps import SITEMAP, SUMS
from kg.serve.linked.frames import (
    DUMPS,
    ENDINGS,
    FORMS,
    HTML,
    LONGEST_SEARCH,
    SEARCHED,
    resource_frame,
    search_frame,
)
from kg.serve.packing import unpack
from kg.serve.state import AppState, kept_reply, state_of

_LASTING: Final = "public, max-age=31536000, immutable"
_FOR_AN_HOUR: Final = "public, max-age=3600"
_ALSO: Final = {
    "application/xhtml+xml": HTML,
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    "application/json": "application/ld+json",
    "text/plain": "application/n-triples",
    "text/n3": "text/turtle",
}
"""Media types that clients ask for and mean one of ours by."""
OFFERED: Final = (*FORMS, "application/n-quads", "application/trig", *_ALSO)
_PROBLEMS: Final = (PROBLEM, "application/json", "text/plain")
"""What a client asks for, if anything, that is told of what is not there as of any problem."""
_NAMES: Final = {
    **{form.name: form.media_type for form in FORMATS if "triples" in form.carries},
    **ENDINGS,
    **{media_type: media_type for media_type in ENDINGS.values()},
}
"""What `?format=` takes."""
_DEFAULTS: Final = {"ontology": "application/rdf+xml", "others": "text/turtle"}
"""What a client gets that does not say what it wants; tools for OWL say nothing and read XML."""
_JSON: Final = "application/json"
_SEARCH_FORMS: Final = {"html": HTML, "json": _JSON}
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*\.[A-Za-z0-9]+")
_SECONDS_OF_A_BYTE: Final = 4e-10
"""What it takes to send a byte that is written and packed already."""

Headers = tuple[tuple[str, str], ...]


async def resource(request: Request) -> Reply:
    """Whatever the path names, in the form that is asked for."""
    state = state_of(request)
    chosen = _choose(request)
    paths = _paths(request)
    settings = state.settings
    key = digest_of(
        page.design(),
        paths,
        sorted(chosen.items()),
        settings.redirect,
        settings.public_url,
        settings.texts,
    )

    async def make() -> tuple[str, Reply]:
        frame = resource_frame(paths, chosen, state.reached)
        version, reply = await dispatch(request, state.budget, partial(state.graphs.run, frame))
        return version, _reply(request, reply, version, key)

    etag = etag_of(state.version, key)
    return await kept_reply(request, key, make, etag=etag, vary=("Accept",))


def _choose(request: Request) -> dict[str, str | None]:
    """The media type that a request wants, for each case in which something else is usual."""
    accept = request.headers.get("accept")
    wanted = {
        kind: _meant(negotiate(accept, OFFERED, default) or default)
        for kind, default in _DEFAULTS.items()
    }
    missing = negotiate(accept, (*_PROBLEMS, *OFFERED), default=_PROBLEMS[0])
    return {
        "asked": _named(request.query_params.get("format")),
        "missing": None if missing is None or missing in _PROBLEMS else _meant(missing),
        **wanted,
    }


def _meant(media_type: str) -> str:
    return _ALSO.get(media_type, media_type)


def _named(name: str | None) -> str | None:
    if name is None:
        return None
    if name not in _NAMES:
        known = ", ".join(name for name in _NAMES if "/" not in name)
        raise Problem(400, "Not a format", f"the format is not known; wanted one of: {known}.")
    return _NAMES[name]


def _paths(request: Request) -> tuple[str, ...]:
    """The path as it was sent and as it reads: the graph may name a thing by either."""
    raw: bytes = request.scope.get("raw_path") or b""
    sent = raw.partition(b"?")[0].removeprefix(b"/")
    texts = (part.decode("utf-8", "surrogateescape") for part in (unquote_to_bytes(sent), sent))
    return tuple(dict.fromkeys(texts))


# ── What a worker found ─────────────────────────────────────────────────────────────────────


def _reply(request: Request, reply: Frame, version: str, key: str) -> Reply:
    """What a worker found, with what the headers say of it."""
    state, head = state_of(request), reply.head
    named = (("Graph-Version", version),)
    if head["status"] == 404:  # noqa: PLR2004
        return _missing(reply, named)
    if head["status"] == 308:  # noqa: PLR2004
        form = _named(request.query_params.get("format"))
        asked = f"?format={quote(form, safe='')}" if form else ""
        return _redirect(state, 308, f"{head['content_path']}{asked}", named)
    if state.settings.redirect and head["may_redirect"] and not head["is_form"]:
        return _redirect(state, 303, str(head["content_path"]), named)
    content, packed = unpack(reply)
    media_type = str(head["media_type"])
    headers = (*_links(state, reply), *_policy(media_type), *_modified(state, version), *named)
    is_private = bool(head.get("is_private"))  # it shows what the operator alone has
    lasts = _LASTING if head["is_lasting"] else PUBLIC
    return Reply(
        content,
        content_type(media_type),
        etag=None if is_private else etag_of(version, key),
        cache=NO_STORE if is_private else lasts,
        headers=headers,
        vary=("Accept",),
        packed=packed,
    )


def _missing(reply: Frame, named: Headers) -> Reply:
    if reply.head["media_type"] is None:
        raise Problem(404, "Nothing here", "the graph has no term with this address.")
    form = str(reply.head["media_type"])
    headers = (*_policy(form), *named)
    return Reply(
        reply.body, content_type(form), 404, cache=PUBLIC, headers=headers, vary=("Accept",)
    )


def _redirect(state: AppState, status: int, path: str, named: Headers) -> Reply:
    """A place below the public address, and no other."""
    headers = (("Location", f"{state.settings.public_url}/{path}"), *named)
    return Reply(b"", "", status, cache=PUBLIC, headers=headers, vary=("Accept",))


def _policy(media_type: str) -> Headers:
    return page.POLICY if media_type == HTML else ()


def _modified(state: AppState, version: str) -> Headers:
    """When the graph was built, where that is known of this version."""
    built_at = state.graphs.now.version.built_at
    if state.version != version or not built_at:
        return ()
    built = datetime.fromisoformat(built_at).astimezone(UTC)
    return (("Last-Modified", format_datetime(built, usegmt=True)),)


def _links(state: AppState, reply: Frame) -> Headers:
    """Where the representation itself is, where the others are, and what names the resource."""
    url, head = state.settings.public_url, reply.head
    forms = cast("dict[str, str]", head["forms"])
    links = [
        f'<{url}/{path}>; rel="alternate"; type="{media_type}"'
        for media_type, path in forms.items()
        if media_type != head["media_type"]
    ]
    if head["media_type"] == JSON_LD:
        links = []  # PyLD 3 reads no document beside which there are several
    links += [f'<{_in_header(str(head["iri"]))}>; rel="canonical"', described_by(state)]
    links += [
        f'<{_in_header(iri)}>; rel="{relation}"'
        for relation, iri in cast("list[tuple[str, str]]", head["signposts"])
    ]
    links += [
        f'<{url}/{path}>; rel="successor-version"'
        for path in cast("list[str]", head["replaced_by"])
    ]
    path = str(head["content_path"])
    return (("Content-Location", f"{url}/{path}"), ("Link", ", ".join(links)), *_saved_as(path))


def _in_header(iri: str) -> str:
    """An IRI as a header can hold it (RFC 3987 §3.1)."""
    return quote(iri, safe="/:@!$&'()*+,;=~-._%#?[]")


def _saved_as(path: str) -> Headers:
    """The name of the file in which a document is saved, where it is a plain one."""
    name = path.rpartition("/")[2]
    if not _PLAIN_NAME.fullmatch(name):
        return ()
    return (("Content-Disposition", f'inline; filename="{name}"'),)


def described_by(state: AppState) -> str:
    """The link to the description of the dataset."""
    return f'<{state.settings.public_url}/.well-known/void>; rel="describedby"'


# ── All of it ───────────────────────────────────────────────────────────────────────────────


async def dump(request: Request) -> Reply:
    """A file with all of the graph."""
    name = request.path_params["name"]
    return await (_file(request, name) if name in DUMPS else resource(request))


async def sums(request: Request) -> Reply:
    """The SHA-256 of each dump, as `sha256sum --check` reads it."""
    return await _file(request, SUMS)


async def sitemap(request: Request) -> Reply:
    """The address of every page that a search engine may want (https://www.sitemaps.org/)."""
    return await _file(request, SITEMAP)


async def _file(request: Request, name: str) -> Reply:
    """A file of the version that is served; who takes it pays for its transport alone."""
    state = state_of(request)
    client = check_quota(request, state.budget)
    url = state.settings.public_url
    etag = _etag_of_file(state.version, name, url)
    if is_fresh(request.method, request.headers, etag):
        return Reply(b"", "", etag=etag, cache=PUBLIC)
    found = await cancel_on_disconnect(request, state.dumps.get(state.program, name))
    if request.method != "HEAD":
        state.budget.charge(client, seconds=len(found.content) * _SECONDS_OF_A_BYTE)
    named = (("Graph-Version", found.version), ("Link", described_by(state)))
    return Reply(
        found.content,
        found.content_type,
        etag=_etag_of_file(found.version, name, url),
        cache=PUBLIC,
        headers=(*named, *_modified(state, found.version)),
        packed=found.packed,
        has_parts=True,
    )


def _etag_of_file(version: str, name: str, url: str) -> str:
    """A strong ETag: the same version gives the same bytes."""
    return etag_of(version, name, url).removeprefix("W/")


# ── Search ──────────────────────────────────────────────────────────────────────────────


async def search(request: Request) -> Reply:
    """What was found of the words in the address, as a page or as JSON."""
    state = state_of(request)
    text, kind = (request.query_params.get(name, "") for name in ("q", "kind"))
    if kind not in ("", *SEARCHED):
        raise Problem(
            400, "Not a kind", f"the kind is not known; wanted one of: {', '.join(SEARCHED)}."
        )
    media_type = _searched_form(request)
    text = " ".join(text[:LONGEST_SEARCH].split())
    key = digest_of(page.design(), "search", text, kind, media_type, state.settings.public_url)
    etag = etag_of(state.version, key)
    if is_fresh(request.method, request.headers, etag):
        return Reply(b"", "", etag=etag, cache=PUBLIC, vary=("Accept",))
    frame = search_frame(text, kind, media_type, state.reached)
    version, reply = await dispatch(request, state.budget, partial(state.graphs.run, frame))
    content, packed = unpack(reply)
    headers = (*_policy(media_type), *_modified(state, version), ("Graph-Version", version))
    return Reply(
        content,
        content_type(media_type),
        etag=etag_of(version, key),
        cache=PUBLIC,
        headers=headers,
        vary=("Accept",),
        packed=packed,
    )


def _searched_form(request: Request) -> str:
    """The form that is wanted of what was found: named in the address, or else accepted."""
    named = request.query_params.get("format")
    if named is not None:
        if named not in _SEARCH_FORMS:
            known = ", ".join(_SEARCH_FORMS)
            raise Problem(400, "Not a format", f"the format is not known; wanted one of: {known}.")
        return _SEARCH_FORMS[named]
    accept = request.headers.get("accept")
    found = negotiate(accept, (_JSON, *(HTML, "application/xhtml+xml")), default=_JSON)
    return _JSON if found in (None, _JSON) else HTML
