"""The documentation as pages: Markdown of the project, with links that lead to pages.

A page stands at `docs/` and its path with `.html`; what lies beside the folder, such as the
changelog, is a page too. A link to a file that is no page is left as words: whoever reads the site
has no checkout.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from kg.model import resources
from kg.pages.html import html

_FOLDER: Final = "docs"
_BESIDE: Final = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
"""Pages that the documentation leads to and that stand beside its folder."""
INDEX: Final = "index"
_IMAGES: Final = {".png": "image/png", ".svg": "image/svg+xml"}
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:")
_UNHEARD: Final = re.compile(r"[^\w\- ]")
"""What a heading has and its anchor has not."""


@dataclass(frozen=True, slots=True)
class DocPage:
    """A page of the documentation, as the templates want it."""

    title: str
    text: str
    """Its HTML; it is written by the project, so it is not escaped again."""


@cache
def sources() -> Mapping[str, Path]:
    """The file of each page by its name, which is its path without an ending."""
    root = resources.data_dir()
    pages = sorted((root / _FOLDER).rglob("*.md"))
    named = {path.relative_to(root / _FOLDER).with_suffix("").as_posix(): path for path in pages}
    beside = {Path(name).stem: root / name for name in _BESIDE if (root / name).is_file()}
    return named | beside


@cache
def images() -> Mapping[str, tuple[str, bytes]]:
    """The pictures of the pages by their path below the folder, each with its media type."""
    folder = resources.data_dir() / _FOLDER / "images"
    return {
        f"images/{path.name}": (_IMAGES[path.suffix], path.read_bytes())
        for path in sorted(folder.glob("*"))
        if path.suffix in _IMAGES
    }


def render(name: str, root: str, *, alone: bool = False) -> bytes:
    """A page as HTML; KeyError where there is none. `alone` leaves out what a server has."""
    path = sources()[name]
    tokens = _parser().parse(path.read_text("utf-8"))
    _set_anchors(tokens)
    _set_links(tokens, path, root)
    text = _parser().renderer.render(tokens, _parser().options, {})
    page = DocPage(_title(tokens), text)
    return html("docs.html", root, page=page, here="docs", alone=alone)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", renderer_cls=_Renderer).enable("table")


class _Renderer(RendererHTML):
    """HTML in which comments are not shown, and a table that is too wide can be moved."""

    def html_block(
        self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Comments are marks for tests; the pages have no other HTML."""
        return "" if tokens[idx].content.lstrip().startswith("<!--") else tokens[idx].content

    def table_open(
        self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """The beginning of a table."""
        return '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>\n'

    def table_close(
        self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """The end of a table."""
        return "</table></div>\n"


# ── Headings and links ──────────────────────────────────────────────────────────────────────


def _title(tokens: Sequence[Token]) -> str:
    """The first heading, in plain words."""
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            return _plain(tokens[number + 1])
    return "Documentation"


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def _set_anchors(tokens: Sequence[Token]) -> None:
    """Give each heading the anchor that links of the pages know it by; a second one a number."""
    seen: dict[str, int] = {}
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            slug = _UNHEARD.sub("", _plain(tokens[number + 1]).lower()).replace(" ", "-")
            count = seen[slug] = seen.get(slug, -1) + 1
            token.attrSet("id", f"{slug}-{count}" if count else slug)


def _set_links(tokens: Sequence[Token], path: Path, root: str) -> None:
    """Let each link lead to a page, a picture or elsewhere; take the others away."""
    for token in tokens:
        children = token.children or []
        for number, child in enumerate(children):
            if child.type == "link_open":
                address = _address(str(child.attrGet("href")), path, root)
                child.attrSet("href", address)
                if not address:
                    child.tag = children[_close(children, number)].tag = "span"
                    child.attrs = {}
            elif child.type == "image":
                child.attrSet("src", _address(str(child.attrGet("src")), path, root))


def _close(children: Sequence[Token], number: int) -> int:
    """Where the link that opens here ends; a link holds no other."""
    return next(
        each for each in range(number, len(children)) if children[each].type == "link_close"
    )


def _address(target: str, path: Path, root: str) -> str:
    """The address of what a page links to; empty where it is no page."""
    if _ELSEWHERE.match(target) or target.startswith("#"):
        return target
    place, mark, anchor = unquote(target).partition("#")
    data = resources.data_dir()
    found = posixpath.normpath((path.parent / place).relative_to(data).as_posix())
    name = _names().get(found)
    if name is not None:
        return f"{root}{_FOLDER}/{name}.html{mark}{anchor}"
    picture = found.removeprefix(f"{_FOLDER}/")
    return f"{root}{_FOLDER}/{picture}" if picture in images() else ""


@cache
def _names() -> Mapping[str, str]:
    """The name of each page by its path in the checkout."""
    data = resources.data_dir()
    return {path.relative_to(data).as_posix(): name for name, path in sources().items()}
