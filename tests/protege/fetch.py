"""Puts the Protégé desktop together in `build/protege`: `python tests/protege/fetch.py`.

Protégé is published as parts on Maven Central, not as a program. `jars.txt` names each with its
digest, and `config.xml` the order in which they start; the command line is that of Protégé's own
`run.sh`. Debian packages give Java with windows, a screen in memory, and what types and clicks on
it. What cannot be had is said, and its tests are skipped with the reason; in CI they fail.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final, NamedTuple

PROTEGE: Final = Path(__file__).resolve().parents[2] / "build" / "protege"
_HERE: Final = Path(__file__).resolve().parent
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_PROGRAMS: Final = {"Xvfb": "xvfb", "fluxbox": "fluxbox", "xdotool": "xdotool", "scrot": "scrot"}
_ALONE: Final = (
    "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
)
_LOGGING: Final = "org/osgi/service/log/"
_MANIFEST: Final = f"""Manifest-Version: 1.0
Bundle-ManifestVersion: 2
Bundle-SymbolicName: org.osgi.service.log
Bundle-Version: 1.3.0
Export-Package: {_LOGGING.strip("/").replace("/", ".")};version="1.3.0"

"""


class Jar(NamedTuple):
    """A part of Protégé."""

    folder: str
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where it stands once it is fetched."""
        return PROTEGE / self.folder / f"{self.artifact}.jar"


def listed() -> list[Jar]:
    """The parts that `jars.txt` names."""
    lines = (_HERE / "jars.txt").read_text("utf-8").splitlines()
    split = (line.replace(":", " ").split() for line in lines if not line.startswith("#"))
    return [Jar(*parts) for parts in split]


def missing_protege() -> str:
    """Why Protégé cannot be started; empty where it can."""
    programs = [each for each in _PROGRAMS if not shutil.which(each)]
    if programs:
        return f"there is no {', '.join(programs)} (Debian packages of these names)"
    if not _has_windows():
        return "there is no Java that can open windows (Debian package default-jre)"
    wrong = [jar.artifact for jar in listed() if not _is_as_listed(jar)]
    if wrong:
        return f"build/protege lacks {wrong[0]} as jars.txt has it (make test-protege fetches it)"
    return ""


def fetch() -> None:
    """Fetch what is missing and can be had."""
    packages = [name for program, name in _PROGRAMS.items() if not shutil.which(program)]
    packages += [] if _has_windows() else ["default-jre"]
    lacking = [jar for jar in listed() if not _is_as_listed(jar)]
    packages += ["maven"] if lacking and not shutil.which("mvn") else []
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "update", "--quiet")
        _run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages)
    if lacking and shutil.which("mvn"):
        for folder in sorted({jar.folder for jar in lacking}):
            _copy_jars(folder, [jar for jar in lacking if jar.folder == folder])
        _add_what_logging_needs()


def _has_windows() -> bool:
    java = shutil.which("java")
    return java is not None and (Path(java).resolve().parents[1] / "lib/libawt_xawt.so").is_file()


def _is_as_listed(jar: Jar) -> bool:
    there = jar.path.is_file()
    return there and hashlib.sha256(jar.path.read_bytes()).hexdigest() == jar.sha256


def _copy_jars(folder: str, jars: list[Jar]) -> None:
    """Let Maven copy jars, without what each of them depends on, under names without a version."""
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
        _run(
            "mvn", "-q", "-B", "-f", str(description), _COPY, "-DexcludeTransitive=true",
            "-Dmdep.stripVersion=true", f"-DoutputDirectory={PROTEGE / folder}",
        )  # fmt: skip


def _add_what_logging_needs() -> None:
    """A bundle that exports the one package that Maven Central has in no bundle of its own."""
    with (
        zipfile.ZipFile(PROTEGE / "parts" / "org.osgi.compendium.jar") as whole,
        zipfile.ZipFile(PROTEGE / "bundles" / "org.osgi.service.log.jar", "w") as part,
    ):
        part.writestr("META-INF/MANIFEST.MF", _MANIFEST)
        for name in whole.namelist():
            if name.startswith(_LOGGING) and name.endswith(".class"):
                part.writestr(name, whole.read(name))


def _run(*command: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quiet, check=False)
    if done.returncode:
        sys.stderr.write(f"{command[0]} ended with {done.returncode}\n")


if __name__ == "__main__":
    fetch()
    if missing_protege():
        sys.stderr.write(f"not tested: {missing_protege()}\n")
