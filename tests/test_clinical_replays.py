"""Replays of what clinicians found wrong in answers, each with the rest of its kind.

A section is named after a fault; the answer that was wrong is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from kg.answer.ask import ask
from kg.answer.model import Answer, Basis, Cause, Origin, Standing, Verdict
from kg.case import parse_options, resolve_case
from kg.model.terms import Lexicon
from kg.show import render
from kg.store.knowledge import KnowledgeGraph


@pytest.fixture(name="answered")
def _answered(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Answered:
    return Answered(knowledge, lexicon)


class Answered:
    """Answers a case that is given as on the command line."""

    def __init__(self, knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
        self._knowledge = knowledge
        self._lexicon = lexicon

    def __call__(
        self,
        *labs: str,
        has: Iterable[str] = (),
        drugs: Iterable[str] = (),
        findings: Iterable[str] = (),
        sex: str | None = None,
        age: str | None = None,
    ) -> Answer:
        """The answer to what was typed."""
        document = parse_options(
            self._lexicon, has=has, drugs=drugs, labs=labs, findings=findings, sex=sex, age=age
        )
        return ask(self._knowledge, resolve_case(document, self._lexicon))


# ── F1: what the patient is known to have is no cause of other patients ─────────────────────


@pytest.mark.parametrize(
    ("has", "labs", "scope"),
    [
        (["bone metastases"], ["alp=4xULN", "ggt=normal"], "B046"),
        (["multiple myeloma", "bone metastases"], ["alp=high"], "B046"),
        (["Paget disease of bone"], ["alp=3xULN"], "B045"),
        (["multiple myeloma", "Paget disease of bone"], ["alp=high"], "B045"),
        (["hepatic amyloidosis"], ["alp=high", "ggt=high"], "A015"),
    ],
)
def test_what_the_patient_has_leads(
    answered: Answered, has: list[str], labs: list[str], scope: str
) -> None:
    """A known cause is the first of the causes, with whom its statements are about as a note."""
    answer = answered(*labs, has=has, sex="male", age="75")

    first = cause_of(answer, has[-1])
    assert first.basis is Basis.DIAGNOSED
    assert first.verdict is Verdict.CANDIDATE
    assert scope in {each.statement for each in first.elsewhere}
    assert [each.present for each in answer.causes] == sorted(
        (each.present for each in answer.causes), reverse=True
    )
    assert first.iri not in {each.iri for each in answer.other_populations}


@pytest.mark.parametrize(
    ("named", "category"),
    [
        ("Paget disease of bone", "other bone disorder"),
        ("healing fracture of a long bone", "healing fracture"),
    ],
)
def test_a_named_disease_leads_before_its_category(
    answered: Answered, named: str, category: str
) -> None:
    """What the patient has by name comes before what is there only as its kind."""
    answer = answered("alp=3xULN", has=[named])

    known = [each.label for each in answer.causes if each.present]
    assert known == [named, category]


def test_a_supported_tissue_without_causes_is_said(answered: Answered) -> None:
    """Where a result supports a tissue whose causes are listed for others only, that is told."""
    told = answered("alp=high", "ggt=high", "alt=high")
    myeloma = answered("alp=high", "ggt=high", "alt=high", has=["multiple myeloma"])
    opened = answered("alp=high", "alt=high")

    (said,) = told.scope
    assert said.label == "no cause of hepatobiliary origin for such a patient"
    assert not myeloma.scope
    assert not opened.scope


def test_a_value_above_which_a_disease_is_looked_for_is_no_threshold(answered: Answered) -> None:
    """Who does not have it is told that it is looked for only above such a value."""
    mild, severe = (answered(alp, sex="male", age="75") for alp in ("alp=4xULN", "alp=6xULN"))

    assert "bone metastases" in {each.label for each in mild.other_populations}
    assert cause_of(severe, "bone metastases").basis is Basis.LISTED


# ── F6: what is said of a tissue stands on no disease ───────────────────────────────────────


def test_no_word_of_a_tissue_is_on_a_disease(answered: Answered) -> None:
    """GGT, bone ALP and a fall on a bisphosphonate speak of origins, and of no single disease."""
    answer = answered(
        "alp=high", "ggt=high", "bap=high",
        has=["multiple myeloma", "postmenopausal osteoporosis"], drugs=["alendronate"],
        findings=["fall of ALP on a bisphosphonate=yes"], sex="female", age="70",
    )  # fmt: skip

    assert origin_of(answer, "hepatobiliary origin").strength == "confirms"
    assert origin_of(answer, "bone origin").standing is Standing.SUPPORTED
    spoken = {
        argument.finding.label
        for cause in answer.causes
        for argument in (*cause.supports, *cause.against)
        if cause.label != "osteoporosis with high bone turnover"
    }
    assert spoken.isdisjoint(
        {"raised GGT", "raised bone ALP", "fall of ALP after a bisphosphonate"}
    )


def test_a_page_says_confirms_only_of_the_tissue(answered: Answered) -> None:
    """The word stands once, in the line of the origin that it is said of."""
    answer = answered("alp=high", "ggt=high", has=["multiple myeloma"], sex="male")

    lines = [line for line in render(answer, "text").splitlines() if "confirms" in line]
    assert len(lines) == 1
    assert "hepatobiliary origin" in lines[0]


# ── F7: a raised GGT outside myeloma points to a tissue, and not to one disease ─────────────


def test_a_raised_ggt_gives_the_conclusion_of_the_text(answered: Answered) -> None:
    """The origin is hepatobiliary; liver metastases are no better for it than other causes."""
    answer = answered("alp=high", "ggt=high", age="45", sex="male")

    origin = origin_of(answer, "hepatobiliary origin")
    assert (origin.standing, origin.strength) == (Standing.SUPPORTED, "confirms")
    assert [each.rule for each in origin.supports] == [("B025",)]
    assert not any(cause.supports for cause in answer.causes)


# ── F13: a datum about tissue moves no cause whose tissue is not stated ─────────────────────


@pytest.mark.parametrize("ggt", ["normal", "low", "high"])
def test_a_treatment_stays_what_it_is_with_any_ggt(answered: Answered, ggt: str) -> None:
    """Bortezomib is a candidate where it is given, and waits for that where nobody says so."""
    given = answered("alp=high", f"ggt={ggt}", has=["multiple myeloma"], drugs=["bortezomib"])
    unknown = answered("alp=high", f"ggt={ggt}", has=["multiple myeloma"])

    first = cause_of(given, "bortezomib treatment")
    assert (first.verdict, first.basis, first.origins) == (Verdict.CANDIDATE, Basis.GIVEN, ())
    waiting = cause_of(unknown, "bortezomib treatment")
    assert waiting.verdict is Verdict.UNDETERMINED
    assert len(waiting.needs) == 1


# ── F16: a study of marker against marker speaks of a tissue ────────────────────────────────


def test_a_correlation_with_bone_alp_speaks_for_bone(answered: Answered) -> None:
    """In postmenopausal osteoporosis it speaks for the tissue, in no word of strength, alone."""
    answer = answered("alp=1.3xULN", has=["postmenopausal osteoporosis"], sex="female", age="70")

    origin = origin_of(answer, "bone origin")
    assert [each.rule for each in origin.supports] == [("B017", "B018")]
    assert origin.strength == ""
    assert not cause_of(answer, "osteoporosis with high bone turnover").supports
    assert origin_of(answer, "hepatobiliary origin").standing is Standing.OPEN
    (rule,) = [each for each in answer.rules if "B018" in each.statements]
    assert "not with liver" not in rule.text


def test_a_size_that_is_typical_of_a_disease_is_no_sign_of_it(answered: Answered) -> None:
    """A mild rise fits osteoporosis and supports it not."""
    answer = answered("alp=1.3xULN", has=["osteoporosis"], sex="male")

    assert cause_of(answer, "osteoporosis with high bone turnover").basis is Basis.LISTED
    assert any("B016" in each.statements for each in answer.rules)


def cause_of(answer: Answer, label: str) -> Cause:
    """The cause of that name."""
    (found,) = [each for each in answer.causes if each.label == label]
    return found


def origin_of(answer: Answer, label: str) -> Origin:
    """The origin of that name."""
    (found,) = [each for each in answer.origins if each.label == label]
    return found
