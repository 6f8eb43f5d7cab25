"""Fetches HL7's validator and test cases into `build/hl7`: `python tests/hl7/fetch.py`.

Maven Central has them as jars, which `jars.txt` names with their digests. The test cases hold the
definitions of FHIR and the models of CDS Hooks, so nothing is asked of the registry of FHIR
packages. It runs on the Java that the project brings with it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import install, say_missing
from jars import fetch_jars, lacking

HL7: Final = Path(__file__).resolve().parents[2] / "build" / "hl7"
CASES: Final = HL7 / "cases" / "fhir-test-cases.jar"
_LIST: Final = Path(__file__).resolve().parent / "jars.txt"


def missing_hl7() -> str:
    """Why the validator cannot be run; empty where it can."""
    missing = lacking(_LIST, HL7)
    return f"build/hl7 lacks {missing[0].artifact} as jars.txt has it" if missing else ""


def fetch() -> None:
    """Fetch what is missing and can be had."""
    if missing_hl7() and not shutil.which("mvn"):
        install("maven")
    fetch_jars(_LIST, HL7)


if __name__ == "__main__":
    fetch()
    say_missing(missing_hl7())
