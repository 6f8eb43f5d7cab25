"""Habits of the project that no tool checks: maps of folders, and tests that do not sleep."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

KG = Path(__file__).resolve().parent.parent / "kg"
TESTS = Path(__file__).resolve().parent
FOLDERS = sorted(path.parent for path in KG.glob("*/**/__init__.py"))
MAP_LINE = re.compile(r"^(?:- | {4})?`?([a-z_]+(?:, [a-z_]+)*)/?`?(?:: |\s{2,})\S", re.MULTILINE)
"""A line of a map: a module or folder, or several, and what it is for."""


def _holds(folder: Path) -> set[str]:
    """The names of the modules and folders in a folder of the package."""
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
    return modules | {path.parent.name for path in folder.glob("*/__init__.py")}


def _map_of(folder: Path) -> str:
    return ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(KG).as_posix())
def test_the_map_of_a_folder_names_what_is_in_it(folder: Path) -> None:
    """The docstring of each folder has a word on each of its modules, and on none that is gone."""
    text = _map_of(folder)
    named = {name for line in MAP_LINE.findall(text) for name in line.split(", ")}
    parts = {path.name for path in folder.iterdir() if path.is_dir()}

    assert {name for name in _holds(folder) if not re.search(rf"\b{name}\b", text)} == set()
    assert named - _holds(folder) - parts == set()


def _sleeps(source: str) -> Iterator[int]:
    """The lines that let time pass; `sleep(0)` only lets others go first."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name, given = ast.unparse(node.func), [ast.unparse(each) for each in node.args]
            if name in {"time.sleep", "asyncio.sleep"} and given != ["0"]:
                yield node.lineno


def _comments(path: Path) -> set[int]:
    with path.open("rb") as file:
        found = tokenize.tokenize(file.readline)
        return {token.start[0] for token in found if token.type == tokenize.COMMENT}


def test_a_test_sleeps_only_with_a_reason() -> None:
    """What can be awaited is awaited; where time itself is the subject, a comment says so."""
    unsaid = [
        f"{path.relative_to(TESTS)}:{line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in _sleeps(path.read_text("utf-8"))
        if not _comments(path) & {line, line - 1}
    ]

    assert unsaid == []
