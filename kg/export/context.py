"""The JSON-LD context and the frame of a statement, for the dump and the server alike."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from kg.export.source import Source
from kg.export.tables import read_json, read_table
from kg.model.rdf import rebase
from kg.model.rdf.context import CONTEXT, write_context
from kg.model.resources import queries_dir
from kg.model.vocabulary import expand, move_back, text_of
from kg.store.queries import load

FRAME: Final = "frames/statement.jsonld"
"""The path of the frame below the base, and the name of its file."""
QUERY: Final = "page/context"
"""The query that finds the kinds of value of each property."""


def context_files(source: Source) -> dict[str, bytes]:
    """The context, and the frame that names it where it is published."""
    rows = source.store.select(rebase(load(queries_dir(), QUERY).text, source.base)).rows
    found = ((text_of(iri), text_of(kind)) for iri, kind in rows)
    return {
        CONTEXT: context_of(found, source.base),
        FRAME: write_frame(f"{source.base}{CONTEXT}"),
    }


def context_of(rows: Iterable[tuple[str, str]], base: str) -> bytes:
    """The context, made of the rows of the query, which have the base, and of our table."""
    told = {str(expand(row["property"])): row["kind"] for row in read_table("jsonld-kinds.tsv")}
    kinds = [(move_back(name, base), kind) for name, kind in rows]
    found = [(name, kind) for name, kind in kinds if name not in told]
    return write_context([*found, *((name, _kind(kind)) for name, kind in told.items())], base)


def write_frame(context: str) -> bytes:
    """The frame of a statement: place, standing and labels; it names a context by its address."""
    frame = {"@context": context, **read_json("statement-frame.json")}
    return json.dumps(frame, ensure_ascii=False, indent=1).encode() + b"\n"


def _kind(told: str) -> str:
    """A kind as the graph has it."""
    return expand(told) if ":" in told else told
