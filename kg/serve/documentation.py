"""The documentation as pages of the server: the files of the project, made into HTML once."""

from __future__ import annotations

from functools import cache
from typing import Final

from starlette.requests import Request

from kg.pages import html as page
from kg.serve.http.responses import PUBLIC, Reply, etag_of
from kg.serve.linked.routes import resource
from kg.serve.settings import state_of

_INDEX: Final = "index.html"
_PAGE: Final = ".html"


async def index(request: Request) -> Reply:
    """The contents."""
    return await _sent(request, _INDEX)


async def document(request: Request) -> Reply:
    """A page, or a picture on one."""
    return await _sent(request, request.path_params["name"] or _INDEX)


async def _sent(request: Request, name: str) -> Reply:
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
