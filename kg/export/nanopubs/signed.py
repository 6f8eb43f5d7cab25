"""Whether an export would take signatures away that stand in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kg.export.nanopubs.former import FOLDER
from kg.export.nanopubs.words import HAS_SIGNATURE
from kg.export.source import File
from kg.model.errors import UsageError

_WORD: Final = HAS_SIGNATURE.rpartition("/")[2].encode()
"""What every syntax has of the property that says a signature, with a prefix or without."""


def refuse_unsigning(folder: Path, files: Mapping[str, File]) -> None:
    """UsageError where a signed nanopublication of a folder would be replaced by an unsigned one.

    What was signed may have been cited by its address, and only who holds the key can make it anew.
    """
    lost = [
        name
        for name, file in files.items()
        if name.startswith(f"{FOLDER}/")
        and name.endswith(".trig")
        and _WORD not in file.content
        and _is_signed(folder / name)
    ]
    if lost:
        raise UsageError(
            f"{folder / lost[0]} is signed and would be replaced by one that is not, as would "
            f"{len(lost) - 1} more; nothing was written. Sign with --sign KEY, or write to a new "
            "folder."
        )


def _is_signed(path: Path) -> bool:
    try:
        return _WORD in path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
