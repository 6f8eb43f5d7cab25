"""Files that no graph is asked for: of pages, of the documentation, and what machines read."""

from __future__ import annotations

import gzip
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from kg.pages import html as page
from kg.serve.http.responses import PUBLIC, Reply, etag_of
from kg.serve.linked.routes import resource
from kg.serve.packing import LONG
from kg.serve.state import state_of

_FOR_AN_HOUR: Final = "public, max-age=3600"
_TEXT: Final = "text/plain; charset=utf-8"


async def static(request: Request) -> Reply:
    """A file beside the pages: the style sheet, a script.

    Pages name it with the edition that they are of. A script that another one imports is named
    without, so that browsers ask each time, and never run two editions together.
    """
    name = request.path_params["name"]
    found = page.static().get(name)
    if found is None:
        return await resource(request)
    media_type, content = found
    etag, packed = _kept_of(name)
    cache = _FOR_AN_HOUR if request.url.query == page.design() else PUBLIC
    return Reply(content, media_type, etag=etag, cache=cache, packed=packed)


@cache
def _kept_of(name: str) -> tuple[str, bytes | None]:
    """The ETag of a file beside the pages, and its packed form where it is long."""
    content = page.static()[name][1]
    packed = gzip.compress(content, mtime=0) if len(content) >= LONG else None
    return etag_of(name, content), packed


# ── The documentation, made into HTML once ──────────────────────────────────────────────────────

_INDEX: Final = "index.html"
_PAGE: Final = ".html"


async def document(request: Request) -> Reply:
    """A page of the documentation, or a picture on one; by itself, the contents."""
    name = request.path_params.get("name") or _INDEX
    if not _is_there(name):
        return await resource(request)
    media_type, content = _content(name, state_of(request).reached.root)
    headers = page.POLICY if name.endswith(_PAGE) else ()
    etag = etag_of(name, page.design(), content)
    return Reply(content, media_type, etag=etag, cache=PUBLIC, headers=headers)


def _is_there(name: str) -> bool:
    from kg.pages import docs

    return name in docs.images() or (
        name.endswith(_PAGE) and name.removesuffix(_PAGE) in docs.sources()
    )


@cache
def _content(name: str, root: str) -> tuple[str, bytes]:
    """The media type and content of a file of the site, made once."""
    from kg.pages import docs

    if name in docs.images():
        return docs.images()[name]
    return page.CONTENT_TYPE, docs.render(name.removesuffix(_PAGE), root)


# ── What machines read first ────────────────────────────────────────────────────────────


async def robots(request: Request) -> Reply:
    """What crawlers may read: every page, and what programs ask; no search, which has no end."""
    url = state_of(request).settings.public_url
    root = urlsplit(url).path
    text = (
        f"User-agent: *\nAllow: {root}/api/\nAllow: {root}/sparql\nDisallow: {root}/search\n"
        f"Sitemap: {url}/sitemap.xml\n"
    )
    return Reply(text.encode(), _TEXT, cache=_FOR_AN_HOUR)


async def llms(request: Request) -> Reply:
    """The addresses for a language model (https://llmstxt.org/)."""
    body = _ADDRESSES.format(url=state_of(request).settings.public_url).encode()
    return Reply(body, _TEXT, etag=etag_of(body), cache=_FOR_AN_HOUR)


LLMS: Final = "/llms.txt"
_ADDRESSES: Final = """\
# Etiograph

> A clinical knowledge graph that judges the causes which documents list for a laboratory finding, \
and names the statement behind every line. Research and education; not a diagnosis.

What no document states is told as *not covered*. *Undetermined* is not *excluded*. Cite the ids \
of statements, and tell how the documents were reviewed.

## Ask

- [Tools]({url}/mcp): the Model Context Protocol by streamable HTTP; answer a case, why, what if, \
find terms, read statements, check claims, SPARQL
- [Cases]({url}/api/openapi.json?form=short): POST a case to {url}/api/case?detail=brief, as JSON, \
in words (text/plain) or as FHIR; a misread field is named with what is wanted; many cases, one a \
line (application/x-ndjson), to {url}/api/cases
- [Claims]({url}/docs/explanation/claims.html): POST what you are about to say to {url}/api/check, \
as claims (JSON) or in sentences (text/plain): does it say more than the statements do
- [SPARQL]({url}/sparql): SPARQL 1.1; subclasses by a/rdfs:subClassOf*; the prefixes of the graph \
need no declaration
- [Queries]({url}/api): named queries with parameters, each at {url}/api/NAME

## Read

- [Documentation]({url}/docs)
- [Sources]({url}/sources): the documents, and how they stand
- [Rules]({url}/rules)
- [Ontology]({url}/ontology/tree)
- [Everything at once]({url}/data): dumps with their digests
- [Electronic records]({url}/cds-services): CDS Hooks 2.0
"""
