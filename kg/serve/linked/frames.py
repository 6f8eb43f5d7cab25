"""What workers are asked of resources, and in which forms: all that the server itself has to know.

It holds no graph, so it loads nothing that reads one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kg.model.rdf import MEDIA_TYPES, N_TRIPLES
from kg.model.rdf.jsonld import JSON_LD
from kg.sandbox.protocol import Frame

HTML: Final = "text/html"
_RDF: Final = {
    form.extension: form.media_type for form in MEDIA_TYPES.values() if "triples" in form.carries
}
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
DUMPS: Final = {
    "etiograph.nq": "application/n-quads",
    "etiograph.trig": "application/trig",
    "etiograph.owl": "application/rdf+xml",
    "etiograph-reified.nt": N_TRIPLES,
}
"""The dumps that the description of the dataset names, with their media types."""
FORMS: Final = {
    HTML: "HTML",
    "text/turtle": "Turtle",
    "application/rdf+xml": "RDF/XML",
    JSON_LD: "JSON-LD",
    "application/n-triples": "N-Triples",
}
"""The forms that a resource is linked to, by media type."""
SEARCHED: Final = ("term", "statement", "background", "document", "reference", "query", "rule")
"""What can be found, in the order in which equally good hits stand."""
LONGEST_SEARCH: Final = 200
"""Characters of a search that are read."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How the server is reached."""

    url: str
    """Without a slash at the end."""
    version: str
    """Which graph it is."""

    @property
    def root(self) -> str:
        """The path that all paths of the server begin with, with a slash at both ends."""
        path = urlsplit(self.url).path.strip("/")
        return f"/{path}/" if path else "/"


def resource_frame(
    paths: tuple[str, ...], chosen: Mapping[str, str | None], reached: Reached
) -> Frame:
    """The request for the job `resource`.

    `chosen` is the media type that is wanted: `asked` by name, or else of an `ontology`, of
    `others` and of what is `missing` as the Accept header has it.
    """
    head = {"paths": paths, "chosen": chosen, "url": reached.url, "version": reached.version}
    return Frame({"job": "resource", **head})


def search_frame(text: str, kind: str, media_type: str, reached: Reached) -> Frame:
    """The request for the job `search`."""
    head = {"kind": kind, "media_type": media_type, "url": reached.url}
    return Frame({"job": "search", **head, "version": reached.version}, text.encode())
