"""A bulk export is answered patient by patient, whatever the files and their order."""

from __future__ import annotations

import gc
import gzip
import json
import tracemalloc
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from records import PATIENT, condition, medication, observation, quantity, record

from kg.case.fhir import read_case
from kg.cli import main
from kg.cli.bulk import Bulk
from kg.cli.case_options import today
from kg.model.terms import Lexicon

Files = Mapping[str, Sequence[Mapping[str, Any] | bytes]]


def export(folder: Path, files: Files) -> Path:
    """A folder with these resources, one a line, in these files."""
    folder.mkdir()
    for name, resources in files.items():
        lines = (e if isinstance(e, bytes) else json.dumps(e).encode() for e in resources)
        (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))
    return folder


def of(patient: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource of another patient."""
    return {**resource, "subject": {"reference": f"Patient/{patient}"}}


def person(name: str, **more: object) -> dict[str, Any]:
    """A patient."""
    return {**PATIENT, "id": name, **more}


def run(folder: Path, *options: str) -> Result:
    """Ask about an export on the command line."""
    return CliRunner().invoke(main, ["ask", "--batch", str(folder), *options])


def answers(result: Result) -> dict[str, dict[str, Any]]:
    """The answers by the id of the patient."""
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {line["id"]: line.get("answer", line.get("error")) for line in lines[1:]}


FILES: Files = {
    "Observation.000.ndjson": [of("a", observation()), of("b", observation())],
    "Observation.001.ndjson": [
        of("b", observation(effectiveDateTime="2026-11-20", valueQuantity=quantity(90)))
    ],
    "Condition.ndjson": [of("a", condition()), of("c", condition())],
    "Patient.ndjson": [person("a", gender="female"), person("b"), person("d")],
}


@pytest.mark.usefixtures("knowledge")
def test_each_patient_has_one_answer(tmp_path: Path) -> None:
    """What the files hold of one patient is one case, also where there is no Patient."""
    result = run(export(tmp_path / "export", FILES))

    found = answers(result)
    said = {name: {f["label"]: f["value"] for f in each["case"]} for name, each in found.items()}
    assert result.exit_code == 0, result.stderr
    assert sorted(found) == ["a", "b", "c", "d"]
    assert said["a"].keys() == {"multiple myeloma", "ALP", "sex"}
    assert said["b"]["ALP"].startswith("normal")
    assert said["c"].keys() == {"multiple myeloma"}
    assert said["d"] == {}


@pytest.mark.usefixtures("knowledge")
def test_the_answer_is_that_of_the_record(tmp_path: Path, lexicon: Lexicon) -> None:
    """Joined from files, a patient is who he is in a Bundle."""
    resources = [observation(), condition(), person("one", gender="female")]
    files = {f"{i}.ndjson": [each] for i, each in enumerate(resources)}

    with ExitStack() as stack:
        (patient,) = Bulk(export(tmp_path / "export", files), stack).patients()
    texts = {place: text.decode() for place, text in patient.lines.items()}
    joined = read_case(texts, lexicon, today())

    whole = read_case(record(*resources[:2], patient=resources[2]), lexicon, today())
    assert joined == whole


@pytest.mark.parametrize(
    "reference", ["Patient/a", "http://x/fhir/Patient/a", "Patient/a/_history/2"]
)
def test_a_patient_is_found_by_each_form_of_reference(tmp_path: Path, reference: str) -> None:
    """The server before it, or a version behind it, is no other patient."""
    seen = observation(subject={"reference": reference})
    folder = export(tmp_path / "export", {"a.ndjson": [seen], "b.ndjson": [person("a")]})

    with ExitStack() as stack:
        found = list(Bulk(folder, stack).patients())

    assert [(each.id, len(each.lines)) for each in found] == [("a", 2)]


@pytest.mark.usefixtures("knowledge")
def test_products_are_found_in_their_own_file(tmp_path: Path) -> None:
    """A Medication belongs to nobody, and goes with whoever is given it."""
    product = {"resourceType": "Medication", "id": "m", "code": medication("x", "y")[
        "medicationCodeableConcept"
    ]}  # fmt: skip
    given = medication(
        "MedicationStatement",
        "active",
        medicationCodeableConcept=None,
        medicationReference={"reference": "Medication/m"},
    )
    files = {"MedicationStatement.ndjson": [given], "Medication.ndjson": [product]}

    result = run(export(tmp_path / "export", files))

    assert [each["label"] for each in answers(result)["one"]["case"]] == ["bortezomib"]


@pytest.mark.usefixtures("knowledge")
def test_what_belongs_to_nobody_is_told(tmp_path: Path) -> None:
    """Broken lines, other types and results without a patient stop nothing and are counted."""
    other = {"resourceType": "Encounter", "subject": {"reference": "Patient/one"}}
    lines: list[Any] = [observation(), b"{broken Observation", other, b"\xff", b"", b"[]"]
    lines += [b'{"resourceType": "Observation", "a": 1, "a": 2}', observation(subject=None)]
    lines += [b'{"resourceType": "Observation", "b": 1, "b": 2}']

    result = run(export(tmp_path / "export", {"Observation.ndjson": lines}))

    assert list(answers(result)) == ["one"]
    assert result.exit_code == 0
    told = result.stderr
    assert "not read: 2 lines: no JSON (first: Observation.ndjson line 7)" in told
    assert "not read: 1 lines: of no patient" in told
    assert "of a type that a case has no place for" in told


@pytest.mark.usefixtures("knowledge")
def test_a_patient_who_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    """A patient who is there twice has no answer, and the next one has."""
    files: Files = {"Patient.ndjson": [person("a"), person("a", gender="male"), person("b")]}

    result = run(export(tmp_path / "export", files))

    found = answers(result)
    assert result.exit_code == 1
    assert "1 patients have no answer" in result.stderr
    assert "2 patients" in found["a"]["message"]
    assert "causes" in found["b"]


@pytest.mark.usefixtures("knowledge")
def test_a_stopped_run_over_an_export_goes_on(tmp_path: Path) -> None:
    """Patients who have their answer are not asked again, with as many processes as one likes."""
    folder = export(tmp_path / "export", FILES)
    whole, part = tmp_path / "whole", tmp_path / "part"
    run(folder, "--output", str(whole), "--jobs", "2")
    text = whole.read_bytes()
    part.write_bytes(text[: text.rindex(b"\n", 0, -1) - 5])

    result = run(folder, "--output", str(part), "--resume")

    assert result.exit_code == 0, result.output
    assert part.read_bytes() == text == run(folder).stdout_bytes


def test_a_folder_without_an_export_says_what_is_wanted(tmp_path: Path) -> None:
    """An empty folder, and one of packed files, are named as that."""
    empty, packed = tmp_path / "empty", tmp_path / "packed"
    empty.mkdir()
    packed.mkdir()
    (packed / "Patient.ndjson.gz").write_bytes(gzip.compress(b"{}"))

    assert "no files of a bulk export" in run(empty).stderr
    assert "Unpack them first" in run(packed).stderr
    assert run(empty).exit_code == 2


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("resource", [observation(), condition(), PATIENT])
def test_a_file_of_an_export_is_no_file_of_patients(
    tmp_path: Path, resource: dict[str, Any]
) -> None:
    """An answer to one resource would be one to nobody; the folder is named as the remedy."""
    folder = export(tmp_path / "export", {"X.ndjson": [resource, resource]})

    result = run(folder / "X.ndjson")

    lines = [json.loads(line) for line in result.stdout.splitlines()][1:]
    assert result.exit_code == 1
    assert all("--batch DIR" in line["error"]["message"] for line in lines)


@pytest.mark.usefixtures("knowledge")
def test_a_long_run_collects_what_it_no_longer_needs(tmp_path: Path) -> None:
    """A command of one question runs without collecting; with many, the memory would grow."""
    folder = export(tmp_path / "export", {"Observation.ndjson": [observation()]})
    gc.disable()
    try:
        run(folder)
        assert gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    """Of 4,000 patients one is held at a time."""
    lines = [of(str(n % 4000), observation()) for n in range(8000)]
    folder = export(tmp_path / "export", {"Observation.ndjson": lines})
    size = (folder / "Observation.ndjson").stat().st_size

    tracemalloc.start()
    with ExitStack() as stack:
        count = sum(len(each.lines) for each in Bulk(folder, stack).patients())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 8000
    assert peak < size / 4
