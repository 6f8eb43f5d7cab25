"""The traps of this field, each with the wrong answer that it must not give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from kg.answer.ask import ask
from kg.answer.model import Answer, Cause, Standing, Verdict
from kg.case import resolve_case
from kg.case.document import read_question
from kg.curate.diff.difference import shipped_questions
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG, expand, text_of
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

Given = Mapping[str, object]
Asked = Callable[[Given], Answer]

HIGH = {"marker": "ALP", "state": "high"}
NORMAL_GGT = {"marker": "GGT", "state": "normal"}
MYELOMA: Given = {"conditions": ["multiple myeloma"], "labs": [HIGH, NORMAL_GGT]}
CHILD: Given = {
    "conditions": ["bone pain"],
    "age": "13",
    "sex": "male",
    "labs": [{"marker": "ALP", "value": "507", "unit": "U/L", "low": "140", "high": "492"}],
}
WITHOUT_RANGE: Given = {"labs": [{"marker": "ALP", "value": "164", "unit": "U/L"}]}


@pytest.fixture(name="answer_to")
def _answer_to(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Asked:
    return lambda case: ask(knowledge, resolve_case(dict(case), lexicon))


def causes_of(answer: Answer) -> dict[str, Cause]:
    """The causes of an answer by their names."""
    return {cause.label: cause for cause in answer.causes}


def steps_of(answer: Answer) -> set[str]:
    """What the answer advises next."""
    return {step.label for step in answer.ask_next}


# ── Rules for other patients ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("age", ["0", "13", "17.999"])
def test_no_adult_rule_fires_for_a_child(answer_to: Asked, age: str) -> None:
    """A child gets no verdict, no rule, no step and no advice, and is told that first."""
    answer = answer_to({**CHILD, "age": age})

    assert [message.label for message in answer.scope] == ["children"]
    said = (answer.causes, answer.rules, answer.ask_next, answer.advice, answer.alerts)
    assert said == ((), (), (), (), ())
    assert answer.outcomes == ()


def test_the_eighteenth_birthday_ends_childhood(answer_to: Asked) -> None:
    """At eighteen the rules for adults are used."""
    answer = answer_to({**CHILD, "age": "18"})

    assert not answer.scope
    assert answer.causes


def test_an_unknown_age_is_not_taken_for_that_of_a_child(answer_to: Asked) -> None:
    """No age is no child: unknown never acts as a fact."""
    assert not answer_to({"labs": [HIGH]}).scope


AFTER_MENOPAUSE = {
    "bone scan",
    "serum calcium",
    "serum phosphate",
    "PTH",
    "repeat ALP in 1 to 3 months, if the initial work-up is unrevealing",
}


@pytest.mark.parametrize(("age", "pain"), [("21", []), ("24", []), ("50", ["bone pain"])])
def test_rules_after_menopause_leave_men_out(answer_to: Asked, age: str, pain: list[str]) -> None:
    """What is stated for postmenopausal women is neither advised nor said of a man."""
    mild = {"marker": "ALP", "value": "147", "unit": "U/L", "low": "35", "high": "105"}
    conditions = ["osteoporosis", *pain]

    answer = answer_to({"age": age, "sex": "male", "conditions": conditions, "labs": [mild]})

    assert steps_of(answer).isdisjoint(AFTER_MENOPAUSE)
    assert not {message.label for message in answer.outcomes}
    assert not answer.advice
    turnover = causes_of(answer)["osteoporosis with high bone turnover"]
    assert turnover.statements == ("B001", "B005")
    assert [each.contradicted for each in turnover.elsewhere] == [True, True]


def test_a_woman_of_seventy_is_not_taken_for_postmenopausal(answer_to: Asked) -> None:
    """Menopause is asked for and not worked out from age and sex."""
    answer = answer_to({"age": "70", "sex": "female", "conditions": ["bone pain"], "labs": [HIGH]})

    assert "bone scan" not in steps_of(answer)
    assert "postmenopausal" in {each.label for each in answer.unknown}


# ── Values ──────────────────────────────────────────────────────────────────────────────────────


def test_a_value_without_its_range_means_nothing(answer_to: Asked) -> None:
    """Without the range of the laboratory nothing is judged, and the range is what is asked for."""
    answer = answer_to(WITHOUT_RANGE)

    assert not answer.causes
    assert not answer.rules
    assert not answer.alerts
    assert not answer.ask_next
    assert "range" in answer.scope[0].text


BANDS = [
    ("105", "", ""),
    ("105.1", "mildly raised ALP", ""),
    ("157.4", "mildly raised ALP", ""),
    ("157.5", "ALP of 1.5 to 2 × ULN (indeterminate)", ""),
    ("210", "ALP of 1.5 to 2 × ULN (indeterminate)", ""),
    ("210.1", "markedly raised ALP", ""),
    ("525", "markedly raised ALP", ""),
    ("525.1", "markedly raised ALP", "expedited work-up for other diagnoses"),
]


@pytest.mark.parametrize(("value", "rule", "urgent"), BANDS)
def test_each_size_is_in_one_band(answer_to: Asked, value: str, rule: str, urgent: str) -> None:
    """Bounds belong to the side that the source puts them on, and a printed range is a zone."""
    result = {"marker": "ALP", "value": value, "unit": "U/L", "low": "35", "high": "105"}

    answer = answer_to({"conditions": ["osteoporosis"], "labs": [result]})

    assert [message.label for message in answer.rules] == [rule] * bool(rule)
    assert [step.label for step in answer.ask_next if step.urgent] == [urgent] * bool(urgent)
    verdict = {
        "": None,
        "markedly raised ALP": Verdict.ARGUED_AGAINST,
    }.get(rule, Verdict.CANDIDATE)
    found = causes_of(answer).get("osteoporosis with high bone turnover")
    assert (found.verdict if found else None) is verdict


def test_leukocyte_alp_is_not_serum_alp(answer_to: Asked) -> None:
    """A high leukocyte score raises no serum ALP, whatever else is known."""
    case = {"conditions": ["multiple myeloma"], "labs": [{"marker": "LAP score", "state": "high"}]}

    answer = answer_to(case)

    assert [message.label for message in answer.scope] == ["raised ALP not shown"]
    assert not answer.causes
    assert not answer.ask_next
    assert [message.label for message in answer.alerts] == [
        "leukocyte ALP is not informative in myeloma"
    ]


# ── Verdicts ────────────────────────────────────────────────────────────────────────────────────


def test_argued_against_is_not_excluded(answer_to: Asked) -> None:
    """A normal GGT suggests; so it weakens the liver causes and excludes none of them."""
    answer = answer_to(MYELOMA)

    against = answer.by_verdict(Verdict.ARGUED_AGAINST)
    assert len(against) == 4
    assert all(each.by_origin for each in against)
    assert {each.strength for each in against} == {""}
    standing = {each.label: (each.standing, each.strength) for each in answer.origins}
    assert standing["hepatobiliary origin"] == (Standing.ARGUED_AGAINST, "suggests")
    assert not answer.by_verdict(Verdict.EXCLUDED)
    assert not answer.absent


def test_a_high_ggt_speaks_against_no_bone_cause(answer_to: Asked) -> None:
    """That the liver is confirmed as an origin leaves a second cause in bone possible."""
    answer = answer_to({**MYELOMA, "labs": [HIGH, {"marker": "GGT", "state": "high"}]})

    assert not answer.by_verdict(Verdict.ARGUED_AGAINST)
    assert causes_of(answer)["Paget disease of bone"].verdict is Verdict.CANDIDATE
    (rule,) = answer.rules
    assert "No statement says that it excludes an additional cause in bone" in rule.text


@pytest.mark.parametrize(
    ("drugs", "verdict"), [([], Verdict.UNDETERMINED), (["bortezomib"], Verdict.CANDIDATE)]
)
def test_bortezomib_is_in_no_tissue(answer_to: Asked, drugs: list[str], verdict: Verdict) -> None:
    """A normal GGT says nothing of bortezomib, whose tissue no sentence names."""
    answer = answer_to({**MYELOMA, "drugs": drugs})

    found = causes_of(answer)["bortezomib treatment"]
    assert found.verdict is verdict
    assert not found.origins
    assert not found.supports
    assert not found.against


def test_bortezomib_is_no_bone_cause(knowledge: KnowledgeGraph) -> None:
    """The reasoner finds bortezomib neither among the bone causes nor among those of the liver."""
    kinds = (EG.BoneCause, EG.HepatobiliaryCause)

    found = {
        row["cause"]
        for row in shipped_rows(knowledge.store, "ask/causes_of_kind", kind=kinds).records()
    }

    assert found
    assert EG.BortezomibTreatment not in found
    assert EG.BoneModifyingAgentStart not in found


# ── What keeps an answer honest ────────────────────────────────────────────────────────────────


NOTES = [
    ("myeloma_normal_ggt", "normal GGT", "another non-hepatic source"),
    ("myeloma_normal_ggt", "normal GGT", "excludes none"),
    ("myeloma_high_ggt", "raised GGT", "excludes an additional cause in bone"),
    (
        "myeloma_normal_ggt",
        "47 % mortality",
        "number of patients are not stated",
    ),
    ("vitamin_d_with_high_calcium", "dose of vitamin D3", "safety are not stated"),
    ("vitamin_d_with_high_calcium", "vitamin D3 for vitamin D", "raised calcium, is not stated"),
    ("low_alp_with_osteoporosis", "evaluate for hypophosphatasia", "requires specialist referral"),
    ("kidney_disease", "raised ALP in chronic kidney", "with secondary hyperparathyroidism"),
    (
        "osteoporosis_border_zone",
        "ALP of 1.5 to 2 × ULN (indeterminate)",
        "neither for nor against",
    ),
    ("osteoporosis_mild", "raised ALP in postmenopausal", "Coefficients are not stated"),
    ("bortezomib_early_rise", "very good partial", "still need work-up"),
    ("bortezomib_late_rise", "ALP rise on bortezomib after", "no response is inferred"),
    ("bortezomib_small_rise", "ALP rise on bortezomib below", "no response is inferred"),
    ("osteoporosis_on_alendronate", "ALP lowered by 25", "population is not stated"),
    ("osteoporosis_on_risedronate", "bone ALP lowered to", "proportion of women are not stated"),
    ("raised_bone_alp_in_a_woman", "higher fracture rate", "p = 0.05, called significant"),
    (
        "myeloma_on_a_bisphosphonate",
        "bone markers not recommended",
        "prospective validation is lacking",
    ),
    ("bone_pain_clear_scan", "bone scan negative for lesions", "argues against both"),
    ("leukocyte_alp_only", "leukocyte ALP is not informative", "is not serum ALP"),
]


@pytest.mark.parametrize(("question", "label", "words"), NOTES)
def test_what_is_left_open_is_said_beside_it(
    knowledge: KnowledgeGraph, lexicon: Lexicon, question: str, label: str, words: str
) -> None:
    """A row that a reader could take for more than it is says itself what it is not."""
    asked = read_question(shipped_questions() / f"{question}.json")

    answer = ask(knowledge, resolve_case(dict(asked.case), lexicon))

    (found,) = [each for each in answer.messages if each.label.startswith(label)]
    assert words in found.text


# ── Citations ───────────────────────────────────────────────────────────────────────────────────


def test_a_citation_number_is_not_a_place_in_a_list(knowledge: KnowledgeGraph) -> None:
    """A number leads to a work only where a curator says why and how surely, and in A never."""
    found = {
        (text_of(row["statement"]).rpartition("/")[2][0], text_of(row["number"])): row
        for row in shipped_rows(knowledge.store, "ask/citations").records()
    }

    of_a = [row for (document, _), row in found.items() if document == "A"]
    matched = [row for row in found.values() if "reference" in row]
    assert {text_of(row["status"]) for row in of_a} == {"unresolved"}
    assert {text_of(row["status"]) for row in matched} == {"inferred"}
    assert all(Decimal(text_of(row["confidence"])) < 1 for row in matched)


def test_the_nth_number_is_not_the_nth_entry(knowledge: KnowledgeGraph) -> None:
    """In B the numbers do not run as the entries do: number 5 stands for another than the fifth."""
    rows = shipped_rows(knowledge.store, "ask/pointers", statement=(expand("st:B026"),)).records()

    works = {
        text_of(row["number"]): text_of(row["reference"]) for row in rows if "reference" in row
    }
    assert works == {"5": "Causes of Chronic Alkaline Phosphatase (ALP) Elevation"}
