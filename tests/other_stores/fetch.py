"""Fetches the stores that the server tests start: `python tests/other_stores/fetch.py`.

Virtuoso 7 comes as a Debian package where the user may install one: the program alone, without the
service. Fuseki comes by Maven, a Debian package too, into `build/`, and runs on the Java that the
project brings with it.
What cannot be fetched is said, and its tests are skipped with the reason.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

FUSEKI_VERSION: Final = "5.5.0"
_FUSEKI_SHA256: Final = "c8611d326ac387f1e5a854f9c56571e5f3961b9ec945783c9249a1fa01e0f820"
_FOLDER: Final = Path(__file__).resolve().parents[2] / "build" / "servers"
FUSEKI_JAR: Final = _FOLDER / f"jena-fuseki-server-{FUSEKI_VERSION}.jar"
_PACKAGE: Final = "virtuoso-opensource-7-bin"
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


def missing_virtuoso() -> str:
    """Why Virtuoso cannot be started; empty where it can."""
    return "" if shutil.which("virtuoso-t") else f"there is no virtuoso-t (package {_PACKAGE})"


def missing_fuseki() -> str:
    """Why Fuseki cannot be started; empty where it can."""
    if not FUSEKI_JAR.is_file():
        return f"there is no {FUSEKI_JAR.name} in build/servers (make test-servers fetches it)"
    if hashlib.sha256(FUSEKI_JAR.read_bytes()).hexdigest() != _FUSEKI_SHA256:
        return f"{FUSEKI_JAR} is not the file that the tests were made for"
    return ""


def fetch() -> None:
    """Fetch what is missing and can be had."""
    maven = missing_fuseki() and not shutil.which("mvn")
    packages = [*([_PACKAGE] if missing_virtuoso() else []), *(["maven"] if maven else [])]
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "update", "--quiet")
        for package in packages:
            _run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package)
    if missing_fuseki() and shutil.which("mvn"):
        artifact = f"org.apache.jena:jena-fuseki-server:{FUSEKI_VERSION}"
        _run("mvn", "-q", "-B", _COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={_FOLDER}")


def _run(*command: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env=quiet, check=False)
    if done.returncode:
        sys.stderr.write(f"{command[0]} ended with {done.returncode}\n")


if __name__ == "__main__":
    fetch()
    for missing in filter(None, (missing_virtuoso(), missing_fuseki())):
        sys.stderr.write(f"not tested: {missing}\n")
