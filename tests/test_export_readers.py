"""Promises of exports to the tools that read them: each is run on the files, and finds its own.

The tools are fetched by `make test-servers` into an environment of their own; all of them run in
one process, once.
"""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from built import own_graph
from exporting import exported
from fetching import there_or_skip
from other_readers.fetch import PYTHON, missing_readers

from kg.export.formats import write_files
from kg.export.source import File
from kg.model.vocabulary import compact

SCRIPT = Path(__file__).parent / "other_readers" / "read.py"
FORMATS = (
    "owl", "owl-base", "owl-simple", "ofn", "obo", "obographs", "sssom", "sbom", "jsonld",
    "ro-crate",
)  # fmt: skip
FROM_LIVER = "eg:LiverDisorder\tdisorder of the liver"

pytestmark = pytest.mark.servers


@pytest.fixture(name="files", scope="module")
def _files() -> dict[str, File]:
    """Give the files that the tools are given."""
    return exported(*FORMATS)


@pytest.fixture(name="found", scope="module")
def _found(files: dict[str, File], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what each tool found in the files."""
    there_or_skip(missing_readers())
    folder = tmp_path_factory.mktemp("export")
    write_files(folder, files)
    done = subprocess.run(
        [PYTHON, SCRIPT, folder], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_sssom_py_validates_every_set(found: dict[str, Any], files: dict[str, File]) -> None:
    """sssom-py finds no fault in any set, reads every row, and the rows that deny as such."""
    sets = {name: file for name, file in files.items() if name.endswith(".sssom.tsv")}

    assert len(found["sssom"]) == len(sets) > 10
    for name, file in sets.items():
        read = found["sssom"][Path(name).name]
        lines = [each for each in file.content.decode().splitlines() if each[:1] != "#"]
        rows = list(csv.DictReader(lines, delimiter="\t"))
        denied = [row for row in rows if row.get("predicate_modifier") == "Not"]
        assert (read["rows"], read["denied"]) == (len(rows), len(denied)), name
        assert read["problems"] == [], name
        assert read["authors"] == ["The Etiograph authors"], name
    assert found["sssom"]["hp.sssom.tsv"]["denied"] == 1


@pytest.mark.parametrize("form", ["owl", "obo"])
def test_oak_finds_terms_classes_and_codes(found: dict[str, Any], form: str) -> None:
    """`runoak` shows a term by its label, the classes above it that follow, and its codes."""
    oak = found["oak"]

    assert "eg:PagetDiseaseOfBone ! Paget disease of bone" in oak[f"{form} info"]
    assert FROM_LIVER in oak[f"{form} ancestors"]
    codes = [line for line in oak[f"{form} mappings"].splitlines() if line.startswith("object_id:")]
    assert "object_id: MONDO:0005382" in codes
    assert "object_id: HP:0034159" in codes


def test_oak_reads_obographs(found: dict[str, Any], files: dict[str, File]) -> None:
    """OAK's model of obographs holds every node, edge and definition of the file."""
    (graph,) = json.loads(files["etiograph.json"].content)["graphs"]

    sizes = found["obographs"]
    assert sizes["nodes"] == len(graph["nodes"]) > 500
    assert sizes["edges"] == len(graph["edges"]) > 500
    assert sizes["definitions"] == len(graph["logicalDefinitionAxioms"]) > 50


def test_fastobo_reads_every_frame(found: dict[str, Any], files: dict[str, File]) -> None:
    """The strict parser of OBO reads as many frames as the file has."""
    text = files["etiograph.obo"].content.decode()

    assert found["fastobo"] == text.count("\n[Term]\n") + text.count("\n[Typedef]\n") > 300


def test_horned_owl_reads_every_shape(found: dict[str, Any]) -> None:
    """A reader apart from the OWL API finds annotated axioms in each, the same in both syntaxes."""
    read = found["horned_owl"]

    assert {"etiograph.owl", "etiograph.ofn", "etiograph-base.owl"} < set(read)
    assert all(annotated > 100 for _, annotated in read.values())
    assert read["etiograph-base.owl"][1] == read["etiograph.ofn"][1]


def test_the_crate_is_read(found: dict[str, Any], files: dict[str, File]) -> None:
    """The library of RO-Crate finds title, licence, date and every file but the crate's own."""
    crate = found["crate"]

    assert crate["name"].startswith("Etiograph")
    assert crate["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert crate["date"].count("-") == len("YMD") - 1
    assert crate["files"] == sorted(files.keys() - {"ro-crate-metadata.json"})


def test_cyclonedx_validates(found: dict[str, Any], files: dict[str, File]) -> None:
    """The bill of materials is valid in the strict schema, and names the jars with their sums."""
    assert found["cyclonedx"] == ""
    bill = json.loads(files["etiograph.cdx.json"].content)
    inside = [each for part in bill["components"] for each in part.get("components", ())]
    jars = [each for each in inside if each["name"].endswith(".jar")]
    assert any("HermiT" in each["name"] for each in jars)
    assert all(each["hashes"][0]["alg"] == "SHA-256" for each in jars)


def test_pyld_frames_every_statement(found: dict[str, Any]) -> None:
    """PyLD frames each statement with its place, standing and labels, in less than 3 kB."""
    framed = {each["id"]: each for each in found["pyld"]}
    subjects = own_graph().store.select("SELECT DISTINCT ?s { ?s eg:polarity ?o }").column("s")

    assert set(framed) == {compact(str(each)) for each in subjects}
    for name, each in framed.items():
        assert len(json.dumps(each, ensure_ascii=False, indent=1).encode()) <= 3000, name
        assert each["label"]["en"], name
        assert all(each[part]["label"]["en"] for part in ("subject", "predicate", "object")), name
        assert each["wasInvalidatedBy"] is None, name
    assert all(
        int(each["region"]["line"]) and each["inDocument"]["label"] and each["modality"]["label"]
        for name, each in framed.items()
        if name.startswith("st:")
    )
    assert framed["st:B037"]["subject"] == {
        "id": "eg:AlendronateTreatment",
        "type": "owl:Class",
        "label": {"en": "alendronate treatment"},
    }
