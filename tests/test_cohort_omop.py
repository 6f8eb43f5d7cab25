"""Cohorts of an OMOP common data model: its columns and concepts, read as the tables are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kg.cohort.compiler import Cohort, Compiler
from kg.cohort.engine import Days, open_engine
from kg.cohort.omop import omop_source
from kg.cohort.one import read_patients
from kg.cohort.run import Run
from kg.model.errors import UsageError
from kg.store.knowledge import KnowledgeGraph

ROSE = "+50 % from 140 U/L on 2026-01-20 on day 19 of bortezomib"
DAYS = Days(today=date(2026, 6, 1), day=date(2026, 3, 1))
MEASUREMENT = (
    "person_id", "measurement_concept_id", "measurement_date", "measurement_datetime",
    "operator_concept_id", "value_as_number", "value_as_concept_id", "unit_concept_id",
    "range_low", "range_high", "unit_source_value",
)  # fmt: skip
CDM = {
    "concept": (
        "concept_id,concept_name,vocabulary_id,concept_code",
        "8532,FEMALE,Gender,F",
        "1,Multiple myeloma,SNOMED,109989006",
        "2,Some kind of myeloma,SNOMED,999999999",
        "3,bortezomib 3.5 MG Injection,RxNorm,888888",
        "4,bortezomib,RxNorm,358258",
        "5,Alkaline phosphatase,LOINC,6768-6",
        "6,unit per liter,UCUM,U/L",
        "7,High,SNOMED,75540009",
        "8,Ferritin,LOINC,2276-4",
    ),
    "concept_ancestor": ("ancestor_concept_id,descendant_concept_id", "1,2", "4,3", "1,1"),
    "person": (
        "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth",
        "11,8532,1960,3,2",
        "12,0,1960,,",
    ),
    "condition_occurrence": (
        "person_id,condition_concept_id,condition_start_date,condition_end_date",
        "11,2,2020-01-01,",
        "12,1,2020-01-01,2021-01-01",
        "12,1,2027-01-01,",
    ),
    "drug_exposure": (
        "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date",
        "11,3,2026-02-01,2026-12-01",
    ),
    "measurement": (
        ",".join(MEASUREMENT),
        "11,5,2026-02-20,2026-02-20 00:00:00,,210,,6,35,105,",
        "11,5,2026-01-20,2026-01-20 08:15:00,,140,,0,35,105,U/L",
        "12,5,2026-02-20,,,,7,,,,",
        "12,8,2026-02-20,,,20,,,,,ug/L",
    ),
}
"""Two patients: a kind of myeloma and a product with bortezomib, by what they are kinds of."""


@pytest.fixture(name="cohort", scope="module")
def _cohort(knowledge: KnowledgeGraph) -> Cohort:
    return Compiler(knowledge, next(iter(knowledge.model.tables.topics.values()))).compile()


@pytest.fixture(name="model")
def _model(tmp_path: Path) -> Path:
    for name, lines in CDM.items():
        (tmp_path / f"{name}.csv").write_text("\n".join((*lines, "")), "utf-8")
    return tmp_path


@pytest.mark.slow
def test_concepts_dates_and_units_are_read(
    knowledge: KnowledgeGraph, cohort: Cohort, model: Path, tmp_path: Path
) -> None:
    """Each patient is the case that the rows say; what has ended or is to come is none of it."""
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        engine.open_source(omop_source(engine, model, knowledge.lexicon, DAYS))
        engine.read()
        engine.judge_part(DAYS)
        found = {
            key: each.case(knowledge.lexicon, DAYS)
            for key, each in read_patients(engine, knowledge.lexicon)
        }
        summary = Run(knowledge, cohort, engine, DAYS).write(tmp_path / "out", "cdm")
    given = {key: [(e.label, e.value) for e in case.given] for key, case in found.items()}

    assert given == {
        "11": [
            ("multiple myeloma", "yes"),
            ("bortezomib", "since 2026-02-01 until 2026-12-01"),
            (
                "ALP",
                f"high, 210 U/L (range 35 to 105), on 2026-02-20, {ROSE}",
            ),
            ("age", "65"),
            ("sex", "female"),
        ],
        "12": [("ALP", "high (no value), on 2026-02-20"), ("age", "65")],
    }
    assert {each.of: each.many for each in summary.unused} == {
        ("condition", "it ended before the day"): 1,
        ("condition", "it starts after the day"): 1,
        ("result", "of a measurement that is not covered"): 1,
    }


def test_a_missing_table_or_column_is_named(
    knowledge: KnowledgeGraph, cohort: Cohort, model: Path
) -> None:
    """Without measurements, or with a table of other columns, it is said what is wanted."""
    (model / "measurement.csv").write_text("person_id\n1\n", "utf-8")
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        with pytest.raises(UsageError, match="measurement has no column measurement_concept_id"):
            omop_source(engine, model, knowledge.lexicon, DAYS)
        (model / "measurement.csv").unlink()
        with pytest.raises(UsageError, match="has no table measurement; wanted: person"):
            omop_source(engine, model, knowledge.lexicon, DAYS)


@pytest.mark.parametrize(
    ("operator", "comparator"), [("4171754", "<="), ("4172703", None), ("4171755", ">=")]
)
def test_codes_of_the_model_are_read_by_the_table(
    knowledge: KnowledgeGraph, cohort: Cohort, model: Path, operator: str, comparator: str | None
) -> None:
    """An operator is a comparator, or none where it says equal; vocabularies have prefixes."""
    row = f"11,5,2026-02-20,,{operator},210,,6,35,105,"
    (model / "measurement.csv").write_text(f"{','.join(MEASUREMENT)}\n{row}\n", "utf-8")
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        omop_source(engine, model, knowledge.lexicon, DAYS)
        found = engine.rows("SELECT comparator FROM omop_result")
        prefixes = {prefix for (prefix,) in engine.rows("SELECT prefix FROM vocabulary_prefix")}

    assert found == [(comparator,)]
    assert prefixes <= set(knowledge.lexicon.systems.values())
