"""Fetches the checkers that the export tests run: `python tests/other_checkers/fetch.py`.

nanopub and the toolkit of Biolink come by pip into an environment of their own, `build/checkers/`,
as `requirements/checkers.txt` has them with their sums. The Java tool of nanopublications comes by
Maven beside them, and runs on the Java that the project brings with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_LOCK: Final = _ROOT / "requirements" / "checkers.txt"
_FOLDER: Final = _ROOT / "build" / "checkers"
_INSTALLED: Final = _FOLDER / _LOCK.name
"""The lock that what is there was fetched by."""
PYTHON: Final = _FOLDER / "bin" / "python"

_VERSION: Final = "1.34"
_SHA256: Final = "2abeec50449cb7023eed1b297bcb59cb274e992295c381f88bac5e1a67c100a4"
NANOPUB_JAR: Final = _FOLDER / f"nanopub-{_VERSION}-jar-with-dependencies.jar"
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


def missing_python() -> str:
    """Why the checkers in Python cannot be run; empty where they can."""
    if _INSTALLED.is_file() and _INSTALLED.read_bytes() == _LOCK.read_bytes():
        return ""
    return "there are no checkers in build/checkers (make test-servers fetches them)"


def missing_java() -> str:
    """Why the checker in Java cannot be run; empty where it can."""
    if not NANOPUB_JAR.is_file():
        return f"there is no {NANOPUB_JAR.name} in build/checkers (make test-servers fetches it)"
    if hashlib.sha256(NANOPUB_JAR.read_bytes()).hexdigest() != _SHA256:
        return f"{NANOPUB_JAR} is not the file that the tests were made for"
    return ""


def fetch() -> None:
    """Fetch what is missing and can be had."""
    if missing_python():
        shutil.rmtree(_FOLDER, ignore_errors=True)
        pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        locked = ("--use-pep517", "--no-deps", "--require-hashes", "--requirement", str(_LOCK))
        if _run(sys.executable, "-m", "venv", str(_FOLDER)) and _run(*pip, *locked):
            shutil.copyfile(_LOCK, _INSTALLED)
    if missing_java():
        _fetch_java()


def _fetch_java() -> None:
    """By Maven, a Debian package where there is none."""
    if not shutil.which("mvn") and shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "update", "--quiet")
        _run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "maven")
    if shutil.which("mvn"):
        artifact = f"org.nanopub:nanopub:{_VERSION}:jar:jar-with-dependencies"
        _run("mvn", "-q", "-B", _COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={_FOLDER}")


def _run(*command: str) -> bool:
    """Whether a command did what it was to do; if not, that is said."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env=quiet, check=False)
    if done.returncode:
        sys.stderr.write(f"{Path(command[0]).name} ended with {done.returncode}\n")
    return done.returncode == 0


if __name__ == "__main__":
    fetch()
    for missing in filter(None, (missing_python(), missing_java())):
        sys.stderr.write(f"not tested: {missing}\n")
