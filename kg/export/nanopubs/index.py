"""The index of an export of nanopublications: which there are, each by its file and address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from kg.export.nanopubs.words import CODE
from kg.export.tables import write_rows
from kg.model.errors import NanopubError

NAME: Final = "index.tsv"
COLUMNS: Final = ("statement", "nanopublication", "state", "former")
_SHOWN: Final = 10
"""Characters of a code that tell one retraction from another in the name of its file."""


def file_name(statement: str, retracted: str = "") -> str:
    """The name of the file of a statement, or of the retraction of one of its nanopublications."""
    if not retracted:
        return f"{statement}.trig"
    found = CODE.search(retracted)
    return f"{statement}.retracts-{found[0][:_SHOWN] if found else ''}.trig"


def index_text(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The index as a table: a row for each nanopublication, by the columns."""
    return write_rows([COLUMNS, *([row[each] for each in COLUMNS] for row in rows)])


def read_index(folder: Path) -> dict[str, str] | None:
    """The address of each nanopublication by its file; None where a folder has no index.

    NanopubError where the index cannot be read.
    """
    path = folder / NAME
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise NanopubError("it cannot be read.") from None
    rows = [line.split("\t") for line in lines]
    if not rows or rows[0] != list(COLUMNS) or any(len(row) != len(COLUMNS) for row in rows):
        raise NanopubError(f"it is no index: {len(COLUMNS)} columns are wanted in every line.")
    return {_file(dict(zip(COLUMNS, row, strict=True))): row[1] for row in rows[1:]}


def _file(row: Mapping[str, str]) -> str:
    """A retraction names what it retracts, also where it was kept; what supersedes is current."""
    retracts = row["state"] != "supersedes"
    return file_name(row["statement"], row["former"] if retracts else "")
