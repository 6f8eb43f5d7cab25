"""Fetches the readers that the export tests run: `python tests/other_readers/fetch.py`.

OAK, sssom-py, py-horned-owl, fastobo, rocrate, PyLD and the validator of CycloneDX come by pip
into an environment of their own, `build/readers/`, as `requirements/readers.txt` has them with
their sums.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import say_missing
from locked import fetch_environment, missing_environment, python

_NAME: Final = "readers"
PYTHON: Final = python(_NAME)


def missing_readers() -> str:
    """Why the readers cannot be run; empty where they can."""
    return missing_environment(_NAME)


if __name__ == "__main__":
    fetch_environment(_NAME)
    say_missing(missing_readers())
