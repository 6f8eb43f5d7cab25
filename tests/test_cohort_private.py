"""No word of a row, and no key, in what a cohort prints, logs or sums up, whatever is spoiled.

One word stands for keys, cells, names of files and names of columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest
from click.testing import CliRunner
from records import condition, medication, observation
from test_bulk import export, of, person

from kg.cli import main

WORD: Final = "Zyxwvutsrq"
_PERSON: Final = f"patient,sex,age\n{WORD}1,female,60\n{WORD}2,male,50\n"
_RESULT: Final = "patient,marker,value,unit,low,high,flag,comparator,taken,during,change\n"
_OF_ALP: Final = f"{WORD}1,ALP" + f",{WORD}" * 9
_CDM: Final = {
    "person": "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth\n"
    + ",".join([WORD] * 5),
    "measurement": "person_id,measurement_concept_id,measurement_date,measurement_datetime,"
    "operator_concept_id,value_as_number,value_as_concept_id,unit_concept_id,range_low,range_high,"
    f"unit_source_value\n1,5,2026-01-01,,,{WORD},,,,,{WORD}",
    "condition_occurrence": "person_id,condition_concept_id,condition_start_date,"
    "condition_end_date,condition_status_concept_id,condition_status_source_value\n"
    f"1,9,{WORD},{WORD},{WORD},{WORD}",
    "drug_exposure": "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date\n"
    + ",".join([WORD] * 4),
    "concept": "concept_id,concept_name,vocabulary_id,concept_code\n"
    f"9,{WORD},SNOMED,{WORD}\n5,ALP,LOINC,6768-6",
}
SPOILED: Final[dict[str, dict[str, str | bytes]]] = {
    "words": {
        "person.csv": f"{_PERSON}{WORD}3,{WORD},{WORD}\n",
        "condition.csv": f"patient,term,said\n{WORD}1,{WORD},{WORD}\n{WORD}1,{WORD},\n",
        "result.csv": f"{_RESULT}{','.join([WORD] * 11)}\n{_OF_ALP}\n",
    },
    "no names of columns": {"person.csv": f"{WORD}1,female,60\n{WORD}2,male,50\n"},
    "a column of a patient": {"person.csv": f"patient,{WORD}\n1,60\n"},
    "no UTF-8": {"person.csv": f"{_PERSON}{WORD}".encode() + b"\xff,x,1\n"},
    "quotes": {"person.csv": f'{_PERSON}"{WORD}3",fe"male,{WORD}\n"{WORD}'},
    "ends of lines": {"person.csv": f"{_PERSON}{WORD}9,x,1\r{WORD},,\r\n"},
    "too many cells": {"person.csv": f"{_PERSON}{WORD}3,a,b,c,{WORD}\n{WORD}\n"},
    "no Parquet": {"person.parquet": f"PAR1{WORD}PAR1".encode()},
    "Parquet of a patient": {f"person/{WORD}.parquet": b"none"},
    "a file of a patient": {f"person/{WORD}.csv": b"\xff\n", "person/a.csv": "patient\n1\n"},
    "a file of a patient without names": {f"person/{WORD}.csv": "patient,patient\n"},
}


def _printed(place: Path, out: Path, form: str) -> str:
    """Everything that a run prints, with its summaries."""
    made = CliRunner().invoke(main, ["cohort", "run", str(place), "-o", str(out), "--from", form])
    summaries = sorted(out.glob("summary.*"))
    assert made.exit_code in (0, 2), made.exception
    assert bool(summaries) == (made.exit_code == 0)
    said = f"{made.stdout}{made.stderr}{made.exception!r}"
    return "\n".join((said, *(each.read_text("utf-8") for each in summaries)))


@pytest.mark.slow
@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_tables(name: str, tmp_path: Path) -> None:
    """Whatever is wrong with the tables, no word of them is repeated."""
    for file, text in SPOILED[name].items():
        (tmp_path / "in" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / file).write_bytes(text if isinstance(text, bytes) else text.encode())

    assert WORD.lower() not in _printed(tmp_path / "in", tmp_path / "out", "tables").lower()


@pytest.mark.slow
def test_columns_of_any_type(tmp_path: Path) -> None:
    """A list, a structure and a binary value are no words that are repeated."""
    (tmp_path / "in").mkdir()
    with duckdb.connect() as data:
        data.execute(
            f"COPY (SELECT '{WORD}' AS patient, ['{WORD}'] AS sex, "
            f"{{'{WORD}': 1}} AS age, '{WORD}'::BLOB AS day) TO '{tmp_path}/in/person.parquet'"
        )

    assert WORD.lower() not in _printed(tmp_path / "in", tmp_path / "out", "tables").lower()


@pytest.mark.slow
def test_a_spoiled_data_model(tmp_path: Path) -> None:
    """Neither are words of an OMOP common data model, from files or from a database."""
    (tmp_path / "in").mkdir()
    with duckdb.connect(tmp_path / "cdm.duckdb") as data:
        for name, text in _CDM.items():
            (tmp_path / "in" / f"{name}.csv").write_text(f"{text}\n", "utf-8")
            file = f"read_csv('{tmp_path}/in/{name}.csv', all_varchar = true)"
            data.execute(f"CREATE TABLE {name} AS SELECT * FROM {file}")  # noqa: S608

    for place in ("in", "cdm.duckdb"):
        printed = _printed(tmp_path / place, tmp_path / f"out of {place}", "omop")
        assert WORD.lower() not in printed.lower()


@pytest.mark.slow
def test_a_spoiled_export(tmp_path: Path) -> None:
    """Each value of a record in turn is a secret, as a text, in a list and in a structure."""
    files: dict[str, list[bytes]] = {}
    for number, (kind, spoiled) in enumerate(_spoiled_records()):
        key = f"{WORD}{number}"
        for each, resource in {**_record(key), kind: spoiled(key)}.items():
            files.setdefault(f"{each}.ndjson", []).append(json.dumps(resource).encode())
    assert len(files["Patient.ndjson"]) > 60
    folder = export(tmp_path / "in", files)

    printed = _printed(folder, tmp_path / "out", "fhir")

    assert '"resource"' in printed
    assert WORD.lower() not in printed.lower()


def _record(key: str) -> dict[str, dict[str, Any]]:
    found = {
        "Patient": person(key),
        "Observation": of(key, observation()),
        "Condition": of(key, condition("confirmed", "active")),
        "MedicationStatement": of(key, medication("MedicationStatement", "active")),
    }
    return {kind: json.loads(json.dumps(each)) for kind, each in found.items()}


def _spoiled_records() -> Iterator[tuple[str, Any]]:
    for kind, resource in _record("").items():
        for path in _paths(resource):
            if path[-1] not in ("resourceType", "id", "reference"):
                for value in (WORD, [WORD], {"x": WORD}):
                    yield kind, lambda key, k=kind, p=path, v=value: _put(_record(key)[k], p, v)


def _paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in pairs:
            yield from _paths(each, (*path, key))
    else:
        yield path


def _put(resource: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    at: Any = resource
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return resource
