"""Faults that a clinician found in answers, replayed: what is given must act, and act rightly."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from kg.answer.ask import ask
from kg.answer.model import Answer, Basis, Cause, Verdict
from kg.answer.proof.explain import Explainer, rows_of
from kg.case import read_case
from kg.model.terms import Lexicon
from kg.store.knowledge import KnowledgeGraph

Asks = Callable[..., Answer]

MYELOMA = "multiple myeloma"
DEFICIENCY = "vitamin D deficiency"
ON_ALENDRONATE = {
    "has": ["postmenopausal osteoporosis"],
    "drugs": ["alendronate@2025-01-01"],
    "age": "70",
    "sex": "female",
    "day": "2025-10-02",
}


@pytest.fixture(name="asks")
def _asks(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Asks:
    """Asks as the command line does."""

    def asks(**typed: Any) -> Answer:  # noqa: ANN401 - what a person types
        return ask(knowledge, read_case(lexicon, **typed))

    return asks


# ── F4: 25-hydroxyvitamin D ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("result", ["25OHD=low", "25OHD=30nmol/L(50-125)", "25OHD=12ng/mL(20-50)"])
def test_low_vitamin_d_is_the_deficiency(asks: Asks, result: str) -> None:
    """A low 25-OH-D makes the deficiency present, supported by the result as background."""
    answer = asks(has=[MYELOMA], labs=["alp=high", result])

    cause = _cause(answer, DEFICIENCY)
    assert cause.present
    assert cause.basis is Basis.SHOWN
    assert cause.verdict is Verdict.CANDIDATE
    assert [each.finding.label for each in cause.supports] == ["low 25-hydroxyvitamin D"]
    assert all(each.background and not each.rule for each in cause.supports)
    assert {"A053", "A054"} <= _resting(answer)
    assert DEFICIENCY not in {each.label for each in answer.unknown}


@pytest.mark.parametrize("result", ["25OHD=normal", "25OHD=high", "25OHD=80nmol/L(50-125)"])
def test_vitamin_d_that_is_not_low_argues_against_it(asks: Asks, result: str) -> None:
    """A 25-OH-D that is not low argues against the deficiency and excludes nothing."""
    answer = asks(has=[MYELOMA], labs=["alp=high", result])

    cause = _cause(answer, DEFICIENCY)
    assert not cause.present
    assert cause.verdict is Verdict.ARGUED_AGAINST
    assert _resting(answer).isdisjoint({"A053", "A054"})


@pytest.mark.parametrize(
    ("has", "findings", "result"),
    [
        ([MYELOMA, DEFICIENCY], [], "25OHD=normal"),
        ([MYELOMA, DEFICIENCY], [], "25OHD=high"),
        ([MYELOMA], [f"{DEFICIENCY}=no"], "25OHD=low"),
        ([MYELOMA], [f"{DEFICIENCY}=no"], "25OHD=30nmol/L(50-125)"),
    ],
)
def test_result_and_word_contradict(
    asks: Asks, has: list[str], findings: list[str], result: str
) -> None:
    """A deficiency that is said to be there, or not, against its own result is a conflict."""
    answer = asks(has=has, findings=findings, labs=["alp=high", result])

    assert len(answer.conflicts) == 1
    assert any(DEFICIENCY in each for each in answer.conflicts[0].facts)
    assert result in answer.conflicts[0].facts
    cause = _cause(answer, DEFICIENCY)
    assert not cause.supports
    assert not cause.against
    assert _resting(answer).isdisjoint({"A053", "A054"})


# ── F5: the test for the first candidate ────────────────────────────────────────────────────────


@pytest.mark.parametrize("has", [[], [MYELOMA], ["osteoporosis"]])
def test_vitamin_d_is_asked_for_where_the_deficiency_is_open(asks: Asks, has: list[str]) -> None:
    """25-OH-D is among the next steps while the deficiency is a candidate, and moves it."""
    answer = asks(has=has, labs=["alp=high"])

    step = next(each for each in answer.ask_next if each.label == "25-OH vitamin D")
    assert _cause(answer, DEFICIENCY).iri in step.settles
    assert step.optional
    assert step.background


def test_vitamin_d_is_not_asked_for_again(asks: Asks) -> None:
    """With a result of it 25-OH-D is no next step."""
    answer = asks(has=[MYELOMA], labs=["alp=high", "25OHD=low"])

    assert "25-OH vitamin D" not in {each.label for each in answer.ask_next}


# ── records F3: a fall on a bisphosphonate ──────────────────────────────────────────────────────


def test_a_measured_fall_is_the_finding(asks: Asks) -> None:
    """ALP that fell by a third on alendronate is the finding that B032 waits for."""
    labs = ["alp=250U/L(35-105)@2024-12-20", "alp=160U/L(35-105)@2025-10-01"]

    answer = asks(**ON_ALENDRONATE, labs=labs)

    assert {"B032", "B041", "B042"} <= _resting(answer)
    assert "fall of ALP on a bisphosphonate" not in {each.label for each in answer.unknown}
    assert not answer.conflicts


def test_a_fall_that_is_denied_beside_it_is_a_conflict(asks: Asks) -> None:
    """Results that show the fall and the word that there was none cannot both be so."""
    labs = ["alp=150U/L(35-105)@2024-12-20", "alp=95U/L(35-105)@2025-10-01"]

    answer = asks(**ON_ALENDRONATE, labs=labs, findings=["fall of ALP on a bisphosphonate=no"])

    assert len(answer.conflicts) == 1
    assert "fall of ALP on a bisphosphonate=no" in answer.conflicts[0].facts


@pytest.mark.parametrize(("later", "rests_on"), [("150", {"B032"}), ("151", set()), ("190", set())])
def test_the_size_of_the_fall_is_that_of_the_source(
    asks: Asks, later: str, rests_on: set[str]
) -> None:
    """A quarter down, as B038 has it, is the response; less is not taken for it."""
    labs = ["alp=200U/L(35-105)@2024-12-20", f"alp={later}U/L(35-105)@2025-10-01"]

    answer = asks(**ON_ALENDRONATE, labs=labs)

    assert _resting(answer) & {"B032"} == rests_on


# ── F20: markers beside ALP ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "typed",
    [
        "AST=30 U/L(10-40)",
        "SGOT=high",
        "ALT=2xULN",
        "GPT=0.5 ukat/L(0.1-0.8)",
        "bilirubin=1.0 mg/dL(0.2-1.2)",
        "total bilirubin=20 umol/L(-21)",
        "albumin=3.1 g/dL(3.5-5.0)",
        "corrected calcium=2.60 mmol/L(2.15-2.55)",
        "adjusted Ca=normal",
        "iCa=1.05 mmol/L(1.15-1.30)",
        "ionized calcium=low",
        "creatinine=1.8 mg/dL(0.6-1.2)",
        "eGFR=38 mL/min/1.73m2(60-)",
        "bone ALP fraction=65 %(20-50)",
    ],
)
def test_the_markers_of_a_panel_are_read(lexicon: Lexicon, typed: str) -> None:
    """A result of a usual panel beside ALP is a result with a state, in the usual units."""
    case = read_case(lexicon, labs=[typed])

    assert len(case.labs) == 1
    assert case.labs[0].state
    assert not case.unused


def test_bilirubin_and_creatinine_are_compared_across_units(lexicon: Lexicon) -> None:
    """A mass and an amount of the same substance stand on the same side of their limits."""
    labs = ["bilirubin=2 mg/dL(5-21 umol/L)", "creatinine=70 umol/L(0.6-1.2 mg/dL)"]

    case = read_case(lexicon, labs=labs)

    assert [each.state for each in case.labs] == ["high", "normal"]


@pytest.mark.parametrize(("value", "state"), [("95", "normal"), ("59", "low"), ("60", "normal")])
def test_a_filtration_rate_needs_a_lower_limit_alone(
    lexicon: Lexicon, value: str, state: str
) -> None:
    """An eGFR above its lower limit is normal, however high it is."""
    case = read_case(lexicon, labs=[f"eGFR={value} mL/min/1.73m2(60-)"])

    assert [each.state for each in case.labs] == [state]


# ── F20: total calcium beside albumin ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "beside",
    ["albumin=low", "corrected calcium=normal", "iCa=normal", "corrected calcium=high"],
)
def test_low_total_calcium_is_no_hypocalcaemia_beside_these(asks: Asks, beside: str) -> None:
    """A low total calcium that another result explains is set aside and named."""
    answer = asks(labs=["alp=high", "pth=high", "ca=low", beside])

    assert "osteomalacia" not in {each.label for each in answer.causes}
    left = next(each for each in answer.unused if each.given == "ca=low")
    assert beside in left.reason
    assert "ca=low" not in {each.value for each in answer.case}


def test_low_total_calcium_without_albumin_says_so(asks: Asks) -> None:
    """A low total calcium is used where albumin is not known, and says that it is not."""
    answer = asks(labs=["alp=high", "ca=low"])

    shown = next(each.value for each in answer.case if each.label == "Ca")
    assert "albumin not given" in shown


@pytest.mark.parametrize("albumin", ["albumin=normal", "albumin=high"])
def test_low_total_calcium_stands_with_an_albumin_that_is_not_low(asks: Asks, albumin: str) -> None:
    """Albumin that is not low takes nothing from a low calcium, and needs no note."""
    answer = asks(labs=["alp=high", "ca=low", albumin])

    assert [each.value for each in answer.case if each.label == "Ca"] == ["low (no value)"]


def test_ionised_calcium_decides_over_corrected(asks: Asks) -> None:
    """Of a corrected and an ionised calcium that differ the ionised one is used."""
    answer = asks(labs=["alp=high", "corrected Ca=low", "iCa=normal"])

    assert [each.given for each in answer.unused] == ["corrected Ca=low"]


# ── F10, F11, F13: isolated, and the prognosis of it ────────────────────────────────────────────

PROGNOSIS = {"A050", "A051"}


@pytest.mark.parametrize(
    ("beside", "isolated"),
    [
        (["ggt=normal"], PROGNOSIS),
        (["alt=normal"], PROGNOSIS),
        (["ggt=normal", "ast=normal", "alt=low", "bilirubin=normal"], PROGNOSIS),
        (["other liver tests=normal"], PROGNOSIS),
        ([], set()),
        (["ggt=high"], set()),
        (["ggt=normal", "alt=high"], set()),
        (["ggt=high", "alt=normal"], set()),
        (["ggt=902 IU/L", "alt=normal"], set()),
        (["ggt=normal", "ggt=high", "alt=normal"], set()),
        (["other liver tests=high"], set()),
        (["calcium=normal"], set()),
    ],
)
def test_isolated_is_tested(asks: Asks, beside: list[str], isolated: set[str]) -> None:
    """The prognosis of isolated ALP needs another liver test, and none that may be raised."""
    answer = asks(has=[MYELOMA], labs=["alp=high", *beside])

    told = {each for outcome in answer.outcomes for each in outcome.statements}
    assert told == isolated
    assert PROGNOSIS.isdisjoint({each for alert in answer.alerts for each in alert.statements})


@pytest.mark.parametrize(
    "known",
    [
        {"has": ["Paget disease of bone"]},
        {"has": ["bone metastases"]},
        {"has": [DEFICIENCY]},
        {"labs": ["25OHD=low"]},
        {"drugs": ["bortezomib"]},
    ],
)
def test_a_known_cause_silences_the_prognosis(asks: Asks, known: dict[str, list[str]]) -> None:
    """Where something that may raise ALP is known to be there, the cause is not unclear."""
    labs = ["alp=high", "ggt=normal", *known.get("labs", [])]

    answer = asks(has=[MYELOMA, *known.get("has", [])], labs=labs, drugs=known.get("drugs", []))

    told = {each for outcome in answer.outcomes for each in outcome.statements}
    assert PROGNOSIS.isdisjoint(told)


# ── F18, F19: a settled question ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({}, True),
        ({"findings": ["hypophosphatasia=unknown"]}, True),
        ({"findings": ["hypophosphatasia=no"]}, False),
        ({"findings": ["hypophosphatasia=yes"]}, False),
    ],
)
def test_a_settled_question_silences_its_alert(
    asks: Asks,
    typed: dict[str, list[str]],
    asked: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Whoever is known to have hypophosphatasia, or not to, is not to be evaluated for it."""
    answer = asks(has=["osteoporosis"], labs=["alp=low"], **typed)

    told = {alert.label for alert in answer.alerts}
    assert ("evaluate for hypophosphatasia before a bisphosphonate" in told) is asked


@pytest.mark.parametrize(("has", "told"), [([], {"A045", "A046"}), ([MYELOMA], set())])
def test_nothing_raises_the_suspicion_of_what_is_known(
    asks: Asks, has: list[str], told: set[str]
) -> None:
    """Bone lesions with a normal ALP raise no suspicion of a myeloma that is known."""
    answer = asks(has=[*has, "bone lesion"], labs=["alp=normal"])

    said = {each for rule in answer.rules for each in rule.statements}
    assert said & {"A045", "A046"} == told


# ── F8: the pattern of osteomalacia ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("labs", "listed"),
    [
        (["pth=high"], False),
        (["ca=low"], False),
        (["po4=low"], False),
        (["bap=high"], False),
        (["ca=high", "pth=high"], False),
        (["ca=high", "pth=high", "po4=low"], False),
        (["pth=high", "po4=low"], False),
        (["pth=high", "ca=normal", "po4=normal", "25OHD=normal"], False),
        (["ca=low", "albumin=low", "pth=high"], False),
        (["ca=low", "iCa=normal", "po4=low"], False),
        (["ca=low", "po4=low"], True),
        (["ca=low", "pth=high"], True),
        (["iCa=low", "pth=high"], True),
        (["pth=high", "po4=low", "ca=normal"], True),
        (["bap=high", "ca=low", "po4=low", "pth=high"], True),
    ],
)
def test_osteomalacia_takes_its_pattern(
    asks: Asks,
    labs: list[str],
    listed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """One sign, or a raised calcium, makes no candidate of osteomalacia; two signs of three do."""
    answer = asks(labs=["alp=high", *labs])

    assert ("osteomalacia" in {each.label for each in answer.causes}) is listed


def test_a_response_to_bortezomib_is_no_osteomalacia(asks: Asks) -> None:
    """Raised ALP and PTH on bortezomib with normal minerals name no osteomalacia."""
    labs = ["alp=high", "pth=high", "ca=normal", "po4=normal", "25OHD=normal", "ggt=normal"]

    answer = asks(has=[MYELOMA], drugs=["bortezomib"], labs=labs)

    assert "osteomalacia" not in {each.label for each in answer.causes}


# ── F9: a rise on bortezomib ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "day", "told"),
    [
        ("41", "2025-02-21", "ALP rise on bortezomib below the stated 25 %"),
        ("48", "2025-02-21", "ALP rise on bortezomib below the stated 25 %"),
        ("60", "2025-03-21", "ALP rise on bortezomib after the stated day 42"),
        ("40", "2025-02-21", ""),
    ],
)
def test_a_rise_outside_the_limits_says_which_it_misses(
    asks: Asks, value: str, day: str, told: str
) -> None:
    """A rise below 25 % or after day 42 carries no prognosis, and says which limit it misses."""
    labs = ["alp=40U/L(35-105)@2025-01-10;baseline", f"alp={value}U/L(35-105)@{day}"]

    answer = asks(has=[MYELOMA], drugs=["bortezomib@2025-01-10"], labs=labs, day=day)

    assert [each.label for each in answer.outcomes] == ([told] if told else [])
    assert all("A057" not in each.statements for each in answer.outcomes)


def test_an_early_rise_carries_both_sentences(asks: Asks) -> None:
    """A rise of 25 % by day 42 is what A019 and A057 speak of."""
    labs = ["alp=40U/L(35-105)@2025-01-10;baseline", "alp=50U/L(35-105)@2025-02-21"]

    answer = asks(has=[MYELOMA], drugs=["bortezomib@2025-01-10"], labs=labs, day="2025-02-21")

    assert {"A019", "A057"} <= {each for one in answer.outcomes for each in one.statements}


# ── F15, F23: what is advised or given against a reason ─────────────────────────────────────────


def test_a_contraindicated_drug_that_is_given_is_said_so(asks: Asks) -> None:
    """Alendronate in hypophosphatasia is told as given, in place of the plain contraindication."""
    given = asks(has=["hypophosphatasia"], drugs=["alendronate"], labs=["alp=low"])
    not_given = asks(has=["hypophosphatasia"], labs=["alp=low"])

    assert [each.label for each in given.alerts] == [
        "a bisphosphonate is given although contraindicated"
    ]
    assert [each.label for each in not_given.alerts] == ["bisphosphonates are contraindicated"]


def test_a_bisphosphonate_given_before_hypophosphatasia_is_excluded_is_said(asks: Asks) -> None:
    """In osteoporosis with a low ALP it is a caution, until hypophosphatasia is answered."""
    early = "a bisphosphonate is given before hypophosphatasia is excluded"

    def said(**more: list[str]) -> bool:
        stated = asks(has=["osteoporosis"], labs=["alp=low"], **more)
        return early in {each.label for each in stated.alerts}

    assert said(drugs=["zoledronate"])
    assert not said()
    assert not said(drugs=["denosumab"])
    assert not said(drugs=["zoledronate"], findings=["hypophosphatasia=no"])


@pytest.mark.parametrize("drug", ["zoledronic acid", "ibandronate", "bisphosphonate"])
def test_every_bisphosphonate_is_one(asks: Asks, drug: str) -> None:
    """The contraindication is of the whole class."""
    answer = asks(has=["hypophosphatasia"], drugs=[drug], labs=["alp=low"])

    assert "a bisphosphonate is given although contraindicated" in {e.label for e in answer.alerts}


@pytest.mark.parametrize(
    ("calcium", "warned"), [("ca=high", True), ("iCa=high", True), ("ca=normal", False)]
)
def test_vitamin_d3_beside_a_raised_calcium_is_a_caution(
    asks: Asks,
    calcium: str,
    warned: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Where vitamin D3 is advised and calcium is raised the answer says that the two conflict."""
    answer = asks(has=[MYELOMA, DEFICIENCY], labs=["alp=high", calcium])

    alerts = {each.label: each for each in answer.alerts}
    assert ("vitamin D3 is advised and calcium is raised" in alerts) is warned
    assert "A054" in {each for one in answer.advice for each in one.statements}


@pytest.mark.parametrize(("has", "warned"), [([MYELOMA], True), ([], False)])
def test_a_bone_scan_in_myeloma_has_its_caveat(
    asks: Asks,
    has: list[str],
    warned: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A bone scan is advised after menopause, with what speaks against it in myeloma."""
    answer = asks(has=[*has, "postmenopausal", "bone pain"], labs=["alp=high"])

    told = {each.label for each in answer.alerts}
    assert "bone scan" in {each.label for each in answer.ask_next}
    assert ("a bone scan may miss lesions of multiple myeloma" in told) is warned


# ── statements said of one measurement, and lesions of one disease ──────────────────────────────


@pytest.mark.parametrize(
    ("lab", "told"), [("bap=high", set()), ("bone ALP fraction=high", {"B019", "B020"})]
)
def test_fractures_are_said_of_the_fraction(asks: Asks, lab: str, told: set[str]) -> None:
    """A raised mass of bone ALP is not the fraction by which a study counted fractures."""
    answer = asks(sex="female", labs=["alp=high", lab])

    said = {each for one in answer.outcomes for each in one.statements}
    assert said & {"B019", "B020"} == told


@pytest.mark.parametrize(
    ("lesion", "told"), [("bone lesion", set()), ("myeloma bone disease", {"A048"})]
)
def test_a_lesion_of_unknown_kind_is_not_of_the_myeloma(
    asks: Asks, lesion: str, told: set[str]
) -> None:
    """What is said of myeloma bone disease is not said of any lesion of a myeloma patient."""
    answer = asks(has=[MYELOMA, lesion], labs=["alp=high"])

    said = {each for one in answer.alerts for each in one.statements}
    assert said & {"A048"} == told


# ── F12: a larger rise loses no advice ──────────────────────────────────────────────────────────

MILDER = "advised for a rise below 1.5 × ULN"


@pytest.mark.parametrize("has", [[], ["osteoporosis"], ["postmenopausal osteoporosis"], [MYELOMA]])
def test_a_larger_rise_loses_no_advice(asks: Asks, has: list[str]) -> None:
    """What is advised for a smaller rise of ALP is advised or offered for a larger one."""
    sizes = ("1.1xULN", "1.49xULN", "1.5xULN", "1.7xULN", "2xULN", "3xULN", "5xULN", "6xULN")
    steps = [{each.iri for each in asks(has=has, labs=[f"alp={size}"]).ask_next} for size in sizes]

    assert all(smaller <= larger for smaller, larger in itertools.pairwise(steps))


@pytest.mark.parametrize(("alp", "offered"), [("1.3xULN", ""), ("3xULN", MILDER), ("high", MILDER)])
def test_what_is_offered_beyond_says_for_whom_it_is_advised(
    asks: Asks, alp: str, offered: str
) -> None:
    """An offer names the rise that the advice is of, and is an option."""
    answer = asks(has=["postmenopausal osteoporosis"], labs=[f"alp={alp}"])

    step = next(each for each in answer.ask_next if each.label == "serum calcium")
    assert step.offered == offered
    assert step.optional is bool(offered)
    assert step.statements == ("B067",)
    assert not next(each for each in answer.ask_next if each.label == "GGT").offered


def test_an_offer_is_proved(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Why something is offered is told from the rise that the case has to the statement."""
    labs, has = ["alp=3xULN"], ["postmenopausal osteoporosis"]
    case = read_case(lexicon, has=has, labs=labs)
    answer = ask(knowledge, case)
    explainer = Explainer.of(knowledge, case, answer)

    row = next(each for each in rows_of(answer) if each.label == "serum calcium")
    assert explainer.explain(row).proofs[0].statements == ("B067",)


# ── F14: liver injury by a drug needs a drug ────────────────────────────────────────────────────

INJURY = "drug-induced liver injury"


@pytest.mark.parametrize(
    "typed",
    [
        {"findings": ["antimyeloma treatment=no"]},
        {"findings": ["antimyeloma drug=no"]},
        {"findings": ["treatment with a hepatotoxic drug=no"]},
    ],
)
def test_without_a_drug_there_is_no_injury_by_one(asks: Asks, typed: dict[str, list[str]]) -> None:
    """Where no antimyeloma drug is given injury by it is not there, whatever GGT is."""
    for ggt in ("ggt=high", "ggt=normal"):
        answer = asks(has=[MYELOMA], labs=["alp=high", ggt], **typed)

        assert INJURY not in {each.label for each in answer.causes}
        assert INJURY in {each.label for each in answer.absent}


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ({}, Verdict.UNDETERMINED),
        ({"findings": ["bortezomib=no"]}, Verdict.UNDETERMINED),
        ({"drugs": ["bortezomib"]}, Verdict.CANDIDATE),
        ({"drugs": ["hepatotoxic drug"]}, Verdict.CANDIDATE),
        ({"has": [INJURY], "findings": ["antimyeloma treatment=no"]}, Verdict.CANDIDATE),
        (
            {"drugs": ["hepatotoxic drug"], "findings": ["antimyeloma treatment=no"]},
            Verdict.CANDIDATE,
        ),
    ],
)
def test_injury_by_a_drug_waits_for_the_drug(
    asks: Asks, typed: dict[str, list[str]], verdict: Verdict
) -> None:
    """Until a drug is known that can harm the liver its injury is open; with one it is not."""
    answer = asks(
        has=[MYELOMA, *typed.get("has", [])],
        labs=["alp=high", "ggt=high"],
        drugs=typed.get("drugs", []),
        findings=typed.get("findings", []),
    )

    assert _cause(answer, INJURY).verdict is verdict


def test_the_drug_history_decides_injury_by_a_drug(asks: Asks) -> None:
    """The step that asks for the drugs settles whether a drug can have injured the liver."""
    answer = asks(has=[MYELOMA], labs=["alp=high", "ggt=high"])

    step = next(each for each in answer.ask_next if each.label == "drug history with start dates")
    assert _cause(answer, INJURY).iri in step.settles


def _cause(answer: Answer, label: str) -> Cause:
    return next(each for each in answer.causes if each.label == label)


def _resting(answer: Answer) -> set[str]:
    """The statements that carry what is said beside the causes."""
    return {each for message in answer.messages for each in message.statements}
