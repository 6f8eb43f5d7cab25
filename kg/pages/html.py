"""Pages as HTML: the templates, the files beside them, and what a page may load and do.

Templates escape whatever they are given. Everything is read once: a worker can open no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context, Macro

from kg.pages.ask.blocks import Node, Words
from kg.pages.ask.markup import Marked, ids_html, nodes_html

_FOLDER: Final = Path(__file__).parent
_TEMPLATES: Final = _FOLDER / "templates"
_STATIC: Final = _FOLDER / "static"
_EDITOR: Final = _FOLDER / "editor"
"""What `editor/pack.py` puts there; it may be missing, and the page of queries does without."""
_EDITOR_FILES: Final = frozenset({"yasqe.min.js", "yasqe.min.css"})
CONTENT_TYPE: Final = "text/html; charset=utf-8"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a page may load and do: what this server has, and nothing else."""
POLICY: Final = (("Content-Security-Policy", _POLICY),)
"""The headers that a page has besides those of every reply."""
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}

_MOST_ROWS: Final = 256
_DESIGNED: Final = frozenset({".html", ".py", *_TYPES})


def html(template: str, root: str, **values: object) -> bytes:
    """A page; `root` is the path, with a slash at the end, that all paths begin with."""
    found = _environment().get_template(template)
    return found.render(root=root, edition=design(), editor=has_editor(), **values).encode(
        "utf-8", "replace"
    )


@cache
def static() -> Mapping[str, tuple[str, bytes]]:
    """The files beside the pages by name, each with its media type."""
    files = (path for path in (*_files(_STATIC), *_files(_EDITOR)) if path.suffix in _TYPES)
    return {path.name: (_TYPES[path.suffix], path.read_bytes()) for path in files}


def has_editor() -> bool:
    """Whether the SPARQL editor was packed (`make editor`)."""
    return static().keys() >= _EDITOR_FILES


@cache
def design() -> str:
    """The same text as long as the pages and the code that fills them are the same."""
    digest = hashlib.sha256()
    for path in sorted(each for each in _FOLDER.rglob("*.*") if each.suffix in _DESIGNED):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> list[Path]:
    """The files of a folder, in order; none where there is no folder."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if path.is_file())


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a worker can look at no file
    )
    made.globals |= {"nodes": _nodes, "ids": _ids, "once": _Once()}
    return made


# What templates write by a call, since there is much of it.


@pass_context
def _nodes(context: Context, found: Iterable[Node]) -> Marked:
    """The blocks of an answer."""
    return nodes_html(found, context["root"])


@pass_context
def _ids(context: Context, links: Words) -> Marked:
    """Ids as links."""
    return ids_html(links, context["root"])


class Offered(Protocol):
    """A row of a form."""

    @property
    def offered(self) -> Hashable:
        """What it has in common with all rows as it is; None where something stands in it."""
        ...


class _Once:
    """Calls a macro for a row; one that holds nothing is written once, and then kept.

    Of a form with thirty rows few are filled in, and writing the others is an eighth of a page.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Hashable], str] = {}

    def __call__(self, macro: Macro, row: Offered, *others: object) -> str:
        """What the macro writes."""
        if row.offered is None:
            return macro(row, *others)
        key = (macro.name, row.offered)
        if key not in self._kept:
            if len(self._kept) >= _MOST_ROWS:
                self._kept.clear()
            self._kept[key] = macro(row, *others)
        return self._kept[key]
