"""Fetches the readers that tests run: `python tests/other_readers/fetch.py`.

OAK, sssom-py, py-horned-owl, fastobo, rocrate, PyLD and the validator of CycloneDX come by pip
into an environment of their own, `build/readers/`, as `requirements/readers.txt` has them with
their sums. RDF4J's readers of RDF come by Maven into `build/servers/rdf4j/`, as `jars.txt` has
them; Jena's are in the jar of Fuseki.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import install, say_missing
from jars import fetch_jars, lacking
from locked import fetch_environment, missing_environment, python
from other_stores.fetch import FUSEKI_JAR, missing_fuseki

_NAME: Final = "readers"
_LIST: Final = Path(__file__).resolve().parent / "jars.txt"
_HOME: Final = FUSEKI_JAR.parent
PYTHON: Final = python(_NAME)


def missing_readers() -> str:
    """Why the readers in Python cannot be run; empty where they can."""
    return missing_environment(_NAME)


def missing_rdf4j() -> str:
    """Why RDF4J cannot be run; empty where it can."""
    missing = lacking(_LIST, _HOME)
    return f"{_HOME} lacks {missing[0].artifact} as jars.txt has it" if missing else ""


def jars_of_java() -> list[Path]:
    """The jars with the readers of Jena and RDF4J."""
    return [FUSEKI_JAR, *sorted((_HOME / "rdf4j").glob("*.jar"))]


def fetch() -> None:
    """Fetch what is missing and can be had."""
    fetch_environment(_NAME)
    if missing_rdf4j() and not shutil.which("mvn"):
        install("maven")
    fetch_jars(_LIST, _HOME)


if __name__ == "__main__":
    fetch()
    say_missing(missing_readers(), missing_rdf4j(), missing_fuseki())
