"""Fetches the checkers that the export tests run: `python tests/other_checkers/fetch.py`.

nanopub and the toolkit of Biolink come by pip into an environment of their own, `build/checkers/`,
as `requirements/checkers.txt` has them with their sums. The Java tool of nanopublications comes by
Maven beside them, and runs on the Java that the project brings with it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import install, say_missing
from jars import fetch_jar, missing_jar
from locked import fetch_environment, missing_environment, python

_NAME: Final = "checkers"
PYTHON: Final = python(_NAME)
_FOLDER: Final = PYTHON.parents[1]
_VERSION: Final = "1.34"
_SHA256: Final = "2abeec50449cb7023eed1b297bcb59cb274e992295c381f88bac5e1a67c100a4"
NANOPUB_JAR: Final = _FOLDER / f"nanopub-{_VERSION}-jar-with-dependencies.jar"


def missing_python() -> str:
    """Why the checkers in Python cannot be run; empty where they can."""
    return missing_environment(_NAME)


def missing_java() -> str:
    """Why the checker in Java cannot be run; empty where it can."""
    return missing_jar(NANOPUB_JAR, _SHA256)


def fetch() -> None:
    """Fetch what is missing and can be had."""
    fetch_environment(_NAME)
    if missing_java():
        install(*([] if shutil.which("mvn") else ["maven"]))
        fetch_jar(f"org.nanopub:nanopub:{_VERSION}:jar:jar-with-dependencies", _FOLDER)


if __name__ == "__main__":
    fetch()
    say_missing(missing_python(), missing_java())
