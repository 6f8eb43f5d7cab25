"""An export in a folder: each file whole or not there, and none outside the folder."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; what could not be finished is gone."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    # "x" makes a file of its own: a link that stands there meanwhile is not followed
    with unfinished.open("xb") as stream:
        try:
            stream.write(content)
            stream.flush()
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
