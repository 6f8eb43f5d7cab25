"""Matches and bridges taken at their word: what the trees of others then say of our own terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from differential import reason_ontology

from kg.compile.conclusions import subsumptions
from kg.compile.mappings import CodeMapping, read_mappings
from kg.compile.owl import hermit
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.functional import write_ontology
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.reading import read_axioms, read_declarations
from kg.model import resources
from kg.model.rdf import Graph, Triple, read_ntriples, read_sources, read_turtle
from kg.model.vocabulary import EG, OWL, PREFIXES, RDF, RDFS, SKOS, compact, expand

UPPER_TREES = Path(__file__).parent / "data" / "upper_trees.ttl"
UPPER_OBO = Path(__file__).parent / "data" / "upper_obo.ttl"
OWL_CLASS = OWL.Class


def _bridged(*more: Triple) -> Hierarchy:
    """The hierarchy with each exact match of a class as an equivalence, and the trees above."""
    sources = read_sources(resources.ontology_dir())
    triples = [*read_ntriples(sources.ntriples(), "the ontology"), *more]
    triples += read_turtle(UPPER_TREES.read_bytes(), path=UPPER_TREES)
    classes = {each.subject for each in triples if each[1:] == (RDF.type, OWL_CLASS)}
    triples += (each for row in _exact() if row.subject in classes for each in _equivalence(row))
    return _classified(triples)


def _joined(*more: Triple) -> Hierarchy:
    """The hierarchy with the bridge to OBO, and with how its terms hang together there."""
    folder = resources.ontology_dir()
    triples = [*read_ntriples(read_sources(folder).ntriples(), "the ontology"), *more]
    for path in (folder / "bridges" / "obo.ttl", UPPER_OBO):
        triples += read_turtle(path.read_bytes(), path=path)
    return _classified(triples)


def _classified(triples: Iterable[Triple]) -> Hierarchy:
    graph = Graph(triples)
    axioms = read_axioms(graph)
    names = name_expressions(axioms)
    return hermit.classify(write_ontology(axioms, read_declarations(graph), names=names))


def _exact() -> Iterator[CodeMapping]:
    for each in read_mappings(resources.ontology_dir() / "mappings"):
        for row in each.mappings:
            if row.predicate == SKOS.exactMatch and row.found and not row.negated:
                yield row


def _equivalence(row: CodeMapping) -> tuple[Triple, Triple]:
    return (
        Triple(row.object, RDF.type, OWL_CLASS),
        Triple(row.subject, OWL.equivalentClass, row.object),
    )


def _new(hierarchy: Hierarchy) -> list[str]:
    """What is said of two terms of ours that is not said without the bridge."""
    known = set(subsumptions(reason_ontology().hierarchy))
    ours = (pair for pair in subsumptions(hierarchy) if all(map(_is_ours, pair)))
    return sorted(f"{compact(low)} {compact(up)}" for low, up in ours if (low, up) not in known)


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIXES["eg"])


@pytest.mark.slow
@pytest.mark.jvm
def test_no_match_says_more_of_our_terms_than_the_ontology() -> None:
    """Whoever joins the codes to Mondo and Uberon finds no term of ours under another one."""
    hierarchy = _bridged()

    assert hierarchy.unsatisfiable <= reason_ontology().hierarchy.unsatisfiable
    assert _new(hierarchy) == []


@pytest.mark.slow
@pytest.mark.jvm
def test_a_match_that_is_too_wide_is_found() -> None:
    """Were a listed diagnosis the same as a whole region of Mondo, each disorder of it were one."""
    region = expand("http://purl.obolibrary.org/obo/MONDO_0002515")

    found = _new(_bridged(Triple(EG.HepatobiliaryDisease, OWL.equivalentClass, region)))

    assert "eg:LiverDisorder eg:RaisedSerumALPFactor" in found


@pytest.mark.slow
@pytest.mark.jvm
def test_the_bridge_to_obo_says_nothing_of_our_terms_among_themselves() -> None:
    """Joined to BFO and its like, no term of ours is empty or comes under another one."""
    hierarchy = _joined()

    assert hierarchy.unsatisfiable <= reason_ontology().hierarchy.unsatisfiable
    assert _new(hierarchy) == []
    uppers = hierarchy.supers[EG.BortezomibTreatment]
    assert expand("http://purl.obolibrary.org/obo/BFO_0000015") in uppers


@pytest.mark.slow
@pytest.mark.jvm
def test_a_drug_is_no_role() -> None:
    """What ChEBI calls a drug is what an entity is used as, and no entity."""
    role = expand("http://purl.obolibrary.org/obo/CHEBI_23888")

    assert EG.Drug in _joined(Triple(EG.Drug, RDFS.subClassOf, role)).unsatisfiable


@pytest.mark.slow
@pytest.mark.jvm
def test_a_bridge_that_puts_a_term_in_two_places_is_found() -> None:
    """Were a drug a treatment, there could be none."""
    process = expand("http://purl.obolibrary.org/obo/OGMS_0000090")

    assert EG.Drug in _joined(Triple(EG.Drug, RDFS.subClassOf, process)).unsatisfiable
