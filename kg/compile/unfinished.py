"""What a curator has still to write: the comments that begin with TO FILL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kg.curate.sources.add import TO_FILL
from kg.model.errors import Finding, Report

_LEFT: Final = re.compile(rf"^\s*#\s*{TO_FILL}\b:?\s*(?P<what>.*?)\s*$")


def unfinished(paths: Iterable[Path]) -> Report:
    """A finding for every comment that says that something is still to be written."""
    return Report(tuple(finding for path in paths for finding in _in(path)))


def _in(path: Path) -> Iterator[Finding]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        left = _LEFT.match(line)
        if left is not None:
            yield Finding(
                rule="to-fill",
                level="error",
                focus=left["what"],
                message=f"Not yet written: {left['what']} "
                f"Write it, and take `# {TO_FILL}:` from the front of the line.",
                place=f"{path}:{number}",
            )
