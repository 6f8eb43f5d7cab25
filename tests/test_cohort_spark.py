"""Cohorts on Spark: the same rows as on DuckDB, and with them as the judge says.

`make test-servers` fetches Spark, and runs those tests that start it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest
from click.testing import CliRunner
from cohort_patients import ULP, CohortPatients
from fetching import there_or_skip
from other_engines.fetch import PACKAGES, missing_spark
from other_engines.judge import judge
from patients import Patients
from test_cohort_cells import CDM
from test_cohort_run import WRONG

from kg.cli import main
from kg.cohort.compiler import Cohort, Compiler
from kg.cohort.engine import open_engine
from kg.cohort.run import Run
from kg.cohort.sources import COLUMNS
from kg.cohort.text import OUTPUTS, all_sql
from kg.store.knowledge import KnowledgeGraph

ROOT: Final = Path(__file__).resolve().parents[1]
SCRIPT: Final = ROOT / "tests" / "other_engines" / "judge.py"
PATIENTS: Final = 2_000
QUICK: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:ReservedCodeCacheSize=240m")
TYPED: Final = {
    "person": "SELECT * FROM (VALUES (1, 60.5::DOUBLE, 'female', DATE '2026-03-01'), "
    "(2, 17.999999999, 'male', NULL), (3, 'nan', NULL, DATE '2031-01-01'), (NULL, 1, NULL, NULL)) "
    "t(patient, age, sex, day)",
    "condition": "SELECT * FROM (VALUES (1, 'multiple myeloma'), (2, 'osteoporosis')) "
    "t(patient, term)",
    "result": "SELECT * FROM (VALUES "
    "(1, 'ALP', 210.5::FLOAT, 'U/L', 35::DECIMAL(9, 2), 105::UINTEGER, TIMESTAMPTZ "
    "'2026-02-27 23:30:00+01'), (1, 'GGT', 0.1, 'U/L', NULL, 60, NULL), "
    "(2, 'ALP', 1e20, 'U/L', 35, 105, '1500-01-01 00:00:00+00'), "
    "(2, 'ALP', 12345678, 'U/L', 35, 105, '2026-02-27 22:30:00.25+00')) "
    "t(patient, marker, value, unit, low, high, taken)",
}
"""Tables of Parquet with columns of many types, as other programs write them."""


@pytest.fixture(name="sources", scope="module")
def _sources(knowledge: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Random patients with wrong rows, columns of many types, and a data model as text."""
    folder = tmp_path_factory.mktemp("sources")
    tables = CohortPatients(Patients(knowledge.lexicon, knowledge.rules, 77, ulp=ULP))
    made = tables.tables(PATIENTS).write(folder / "text")
    wrong = _text(folder / "wrong", WRONG)
    rows = {
        name: " UNION ALL BY NAME ".join(
            _read(each) for each in (made / f"{name}.csv", wrong.get(name)) if each
        )
        for name in COLUMNS
    }
    _parquet(folder / "random", rows)
    _parquet(folder / "typed", TYPED)
    _text(folder / "cdm", CDM)
    return {
        "random": f"flat:{folder}/random:10000",
        "typed": f"flat:{folder}/typed:2",
        "cdm": f"omop:{folder}/cdm:10",
    }


def _read(file: Path) -> str:
    return f"SELECT * FROM read_csv('{file}', all_varchar = true)"  # noqa: S608


def _text(folder: Path, tables: Mapping[str, tuple[str, ...]]) -> dict[str, Path]:
    folder.mkdir()
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join((*lines, "")), "utf-8")
    return {name: folder / f"{name}.csv" for name in tables}


def _parquet(folder: Path, tables: Mapping[str, str]) -> None:
    folder.mkdir()
    with duckdb.connect() as data:
        for name, query in tables.items():
            data.execute(f"COPY ({query}) TO '{folder}/{name}.parquet' (FORMAT parquet)")


def _on_spark(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program that has Spark, with a Java that compiles little: the patients are few."""
    there_or_skip(missing_spark())
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(PACKAGES))),
        "JDK_JAVA_OPTIONS": " ".join(QUICK),
        **more,
    }
    return subprocess.run(
        [sys.executable, *words], env=environment, cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=900,
    )  # fmt: skip


@pytest.fixture(
    name="source",
    scope="module",
    params=[
        "random",
        *(pytest.param(each, marks=pytest.mark.nightly) for each in ("typed", "cdm")),
    ],
)
def _source(request: pytest.FixtureRequest) -> str:
    """Each takes Spark the better part of a minute, whatever it holds."""
    return str(request.param)


@pytest.fixture(name="on_spark", scope="module")
def _judged_on_spark(
    sources: dict[str, str], source: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("spark")
    (folder / "spark-defaults.conf").write_text(
        "spark.sql.codegen.wholeStage false\nspark.sql.codegen.factoryMode NO_CODEGEN\n"
    )
    done = _on_spark(SCRIPT, str(folder), sources[source], SPARK_CONF_DIR=str(folder))
    assert done.returncode == 0, done.stderr[-3000:]
    assert "U/L" not in done.stderr  # no row in what is logged
    return folder / source


@pytest.fixture(name="on_duckdb", scope="module")
def _judged_on_duckdb(
    knowledge: KnowledgeGraph,
    sources: dict[str, str],
    source: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("duckdb")
    with open_engine(_compiled(knowledge), knowledge.lexicon, threads=1) as engine:
        judge(Run, engine, knowledge, _compiled(knowledge), sources[source], folder)
    return folder / source


def _compiled(knowledge: KnowledgeGraph) -> Cohort:
    return Compiler(knowledge, next(iter(knowledge.model.tables.topics.values()))).compile()


def _rows(folder: Path, name: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as data:
        query = f"SELECT * FROM read_parquet('{folder}/{name}/*.parquet') ORDER BY ALL"  # noqa: S608
        return data.execute(query).fetchall()


@pytest.mark.servers
def test_spark_writes_what_duckdb_writes(on_spark: Path, on_duckdb: Path, source: str) -> None:
    """Every table is equal row for row, and the summary count for count."""
    for name in OUTPUTS:
        assert _rows(on_spark, name) == _rows(on_duckdb, name), name
    summaries = [json.loads((e / "summary.json").read_text("utf-8")) for e in (on_spark, on_duckdb)]
    assert summaries[0] == summaries[1]
    answered = [by for _, by, _ in _rows(on_spark, "patients")]
    if source == "random":  # enough of those whom the judge answers
        assert answered.count("judge") > 50
        assert answered.count("queries") > 1_000


def test_no_name_is_made_twice(knowledge: KnowledgeGraph) -> None:
    """A temporary table does not hide one of knowledge: in Spark it would take its place."""
    text = "\n".join(all_sql(_compiled(knowledge), date(2026, 6, 1)))
    made = Counter(
        re.findall(r"^CREATE (?:OR REPLACE )?(?:TEMP )?(?:TABLE|VIEW) (\w+)", text, re.MULTILINE)
    )

    assert len(made) > 50
    assert [name for name, times in made.items() if times > 1] == []


def test_an_engine_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which extra brings Spark is said, and that only Spark has a cluster; nothing is written."""
    source = tmp_path / "in"
    _text(source, {"person": ("patient", "1")})
    run = ["cohort", "run", str(source), "--output", str(tmp_path / "out")]
    monkeypatch.setattr("kg.cli.cohort.find_spec", lambda name: name != "pyspark" or None)

    done = CliRunner().invoke(main, [*run, "--engine", "spark"])
    assert "this takes pyspark, which is not here; install etiograph[spark]" in done.output
    done = CliRunner().invoke(main, [*run, "--master", "spark://here:7077"])
    assert "--master names a cluster of Spark" in done.output
    assert [each.name for each in tmp_path.iterdir()] == ["in"]


@pytest.mark.servers
def test_the_command_says_what_spark_wants(tmp_path: Path) -> None:
    """Without Java it says which; and the queries are printed as Spark reads them."""
    source = tmp_path / "in"
    _text(source, {"person": ("patient", "1")})
    run = ("-m", "kg", "cohort", "run", source, "--output", tmp_path / "out", "--engine", "spark")

    done = _on_spark(*run, JAVA_HOME="/nowhere")
    assert done.returncode == 2
    assert "there is no Java in JAVA_HOME" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["in"]
    printed = _on_spark("-m", "kg", "cohort", "sql", "--engine", "spark").stdout
    assert "MONOTONICALLY_INCREASING_ID" in printed
    assert "ARRAY_SORT(COLLECT_LIST(DISTINCT" in printed
