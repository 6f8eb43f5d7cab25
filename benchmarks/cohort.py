"""Measures `kg cohort`: patients made by chance, judged from flat Parquet.

    python benchmarks/cohort.py [PATIENTS]

A patient has about 30 rows. Three results, two conditions and one treatment are of what the graph
speaks of; the others are of measurements, conditions and drugs that it does not cover, as most rows
of a hospital are. The same seed gives the same patients. One in twenty contradicts itself, which is
more than in life: these go to the judge, one by one. The queries are measured alone first.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from kg.cohort.compiler import Compiler
from kg.cohort.engine import Days, open_engine
from kg.cohort.run import Run
from kg.cohort.sources import flat_source
from kg.compile.builder import ensure
from kg.model.terms import Kind
from kg.store.knowledge import KnowledgeGraph

MILLION = 1_000_000
SEED = 0.2077
DAY = date(2026, 1, 1)


def make(knowledge: KnowledgeGraph, folder: Path, patients: int) -> int:
    """Write so many patients as Parquet; how many rows there are."""
    lexicon = knowledge.lexicon
    conditions = [each.label for each in lexicon.of_kind(Kind.CONDITION)]
    drugs = [each.label for each in lexicon.of_kind(Kind.DRUG)]
    markers = [each for each in lexicon.of_kind(Kind.MARKER) if each.units]
    names = [each.label for each in markers]
    units = [each.units[0] for each in markers]
    queries = {
        "person": "SELECT i AS patient, if(random() < 0.55, 'female', 'male') AS sex, "
        "CAST(18 + random() * 77 AS INTEGER) AS age FROM range({n}) r(i)",
        "condition": "SELECT i AS patient, if(k < 3, list_extract(?, 1 + CAST(floor(pow(random(), "
        "2) * len(?)) AS INTEGER)), 'other condition ' || CAST(random() * 4000 AS INTEGER)) AS "
        "term, if(random() < 0.04, 'no', 'yes') AS said "
        "FROM range({n}) r(i), range(7) s(k) WHERE random() < 0.75",
        "treatment": "SELECT i AS patient, if(k < 2, list_extract(?, 1 + CAST(floor(random() * "
        "len(?)) AS INTEGER)), 'other drug ' || CAST(random() * 900 AS INTEGER)) AS term, "
        "DATE '2024-01-01' + CAST(random() * 700 AS INTEGER) AS start "
        "FROM range({n}) r(i), range(6) s(k) WHERE random() < 0.45",
    }
    rows = 0
    with duckdb.connect() as data:
        data.execute("SET threads = 1")
        data.execute(f"SELECT setseed({SEED})")
        given = {"condition": [conditions, conditions], "treatment": [drugs, drugs]}
        for name, query in queries.items():
            file = folder / f"{name}.parquet"
            data.execute(
                f"COPY ({query.format(n=patients)}) TO '{file}' (FORMAT parquet)",
                given.get(name, []),
            )
        data.execute(_RESULTS.format(n=patients, file=folder / "result.parquet"), [names, units])
        for name in ("person", "condition", "treatment", "result"):
            rows += int(data.read_parquet(f"{folder / name}.parquet").shape[0])
    return rows


_RESULTS = """
COPY (
  WITH drawn AS (
    SELECT i AS patient, 1 + CAST(floor(random() * 20) AS INTEGER) AS place, random() AS chance,
      random() AS size, random() AS back, k
    FROM range({n}) r(i), range(27) s(k) WHERE random() < 0.8
  ), named AS (
    SELECT *, CASE WHEN k = 0 THEN 'alkaline phosphatase' WHEN k < 4 THEN list_extract(?, place)
        ELSE 'other test ' || CAST(random() * 600 AS INTEGER) END AS marker,
      if(k = 0, 'U/L', list_extract(?, place)) AS unit FROM drawn
  )
  SELECT patient, marker, if(chance < 0.5, NULL, round(40 + size * 260, 1)) AS value,
    if(chance < 0.5, NULL, unit) AS unit, if(chance < 0.5, NULL, 40) AS low,
    if(chance < 0.5, NULL, 120) AS high,
    if(chance < 0.25, 'high', if(chance < 0.5, 'normal', NULL)) AS flag,
    DATE '2025-12-31' - CAST(back * 300 AS INTEGER) AS taken
  FROM named WHERE marker IS NOT NULL
) TO '{file}' (FORMAT parquet)
"""


def main() -> None:
    """Print the figures as JSON."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else MILLION
    knowledge = ensure()
    topic = next(iter(knowledge.model.tables.topics.values()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = make(knowledge, folder, patients)
        cohort = Compiler(knowledge, topic).compile()
        days = Days(DAY)
        with open_engine(cohort, knowledge.lexicon) as engine:
            engine.open_source(flat_source(folder))
            start = time.process_time()
            engine.read()
            for part in range(engine.parts):
                engine.judge_part(days, part)
            queries = time.process_time() - start
            start, wall = time.process_time(), time.perf_counter()
            summary = Run(knowledge, cohort, engine, days).write(folder / "judged", "made")
        figures = {
            "patients": patients,
            "rows": rows,
            "queries alone, processor seconds": round(queries, 1),
            "whole run with the judge, processor seconds": round(time.process_time() - start, 1),
            "whole run, seconds": round(time.perf_counter() - wall, 1),
            "peak memory, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "written, MB": sum(e.stat().st_size for e in (folder / "judged").rglob("*.*")) // 10**6,
            "funnel": {each.of[0]: each.many for each in summary.funnel},
        }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
