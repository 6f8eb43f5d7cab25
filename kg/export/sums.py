"""The SHA-256 of every file of an export, as `sha256sum --check` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.export.source import File, Source

SUMS: Final = "SHA256SUMS"


def sha256sums(_source: Source, files: Mapping[str, File]) -> bytes:
    """A line for each file, sorted by name."""
    return "".join(f"{files[name].sha256}  {name}\n" for name in sorted(files)).encode()
