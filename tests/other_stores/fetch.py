"""Fetches the stores that the server tests start: `python tests/other_stores/fetch.py`.

Virtuoso 7 comes as a Debian package where the user may install one: the program alone, without the
service. Fuseki comes by Maven, a Debian package too, into `build/`, and runs on the Java that the
project brings with it.
What cannot be fetched is said, and its tests are skipped with the reason.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import install, say_missing
from jars import fetch_jar, missing_jar

FUSEKI_VERSION: Final = "5.5.0"
_FUSEKI_SHA256: Final = "c8611d326ac387f1e5a854f9c56571e5f3961b9ec945783c9249a1fa01e0f820"
_FOLDER: Final = Path(__file__).resolve().parents[2] / "build" / "servers"
FUSEKI_JAR: Final = _FOLDER / f"jena-fuseki-server-{FUSEKI_VERSION}.jar"
_PACKAGE: Final = "virtuoso-opensource-7-bin"


def missing_virtuoso() -> str:
    """Why Virtuoso cannot be started; empty where it can."""
    return "" if shutil.which("virtuoso-t") else f"there is no virtuoso-t (package {_PACKAGE})"


def missing_fuseki() -> str:
    """Why Fuseki cannot be started; empty where it can."""
    return missing_jar(FUSEKI_JAR, _FUSEKI_SHA256)


def fetch() -> None:
    """Fetch what is missing and can be had."""
    maven = missing_fuseki() and not shutil.which("mvn")
    install(*([_PACKAGE] if missing_virtuoso() else []), *(["maven"] if maven else []))
    if missing_fuseki():
        fetch_jar(f"org.apache.jena:jena-fuseki-server:{FUSEKI_VERSION}", _FOLDER)


if __name__ == "__main__":
    fetch()
    say_missing(missing_virtuoso(), missing_fuseki())
