"""Graphs for tests: the project's own, and what edited copies of the ontology make.

A graph is built once, by whoever needs it first, and found again by the other workers and by the
next run: `build/tests` holds each under the hash of everything that it was built from.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from frozen import ROOT, VARIABLE

from kg.answer.ask import ask
from kg.answer.model import Answer, Verdict
from kg.case import resolve_case
from kg.compile import builder
from kg.model import resources
from kg.store.artifact import Artifact
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore

Edit = Callable[[str], str]
"""What a curator does to the text of one file."""

_KEPT: Final = ROOT / "build" / "tests"
_SHARED: Final = ("kept", "frozen")
_MOST: Final = 40
"""So many graphs are kept, about 8 MB each: those of the last few states of the sources."""


def own_graph() -> KnowledgeGraph:
    """The graph of the project, which one worker builds while the others wait."""
    with _locked(_KEPT / "own.lock"):
        return builder.ensure()


def whole_graph() -> KnowledgeGraph:
    """The graph of every article of the checkout; the tests are run on a selection of them."""
    if VARIABLE not in os.environ:
        return own_graph()
    found = graph_of(ROOT / "ontology")
    return open_graph(found, lambda: LocalStore(found.content))


def graph_of(folder: Path) -> Artifact:
    """The graph that an ontology folder makes; built where no test has built it before."""
    version = builder.wanted_version(folder)
    kept = _KEPT / version
    with _locked(_KEPT / f"{version[:2]}.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_CACHE", str(kept))
        kept.mkdir(exist_ok=True)
        kept.touch()
        _share_checks(kept)
        found = builder.of_folder(folder)
    _remove_old()
    return found


def _share_checks(folder: Path) -> None:
    """Let a build find what others found of the parts of the sources that are the same."""
    shared, own = _KEPT / "kept", folder / "kept"
    shared.mkdir(exist_ok=True)
    if not own.exists():
        own.symlink_to(shared, target_is_directory=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; the kernel opens the lock when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_old() -> None:
    """Keep those that were asked for last."""
    kept = sorted(
        (each for each in _KEPT.iterdir() if each.is_dir() and each.name not in _SHARED),
        key=_asked_for,
    )
    for folder in kept[:-_MOST]:
        shutil.rmtree(folder, ignore_errors=True)


def _asked_for(folder: Path) -> float:
    """When a graph was asked for last; long ago where another process has just removed it."""
    return folder.stat().st_mtime if folder.exists() else 0.0


def edited_ontology(folder: Path, edits: Mapping[str, Edit]) -> Path:
    """A copy of the ontology in `folder` with some files edited; an edit has to change its file."""
    copy = folder / "ontology"
    shutil.copytree(resources.ontology_dir(), copy)
    if not any(name.startswith(("articles/", "tables/")) for name in edits):
        for made_of in ("articles", "tables"):  # the Turtle as edited is the source
            shutil.rmtree(copy / made_of)
    for name, edit in edits.items():
        before = (copy / name).read_text("utf-8")
        after = edit(before)
        assert before != after, f"the edit of {name} changes nothing"
        (copy / name).write_text(after, "utf-8")
    return copy


def build_edited(edits: Mapping[str, Edit]) -> KnowledgeGraph:
    """The knowledge that an edited copy of the ontology makes; the copy does not outlive this."""
    with tempfile.TemporaryDirectory() as folder:
        return open_graph(graph_of(edited_ontology(Path(folder), edits)))


def without_statement(identifier: str) -> Edit:
    """An edit that takes one statement out of a file of statements."""
    block = re.compile(rf"(?ms)^st:{identifier} a .*?\.\n(?=\n|\Z)")
    return lambda text: block.sub("", text)


def with_withdrawal(identifier: str) -> Edit:
    """An edit that withdraws one statement in a file of statements, as a curator does it."""
    act = f"eg:withdrawal-of-{identifier.lower()}"
    note = f"""
@prefix prov: <http://www.w3.org/ns/prov#> .
prov:wasInvalidatedBy a owl:AnnotationProperty .
prov:wasAssociatedWith a owl:AnnotationProperty .
dcterms:date a owl:AnnotationProperty .
eg:reason a owl:AnnotationProperty .
st:{identifier} prov:wasInvalidatedBy {act} .
{act} a eg:Withdrawal , owl:NamedIndividual ;
    rdfs:label "withdrawal of {identifier}"@en ;
    eg:reason "read from the wrong line" ;
    dcterms:date "2026-11-22" ;
    prov:wasAssociatedWith "a curator" .
"""
    return lambda text: f"{text}{note}"


def answer_for(knowledge: KnowledgeGraph, case: Mapping[str, object]) -> Answer:
    """The answer for a case in the form of the case schema."""
    return ask(knowledge, resolve_case(dict(case), knowledge.lexicon))


def verdicts(answer: Answer) -> dict[str, str]:
    """The verdict of each listed cause, by label."""
    return {cause.label: cause.verdict.value for cause in answer.causes}


def labels(answer: Answer, verdict: Verdict) -> set[str]:
    """The labels of the causes with one verdict."""
    return {cause.label for cause in answer.by_verdict(verdict)}
