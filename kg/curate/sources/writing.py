"""Files that are changed by a command: only in a checkout, and each of them whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.model.errors import UsageError
from kg.model.rdf import turtle_to_nquads
from kg.model.resources import data_dir, package_dir


def check_writable(folder: Path) -> Path:
    """The folder of an ontology that may be edited; UsageError for one that is installed."""
    resolved = folder.resolve()
    if not resolved.is_dir():
        raise UsageError(f"{folder} is not a folder; wanted the ontology folder of a checkout.")
    if data_dir() != package_dir().parent and resolved.is_relative_to(package_dir().resolve()):
        raise UsageError(
            f"{folder} belongs to the installed package and is not edited; "
            "name the ontology folder of a checkout with --ontology."
        )
    return folder


def write_all(edits: Mapping[Path, str]) -> None:
    """Write every file whole; none is left half written, and none where one is no Turtle."""
    for path, text in edits.items():
        if path.suffix == ".ttl":
            turtle_to_nquads(text.encode(), path=path)
    for path, text in edits.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_bytes(text.encode())
        unfinished.replace(path)
