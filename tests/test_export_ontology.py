"""Promises of the exported ontologies: each shape holds what its readers look for, and no more."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import rdflib
from exporting import exported, own_source
from owl_reports import owl_export_reports
from rdflib import OWL, RDF, RDFS, SKOS, URIRef
from rdflib.term import Node

from kg.export.formats import export, write_files
from kg.export.hierarchy import closed, direct_of
from kg.export.ontology import merged
from kg.export.source import Source
from kg.model.rdf import read_catalogue, rebase
from kg.model.vocabulary import IRI, eg

BASE = "https://w3id.org/etiograph/"
OBO_IN_OWL = rdflib.Namespace("http://www.geneontology.org/formats/oboInOwl#")
DEFINITION = URIRef("http://purl.obolibrary.org/obo/IAO_0000115")
EG = rdflib.Namespace(f"{BASE}id/")
OTHER = "https://example.org/kg/"
MOVED = {"owl-base", "ofn", "turtle", "obo", "obographs", "sssom", "csv"}
SHAPES = {
    "owl": ("etiograph.owl", f"{BASE}ontology"),
    "owl-base": ("etiograph-base.owl", f"{BASE}ontology/base"),
    "owl-simple": ("etiograph-simple.owl", f"{BASE}ontology/simple"),
}


@cache
def graph_of(name: str) -> rdflib.Graph:
    """A shape as rdflib reads it."""
    return rdflib.Graph().parse(data=exported(name)[SHAPES[name][0]].content, format="xml")


def annotated(graph: rdflib.Graph, name: URIRef) -> set[tuple[Node, Node]]:
    """The two ends of each axiom that carries an annotation."""
    ends = (OWL.annotatedSource, OWL.annotatedTarget)
    found = (tuple(graph.value(node, end) for end in ends) for node in graph.subjects(name, None))
    return {(lower, upper) for lower, upper in found if lower and upper}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_has_a_name_of_its_own(name: str) -> None:
    """Each file is one ontology without imports, and its version IRI begins with its IRI."""
    graph = graph_of(name)
    iri = URIRef(SHAPES[name][1])

    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [iri]
    assert not list(graph.objects(None, OWL.imports))
    assert str(graph.value(iri, OWL.versionIRI)).startswith(f"{BASE}ontology/")


@pytest.mark.parametrize("name", SHAPES)
def test_every_term_is_defined_in_the_words_of_obo(name: str) -> None:
    """Whatever has a definition in SKOS has it under IAO_0000115 too, and an OBO identifier."""
    graph = graph_of(name)
    defined = set(graph.subjects(SKOS.definition))

    assert len(defined) > 1000
    for term in defined:
        assert set(graph.objects(term, SKOS.definition)) == set(graph.objects(term, DEFINITION))
    assert len(set(graph.objects(None, OBO_IN_OWL.id))) == len(defined)


def test_synonyms_and_codes() -> None:
    """A term has its synonyms, what means the same as a cross-reference, and every match."""
    graph, term = graph_of("owl"), EG.PagetDiseaseOfBone

    names = set(map(str, graph.objects(term, OBO_IN_OWL.hasExactSynonym)))
    assert {"osteitis deformans", "PDB"} <= names
    codes = set(map(str, graph.objects(term, OBO_IN_OWL.hasDbXref)))
    assert {"MONDO:0005382", "HP:0034159"} <= codes
    assert "ICD10:M90.6" not in codes
    mondo = URIRef("http://purl.obolibrary.org/obo/MONDO_0005382")
    assert (term, SKOS.exactMatch, mondo) in graph
    assert str(graph.value(mondo, RDFS.label)) == "bone Paget disease (MONDO:0005382)"
    assert list(graph.objects(term, SKOS.relatedMatch))


def test_what_follows_is_there_and_marked() -> None:
    """The release has superclasses that no file states, and says so at each of them."""
    release, base = graph_of("owl"), graph_of("owl-base")
    marked = annotated(release, OBO_IN_OWL.is_inferred)
    by_limits = annotated(base, OBO_IN_OWL.is_inferred)
    edge = (EG.HepaticAmyloidosis, EG.LiverDisorder)

    assert len(marked) > 100
    for lower, upper in marked:
        assert (lower, RDFS.subClassOf, upper) in release
        assert ((lower, RDFS.subClassOf, upper) in base) == ((lower, upper) in by_limits)
    assert edge in marked | set(base.subject_objects(RDFS.subClassOf))


def test_what_limits_imply_is_told_in_the_base() -> None:
    """A result above a greater limit stands below that above a smaller one; no more is told."""
    told = annotated(graph_of("owl-base"), OBO_IN_OWL.is_inferred)

    assert (EG.SeverelyRaisedSerumALPObservation, EG.MarkedlyRaisedSerumALPObservation) in told
    assert (EG.MarkedlyRaisedSerumALPObservation, EG.RaisedSerumALPObservation) in told
    assert (EG.HepaticAmyloidosis, EG.LiverDisorder) not in told


def test_no_evidence_is_lost() -> None:
    """Every axiom that statements carry is in the release and its statements with it."""
    base, release = graph_of("owl-base"), graph_of("owl")

    for graph in (base, release):
        assert len(annotated(graph, EG.evidence)) > 100
    texts = [
        sorted(str(each) for each in graph.objects(None, EG.evidence)) for graph in (base, release)
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", ["owl", "owl-base"])
def test_what_stands_behind_an_axiom_is_in_words(name: str) -> None:
    """Protégé shows by its label whatever an axiom names, and the place as text."""
    graph = graph_of(name)

    for kind in (EG.evidence, EG.corroboration, EG.counterEvidence, EG.saidOf):
        values = set(graph.objects(None, kind))
        assert values, kind
        assert [each for each in values if (each, RDFS.label, None) not in graph] == []
    for axiom, statement in graph.subject_objects(EG.evidence):
        number = str(statement).removeprefix(f"{BASE}statement/")
        if "/" not in number:  # what is background stands in no document
            assert str(graph.value(statement, RDFS.label)).startswith(f"{number} ")
            place = str(graph.value(axiom, EG.locatorText))
            assert re.search(rf"\b{number}: document [A-Z], .*line \d+", place), place


def test_the_simple_shape_is_simple() -> None:
    """Nothing but names and `property some class` is above a class in the simple shape."""
    graph = graph_of("owl-simple")

    above = [each for each in graph.objects(None, RDFS.subClassOf) if not isinstance(each, URIRef)]
    assert all(isinstance(graph.value(each, OWL.someValuesFrom), URIRef) for each in above)
    assert not list(graph.triples((None, OWL.intersectionOf, None)))
    assert not list(graph.triples((None, OWL.hasValue, None)))
    closed = set(graph_of("owl").transitive_subjects(RDFS.subClassOf, EG.Condition))
    assert set(graph.transitive_subjects(RDFS.subClassOf, EG.Condition)) == closed


def test_direct_superclasses() -> None:
    """A class has those above it with none between, and what is equivalent counts as itself."""
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("b", "b2"), ("b2", "b"), ("a", "e")]
    above = closed((eg(lower), eg(upper)) for lower, upper in edges)

    assert direct_of(eg("a"), above) == {eg("b"), eg("b2"), eg("e")}
    assert direct_of(eg("b"), above) == {eg("c")}
    assert direct_of(eg("c"), above) == {eg("d")}


def test_files_and_catalogue(tmp_path: Path) -> None:
    """The files as written lie beside a catalogue that finds each, and say what is merged."""
    folder = tmp_path / "ontology"
    write_files(tmp_path, exported("turtle"))
    catalogue = read_catalogue(folder)
    whole = rdflib.Graph()
    for path in catalogue.values():
        whole.parse(path, format="turtle")

    assert IRI(f"{BASE}ontology") in catalogue
    assert all(path.is_file() for path in catalogue.values())
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".ttl", ".xml"}
    classes = {
        str(each.subject)
        for each in merged(own_source())
        if (each.predicate, each.object) == (str(RDF.type), str(OWL.Class))
    }
    assert {name for name in classes if name.startswith(BASE)} == {
        str(each) for each in whole.subjects(RDF.type, OWL.Class) if isinstance(each, URIRef)
    }


def test_functional_syntax_reads_like_a_list() -> None:
    """An axiom with the statements that carry it is one line of the functional syntax."""
    text = exported("ofn")["etiograph.ofn"].content.decode()
    carried = re.findall(r"^SubClassOf\(.*Annotation\(eg:evidence .*$", text, re.MULTILINE)

    assert len(carried) > 50
    assert text.count("\nOntology(") == 1


@pytest.mark.slow
@pytest.mark.jvm
def test_the_owl_api_reads_each(tmp_path: Path) -> None:
    """The OWL API reads every file as OWL 2 DL, and the same out of both syntaxes."""
    names = [SHAPES["owl-base"][0], "etiograph.ofn", SHAPES["owl"][0], SHAPES["owl-simple"][0]]
    write_files(tmp_path, exported("owl", "ofn", "owl-base", "owl-simple"))

    found = owl_export_reports(tmp_path, names)

    assert [each["violations"] for each in found.values()] == [[], [], [], []]
    assert {name: found[name]["name"] for name, _ in SHAPES.values()} == dict(SHAPES.values())
    assert (found["etiograph.ofn"]["more"], found["etiograph.ofn"]["less"]) == (0, 0)
    assert int(str(found["etiograph.owl"]["annotated_axioms"])) > 250
    assert int(str(found["etiograph-base.owl"]["logical_axioms"])) > 1000


@pytest.mark.slow
def test_another_base() -> None:
    """Under another base every IRI of the project is moved, in every file of every format."""
    source = own_source()
    content, modules = (rebase(each.decode(), OTHER) for each in (source.content, source.modules))
    moved = Source(content.encode(), modules.encode(), OTHER, source.texts)

    for name, file in export(moved, sorted(MOVED)).items():
        text = file.content.decode()
        assert OTHER in text, name
        assert BASE not in text, name
