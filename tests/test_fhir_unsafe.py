"""Promises about results that must not be used: none is, and the answer names each and says why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg.answer.ask import ask
from kg.case.fhir import parse_record, read_case
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG
from kg.store.knowledge import KnowledgeGraph

FILE = Path(__file__).parent / "data" / "fhir" / "unsafe.json"
UNSAFE: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
DAY = date(2026, 11, 22)
PATIENT = {"resourceType": "Patient", "id": "one"}
GGT_RANGE = [{"high": {"value": 40, "unit": "U/L"}}]


def _changed(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Merge as RFC 7396 does: null takes a key away."""
    merged = dict(base)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _changed(merged[key], value)
        else:
            merged[key] = value
    return merged


def _record(*resources: Mapping[str, Any]) -> str:
    entries = [{"resource": resource} for resource in (PATIENT, *resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _markers(document: Mapping[str, Any]) -> list[str]:
    return [each["marker"] for each in document.get("labs", [])]


def test_the_base_of_the_unsafe_results_is_used(lexicon: Lexicon) -> None:
    """What the table changes is a result that is read: each change alone makes it unsafe."""
    reading = parse_record(_record(UNSAFE["base"]), lexicon, DAY)

    assert _markers(reading.document) == [EG.SerumALPObservation]
    assert reading.ignored == ()


def test_there_are_more_unsafe_results_than_the_hazard_list_has() -> None:
    """The hazard list counts 31; every one is here, and others beside them."""
    assert len(UNSAFE["changes"]) + len(UNSAFE["texts"]) >= 31


@pytest.mark.parametrize("name", UNSAFE["changes"])
def test_an_unsafe_result_is_not_used_and_named(
    knowledge: KnowledgeGraph, lexicon: Lexicon, name: str
) -> None:
    """No unsafe Observation reaches the reasoning, and the answer says which and why."""
    unsafe = UNSAFE["changes"][name]
    case = read_case(_record(_changed(UNSAFE["base"], unsafe["change"])), lexicon, DAY)
    answer = ask(knowledge, case)

    assert case.labs == ()
    told = [f"{each.given}: {each.reason}" for each in answer.unused]
    told += [each.text for each in answer.conflicts]
    assert any(unsafe["reason"] in each for each in told), told


@pytest.mark.parametrize("name", UNSAFE["texts"])
def test_unsafe_json_is_refused_or_not_used(lexicon: Lexicon, name: str) -> None:
    """A number that is none, a key twice or a text without end never becomes a result."""
    unsafe = UNSAFE["texts"][name]
    start, again, times = unsafe.get("repeat", ("", "", 0))
    new = unsafe.get("new") or start + again * times
    written = _record(UNSAFE["base"])
    assert unsafe["old"] in written

    try:
        reading = parse_record(written.replace(unsafe["old"], new), lexicon, DAY)
    except UsageError as error:
        assert unsafe["reason"] in error.message  # noqa: PT017 - refused as a whole, or in part
        return
    assert _markers(reading.document) == []
    assert any(unsafe["reason"] in each.reason for each in reading.ignored)


@pytest.mark.parametrize("name", UNSAFE["changes"])
def test_an_unsafe_result_leaves_the_others_alone(lexicon: Lexicon, name: str) -> None:
    """One result that cannot be used takes no other with it."""
    unsafe = _changed(UNSAFE["base"], UNSAFE["changes"][name]["change"])
    coding = {"coding": [{"system": "http://loinc.org", "code": "2324-2"}]}
    safe = {"code": coding, "valueQuantity": {"value": 24}, "referenceRange": GGT_RANGE}

    case = read_case(_record(unsafe, _changed(UNSAFE["base"], safe)), lexicon, DAY)

    assert [lab.marker.iri for lab in case.labs] == [EG.GGTObservation]
