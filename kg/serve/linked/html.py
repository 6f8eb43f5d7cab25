"""Pages as HTML: templates that escape whatever they are given, and one style sheet."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.serve.linked.page import Page
from kg.serve.linked.query_page import QueryPage

_FOLDER: Final = Path(__file__).parent / "templates"
CONTENT_TYPE: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""What a page may load and do: its style sheet, and nothing else."""


def html(page: Page | QueryPage, root: str) -> bytes:
    """A page as HTML; `root` is the path, with a slash at the end, that all paths begin with."""
    template = _environment().get_template(_TEMPLATES[type(page)])
    return template.render(page=page, root=root, edition=edition()).encode()


def style() -> bytes:
    """The style sheet."""
    return (_FOLDER / "style.css").read_bytes()


@cache
def edition() -> str:
    """The same text as long as the templates and the code that fills them are the same."""
    digest = hashlib.sha256()
    for path in sorted([*_FOLDER.iterdir(), *_FOLDER.parent.glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


_TEMPLATES: Final = {Page: "page.html", QueryPage: "query.html"}


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a worker can look at no file
    )
