"""Numbers, units and ranges exactly, on an invented measurement: no graph has to be built."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from kg.case.labs import read_result
from kg.case.quantities import (
    HIGH,
    LOW,
    NORMAL,
    UnsafeResultError,
    check_limit,
    check_plausible,
    conversion_factor,
    conversion_note,
    decide_state,
    format_fraction,
    parse_number,
    parse_signed,
    possible_states,
    read_unit,
    round_fraction,
    round_quotient,
    value_interval,
)
from kg.model.errors import LabFormatError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.units import Conversion, Units
from kg.model.vocabulary import EG, eg
from kg.reasoning.intervals import Interval

UNITS = Units(
    names=("U/L", "ukat/L", "g/L", "xULN"),
    aliases=(("IU/L", "U/L"), ("{times}", "xULN")),
    conversions=(Conversion("ukat/L", "U/L", Fraction(60), "SI"),),
    note="mass and activity differ",
    of_limit="xULN",
    plausible=("U/L", Decimal(3), Decimal(6000)),
    plausible_limit=("ukat/L", Decimal(1), Decimal(10)),
)
TITRE = Entry(EG.Titre, "titre", Kind.MARKER, measured_in=UNITS)
"""What is measured in activity or in mass, and compared with its limit."""
BARE = Entry(EG.Bare, "bare titre", Kind.MARKER)
"""What has no units."""


def state(flag: str, *parents: str) -> Entry:
    """A state of the measurement."""
    above = frozenset(map(eg, parents))
    return Entry(
        eg(f"{flag}Titre"), f"{flag} titre", Kind.STATE, (), (), (), above, flag, TITRE.iri
    )


def lexicon(*states: Entry) -> Lexicon:
    """A lexicon of the measurement with these states."""
    return Lexicon({each.iri: each for each in (TITRE, *states)})


ALL = lexicon(state(HIGH), state(NORMAL), state(LOW))


@pytest.mark.parametrize(
    ("text", "number"),
    [("4", "4"), ("4.50", "4.50"), (".5", "0.5"), ("+7", "7"), ("9" * 50, "9" * 50)],
)
def test_a_number_is_read_as_it_stands(text: str, number: str) -> None:
    """Digits are kept, needless ones too; a sign is read."""
    assert str(parse_number(text, "the value", text)) == number
    assert parse_signed(text, "the change", text) == Decimal(number)


@pytest.mark.parametrize("sign", ["-", "−"])  # noqa: RUF001 - the minus of typesetters
def test_a_number_below_zero(sign: str) -> None:
    """A change may be negative, a result may not."""
    text = f"{sign}12.5"

    assert parse_signed(text, "the change", text) == Decimal("-12.5")
    with pytest.raises(UnsafeResultError) as caught:
        parse_number(text, "the value", text)
    assert caught.value.message == "the value is negative, which no result can be"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NaN", "the value is 'NaN', which is not a number."),
        ("-inf", "the value is '-inf', which is not a number."),
        ("Infinity", "the value is 'Infinity', which is not a number."),
        ("one", "the value is 'one', which is not a number."),
        ("two", "the value is 'two', which is not a number."),
        ("1.", "the value is '1.', which is not a number."),
        ("--1", "the value is '--1', which is not a number."),
        ("٣", "the value is '٣', which is not a number."),
        (
            "4,5",
            (
                "the value has a comma. Write decimals with a point (4.5), and thousands without a "
                "mark (1200)."
            ),
        ),
        ("1E5", "the value has an exponent; write the number out."),
        ("9" * 51, "the value has 51 characters; at most 50 are read."),
        ("+" + "9" * 50, "the value has 51 characters; at most 50 are read."),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(text: str, said: str) -> None:
    """The message has what was typed, and what is wrong with it."""
    for parse in (parse_number, parse_signed):
        with pytest.raises(LabFormatError) as caught:
            parse(text, "the value", "the result")
        assert caught.value.message == f"'the result': {said}"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (Fraction(60), "60"),
        (Fraction(1000), "1000"),
        (Fraction(1, 4), "0.25"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(2000, 3), "666.7"),
        (Fraction(100_000, 3), "33330"),
        (Fraction(1, 30_000), "0.00003333"),
    ],
)
def test_a_fraction_for_a_reader(fraction: Fraction, text: str) -> None:
    """Four digits that count, no exponent and no needless zeros."""
    assert format_fraction(fraction) == text


def test_a_fraction_with_other_digits() -> None:
    """As many digits as are asked for."""
    assert format_fraction(Fraction(2, 3), 2) == "0.67"


def test_a_fraction_stays_on_its_side_of_a_limit() -> None:
    """What is a hair above or below a short decimal is not rounded to it."""
    hair = Fraction(1, 10**70)

    for limit in (Fraction(2), Fraction(3, 2)):
        assert round_fraction(limit - hair) < limit < round_fraction(limit + hair)
        assert round_fraction(limit) == limit


def test_a_quotient_is_the_rounded_fraction() -> None:
    """The quick way has the same digits, to the last of them."""
    numbers = [Decimal(text) for text in ("0.10", "1", "3", "120.0", "192.4", "7" * 50, "1e-9")]
    for value in (Decimal(0), *numbers):
        for scale in (Fraction(1), Fraction(10), Fraction(1, 3), Fraction(884, 10)):
            for by in numbers:
                exact = round_fraction(Fraction(value) * scale / Fraction(by))
                assert repr(round_quotient(value, scale, by)) == repr(exact)


def test_a_unit_is_read_with_a_note_of_its_spelling() -> None:
    """Marks, case and the two letters for micro do not matter; another name is noted."""
    assert read_unit(TITRE, "u/l") == ("U/L", "")
    assert read_unit(TITRE, "μkat/L") == read_unit(TITRE, "µkat/L") == ("ukat/L", "")
    assert read_unit(TITRE, "{U/L}") == ("U/L", "")
    assert read_unit(TITRE, "IU/L") == ("U/L", "IU/L read as U/L")
    assert read_unit(TITRE, "times") == ("xULN", "{times} read as xULN")


def test_what_is_no_unit_is_refused_with_those_that_are() -> None:
    """The message names the units of the measurement, or that it has none."""
    with pytest.raises(UnsafeResultError) as caught:
        read_unit(TITRE, "mol")
    assert caught.value.message == (
        "'mol' is no unit of titre; wanted U/L or ukat/L or g/L or xULN"
    )
    with pytest.raises(UnsafeResultError) as caught:
        read_unit(BARE, "mol")
    assert caught.value.message == "'mol' is no unit of bare titre; wanted no unit"


def test_a_factor_leads_from_unit_to_unit() -> None:
    """In either direction, and from a unit to itself."""
    assert conversion_factor(TITRE, "ukat/L", "U/L") == 60
    assert conversion_factor(TITRE, "U/L", "ukat/L") == Fraction(1, 60)
    assert conversion_factor(TITRE, "g/L", "g/L") == 1


def test_where_no_factor_leads_the_reason_is_given() -> None:
    """The note of the measurement, where it has one."""
    with pytest.raises(UnsafeResultError) as caught:
        conversion_factor(TITRE, "U/L", "g/L")
    assert caught.value.message == "no factor leads from U/L to g/L: mass and activity differ"
    with pytest.raises(UnsafeResultError) as caught:
        conversion_factor(BARE, "U/L", "g/L")
    assert caught.value.message == "no factor leads from U/L to g/L"


def test_the_factors_that_were_used_are_noted() -> None:
    """None where nothing was converted, and only those of the two units."""
    two = Units(("U/L", "ukat/L", "nkat/L"), (), (
        Conversion("ukat/L", "U/L", Fraction(60), "SI"),
        Conversion("nkat/L", "U/L", Fraction(3, 50), "SI"),
    ))  # fmt: skip
    marker = Entry(EG.Two, "two", Kind.MARKER, measured_in=two)

    assert conversion_note(marker, "ukat/L", "ukat/L") == ""
    assert conversion_note(marker, "U/L", "ukat/L") == "1 ukat/L is 60 U/L"
    assert conversion_note(marker, "nkat/L", "U/L") == "1 nkat/L is 0.06 U/L"
    assert conversion_note(marker, "nkat/L", "ukat/L") == (
        "1 ukat/L is 60 U/L, 1 nkat/L is 0.06 U/L"
    )


def test_bands_hold_in_every_unit_that_converts() -> None:
    """What is plausible in one unit is, converted, in the other; of the rest nothing is said."""
    assert UNITS.band("U/L") == (Fraction(3), Fraction(6000))
    assert UNITS.band("ukat/L") == (Fraction(1, 20), Fraction(100))
    assert UNITS.limit_band("U/L") == (Fraction(60), Fraction(600))
    assert UNITS.limit_band("ukat/L") == (Fraction(1), Fraction(10))
    assert UNITS.band("g/L") is UNITS.limit_band("g/L") is None
    assert Units(("U/L",)).band("U/L") is Units(("U/L",)).limit_band("U/L") is None


@pytest.mark.parametrize(
    ("value", "comparator", "fits"),
    [
        ("3", "", True), ("2.9", "", False), ("6000", "", True), ("6000.1", "", False),
        ("2.9", "<", True), ("2.9", "≤", True), ("2.9", ">", False), ("2.9", "≥", False),
        ("6001", ">", True), ("6001", "≥", True), ("6001", "<", False), ("6001", "≤", False),
    ],
)  # fmt: skip
def test_a_value_is_plausible_up_to_the_edges(  # a table
    value: str,
    comparator: str,
    fits: bool,  # noqa: FBT001 - a table
) -> None:
    """A bound may lie outside on the side to which it is open."""
    if fits:
        check_plausible(TITRE, Decimal(value), "U/L", "the value", comparator=comparator)
    else:
        with pytest.raises(UnsafeResultError) as caught:
            check_plausible(TITRE, Decimal(value), "U/L", "the value", comparator=comparator)
        assert caught.value.message == (
            f"the value is {value} U/L, and titre is taken as reported from 3 to 6000 U/L; "
            "check value and unit"
        )


def test_a_long_value_is_cut_in_the_message() -> None:
    """Thirteen characters are shown whole, of more the first twelve."""
    for value, said in (("1234567890.12", "1234567890.12"), ("1234567890.123", "1234567890.1…")):
        with pytest.raises(UnsafeResultError, match=rf"^the value is {said} U/L, "):
            check_plausible(TITRE, Decimal(value), "U/L", "the value")


def test_a_limit_is_one_that_laboratories_have() -> None:
    """Its edges are; of a unit without a band nothing is said."""
    for limit in ("60", "600"):
        check_limit(TITRE, Decimal(limit), "U/L")
    check_limit(TITRE, Decimal(10_000), "g/L")
    for limit in ("59", "601"):
        with pytest.raises(UnsafeResultError) as caught:
            check_limit(TITRE, Decimal(limit), "U/L")
        assert caught.value.message == (
            f"the upper limit is {limit} U/L, and that of titre is taken as reported from 60 to "
            "600 U/L; check the unit of the range"
        )


def test_where_a_value_lies() -> None:
    """At itself, or beyond a bound that belongs to it or does not."""
    two = Decimal(2)

    assert value_interval(two, "") == Interval(at_least=two, at_most=two)
    assert value_interval(two, ">") == Interval(above=two)
    assert value_interval(two, "≥") == Interval(at_least=two)
    assert value_interval(two, "<") == Interval(below=two)
    assert value_interval(two, "≤") == Interval(at_most=two)


@pytest.mark.parametrize(
    ("value", "comparator", "low", "high", "states"),
    [
        (34, "", 35, 105, {LOW}),
        (35, "", 35, 105, {NORMAL}),
        (105, "", 35, 105, {NORMAL}),
        (106, "", 35, 105, {HIGH}),
        (50, "<", 35, 105, {LOW, NORMAL}),
        (50, ">", 35, 105, {NORMAL, HIGH}),
        (50, "", None, 105, {NORMAL, LOW}),
        (106, "", None, 105, {HIGH}),
        (50, "", 35, None, {NORMAL, HIGH}),
        (34, "", 35, None, {LOW}),
        (50, "", None, None, {LOW, NORMAL, HIGH}),
    ],
)
def test_the_states_that_a_value_may_have(
    value: int, comparator: str, low: int | None, high: int | None, states: set[str]
) -> None:
    """Without a limit nothing tells a normal value from one beyond it."""
    limits = [None if each is None else Decimal(each) for each in (low, high)]

    assert possible_states(value_interval(Decimal(value), comparator), *limits) == states


def test_the_state_that_a_range_decides() -> None:
    """One that is left; or normal, where low results count as normal."""
    assert decide_state(frozenset({HIGH}), low_is_normal=False) == HIGH
    assert decide_state(frozenset({NORMAL, LOW}), low_is_normal=True) == NORMAL
    assert decide_state(frozenset({NORMAL, LOW}), low_is_normal=False) == ""
    assert decide_state(frozenset({NORMAL, HIGH}), low_is_normal=True) == ""


ASK = "ask for the laboratory's upper limit of normal, or for its flag"
UNITS_OF_IT = "U/L or ukat/L or g/L or xULN"


@pytest.mark.parametrize(
    ("lab", "said"),
    [
        (
            {"value": "212"},
            (
                "no reference range and no unit is given, so no class can be given; ask for the "
                f"laboratory's upper limit of normal and the unit ({UNITS_OF_IT}), or for its flag"
            ),
        ),
        (
            {"value": "212", "low": "0.01"},
            "the value is more than 10000 times away from its limit 0.01; check value and unit",
        ),
        ({"state": "A"}, "its flag says abnormal, and not whether high or low"),
        (
            {"value": "212", "unit": "U/L", "low": "105", "high": "35"},
            "the range runs backwards, from 105 to 35",
        ),
        ({"value": "212", "unit": "U/L", "high": "0"}, "the upper limit is 0"),
        (
            {"value": "2", "unit": "xULN", "low": "1"},
            "a multiple of the upper limit stands without a range, which is 1 in that unit",
        ),
        (
            {"value": "2", "unit": "xULN", "high": "2"},
            "a multiple of the upper limit stands without a range, which is 1 in that unit",
        ),
        (
            {"value": "212", "unit": "U/L", "low": "2", "high": "105"},
            (
                "the lower limit is 2 U/L, and titre is taken as reported from 3 to 6000 U/L; "
                "check value and unit"
            ),
        ),
        (
            {"value": "212", "unit": "U/L", "high": "6001"},
            (
                "the upper limit is 6001 U/L, and titre is taken as reported from 3 to 6000 U/L; "
                "check value and unit"
            ),
        ),
        (
            {"value": "-1", "unit": "U/L", "high": "105"},
            "the value is negative, which no result can be",
        ),
        (
            {"value": "1", "unit": "g/L", "low": "-1"},
            "the lower limit is negative, which no result can be",
        ),
        (
            {"value": "1", "unit": "g/L", "high": "-1"},
            "the upper limit is negative, which no result can be",
        ),
        (
            {"value": "1", "unit": "g/L", "high": "10001"},
            "the value is more than 10000 times away from its limit 10001; check value and unit",
        ),
        (
            {"value": "20001", "unit": "g/L", "low": "2", "high": "9"},
            "the value is more than 10000 times away from its limit 2; check value and unit",
        ),
    ],
)
def test_why_a_result_cannot_be_used(lab: dict[str, str], said: str) -> None:
    """The reason is given as it is said to whoever asked, and no state."""
    found = read_result(TITRE, lab, ALL, "as typed")

    assert (found.unsafe, found.state, found.given) == (said, "", "as typed")


@pytest.mark.parametrize(
    ("lab", "said"),
    [
        (
            {"value": "212", "flag": "H"},
            f"the unit of its value is missing ({UNITS_OF_IT}), so only the flag is used",
        ),
        (
            {"value": "212", "unit": "U/L"},
            f"no reference range is given, so no class can be given; {ASK}",
        ),
        (
            {"value": "212", "unit": "U/L", "low": "0", "flag": "H"},
            f"no reference range is given, so only the laboratory's flag is used; {ASK}",
        ),
        (
            {"value": "50", "unit": "U/L", "low": "35", "high": "105", "comparator": "<="},
            "≤50 does not say on which side of the range the value lies",
        ),
        (
            {"value": "50", "unit": "U/L", "high": "105"},
            (
                "it is not above its upper limit, and no lower limit is given, so it is not known "
                "whether it is low; ask for the laboratory's lower limit of normal, or for its flag"
            ),
        ),
        (
            {"value": "50", "unit": "U/L", "low": "35"},
            f"its range does not say whether the value is high, normal or low; {ASK}",
        ),
        (
            {"value": "212", "unit": "U/L", "low": "35", "high": "105", "comparator": ">"},
            (
                "only a bound of the value is known, so no rule on how far it is from its limit is "
                "used beyond what the bound decides"
            ),
        ),
        ({"value": "212", "unit": "U/L", "low": "35", "high": "105"}, ""),
    ],
)
def test_what_of_a_result_is_left_over(lab: dict[str, str], said: str) -> None:
    """What no rule can use is told, with what to ask for."""
    found = read_result(TITRE, lab, ALL, "as typed")

    assert (found.partly, found.unsafe) == (said, "")


def test_every_part_of_a_result() -> None:
    """Value, unit and range as they were given, and what follows from them."""
    lab = {"value": "3.6", "unit": "IU/L", "low": "0.1", "high": "1.5", "rangeUnit": "ukat/L"}

    found = read_result(
        TITRE, {**lab, "value": "216", "flag": "raised", "baseline": "true"}, ALL, ""
    )

    assert (found.state, found.flag, found.state_class) == (HIGH, HIGH, EG.highTitre)
    assert (found.value, found.unit, found.comparator) == (Decimal(216), "U/L", "")
    assert (found.low, found.high, found.range_unit) == (Decimal("0.1"), Decimal("1.5"), "ukat/L")
    assert found.to_range == Fraction(1, 60)
    assert found.possible == {HIGH}
    assert found.note == "IU/L read as U/L, 1 ukat/L is 60 U/L"
    assert (found.flagged, found.baseline, found.conflict, found.partly) == (False, True, "", "")


def test_a_flag_that_the_range_cannot_confirm() -> None:
    """It is taken, and kept as what the laboratory says."""
    found = read_result(TITRE, {"value": "50", "unit": "U/L", "high": "105", "flag": "L"}, ALL, "")

    assert (found.state, found.flagged) == (LOW, True)
    assert found.possible == {LOW, NORMAL}


def test_a_flag_alone() -> None:
    """It is the state, without a value."""
    found = read_result(TITRE, {"state": "H"}, ALL, "")

    assert (found.state, found.state_class, found.flagged) == (HIGH, EG.highTitre, True)
    assert (found.value, found.partly) == (None, "")


@pytest.mark.parametrize(
    ("lab", "said"),
    [
        (
            {"high": "105", "flag": "N"},
            "the laboratory's flag says normal, and value and range say high",
        ),
        (
            {"flag": "H", "value": "50", "high": "105"},
            "the laboratory's flag says high, and value and range say low or normal",
        ),
    ],
)
def test_flag_and_range_contradict_each_other(lab: dict[str, str], said: str) -> None:
    """Neither is taken, and both are told."""
    found = read_result(TITRE, {"value": "212", "unit": "U/L", **lab}, ALL, "")

    assert (found.conflict, found.state, found.state_class, found.partly) == (said, "", None, "")


def test_where_low_counts_as_normal() -> None:
    """Where no source speaks of a low result, or low ones are normal ones, the range decides."""
    lab = {"value": "50", "unit": "U/L", "high": "105"}
    without = lexicon(state(HIGH), state(NORMAL))
    below = lexicon(state(HIGH), state(NORMAL), state(LOW, "normalTitre"))
    no_normal = lexicon(state(HIGH), state(LOW, "normalTitre"))

    assert read_result(TITRE, lab, without, "").state == NORMAL
    assert read_result(TITRE, lab, below, "").state == NORMAL
    assert read_result(TITRE, lab, no_normal, "").state == ""
    assert read_result(TITRE, lab, ALL, "").state == ""


def test_a_flag_of_which_no_source_speaks() -> None:
    """It is told which state that is; a word that is no flag is an error."""
    without = lexicon(state(HIGH), state(NORMAL))

    found = read_result(TITRE, {"state": "L"}, without, "titre=L")
    assert found.unsafe == "no statement speaks of a low titre"
    with pytest.raises(LabFormatError) as caught:
        read_result(TITRE, {"state": "blue"}, without, "titre=blue")
    assert caught.value.message == (
        "'titre=blue': 'blue' is neither high, normal nor a value; wanted the flag of the "
        "laboratory."
    )
