"""All graphs as they are, in each syntax that can carry graphs."""

from __future__ import annotations

from typing import Final

from kg.export.context import context_files
from kg.export.source import STEM, Source
from kg.model.rdf import write_dataset
from kg.model.rdf.jsonld import JSON_LD, compact_jsonld

N_QUADS: Final = "application/n-quads"
TRIG: Final = "application/trig"


def nquads(source: Source) -> dict[str, bytes]:
    """All graphs as sorted N-Quads; a blank node has the name that it was published with."""
    lines = sorted(source.content.splitlines(keepends=True))
    return {f"{STEM}.nq": b"".join(lines)}


def trig(source: Source) -> dict[str, bytes]:
    """All graphs as TriG, with the prefixes of the project."""
    return {f"{STEM}.trig": write_dataset(source.quads, TRIG, source.base)}


def jsonld(source: Source) -> dict[str, bytes]:
    """All graphs as JSON-LD, its prefixes in the document itself; beside it context and frame."""
    expanded = write_dataset(source.quads, JSON_LD, source.base)
    return {f"{STEM}.jsonld": compact_jsonld(expanded, source.base), **context_files(source)}
