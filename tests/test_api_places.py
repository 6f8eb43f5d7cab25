"""Whoever sends a case that cannot be read is told each field at fault, and no other."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from kg.case import resolve_case
from kg.cli import main
from kg.model.errors import KGError
from kg.model.terms import Lexicon
from kg.serve.api.places import find_places

DAY = date(2026, 11, 22)
ALP: dict[str, Any] = {"marker": "ALP", "state": "high"}
GGT: dict[str, Any] = {"marker": "GGT", "state": "normal"}
VALUE: dict[str, Any] = {"marker": "ALP", "value": "212", "unit": "U/L", "low": 35, "high": 105}
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a drug among good results": (
        {"labs": [ALP, GGT, VALUE], "drugs": [{"drug": "bortezomib", "start": "soon"}]},
        ["drugs[0].start"],
    ),
    "a drug that a result names": (
        {
            "labs": [ALP | {"duringTreatment": "bortezomib"}],
            "drugs": ["bortezomib", {"drug": "bortezomib", "stop": "x"}],
        },
        ["drugs[1].stop"],
    ),
    "a result under a drug that is not given": (
        {"labs": [GGT, ALP | {"duringTreatment": "bortezomib"}], "drugs": ["alendronate"]},
        ["labs[1].duringTreatment"],
    ),
    "two fields of one result": (
        {"labs": [VALUE | {"value": "a lot", "date": "now"}, GGT]},
        ["labs[0].value", "labs[0].date"],
    ),
    "every kind of number": (
        {"labs": [VALUE | {"low": "x", "high": [], "percentChangeFromBaseline": "y"}]},
        ["labs[0].low", "labs[0].high", "labs[0].percentChangeFromBaseline"],
    ),
    "a comparator": ({"labs": [VALUE | {"comparator": "="}]}, ["labs[0].comparator"]),
    "a flag that is none": ({"labs": [{"marker": "ALP", "state": " "}]}, ["labs[0].state"]),
    "a state and a value": ({"labs": [ALP | {"value": 1}]}, ["labs[0]"]),
    "a key of no result": ({"labs": [{**ALP, "canary": 1}, GGT]}, ["labs[0]"]),
    "no name of a drug": ({"drugs": [{"start": "2026-01-01"}]}, ["drugs[0]"]),
    "entries that are none": (
        {"labs": [3], "drugs": [None], "conditions": ["PCM", 1], "absent": ["PCM", " "]},
        ["labs[0]", "drugs[0]", "conditions[1]", "absent[1]"],
    ),
    "lists that are none": ({"labs": {}, "unknown": "x"}, ["labs", "unknown"]),
    "age, sex and day": (
        {"age": "old", "sex": "canary", "date": "2026-13-01", "labs": [ALP]},
        ["age", "sex", "date"],
    ),
    "a key of no case": ({"labs": [ALP], "canary": 1}, ["the case"]),
    "more than five": ({"conditions": [1, 2, 3, 4, 5, 6, 7, "PCM"]}, [
        f"conditions[{n}]" for n in range(7)
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_field_at_fault_is_named_and_no_other(lexicon: Lexicon, name: str) -> None:
    """What stands beside a fault is not blamed for it, and what is wanted is said."""
    case, places = CASES[name]
    with pytest.raises(KGError):
        resolve_case(case, lexicon, today=DAY)

    found = find_places(case, lexicon, DAY)

    assert [each["at"] for each in found] == places
    assert all(each["why"] and each["wanted"] for each in found)
    assert "canary" not in str(found)


def test_a_sound_case_has_no_place_at_fault(lexicon: Lexicon) -> None:
    """A name that is not known, or a result that is not safe, is no fault of the form."""
    case = {"labs": [ALP, VALUE | {"unit": "mmol/L"}], "drugs": ["carfilzomibe"], "age": 68}

    assert find_places(case, lexicon, DAY) == []
    assert find_places([], lexicon, DAY) == []


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize(
    ("args", "kind", "code"),
    [
        (["ask", "--lab", "alp", "--format", "json"], "LabFormatError", 2),
        (["ask", "--format=json"], "UsageError", 2),
        (["ask", "--lab", "alp=high", "--about", "x", "--format=json"], "UnknownTermError", 2),
        (["ask", "--fhir", "nowhere.json", "--format", "json"], "UsageError", 2),
        (["ask", "--nothing", "--format", "json"], "NoSuchOption", 2),
    ],
)
def test_an_error_is_json_where_the_answer_would_be(args: list[str], kind: str, code: int) -> None:
    """A program reads kind, message and exit code, on stderr and in one line."""
    result = CliRunner().invoke(main, args)

    error = json.loads(result.stderr)["error"]
    assert (error["kind"], error["exit"], result.exit_code) == (kind, code, code)
    assert error["message"]
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
