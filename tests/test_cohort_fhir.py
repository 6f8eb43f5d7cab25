"""Cohorts of a bulk export: each patient is judged as `kg ask --batch` answers the same record."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from records import condition, medication, observation, quantity
from test_bulk import Files, answers, export, of, person, run

from kg.cli import main
from kg.cohort.records import rows_of_case
from kg.model.errors import UsageError
from kg.store.knowledge import KnowledgeGraph

FILES: Files = {
    "Patient.ndjson": [person("a"), person("b", gender="male"), person("c")],
    "Observation.ndjson": [
        of("a", observation(effectiveDateTime="2026-11-20T08:30:00+01:00")),
        of("a", observation(effectiveDateTime="2026-08-20", valueQuantity=quantity(90))),
        of("b", observation(effectiveDateTime="2026-11-20")),
        of("b", observation(effectiveDateTime="2026-11-22", status="preliminary")),
        of("c", observation(effectiveDateTime="2026-11-21", valueQuantity=quantity(300))),
        b"no resource",
    ],
    "Condition.ndjson": [of("a", condition()), of("c", condition())],
    "MedicationStatement.ndjson": [of("c", medication("MedicationStatement", "active"))],
}


@pytest.mark.slow
def test_a_bulk_export_is_judged_as_it_is_answered(tmp_path: Path) -> None:
    """The verdicts are those of the batch; what no record has a place for is counted."""
    folder = export(tmp_path / "export", FILES)
    options = ["--from", "fhir", "-o", str(tmp_path / "out"), "--format", "json"]
    made = CliRunner().invoke(main, ["cohort", "run", str(folder), *options])
    assert made.exit_code == 0, made.output
    with duckdb.connect() as data:
        files = f"{tmp_path}/out/verdicts/*.parquet"
        rows = data.execute("SELECT patient, cause, verdict FROM read_parquet(?)", [files])
        found = {(patient, cause): verdict for patient, cause, verdict in rows.fetchall()}

    wanted = {
        (patient, cause["iri"]): cause["verdict"]
        for patient, answer in answers(run(folder)).items()
        for cause in answer["causes"]
    }

    assert wanted
    assert {patient for patient, _ in wanted} == {"a", "c"}
    assert found == wanted
    summary = json.loads(made.stdout)
    assert summary["funnel"][0] == ["patients", 3]
    assert summary["unused"] == [
        ["line", "of a type that a case has no place for", 1],
        ["result", "a later result is used", 1],
        ["result", "a newer result cannot be used", 1],
        ["result", "its status is preliminary", 1],
    ]
    assert made.stderr == "part 1 of 1\n"


@pytest.mark.slow
def test_ranges_of_a_site_are_for_an_export_too(tmp_path: Path) -> None:
    """A value without a range, and without a flag, is read with the range of the site."""
    bare = observation(effectiveDateTime="2026-11-20", referenceRange=None, interpretation=None)
    files = {"Patient.ndjson": [person("a")], "Observation.ndjson": [of("a", bare)]}
    folder = export(tmp_path / "export", files)
    ranges = tmp_path / "ranges.csv"
    ranges.write_text("marker,unit,low,high,sex,age\nALP,U/L,35,105,,\n", "utf-8")
    usable = {}
    for name, options in (("without", []), ("with", ["--ranges", str(ranges)])):
        given = ["--from", "fhir", "-o", str(tmp_path / name), "--format", "json", *options]
        made = CliRunner().invoke(main, ["cohort", "run", str(folder), *given])
        assert made.exit_code == 0, made.output
        funnel = dict(json.loads(made.stdout)["funnel"])
        usable[name] = funnel["with a usable result of the measurement asked about"]

    assert usable == {"without": 0, "with": 1}


@pytest.mark.slow
def test_resources_are_counted_each_and_not_by_patient(tmp_path: Path) -> None:
    """Of one patient three resources of one reason are three, and no code of them is told."""
    unknown = [{"system": "http://loinc.org", "code": code} for code in ("8302-2", "8867-4")]
    given = [
        observation(code={"coding": [each]}, valueQuantity=quantity(70))
        for each in (*unknown, unknown[0])
    ]
    files = {"Patient.ndjson": [person("a")], "Observation.ndjson": [of("a", e) for e in given]}
    folder = export(tmp_path / "export", files)
    options = ["--from", "fhir", "-o", str(tmp_path / "out"), "--format", "json"]
    made = CliRunner().invoke(main, ["cohort", "run", str(folder), *options])

    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["unused"] == [
        ["resource", "no term of this graph has its code", 3]
    ]


def test_what_tables_have_no_column_for_is_refused(knowledge: KnowledgeGraph) -> None:
    """A day on which a condition began, or a baseline, is not dropped without a word."""
    dated = {"conditions": [{"condition": "multiple myeloma", "date": "2026-01-01"}]}
    with pytest.raises(UsageError, match="began"):
        list(rows_of_case("a", dated, knowledge.lexicon))
    with pytest.raises(UsageError, match="no column for baseline"):
        list(rows_of_case("a", {"labs": [{"marker": "ALP", "baseline": True}]}, knowledge.lexicon))
