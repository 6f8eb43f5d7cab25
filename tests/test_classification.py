"""The rules place every class where a complete reasoner does, and what cannot be is noticed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from differential import Reasoned, reason, reason_file, reason_ontology

from kg.compile.owl.axioms import Axiom, Declarations, Told, make_axiom
from kg.compile.owl.classification import classify_classes
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.oracle import compare
from kg.compile.owl.rules import compile_asserted
from kg.model import resources
from kg.model.errors import InconsistentError, ReasonerError
from kg.model.rdf import Graph, read_ntriples, read_sources
from kg.reasoning.expressions import Facet, Named, Or, Some, conjunction
from kg.reasoning.intervals import Interval

A, B, C, D, E = (Named(f"urn:{name}") for name in "ABCDE")


def told(axioms: tuple[Axiom, ...], declarations: Declarations | None = None) -> Told:
    """Give a reasoner axioms."""
    names = name_expressions(axioms)
    given = declarations or Declarations()
    return Told(axioms, given, compile_asserted(axioms, names), names)


def placed(*axioms: Axiom) -> Hierarchy:
    """Classify axioms by the rules."""
    return classify_classes(told(axioms))


def assert_hermit_agrees(reasoned: Reasoned) -> None:
    """Compare what the rules say with what HermiT said."""
    found = classify_classes(told(reasoned.axioms, reasoned.declarations))

    compare(found, reasoned.hierarchy)
    assert found.equivalents == reasoned.hierarchy.equivalents


@pytest.mark.slow
@pytest.mark.jvm
def test_hermit_places_the_classes_of_the_ontology_likewise() -> None:
    """The hierarchy of the shipped ontology is HermiT's."""
    assert_hermit_agrees(reason_ontology())


@pytest.mark.jvm
def test_hermit_places_other_classes_likewise(root: Path) -> None:
    """So is that of a small ontology about another marker."""
    assert_hermit_agrees(reason_file(root / "tests/data/reasoning/troponin.ttl"))


@pytest.mark.slow
@pytest.mark.jvm
def test_hermit_places_the_classes_of_a_grown_ontology_likewise(root: Path, tmp_path: Path) -> None:
    """So is that of an ontology with twice the terms and articles."""
    sys.path.insert(0, str(root / "benchmarks"))
    from grow import grow

    grow(resources.ontology_dir(), tmp_path / "ontology", articles=2, topics=2)

    sources = read_sources(tmp_path / "ontology")
    assert_hermit_agrees(reason(Graph(read_ntriples(sources.ntriples(), "the ontology"))))


def test_a_union_is_below_what_all_its_parts_are_below() -> None:
    """What is one of two kinds belongs to what both belong to, as does what is defined by it."""
    either = Or((A, B))
    found = placed(
        make_axiom("subclass", A, C),
        make_axiom("subclass", B, D),
        make_axiom("subclass", D, C),
        make_axiom("equivalent", E, either),
        make_axiom("subclass", Named("urn:F"), Some("urn:r", E)),
        make_axiom("subclass", Some("urn:r", C), Named("urn:G")),
    )

    assert found.subsumed("urn:E", "urn:C")
    assert not found.subsumed("urn:E", "urn:D")
    assert found.subsumed("urn:F", "urn:G")


def test_what_can_have_no_member_is_named() -> None:
    """A class below two that exclude each other is impossible, and so is what needs a member."""
    found = placed(
        make_axiom("disjoint", A, B),
        make_axiom("subclass", C, A),
        make_axiom("subclass", C, B),
        make_axiom("subclass", D, Some("urn:r", C)),
        make_axiom("subclass", E, A),
    )

    assert found.unsatisfiable >= {"urn:C", "urn:D"}
    assert "urn:E" not in found.unsatisfiable


def test_two_limits_of_one_figure_exclude_each_other() -> None:
    """A figure of which there is one cannot be above and below a limit."""
    high, low = Facet("urn:p", Interval(above=2)), Facet("urn:p", Interval(below=1))  # type: ignore[arg-type]
    found = placed(
        make_axiom("functional", Named("urn:p")),
        make_axiom("equivalent", A, conjunction([C, high])),
        make_axiom("equivalent", B, conjunction([C, low])),
        make_axiom("subclass", D, A),
        make_axiom("subclass", D, B),
    )

    assert "urn:D" in found.unsatisfiable
    assert not {"urn:A", "urn:B"} & found.unsatisfiable


def test_axioms_that_contradict_each_other_are_refused() -> None:
    """An individual of two classes that exclude each other cannot be."""
    with pytest.raises(InconsistentError):
        placed(
            make_axiom("disjoint", A, B),
            make_axiom("type", Named("urn:x"), A),
            make_axiom("type", Named("urn:x"), B),
        )


def test_a_difference_is_named() -> None:
    """Whoever compares two hierarchies is told which pair only one of them has."""
    one = Hierarchy({"urn:A": frozenset({"urn:B"}), "urn:B": frozenset()})
    other = Hierarchy({"urn:A": frozenset(), "urn:B": frozenset()})

    with pytest.raises(ReasonerError, match="only the rules: <urn:A> below <urn:B>"):
        compare(one, other)
    compare(one, one)
