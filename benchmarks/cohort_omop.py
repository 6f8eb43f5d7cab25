"""Measures `kg cohort` on an OMOP common data model: the patients of cohort.py, as such tables.

    python benchmarks/cohort_omop.py [PATIENTS]

Concepts have the codes that terms have (SNOMED CT, RxNorm, LOINC), or the name alone; units are
those of UCUM, flags are concepts, and half of the results have a time. Nothing is denied, for which
the model has no place. Codes, units, series and ranges are settled in the queries.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import duckdb
from cohort import DAY, make

from kg.cohort.compiler import Compiler
from kg.cohort.engine import Days, open_engine
from kg.cohort.omop import omop_source
from kg.compile.builder import ensure
from kg.model.terms import Lexicon

MILLION: Final = 1_000_000
_VOCABULARIES: Final = {"SNOMEDCT": "SNOMED", "RXNORM": "RxNorm", "LOINC": "LOINC"}
_TABLES: Final = {
    "concept": "SELECT concept_id, concept_name, vocabulary_id, concept_code FROM concept",
    "person": "SELECT patient AS person_id, if(sex = 'female', 8532, 8507) AS gender_concept_id, "
    "2026 - age AS year_of_birth, 1 AS month_of_birth, 1 AS day_of_birth FROM person",
    "condition_occurrence": "SELECT patient AS person_id, c.concept_id AS condition_concept_id, "
    "DATE '2015-01-01' AS condition_start_date, CAST(NULL AS DATE) AS condition_end_date "
    "FROM condition JOIN concept c ON c.concept_name = term WHERE said = 'yes'",
    "drug_exposure": "SELECT patient AS person_id, c.concept_id AS drug_concept_id, "
    "start AS drug_exposure_start_date, DATE '2026-06-01' AS drug_exposure_end_date "
    "FROM treatment JOIN concept c ON c.concept_name = term",
    "measurement": "SELECT patient AS person_id, c.concept_id AS measurement_concept_id, "
    "taken AS measurement_date, if(patient % 2 = 0, CAST(taken AS TIMESTAMP) "
    "+ INTERVAL 510 MINUTE, NULL) AS measurement_datetime, "
    "CAST(NULL AS INTEGER) AS operator_concept_id, value AS value_as_number, "
    "f.concept_id AS value_as_concept_id, u.concept_id AS unit_concept_id, low AS range_low, "
    "high AS range_high, unit AS unit_source_value FROM result "
    "JOIN concept c ON c.concept_name = marker "
    "LEFT JOIN concept u ON u.concept_name = unit LEFT JOIN concept f ON f.concept_name = flag",
}
"""Each table of the model, by the tables of cohort.py and the concepts."""


def make_model(lexicon: Lexicon, flat: Path, folder: Path) -> None:
    """Write the tables of cohort.py as those of the model."""
    codes = [
        (entry.label, _VOCABULARIES[code.split(":")[0]], code.split(":")[1])
        for entry in lexicon.entries.values()
        for code in sorted(entry.codes, reverse=True)
        if code.split(":")[0] in _VOCABULARIES
    ]
    with duckdb.connect() as data:
        for name in ("person", "condition", "treatment", "result"):
            data.read_parquet(f"{flat / name}.parquet").create_view(name)
        data.execute("CREATE TABLE code (name VARCHAR, vocabulary VARCHAR, code VARCHAR)")
        data.executemany("INSERT INTO code VALUES (?, ?, ?)", codes)
        data.execute(_CONCEPTS)
        for name, query in _TABLES.items():
            data.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")


_CONCEPTS = """
CREATE TABLE concept AS
SELECT 10000 + row_number() OVER () AS concept_id, n.name AS concept_name,
  coalesce(c.vocabulary, n.vocabulary) AS vocabulary_id, coalesce(c.code, n.name) AS concept_code
FROM (
  SELECT term AS name, 'Other' AS vocabulary FROM condition
  UNION SELECT term, 'Other' FROM treatment
  UNION SELECT marker, 'Other' FROM result UNION SELECT unit, 'UCUM' FROM result
  UNION SELECT flag, 'Other' FROM result
) n LEFT JOIN (
  SELECT name, any_value(vocabulary) AS vocabulary, any_value(code) AS code FROM code GROUP BY name
) c ON c.name = n.name
WHERE n.name IS NOT NULL
"""


def main() -> None:
    """Print the figures as JSON."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else MILLION
    knowledge = ensure()
    topic = next(iter(knowledge.model.tables.topics.values()))
    cohort, days = Compiler(knowledge, topic).compile(), Days(DAY)
    with tempfile.TemporaryDirectory() as name:
        flat, folder = Path(name) / "flat", Path(name) / "model"
        flat.mkdir()
        folder.mkdir()
        rows = make(knowledge, flat, patients)
        make_model(knowledge.lexicon, flat, folder)
        start, wall, judged = time.process_time(), time.perf_counter(), 0
        with open_engine(cohort, knowledge.lexicon) as engine:
            engine.open_source(omop_source(engine, folder, knowledge.lexicon, days))
            engine.read()
            read = time.process_time()
            for part in range(engine.parts):
                engine.judge_part(days, part)
                judged += engine.rows("SELECT count(DISTINCT patient) FROM indexed")[0][0]
    figures = {
        "patients": patients,
        "rows of the flat tables": rows,
        "with a result that is asked about": judged,
        "reading, processor seconds": round(read - start, 1),
        "judging, processor seconds": round(time.process_time() - read, 1),
        "seconds": round(time.perf_counter() - wall, 1),
        "peak memory, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
