"""An export in a folder: each file whole or not there, and none outside the folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from kg.export.source import File
from kg.model.errors import UsageError


def write_files(folder: Path, files: Mapping[str, File]) -> tuple[Path, ...]:
    """The paths of the files, written below the folder, which is made where there is none.

    A file that is there is written anew; others are left. UsageError where a file cannot be there.
    """
    return tuple(_write(folder, name, file.content) for name, file in files.items())


def _write(folder: Path, name: str, content: bytes) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise UsageError(f"{name!r} is no file below {folder}.")
    path = folder.joinpath(*parts)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    return path
