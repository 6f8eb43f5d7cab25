"""The one table of media types: what each is called, and what it can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.errors import MediaTypeError


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a graph or a table."""

    name: str
    media_type: str
    extension: str
    carries: frozenset[str]


FORMATS: Final = tuple(
    Format(name, media_type, extension, frozenset(carries.split()))
    for name, media_type, extension, carries in (
        ("json", "application/sparql-results+json", "srj", "rows boolean"),
        ("xml", "application/sparql-results+xml", "srx", "rows boolean"),
        ("csv", "text/csv", "csv", "rows"),
        ("tsv", "text/tab-separated-values", "tsv", "rows"),
        ("turtle", "text/turtle", "ttl", "triples"),
        ("ntriples", "application/n-triples", "nt", "triples"),
        ("rdfxml", "application/rdf+xml", "rdf", "triples"),
        ("jsonld", "application/ld+json", "jsonld", "triples quads"),
        ("nquads", "application/n-quads", "nq", "triples quads"),
        ("trig", "application/trig", "trig", "triples quads"),
    )
)
"""Every media type this project speaks, and what each can carry."""

MEDIA_TYPES: Final[Mapping[str, Format]] = {form.media_type: form for form in FORMATS}


def carrier(media_type: str, kind: str, form: str) -> Format:
    """The format of a media type; MediaTypeError where it cannot carry a result of a kind.

    `form` is what the error calls the query: SELECT for `rows`, and so on.
    """
    found = MEDIA_TYPES.get(media_type)
    if found is None or kind not in found.carries:
        able = ", ".join(each.media_type for each in FORMATS if kind in each.carries)
        raise MediaTypeError(
            f"{media_type} cannot carry the result of a {form} query; wanted: {able}."
        )
    return found
