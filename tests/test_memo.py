"""What HermiT said once is kept: whole or not at all, and never trusted when it is damaged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.compile import memo
from kg.compile.memo import remembered
from kg.compile.owl import hermit
from kg.compile.owl.functional import ontology
from kg.compile.owl.java import Printed
from kg.compile.pipeline import make
from kg.model import resources
from kg.model.errors import ReasonerError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))


def no_java(*_: object, **__: object) -> Printed:
    """Fail the test: Java was started."""
    pytest.fail("Java was started")


def never() -> bytes:
    """Fail the test: the answer was not kept."""
    pytest.fail("the answer was worked out again")


def kept() -> list[Path]:
    """Give the files of the answers that are kept."""
    return sorted(path for path in memo.folder().iterdir() if not path.name.startswith("."))


@pytest.mark.slow
@pytest.mark.jvm
def test_a_build_of_the_same_axioms_needs_no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no axiom changed, a build asks no reasoner, and makes the same graph byte for byte."""
    first = make(resources.ontology_dir(), lambda _: None)
    monkeypatch.setattr(hermit, "run_java", no_java)

    again = make(resources.ontology_dir(), lambda _: None)

    assert again == first


@pytest.mark.jvm
def test_other_axioms_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is that to one text, with these options and this software, and to no other."""
    text = ontology(["SubClassOf(<urn:A> <urn:B>)"])
    hermit.ask(text, "--classify")
    asked: list[tuple[str, ...]] = []

    def run(arguments: tuple[str, ...], *_: object, **__: object) -> Printed:
        asked.append(arguments)
        return Printed(0, "", "")

    monkeypatch.setattr(hermit, "run_java", run)
    hermit.ask(text, "--classify")
    assert asked == []

    hermit.ask(ontology(["SubClassOf(<urn:A> <urn:C>)"]), "--classify")
    hermit.ask(text, "--consistency")
    monkeypatch.setattr(hermit, "software", lambda: {"owlready2": "next"})
    hermit.ask(text, "--classify")
    assert len(asked) == 3


def test_a_failure_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong once is tried again."""
    monkeypatch.setattr(hermit, "run_java", lambda *_, **__: Printed(1, "", "OutOfMemoryError"))

    with pytest.raises(ReasonerError, match="OutOfMemoryError"):
        hermit.ask(ontology([]), "--classify")

    assert not memo.folder().exists()


@pytest.mark.parametrize("damage", [b"", b"x", b"\n", b"0" * 64 + b"\nanswer"])
def test_a_damaged_answer_is_worked_out_again(damage: bytes) -> None:
    """An answer that does not fit its digest is as good as none, and is mended."""
    remembered(b"question", lambda: b"answer")
    (path,) = kept()
    path.write_bytes(damage)

    assert remembered(b"question", lambda: b"answer") == b"answer"
    assert remembered(b"question", never) == b"answer"


def test_a_kill_while_it_is_written_leaves_no_answer() -> None:
    """A process that is killed in the middle leaves nothing that could be taken for an answer."""
    script = (
        "import os, signal; from kg.compile import memo\n"
        "memo.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "memo.remembered(b'question', lambda: b'half')"
    )

    killed = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert kept() == []
    assert remembered(b"question", lambda: b"answer") == b"answer"


def test_only_the_newest_answers_are_kept() -> None:
    """The folder does not grow for ever."""
    for number in range(5):
        remembered(str(number).encode(), lambda: b"answer", most=3)

    assert len(kept()) == 3


def test_an_answer_that_is_asked_for_stays() -> None:
    """What is in use is not the oldest, however long it has been there."""
    for question in (b"in use", b"not in use"):
        remembered(question, lambda: b"answer")
    for path in kept():
        os.utime(path, (0, 0))
    remembered(b"in use", never)

    remembered(b"new", lambda: b"answer", most=2)

    assert remembered(b"in use", never) == b"answer"


def test_an_answer_that_cannot_be_kept_is_given(tmp_path: Path) -> None:
    """A cache that cannot be written to costs time, and no answer."""
    (tmp_path / "cache").write_text("a file where a folder is wanted")

    assert remembered(b"question", lambda: b"answer") == b"answer"
