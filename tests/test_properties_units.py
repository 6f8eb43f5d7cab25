"""The unit that a laboratory reports in changes nothing.

1,000 results in every run, and 10,000 under `make test-nightly`; whole answers are compared for 20
patients in every run, and for 300 at night. Hypothesis makes the same results in every run.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import permutations

import pytest
from counting import counts
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from patients import ULP, Document, Patients, usual_limit

from kg.answer.ask import ask
from kg.answer.classified import ClassifiedCase, classify_case
from kg.answer.model import Answer
from kg.compile import builder
from kg.model.terms import Entry, Kind, Lexicon
from kg.store.knowledge import KnowledgeGraph

RESULTS, RESULTS_AT_NIGHT = 1_000, 10_000
ANSWERS, ANSWERS_AT_NIGHT = 20, 300
SEED = 60

LIMITS = ["0.5", "1", "1.5", "2", "5"]
"""Ratios at which a class may change; the strategy takes them, their neighbours, and any other."""

near_a_limit = st.builds(
    lambda limit, step: Decimal(limit) + step * ULP, st.sampled_from(LIMITS), st.integers(-1, 1)
)
ratios = near_a_limit | st.decimals(min_value="0.05", max_value=12, places=6)
sizes = st.decimals(min_value="0.5", max_value="1.5", places=3)
"""How large an upper limit is beside a usual one."""


@pytest.mark.slow
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


@counts(ANSWERS, nightly=ANSWERS_AT_NIGHT)
def test_a_unit_changes_no_answer(knowledge: KnowledgeGraph, lexicon: Lexicon, count: int) -> None:
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
    @given(st.sampled_from(conversions), ratios, sizes, st.sampled_from(["", "low"]))
    def check(
        conversion: tuple[Entry, str, str, Decimal], ratio: Decimal, size: Decimal, low: str
    ) -> None:
        marker, unit, other, factor = conversion
        high = usual_limit(marker, unit) * size
        lab: Document = {"marker": marker.label, "value": ratio * high, "unit": unit, "high": high}
        lab |= {low: high / 4} if low else {}

        one, two = (_seen(knowledge, lexicon, each) for each in (lab, _scaled(lab, other, factor)))

        assert one == two

    check()


@cache
def _opened() -> tuple[KnowledgeGraph, Lexicon]:
    knowledge = builder.ensure()
    return knowledge, knowledge.lexicon


def _conversions(lexicon: Lexicon) -> list[tuple[Entry, str, str, Decimal]]:
    """Each measurement with two of its units, and the factor between them where it is a decimal.

    Of 1/60 and 60, the test goes the way that needs no rounding; the other is the same way back.
    """
    return [
        (marker, unit, other, Decimal(factor.numerator) / factor.denominator)
        for marker in lexicon.of_kind(Kind.MARKER)
        for unit, other in permutations(marker.units, 2)
        for factor in [marker.measured_in.factor(unit, other)]
        if factor is not None and _is_decimal(factor)
    ]


def _is_decimal(number: Fraction) -> bool:
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _scaled(lab: Document, unit: str, factor: Decimal) -> Document:
    """The same result in another unit, value and range alike."""
    numbers: Document = {k: Decimal(lab[k]) * factor for k in ("value", "low", "high") if k in lab}
    return {**lab, **numbers, "unit": unit}


def _seen(knowledge: KnowledgeGraph, lexicon: Lexicon, lab: Document) -> tuple[object, ...]:
    """The kinds of case and the findings that a result shows."""
    patients = Patients(lexicon, knowledge.rules, SEED)
    found: ClassifiedCase = classify_case(knowledge.rules, patients.case({"labs": [_text(lab)]}))
    return found.contexts, found.findings, found.present


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
    """The answer without the results as they were typed; a notice repeats them in its text."""
    scope = tuple(replace(each, text="") for each in answer.scope)
    return replace(answer, case=(), scope=scope, unused=(), conflicts=(), idle=())
