"""The built graph on disk: published whole or not at all, and checked whenever it is read.

    <root>/CURRENT              the hash of the version in use
    <root>/<hash>/              one version, named by the hash of everything it was built from
        graph.nq  rules.json    what was built
        told.json               the axioms as rules of one step each, for proofs
        prepared.json           what questions read of the graph, whoever the case is
        about.nq                what is said of the graph itself: its description, its queries
        published.nq            which version it is, with the size and digest of each graph
        modules.nq              the files of the ontology as they are, each in a graph by its IRI
        manifest.json           size and SHA-256 of each file, versions, counts, time of the build
        manifest.sha256         what the manifest itself has to hash to
    <root>/.lock                held while a version is published
    <root>/.tmp-*               a version being written; one without a publisher is dead

A version is written in a temporary folder, synced, renamed, and only then pointed at, so a kill
at any moment leaves the old version or the new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from kg.model.errors import CorruptProductError, NotBuiltError, ProductError, StaleGraphError
from kg.model.vocabulary import BASE

GRAPH: Final = "graph.nq"
RULES: Final = "rules.json"
PREPARED: Final = "prepared.json"
ABOUT: Final = "about.nq"
PUBLISHED: Final = "published.nq"
MODULES: Final = "modules.nq"
TOLD: Final = "told.json"
MANIFEST: Final = "manifest.json"
_SEAL: Final = "manifest.sha256"
_POINTER: Final = "CURRENT"
_KEPT_VERSIONS: Final = 3
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Product:
    """One built graph, every file checked against its hash."""

    version: str
    """The hash of everything it was built from."""
    folder: Path
    files: Mapping[str, bytes]
    versions: Mapping[str, str]
    """The software that built it, by name."""
    counts: Mapping[str, int]
    built_at: str
    notice: str = ""
    """What a reader has to be told, such as that this is not the newest version."""

    @property
    def graph(self) -> bytes:
        """The graph as canonical N-Quads."""
        return self.files[GRAPH]

    @property
    def rules(self) -> bytes:
        """The rules for cases, as JSON."""
        return self.files[RULES]

    @property
    def prepared(self) -> bytes | None:
        """The results of queries that depend on no case; None in a version without them."""
        return self.files.get(PREPARED)

    @property
    def content(self) -> bytes:
        """The graph with what is said of it, as every store of it holds them."""
        return self.graph + self.files.get(ABOUT, b"")

    @property
    def served(self) -> bytes:
        """The content with what says which version it is, as an endpoint holds them."""
        return self.content + self.files.get(PUBLISHED, b"")

    @property
    def modules(self) -> bytes:
        """The files of the ontology as N-Quads, each in the graph that its ontology IRI names."""
        return self.files.get(MODULES, b"")

    @property
    def base(self) -> str:
        """The base of the IRIs that the graph was published under."""
        return self.versions.get("base", BASE)

    @property
    def told(self) -> bytes:
        """The axioms as rules of one step each, as JSON; a graph of another time may lack them."""
        return self.files.get(TOLD, b"")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the manifest says of a build besides its files."""

    built_at: str
    versions: Mapping[str, str]
    counts: Mapping[str, int]


def inputs_hash(files: Mapping[str, Path], versions: Mapping[str, str]) -> str:
    """The name of the graph that these files and versions make: same inputs, same name."""
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        _feed(digest, name.encode(), path.read_bytes())
    for name, version in sorted(versions.items()):
        _feed(digest, name.encode(), version.encode())
    return digest.hexdigest()


def files_under(folder: Path, *suffixes: str) -> dict[str, Path]:
    """Every file of a folder with one of the suffixes, by its path from the folder's parent."""
    found: dict[str, Path] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in names:
            if name.endswith(suffixes):
                path = Path(place, name)
                found[path.relative_to(folder.parent).as_posix()] = path
    return found


def publish(root: Path, version: str, files: Mapping[str, bytes], facts: Facts) -> Path:
    """Make a version the current one, whole or not at all; gives its folder."""
    if not _HASH.fullmatch(version):
        raise ProductError(f"a version is named by 64 hexadecimal digits; found {version!r}.")
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root):
        _remove_dead(root)
        if not _is_whole(root / version):
            _write_version(root, version, files, facts)
        os.utime(root / version)
        _point_at(root, version)
        _remove_old(root, version)
    return root / version


def use(root: Path, version: str) -> None:
    """Make a version that is there the current one again, such as one before the last."""
    if current(root) != version:
        with _locked(root):
            os.utime(root / version)
            _point_at(root, version)


def current(root: Path) -> str | None:
    """The version that the pointer names, or None when nothing was published."""
    try:
        version = (root / _POINTER).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return version if _HASH.fullmatch(version) else None


def load(root: Path, *, wanted: str | None = None) -> Product:
    """The version `wanted`, or an error that says why not; without `wanted`, the newest whole one.

    A graph older than its sources is given only to a caller who does not say what it wants.
    """
    if wanted is None:
        return _newest(root)
    if (root / wanted).is_dir():
        return _checked(root / wanted)
    if not _versions(root):
        raise NotBuiltError(f"there is no built graph in {root}; `kg build` makes one.")
    raise StaleGraphError(
        f"the graph in {root} was built from other sources ({_short(current(root))}); "
        f"the sources as they are now make {_short(wanted)}. `kg build` builds it."
    )


def versions(root: Path) -> tuple[str, ...]:
    """The names of the versions under a root, the one published last first."""
    return tuple(_versions(root))


# ── Reading ─────────────────────────────────────────────────────────────────────────────────


def _newest(root: Path) -> Product:
    pointed = current(root)
    others = [version for version in _versions(root) if version != pointed]
    refusals: list[str] = []
    for version in [pointed, *others] if pointed else others:
        try:
            return _noted(_checked(root / version), refusals)
        except CorruptProductError as error:
            refusals.append(error.message)
    if refusals:
        raise CorruptProductError(f"no whole graph is left in {root}: {' '.join(refusals)}")
    raise NotBuiltError(f"there is no built graph in {root}; `kg build` makes one.")


def _noted(product: Product, refusals: Iterable[str]) -> Product:
    why = " ".join(refusals)
    if not why:
        return product
    return replace(product, notice=f"an older graph ({_short(product.version)}) is in use: {why}")


def _checked(folder: Path) -> Product:
    manifest = _manifest(folder)
    files = {name: _content(folder / name) for name in manifest.files}
    for name, (size, digest) in manifest.files.items():
        if len(files[name]) != size or _sha256(files[name]) != digest:
            raise CorruptProductError(f"{folder / name} is not the file that was published.")
    facts = manifest.facts
    return Product(folder.name, folder, files, facts.versions, facts.counts, facts.built_at)


@dataclass(frozen=True, slots=True)
class _Manifest:
    files: Mapping[str, tuple[int, str]]
    facts: Facts


def _manifest(folder: Path) -> _Manifest:
    content = _content(folder / MANIFEST)
    if _content(folder / _SEAL) != _seal_of(content):
        raise CorruptProductError(f"{folder / MANIFEST} is not the file that was published.")
    said = json.loads(content)
    if said["version"] != folder.name:
        raise CorruptProductError(f"{folder} holds the version {_short(said['version'])}.")
    files = {name: (entry["size"], entry["sha256"]) for name, entry in said["files"].items()}
    return _Manifest(files, Facts(said["built_at"], said["versions"], said["counts"]))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CorruptProductError(f"{path} cannot be read: {error.strerror}.") from error


def _is_whole(folder: Path) -> bool:
    try:
        _checked(folder)
    except CorruptProductError:
        return False
    return True


def _versions(root: Path) -> list[str]:
    """The versions on disk, the one published last first."""
    if not root.is_dir():
        return []
    folders = [path for path in root.iterdir() if _HASH.fullmatch(path.name) and path.is_dir()]
    folders.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [path.name for path in folders]


# ── Writing ─────────────────────────────────────────────────────────────────────────────────


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


def _write_version(root: Path, version: str, files: Mapping[str, bytes], facts: Facts) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=".tmp-", dir=root))
    try:
        temporary.chmod(0o755)
        for name, content in files.items():
            _write(temporary / name, content)
        manifest = _manifest_text(version, files, facts)
        _write(temporary / MANIFEST, manifest)
        _write(temporary / _SEAL, _seal_of(manifest))
        _sync_folder(temporary)
        _set_aside(root / version)
        temporary.rename(root / version)
        _sync_folder(root)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _manifest_text(version: str, files: Mapping[str, bytes], facts: Facts) -> bytes:
    said = {
        "version": version,
        "built_at": facts.built_at,
        "versions": dict(facts.versions),
        "counts": dict(facts.counts),
        "files": {
            name: {"size": len(content), "sha256": _sha256(content)}
            for name, content in files.items()
        },
    }
    return (json.dumps(said, indent=2, sort_keys=True) + "\n").encode()


def _point_at(root: Path, version: str) -> None:
    if current(root) == version:
        return
    new = root / ".tmp-pointer"
    _write(new, f"{version}\n".encode())
    new.replace(root / _POINTER)
    _sync_folder(root)


def _remove_dead(root: Path) -> None:
    """Remove what a killed publisher left; whoever holds the lock is the only one writing."""
    for path in root.glob(".tmp-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _remove_old(root: Path, version: str) -> None:
    others = [name for name in _versions(root) if name != version]
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


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _seal_of(manifest: bytes) -> bytes:
    return f"{_sha256(manifest)}  {MANIFEST}\n".encode()


def _short(version: str | None) -> str:
    return version[:12] if version else "no version"


class _Digest(Protocol):
    def update(self, content: bytes, /) -> object: ...


def _feed(digest: _Digest, name: bytes, content: bytes) -> None:
    """Add one named thing; the lengths keep two neighbours from being read as one."""
    for part in (name, content):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
