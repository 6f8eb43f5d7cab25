"""A result is read as it is written: numbers exactly, units by the table of the ontology."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial

import pytest
from counting import counts
from hypothesis import given
from hypothesis import strategies as st

from kg.case import LabResult, parse_lab, resolve_lab
from kg.case.labs import format_texts, read_result
from kg.case.quantities import (
    UnsafeResultError,
    check_limit,
    check_plausible,
    conversion_factor,
    round_fraction,
)
from kg.model.errors import LabFormatError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG

HAIR = Decimal("0.000000000001")
THRESHOLDS = tuple(map(Decimal, ("1", "1.5", "2", "5", "25", "42")))


def _read(typed: str, lexicon: Lexicon) -> LabResult:
    """The result that is typed, of a measurement that the graph knows."""
    result = resolve_lab(parse_lab(typed, lexicon), lexicon, typed)

    assert isinstance(result, LabResult)
    return result


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("alp=high", "high"),
        ("ALP=H", "high"),
        ("alp=HH", "high"),
        ("alp=raised", "high"),
        ("alp = Normal", "normal"),
        ("alp=L", "low"),
        ("alp=high@2025-03-01", "high"),
        ("alp=212U/L(35-105)", "high"),
        ("alp = 212 U/L ( 35 - 105 )", "high"),
        ("alp=212 U/L (35–105)", "high"),  # noqa: RUF001
        ("alp=212 U/L (35 to 105)", "high"),
        ("alp=212 U/L (35-105 U/L)", "high"),
        ("alp=212 U/L (35-105) H", "high"),
        ("alp=212 U/L (35-105);high@2025-03-01", "high"),
        ("alp=212 U/L;H", "high"),
        ("alp=212;H", "high"),
        ("alp=212 U/L (0.6-1.75 µkat/L)", "high"),
        ("alp=3.5 µkat/L(0.6-1.7)", "high"),
        ("alp=3.5 μkat/L(0.6-1.7)", "high"),
        ("alp=3500 nkat/L(35-105 U/L)", "high"),
        ("alp=105 U/L(35-105)", "normal"),
        ("alp=105.0001 U/L(35-105)", "high"),
        ("alp=34.9999 U/L(35-105)", "low"),
        ("ggt=20U/L(-40)", "normal"),
        ("alp=20U/L(0-105)", "normal"),
        ("ggt=20U/L(<40)", "normal"),
        ("ggt=20U/L(-40);L", "low"),
        ("ggt=20U/L(0-40)", "normal"),
        ("ggt=<5U/L(-40)", "normal"),
        ("alp=<5U/L(35-105)", "low"),
        ("alp=>300U/L(35-105)", "high"),
        ("alp=≥106U/L(35-105)", "high"),
        ("alp=>50U/L(35-105);H", "high"),
        ("alp=20U/L(35-)", "low"),
        ("alp=50U/L(35-)", ""),
        ("alp=50U/L(35-);N", "normal"),
        ("Ca=2.2mmol/L(8.5-10.2 mg/dL)", "normal"),
        ("Ca=4.9meq/L(2.15-2.55 mmol/L)", "normal"),
        ("PO4=2mg/dL(0.8-1.5 mmol/L)", "low"),
        ("alp=2.1xULN", "high"),
        ("ggt=1.0 × ULN", "normal"),
        ("ggt=3 times ULN", "high"),
        ("PTH=200pg/mL(1.6-6.9 pmol/L)", "high"),
        ("25OHD=15ng/mL(50-125 nmol/L)", "low"),
    ],
)
def test_a_result_is_read(lexicon: Lexicon, typed: str, state: str) -> None:
    """Flags and values with their range give a state, whatever the spelling."""
    result = _read(typed, lexicon)

    assert (result.state, result.unsafe, result.conflict) == (state, "", "")


@pytest.mark.parametrize("typed", ["alp=5U/L(-105)", "alp=0.1xULN", "calcium=1.2mmol/L(<2.6)"])
def test_an_upper_limit_alone_does_not_make_a_low_value_normal(
    lexicon: Lexicon, typed: str
) -> None:
    """Where a source speaks of low results, a value that may be low is not called normal."""
    result = _read(typed, lexicon)

    assert (result.state, result.conflict) == ("", "")
    assert "whether it is low" in result.partly
    assert "not above its upper limit" in result.partly


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("alp", "is no result"),
        ("alp=", "is no result"),
        ("=high", "is no result"),
        ("alp=banana", "neither"),
        ("alp=212,5U/L(35-105)", "comma"),
        ("alp=212U/L(35,5-105)", "comma"),
        ("alp=1.200U/L(35-105)extra", "neither"),
        ("alp=nan", "not a number"),
        ("alp=NaN U/L(35-105)", "not a number"),
        ("alp=inf U/L(35-105)", "not a number"),
        ("alp=1e999U/L(35-105)", "exponent"),
        ("alp=1.2.3U/L(35-105)", "not a number"),
        ("alp=2٣2U/L(35-105)", "not a number"),
        (f"alp={'9' * 51}U/L(35-105)", "at most 50"),
        (f"alp=212U/L(35-{'9' * 51})", "at most 50"),
        (f"alp=212U/L(35-{'a ' * 50_000}9)", "at most 500"),
        ("alp=212U/L(abc)", "is no range"),
        ("alp=212U/L(-35-105)", "is no range"),
        ("alp=212U/L(35-105", "neither"),
        ("alp=212U/L(35-105)@", "wanted one date"),
        ("alp=212U/L(35-105)@2025-01-01;H@2025-01-02", "wanted one date"),
        ("alp=212U/L(35-105);H;L", "wanted one flag"),
        ("alp=212U/L(35-105);", "wanted one flag"),
        ("alp=212U/L(35-105);later", "neither"),
    ],
)
def test_what_is_written_wrongly_is_refused(lexicon: Lexicon, typed: str, words: str) -> None:
    """No value is guessed, rounded or repaired: the message says what was wanted."""
    with pytest.raises(LabFormatError, match=words) as caught:
        _read(typed, lexicon)

    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("alp=212", "no reference range and no unit"),
        ("alp=100(-105)", "not known whether it is low"),
        ("alp=212(105-35)", "backwards"),
        ("alp=2120000(35-105)", "check value and unit"),
        ("alp=212U/L", "no reference range"),
        ("alp=212U/L()", "no reference range"),
        ("alp=212U/L(-)", "no reference range"),
        ("alp=212U/L(0-)", "no reference range"),
        ("alp=A", "abnormal"),
        ("alp=212mmol/L(35-105)", "is no unit"),
        ("alp=212mmol/L(35-105);H", "is no unit"),
        ("alp=212U/L(35-105 mg/dL)", "is no unit"),
        ("alp=212U/L(105-35)", "backwards"),
        ("alp=212U/L(105-35);H", "backwards"),
        ("alp=212U/L(0-0)", "upper limit is 0"),
        ("alp=-5U/L(35-105)", "negative"),
        ("alp=0U/L(35-105)", "check value and unit"),
        ("alp=99999999999U/L(35-105)", "check value and unit"),
        ("alp=212U/L(35-99999)", "check value and unit"),
        ("alp=212U/L(35-105)@2025-02-30", "no such day"),
        ("alp=<50U/L(35-105)", "which side"),
        ("alp=<120U/L(35-105)", "which side"),
        ("alp=>50U/L(35-105)", "which side"),
        ("alp=>36U/L(35-)", "which side"),
        ("alp=50U/L(35-)", "does not say"),
        ("alp=2.1xULN(35-105)", "without a range"),
        ("alp=2.1xULN(35-105 U/L)", "without a range"),
        ("bap=20ug/L(5-14 U/L)", "mass, activity"),
        ("bap=20ug/L(5-14 %)", "no factor"),
        ("NTx=20nM BCE(5-65 nmol BCE/mmol creatinine)", "no factor"),
    ],
)
def test_what_cannot_be_used_safely_says_why(lexicon: Lexicon, typed: str, words: str) -> None:
    """A result without what it needs gets no state, and the reason names what is wanted."""
    result = _read(typed, lexicon)

    assert result.state == ""
    assert result.state_class is None
    assert words in (result.unsafe or result.partly)


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("alp=25 (30-120)", "low"),
        ("alp=60 [30 - 120]", "normal"),
        ("alp=180(40-120)", "high"),
        ("alp=>180(-120)", "high"),
        ("alp=180 (40-120) H", "high"),
    ],
)
def test_a_value_and_its_range_without_a_unit_are_in_one(
    lexicon: Lexicon, typed: str, state: str
) -> None:
    """Their class is read, with a remark, and nothing that needs the value."""
    result = _read(typed, lexicon)

    assert (result.state, result.value, result.flagged) == (state, None, False)
    assert result.remark == "unit not given; value and range taken to be in one unit"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("alp=25 (30-120 U/L)", "low, 25 U/L (range 30 to 120)"),
        ("alp=25 [30-120] U/L", "low, 25 U/L (range 30 to 120)"),
        ("alp=180 [iU]/L [40-120] H", "high, 180 U/L (range 40 to 120), [iU]/L read as U/L"),
        ("alp=180 (40-120) U/L H", "high, 180 U/L (range 40 to 120)"),
        (
            "alp=3 ukat/L (40-120) U/L",
            "high, 3 ukat/L (range 40 to 120 U/L), 1 ukat/L is 60 U/L",
        ),
    ],
)
def test_a_unit_is_read_where_it_stands(lexicon: Lexicon, typed: str, read: str) -> None:
    """Within the brackets or behind them, which may be square."""
    assert _read(typed, lexicon).shown == read


def test_a_flag_against_its_value_is_a_conflict(lexicon: Lexicon) -> None:
    """A low flag on a value above its range: neither is taken."""
    for each in (
        "alp=212U/L(35-105);L",
        "alp=50U/L(35-105) H",
        "alp=25 (30-120);H",
        "alp=50U/L(35-);L",
        "alp=>300U/L(-105);N",
    ):
        result = _read(each, lexicon)
        assert result.conflict, each
        assert not result.state, each


def test_another_spelling_of_a_unit_is_noted(lexicon: Lexicon) -> None:
    """A unit that was read as another is shown with the result, and so is a factor."""
    assert "IU/L read as U/L" in _read("alp=212 IU/L(35-105)", lexicon).shown
    assert "[iU]/L read as U/L" in _read("alp=212 [IU]/L(35-105)", lexicon).shown
    assert "read as" not in _read("alp=3.5 µkat/L(0.6-1.7)", lexicon).shown
    assert "1 ukat/L is 60 U/L" in _read("alp=212U/L(0.6-1.75 ukat/L)", lexicon).shown
    assert "1 ng/mL is 2.496 nmol/L" in _read("25OHD=15ng/mL(50-125 nmol/L)", lexicon).shown
    assert "the laboratory's flag" in _read("alp=212U/L;H", lexicon).shown


def _markers(lexicon: Lexicon) -> tuple[Entry, ...]:
    """The measurements, without those that are several tests read together."""
    return tuple(each for each in lexicon.of_kind(Kind.MARKER) if not each.members)


def test_every_conversion_joins_units_of_its_measurement(lexicon: Lexicon) -> None:
    """A factor is positive, has a source, and leads in one step to a unit that none leads from."""
    conversions = [
        (marker, each) for marker in _markers(lexicon) for each in marker.measured_in.conversions
    ]

    assert len(conversions) > 10
    for marker, each in conversions:
        assert {each.unit, each.to} <= set(marker.units), each
        assert each.factor > 0
        assert each.source
        assert each.to not in {other.unit for other in marker.measured_in.conversions}, each
        assert each.unit == each.to or each.unit not in {
            o.to for o in marker.measured_in.conversions
        }


def test_every_measurement_has_a_plausible_band(lexicon: Lexicon) -> None:
    """The band is in a unit of the measurement, and is wide."""
    for marker in _markers(lexicon):
        assert marker.measured_in.plausible is not None, marker.label
        unit, least, most = marker.measured_in.plausible
        assert unit in marker.units
        assert most >= 50 * least


def test_the_edges_of_what_is_plausible_are_plausible(lexicon: Lexicon) -> None:
    """A value or a limit on the edge of its band is taken, and one a hair beyond it is not."""
    checked = 0
    for marker in _markers(lexicon):
        units = marker.measured_in
        for band, check in (
            (units.plausible, partial(check_plausible, what="the value")),
            (units.plausible_limit, check_limit),
        ):
            if band is None:
                continue
            unit, least, most = band
            checked += 1
            for edge, beyond in ((least, least - HAIR), (most, most + HAIR)):
                check(marker, edge, unit)
                with pytest.raises(UnsafeResultError, match="check"):
                    check(marker, beyond, unit)

    assert checked > len(_markers(lexicon))


@pytest.mark.parametrize(
    ("marker", "units", "wanted", "places"),
    [
        ("ALP", ("U/L", "ukat/L"), Fraction(1, 60), 0),
        ("ALP", ("U/L", "nkat/L"), Fraction(1000, 60), 0),
        ("GGT", ("ukat/L", "nkat/L"), Fraction(1000), 0),
        ("Ca", ("meq/L", "mmol/L"), Fraction(1, 2), 0),
        ("Ca", ("mg/dL", "mmol/L"), Fraction("0.2495"), 4),
        ("PO4", ("mg/dL", "mmol/L"), Fraction("0.3229"), 4),
        ("PTH", ("pg/mL", "pmol/L"), Fraction("0.106"), 3),
        ("PTH", ("pg/mL", "ng/L"), Fraction(1), 0),
        ("25OHD", ("ng/mL", "nmol/L"), Fraction("2.496"), 3),
        ("25OHD", ("ng/mL", "ug/L"), Fraction(1), 0),
        ("BAP", ("ng/mL", "ug/L"), Fraction(1), 0),
        ("PYD", ("umol/mol{creat}", "nmol/mmol{creat}"), Fraction(1), 0),
    ],
)
def test_a_factor_is_the_one_of_the_handbooks(
    lexicon: Lexicon, marker: str, units: tuple[str, str], wanted: Fraction, places: int
) -> None:
    """Exact where units are defined by one another, and as printed elsewhere to its digits."""
    found = conversion_factor(lexicon.find(marker, Kind.MARKER), *units)

    assert abs(found - wanted) <= (Fraction(6, 10 ** (places + 1)) if places else 0)


@counts(2_000, exhaustive=10_000)
def test_converting_value_and_range_never_changes_a_class(lexicon: Lexicon, count: int) -> None:
    """2,000 results (10,000), value or range or both in another unit: same state, same ratios."""
    dice = random.Random(20251122)
    pairs = [(marker, *pair) for marker in _markers(lexicon) for pair in _exact_pairs(marker)]
    for _ in range(count):
        marker, unit, other, scale = dice.choice(pairs)
        value, low, high = _near_a_threshold(marker, unit, dice)
        figures = {"value": value, "low": low, "high": high}
        plain = {key: f"{each:f}" for key, each in figures.items()} | {"unit": unit}
        moved = {key: f"{each * scale:f}" for key, each in figures.items()} | {"unit": other}
        mixed = moved | {"value": plain["value"], "unit": unit, "rangeUnit": other}

        found = {_class(read_result(marker, each, lexicon, "")) for each in (plain, moved, mixed)}

        assert len(found) == 1, (marker.label, plain, moved)
        assert "" not in found


def _exact_pairs(marker: Entry) -> Iterator[tuple[str, str, Decimal]]:
    """Unit, other unit and the decimal between them, in the direction in which it is one."""
    for each in marker.measured_in.conversions:
        for unit, to in ((each.unit, each.to), (each.to, each.unit)):
            scale = conversion_factor(marker, unit, to)
            if Fraction(round_fraction(scale)) == scale:
                yield unit, to, round_fraction(scale)


def _near_a_threshold(
    marker: Entry, unit: str, dice: random.Random
) -> tuple[Decimal, Decimal, Decimal]:
    """A plausible value on or next to a limit or a multiple of it, with its range."""
    units = marker.measured_in
    band = units.limit_band(unit) or units.band(unit) or (Fraction(1), Fraction(10_000))
    least, most = map(float, band)
    middle = least * (most / (least or 1)) ** dice.uniform(0.35, 0.5)
    high = Decimal(f"{middle:.3g}")
    low = Decimal(f"{middle / 3:.3g}")
    widest = (units.band(unit) or band)[1]
    multiples = [high * each for each in THRESHOLDS[:4] if high * each < widest]
    value = dice.choice((low, *multiples))
    return value + dice.choice((-1, 0, 1)) * Decimal("1e-12"), low, high


def _class(result: LabResult) -> str:
    if result.unsafe or not result.state:
        return ""
    return f"{result.state} {result.numbers}"


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

    for each in (threshold, *THRESHOLDS):
        found = round_fraction(exact)
        assert (found < each) == (exact < Fraction(each))
        assert (found == each) == (exact == Fraction(each))


@given(baseline=_digits(49), percent=_digits(4), nudge=st.sampled_from([-1, 0, 1]))
def test_a_change_is_on_the_same_side_of_a_threshold_as_the_fraction(
    baseline: Decimal, percent: Decimal, nudge: int
) -> None:
    """A fall as well as a rise: what is a hair from a quarter is not a quarter."""
    for sign in (1, -1):
        exact = sign * Fraction(percent) + Fraction(nudge, 3 * int(Fraction(baseline) * 10**9 + 1))
        found = round_fraction(exact)

        for each in (sign * percent, Decimal(25), Decimal(-25)):
            assert (found < each) == (exact < Fraction(each))
            assert (found == each) == (exact == Fraction(each))


@pytest.mark.parametrize("multiple", ["1", "1.5", "2", "5.0001"])
def test_a_multiple_of_the_limit_is_its_ratio(lexicon: Lexicon, multiple: str) -> None:
    """A laboratory that reports times the upper limit has said all that a rule asks for."""
    result = _read(f"alp={multiple}xULN", lexicon)

    assert result.ratio_to_uln == Decimal(multiple)
    assert [each.role for each in result.numbers] == [EG.ratioToULN]


@pytest.mark.parametrize("multiple", ["1", "1.5", "2", "5"])
def test_a_ratio_does_not_touch_a_threshold_it_only_comes_near(multiple: str) -> None:
    """One unit in the fiftieth place above or below a threshold is above or below it."""
    limit = Decimal("3" * 48 + ".7")
    threshold = Decimal(multiple)
    with localcontext(prec=200):
        at = limit * threshold
        above, below = at + Decimal("0.01"), at - Decimal("0.01")

    assert round_fraction(Fraction(at) / Fraction(limit)) == threshold
    assert round_fraction(Fraction(above) / Fraction(limit)) > threshold
    assert round_fraction(Fraction(below) / Fraction(limit)) < threshold


@pytest.mark.parametrize(
    ("lab", "typed"),
    [
        ({"state": "high"}, "high"),
        ({"value": "212"}, "212"),
        ({"value": "212", "unit": "U/L"}, "212 U/L"),
        ({"comparator": ">", "value": "5", "unit": "xULN"}, ">5 xULN"),
        ({"value": "212", "unit": "U/L", "low": "35", "high": "105"}, "212 U/L(35-105)"),
        ({"value": "212", "unit": "U/L", "high": "105"}, "212 U/L(-105)"),
        ({"value": "212", "unit": "U/L", "low": "35"}, "212 U/L(35-)"),
        (
            {"value": "3", "unit": "U/L", "low": "1", "high": "2", "rangeUnit": "µkat/L"},
            "3 U/L(1-2 µkat/L)",
        ),
        ({"value": "9", "unit": "g/L", "rangeUnit": "g/L"}, "9 g/L"),
        ({"value": "80", "date": "2026-01-10", "baseline": "yes"}, "80@2026-01-10;baseline"),
        ({"value": "80", "flag": "high"}, "80;high"),
        (
            {"state": "low", "date": "2026-01-10", "baseline": "yes", "flag": "low"},
            "low@2026-01-10;baseline;low",
        ),
    ],
)
def test_a_result_is_told_as_it_would_be_typed(lab: dict[str, str], typed: str) -> None:
    """Every part of a result stands where the command line takes it, and what is not there not."""
    assert format_texts(lab) == typed
