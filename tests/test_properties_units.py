"""The unit that a laboratory reports in changes nothing.

1,000 results in every run, and 10,000 under `make test-nightly`; whole answers are compared for 20
patients in every run, and for 300 at night. Hypothesis makes the same results in every run.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import ULP, Document, Patients
from test_properties import counts

from kg import build
from kg.answers.ask import ask
from kg.answers.model import Answer
from kg.answers.situation import Situation, read_situation
from kg.knowledge import Knowledge
from kg.terms import Entry, Kind, Lexicon

RESULTS, RESULTS_AT_NIGHT = 1_000, 10_000
ANSWERS, ANSWERS_AT_NIGHT = 20, 300
SEED = 60

# One of the first unit is so many of the second; exact, or rounded as tables print it: value and
# range are converted alike, so the ratio between them is the same whatever the factor.
FACTORS = {
    ("ukat/L", "U/L"): Decimal(60),
    ("ukat/L", "nkat/L"): Decimal(1000),
    ("nkat/L", "U/L"): Decimal("0.06"),
    ("mmol/L", "mg/dL"): Decimal("4.008"),
    ("ng/mL", "nmol/L"): Decimal("2.496"),
    ("ug/L", "nmol/L"): Decimal("2.496"),
    ("ng/mL", "ug/L"): Decimal(1),
    ("pmol/L", "pg/mL"): Decimal("9.43"),
    ("pmol/L", "ng/L"): Decimal("9.43"),
    ("pg/mL", "ng/L"): Decimal(1),
    ("nmol/mmol{creat}", "umol/mol{creat}"): Decimal(1),
}
LIMITS = ["0.5", "1", "1.5", "2", "5"]
"""Ratios at which a class may change; the strategy takes them, their neighbours, and any other."""

near_a_limit = st.builds(
    lambda limit, step: Decimal(limit) + step * ULP, st.sampled_from(LIMITS), st.integers(-1, 1)
)
ratios = near_a_limit | st.decimals(min_value="0.01", max_value=40, places=6)
upper_limits = st.decimals(min_value="0.05", max_value=900, places=3)


def test_a_unit_changes_no_class() -> None:
    """Value and range converted to any other unit: the same findings, of 1,000 results."""
    _check_classes(RESULTS)


@pytest.mark.nightly
def test_no_unit_changes_any_class() -> None:
    """Value and range converted to any other unit: the same findings, of 10,000 results."""
    _check_classes(RESULTS_AT_NIGHT)


def test_every_unit_of_enzymes_and_concentrations_is_converted(lexicon: Lexicon) -> None:
    """Every measurement that is reported in two units that convert takes part."""
    markers = {marker.label for marker, *_ in _conversions(lexicon)}

    assert {"alkaline phosphatase", "gamma-glutamyl transferase", "calcium", "phosphate"} <= markers
    assert {"25-hydroxyvitamin D", "parathyroid hormone"} <= markers


@counts(ANSWERS, ANSWERS_AT_NIGHT)
def test_a_unit_changes_no_answer(knowledge: Knowledge, lexicon: Lexicon, count: int) -> None:
    """With every result converted, the whole answer is the same (20 patients; 300 at night)."""
    patients = Patients(lexicon, knowledge.rules, SEED)
    converted = 0
    number = 0
    while converted < count:
        document = patients.document(number)
        number += 1
        other = _converted(lexicon, document)
        if other != document:
            converted += 1
            one, two = (ask(knowledge, patients.case(each)) for each in (document, other))
            assert _without_inputs(one) == _without_inputs(two), (document, other)


def _check_classes(count: int) -> None:
    knowledge, lexicon = _opened()
    conversions = _conversions(lexicon)

    @settings(max_examples=count, derandomize=True, database=None, deadline=None)
    @given(st.sampled_from(conversions), ratios, upper_limits, st.sampled_from(["", "low"]))
    def check(
        conversion: tuple[Entry, str, str, Decimal], ratio: Decimal, high: Decimal, low: str
    ) -> None:
        marker, unit, other, factor = conversion
        lab = {"marker": marker.label, "value": ratio * high, "unit": unit, "high": high}
        lab |= {low: high / 4} if low else {}

        one, two = (_seen(knowledge, lexicon, each) for each in (lab, _scaled(lab, other, factor)))

        assert one == two

    check()


@cache
def _opened() -> tuple[Knowledge, Lexicon]:
    knowledge = build.ensure()
    return knowledge, Lexicon.of(knowledge.store)


def _conversions(lexicon: Lexicon) -> list[tuple[Entry, str, str, Decimal]]:
    return [
        (marker, unit, other, factor)
        for marker in lexicon.of_kind(Kind.MARKER)
        for (unit, other), factor in FACTORS.items()
        if {unit, other} <= set(_units(marker))
    ]


def _units(marker: Entry) -> tuple[str, ...]:
    return tuple(marker.units)


def _scaled(lab: Document, unit: str, factor: Decimal) -> Document:
    """The same result in another unit, value and range alike."""
    numbers = {key: Decimal(lab[key]) * factor for key in ("value", "low", "high") if key in lab}
    return {**lab, **numbers, "unit": unit}


def _seen(knowledge: Knowledge, lexicon: Lexicon, lab: Document) -> tuple[object, ...]:
    """The kinds of case and the findings that a result shows."""
    patients = Patients(lexicon, knowledge.rules, SEED)
    found: Situation = read_situation(knowledge, patients.case({"labs": [_text(lab)]}))
    return tuple(found.contexts), tuple(found.findings), tuple(found.present)


def _text(lab: Document) -> Document:
    return {
        key: f"{value:f}" if isinstance(value, Decimal) else value for key, value in lab.items()
    }


def _converted(lexicon: Lexicon, document: Document) -> Document:
    """The patient with each result in another unit, where there is one."""
    labs = [_in_another_unit(lexicon, each) for each in document.get("labs", ())]
    return {**document, "labs": labs} if labs else document


def _in_another_unit(lexicon: Lexicon, lab: Document) -> Document:
    for marker, unit, other, factor in _conversions(lexicon):
        if "unit" in lab and lab["unit"] == unit and lexicon.find(lab["marker"]) == marker:
            return _text(_scaled(lab, other, factor))
    return lab


def _without_inputs(answer: Answer) -> Answer:
    """The answer without the results as they were typed."""
    return replace(answer, case=(), unused=(), conflicts=())
