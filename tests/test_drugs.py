"""Drugs by class: what is said of a class holds of its drugs; what is said of one, of no other."""

from __future__ import annotations

import pytest

from kg.answer.ask import ask
from kg.answer.classified import classify_case
from kg.case import read_case
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import eg
from kg.store.knowledge import KnowledgeGraph

CLASSES = {
    "Bisphosphonate": (
        "zoledronic acid", "Zometa", "Reclast", "pamidronate", "Aredia", "ibandronate", "Boniva",
        "clodronate", "etidronate", "tiludronate", "neridronic acid", "minodronate", "Fosamax",
        "risedronic acid",
    ),
    "BoneModifyingAgent": ("denosumab", "Xgeva", "Prolia", "zoledronate", "alendronic acid"),
    "RANKLInhibitor": ("denosumab",),
    "ProteasomeInhibitor": ("Velcade", "carfilzomib", "Kyprolis", "ixazomib"),
    "ImmunomodulatoryImideDrug": ("thalidomide", "Revlimid", "pomalidomide"),
    "AntiCD38Antibody": ("daratumumab", "Sarclisa"),
    "Glucocorticoid": ("dexamethasone", "prednisone", "prednisolone", "methylprednisolone"),
    "AntimyelomaDrug": (
        "bortezomib", "carfilzomib", "ixazomib", "lenalidomide", "daratumumab", "isatuximab",
        "dexamethasone", "prednisone", "melphalan", "cyclophosphamide", "elotuzumab", "selinexor",
    ),
}  # fmt: skip
"""Drugs as they are typed, by a class that each belongs to."""
OTHERS = {
    "Bisphosphonate": ("denosumab", "carfilzomib"),
    "BoneModifyingAgent": ("bortezomib", "dexamethasone"),
    "Bortezomib": ("carfilzomib", "ixazomib"),
    "AntimyelomaDrug": ("zoledronate", "denosumab"),
}
"""Drugs that a class does not hold."""


def _given(lexicon: Lexicon, knowledge: KnowledgeGraph, drug: str) -> frozenset[str]:
    """Every class of what a patient with this drug is given."""
    return classify_case(knowledge.rules, read_case(lexicon, drugs=[drug])).present


@pytest.mark.parametrize(
    ("name", "drug"), [(name, each) for name, drugs in CLASSES.items() for each in drugs]
)
def test_a_drug_belongs_to_its_class(
    lexicon: Lexicon, knowledge: KnowledgeGraph, name: str, drug: str
) -> None:
    """A drug under its usual names and brands is one of its class, and of no other by mistake."""
    found = _given(lexicon, knowledge, drug)

    assert eg(name) in found
    for other, outside in OTHERS.items():
        assert drug not in outside or eg(other) not in found


@pytest.mark.parametrize(
    ("name", "drug"), [(name, each) for name, drugs in OTHERS.items() for each in drugs]
)
def test_a_drug_is_none_of_another_class(
    lexicon: Lexicon, knowledge: KnowledgeGraph, name: str, drug: str
) -> None:
    """Denosumab is no bisphosphonate, and carfilzomib is not bortezomib."""
    assert eg(name) not in _given(lexicon, knowledge, drug)


@pytest.mark.parametrize("drug", ["zoledronic acid", "pamidronate", "ibandronate", "clodronate"])
def test_an_alert_about_the_class_is_said_of_each_drug(
    lexicon: Lexicon, knowledge: KnowledgeGraph, drug: str
) -> None:
    """A contraindication of bisphosphonates stands at the head whichever of them is given."""
    case = read_case(lexicon, has=["hypophosphatasia"], drugs=[drug], labs=["alp=low"])

    answer = ask(knowledge, case)

    assert any("contraindicated" in each.text for each in answer.alerts)
    assert answer.unused == ()


@pytest.mark.parametrize("drug", ["carfilzomib", "ixazomib", "lenalidomide", "denosumab"])
def test_what_is_said_of_bortezomib_is_said_of_no_other_drug(
    lexicon: Lexicon, knowledge: KnowledgeGraph, drug: str
) -> None:
    """What is said of one drug is not said of its class, and so of no other drug of the class."""
    bortezomib = lexicon.find("bortezomib treatment", Kind.TREATMENT).iri
    case = read_case(
        lexicon,
        has=["multiple myeloma"],
        drugs=[f"{drug}@2025-01-10"],
        labs=["alp=100U/L(35-105)@2025-01-09", "alp=140U/L(35-105)@2025-02-10"],
        day="2025-02-11",
    )

    answer = ask(knowledge, case)

    assert bortezomib not in _given(lexicon, knowledge, drug)
    assert not any(each.present for each in answer.causes if each.iri == bortezomib)
    assert {"A019", "A057"}.isdisjoint(each for o in answer.outcomes for each in o.statements)
