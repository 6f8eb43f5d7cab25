"""The routes to every IRI of the graph, to the dumps, and to what crawlers read.

Finding and writing is done by the workers (`kg.serve.linked.answering`); here are the headers. All
addresses are made from the public address of the server, never from a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Final, cast
from urllib.parse import quote, unquote_to_bytes

from starlette.requests import Request

from kg.model.rdf import FORMATS
from kg.sandbox.protocol import Frame
from kg.serve.cache import Kept
from kg.serve.files import SITEMAP, SUMS
from kg.serve.linked import html
from kg.serve.linked.answering import FORMS, resource_frame
from kg.serve.linked.dumps import MEDIA_TYPES as DUMPS
from kg.serve.linked.finding import ENDINGS, HTML
from kg.serve.linked.overviews import Reached
from kg.serve.linked.packing import unpacked
from kg.serve.negotiation import negotiate
from kg.serve.problems import MEDIA_TYPE as PROBLEM
from kg.serve.problems import Problem
from kg.serve.replies import PUBLIC, Reply, digest_of, etag_of, is_fresh
from kg.serve.site import Site, site_of
from kg.serve.working import admitted, unless_gone, worked

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
_OFFERED: Final = (
    *FORMS, "application/n-quads", "application/trig", *_ALSO,
)  # fmt: skip
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
_SECONDS_OF_A_BYTE: Final = 4e-10
"""What it takes to send a byte that is written and packed already."""


@dataclass(frozen=True, slots=True)
class KeptPage(Kept):
    """A reply with what its headers say."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cache: str


async def resource(request: Request) -> Reply:
    """Whatever the path names, in the form that is asked for."""
    site = site_of(request)
    chosen = _chosen(request)
    paths = _paths(request)
    settings = site.settings
    key = digest_of(
        html.edition(), paths, sorted(chosen.items()), settings.redirect, settings.public_url
    )
    version = site.graphs.now.version
    kept = site.cache.get((version, key))
    etag = etag_of(version, key)
    if kept is None:
        if is_fresh(request, etag):
            return Reply(b"", "", etag=etag, cache=PUBLIC, vary=("Accept",))
        kept = await _found(request, site, resource_frame(paths, chosen, _reached(site)))
        # What is not there is not kept: there is no end to it.
        if kept.version == version and kept.status < 400:  # noqa: PLR2004
            site.cache.put((version, key), kept)
    return _reply(cast("KeptPage", kept), key)


def _reply(kept: KeptPage, key: str) -> Reply:
    return Reply(
        kept.content,
        kept.content_type,
        status=kept.status,
        etag=etag_of(kept.version, key) if kept.status == 200 else None,  # noqa: PLR2004
        cache=kept.cache,
        headers=(*kept.headers, ("Graph-Version", kept.version)),
        vary=("Accept",),
        packed=kept.packed,
    )


def _chosen(request: Request) -> dict[str, str | None]:
    """The media type that a request wants, for each case in which something else is usual."""
    accept = request.headers.get("accept")
    wanted = {
        kind: _meant(negotiate(accept, _OFFERED, default) or default)
        for kind, default in _DEFAULTS.items()
    }
    missing = negotiate(accept, (*_PROBLEMS, *_OFFERED), default=_PROBLEMS[0])
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


async def _found(request: Request, site: Site, frame: Frame) -> KeptPage:
    version, reply = await worked(request, partial(site.graphs.run, frame))
    head = reply.head
    if head["status"] == 404:  # noqa: PLR2004
        return _missing(reply, version)
    if head["status"] == 308:  # noqa: PLR2004
        return _moved(request, site, str(head["content_path"]), version)
    if site.settings.redirect and head["may_redirect"] and not head["is_form"]:
        location = f"{site.settings.public_url}/{head['content_path']}"
        return KeptPage(b"", "", version, 303, (("Location", location),), PUBLIC)
    content, packed = unpacked(reply)
    return KeptPage(
        content,
        _content_type(str(head["media_type"])),
        version,
        200,
        (*_links(site, reply), *_policy(str(head["media_type"])), *_modified(site, version)),
        _LASTING if head["is_lasting"] else PUBLIC,
        packed=packed,
    )


def _missing(reply: Frame, version: str) -> KeptPage:
    media_type = reply.head["media_type"]
    if media_type is None:
        raise Problem(404, "Nothing here", "the graph has no term with this address.")
    form = str(media_type)
    return KeptPage(reply.body, _content_type(form), version, 404, _policy(form), PUBLIC)


def _moved(request: Request, site: Site, path: str, version: str) -> KeptPage:
    """The address without the slash at its end, below the public address and no other."""
    form = _named(request.query_params.get("format"))
    asked = f"?format={quote(form, safe='')}" if form else ""
    location = f"{site.settings.public_url}/{path}{asked}"
    return KeptPage(b"", "", version, 308, (("Location", location),), PUBLIC)


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _policy(media_type: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Security-Policy", html.POLICY),) if media_type == HTML else ()


def _modified(site: Site, version: str) -> tuple[tuple[str, str], ...]:
    """When the graph was built, where that is known of this version."""
    serving = site.graphs.now
    if serving.version != version or not serving.edition.built_at:
        return ()
    built = datetime.fromisoformat(serving.edition.built_at).astimezone(UTC)
    return (("Last-Modified", format_datetime(built, usegmt=True)),)


def _links(site: Site, reply: Frame) -> tuple[tuple[str, str], ...]:
    """Where the representation itself is, where the others are, and what names the resource."""
    url, head = site.settings.public_url, reply.head
    forms = cast("dict[str, str]", head["forms"])
    links = [
        f'<{url}/{path}>; rel="alternate"; type="{media_type}"'
        for media_type, path in forms.items()
        if media_type != head["media_type"]
    ]
    links += [
        f'<{_ascii(str(head["iri"]))}>; rel="canonical"',
        f'<{url}/.well-known/void>; rel="describedby"',
        *(
            f'<{url}/{path}>; rel="successor-version"'
            for path in cast("list[str]", head["replaced_by"])
        ),
    ]
    return (("Content-Location", f"{url}/{head['content_path']}"), ("Link", ", ".join(links)))


def _ascii(iri: str) -> str:
    """An IRI as a header can hold it (RFC 3987 §3.1)."""
    return quote(iri, safe="/:@!$&'()*+,;=~-._%#?[]")


# ── All of it ───────────────────────────────────────────────────────────────────────────────


async def dump(request: Request) -> Reply:
    """A file with all of the graph."""
    name = request.path_params["name"]
    return await (_file(request, name) if name in DUMPS else resource(request))


async def sums(request: Request) -> Reply:
    """The SHA-256 of each dump, as `sha256sum --check` reads it."""
    return await _file(request, SUMS)


async def _file(request: Request, name: str) -> Reply:
    """A file of the version that is served; who takes it pays for its transport alone."""
    client = admitted(request)
    site = site_of(request)
    etag = etag_of(site.graphs.now.version, name, site.settings.public_url)
    if is_fresh(request, etag):
        return Reply(b"", "", etag=etag, cache=PUBLIC)
    kept = await unless_gone(request, site.files.get(site.served, name))
    if request.method != "HEAD":
        site.budget.charge(client, seconds=len(kept.content) * _SECONDS_OF_A_BYTE)
    return Reply(
        kept.content,
        kept.content_type,
        etag=etag_of(kept.version, name, site.settings.public_url),
        cache=PUBLIC,
        headers=(
            ("Graph-Version", kept.version),
            ("Link", _described(site)),
            *_modified(site, kept.version),
        ),
        packed=kept.packed,
    )


# ── Crawlers ────────────────────────────────────────────────────────────────────────────────


async def robots(request: Request) -> Reply:
    """What crawlers may read: every page, and no query."""
    url = site_of(request).settings.public_url
    text = f"User-agent: *\nDisallow: /sparql\nDisallow: /api/\nSitemap: {url}/sitemap.xml\n"
    return Reply(text.encode(), "text/plain; charset=utf-8", cache=_FOR_AN_HOUR)


async def sitemap(request: Request) -> Reply:
    """The address of every page that a search engine may want (https://www.sitemaps.org/)."""
    return await _file(request, SITEMAP)


async def style(_: Request) -> Reply:
    """The style sheet of the pages."""
    return Reply(
        html.style(), "text/css; charset=utf-8", etag=etag_of(html.edition()), cache=_FOR_AN_HOUR
    )


def _described(site: Site) -> str:
    return f'<{site.settings.public_url}/.well-known/void>; rel="describedby"'


def _reached(site: Site) -> Reached:
    return Reached(site.settings.public_url, site.graphs.now.version)
