"""The ontology as reasoners and Protégé see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from differential import Reasoned, reason_ontology
from owl_reports import owl_api_report

from kg.compile.conclusions import subsumptions
from kg.compile.owl.functional import write_ontology
from kg.model import resources
from kg.model.rdf import Graph, read_ntriples, read_sources
from kg.model.vocabulary import ROOT_ONTOLOGY, compact, expand
from kg.reasoning.rules import THING, is_expression

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
    text = write_ontology(reasoned.axioms, reasoned.declarations, names=reasoned.names)

    found = rustdl.classify_bytes(text.encode(), format="ofn")

    assert found.complete
    for iri, uppers in reasoned.hierarchy.supers.items():
        assert set(found.superclasses_of(iri)) - {iri, THING} == uppers


@pytest.fixture(name="report", scope="module")
def _report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Give what the OWL API finds where it loads the ontology as Protégé does, offline."""
    return owl_api_report(tmp_path_factory.mktemp("owl"), str(resources.ontology_dir()))


@pytest.mark.slow
@pytest.mark.jvm
def test_owl_2_dl(report: dict[str, object]) -> None:
    """The OWL API finds all modules and no violation of OWL 2 DL."""
    assert report["violations"] == []
    assert report["ontologies"] == len(read_sources(resources.ontology_dir()).modules)
    assert int(str(report["annotated_axioms"])) > 50


@pytest.mark.slow
@pytest.mark.jvm
def test_the_tree_has_the_roots_that_are_named(report: dict[str, object]) -> None:
    """Nothing stands under owl:Thing but the few classes that the header names as roots."""
    sources = read_sources(resources.ontology_dir())
    graph = Graph(read_ntriples(sources.ntriples(), "the ontology"))
    roots = graph.objects(ROOT_ONTOLOGY, expand("obo:IAO_0000700"))

    assert report["roots"] == sorted(map(str, roots))
    assert len(roots) <= 12
