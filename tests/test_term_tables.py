"""The tables of markers and drugs: what is made of them, and what is refused with file and line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
import yaml
from msgspec.structs import replace

from kg.articles.source import Written
from kg.articles.tables.checks import marker_problems
from kg.articles.tables.made import MARKERS, made_of_tables
from kg.articles.tables.markers import markers_turtle
from kg.articles.tables.records import MarkerRecord, MarkerTable
from kg.articles.tables.ucum import is_unit
from kg.compile.owl.axioms import Axiom
from kg.compile.owl.reading import read_axioms
from kg.model.errors import BuildError
from kg.model.rdf import Graph, read_turtle
from kg.model.vocabulary import EG, RDFS, eg

SMALL = """\
module: {title: Small, description: A small table., version: 1.0.0}
defaults: {usable for days: 30, threshold from: raised-is-above-the-upper-limit}
units:
  U/L: {also: [IU/L]}
  mmol/L: {}
  mg/dL: {}
conversions:
  mass-of-x: {from: mg/dL, to: mmol/L, factor: 10/40, because: so, label: a, definition: b}
markers:
  XObservation:
    name: x
    abbreviations: [XX]
    definition: measurement of x
    units: [mmol/L, mg/dL]
    plausible: {in: mmol/L, from: 0.2, to: 10, limit from: 1, limit to: 5}
    states: {low: {read with: [YObservation]}}
    findings:
      raised-x: {state: raised, case: RaisedXCase, asked as: Causes of a raised x}
  YObservation:
    name: y
    definition: measurement of y
    limits: upper
    units: [U/L]
    plausible: {in: U/L, from: 1, to: 900}
    grades:
      HugeYObservation:
        times the upper limit: {above: 3}
        label: huge y
        definition: result of y above three times the upper limit
        threshold from: C007
    findings:
      normal-y: {state: normal, case: NormalYCase}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small table of markers, and the table of drugs of the project."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/markers.yaml").write_text(SMALL, "utf-8")
    return tmp_path


def _axioms(turtle: str) -> dict[str, Axiom]:
    declared = (
        f"{turtle}\neg:hasObservation a owl:ObjectProperty . eg:hasFinding a owl:ObjectProperty ."
    )
    numbers = "eg:ratioToULN a owl:DatatypeProperty . eg:ratioToLLN a owl:DatatypeProperty ."
    graph = Graph(read_turtle(f"{declared} {numbers}".encode()))
    return {each.id: each for each in read_axioms(graph)}


def test_the_committed_files_are_what_the_tables_make(root: Path) -> None:
    """Nobody has written into them, and nobody forgot to make them anew."""
    made = made_of_tables(root / "ontology")

    assert {path.name for path in made} >= {"markers.ttl", "drugs.ttl", "drugs.schema.json"}
    for path, text in made.items():
        assert path.read_text("utf-8") == text, f"{path} is not what its table makes."


@pytest.mark.parametrize("name", ["markers", "drugs"])
def test_an_editor_finds_nothing_wrong_in_the_tables(root: Path, name: str) -> None:
    """The schema that the first line of a table names fits it, numbers and all."""
    path = root / f"ontology/tables/{name}.yaml"
    text = path.read_text("utf-8")
    schema = json.loads(path.with_suffix(".schema.json").read_text("utf-8"))

    assert text.startswith(f"# yaml-language-server: $schema={name}.schema.json\n")
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(text))


def test_results_are_called_results_and_printed_by_a_short_name(root: Path) -> None:
    """The class of serum calcium results is no substance, and an answer still says calcium."""
    table = MARKERS.read(root / "ontology")
    graph = Graph(read_turtle(markers_turtle(table).encode()))

    assert graph.text(EG.CalciumObservation, RDFS.label) == "serum calcium result"
    assert graph.text(EG.CalciumObservation, EG.shownAs) == "calcium"
    assert all("result" in graph.text(eg(each), RDFS.label) for each in table.markers)


def test_one_record_makes_results_findings_and_cases(folder: Path) -> None:
    """A finding, its case and three classes of results come of six lines."""
    text = made_of_tables(folder)[folder / "markers.ttl"]
    graph = Graph(read_turtle(text.encode()))

    labels = {name: graph.text(eg(name), RDFS.label) for name in _declared(graph)}
    assert labels.items() >= {
        ("RaisedXObservation", "raised x result"),
        ("NormalXObservation", "normal x result"),
        ("LowXObservation", "low x result"),
        ("raised-x", "raised x"),
        ("RaisedXCase", "case with a raised x"),
        ("HugeYObservation", "huge y"),
    }
    assert graph.objects(eg("raised-x"), EG.shownBy) == [EG.XObservation]
    assert graph.objects(eg("raised-x"), EG.analyte) == [EG.XObservation]
    assert graph.objects(eg("raised-x"), EG.direction) == [eg("direction-increased")]
    assert graph.text(EG.NormalYCase, EG.flag) == ""
    assert graph.text(EG.XObservation, EG.usableForDays) == "30"


def _declared(graph: Graph) -> list[str]:
    own = eg("")
    return [str(each).removeprefix(own) for each in graph if str(each).startswith(own)]


def test_by_an_upper_limit_alone_low_is_a_kind_of_normal(folder: Path) -> None:
    """Only raised shuts it out then."""
    text = made_of_tables(folder)[folder / "markers.ttl"]

    assert "eg:LowYObservation a owl:Class ;\n    rdfs:subClassOf eg:NormalYObservation ;" in text
    assert "eg:RaisedYObservation owl:disjointWith eg:NormalYObservation .\n" in text
    assert "eg:NormalXObservation owl:disjointWith eg:LowXObservation .\n" in text


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("  U/L: {also", "  U/Liter: {also", 4, "U/Liter is no unit by UCUM"),
        ("units: [U/L]", "units: [U/l]", 23, "U/l is no unit of this table. Did you mean U/L?"),
        ("mmol/L, from: 0.2, to: 10,", "mmol/L, from: 10, to: 0.2,", 15, "10 to 0.2 is no range"),
        (", limit to: 5", "", 15, "One bound of the limit is missing"),
        ("limit from: 1,", "limit from: one,", 15, "one to 5 is no range"),
        ("in: U/L", "in: mmol/L", 24, "mmol/L is none of its units"),
        ("    name: y", "    name: y\n    abbreviations: [xx]", 21, '"xx" is a name of XObs'),
        ("factor: 10/40", "factor: 10/0", 8, "10/0 is no factor"),
        ("from: mg/dL", "from: mg/dl", 8, "mg/dl is no unit"),
        ("limits: upper", "kind of: ZObservation", 22, "ZObservation is no marker"),
        ("limits: upper", "kind of: YObservation", 22, "a kind of itself"),
        ("limits: upper", "limits: under", 22, "Invalid enum value 'under'"),
        ("state: raised,", "state: raise,", 18, "raise is no state or grade"),
        ("case: RaisedXCase", "case: RaisedX", 18, "RaisedX is no name of a class here"),
        ("raised-x:", "raisedX:", 18, "raisedX is no name of a finding"),
        ("case: NormalYCase", "case: RaisedXCase", 32, "RaisedXCase is given by"),
        ("read with: [Y", "read with: [W", 16, "WObservation is no marker"),
        ("{low: {read", "{lower: {read", 16, "lower is no state here"),
        ("{above: 3}", "{above: 3, below: 2}", 27, "3 to 2 is no range"),
        ("{above: 3}", "{above: 3, at least: 3}", 27, "one lower bound"),
        ("{above: 3}", "{over: 3}", 27, "`over` is not known here"),
        ("    name: y\n", "", 19, "`name` is missing"),
        ("  XObservation:\n", "  X:\n", 10, "X is no name of a class here"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_file_and_line(
    folder: Path, old: str, new: str, line: int, said: str
) -> None:
    """What is wrong with a record, where it stands and what was wanted."""
    path = folder / "tables/markers.yaml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")

    with pytest.raises(BuildError) as caught:
        made_of_tables(folder)

    told = [each for each in str(caught.value).splitlines() if said in each]
    assert told, str(caught.value)
    assert f"{path}:{line}" in told[0]


def test_whatever_is_wrong_is_named_at_once(root: Path, tmp_path: Path) -> None:
    """Two slips in the table of drugs are two lines, in the order of the file."""
    shutil.copytree(root / "ontology/tables", tmp_path / "tables")
    path = tmp_path / "tables/drugs.yaml"
    text = path.read_text("utf-8")
    text = text.replace("synonyms: [Velcade]", "synonyms: [Kyprolis]")
    path.write_text(text.replace("with: Risedronate", "with: Risedronat"), "utf-8")

    with pytest.raises(BuildError) as caught:
        made_of_tables(tmp_path)

    first, second = str(caught.value).splitlines()[1:]
    assert '"Kyprolis" is a name of Bortezomib already' in first
    assert "Risedronat is no drug of this table. Did you mean Risedronate?" in second


def test_every_marker_is_apart_from_every_other(root: Path) -> None:
    """Of two hundred markers one axiom says it; a kind of another marker is a kind of it alone."""
    table = MARKERS.read(root / "ontology")
    one = table.markers["GGTObservation"]
    more = {f"Marker{n}Observation": _renamed(one, n) for n in range(200)}
    wide = MarkerTable(
        table.module, table.defaults, table.units, table.markers | more, table.conversions
    )

    groups = [
        each
        for each in _axioms(markers_turtle(wide)).values()
        if each.kind == "disjoint" and len(each.terms) > 2
    ]

    assert list(marker_problems(wide)) == []
    [group] = groups
    apart = {name.removeprefix(eg("")) for name in group.iris}
    assert apart == (table.markers.keys() | more.keys()) - {"BoneALPFractionObservation"}


def _renamed(marker: MarkerRecord, number: int) -> MarkerRecord:
    return replace(marker, name=f"m{number}", abbreviations=[], synonyms=[], findings={})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U/L", True), ("ug/L", True), ("mL/min/{1.73_m2}", True), ("{score}", True),
        ("nmol{BCE}/mmol{creat}", True), ("10*9/L", True), ("m[Hg]", True), ("mm[Hg]", True),
        ("[iU]/mL", True), ("/uL", True), ("kg.m-2", True), ("%", True),
        ("µg/L", False), ("mg/dl/", False), ("IU/L", False), ("mcg/L", False), ("", False),
        ("mg / L", False), ("{a}{b}", False), ("percent", False),
    ],
)  # fmt: skip
def test_units_by_ucum(text: str, expected: bool) -> None:  # noqa: FBT001 - one row, one answer
    """Codes pass, spellings do not."""
    assert is_unit(text) is expected


def test_reading_keeps_numbers_as_they_are_written(folder: Path) -> None:
    """No number of a table becomes a binary fraction."""
    table = Written.read(folder / "tables/markers.yaml").to(MarkerTable)

    assert table.markers["XObservation"].plausible.from_ == "0.2"
    assert "eg:plausibleFrom 0.2 ;" in markers_turtle(table)
