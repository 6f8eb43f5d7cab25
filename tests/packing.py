"""Packages of the checkout for tests: a copy with its graph, built by hatchling, installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from built import own_graph
from frozen import as_tested

from kg.compile import builder
from kg.store.artifact import POINTER

_PACKED: Final = ("kg", "ontology", "queries", "editor", "docs")
_FILES: Final = (
    ".gitignore", "pyproject.toml", "hatch_build.py", "README.md", "ARCHITECTURE.md",
    "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "LICENSE-DATA",
)  # fmt: skip
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""How an archive is unpacked; the first releases of Python 3.11 know no filter."""
FLAGSHIP: Final = ("ask", "--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal")


def copied_checkout(root: Path, copy: Path) -> Path:
    """A copy of what a build reads, without the SPARQL editor and without a graph."""
    copy.mkdir()
    for name in _PACKED:
        shutil.copytree(as_tested(name), copy / name, ignore=_left_out)
    for name in _FILES:
        shutil.copy(root / name, copy)
    return copy


def _left_out(folder: str, names: Sequence[str]) -> list[str]:
    return [
        each
        for each in names
        if each == "__pycache__" or (each == "editor" and folder.endswith("pages"))
    ]


def with_graph(checkout: Path) -> Path:
    """The same checkout with the graph of the project where `make wheel` builds it."""
    own_graph()
    found = builder.ready()
    product = checkout / "build" / "product"
    shutil.copytree(found.folder, product / found.version)
    (product / POINTER).write_text(f"{found.version}\n", "ascii")
    return checkout


def build(folder: Path, kind: str, *, path: str = "/nonexistent") -> tuple[Path, str]:
    """What hatchling builds of a folder, and what it says; without npm, if it is not in `path`."""
    environment = {**os.environ, "PATH": path}
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    (built,) = (folder / "dist").glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built, said


def unpacked(archive: Path, folder: Path) -> Path:
    """The folder in an archive of the sources."""
    with tarfile.open(archive) as sources:
        sources.extractall(folder, **SAFELY)  # noqa: S202 - our own archive
    (found,) = folder.iterdir()
    return found


def asked(python: Path, home: Path, variables: Mapping[str, str]) -> tuple[str, str]:
    """What an installed `kg` says to the flagship question, and what it says beside it.

    The home folder is empty, no proxy is told, and no program is on the path, Java least of all.
    """
    home.mkdir()
    environment = {"HOME": str(home), "PATH": "/nonexistent", "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(
        [python, "-m", "kg", *FLAGSHIP],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr
