"""A case holds what was said and no more; numbers stay on their side of every limit."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kg.cases import CASE, Case, parse_lab, read_case
from kg.cases.numbers import quotient
from kg.errors import LabFormatError, UnknownTermError, UsageError
from kg.reasoning.ruleset import TYPE, Fact
from kg.render.structured import schema_text
from kg.terms import Lexicon
from kg.vocab import EG_RATIO_TO_LLN, EG_RATIO_TO_ULN, eg


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("alp=high", "high"),
        ("ALP=H", "high"),
        ("alp=raised", "high"),
        ("alp = Normal", "normal"),
        ("alp=L", "low"),
        ("alp=212U/L(35-105)", "high"),
        ("alp = 212 U/L ( 35 - 105 )", "high"),
        ("alp=212 U/L (35–105)", "high"),  # noqa: RUF001
        ("alp=212 U/L (35 to 105)", "high"),
        ("alp=212 U/L (35-105 U/L)", "high"),
        ("alp=3.5 µkat/L(0.6-1.7)", "high"),
        ("alp=3.5 μkat/L(0.6-1.7)", "high"),
        ("alp=105 U/L(35-105)", "normal"),
        ("alp=105.0001 U/L(35-105)", "high"),
        ("alp=34.9999 U/L(35-105)", "low"),
        ("ggt=20U/L(-40)", "normal"),
        ("ggt=20U/L(<40)", "normal"),
        ("ggt=20U/L(0-40)", "normal"),
        ("ggt=<5U/L(-40)", "normal"),
        ("alp=<5U/L(35-105)", "low"),
        ("alp=>300U/L(35-105)", "high"),
        ("alp=≥106U/L(35-105)", "high"),
        ("alp=20U/L(35-)", "low"),
        ("alp=50U/L(35-)", ""),
    ],
)
def test_a_result_is_read(lexicon: Lexicon, typed: str, state: str) -> None:
    """Flags and values with their range give a state, whatever the spelling."""
    assert parse_lab(typed, lexicon).state == state


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("alp", "is no result"),
        ("alp=", "is no result"),
        ("=high", "is no result"),
        ("alp=banana", "neither"),
        ("alp=212(35-105)", "unit is missing"),
        ("alp=212U/L", "range is missing"),
        ("alp=212U/L()", "range is missing"),
        ("alp=212U/L(-)", "names no limit"),
        ("alp=212U/L(0-)", "names no limit"),
        ("alp=212mmol/L(35-105)", "is no unit"),
        ("alp=212U/L(35-105 ukat/L)", "wanted one unit"),
        ("alp=212U/L(105-35)", "backwards"),
        ("alp=212U/L(0-0)", "upper limit is 0"),
        ("alp=212,5U/L(35-105)", "comma"),
        ("alp=212U/L(35,5-105)", "comma"),
        ("alp=1.200U/L(35-105)extra", "neither"),
        ("alp=nan", "not a number"),
        ("alp=NaN U/L(35-105)", "not a number"),
        ("alp=inf U/L(35-105)", "not a number"),
        ("alp=-5U/L(35-105)", "negative"),
        ("alp=1e999U/L(35-105)", "exponent"),
        ("alp=1.2.3U/L(35-105)", "not a number"),
        ("alp=2٣2U/L(35-105)", "not a number"),
        (f"alp={'9' * 51}U/L(35-105)", "at most 50"),
        (f"alp=212U/L(35-{'9' * 5000})", "at most 50"),
        ("alp=99999999999U/L(35-105)", "check value and unit"),
        ("alp=<50U/L(35-105)", "which side"),
        ("alp=<120U/L(35-105)", "which side"),
        ("alp=>50U/L(35-105)", "which side"),
        ("alp=>36U/L(35-)", "which side"),
        ("alp=212U/L(abc)", "is no range"),
        ("alp=212U/L(35-105", "neither"),
    ],
)
def test_a_result_that_cannot_be_meant_is_refused(lexicon: Lexicon, typed: str, words: str) -> None:
    """No value is guessed, rounded or repaired: the message says what was wanted."""
    with pytest.raises(LabFormatError, match=words) as caught:
        parse_lab(typed, lexicon)

    assert len(caught.value.message) < 300


def test_another_spelling_of_a_unit_is_noted(lexicon: Lexicon) -> None:
    """A unit that was read as another is shown with the result."""
    assert "IU/L read as U/L" in parse_lab("alp=212 IU/L(35-105)", lexicon).shown
    assert "read as" not in parse_lab("alp=3.5 µkat/L(0.6-1.7)", lexicon).shown


def _digits(most: int) -> st.SearchStrategy[Decimal]:
    integers = st.integers(min_value=1, max_value=10**most - 1)
    return st.builds(lambda n, e: Decimal(n).scaleb(-e), integers, st.integers(0, 6))


@given(limit=_digits(49), threshold=_digits(6), nudge=st.sampled_from([-1, 0, 1]))
def test_a_ratio_is_on_the_same_side_of_a_threshold_as_the_fraction(
    limit: Decimal, threshold: Decimal, nudge: int
) -> None:
    """However near a value is to a multiple of its limit, it compares as the fraction does."""
    with localcontext(prec=200):
        step = Decimal(nudge).scaleb(int(limit.as_tuple().exponent))
        value = abs(limit * threshold + step)
    exact = Fraction(value) / Fraction(limit)
    rounded = quotient(value, limit)

    for each in (threshold, Decimal(1), Decimal("1.5"), Decimal(2), Decimal(5)):
        assert (rounded < each) == (exact < Fraction(each))
        assert (rounded == each) == (exact == Fraction(each))


@pytest.mark.parametrize("multiple", ["1", "1.5", "2", "5"])
def test_a_ratio_does_not_touch_a_threshold_it_only_comes_near(multiple: str) -> None:
    """One unit in the fiftieth place above or below a threshold is above or below it."""
    limit = Decimal("3" * 48 + ".7")
    threshold = Decimal(multiple)
    with localcontext(prec=200):
        at = limit * threshold
        above, below = at + Decimal("0.01"), at - Decimal("0.01")

    assert quotient(at, limit) == threshold
    assert quotient(above, limit) > threshold
    assert quotient(below, limit) < threshold


def test_values_become_ratios_and_flags_become_classes(lexicon: Lexicon) -> None:
    """A value gives its ratios to the limits; only a flag gives the class itself."""
    case = read_case(lexicon, labs=["alp=210U/L(35-105)", "ggt=normal"])
    facts = case.facts()

    assert [(role, value) for _, role, value in facts.values] == [
        (EG_RATIO_TO_ULN, Decimal(2)),
        (EG_RATIO_TO_LLN, Decimal(6)),
    ]
    assert [kind for _, kind in facts.types] == [
        eg("Case"),
        eg("SerumALPObservation"),
        eg("GGTObservation"),
        eg("NormalGGTObservation"),
    ]


def test_a_drug_is_given_by_a_treatment(lexicon: Lexicon) -> None:
    """A drug becomes a treatment with that drug; a treatment stands for itself."""
    facts = read_case(lexicon, drugs=["bortezomib", "bisphosphonate therapy"]).facts()

    first, second = f"{CASE}:treatment:1", f"{CASE}:treatment:2"
    assert (first, eg("withDrug"), f"{first}:drug") in facts.edges
    assert (f"{first}:drug", eg("Bortezomib")) in facts.types
    assert (second, eg("BisphosphonateTreatment")) in facts.types


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
    said = {case.said(fact) for fact in case.facts().all()}

    assert said == {"", "multiple myeloma", "bortezomib", "alp=210U/L(35-105)", "age 68", "female"}
    assert case.said(Fact(CASE, TYPE, eg("Case"))) == ""


@pytest.mark.parametrize(
    ("has", "findings", "labs"),
    [
        (["osteoporosis"], ["osteoporosis=no"], []),
        (["Paget disease"], ["other bone disorder=no"], []),
        ([], ["bone pain=yes", "bone pain=no"], []),
        ([], [], ["alp=high", "alp=normal"]),
        ([], [], ["alp=210U/L(35-105)", "alp=low"]),
    ],
)
def test_what_contradicts_itself_is_told_and_not_used(
    lexicon: Lexicon, has: list[str], findings: list[str], labs: list[str]
) -> None:
    """Of two facts that cannot both be so, neither is a fact of the case."""
    case = read_case(lexicon, has=has, findings=findings, labs=labs)

    assert len(case.contradictions) == 1
    assert case.given == ()
    assert case.facts().all() == (Fact(CASE, TYPE, eg("Case")),)


def test_a_value_and_its_flag_are_one_result(lexicon: Lexicon) -> None:
    """A flag that agrees with the value adds nothing, and a fact given twice is one fact."""
    case = read_case(
        lexicon, has=["PCM", "multiple myeloma"], labs=["alp=high", "alp=210U/L(35-105)"]
    )

    assert case.contradictions == ()
    assert [entry.label for entry in case.conditions] == ["multiple myeloma"]
    assert [lab.value for lab in case.labs] == [Decimal(210)]


def test_a_narrower_condition_may_be_absent(lexicon: Lexicon) -> None:
    """Another bone disorder without Paget disease is no contradiction."""
    case = read_case(lexicon, has=["other bone disorder"], findings=["Paget disease=no"])

    assert case.contradictions == ()
    assert case.absent == (eg("PagetDiseaseOfBone"),)


def test_not_known_is_repeated_and_makes_no_fact(lexicon: Lexicon) -> None:
    """Unknown is an answer, and is neither yes nor no."""
    case = read_case(lexicon, findings=["bone pain=unknown"])

    assert [each.value for each in case.given] == ["unknown"]
    assert case.absent == ()
    assert len(case.facts().all()) == 1


def test_a_bound_decides_a_state_and_no_ratio(lexicon: Lexicon) -> None:
    """From a value that is only known to be above something no multiple of its limit follows."""
    case = read_case(lexicon, labs=["alp=>300U/L(35-105)"])

    assert case.facts().values == ()
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


FULL = {
    "conditions": ["multiple myeloma"],
    "drugs": ["bortezomib"],
    "absent": ["bone pain"],
    "unknown": ["osteoporosis"],
    "labs": [
        {
            "marker": "alp",
            "value": "210",
            "unit": "U/L",
            "low": 35,
            "high": 105,
            "percentChangeFromBaseline": "-25.5",
            "dayOfTreatment": 42,
            "duringTreatment": "bortezomib",
        },
        {"marker": "ggt", "state": "normal"},
    ],
    "age": 68.5,
    "sex": "female",
}


def test_a_case_survives_json(lexicon: Lexicon) -> None:
    """What was written is read back as the same facts, and fits the published schema."""
    first = Case.read_json(json.dumps(FULL), lexicon)
    written = first.to_json()
    second = Case.from_json(json.loads(json.dumps(written)), lexicon)
    schema = Draft202012Validator(json.loads(schema_text("case")))

    assert second.facts() == first.facts()
    assert second.to_json() == written
    assert (f"{CASE}:observation:1", eg("duringTreatment"), f"{CASE}:treatment:1") in (
        first.facts().edges
    )
    schema.validate(FULL)
    schema.validate(written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"conditions": "multiple myeloma"}',
        '{"conditions": [1]}',
        '{"disease": ["multiple myeloma"]}',
        '{"age": 1, "age": 2}',
        '{"age": NaN}',
        '{"age": Infinity}',
        '{"age": true}',
        '{"age": 1e999}',
        '{"age": -1}',
        '{"labs": [{"marker": "alp"}]}',
        '{"labs": [{"marker": "alp", "state": "high", "value": 1}]}',
        '{"labs": [{"marker": "alp", "state": "high", "unit": "U/L"}]}',
        '{"labs": [{"marker": "alp", "value": 212, "unit": "U/L"}]}',
        '{"labs": [{"marker": "alp", "value": true, "unit": "U/L", "high": 105}]}',
        '{"labs": [{"marker": "alp", "value": "<b>", "unit": "U/L", "high": 105}]}',
        "[" * 100_000,
    ],
)
def test_json_that_is_no_case_is_refused(lexicon: Lexicon, text: str) -> None:
    """The reader is strict: it never takes a slip for a fact."""
    with pytest.raises(UsageError):
        Case.read_json(text, lexicon)


def test_an_unknown_term_in_json_is_refused(lexicon: Lexicon) -> None:
    """A name that no term carries is not dropped."""
    with pytest.raises(UnknownTermError):
        Case.from_json({"conditions": ["no such thing"]}, lexicon)
