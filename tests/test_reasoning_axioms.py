"""Axioms: read in a stable order, carried by evidence, written without loss."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from kg.compile.owl.axioms import Axiom, axiom_text, make_axiom
from kg.compile.owl.functional import write_ontology
from kg.compile.owl.reading import read_axioms, read_declarations
from kg.model.errors import BuildError, NotHornError
from kg.model.rdf import Graph, Triple, read_turtle
from kg.reasoning.expressions import Named

HEART = "https://example.org/heart/"
STATEMENT = "https://example.org/statement/"
PREFIXES = """
@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix eg: <https://w3id.org/etiograph/id/> .
:in a owl:ObjectProperty . :near a owl:ObjectProperty . :ratio a owl:DatatypeProperty .
"""


@pytest.fixture(name="heart")
def _heart(root: Path) -> Graph:
    return Graph(_triples(root))


def _triples(root: Path) -> list[Triple]:
    return list(read_turtle((root / "tests/data/reasoning/troponin.ttl").read_bytes()))


def _read(turtle: str) -> tuple[Axiom, ...]:
    return read_axioms(Graph(read_turtle((PREFIXES + turtle).encode())))


def _about(axioms: tuple[Axiom, ...], lower: str, upper: str) -> Axiom:
    wanted = make_axiom("subclass", Named(HEART + lower), Named(HEART + upper)).id
    return next(axiom for axiom in axioms if axiom.id == wanted)


@pytest.mark.parametrize("seed", range(3))
def test_reading_twice_gives_the_same(heart: Graph, root: Path, seed: int) -> None:
    """The order and the ids of axioms depend on their content alone."""
    triples = _triples(root)
    random.Random(seed).shuffle(triples)
    again = read_axioms(Graph(triples))

    assert read_axioms(heart) == again
    assert len(again) == 77


def test_evidence_and_corroboration_stay_with_their_axiom(heart: Graph) -> None:
    """An axiom knows the statements that carry it, apart from those that only agree."""
    axiom = _about(read_axioms(heart), "Infarction", "RaisingFactor")

    assert axiom.evidence == (f"{STATEMENT}H03",)
    assert axiom.corroboration == (f"{STATEMENT}H09",)


@pytest.mark.parametrize(
    ("turtle", "construct"),
    [
        ("[] a owl:AllDisjointProperties ; owl:members ( :p :q ) .", "owl:AllDisjointProperties"),
        (":A owl:disjointUnionOf ( :B :C ) .", "owl:disjointUnionOf"),
        (":A owl:hasKey ( :in ) .", "owl:hasKey"),
        (":in a owl:SymmetricProperty .", "owl:SymmetricProperty"),
        (":in a owl:IrreflexiveProperty .", "owl:IrreflexiveProperty"),
        (":in a owl:InverseFunctionalProperty .", "owl:InverseFunctionalProperty"),
        (":in a owl:FunctionalProperty .", "only data properties may be functional"),
        (":in owl:propertyDisjointWith :near .", "owl:propertyDisjointWith"),
        (":in owl:equivalentProperty :near .", "owl:equivalentProperty"),
        (":a owl:sameAs :b .", "owl:sameAs"),
        (":in owl:propertyChainAxiom ( :in :near :in ) .", "a chain of 3"),
        (":in rdfs:subPropertyOf [ owl:inverseOf :near ] .", "an anonymous property"),
        (":ratio rdfs:subPropertyOf :age . :age a owl:DatatypeProperty .", "of decimals"),
        (":ratio rdfs:range xsd:double .", "the range of a data property"),
        (":Dose a rdfs:Datatype ; owl:equivalentClass xsd:decimal .", "a named datatype"),
    ],
)
def test_axioms_that_rules_cannot_carry_are_refused_by_name(turtle: str, construct: str) -> None:
    """An axiom outside the fragment stops the build and says what it is."""
    with pytest.raises(NotHornError, match=construct):
        _read(turtle)


def test_classes_that_are_apart_are_one_axiom_however_many() -> None:
    """Two of them are the same axiom in either form; of three it names all."""
    [group] = _read("[] a owl:AllDisjointClasses ; owl:members ( :C :A :B :A ) .")
    [pair] = _read("[] a owl:AllDisjointClasses ; owl:members ( :B :A ) .")

    assert axiom_text(group, {}) == "DisjointClasses: A, B, C"
    assert [pair] == list(_read(":A owl:disjointWith :B ."))
    with pytest.raises(BuildError, match="lacks two classes"):
        _read("[] a owl:AllDisjointClasses ; owl:members ( :A ) .")


def test_an_annotation_of_nothing_is_refused() -> None:
    """Evidence for an axiom that is not there would vanish in silence."""
    note = "[] a owl:Axiom ; owl:annotatedSource :A ; owl:annotatedProperty rdfs:subClassOf ;"

    with pytest.raises(BuildError, match="does not contain"):
        _read(f"{note} owl:annotatedTarget :B ; eg:evidence :s .")


def test_an_axiom_stated_with_and_without_evidence_is_refused() -> None:
    """A copy without evidence would keep the axiom alive when its statements fall."""
    some = "[ a owl:Restriction ; owl:onProperty :in ; owl:someValuesFrom :B ]"
    note = "[] a owl:Axiom ; owl:annotatedSource :A ; owl:annotatedProperty rdfs:subClassOf ;"
    copies = f"_:r owl:onProperty :in ; owl:someValuesFrom :B . :A rdfs:subClassOf _:r , {some} ."

    with pytest.raises(BuildError, match="Stated twice"):
        _read(f"{copies} {note} owl:annotatedTarget _:r ; eg:evidence :s .")


def test_an_undeclared_property_is_refused() -> None:
    """A property without a kind would lose its own axioms in silence."""
    with pytest.raises(BuildError, match="not declared"):
        _read(":A rdfs:subClassOf [ owl:onProperty :unheard ; owl:someValuesFrom :B ] .")


@pytest.mark.jvm
def test_what_is_written_is_read_back_as_the_same_axioms(heart: Graph, root: Path) -> None:
    """The functional syntax carries every logical axiom to the OWL API, and no evidence."""
    axioms = read_axioms(heart)

    written = write_ontology(axioms, read_declarations(heart))
    done = subprocess.run(
        [sys.executable, str(root / "tests" / "owl_turtle.py")],
        input=written.encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    again = read_axioms(Graph(read_turtle(done.stdout)))

    assert {axiom.id for axiom in again} == {axiom.id for axiom in axioms}
    assert not any(axiom.evidence for axiom in again)


def test_people_see_an_axiom_in_manchester_syntax(heart: Graph) -> None:
    """Every kind of axiom has a line that a curator can read."""
    shown = {axiom_text(axiom, {f"{HEART}Heart": "the heart"}) for axiom in read_axioms(heart)}

    assert "locatedIn o partOf SubPropertyOf locatedIn" in shown
    assert "Transitive: partOf" in shown
    assert "CardiacCause SubClassOf ArguedAgainstByNormalCk" in shown
    assert "Myocardium SubClassOf partOf some 'the heart'" in shown
