"""Tables with tabs: those of `ontology/exports`, how statements are said by others, and our own."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kg.model.errors import SourceSyntaxError
from kg.model.resources import ontology_dir

Row = Mapping[str, str]
"""A row of a table by the names of its columns."""


def read_table(name: str) -> tuple[Row, ...]:
    """The rows of a table in order, without remarks; SourceSyntaxError for one that is cut.

    A table is read once in a process.
    """
    return _rows(_path(name))


@cache
def _rows(path: Path) -> tuple[Row, ...]:
    numbered = enumerate(path.read_text("utf-8").splitlines(), start=1)
    lines = [(number, line) for number, line in numbered if not line.startswith("#")]
    rows = list(csv.reader((line for _, line in lines), delimiter="\t", quoting=csv.QUOTE_NONE))
    head, body = rows[0], rows[1:]
    for (number, _), row in zip(lines[1:], body, strict=True):
        if len(row) != len(head):
            raise SourceSyntaxError(
                f"{len(row)} columns; wanted: {', '.join(head)}.", path=path, line=number
            )
    return tuple(dict(zip(head, row, strict=True)) for row in body)


def write_rows(rows: Iterable[Iterable[str]]) -> bytes:
    """A table with tabs, a row a line."""
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def read_json(name: str) -> dict[str, Any]:
    """A document of the folder; SourceSyntaxError where it is no object of JSON."""
    path = _path(name)
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise SourceSyntaxError(f"not JSON: {error}.", path=path) from None
    if not isinstance(found, dict):
        raise SourceSyntaxError("an object is wanted.", path=path)
    return found


def _path(name: str) -> Path:
    return ontology_dir() / "exports" / name
