"""What the definition of a kind of case asks for is read off the compiled rules."""

from __future__ import annotations

from kg.model.vocabulary import EG
from kg.reasoning.requirements import Requirement, requirements
from kg.reasoning.rules import TYPE
from kg.store.knowledge import KnowledgeGraph


def test_a_definition_is_taken_apart(knowledge: KnowledgeGraph) -> None:
    """A kind of case defined by two others asks for what each of them asks for."""
    found = requirements(knowledge.rules, EG.RaisedALPInMyelomaCase)

    assert set(found) == {
        Requirement(TYPE, EG.Case),
        Requirement(EG.hasCondition, EG.MultipleMyeloma),
        Requirement(EG.hasObservation, EG.RaisedSerumALPObservation),
    }


def test_a_bound_is_asked_for_by_its_property(knowledge: KnowledgeGraph) -> None:
    """A limit on a figure asks for the figure."""
    found = requirements(knowledge.rules, EG.ChildCase)

    assert Requirement(EG.ageInYears) in found


def test_a_class_without_a_definition_asks_for_itself(knowledge: KnowledgeGraph) -> None:
    """Of a class that is only named, nothing else can be asked."""
    found = requirements(knowledge.rules, EG.FemaleCase)

    assert found == (Requirement(TYPE, EG.FemaleCase),)
