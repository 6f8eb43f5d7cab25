"""Every tutorial runs as it stands, from an empty folder, and shows what it says it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from frozen import as_tested
from servers import Server

from kg.model import resources
from kg.store.knowledge import KnowledgeGraph

CONSOLE: Final = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
SERVER: Final = "http://127.0.0.1:8000"
"""The server as the pages write it."""
RUNNING: Final = "kg serve"
"""What the tests have running already."""
IN_A_CHECKOUT: Final = frozenset({"curator"})
READERS: Final = (
    "clinician", "informatician", "sparql", "ontology-engineer", "linked-data", "curator",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a page, and lines that it has to print, among others."""

    command: str
    shown: tuple[str, ...]


def steps(text: str) -> Iterator[Step]:
    """The commands of a page in order; a line behind `>` belongs to the command above it."""
    for block in CONSOLE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *rest = part.splitlines()
            typed = [line[2:] for line in rest if line == ">" or line.startswith("> ")]
            shown = [line for line in rest if not (line == ">" or line.startswith("> "))]
            yield Step("\n".join([first, *typed, ""]), tuple(shown))


@pytest.fixture(name="environment")
def _environment(root: Path, knowledge: KnowledgeGraph, tmp_path: Path) -> Mapping[str, str]:
    """Give the environment of a reader who has installed `kg`, whose graph is built."""
    assert knowledge.version
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, arguments in (("kg", "-m kg "), ("python", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n', "utf-8")
        program.chmod(0o755)
    return os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "KG_CACHE": str(resources.cache_dir()),
    }


def _folder(page: str, place: Path) -> tuple[Path, dict[str, str]]:
    """An empty folder; for what is done in a checkout a copy of what is worked with there."""
    folder = place / "folder"
    folder.mkdir()
    if page not in IN_A_CHECKOUT:
        return folder, {}
    for name in ("ontology", "queries", "kg"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(as_tested(name), folder / name, ignore=ignored)
    return folder, {"PYTHONPATH": str(folder), "KG_ONTOLOGY": str(folder / "ontology")}


@pytest.mark.slow
@pytest.mark.parametrize("page", READERS)
def test_a_tutorial_runs(
    page: str, root: Path, environment: Mapping[str, str], site: Server, tmp_path: Path
) -> None:
    """Each command of the page ends well, and prints the lines that the page shows below it."""
    text = (root / "docs" / "tutorials" / f"{page}.md").read_text("utf-8")
    folder, variables = _folder(page, tmp_path)
    found = [step for step in steps(text) if step.command.strip() != RUNNING]

    assert len(found) >= 4
    for step in found:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", step.command.replace(SERVER, site.url)],
            cwd=folder,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (step.command, done.stdout, done.stderr)
        printed = done.stdout.splitlines()
        assert [line for line in step.shown if line not in printed] == [], step.command


def test_every_reader_has_a_tutorial(root: Path) -> None:
    """No tutorial is left out here, but the first one, which sets up the checkout itself."""
    pages = {path.stem for path in (root / "docs" / "tutorials").glob("*.md")}

    assert pages == {*READERS, "first-answer"}
