"""What stands beside a record: typed facts, the ranges of a laboratory, and the day where it is."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from records import ALP, LOINC, PATIENT, concept, condition, flagged, observation, quantity, record

from kg.case import read_case, resolve_case
from kg.case.dates import day_there
from kg.case.fhir import read_case as read_record
from kg.case.fhir.definitions import read_definitions
from kg.case.merge import Beside
from kg.case.parse import Options
from kg.case.ranges import RangeTable, read_table
from kg.cli import main
from kg.model.errors import UsageError
from kg.model.terms import Lexicon

DAY = date(2026, 11, 22)
WOMAN = PATIENT | {"gender": "female", "birthDate": "1958-03-14"}
BARE = observation(referenceRange=None)
HEAD = "marker,unit,low,high,sex,age\n"
TABLE = f"{HEAD}ALP,U/L,35,104,female,18-\nALP,U/L,40,129,male,18-\nALP,U/L,140,492,,-17\n"


def told(case: Any) -> str:  # noqa: ANN401 - a case
    """Everything that an answer would open with."""
    return " ".join(each.text for each in case.notices)


# ── Typed facts ─────────────────────────────────────────────────────────────────────────────────


def test_typed_facts_are_put_beside_a_record(lexicon: Lexicon) -> None:
    """Each is there as if the record held it, and results are repeated as they were typed."""
    typed = Beside({"has": ["CKD"], "labs": ["ggt=normal"], "findings": ["bone pain=no"]})

    case = read_record(record(observation(), condition(), patient=WOMAN), lexicon, DAY, typed)

    assert {each.label for each in case.conditions} == {
        "multiple myeloma",
        "chronic kidney disease",
    }
    assert [lab.given for lab in case.labs][1:] == ["ggt=normal"]
    assert [each.label for each in case.denied] == ["bone pain"]
    assert case.age == Decimal(68)


@pytest.mark.parametrize(
    ("typed", "contradicts"),
    [
        ({"findings": ["multiple myeloma=no"]}, "multiple myeloma"),
        ({"labs": ["alp=normal@2026-11-02"]}, "alkaline phosphatase"),
        ({"age": "40"}, "The age is 68 in the record and 40 as given"),
        ({"sex": "male"}, "The sex is female in the record and male as given"),
    ],
)
def test_what_contradicts_the_record_is_a_conflict(
    lexicon: Lexicon, typed: Options, contradicts: str
) -> None:
    """Neither side is used, and both are named."""
    written = record(observation(), condition(), patient=WOMAN)

    case = read_record(written, lexicon, DAY, Beside(typed))

    assert len(case.contradictions) == 1
    assert contradicts in case.contradictions[0].text


def test_the_same_is_no_conflict(lexicon: Lexicon) -> None:
    """An age, a sex and a result that the record holds too are said twice, and agree."""
    typed = Beside({"age": "68.0", "sex": "Female", "labs": ["alp=high@2026-11-02"]})

    case = read_record(record(observation(), patient=WOMAN), lexicon, DAY, typed)

    assert case.contradictions == ()
    assert case.age == Decimal(68)
    assert [lab.value for lab in case.labs] == [Decimal(212)]


def test_a_typed_result_is_newer_or_older_than_that_of_the_record(lexicon: Lexicon) -> None:
    """Days decide between them, as between two results of a record."""
    for day, state in (("2026-11-20", "normal"), ("2026-10-20", "high")):
        typed = Beside({"labs": [f"alp=90U/L(35-105)@{day}"]})
        assert [e.state for e in read_record(record(observation()), lexicon, DAY, typed).labs] == [
            state
        ]


@pytest.mark.usefixtures("knowledge")
def test_options_stand_beside_a_record_on_the_command_line(tmp_path: Path) -> None:
    """A range that the record lacks, and a finding that it does not hold, complete it."""
    file, table = tmp_path / "record.json", tmp_path / "ranges.csv"
    file.write_text(record(BARE, condition(), patient=WOMAN), "utf-8")
    table.write_text(TABLE, "utf-8")
    asked = ["ask", "--fhir", str(file), "--ranges", str(table), "--lab", "ggt=normal"]

    result = CliRunner().invoke(main, [*asked, "--date", "2026-11-22"])

    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    assert "ALP high, 212 U/L (range 35 to 104)" in shown
    assert "GGT normal" in shown
    assert "range from ranges.csv: 35 to 104 U/L" in shown


# ── Ranges of a laboratory ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("age", "sex", "high"),
    [
        ("68", "female", "104"),
        ("68", "male", "129"),
        ("17", "male", "492"),
        ("17", None, "492"),
        ("68", None, None),
        (None, "female", None),
        (None, None, None),
    ],
)
def test_the_range_for_the_patient_is_taken(
    lexicon: Lexicon, age: str | None, sex: str | None, high: str | None
) -> None:
    """By sex and age, and none where it is not known which is for the patient."""
    table = read_table(TABLE, lexicon, "lab.csv")

    case = read_case(lexicon, labs=["alp=212U/L"], age=age, sex=sex, ranges=table)

    assert [f"{lab.high}" for lab in case.labs] == ([high] if high else [])
    assert ("range from lab.csv" in told(case)) is bool(high)


def test_a_range_of_its_own_comes_first(lexicon: Lexicon) -> None:
    """What the laboratory printed with the result stands."""
    table = read_table(TABLE, lexicon, "lab.csv")
    typed = ["alp=110U/L(35-120)"]

    case = read_case(lexicon, labs=typed, age="68", sex="female", ranges=table)

    assert [(lab.state, f"{lab.high}") for lab in case.labs] == [("normal", "120")]
    assert told(case) == ""


def test_a_flag_that_the_range_contradicts_is_a_conflict(lexicon: Lexicon) -> None:
    """A flag stands for the range of its own laboratory, which may be another."""
    table = read_table(TABLE, lexicon, "lab.csv")

    case = read_case(lexicon, labs=["alp=110U/L;normal"], age="68", sex="female", ranges=table)

    assert case.labs == ()
    assert len(case.contradictions) == 1


def test_the_unit_of_the_table_is_converted_exactly(lexicon: Lexicon) -> None:
    """A value in another unit of the measurement is compared as with a range that is typed."""
    table = read_table(f"{HEAD}ALP;LOINC,,,,,\nLOINC:6768-6,ukat/L,0.5,2,,\n", lexicon, "lab.csv")

    case = read_case(lexicon, labs=["alp=121U/L", "ggt=20U/L"], ranges=table)

    assert [(lab.state, lab.range_unit) for lab in case.labs] == [("high", "ukat/L")]
    assert [each.given for each in case.unused] == ["ggt=20U/L"]


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize(
    ("age", "youngest", "oldest"),
    [
        ("", 0, None), ("18-65", 18, 65), ("18-", 18, None), ("18+", 18, None), ("-17", 0, 17),
        (">=18", 18, None), ("≥ 18", 18, None), (">18", 19, None), ("<18", 0, 17), ("<=17", 0, 17),
    ],
)  # fmt: skip
def test_ages_are_whole_years(
    lexicon: Lexicon, delimiter: str, age: str, youngest: int, oldest: int | None
) -> None:
    """As laboratories write them, in a table with tabs or commas."""
    lines = [["marker", "unit", "high", "age"], ["GGT", "U/L", "40", age]]

    table = read_table("\n".join(delimiter.join(each) for each in lines), lexicon, "lab.csv")

    ((row,),) = table.rows.values()
    assert (row.youngest, row.oldest) == (youngest, oldest)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "wanted: marker, unit"),
        ("test,range\nALP,1\n", "wanted: marker, unit"),
        (f"{HEAD}Hb,g/L,1,2,,\n", "no range of a measurement that is known here"),
        (f"{HEAD}ALP,mg/dL,1,2,,\n", "line 2: 'mg/dL' is no unit of alkaline phosphatase"),
        (f"{HEAD}ALP,U/L,,,,\n", "line 2: wanted a lower limit"),
        (f"{HEAD}ALP,U/L,105,35,,\n", "line 2: wanted a lower limit"),
        (f"{HEAD}ALP,U/L,x,105,,\n", "line 2"),
        (f"{HEAD}ALP,U/L,35,-1,,\n", "line 2: a limit is negative"),
        (f"{HEAD}ALP,U/L,35,105,other,\n", "is no sex"),
        (f"{HEAD}ALP,U/L,35,105,,adult\n", "is no age"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_line(
    lexicon: Lexicon, written: str, why: str
) -> None:
    """A range that is not sure is not used, and a table without any is no table."""
    with pytest.raises(UsageError, match=r"lab\.csv") as caught:
        read_table(written, lexicon, "lab.csv")

    assert why in caught.value.message
    assert caught.value.message.startswith("lab.csv")


def definition(**change: object) -> dict[str, Any]:
    """An ObservationDefinition of ALP, as R4 writes it, changed."""
    interval = {"range": {"low": {"value": 35}, "high": {"value": 104}}, "gender": "female"}
    return {
        "resourceType": "ObservationDefinition",
        "code": concept((LOINC, ALP)),
        "quantitativeDetails": {"unit": concept(("http://unitsofmeasure.org", "U/L"))},
        "qualifiedInterval": [{"category": "reference", **interval}],
    } | change


R5 = {
    "quantitativeDetails": None,
    "qualifiedInterval": [],
    "status": "active",
    "permittedUnit": [{"system": "http://unitsofmeasure.org", "code": "U/L"}],
    "qualifiedValue": [
        {
            "rangeCategory": "reference",
            "gender": "female",
            "age": {"low": quantity(18, "a")},
            "range": {"low": {"value": 35}, "high": {"value": 104}},
        },
        {"rangeCategory": "critical", "range": {"high": {"value": 900}}},
        {"condition": "pregnant", "range": {"high": {"value": 300}}},
    ],
}


@pytest.mark.parametrize("change", [{}, R5])
def test_definitions_give_ranges_too(lexicon: Lexicon, change: dict[str, Any]) -> None:
    """As FHIR R4 and R5 write them; other categories and conditions are no range of the healthy."""
    given = {key: value for key, value in definition(**change).items() if value is not None}
    other = definition(code=concept((LOINC, "718-7")))
    entries = [{"resource": each} for each in (given, other)]
    bundle = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})

    table = read_definitions(bundle, lexicon, "lab.json")
    case = read_record(record(BARE, patient=WOMAN), lexicon, DAY, Beside(ranges=table))

    assert [(lab.state, f"{lab.high}") for lab in case.labs] == [("high", "104")]
    assert "range from lab.json: 35 to 104 U/L" in told(case)


def test_what_defines_nothing_is_refused(lexicon: Lexicon) -> None:
    """A record is no table, and a definition of other tests has nothing to use."""
    for written in (json.dumps(PATIENT), json.dumps(definition(code={"text": "ALP"}))):
        with pytest.raises(UsageError, match=r"lab\.json"):
            read_definitions(written, lexicon, "lab.json")


@pytest.mark.parametrize(
    ("result", "labs"),
    [
        (BARE, 1),
        (observation(referenceRange=[{"text": "see the handbook"}]), 1),
        (observation(referenceRange=[{"low": {"value": 1}, "appliesTo": [{"text": "men"}]}]), 0),
        (BARE | {"interpretation": flagged("H")}, 1),
        (BARE | {"status": "preliminary"}, 0),
    ],
)
def test_a_record_without_ranges_is_read_by_the_table(
    lexicon: Lexicon, result: dict[str, Any], labs: int
) -> None:
    """Only where the result has none that could be read; all other safety stays."""
    table = read_table(TABLE, lexicon, "lab.csv")

    case = read_record(record(result, patient=WOMAN), lexicon, DAY, Beside(ranges=table))

    assert len(case.labs) == labs
    assert all(lab.ratio_to_uln is not None for lab in case.labs)


def test_a_case_in_json_takes_ranges(lexicon: Lexicon) -> None:
    """The plain dictionary is filled like what is typed."""
    table: RangeTable = read_table(TABLE, lexicon, "lab.csv")
    case = {"labs": [{"marker": "ALP", "value": "212", "unit": "U/L"}], "age": 68, "sex": "female"}

    (lab,) = resolve_case(case, lexicon, beside=Beside(ranges=table)).labs

    assert lab.state == "high"


# ── The day, where it is ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "written", "day"),
    [
        ("2026-11-29T18:00:00+00:00", "2026-11-30T04:30:00+11:00", "2026-11-30"),
        ("2026-11-29T18:00:00+00:00", "2026-11-30T03:30+09:00 2026-11-29", "2026-11-30"),
        ("2026-11-29T23:30:00+00:00", "2026-11-30T05:00:00.5+05:30", "2026-11-30"),
        ("2026-11-29T12:00:00+00:00", "2026-11-29T23:00:00+11:00", "2026-11-29"),
        ("2026-11-29T18:00:00+00:00", "2026-11-29T18:00:00Z", "2026-11-29"),
        ("2026-11-29T18:00:00+00:00", "2026-11-30", "2026-11-29"),
        ("2026-11-30T04:00:00+11:00", "2026-11-29T17:00:00+00:00", "2026-11-30"),
        ("2026-11-29T03:00:00+00:00", "2026-11-28T19:00:00-08:00", "2026-11-29"),
        ("2026-11-29T18:00:00+00:00", "2026-11-30T04:30:00+99:00", "2026-11-29"),
        ("2026-11-29T18:00:00+00:00", "", "2026-11-29"),
    ],
)
def test_a_morning_of_another_zone_is_not_to_come(now: str, written: str, day: str) -> None:
    """It is asked about the later day: the reader's, or that of the zone the record is from."""
    assert day_there(datetime.fromisoformat(now), written).isoformat() == day


def test_a_result_of_this_morning_elsewhere_is_used(lexicon: Lexicon) -> None:
    """An instant that is past is no result of tomorrow; one of the day after is."""
    now = datetime.fromisoformat("2026-11-29T18:00:00+00:00")
    for taken, labs in (("2026-11-30T04:30:00+11:00", 1), ("2026-12-01T04:30:00+11:00", 0)):
        written = record(observation(effectiveDateTime=taken))
        case = read_record(written, lexicon, day_there(now, written))
        assert len(case.labs) == labs


@pytest.mark.parametrize(
    ("days", "named"),
    [
        (["2022-04-05"], "--date 2022-04-05"),
        (["2021-01-01", "2022-04-05T08:00:00Z"], "--date 2022-04-05"),
        (["2022-04-05", "2026-11-02"], ""),
        ([], ""),
    ],
)
def test_where_all_results_are_old_the_day_to_ask_about_is_named(
    lexicon: Lexicon, days: list[str], named: str
) -> None:
    """An answer for today has nothing to say of them, and one for their day has."""
    written = record(*(observation(effectiveDateTime=day) for day in days))

    case = read_record(written, lexicon, DAY)

    assert bool(case.labs) is (not named and bool(days))
    assert named in told(case)
    assert ("--date" in told(case)) is bool(named)


# ── Other forms ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("<Bundle xmlns='http://hl7.org/fhir'/>", "is XML; wanted JSON"),
        (json.dumps([PATIENT, observation()]), "is a list; wanted a Bundle"),
    ],
)
def test_other_forms_of_a_record_are_told_what_to_do(
    lexicon: Lexicon, written: str, hint: str
) -> None:
    """Whoever has XML or a list is told how to get what is read."""
    with pytest.raises(UsageError, match=hint):
        read_record(written, lexicon, DAY)


def test_a_packed_file_is_told_what_to_do(tmp_path: Path) -> None:
    """A file that is compressed is named as that."""
    file = tmp_path / "record.json.gz"
    file.write_bytes(gzip.compress(record(observation()).encode()))

    result = CliRunner().invoke(main, ["ask", "--fhir", str(file)])

    assert result.exit_code == 2
    assert "is compressed; unpack it first" in result.stderr


@pytest.mark.parametrize(
    ("resource", "old"),
    [
        (condition(clinicalStatus="active"), True),
        (condition(assertedDate="2026-01-01"), True),
        (observation(context={"reference": "Encounter/1"}), True),
        (condition("confirmed", "active"), False),
        (observation(encounter={"reference": "Encounter/1"}), False),
    ],
)
def test_an_older_version_of_fhir_is_told(
    lexicon: Lexicon, resource: dict[str, Any], *, old: bool
) -> None:
    """What is written as in DSTU2 or STU3 is read as R4 would be, and the answer opens with it."""
    case = read_record(record(resource), lexicon, DAY)

    assert ("STU3 or DSTU2" in told(case)) is old


@pytest.mark.parametrize(("born", "age"), [("1900-01-01", None), ("1907-01-01", Decimal(119))])
def test_a_placeholder_is_no_birth_date(lexicon: Lexicon, born: str, age: Decimal | None) -> None:
    """An age that nobody reaches is not used, and named without the date."""
    case = read_record(record(observation(), patient=PATIENT | {"birthDate": born}), lexicon, DAY)

    assert case.age == age
    assert any("seems to stand for one not known" in each.reason for each in case.unused) is (
        age is None
    )
