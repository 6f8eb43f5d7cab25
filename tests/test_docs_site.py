"""The documentation as pages: every one is made, every link arrives, and nothing is loaded."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from servers import Server

from kg.pages import docs

LOADED = re.compile(r"<(?:script|iframe|object|embed|base)\b", re.IGNORECASE)


class _Links(HTMLParser):
    """Collects where a page leads, what it shows, and what can be led to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(
        self,
        tag: str,  # noqa: ARG002 - as its base has it
        attrs: list[tuple[str, str | None]],
    ) -> None:
        """Take the addresses and the anchor of an element."""
        values = dict(attrs)
        self.targets += [values[name] or "" for name in ("href", "src") if name in values]
        self.anchors.add(values.get("id") or "")


@cache
def _read(name: str) -> tuple[str, _Links]:
    text = docs.render(name, "/").decode()
    links = _Links()
    links.feed(text)
    return text, links


@pytest.mark.parametrize("name", sorted(docs.sources()))
def test_links_of_a_page_arrive(name: str) -> None:
    """Each link of a page leads to a page that is there, at a heading that it has."""
    text, links = _read(name)

    assert LOADED.search(text) is None
    assert "<!-- begin" not in text
    for target in links.targets:
        place, _, anchor = target.partition("#")
        if place.startswith("/docs/") and place.endswith(".html"):
            other = place.removeprefix("/docs/").removesuffix(".html")
            assert other in docs.sources(), target
            assert anchor in _read(other)[1].anchors, target
        elif place.startswith("/docs/"):
            assert place == "/docs/" or place.removeprefix("/docs/") in docs.images(), target
        elif not place:
            assert anchor in links.anchors, target


def test_every_page_is_one_of_the_site(root: Path) -> None:
    """No Markdown of the documentation is left out, and the changelog is a page too."""
    files = {path.relative_to(root / "docs") for path in (root / "docs").rglob("*.md")}

    assert {path.with_suffix("").as_posix() for path in files} < set(docs.sources())
    assert {"CHANGELOG", "README", "index"} <= set(docs.sources())


def test_the_static_site(root: Path, tmp_path: Path) -> None:
    """The site that is written stands anywhere: every address in it is a file of it."""
    found = importlib.util.spec_from_file_location("make_site", root / "docs" / "make_site.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)

    count = module.write_site(tmp_path)

    pages = sorted((tmp_path / "docs").rglob("*.html"))
    assert len(pages) == count == len(docs.sources())
    for page in pages:
        links = _Links()
        links.feed(page.read_text("utf-8"))
        for target in links.targets:
            place = re.split("[#?]", target)[0]
            if place and not re.match("[a-z]+:", place):
                assert (page.parent / place).is_file(), (page, target)


def test_the_server_shows_it(site: Server) -> None:
    """The page with the form leads to the documentation, whose pages are those of the site."""
    front = site.request("GET", "/", headers={"accept": "text/html"})
    index = site.request("GET", "/docs")
    picture = site.request("GET", "/docs/images/answer.png")
    again = site.request("GET", "/docs", headers={"if-none-match": index.headers["etag"]})
    missing = site.request("GET", "/docs/nothing.html")

    assert b'href="/docs"' in front.body
    assert index.body == docs.render("index", "/")
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in index.headers["content-security-policy"]
    assert picture.headers["content-type"] == "image/png"
    assert again.status == 304
    assert missing.status == 404
    assert site.request("GET", "/docs/").body == index.body
    assert site.request("GET", "/docs/../pyproject.toml").status == 404
