"""Writes the documentation as a static site, for any web server: `make site`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from kg.pages import docs
from kg.pages.html import static

_STATIC = ("style.css", "icon.svg")


def write_site(folder: Path) -> int:
    """The number of pages in the folder, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in docs.sources():
        _write(folder / "docs" / f"{name}.html", docs.render(name, _up(name), alone=True))
    for name, (_, content) in docs.images().items():
        _write(folder / "docs" / name, content)
    for name in _STATIC:
        _write(folder / "static" / name, static()[name][1])
    return len(docs.sources())


def _up(name: str) -> str:
    """The way from a page to the top of the site, so that it can stand anywhere."""
    return "../" * (name.count("/") + 1)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")
    print(f"{write_site(target)} pages in {target}; open {target / 'docs' / 'index.html'}")
