"""Fetches every package of an installation into a folder: `python tests/wheelhouse.py`.

One folder for each Python that is here, `build/wheelhouse/3.12`, filled from the lock of the core,
every file by its digest. What is there is not fetched again while the lock is the same.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
_FOLDER: Final = _ROOT / "build" / "wheelhouse"
_LOCKS: Final = ("requirements/build.txt", "requirements/core.txt")
_STAMP: Final = "fetched.txt"
VERSIONS: Final = ("3.11", "3.12", "3.13")
"""Every Python that the package says it runs on."""
_NEVER: Final = ("-I", "-m", "pip", "--disable-pip-version-check", "--no-input")


def python(version: str) -> Path | None:
    """The newest interpreter of a version that runs: on the path, or one of pyenv's."""
    own = [Path(sys.executable)] if version == f"3.{sys.version_info.minor}" else []
    named = [Path(each) for each in [shutil.which(f"python{version}")] if each]
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    kept = sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)
    return next((each for each in (*own, *named, *kept) if _runs(each, version)), None)


def _runs(path: Path, version: str) -> bool:
    program = "import ensurepip, sys, venv; print(f'{sys.version_info[0]}.{sys.version_info[1]}')"
    command = (str(path), "-I", "-c", program)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == version


def packages(version: str) -> Path:
    """The folder with the packages for a version of Python."""
    return _FOLDER / version


def missing(version: str) -> str:
    """Why an installation cannot be tested with a version of Python; empty where it can."""
    if python(version) is None:
        return f"there is no Python {version} here"
    stamp = packages(version) / _STAMP
    if not stamp.is_file() or stamp.read_text("utf-8") != _locked():
        return (
            f"the packages are not in build/wheelhouse/{version} (make test-servers fetches them)"
        )
    return ""


def _locked() -> str:
    return "".join((_ROOT / name).read_text("utf-8") for name in _LOCKS)


def fetch(version: str) -> None:
    """Fetch the packages for a version of Python that is here, where they are missing."""
    found = python(version)
    if found is None or not missing(version):
        return
    folder = packages(version)
    shutil.rmtree(folder, ignore_errors=True)
    # What comes as source is built by the tools of the lock, which are fetched before it.
    tools = folder / "tools"
    _run(found, "-I", "-m", "venv", str(tools))
    within = tools / "bin" / "python"
    hashed = ("--quiet", "--require-hashes", "--no-deps")
    build, core = (str(_ROOT / name) for name in _LOCKS)
    _run(within, *_NEVER, "install", *hashed, "-r", build)
    _run(within, *_NEVER, "wheel", *hashed, "--no-build-isolation", "-w", str(folder), "-r", core)
    shutil.rmtree(tools)
    (folder / _STAMP).write_text(_locked(), "utf-8")


def _run(program: Path, *arguments: str) -> None:
    subprocess.run((str(program), *arguments), check=True, stdout=sys.stderr)


if __name__ == "__main__":
    for each in VERSIONS:
        try:
            fetch(each)
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"{each}: {error}\n")
        if missing(each):
            sys.stderr.write(f"not tested: {missing(each)}\n")
