"""The competency questions that ship with the project: each a case, and what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.case.strict import strict
from kg.model.errors import UsageError

_KEYS: Final = frozenset({"asked", "about", "case"})


@dataclass(frozen=True)
class Question:
    """A case in the form of the case schema, with the question in words."""

    name: str
    asked: str
    case: Mapping[str, object]
    about: str = ""
    """The finding that is asked about, by any of its names; empty for the one that is shown."""


def read_questions(folder: Path) -> tuple[Question, ...]:
    """The question of every file in a folder, in the order of their names."""
    return tuple(read_question(path) for path in sorted(folder.glob("*.json")))


def read_question(path: Path) -> Question:
    """The question of one file; UsageError where it holds something else."""
    data = strict(path.read_text("utf-8"))
    if not isinstance(data, dict) or not {"asked", "case"} <= data.keys() <= _KEYS:
        raise UsageError(f"{path}: wanted an object with asked and case, and perhaps about.")
    asked, about, case = data["asked"], data.get("about", ""), data["case"]
    if not isinstance(asked, str) or not isinstance(about, str) or not isinstance(case, dict):
        raise UsageError(f"{path}: asked and about are texts, and case is an object.")
    return Question(path.stem, asked, case, about)
