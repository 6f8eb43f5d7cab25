"""Promises of ARCHITECTURE.md: the map is true, and the walk goes where it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.answer.classified import ClassifiedCase
from kg.answer.model import Answer
from kg.case import Case
from kg.cli import main

WALK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w./-]+)`")
FORMS = {"document": dict, "case": Case, "classified": ClassifiedCase, "answer": Answer}
"""The forms of a value behind the text that was typed, by the name that the walk gives each."""


@pytest.fixture(name="page")
def _page(root: Path) -> str:
    """Give the page."""
    return (root / "ARCHITECTURE.md").read_text("utf-8")


@pytest.mark.usefixtures("knowledge")
def test_the_walk_takes_five_forms(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """From the typed text over four more forms to the very text that `kg ask` prints."""
    (walk,) = WALK.findall(page)
    names: dict[str, object] = {}

    exec(compile(walk, "ARCHITECTURE.md", "exec"), names)  # noqa: S102 - our own page

    assert {name: type(names[name]) for name in FORMS} == FORMS
    question = ["ask", "--has", "multiple myeloma", "--lab", "alp=212U/L(35-105)"]
    assert capsys.readouterr().out == CliRunner().invoke(main, question).output + "\n"


def test_the_result_is_in_every_form(page: str) -> None:
    """The value that was typed is found in each of the forms, and a verdict in the judge's."""
    (walk,) = WALK.findall(page)
    names: dict[str, object] = {}
    exec(compile(walk.replace("print(", "str("), "ARCHITECTURE.md", "exec"), names)  # noqa: S102

    assert all("212" in str(names[name]) for name in ("document", "case", "answer"))
    assert "raised" in str(getattr(names["classified"], "findings", ""))
    assert any(each.verdict for each in names["judgements"].values())  # type: ignore[attr-defined]


def test_whatever_the_tables_name_is_there(page: str, root: Path) -> None:
    """Every file and folder in a table of the page exists."""
    named = {name for row in ROW.findall(page) for name in NAMED.findall(row) if "/" in name}

    assert len(named) > len(FORMS)
    assert {name for name in named if not (root / name).exists()} == set()


def test_every_folder_is_on_the_map(page: str, root: Path) -> None:
    """No folder of the package is left out."""
    folders = {path.name for path in (root / "kg").iterdir() if (path / "__init__.py").is_file()}

    assert {name for name in folders if f"`kg/{name}`" not in page} == set()
