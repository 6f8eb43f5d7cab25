"""Limits in a unit, ratios, changes, spans, windows after events, and scores, in an invented graph.

What the graph says of them stands in `data/wider.ttl`; no Python knows any of it.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from records import concept, condition, limits, medication, observation, quantity, record
from small import WIDER_KINDS, wider_graph

from kg.answer.ask import ask
from kg.answer.classified import UnmetCriteria, classify_case
from kg.answer.proof.explain import proofs_of
from kg.answer.scores import with_scores
from kg.answer.what_if import suppose
from kg.case import CASE, Case, case_facts, case_to_json, read_case, resolve_case
from kg.case.fhir import parse_record
from kg.case.turtle import case_to_turtle, parse_turtle
from kg.model.vocabulary import eg
from kg.show import render
from kg.show.proof import render_proof
from kg.store.knowledge import KnowledgeGraph

TODAY = date(2026, 6, 1)
NOT_KNOWN = "not known, needs "


@pytest.fixture(name="graph", scope="module")
def _graph() -> KnowledgeGraph:
    return wider_graph()


def read(graph: KnowledgeGraph, *labs: str, **said: Any) -> Case:  # noqa: ANN401 - options
    """The case of what is typed, with its scores."""
    case = read_case(graph.lexicon, labs=labs, today=TODAY, **said)
    return with_scores(graph.rules, case)


def kinds(graph: KnowledgeGraph, case: Case) -> set[str]:
    """The classes that draw a line and that the case has a member of."""
    contexts = classify_case(graph.rules, case).contexts
    return {kind for kind in WIDER_KINDS if eg(f"{kind}Case") in contexts}


def derived(case: Case, name: str) -> str:
    """What the case says of a derived observation; empty where it says nothing."""
    found = [each.text for each in case.derived if each.iri == eg(name)]
    assert len(found) <= 1
    return "".join(found)


# ── Limits in a unit ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lab", "found"),
    [
        ("AA=1000 U/L(-105)", set()),
        ("AA=1000.0001 U/L(-105)", {"HugeAlpha"}),
        ("AA=1001 U/L", {"HugeAlpha"}),  # no range is needed for a limit in a unit
        ("AA=16.6666 ukat/L", set()),
        ("AA=16.6667 ukat/L", {"HugeAlpha"}),
        ("AA=>1000 U/L", {"HugeAlpha"}),
        ("AA=>=1000 U/L", set()),
        ("AA=<1000 U/L", set()),
        ("AA=30 xULN", set()),  # a multiple of the limit is no value in U/L
        ("AA=high", set()),
        ("salt=2.75 mmol/L", {"MuchSalt", "MuchSaltByMass"}),  # 11.02 mg/dL
        ("salt=2.74 mmol/L", set()),
        ("salt=11 mg/dL", {"MuchSaltByMass"}),  # 2.7446 mmol/L
        ("salt=11.02 mg/dL", {"MuchSaltByMass"}),  # 2.7496 mmol/L
        ("salt=11.03 mg/dL", {"MuchSaltByMass", "MuchSalt"}),  # 2.7521 mmol/L
    ],
)
def test_a_limit_in_a_unit(graph: KnowledgeGraph, lab: str, found: set[str]) -> None:
    """A value is compared in the unit of the limit, converted exactly; a flag decides nothing."""
    assert kinds(graph, read(graph, lab)) == found


def test_a_value_without_a_class_is_used_and_told(graph: KnowledgeGraph) -> None:
    """A value without a range has no class, which the answer says, and is compared all the same."""
    answer = ask(graph, read(graph, "salt=3 mmol/L"))

    assert "salt 3 mmol/L (no range)" in [fact.text for fact in answer.case]
    assert any("no class can be given" in each.reason for each in answer.unused)
    assert [each.label for each in answer.alerts] == ["alarm"]


# ── Ratios and differences ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("alpha", "beta", "shown", "found"),
    [
        ("210 U/L(-105)", "400 U/L(-40)", "5 (BB 10 × ULN by AA 2 × ULN)", {"HighR"}),
        ("210 U/L(-105)", "399 U/L(-40)", "4.988 (BB 9.975 × ULN by AA 2 × ULN)", set()),
        ("3.5 ukat/L(-105 U/L)", "400 U/L(-40)", "5 (BB 10 × ULN by AA 2 × ULN)", {"HighR"}),
        ("2 xULN", "10 xULN", "5 (BB 10 × ULN by AA 2 × ULN)", {"HighR"}),
        ("<2 xULN", "10 xULN", ">5 (BB 10 × ULN by AA <2 × ULN)", {"HighR"}),
        (">2 xULN", "10 xULN", "<5 (BB 10 × ULN by AA >2 × ULN)", set()),
        ("2 xULN", ">10 xULN", ">5 (BB >10 × ULN by AA 2 × ULN)", {"HighR"}),
        ("<2 xULN", "0 xULN", "0 (BB 0 × ULN by AA <2 × ULN)", {"LowR"}),
        ("3 xULN", "1 xULN", "0.3333 (BB 1 × ULN by AA 3 × ULN)", {"LowR"}),
    ],
)
def test_a_ratio_by_the_upper_limits(
    graph: KnowledgeGraph, alpha: str, beta: str, shown: str, found: set[str]
) -> None:
    """Two results are divided exactly, each by its own limit; a bound gives a bound."""
    case = read(graph, f"AA={alpha}", f"BB={beta}")

    assert derived(case, "RValue") == shown
    assert kinds(graph, case) & {"HighR", "LowR"} == found


@pytest.mark.parametrize(
    ("labs", "needs"),
    [
        (["AA=2 xULN"], "BB"),
        (["BB=2 xULN"], "AA"),
        (["AA=high", "BB=2 xULN"], "a value of AA"),
        (["AA=210 U/L", "BB=2 xULN"], "the upper limit of AA"),
        (["AA=210 U/L", "BB=80 U/L"], "the upper limit of BB and the upper limit of AA"),
        (["AA=>2 xULN", "BB=>3 xULN"], "an exact value of BB or of AA"),
        (["AA=0 xULN", "BB=3 xULN"], "AA above 0"),
        (["AA=2 xULN@2026-01-01", "BB=3 xULN"], "the day of BB"),
        (
            ["AA=2 xULN@2026-01-01", "BB=3 xULN@2026-01-04"],
            "BB and AA at most 2 days apart (they are 3 days apart)",
        ),
    ],
)
def test_a_ratio_that_lacks_a_part(graph: KnowledgeGraph, labs: list[str], needs: str) -> None:
    """Without a part there is no ratio, the answer says what it needs, and nothing follows."""
    case = read(graph, *labs)

    assert derived(case, "RValue") == NOT_KNOWN + needs
    assert kinds(graph, case).isdisjoint({"HighR", "LowR"})


def test_a_ratio_is_told_where_a_part_is_given(graph: KnowledgeGraph) -> None:
    """What nothing of is given is not told, and neither is what a result stands for itself."""
    assert derived(read(graph, "salt=2.5 mmol/L"), "RValue") == ""


def test_a_ratio_and_a_difference_in_a_unit(graph: KnowledgeGraph) -> None:
    """Values in two units are brought into the one that the recipe names; ranges do not matter."""
    case = read(graph, "AA=1 ukat/L", "BB=160 U/L")

    assert derived(case, "BetaToAlpha") == "2.667 (BB 160 U/L by AA 60 U/L)"
    assert derived(case, "BetaLessAlpha") == "100 U/L (BB 160 U/L less AA 60 U/L)"
    assert kinds(graph, case) == {"MoreBeta", "FarMoreBeta"}


def test_a_difference_with_a_bound(graph: KnowledgeGraph) -> None:
    """What is subtracted and has a least value gives a greatest one."""
    case = read(graph, "AA=>60 U/L", "BB=160 U/L")

    assert derived(case, "BetaLessAlpha") == "<100 U/L (BB 160 U/L less AA >60 U/L)"
    assert "FarMoreBeta" not in kinds(graph, case)


def test_a_window_ends_with_its_last_day(graph: KnowledgeGraph) -> None:
    """Two days are within two days."""
    case = read(graph, "AA=2 xULN@2026-01-01", "BB=10 xULN@2026-01-03")

    assert "HighR" in kinds(graph, case)


def test_results_of_two_days_are_no_sample(graph: KnowledgeGraph) -> None:
    """Where a recipe names no window, both results are of one day."""
    labs = "AA=60 U/L@2026-01-01", "BB=160 U/L@2026-01-02"

    assert derived(read(graph, *labs), "BetaToAlpha").startswith(NOT_KNOWN)


def test_a_contradiction_takes_what_was_worked_out_of_it(graph: KnowledgeGraph) -> None:
    """A result that contradicts itself is no part of a ratio."""
    case = read(graph, "AA=210 U/L(-105);normal", "BB=1000 U/L(-40)")

    assert derived(case, "RValue") == NOT_KNOWN + "AA"
    assert kinds(graph, case) == set()


# ── Changes ─────────────────────────────────────────────────────────────────────────────────


def test_a_rise_from_the_lowest_in_a_window(graph: KnowledgeGraph) -> None:
    """A change is counted from the earlier result that the recipe names, within its window."""
    before = "AA=100 U/L(-105)@2025-12-01", "AA=140 U/L(-105)@2026-01-10"
    case = read(graph, *before, "AA=205 U/L(-105)@2026-03-01", "AA=150 U/L(-105)@2026-02-01")

    assert derived(case, "RiseOfAlpha") == (
        "105 % (AA from 100 U/L on 2025-12-01 to 205 U/L on 2026-03-01, 90 days)"
    )
    assert "SteepAlpha" in kinds(graph, case)


def test_a_result_before_the_window_is_not_compared(graph: KnowledgeGraph) -> None:
    """One day outside of the window, the change is not known."""
    case = read(graph, "AA=100 U/L(-105)@2025-11-30", "AA=205 U/L(-105)@2026-03-01")

    assert derived(case, "RiseOfAlpha") == (
        NOT_KNOWN + "an earlier value of AA of the 90 days before"
    )
    assert "SteepAlpha" not in kinds(graph, case)


def test_only_an_exact_value_is_compared_with(graph: KnowledgeGraph) -> None:
    """A bound is no earlier value, and neither are values of one time that differ."""
    case = read(graph, "AA=<50 U/L(-105)@2026-02-01", "AA=205 U/L(-105)@2026-03-01")
    assert derived(case, "RiseOfAlpha").startswith(NOT_KNOWN)

    two = "salt=3 mmol/L@2026-01-01", "salt=2.9 mmol/L@2026-01-01"
    case = read(graph, *two, "salt=2 mmol/L@2026-02-01")
    assert derived(case, "FallOfSalt") == (
        NOT_KNOWN + "one value of salt on 2026-01-01, where several differ"
    )


def test_a_result_of_the_same_day_is_no_earlier_one(graph: KnowledgeGraph) -> None:
    """Two results of one day are not compared, whatever the time of day."""
    case = read(graph, "AA=100 U/L@2026-03-01T08:00", "AA=205 U/L@2026-03-01T12:00")

    assert derived(case, "RiseOfAlpha").startswith(NOT_KNOWN + "an earlier value of AA")


def test_what_was_compared_with_is_not_told_as_unused(graph: KnowledgeGraph) -> None:
    """An earlier result that a number was worked out of was used; another one was not."""
    before = "AA=100 U/L(-105)@2026-01-01", "BB=high@2026-01-01"
    case = read(graph, *before, "AA=205 U/L(-105)@2026-03-01", "BB=high@2026-03-01")

    assert [each.given for each in case.unused] == ["BB=high@2026-01-01"]


def test_a_fall_in_a_unit(graph: KnowledgeGraph) -> None:
    """A change may be a difference in a unit; the earlier result may be in another one."""
    case = read(graph, "salt=10.02 mg/dL@2026-01-01", "salt=2 mmol/L@2026-02-01")

    assert derived(case, "FallOfSalt").startswith("-0.5001 mmol/L (salt from 2.5 mmol/L on ")
    assert "LostSalt" in kinds(graph, case)


def test_days_between_two_results(graph: KnowledgeGraph) -> None:
    """The days between the result that is asked about and the one before it can be compared."""
    case = read(graph, "AA=high@2025-04-30", "AA=normal@2026-04-30")

    assert derived(case, "AlphaInterval").startswith("365 d ")
    assert "RareAlpha" in kinds(graph, case)


def test_a_window_does_not_run_backwards(graph: KnowledgeGraph) -> None:
    """Where the first of two results is the later one, the days between them are not known."""
    soon = read(graph, "BB=10 xULN@2026-01-01", "AA=2 xULN@2026-01-20")
    assert "SoonAfterBeta" in kinds(graph, soon)

    turned = read(graph, "BB=10 xULN@2026-05-20", "AA=2 xULN@2026-01-01")
    assert derived(turned, "BetaToAlphaDays").startswith(NOT_KNOWN + "a result of BB no later")
    assert "SoonAfterBeta" not in kinds(graph, turned)


# ── Persistence ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("labs", "shown", "lasts"),
    [
        (["high@2026-01-01", "high@2026-04-01"], "≥90 d (AA: 2 results", True),
        (["high@2026-01-02", "high@2026-04-01"], "≥89 d (AA: 2 results", False),
        (["high@2026-01-01", "high@2026-02-01", "high@2026-04-01"], "≥90 d (AA: 3 results", True),
        (
            ["high@2026-01-01", "normal@2026-02-01", "high@2026-04-01"],
            "0 d (AA: only 1 result, on 2026-04-01)",
            False,
        ),
        (["high@2026-04-01"], "not known, needs an earlier result of AA", False),
        (["high"], "not known, needs the day of AA", False),
        (["high@2026-01-01", "normal@2026-04-01"], "", False),
        (
            ["high@2026-01-01", "200 U/L@2026-03-01", "high@2026-04-01"],
            "not known, needs the class of AA=200 U/L@2026-03-01",
            False,
        ),
        (
            ["200 U/L@2025-12-01", "high@2026-01-01", "high@2026-04-01"],
            "≥90 d (AA: 2 results",
            True,
        ),
        (["high@2026-01-01", "200 U/L@2026-04-01"], "not known, needs a value of AA with", False),
    ],
)
def test_persistence(graph: KnowledgeGraph, labs: list[str], shown: str, *, lasts: bool) -> None:
    """A state lasts as long as dated results show it without a break or an open one."""
    case = read(graph, *(f"AA={each}" for each in labs))

    found = derived(case, "HighAlphaSpan")
    assert found.startswith(shown)
    assert bool(found) == bool(shown)
    assert ("LastingAlpha" in kinds(graph, case)) == lasts


def test_a_state_may_be_older_than_its_first_result(graph: KnowledgeGraph) -> None:
    """How long it lasted is known only from a result on which it was not there."""
    highs = "AA=high@2026-03-01", "AA=high@2026-03-20"

    assert "BriefAlpha" not in kinds(graph, read(graph, *highs))
    assert "BriefAlpha" in kinds(graph, read(graph, "AA=normal@2026-02-20", *highs))


def test_persistence_beyond_a_limit(graph: KnowledgeGraph) -> None:
    """A class with limits lasts over the results within them; a flag alone leaves it open."""
    labs = ["AA=4 xULN@2026-01-01", "AA=5 xULN@2026-02-01", "AA=3.1 xULN@2026-03-01"]

    assert "LastingVeryHighAlpha" in kinds(graph, read(graph, *labs))
    two = read(graph, *labs[1:])
    assert derived(two, "VeryHighAlphaSpan") == NOT_KNOWN + "more earlier results of AA"
    mild = read(graph, "AA=2 xULN@2026-01-01", *labs[1:])
    assert derived(mild, "VeryHighAlphaSpan").startswith("0 d (AA: only 2 results")
    flag = read(graph, "AA=high@2026-01-01", *labs[1:])
    assert derived(flag, "VeryHighAlphaSpan").startswith(NOT_KNOWN + "the class of ")
    bound = read(graph, "AA=>2 xULN@2026-01-01", *labs[1:])
    assert derived(bound, "VeryHighAlphaSpan").startswith(NOT_KNOWN + "the class of ")
    normal = read(graph, "AA=normal@2026-01-01", *labs[1:])
    assert derived(normal, "VeryHighAlphaSpan").startswith("0 d ")


# ── Windows after an event ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("2026-02-18", True),
        ("2026-02-17", False),  # day 43
        ("2026-04-01", True),  # day 0
        ("2026-04-02", False),  # still to come
    ],
)
def test_days_after_the_start_of_a_drug(graph: KnowledgeGraph, start: str, *, found: bool) -> None:
    """A window is counted from the start of any drug of the class, to the day of the result."""
    case = read(graph, "AA=high@2026-04-01", drugs=[f"strong tonic@{start}"])

    assert ("SoonAfterTonic" in kinds(graph, case)) == found


def test_a_drug_that_ended_was_still_started(graph: KnowledgeGraph) -> None:
    """Days are counted from the latest start before the result, of a course that is over too."""
    courses = ["tonic@2025-01-01..2025-02-01", "tonic@2026-03-01..2026-03-10"]
    case = read(graph, "AA=high@2026-04-01", drugs=courses)

    assert derived(case, "DaysOnTonic").startswith("31 d (from tonic on 2026-03-01 to AA on ")


def test_an_event_without_a_day(graph: KnowledgeGraph) -> None:
    """What began on no known day is in no window, and the answer says so."""
    case = read(graph, "AA=high@2026-04-01", drugs=["tonic"], has=["break"])

    assert derived(case, "DaysOnTonic") == NOT_KNOWN + "the day of treatment with a tonic"
    assert derived(case, "DaysSinceBreak") == NOT_KNOWN + "the day of break"
    assert kinds(graph, case) == set()


def test_a_window_up_to_the_day_asked_about(graph: KnowledgeGraph) -> None:
    """A condition may be typed with its day, and counts up to the day that is asked about."""
    case = read(graph, has=["break@2026-04-01"], day="2026-05-01")

    assert "break since 2026-04-01" in [fact.text for fact in ask(graph, case).case]
    assert derived(case, "DaysSinceBreak") == "30 d (from break on 2026-04-01 to 2026-05-01)"
    assert kinds(graph, case) == {"RecentBreak"}
    assert kinds(graph, read(graph, has=["break@2026-03-31"], day="2026-05-01")) == set()


def test_a_day_that_there_is_not(graph: KnowledgeGraph) -> None:
    """A condition of 30 February is there, and its day is not used, which the answer says."""
    case = read(graph, has=["break@2026-02-30"], day="2026-03-01")

    assert [each.label for each in case.conditions] == ["break"]
    assert any("no such day" in each.reason for each in case.unused)


# ── Scores ──────────────────────────────────────────────────────────────────────────────────

HIGH_R = ("AA=2 xULN", "BB=10 xULN")
LOW_R = ("AA=10 xULN", "BB=2 xULN")


@pytest.mark.parametrize(
    ("labs", "said", "shown", "found"),
    [
        (HIGH_R, {"has": ["ache"], "age": "65"}, "6 points", {"HighScore"}),
        (HIGH_R, {"findings": ["ache=no"], "age": "64"}, "3 points", {"LowScore"}),
        (LOW_R, {"has": ["ache"], "age": "65"}, "3.5 points", {"LowScore"}),
        (HIGH_R, {"age": "65"}, "not known, needs ache (known: R value 3; age 2)", set()),
        (
            HIGH_R,
            {"findings": ["ache=unknown"], "age": "65"},
            "not known, needs ache (known: R value 3; age 2)",
            set(),
        ),
        ((), {"has": ["ache"]}, "not known, needs R value and age (known: ache 1)", set()),
        ((), {}, "", set()),
        (
            ("AA=2 xULN", "BB=6 xULN"),  # 3: no row of the table
            {"has": ["ache"], "age": "65"},
            "not known, needs R value (known: ache 1; age 2)",
            set(),
        ),
    ],
)
def test_a_score(
    graph: KnowledgeGraph,
    labs: tuple[str, ...],
    said: dict[str, Any],
    shown: str,
    found: set[str],
) -> None:
    """A score adds up where of each item a row is known to hold, and is not known otherwise."""
    case = read(graph, *labs, **said)

    text = derived(case, "Score")
    assert text.startswith(shown)
    assert bool(text) == bool(shown)
    assert kinds(graph, case) & {"HighScore", "LowScore"} == found


@pytest.mark.parametrize(
    ("labs", "kind", "missing", "ruled_out"),
    [
        ((), "HighR", "R value", False),
        (("AA=2 xULN",), "HighR", "R value", False),
        (LOW_R, "HighR", "R value", True),
        ((), "HugeAlpha", "alpha enzyme", False),
        (("AA=high",), "HugeAlpha", "AA value with its range", False),
        (("AA=2 xULN",), "HugeAlpha", "AA: value in U/L", False),
        (("AA=20 U/L(-105)",), "HugeAlpha", "alpha enzyme", True),
        (("AA=20 U/L(-105)",), "HighScore", "ache score", False),
    ],
)
def test_what_a_case_lacks(
    graph: KnowledgeGraph, labs: tuple[str, ...], kind: str, missing: str, *, ruled_out: bool
) -> None:
    """A number that is known and beyond the line rules a kind of case out; an unknown one never."""
    model, found = graph.model, classify_case(graph.rules, read(graph, *labs))
    unmet = UnmetCriteria(model.kinds, model.criteria, found)

    words, out = unmet.of(eg(f"{kind}Case"))
    assert out == ruled_out
    assert ruled_out or words == (missing,)


# ── In every form, and in proofs ────────────────────────────────────────────────────────────

EVERYTHING: dict[str, Any] = {
    "has": ["ache", "break@2026-03-20"],
    "drugs": ["strong tonic@2026-03-01"],
    "age": "70",
    "day": "2026-04-01",
}
LABS = (
    "AA=150 U/L(-105)@2025-12-31",
    "AA=160 U/L(-105)@2026-02-01",
    "AA=1200 U/L(-105)@2026-04-01",
    "BB=5000 U/L(-40)@2026-04-01",
    "salt=2.9 mmol/L@2026-03-01",
    "salt=2.2 mmol/L@2026-04-01",
)
SHOWN = {
    "HugeAlpha", "HighR", "MoreBeta", "FarMoreBeta", "SteepAlpha", "LostSalt", "LastingAlpha",
    "SoonAfterTonic", "RecentBreak", "HighScore", "SoonAfterBeta",
}  # fmt: skip


def test_everything_at_once(graph: KnowledgeGraph) -> None:
    """Each kind of line is found in one case, and the answer repeats the numbers with parts."""
    case = read(graph, *LABS, **EVERYTHING)
    answer = ask(graph, case)

    assert kinds(graph, case) == SHOWN
    assert any(
        fact.kind == "derived" and "(BB 125 × ULN on 2026-04-01 by AA 11.43 × ULN" in fact.text
        for fact in answer.case
    )
    assert '"value": "10.94 (BB 125 × ULN' in render(answer, "json")


def test_the_page_tells_a_number_before_what_is_not_known(graph: KnowledgeGraph) -> None:
    """Where not all has a place on the page, a number comes before what could not be made."""
    page = render(ask(graph, read(graph, *HIGH_R)), "text")

    assert "R value 5" in page
    assert "not known, needs" not in page.partition("R value 5")[0]


def test_json_and_turtle_say_the_same(graph: KnowledgeGraph) -> None:
    """A case that is written down and read again gives the same facts."""
    case = read_case(graph.lexicon, labs=LABS, today=TODAY, **EVERYTHING)
    for again in (json.loads(json.dumps(case_to_json(case))), parse_turtle(case_to_turtle(case))):
        found = resolve_case(again, graph.lexicon, today=TODAY)

        assert sorted(case_facts(found).all(), key=str) == sorted(case_facts(case).all(), key=str)
        assert [each.text for each in found.derived] == [each.text for each in case.derived]


def test_a_proof_names_the_parts(graph: KnowledgeGraph) -> None:
    """A proof says of what was worked out both the number and what it was worked out of."""
    case = read(graph, *HIGH_R)
    proofs = proofs_of(graph, case, ask(graph, case))

    said = {
        text for each in proofs if each.kind == "alert" for p in each.proofs for text in p.given
    }
    assert said == {"R value 5 (BB 10 × ULN by AA 2 × ULN)"}
    assert all("R value 5" in render_proof(each, "text") for each in proofs if each.kind == "alert")


def test_a_part_of_what_moves_something_is_not_idle(graph: KnowledgeGraph) -> None:
    """A result is at work where what was worked out of it is."""
    answer = ask(graph, read(graph, *HIGH_R))

    assert answer.alerts
    assert answer.idle == ()


def test_what_if_keeps_earlier_results(graph: KnowledgeGraph) -> None:
    """What is supposed of something else leaves a persistence as it is."""
    case = read_case(graph.lexicon, labs=["AA=high@2026-01-01", "AA=high@2026-05-01"], today=TODAY)
    found = suppose(graph, graph.lexicon, case, ["ache"], today=TODAY)

    assert [each.label for each in found.before.alerts] == ["alarm"]
    assert found.after.alerts == found.before.alerts


def test_what_if_keeps_the_day_of_a_condition(graph: KnowledgeGraph) -> None:
    """What is supposed of something else leaves the day on which a condition began."""
    case = read_case(graph.lexicon, has=["break@2026-05-20"], today=TODAY, day="2026-06-01")
    found = suppose(graph, graph.lexicon, case, ["ache"], today=TODAY)

    assert [each.label for each in found.after.alerts] == ["alarm"]


def test_without_rules_nothing_is_worked_out(knowledge: KnowledgeGraph) -> None:
    """The shipped graph has no rule that asks for any of this, so no answer tells of it."""
    assert knowledge.lexicon.recipes == ()
    assert knowledge.lexicon.lines == {}


def test_facts_are_about_parts_of_the_case(graph: KnowledgeGraph) -> None:
    """Each number stands on an observation of the case, and an unknown one on none."""
    facts = case_facts(read(graph, "AA=2 xULN"))

    assert not [each for each, *_ in facts.edges if ":derived:" in each]
    assert {each for each, *_ in facts.values} == {f"{CASE}:observation:1"}


EX = "http://example.org/codes"


def test_the_dates_of_a_record(graph: KnowledgeGraph) -> None:
    """A FHIR record says when results were taken, and when a drug and a condition began."""
    results = [
        observation(
            code=concept((EX, "alpha")),
            effectiveDateTime=day,
            valueQuantity=quantity(value),
            referenceRange=[limits(None, 105)],
        )
        for day, value in (("2026-01-02", 150), ("2026-04-02", 1200))
    ]
    broken = condition("confirmed", code=concept((EX, "break")), onsetDateTime="2026-05-10")
    given = medication(
        "MedicationStatement",
        "active",
        medicationCodeableConcept=concept((EX, "tonic")),
        effectivePeriod={"start": "2026-03-01"},
    )
    reading = parse_record(record(*results, broken, given), graph.lexicon, TODAY)

    case = resolve_case(reading.document, graph.lexicon, today=TODAY)
    found = {"HugeAlpha", "SteepAlpha", "LastingAlpha", "SoonAfterTonic", "RecentBreak"}
    assert kinds(graph, case) == found
    assert derived(case, "DaysSinceBreak") == "22 d (from break on 2026-05-10 to 2026-06-01)"


@pytest.mark.parametrize("onset", [{}, {"onsetDateTime": "2026-05"}, {"onsetString": "in May"}])
def test_a_record_without_the_day(graph: KnowledgeGraph, onset: dict[str, str]) -> None:
    """A month is no day: the condition is there, and when it began is not known."""
    broken = condition("confirmed", code=concept((EX, "break")), **onset)
    reading = parse_record(record(broken), graph.lexicon, TODAY)

    case = resolve_case(reading.document, graph.lexicon, today=TODAY)
    assert derived(case, "DaysSinceBreak") == NOT_KNOWN + "the day of break"
