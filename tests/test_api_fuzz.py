"""Requests made from the description of the interface: thousands, and no mistake of ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from servers import serving_built

CASES = 5_000
EACH = 50
"""Requests for each operation, besides those for its bounds."""


@pytest.mark.load
@pytest.mark.usefixtures("knowledge")
def test_schemathesis(tmp_path: Path) -> None:
    """Every reply is one that the description names, and none is an error of the server.

    A text that the description allows need not be an IRI, so it may be refused.
    """
    with serving_built(tmp_path / "server.log", "--no-access-log") as server:
        found = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--no-color", "run",
                f"http://127.0.0.1:{server.port}/api/openapi.json",
                "--exclude-checks", "positive_data_acceptance",
                "--phases", "examples,coverage,fuzzing", "--max-examples", str(EACH),
                "--seed", "1", "--generation-database", "none", "--continue-on-failure",
                "--report", "json", "--report-json-path", str(tmp_path / "report.json"),
            ],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert server.query("ASK { ?s ?p ?o }").status == 200
    cases = [int(each) for each in re.findall(r"(\d+) generated", found.stdout)]

    assert found.returncode == 0, found.stdout[-8000:]
    assert sum(cases) >= CASES, found.stdout[-2000:]
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert "unhandled exception" not in (tmp_path / "server.log").read_text("utf-8")
