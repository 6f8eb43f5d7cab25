"""Fetches the readers that the export tests run: `python tests/other_readers/fetch.py`.

OAK, sssom-py, py-horned-owl, fastobo, rocrate, PyLD and the validator of CycloneDX come by pip
into an environment of their own, `build/readers/`, as `requirements/readers.txt` has them with
their sums.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_LOCK: Final = _ROOT / "requirements" / "readers.txt"
_FOLDER: Final = _ROOT / "build" / "readers"
_INSTALLED: Final = _FOLDER / _LOCK.name
"""The lock that what is there was fetched by."""
PYTHON: Final = _FOLDER / "bin" / "python"


def missing_readers() -> str:
    """Why the readers cannot be run; empty where they can."""
    if _INSTALLED.is_file() and _INSTALLED.read_bytes() == _LOCK.read_bytes():
        return ""
    return "there are no readers of others in build/readers (make test-servers fetches them)"


def fetch() -> None:
    """Fetch what is missing and can be had."""
    if not missing_readers():
        return
    shutil.rmtree(_FOLDER, ignore_errors=True)
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    locked = ("--use-pep517", "--no-deps", "--require-hashes", "--requirement", str(_LOCK))
    if _run(sys.executable, "-m", "venv", str(_FOLDER)) and _run(*pip, *locked):
        shutil.copyfile(_LOCK, _INSTALLED)


def _run(*command: str) -> bool:
    """Whether a command did what it was to do; if not, that is said."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        sys.stderr.write(f"{Path(command[0]).name} ended with {done.returncode}\n")
    return done.returncode == 0


if __name__ == "__main__":
    fetch()
    if missing_readers():
        sys.stderr.write(f"not tested: {missing_readers()}\n")
