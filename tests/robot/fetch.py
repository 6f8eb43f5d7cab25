"""Fetches ROBOT into `build/robot`: `python tests/robot/fetch.py`.

Maven Central has it as a jar with a hundred others beside it, which `jars.txt` names with their
digests. It runs on the Java that the project brings with it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import install, say_missing
from jars import fetch_jars, lacking

ROBOT: Final = Path(__file__).resolve().parents[2] / "build" / "robot"
_LIST: Final = Path(__file__).resolve().parent / "jars.txt"


def missing_robot() -> str:
    """Why ROBOT cannot be started; empty where it can."""
    missing = lacking(_LIST, ROBOT)
    return f"build/robot lacks {missing[0].artifact} as jars.txt has it" if missing else ""


def fetch() -> None:
    """Fetch what is missing and can be had."""
    if missing_robot() and not shutil.which("mvn"):
        install("maven")
    fetch_jars(_LIST, ROBOT)


if __name__ == "__main__":
    fetch()
    say_missing(missing_robot())
