"""Finds a version of the graph by what a user calls it, and builds it where it has to be."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.compile import builder
from kg.compile.reasoned import Progress
from kg.model import resources
from kg.model.errors import UsageError
from kg.model.rdf import CATALOGUE_NAME
from kg.store import artifact
from kg.store.artifact import Artifact

_SHORTEST: Final = 6
"""So many digits tell one version from the others, and are no word or number by chance."""
_DIGITS: Final = frozenset("0123456789abcdef")
_ONTOLOGY: Final = "ontology"


@dataclass(frozen=True)
class Version:
    """A built graph, and the name under which it was asked for."""

    name: str
    product: Artifact


def current_version(progress: Progress) -> Version:
    """The graph that the sources make as they are now."""
    return Version("the sources", builder.of_folder(resources.ontology_dir(), progress=progress))


def find_version(name: str, progress: Progress) -> Version:
    """The version of a folder, a built graph, a hash in the cache or a git revision.

    UsageError where the name is none of them.
    """
    path = Path(name).expanduser()
    found = _at(path, progress) if path.exists() else None
    found = found or _kept(name) or _revision(name, progress)
    if found is None:
        raise UsageError(
            f"{name!r} is no version: wanted an ontology folder (with {CATALOGUE_NAME}), a built "
            f"graph, {_SHORTEST} or more digits of a version that `kg build` made, or a revision "
            f"in git of {resources.data_dir()}."
        )
    return Version(name, found)


def _at(path: Path, progress: Progress) -> Artifact | None:
    """What stands at a path: sources, a version, a folder of versions, or a file of a version."""
    for folder in (path, path / _ONTOLOGY):
        if (folder / CATALOGUE_NAME).is_file():
            return builder.of_folder(folder, progress=progress)
    folder = (path if path.is_dir() else path.parent).resolve()
    if (folder / artifact.MANIFEST).is_file():
        return artifact.open_artifact(folder.parent, folder.name)
    return artifact.open_artifact(folder) if path.is_dir() and artifact.versions(folder) else None


def _kept(name: str) -> Artifact | None:
    """The version of the cache whose hash begins so; UsageError where several do."""
    if len(name) < _SHORTEST or not _DIGITS.issuperset(name):
        return None
    kept = {each: root for root in builder.roots() for each in artifact.versions(root)}
    found = sorted(each for each in kept if each.startswith(name))
    if len(found) > 1:
        raise UsageError(f"{len(found)} versions begin with {name}: {', '.join(found)}.")
    return artifact.open_artifact(kept[found[0]], found[0]) if found else None


def _revision(name: str, progress: Progress) -> Artifact | None:
    """The graph of a revision of the checkout; its ontology is taken out into a folder for it."""
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if not commit:
        return None
    archive = _git("archive", "--format=tar", commit.decode().strip(), _ONTOLOGY)
    if not archive:
        raise UsageError(f"revision {name} of {resources.data_dir()} has no folder {_ONTOLOGY}.")
    with tempfile.TemporaryDirectory(prefix="kg-diff-") as folder:
        _unpack(archive, Path(folder))
        # It kept the rules of its time: what today's rules say of it is of no interest here.
        return builder.of_folder(Path(folder) / _ONTOLOGY, progress=progress, checked=False)


def _git(*arguments: str) -> bytes:
    """What git says of the checkout; nothing where it fails or there is none."""
    command = ["git", "-C", str(resources.data_dir()), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - no shell, and no option is read from the name
    except (OSError, subprocess.CalledProcessError):
        return b""


def _unpack(archive: bytes, folder: Path) -> None:
    """Write the files of an archive that git made; links and whatever else is in it are left."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            target = (folder / member.name).resolve()
            if content is not None and target.is_relative_to(folder.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
