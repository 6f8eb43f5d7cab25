"""A case holds what was said and no more; numbers stay on their side of every limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.case import CASE, case_facts, fact_source, read_case
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG
from kg.reasoning.rules import TYPE, Fact


def test_values_become_ratios_and_flags_become_classes(lexicon: Lexicon) -> None:
    """A value gives its ratios to the limits; only a flag gives the class itself."""
    case = read_case(lexicon, labs=["alp=210U/L(35-105)", "ggt=normal"])
    facts = case_facts(case)

    assert [(role, value) for _, role, value in facts.values] == [
        (EG.ratioToULN, Decimal(2)),
        (EG.ratioToLLN, Decimal(6)),
    ]
    assert [kind for _, kind in facts.types] == [
        EG.Case,
        EG.SerumALPObservation,
        EG.GGTObservation,
        EG.NormalGGTObservation,
        EG.OtherLiverTestsObservation,
        EG.NormalOtherLiverTestsObservation,
    ]


def test_a_drug_is_given_by_a_treatment(lexicon: Lexicon) -> None:
    """A drug becomes a treatment with that drug; a treatment stands for itself."""
    facts = case_facts(read_case(lexicon, drugs=["bortezomib", "bisphosphonate therapy"]))

    first, second = f"{CASE}:treatment:1", f"{CASE}:treatment:2"
    assert (first, EG.withDrug, f"{first}:drug") in facts.edges
    assert (f"{first}:drug", EG.Bortezomib) in facts.types
    assert (second, EG.BisphosphonateTreatment) in facts.types


def test_every_fact_but_the_case_itself_was_said(lexicon: Lexicon) -> None:
    """A fact that takes part in a contradiction is shown in the words of the user."""
    case = read_case(
        lexicon,
        has=["multiple myeloma"],
        drugs=["bortezomib"],
        labs=["alp=210U/L(35-105)"],
        age="68",
        sex="female",
    )
    said = {fact_source(case, fact) for fact in case_facts(case).all()}

    assert said == {"", "multiple myeloma", "bortezomib", "alp=210U/L(35-105)", "age 68", "female"}
    assert fact_source(case, Fact(CASE, TYPE, EG.Case)) == ""


@pytest.mark.parametrize(
    ("has", "findings", "labs"),
    [
        (["osteoporosis"], ["osteoporosis=no"], []),
        (["Paget disease"], ["other bone disorder=no"], []),
        ([], ["bone pain=yes", "bone pain=no"], []),
        ([], [], ["alp=high", "alp=normal"]),
        ([], [], ["alp=210U/L(35-105)", "alp=low"]),
        ([], [], ["alp=<100U/L(35-105)", "alp=high"]),
        ([], [], ["alp=90U/L(-105)", "alp=high"]),
    ],
)
def test_what_contradicts_itself_is_told_and_not_used(
    lexicon: Lexicon, has: list[str], findings: list[str], labs: list[str]
) -> None:
    """Of two facts that cannot both be so, neither is a fact of the case."""
    case = read_case(lexicon, has=has, findings=findings, labs=labs)

    assert len(case.contradictions) == 1
    assert case.given == ()
    assert case_facts(case).all() == (Fact(CASE, TYPE, EG.Case),)


def test_a_value_and_its_flag_are_one_result(lexicon: Lexicon) -> None:
    """A flag that agrees with the value adds nothing, and a fact given twice is one fact."""
    case = read_case(
        lexicon, has=["multiple myeloma", "MONDO:0009693"], labs=["alp=high", "alp=210U/L(35-105)"]
    )

    assert case.contradictions == ()
    assert [entry.label for entry in case.conditions] == ["multiple myeloma"]
    assert [lab.value for lab in case.labs] == [Decimal(210)]


def test_a_narrower_condition_may_be_absent(lexicon: Lexicon) -> None:
    """Another bone disorder without Paget disease is no contradiction."""
    case = read_case(lexicon, has=["other bone disorder"], findings=["Paget disease=no"])

    assert case.contradictions == ()
    assert [each.iri for each in case.denied] == [EG.PagetDiseaseOfBone]


def test_not_known_is_repeated_and_makes_no_fact(lexicon: Lexicon) -> None:
    """Unknown is an answer, and is neither yes nor no."""
    case = read_case(lexicon, findings=["bone pain=unknown"])

    assert [each.value for each in case.given] == ["unknown"]
    assert case.denied == ()
    assert len(case_facts(case).all()) == 1


def test_a_bound_decides_a_state_and_no_ratio(lexicon: Lexicon) -> None:
    """From a value that is only known to be above something no multiple of its limit follows."""
    case = read_case(lexicon, labs=["alp=>300U/L(35-105)"])

    assert case_facts(case).values == ()
    assert len(case.unused) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"age": "-1"},
        {"age": "131"},
        {"age": "old"},
        {"age": "NaN"},
        {"sex": "unicorn"},
        {"findings": ["bone pain"]},
        {"findings": ["bone pain=perhaps"]},
        {"findings": ["=yes"]},
    ],
)
def test_what_is_no_case_is_refused(lexicon: Lexicon, wrong: dict[str, object]) -> None:
    """Age, sex and findings that cannot be understood are errors of use."""
    with pytest.raises(UsageError):
        read_case(lexicon, **wrong)  # type: ignore[arg-type]
