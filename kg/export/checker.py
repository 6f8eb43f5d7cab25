"""The program that checks proofs against an export, for whoever has Node.js and not this software.

It is no part of this software: nothing here imports it, and it imports nothing from here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kg.export.source import Source

FILE: Final = "check-proof.mjs"
PROGRAM: Final = Path(__file__).with_name(FILE)


def checker(_: Source) -> dict[str, bytes]:
    """The program, the same for every graph."""
    return {FILE: PROGRAM.read_bytes()}
