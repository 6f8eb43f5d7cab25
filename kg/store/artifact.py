"""The built graph on disk: whole or not there, and every file checked when it is read.

Whoever reads one file has its size and CRC-32 compared, which is quick and notices damage; whoever
reads all has the SHA-256 of each compared as well, and that of the manifest.

    <root>/CURRENT              the hash of the version in use
    <root>/<hash>/              one version, named by the hash of everything it was built from
        graph.nq                what was built
        model.json              the compiled model: what questions read of the graph
        words.nq                the same in words that others know: PROV-O, schema.org and the like
        about.nq                what is said of the graph itself: its description, its queries
        published.nq            which version it is, with the size and digest of each graph
        modules.nq              the files of the ontology as they are, each in a graph by its IRI
        manifest.json           size, CRC-32 and SHA-256 of each file, versions, counts, time
        manifest.sha256         what the manifest itself has to hash to

`words.nq`, `about.nq` and `published.nq` are there once an endpoint, a query or an export asked for
them, or `kg build` was run; a question reads none of them. `artifact_writer` writes it.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec
from msgspec import Struct

from kg.model.errors import CorruptProductError, NotBuiltError, StaleGraphError
from kg.model.vocabulary import BASE

GRAPH: Final = "graph.nq"
MODEL: Final = "model.json"
WORDS: Final = "words.nq"
ABOUT: Final = "about.nq"
PUBLISHED: Final = "published.nq"
MODULES: Final = "modules.nq"
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
POINTER: Final = "CURRENT"
VERSION: Final = re.compile(r"[0-9a-f]{64}")
"""The name of a version: the hash of everything it was built from."""


class Entry(Struct, frozen=True):
    """What a file has to be."""

    size: int
    crc32: int
    sha256: str


class BuildFacts(Struct, frozen=True):
    """When, by what and how large a graph was built."""

    built_at: str
    versions: Mapping[str, str]
    """The software that built it, by name, and the base of its IRIs."""
    counts: Mapping[str, int]


class Manifest(BuildFacts, frozen=True):
    """What a version says of itself."""

    version: str
    files: Mapping[str, Entry]


class Artifact(Struct, frozen=True):
    """One built graph; a file is read, and compared with its hash, when it is asked for."""

    folder: Path
    manifest: Manifest
    notice: str = ""
    """What a reader has to be told, such as that this is not the newest version."""

    @property
    def version(self) -> str:
        """The hash of everything it was built from."""
        return self.manifest.version

    @property
    def built_at(self) -> str:
        """When it was built."""
        return self.manifest.built_at

    @property
    def base(self) -> str:
        """The base of the IRIs that the graph was published under."""
        return self.manifest.versions.get("base", BASE)

    @property
    def graph(self) -> bytes:
        """The graph as canonical N-Quads."""
        return self.read(GRAPH)

    @property
    def model(self) -> bytes:
        """The compiled model, as JSON."""
        return self.read(MODEL)

    @property
    def content(self) -> bytes:
        """The graph with its other words and what is said of it, as every store holds them."""
        return b"".join((self.graph, *map(self._read_if_there, (WORDS, ABOUT))))

    @property
    def served(self) -> bytes:
        """The content with what says which version it is, as an endpoint holds them."""
        return self.content + self._read_if_there(PUBLISHED)

    @property
    def modules(self) -> bytes:
        """The files of the ontology as N-Quads, each in the graph that its ontology IRI names."""
        return self._read_if_there(MODULES)

    def read(self, name: str) -> bytes:
        """A file as it was published; CorruptProductError where it is not that any more."""
        path, entry = self.folder / name, self.manifest.files.get(name)
        if entry is None:
            raise CorruptProductError(f"{self.folder} was built without {name}.")
        content = _content(path)
        if len(content) != entry.size or crc32(content) != entry.crc32:
            raise _altered(path)
        return content

    def files(self) -> dict[str, bytes]:
        """Every file as it was published; CorruptProductError where one is not that any more."""
        manifest = self.folder / MANIFEST
        if _content(self.folder / SEAL) != seal_of(_content(manifest)):
            raise _altered(manifest)
        found = {name: self.read(name) for name in self.manifest.files}
        for name, entry in self.manifest.files.items():
            if sha256(found[name]) != entry.sha256:
                raise _altered(self.folder / name)
        return found

    def _read_if_there(self, name: str) -> bytes:
        return self.read(name) if name in self.manifest.files else b""


def open_artifact(root: Path, wanted: str | None = None) -> Artifact:
    """The version `wanted`, or an error that says why not; without it, the newest whole one.

    A graph older than its sources is given only to a caller who does not say what it wants.
    """
    if wanted is None:
        return _newest(root)
    if (root / wanted).is_dir():
        return at(root / wanted)
    if not versions(root):
        raise NotBuiltError(f"there is no built graph in {root}; `kg build` makes one.")
    raise StaleGraphError(
        f"the graph in {root} was built from other sources ({_short(current(root))}); "
        f"the sources as they are now make {_short(wanted)}. `kg build` builds it."
    )


def at(folder: Path) -> Artifact:
    """The version in a folder; CorruptProductError where its manifest cannot be read."""
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(_content(path), type=Manifest)
    except msgspec.DecodeError:
        raise _altered(path) from None
    if manifest.version != folder.name:
        raise CorruptProductError(f"{folder} holds the version {_short(manifest.version)}.")
    return Artifact(folder, manifest)


def is_whole(folder: Path) -> bool:
    """Whether a version is there with every file as it was published."""
    try:
        at(folder).files()
    except CorruptProductError:
        return False
    return True


def current(root: Path) -> str | None:
    """The version that the pointer names, or None when nothing was published."""
    try:
        version = (root / POINTER).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return version if VERSION.fullmatch(version) else None


def versions(root: Path) -> tuple[str, ...]:
    """The names of the versions under a root, the one published last first."""
    if not root.is_dir():
        return ()
    folders = [path for path in root.iterdir() if VERSION.fullmatch(path.name) and path.is_dir()]
    folders.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return tuple(path.name for path in folders)


def sha256(content: bytes) -> str:
    """The hash that files are known by."""
    import hashlib  # slow to load, for the library behind it

    return hashlib.sha256(content).hexdigest()


def seal_of(manifest: bytes) -> bytes:
    """What the seal of a manifest has to hold, as sha256sum writes it."""
    return f"{sha256(manifest)}  {MANIFEST}\n".encode()


def _newest(root: Path) -> Artifact:
    pointed = current(root)
    others = [version for version in versions(root) if version != pointed]
    refusals: list[str] = []
    for version in [pointed, *others] if pointed else others:
        try:
            found = at(root / version)
            found.files()
        except CorruptProductError as error:
            refusals.append(error.message)
        else:
            return _noted(found, refusals)
    if refusals:
        raise CorruptProductError(f"no whole graph is left in {root}: {' '.join(refusals)}")
    raise NotBuiltError(f"there is no built graph in {root}; `kg build` makes one.")


def _noted(found: Artifact, refusals: Iterable[str]) -> Artifact:
    why = " ".join(refusals)
    notice = f"an older graph ({_short(found.version)}) is in use: {why}" if why else ""
    return Artifact(found.folder, found.manifest, notice)


def _altered(path: Path) -> CorruptProductError:
    return CorruptProductError(f"{path} is not the file that was published.")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CorruptProductError(f"{path} cannot be read: {error.strerror}.") from error


def _short(version: str | None) -> str:
    return version[:12] if version else "no version"
