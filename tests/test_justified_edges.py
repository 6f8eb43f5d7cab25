"""Every derived edge keeps every justification: none missing, none bigger, as reasoners have it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache

import pytest
from counting import share_of
from differential import Reasoned, reason_ontology
from justified import minimal
from proving import parts_of

from kg.answer.ask import ask
from kg.answer.proof.explain import proofs_of
from kg.answer.proof.model import Explanation
from kg.answer.proof.prover import MEMBER_OF, class_prover
from kg.case import resolve_case
from kg.case.document import read_questions
from kg.compile.conclusions import edges
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.functional import write_ontology
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.justifications import Edge, Justifications, justify
from kg.compile.owl.rules import compile_asserted
from kg.curate.diff.difference import shipped_questions
from kg.model.compiled import ClassEdge
from kg.reasoning.expressions import Value, expression_iri
from kg.reasoning.rules import TYPE, Fact
from kg.store.knowledge import KnowledgeGraph

SAMPLE = 4
"""So many times axioms are taken away in every run; far more often in the exhaustive one."""


@cache
def justified() -> tuple[Reasoned, Mapping[Edge, Justifications]]:
    """Give the ontology with every justification of every edge."""
    reasoned = reason_ontology()
    axioms = reasoned.axioms
    wanted = edges(name_expressions(axioms), reasoned.hierarchy)
    return reasoned, justify(compile_asserted(axioms), wanted)


def kept(knowledge: KnowledgeGraph) -> dict[tuple[str, str, str], list[tuple[str, frozenset[str]]]]:
    """Give the justifications that the graph holds of each edge, each with whether it is inferred.

    They stand by their rank, which counts from one.
    """
    rows = knowledge.store.select(
        """SELECT ?source ?property ?target ?rank ?inferred ?axiom WHERE {
          ?edge eg:edgeSource ?source ; eg:edgeProperty ?property ; eg:edgeTarget ?target ;
            eg:justifiedBy ?node .
          ?node a eg:Justification ; eg:rank ?rank ; eg:byInference ?inferred ; eg:usesAxiom ?axiom
        }"""
    )
    found: dict[tuple[str, str, str], dict[int, tuple[str, set[str]]]] = {}
    for record in rows.records():
        edge = str(record["source"]), str(record["property"]), str(record["target"])
        ranks = found.setdefault(edge, {})
        rank, inferred = (getattr(record[name], "value", "") for name in ("rank", "inferred"))
        own = ranks.setdefault(int(rank), (inferred, set()))
        own[1].add(str(record["axiom"]).rpartition("/")[2])
    for ranks in found.values():
        assert sorted(ranks) == list(range(1, len(ranks) + 1))
    return {
        edge: [(inferred, frozenset(axioms)) for _, (inferred, axioms) in sorted(ranks.items())]
        for edge, ranks in found.items()
    }


def traced(knowledge: KnowledgeGraph, edge: ClassEdge) -> frozenset[str] | None:
    """Give the axioms by which the tracer comes to an edge."""
    classes = class_prover(knowledge)
    given = (Fact(MEMBER_OF, TYPE, edge.source),)
    goal = Fact(MEMBER_OF, edge.property, edge.target)
    return classes.tracer.axioms(given, goal, within=frozenset(classes.tables.axioms))


@pytest.mark.slow
def test_the_tracer_justifies_every_edge(knowledge: KnowledgeGraph) -> None:
    """Of no derived edge is a justification missing; what the tracer finds is one that is kept."""
    edges = class_prover(knowledge).tables.edges
    held = kept(knowledge)

    found = {edge: traced(knowledge, edge) for edge in edges}

    assert len(edges) > 300
    for edge, axioms in found.items():
        sets = [each for _, each in held[edge.source, edge.property, edge.target]]
        assert axioms in sets, edge
        assert sets[0] == edge.axioms, edge


def test_what_is_stated_comes_first(knowledge: KnowledgeGraph) -> None:
    """Then what takes fewer axioms; an edge is inferred only where nothing states it outright."""
    held = kept(knowledge)

    for edge in class_prover(knowledge).tables.edges:
        sets = held[edge.source, edge.property, edge.target]
        order = [(inferred, len(axioms)) for inferred, axioms in sets]
        assert order == sorted(order), edge
        assert edge.inferred == (sets[0][0] == "true"), edge


def test_a_cause_that_a_document_states_is_not_inferred(knowledge: KnowledgeGraph) -> None:
    """That vitamin D deficiency raises ALP is what A004 says, whatever background says besides."""
    rows = knowledge.store.select(
        """SELECT ?inferred ?statement ?background WHERE {
          ?edge eg:edgeSource eg:VitaminDDeficiency ; eg:edgeProperty eg:mayCause ;
            eg:edgeTarget eg:raised-serum-alp ;
            eg:byInference ?inferred ; eg:usesStatement ?statement
          OPTIONAL { ?edge eg:usesBackground ?background }
        }"""
    )

    ((inferred, statement, background),) = rows.rows

    assert getattr(inferred, "value", None) == "false"
    assert str(statement).endswith("A004")
    assert background is None


@pytest.mark.slow
def test_proofs_and_the_graph_agree(knowledge: KnowledgeGraph) -> None:
    """What a proof says of a class takes the axioms of a justification that the graph holds."""
    held = kept(knowledge)
    explanations: list[Explanation] = []
    for question in read_questions(shipped_questions()):
        about = knowledge.lexicon.find(question.about).iri if question.about else None
        case = resolve_case(dict(question.case), knowledge.lexicon)
        explanations += proofs_of(knowledge, case, ask(knowledge, case, about))

    parts = [part for part in parts_of(iter(explanations)).values() if part.source]

    checked = 0
    for part in parts:
        edge = part.source, part.goal.predicate, str(part.goal.value)
        if edge in held:
            assert frozenset(part.axioms) in [axioms for _, axioms in held[edge]], edge
            checked += 1
    assert checked > 50


@pytest.mark.slow
@pytest.mark.jvm
def test_no_axiom_of_a_justification_can_be_spared() -> None:
    """HermiT says of every justification of the ontology that it takes each of its axioms."""
    reasoned, found = justified()

    assert sum(map(len, found.values())) > len(found)
    assert minimal(reasoned.axioms, found)


@pytest.mark.slow
@pytest.mark.jvm
def test_an_edge_stands_while_a_justification_stands() -> None:
    """A few times by chance: see the test that does it often."""
    for seed in range(SAMPLE):
        assert_stands_with_its_justifications(seed)


@pytest.mark.jvm
@pytest.mark.exhaustive
def test_no_justification_is_missing() -> None:
    """Without some axioms, an edge follows if and only if a justification of it is left.

    A reasoner of other authors says whether it does.
    """
    for seed in share_of(range(SAMPLE, 300)):
        assert_stands_with_its_justifications(seed)


def assert_stands_with_its_justifications(seed: int) -> None:
    """Take an axiom from each justification of some edge, and compare what follows then."""
    reasoned, found = justified()
    rng = random.Random(seed)
    sets = found[rng.choice(sorted(found))]
    gone = {rng.choice(each) for each in sets} | {rng.choice(reasoned.axioms).id}
    left = [axiom for axiom in reasoned.axioms if axiom.id not in gone]
    text = write_ontology(left, reasoned.declarations, names=reasoned.names)
    hierarchy = _classified_by_rustdl(text)

    for edge, own in found.items():
        value = expression_iri(Value(edge.property, edge.target))
        stands = any(gone.isdisjoint(each) for each in own)
        assert hierarchy.subsumed(edge.source, value) == stands, (seed, edge)


def _classified_by_rustdl(text: str) -> Hierarchy:
    """Classify as HermiT does, in this process: a tenth of a second in place of a JVM."""
    rustdl = pytest.importorskip("rustdl")
    found = rustdl.classify_bytes(text.encode(), format="ofn")
    assert found.complete
    assert not found.unsatisfiable
    return Hierarchy.of(
        (lower, upper) for lower in found.classes for upper in found.superclasses_of(lower)
    )
