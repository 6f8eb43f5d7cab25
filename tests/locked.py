"""Programs of others in Python, in environments `build/NAME`, as `requirements/NAME.txt` says.

Every package has its sum in the lock. What comes as source only is built by the rules of PEP 517,
which an older pip does not follow by itself.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from fetching import run

_ROOT: Final = Path(__file__).resolve().parents[1]


def python(name: str) -> Path:
    """The interpreter of an environment."""
    return _folder(name) / "bin" / "python"


def missing_environment(name: str) -> str:
    """Why an environment cannot be used; empty where it can."""
    fetched = _folder(name) / _lock(name).name
    if fetched.is_file() and fetched.read_bytes() == _lock(name).read_bytes():
        return ""
    return f"build/{name} is not as requirements/{name}.txt has it (make test-servers fetches it)"


def fetch_environment(name: str) -> None:
    """Make an environment anew where it is missing, or was made by another lock."""
    if not missing_environment(name):
        return
    shutil.rmtree(_folder(name), ignore_errors=True)
    pip = (str(python(name)), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    locked = ("--use-pep517", "--no-deps", "--require-hashes", "--requirement", str(_lock(name)))
    if run(sys.executable, "-m", "venv", str(_folder(name))) and run(*pip, *locked):
        shutil.copyfile(_lock(name), _folder(name) / _lock(name).name)


def _folder(name: str) -> Path:
    return _ROOT / "build" / name


def _lock(name: str) -> Path:
    return _ROOT / "requirements" / f"{name}.txt"
