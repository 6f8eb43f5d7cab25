"""One export of the built graph, which the tests of every format read."""

from __future__ import annotations

from functools import cache

from built import own_graph

from kg.compile import builder
from kg.export.formats import export
from kg.export.source import File, Source, source_of
from kg.model import resources


@cache
def exported(*names: str) -> dict[str, File]:
    """The files of some formats by name, written once in a process."""
    return export(own_source(), names)


@cache
def own_source() -> Source:
    """What is exported of the built graph, read once in a process."""
    own_graph()
    return source_of(builder.ready(), resources.ontology_dir())
