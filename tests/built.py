"""Builds edited copies of the ontology, for tests of what a curator's change does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from kg.answer.ask import ask
from kg.answer.model import Answer, Verdict
from kg.case import resolve_case
from kg.compile.model import open_store
from kg.compile.steps import make
from kg.model import resources
from kg.store.knowledge import Knowledge
from kg.store.local import LocalStore

Edit = Callable[[str], str]
"""What a curator does to the text of one file."""


def edited_ontology(folder: Path, edits: Mapping[str, Edit]) -> Path:
    """A copy of the ontology in `folder` with some files edited; an edit has to change its file."""
    copy = folder / "ontology"
    shutil.copytree(resources.ontology_dir(), copy)
    for name, edit in edits.items():
        before = (copy / name).read_text("utf-8")
        after = edit(before)
        assert before != after, f"the edit of {name} changes nothing"
        (copy / name).write_text(after, "utf-8")
    return copy


def build_edited(folder: Path, edits: Mapping[str, Edit]) -> Knowledge:
    """The knowledge that an edited copy of the ontology makes."""
    built = make(edited_ontology(folder, edits), lambda _: None)
    return open_store(LocalStore(built.graph), built.rules, built.asserted, "edited")


def without_statement(identifier: str) -> Edit:
    """An edit that takes one statement out of a file of statements."""
    block = re.compile(rf"(?ms)^st:{identifier} a .*?\.\n(?=\n|\Z)")
    return lambda text: block.sub("", text)


def answer_for(knowledge: Knowledge, case: Mapping[str, object]) -> Answer:
    """The answer for a case in the form of the case schema."""
    return ask(knowledge, resolve_case(dict(case), knowledge.lexicon))


def verdicts(answer: Answer) -> dict[str, str]:
    """The verdict of each listed cause, by label."""
    return {cause.label: cause.verdict.value for cause in answer.causes}


def labels(answer: Answer, verdict: Verdict) -> set[str]:
    """The labels of the causes with one verdict."""
    return {cause.label for cause in answer.by_verdict(verdict)}
