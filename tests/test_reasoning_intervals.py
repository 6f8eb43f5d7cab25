"""Intervals: bounds to the last digit."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kg.reasoning.intervals import Interval, plain

BOUNDS = st.none() | st.integers(-4, 4).map(lambda number: Decimal(number) / 2)
INTERVALS = st.builds(Interval, BOUNDS, BOUNDS, BOUNDS, BOUNDS)
QUARTERS = [Decimal(number) / 4 for number in range(-12, 13)]


@given(INTERVALS, INTERVALS)
def test_an_intersection_holds_what_both_hold(one: Interval, other: Interval) -> None:
    """A number belongs to the intersection exactly when it belongs to both."""
    both = one.intersection(other)

    for number in QUARTERS:
        assert both.contains(number) == (one.contains(number) and other.contains(number))


@given(INTERVALS, INTERVALS)
def test_within_means_that_nothing_lies_outside(one: Interval, other: Interval) -> None:
    """One interval lies within another exactly when no number of it lies outside."""
    outside = any(one.contains(each) and not other.contains(each) for each in QUARTERS)

    assert one.within(other) != outside


@given(INTERVALS)
def test_empty_means_that_no_number_belongs(interval: Interval) -> None:
    """Half the distance between two bounds is always among the quarters tried."""
    assert interval.empty() != any(interval.contains(each) for each in QUARTERS)


@given(INTERVALS)
def test_an_interval_survives_json(interval: Interval) -> None:
    """What is written as text is read as the same decimals."""
    assert Interval.from_list(interval.to_list()) == interval


def test_a_decimal_is_written_without_exponent() -> None:
    """xsd:decimal knows no exponent."""
    assert [plain(Decimal(text)) for text in ("1E+2", "1.50", "-0.0", "1E-7")] == [
        "100",
        "1.5",
        "0",
        "0.0000001",
    ]
