"""Writes a built graph to disk, so that a kill at any moment leaves the old version or the new one.

    <root>/.lock                held while a version is published
    <root>/.tmp-*               a version being written; one without a publisher is dead

A version is written in a temporary folder, synced, renamed, and only then pointed at.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from zlib import crc32

from msgspec import to_builtins

from kg.model.errors import CorruptProductError, ProductError
from kg.store.artifact import (
    MANIFEST,
    POINTER,
    PUBLISHED,
    SEAL,
    VERSION,
    BuildFacts,
    Entry,
    Manifest,
    at,
    current,
    is_whole,
    seal_of,
    sha256,
    versions,
)

_KEPT_VERSIONS: Final = 3


def publish(root: Path, version: str, files: Mapping[str, bytes], facts: BuildFacts) -> Path:
    """Make a version the current one, whole or not at all; gives its folder.

    One that is there is written again where it is damaged, or lacks some of the files. One without
    what an endpoint says of it stands beside a current one that has it, which servers follow.
    """
    if not VERSION.fullmatch(version):
        raise ProductError(f"a version is named by 64 hexadecimal digits; found {version!r}.")
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root):
        _remove_dead(root)
        if not (is_whole(root / version) and {*files} <= {*at(root / version).manifest.files}):
            _write_version(root, version, files, facts)
        os.utime(root / version)
        if PUBLISHED in files or not _is_described(root):
            _point_at(root, version)
        _remove_old(root, version)
    return root / version


def _is_described(root: Path) -> bool:
    """Whether the current version has what an endpoint says of it."""
    version = current(root)
    try:
        return version is not None and PUBLISHED in at(root / version).manifest.files
    except CorruptProductError:
        return False


def use(root: Path, version: str) -> None:
    """Make a version that is there the current one again, such as one before the last."""
    if current(root) != version:
        with _locked(root):
            os.utime(root / version)
            _point_at(root, version)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One publisher at a time; the kernel opens the lock when its holder dies."""
    try:
        descriptor = os.open(root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ProductError(f"{root} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    except OSError as error:
        raise ProductError(
            f"the graph could not be written to {root}: {error.strerror}. "
            "What was there before is still in use."
        ) from error
    finally:
        os.close(descriptor)


def _write_version(root: Path, version: str, files: Mapping[str, bytes], facts: BuildFacts) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=".tmp-", dir=root))
    try:
        temporary.chmod(0o755)
        for name, content in files.items():
            _write(temporary / name, content)
        manifest = _manifest_text(version, files, facts)
        _write(temporary / MANIFEST, manifest)
        _write(temporary / SEAL, seal_of(manifest))
        _sync_folder(temporary)
        _set_aside(root / version)
        temporary.rename(root / version)
        _sync_folder(root)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _manifest_text(version: str, files: Mapping[str, bytes], facts: BuildFacts) -> bytes:
    entries = {
        name: Entry(len(content), crc32(content), sha256(content))
        for name, content in files.items()
    }
    manifest = Manifest(facts.built_at, facts.versions, facts.counts, version, entries)
    return (json.dumps(to_builtins(manifest), indent=2, sort_keys=True) + "\n").encode()


def _point_at(root: Path, version: str) -> None:
    if current(root) == version:
        return
    new = root / ".tmp-pointer"
    _write(new, f"{version}\n".encode())
    new.replace(root / POINTER)
    _sync_folder(root)


def _remove_dead(root: Path) -> None:
    """Remove what a killed publisher left; whoever holds the lock is the only one writing."""
    for path in root.glob(".tmp-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _remove_old(root: Path, version: str) -> None:
    others = [name for name in versions(root) if name not in (version, current(root))]
    for name in others[_KEPT_VERSIONS - 1 :]:
        _set_aside(root / name)
    _remove_dead(root)


def _set_aside(folder: Path) -> None:
    """Take a version out of sight in one step, so that no reader finds half of it."""
    with suppress(FileNotFoundError):
        folder.rename(folder.with_name(f".tmp-old-{folder.name}"))


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
