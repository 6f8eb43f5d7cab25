"""From the path of a request to what it names: a term of the graph, and a form it is asked in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote, urlsplit

from kg.model.rdf import FORMATS
from kg.model.vocabulary import BASE, IRI, PREFIXES
from kg.serve.linked.view import View

HTML: Final = "text/html"
_RDF: Final = {form.extension: form.media_type for form in FORMATS if "triples" in form.carries}
SUFFIXES: Final = {"html": HTML, **_RDF}
"""The media type of each ending, the one that is named first standing for it."""
ENDINGS: Final = SUFFIXES | {
    "htm": HTML,
    "owl": _RDF["rdf"],
    "xml": _RDF["rdf"],
    "json": _RDF["jsonld"],
}
"""The same with the endings that others use."""
SUFFIX_OF: Final = {media_type: suffix for suffix, media_type in SUFFIXES.items()}
SPACES: Final = (
    *(PREFIXES[name] for name in ("eg", "st", "bg", "doc", "reg", "cite", "ref", "graph")),
    *(f"{BASE}{name}/" for name in ("query", "axiom", "edge")),
)
"""The namespaces that have a page of their own with what is in them."""
VOID: Final = IRI(f"{BASE}.well-known/void")
DATASET: Final = IRI(f"{VOID}#dataset")

_LEGAL: Final = re.compile(r"[^\x00-\x20<>\"{}|^`\\\x7f-\x9f\ud800-\udfff]*")
"""What an IRI may consist of (RFC 3987, SPARQL 1.1 §19.8)."""
_LONGEST: Final = 2000


class Kind(Enum):
    """What a path leads to, which says what it looks like and what its usual form is."""

    FRONT = "front"
    TERM = "term"
    SPACE = "space"
    GRAPH = "graph"
    ONTOLOGY = "ontology"


@dataclass(frozen=True, slots=True)
class Found:
    """A resource, and the media type that the ending of the path asks for."""

    iri: IRI
    kind: Kind
    asked: str | None = None

    @property
    def path(self) -> str:
        """The path of the resource below the base, as an address has it."""
        return path_of(self.iri)

    def path_in(self, media_type: str) -> str:
        """The path of one form of the resource."""
        name = {Kind.FRONT: "index" if media_type == HTML else ".well-known/void"}.get(self.kind)
        stem = name or (f"{self.path}index" if self.path.endswith("/") else self.path)
        return f"{stem}.{SUFFIX_OF[media_type]}"


def root_of(url: str) -> str:
    """The path that all paths of a server at this address begin with, with a slash at both ends."""
    path = urlsplit(url).path.strip("/")
    return f"/{path}/" if path else "/"


def path_of(iri: str) -> str:
    """The path of a term of the project below the base, quoted for an address.

    It never begins with a slash: two of them would lead to another host.
    """
    path = quote(iri.removeprefix(BASE), safe="/:@!$&'()*+,;=~-._%#")
    return f"%2F{path[1:]}" if path.startswith("/") else path


def find(view: View, paths: tuple[str, ...]) -> Found | None:
    """What the first of these paths that leads anywhere leads to; a path has no leading slash."""
    for path in paths:
        if len(path) <= _LONGEST and _LEGAL.fullmatch(path):
            for name, asked in _readings(path):
                kind = _kind(view, name)
                if kind is not None:
                    return Found(IRI(BASE + name), kind, asked)
    return None


def ending(paths: tuple[str, ...]) -> str | None:
    """The form that the ending of a path asks for, whatever it is the ending of."""
    asked = (form for path in paths for _, form in _readings(path))
    return next(filter(None, asked), None)


def _readings(path: str) -> Iterator[tuple[str, str | None]]:
    """A path as the name of a resource, then as that of one of its forms."""
    yield path, None
    stem, dot, suffix = path.rpartition(".")
    asked = ENDINGS.get(suffix.lower())
    if dot and asked:
        yield stem, asked
        if stem == "index" or stem.endswith("/index"):
            yield stem.removesuffix("index"), asked


def _kind(view: View, name: str) -> Kind | None:
    iri = IRI(BASE + name)
    if not name:
        return Kind.FRONT
    if iri in view.documents:
        return Kind.ONTOLOGY
    if iri in SPACES:
        return Kind.SPACE
    if iri == VOID or iri in view.graphs:
        return Kind.GRAPH
    return Kind.TERM if view.knows(iri) else None
