"""Fetches jars by Maven, with their digests: one by itself, or those of a list.

A line of a list has a folder, Maven coordinates `group:artifact:version`, and the SHA-256 of the
jar. Each jar is named after its artifact, without the version.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from fetching import run

_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_ALONE: Final = (
    "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
)


class Jar(NamedTuple):
    """A jar of a list."""

    folder: str
    group: str
    artifact: str
    version: str
    sha256: str

    def path(self, home: Path) -> Path:
        """Where it stands once it is fetched."""
        return home / self.folder / f"{self.artifact}.jar"


def lacking(listing: Path, home: Path) -> list[Jar]:
    """The jars of a list that a folder has not, or has otherwise than the list says."""
    lines = listing.read_text("utf-8").splitlines()
    split = (line.replace(":", " ").split() for line in lines if not line.startswith("#"))
    return [jar for jar in (Jar(*parts) for parts in split) if not _is_as_listed(jar, home)]


def fetch_jars(listing: Path, home: Path) -> None:
    """Let Maven, where it is, fetch what a folder lacks, without what each jar depends on."""
    missing = lacking(listing, home)
    if missing and shutil.which("mvn"):
        for folder in sorted({jar.folder for jar in missing}):
            _copy([jar for jar in missing if jar.folder == folder], home / folder)


def missing_jar(path: Path, sha256: str) -> str:
    """Why a jar of its own cannot be run; empty where it can."""
    if not path.is_file():
        return f"there is no {path.name} in build/{path.parent.name} (make test-servers fetches it)"
    if _sum(path) != sha256:
        return f"{path} is not the file that the tests were made for"
    return ""


def fetch_jar(artifact: str, folder: Path) -> None:
    """Let Maven, where it is, copy a jar by its coordinates into a folder."""
    if shutil.which("mvn"):
        run("mvn", "-q", "-B", _COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}")


def _is_as_listed(jar: Jar, home: Path) -> bool:
    there = jar.path(home)
    return there.is_file() and _sum(there) == jar.sha256


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _copy(jars: Sequence[Jar], folder: Path) -> None:
    parts = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version>{_ALONE}</dependency>"
        for jar in jars
    )
    head = "<modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId>"
    text = f"<project>{head}<version>1</version><dependencies>{parts}</dependencies></project>"
    with tempfile.TemporaryDirectory() as place:
        description = Path(place, "pom.xml")
        description.write_text(text, "utf-8")
        run(
            "mvn", "-q", "-B", "-f", str(description), f"{_COPY}-dependencies",
            "-DexcludeTransitive=true", "-Dmdep.stripVersion=true", f"-DoutputDirectory={folder}",
        )  # fmt: skip
