"""Cohorts read cells strictly: one that cannot be read is counted, and is never an empty one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pytest
from msgspec import Struct

from kg.cohort.compiler import Cohort, Compiler
from kg.cohort.engine import Days, open_engine
from kg.cohort.omop import omop_source
from kg.cohort.one import read_patients
from kg.cohort.run import Run
from kg.cohort.sources import find_relation, flat_source
from kg.model.errors import UsageError
from kg.store.knowledge import KnowledgeGraph

TODAY = date(2026, 6, 1)
FLAT = {
    "person": (
        "patient,sex,age", "#0,female,60", "1,male,17.9999999999", "2,male,1_8", "3,,",
        "4,M\xfcller,", "5,female", "6,female,7,8", '7,"fe"male,', "8,,", "9,,", "10,,",
    ),
    "treatment": (
        "patient,term,start,stop", "#0,bortezomib,2020-01-01,31.12.2020",
        "3,bortezomib,-infinity,", "8,bortezomib,2026-02-01,2026-03-01junk",
        "9,bortezomib,2026-02-01,",
    ),
    "result": (
        "patient,marker,value,unit,low,high,taken", "#0,ALP,210,U/L,35,105,2026-03-15junk",
        "1,ALP,105.0000000004,U/L,35,105,2026-03-01", "2,ALP,2e2,U/L,35,105,2026-03-01",
        "3,ALP,2_10,U/L,35,105,2026-03-01", "8,ALP,210,U/L,35,105,2026-03-011",
        "9,ALP,210,U/L,35,105,2026-03-01T25:99", "9,ALP,210,U/L,35,105,epoch",
        "9,ALP,210,U/L,35,105,2026-03-01T24:00",
        "10,ALP,210.50,U/L,35,105,2026-03-01 08:30", "10,GGT,+20,U/L,,60,2026-03-01T08:30:15.5Z",
    ),
}  # fmt: skip
"""Tables of text, each row wrong in one way; those of patient 10 are right."""
CDM = {
    "PERSON": ("person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth",
               "1,8532,1960,2,30", "2,8507,1960,13,1", "3,8532,1960,,", "4,0,x,,"),
    "CONCEPT": ("concept_id\tconcept_name\tvocabulary_id\tconcept_code",
                "1\tMultiple myeloma\tSNOMED\t109989006", "4\tbortezomib\tRxNorm\t358258",
                "5\tAlkaline phosphatase\tLOINC\t6768-6", '6\t"unit" per liter\tUCUM\tU/L',
                "9\tResolved condition\tCondition Status\t32906"),
    "condition_occurrence": (
        ("person_id,condition_concept_id,condition_start_date,condition_end_date,"
         "condition_status_concept_id,condition_status_source_value"),
        "1,1,2010-01-01,,,", "2,1,,,,", "2,1,1.1.2010,,,", "2,1,2010-01-01,31.12.2010,,",
        "3,1,2010-01-01,2011-01-01,,", "3,1,2010-01-01,,9,", "3,1,2010-01-01,,,Resolved condition",
        "3,not-a-code,2010-01-01,,,"),
    "drug_exposure": (
        "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date",
        "1,4,2012-02-01,2012-12-01", "2,4,2001-01-01,", "3,4,2010-01-01,31.12.2010"),
    "measurement": (
        ("person_id,measurement_concept_id,measurement_date,measurement_datetime,"
         "operator_concept_id,value_as_number,value_as_concept_id,unit_concept_id,range_low,"
         "range_high,unit_source_value"),
        "1,5,2012-03-01,2012-03-01 00:00:00,,210,,6,35,105,", "2,5,31.12.2012,,,210,,6,35,105,",
        "2,5,2012-03-01 junk,,,210,,6,35,105,", "2,5,2012-03-01 25:99,,,210,,6,35,105,",
        "3,5,,,,210,,6,35,105,", "4,5,2012-03-01,,999,210,,6,35,105,",
        "4,5,2012-03-01,,,210,,77,35,105,"),
}  # fmt: skip
"""A data model as hospitals have it: capitals, tabs between concepts, and dates that are none."""


class Told(Struct):
    """What is said of a cohort: the given facts of each patient, and what was not used."""

    given: dict[str, list[str]]
    unused: dict[tuple[str, ...], int]


@pytest.fixture(name="cohort", scope="module")
def _cohort(knowledge: KnowledgeGraph) -> Cohort:
    return Compiler(knowledge, next(iter(knowledge.model.tables.topics.values()))).compile()


def _written(folder: Path, tables: Mapping[str, tuple[str, ...]], encoding: str = "utf-8") -> Path:
    folder.mkdir()
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join((*lines, "")), encoding)
    return folder


def _told(knowledge: KnowledgeGraph, cohort: Cohort, place: Path, *, omop: bool = False) -> Told:
    days, lexicon = Days(today=TODAY), knowledge.lexicon
    with open_engine(cohort, lexicon, threads=1) as engine:
        engine.open_source(
            omop_source(engine, place, lexicon, days) if omop else flat_source(place)
        )
        engine.read()
        summary = Run(knowledge, cohort, engine, days).write(place / "out", "made")
        found = {key: each.case(lexicon, days) for key, each in read_patients(engine, lexicon)}
    given = {key: sorted(f"{e.label}: {e.value}" for e in c.given) for key, c in found.items()}
    return Told(given, {each.of: each.many for each in summary.unused})


@pytest.mark.slow
def test_no_cell_that_cannot_be_read_is_read(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """Numbers with too many places, dates with more behind them, keys with `#`, broken lines."""
    told = _told(knowledge, cohort, _written(tmp_path / "in", FLAT, "latin-1"))

    assert told.given == {
        "#0": ["age: 60", "sex: female"],
        "1": ["sex: male"],
        "2": ["sex: male"],
        "3": [],
        "8": [],
        "9": ["bortezomib: since 2026-02-01"],
        "10": [
            "ALP: high, 210.5 U/L (range 35 to 105), on 2026-03-01",
            "GGT: normal, 20 U/L (range … to 60), on 2026-03-01",
        ],
    }
    assert told.unused == {
        ("person", "a line of too few cells"): 1,
        ("person", "a line of too many cells"): 1,
        ("person", "a line that is not UTF-8"): 1,
        ("person", "a line with a quote out of place"): 1,
        ("person", "an age that cannot be; the patient is used"): 2,
        ("result", "its date is no date"): 5,
        ("result", "its value is no number of at most nine places"): 3,
        ("treatment", "its first day is no date"): 1,
        ("treatment", "its last day is no date"): 2,
    }


@pytest.mark.slow
def test_a_data_model_is_read_as_strictly(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """Births, conditions, drugs and results that cannot be read; the day is that of the result."""
    told = _told(knowledge, cohort, _written(tmp_path / "in", CDM), omop=True)

    assert told.given["1"] == [
        "ALP: high, 210 U/L (range 35 to 105), on 2012-03-01, day 29 of bortezomib",
        "bortezomib: since 2012-02-01 until 2012-12-01",
        "multiple myeloma: yes",
        "sex: female",
    ]
    assert {key: told.given[key] for key in "234"} == {
        "2": ["sex: male"], "3": ["age: 65", "sex: female"], "4": [],
    }  # fmt: skip
    assert told.unused == {
        ("condition", "its first day is no date"): 1,
        ("condition", "its first day is not given"): 1,
        ("condition", "its last day is no date"): 1,
        ("condition", "it ended before the day"): 1,
        ("condition", "it is resolved"): 2,
        ("condition", "no name is given"): 1,
        ("person", "an age that cannot be; the patient is used"): 3,
        ("result", "its comparator is none that is known"): 1,
        ("result", "its date is no date"): 3,
        ("result", "its date is not given"): 1,
        ("result", "its unit is none of the measurement"): 1,
        ("treatment", "its last day is no date"): 1,
        ("treatment", "its last day is not given"): 1,
    }


@pytest.mark.slow
def test_columns_of_any_type_are_read_as_their_text(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """Empty texts are empty, binary numbers what they stand for, days that are numbers none."""
    folder = tmp_path / "in"
    folder.mkdir()
    with duckdb.connect() as data:
        for name, query in {
            "person": "SELECT 7 AS patient, '' AS sex, NULL::INTEGER AS day",
            "treatment": "SELECT 7 AS patient, 'bortezomib' AS term, DATE '2026-02-01' AS start, "
            "'' AS stop",
            "result": "SELECT 7 AS patient, 'ALP' AS marker, 0.1::DOUBLE + 209.9 + 1e-14 AS value, "
            "'U/L' AS unit, 35.0::FLOAT AS low, 105.1::DECIMAL(30, 14) AS high, '' AS comparator, "
            "TIMESTAMP '2026-03-01 08:30:00' AS taken UNION ALL "
            "SELECT 7, 'GGT', 20, 'U/L', NULL, 60, ' ', '2026-03-01'",
        }.items():
            data.execute(f"COPY ({query}) TO '{folder}/{name}.parquet'")
        data.execute(f"COPY (SELECT 8 AS patient, 20260220 AS day) TO '{tmp_path}/person.parquet'")
    told = _told(knowledge, cohort, folder)
    assert told.unused == {}
    assert told.given["7"] == [
        "ALP: high, 210 U/L (range 35 to 105.1), on 2026-03-01, day 28 of bortezomib",
        "GGT: normal, 20 U/L (range … to 60), on 2026-03-01, day 28 of bortezomib",
        "bortezomib: since 2026-02-01",
    ]
    assert _told(knowledge, cohort, tmp_path).unused == {
        ("person", "a day that is none or still to come; the patient is used"): 1
    }


def test_times_with_their_zones_are_put_in_order_by_the_instant(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """08:30 in Paris is before 08:00 in London: the later one holds."""
    rows = "1,ALP,210,U/L,35,105,2026-03-01T08:30+01:00", "1,ALP,90,U/L,35,105,2026-03-01T08:00Z"
    tables = {"person": ("patient", "1"), "result": (FLAT["result"][0], *rows)}
    told = _told(knowledge, cohort, _written(tmp_path / "in", tables))

    change = "-57.14 % from 210 U/L on 2026-03-01"
    assert told.given["1"] == [f"ALP: normal, 90 U/L (range 35 to 105), on 2026-03-01, {change}"]


def test_names_in_a_file_of_duckdb_are_only_names(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """A schema of any name is read, and nothing in it is run; two of one table are refused."""
    place, target = tmp_path / "cdm.duckdb", tmp_path / "stolen.csv"
    schemas = (f"a.t; COPY (SELECT 42) TO '{target}'; SELECT 1 --", 'cdm-54"')
    with duckdb.connect(str(place)) as data:
        data.execute('CREATE SCHEMA "cdm-54"""')
        for name, lines in CDM.items():
            columns = ", ".join(
                f"{each} VARCHAR" for each in lines[0].replace("\t", ",").split(",")
            )
            data.execute(f'CREATE TABLE "cdm-54""".{name} ({columns})')
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        omop_source(engine, place, knowledge.lexicon, Days(TODAY))
    with duckdb.connect(str(place)) as data:
        data.execute(f'CREATE SCHEMA "{schemas[0]}"')
        data.execute(f'CREATE TABLE "{schemas[0]}".person (person_id VARCHAR)')
    with (
        open_engine(cohort, knowledge.lexicon, threads=1) as engine,
        pytest.raises(UsageError, match="a table person in each of"),
    ):
        omop_source(engine, place, knowledge.lexicon, Days(TODAY))
    assert not target.exists()


def test_files_of_text_that_cannot_be_told_are_refused(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """Two files of one name, columns without a name, and lines that end in two ways."""
    (tmp_path / "person.csv").write_text("patient,patient\n1,2\n", "utf-8")
    with pytest.raises(UsageError, match="does not name its columns, each once"):
        find_relation(tmp_path, "person")
    (tmp_path / "person.csv").write_bytes(b"patient,sex\n1,male\r\n2,male\n")
    with (
        open_engine(cohort, knowledge.lexicon, threads=1) as engine,
        pytest.raises(UsageError, match="is no CSV; wanted lines that all end alike"),
    ):
        engine.open_source(flat_source(tmp_path))
    (tmp_path / "Person.csv").write_text("patient\n", "utf-8")
    with pytest.raises(UsageError, match=r"has Person\.csv and person\.csv; wanted one of them"):
        find_relation(tmp_path, "person")
