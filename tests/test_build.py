"""A build makes the graph whole, or says what is wrong and leaves the graph that was there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from built import Edit, edited_ontology

from kg.compile import builder, inputs
from kg.compile.model import compile_model
from kg.compile.owl import hermit
from kg.compile.owl.oracle import Oracle
from kg.compile.pipeline import Built, make
from kg.model import resources
from kg.model.compiled import Model
from kg.model.errors import (
    InconsistentError,
    KGError,
    MissingImportError,
    NotHornError,
    ProductError,
    ReasonerError,
    SourceSyntaxError,
    UnsatisfiableError,
    ValidationError,
)
from kg.model.model_file import encode_model
from kg.model.vocabulary import compact
from kg.store.artifact import BuildFacts, current, open_artifact
from kg.store.artifact_writer import publish
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore


def appended(text: str) -> Edit:
    """An edit that adds something at the end of a file."""
    return lambda before: f"{before}\n{text}\n"


def replaced(old: str, new: str) -> Edit:
    """An edit that changes one passage."""
    return lambda before: before.replace(old, new, 1)


BROKEN: dict[str, tuple[str, Edit, type[KGError], str]] = {
    "broken Turtle": ("core.ttl", appended("eg:Case a ;"), SourceSyntaxError, r"core\.ttl:\d+"),
    "undeclared prefix": ("drugs.ttl", appended("foo:A a eg:B ."), SourceSyntaxError, "foo"),
    "missing import": (
        "etiograph.ttl",
        replaced("ontology/drugs>", "ontology/potions>"),
        MissingImportError,
        "ontology/potions",
    ),
    "unsatisfiable class": (
        "conditions.ttl",
        appended("eg:HealingFracture rdfs:subClassOf eg:Observation ."),
        UnsatisfiableError,
        "healing fracture",
    ),
    "not Horn": (
        "conditions.ttl",
        appended(
            "eg:HealingFracture rdfs:subClassOf "
            "[ a owl:Restriction ; owl:onProperty eg:locatedIn ; owl:allValuesFrom eg:Bone ] ."
        ),
        NotHornError,
        "HealingFracture",
    ),
    "cause without evidence": (
        "conditions.ttl",
        appended("eg:BonePain rdfs:subClassOf eg:RaisedSerumALPFactor ."),
        ValidationError,
        "axiom-without-evidence",
    ),
    "statement without a modality": (
        "statements/B.ttl",
        replaced("eg:modality eg:modality-suggests", "eg:emphasis eg:modality-suggests"),
        ValidationError,
        r"B\.ttl:\d+",
    ),
    "two axiom nodes for one axiom": (
        "drugs.ttl",
        appended(
            "[] a owl:Axiom ; owl:annotatedSource eg:BortezomibTreatment ; "
            "owl:annotatedProperty rdfs:subClassOf ; "
            "owl:annotatedTarget eg:RaisedSerumALPFactor ; eg:evidence st:A018 ."
        ),
        ValidationError,
        "two-axiom-nodes-for-one-axiom",
    ),
    "code in an annotation": (
        "core.ttl",
        appended(
            "<http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#python_module>"
            " a owl:AnnotationProperty . eg:Case "
            "<http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl#python_module>"
            ' "evil" .'
        ),
        KGError,
        "",
    ),
}


@cache
def failure(name: str) -> KGError:
    """What a build from broken sources says."""
    file, edit, _, _ = BROKEN[name]
    with TemporaryDirectory() as folder:
        sources = edited_ontology(Path(folder), {file: edit})
        with pytest.raises(KGError) as raised:
            make(sources, lambda _: None)
    return raised.value


@pytest.mark.jvm
@pytest.mark.parametrize("name", [name for name in BROKEN if name != "code in an annotation"])
def test_broken_sources_stop_the_build(name: str) -> None:
    """Each kind of mistake stops the build with a message that names the place."""
    _, _, error, place = BROKEN[name]

    found = failure(name)

    assert isinstance(found, error)
    assert re.search(place, str(found))


@pytest.mark.slow
@pytest.mark.jvm
def test_code_in_an_annotation_never_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An annotation that would make owlready2 import a module does not reach the reasoner."""
    file, edit, _, _ = BROKEN["code in an annotation"]
    folder = edited_ontology(tmp_path, {file: edit})
    seen: list[str] = []

    def stop(text: str, _: object) -> object:
        seen.append(text)
        raise ReasonerError("seen enough")

    monkeypatch.setattr(hermit, "classify", stop)

    with pytest.raises(ReasonerError, match="seen enough"):
        make(folder, lambda _: None, oracle=Oracle())

    assert b"evil" in (folder / file).read_bytes()
    assert "evil" not in seen[0]


@pytest.mark.jvm
def test_unsatisfiable_classes_are_justified() -> None:
    """The message names the class and the axioms that leave it without a member."""
    message = str(failure("unsatisfiable class"))

    assert "healing fracture of a long bone" in message
    assert "DisjointWith" in message
    assert "SubClassOf" in message


@pytest.mark.slow
@pytest.mark.jvm
def test_contradictory_axioms_are_justified(tmp_path: Path) -> None:
    """The message names the axioms that contradict each other."""
    folder = edited_ontology(
        tmp_path,
        {
            "markers.ttl": appended(
                "eg:normal-ggt a eg:Datum . eg:Finding owl:disjointWith eg:Datum ."
            )
        },
    )

    with pytest.raises(InconsistentError, match="DisjointWith"):
        make(folder, lambda _: None)


def test_a_failed_build_leaves_the_graph_in_use(
    knowledge: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failure the version that was there is still the current one, byte for byte."""
    root = resources.cache_dir()
    before = open_artifact(root)
    folder = edited_ontology(tmp_path, {"core.ttl": appended("eg:Case a ;")})
    monkeypatch.setattr(resources, "ontology_dir", lambda: folder)

    with pytest.raises(SourceSyntaxError):
        builder.build()

    assert open_artifact(root).graph == before.graph
    assert before.version.startswith(knowledge.version)


def test_nothing_changed_nothing_done(knowledge: KnowledgeGraph) -> None:
    """A second build finds the first one and starts no reasoner."""
    said: list[str] = []

    folder = builder.build(progress=said.append)

    assert folder.name.startswith(knowledge.version)
    assert said == []


def test_the_sources_as_they_were_before(knowledge: KnowledgeGraph, tmp_path: Path) -> None:
    """Who takes an edit of the sources back and builds has the version of before in use again."""
    own = builder.ready()
    for version in (own.version, "e" * 64):
        publish(tmp_path, version, own.files(), own.manifest)

    folder = builder.build(root=tmp_path)

    assert folder == tmp_path / own.version
    assert current(tmp_path) == own.version
    assert own.version.startswith(knowledge.version)


_SMALL = """
import sys
from small import small_graph
from kg.model.model_file import encode_model
from kg.model.rdf import canonical_quads
graph = small_graph()
sys.stdout.buffer.write(canonical_quads(graph.store.quads()) + encode_model(graph.model))
"""


def test_a_small_graph_is_the_same_in_every_process() -> None:
    """The order of sets and the names of blank nodes, which differ, do not show in its bytes."""
    path = os.pathsep.join(filter(None, sys.path))
    made = {
        subprocess.run(
            [sys.executable, "-c", _SMALL],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert [len(each) > 10_000 for each in made] == [True]


@pytest.mark.jvm
@pytest.mark.exhaustive
def test_builds_are_the_same_byte_for_byte(
    knowledge: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same sources make the same graph and the same model, with nothing kept from before."""
    found = open_artifact(resources.cache_dir())
    monkeypatch.setenv("KG_CACHE", str(tmp_path))

    built = make(resources.ontology_dir(), lambda _: None)

    assert found.version.startswith(knowledge.version)
    assert found.graph == built.graph
    assert found.model == encode_model(_model(built))


def _model(built: Built) -> Model:
    return compile_model(LocalStore(built.graph), built.rules, built.asserted)


def test_any_change_of_a_source_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One byte in any file of the ontology, but for bridges, makes the graph a stale one."""
    folder = edited_ontology(tmp_path, {"core.ttl": appended("#")})
    monkeypatch.setattr(resources, "ontology_dir", lambda: folder)
    names = {builder.wanted_version()}
    files = [path for path in sorted(folder.rglob("*.ttl")) if path.parent.name != "bridges"]

    for path in files:
        path.write_bytes(path.read_bytes() + b"\n#")
        names.add(builder.wanted_version())

    assert len(names) == 1 + len(files)


def test_all_code_that_shapes_the_graph_is_looked_at() -> None:
    """A change of any of these modules makes another version; none of them has moved away."""
    files = inputs.input_files()

    for name in inputs._CODE:
        assert any(file == f"kg/{name}" or file.startswith(f"kg/{name}/") for file in files), name


def test_every_edge_is_justified(knowledge: KnowledgeGraph) -> None:
    """Each derived edge has axioms, and rests on a statement or on background."""
    bare = knowledge.store.select(
        """SELECT ?edge WHERE {
          ?edge a eg:DerivedEdge FILTER NOT EXISTS { ?edge eg:usesAxiom ?axiom }
        }"""
    )
    unsupported = knowledge.store.select(
        """SELECT ?source ?property ?target WHERE {
          VALUES ?property { eg:supportedBy eg:arguedAgainstBy eg:excludedBy eg:hasAlert
                             eg:evaluationIndicated eg:evaluationToConsider eg:associatedOutcome }
          ?edge eg:edgeSource ?source ; eg:edgeProperty ?property ; eg:edgeTarget ?target .
          FILTER NOT EXISTS { ?edge eg:usesStatement|eg:usesBackground ?premise }
        }"""
    )

    assert len(bare) == 0
    assert [tuple(compact(str(term)) for term in row) for row in unsupported] == []


def test_every_cause_has_a_tissue_or_leaves_it_open(knowledge: KnowledgeGraph) -> None:
    """No listed cause is silently outside what GGT can judge."""
    silent = knowledge.store.select(
        """SELECT DISTINCT ?label WHERE {
          ?axiom owl:annotatedTarget eg:RaisedSerumALPFactor ; owl:annotatedSource ?cause .
          ?cause rdfs:label ?label .
          FILTER NOT EXISTS { ?cause eg:leavesOpen eg:tissue-source }
          FILTER NOT EXISTS {
            VALUES ?kind { eg:BoneCause eg:HepatobiliaryCause } ?cause rdfs:subClassOf ?kind
          }
        }"""
    )

    assert len(silent) == 0


@pytest.fixture(name="quiet")
def _quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the ontology that has not been touched for an hour, as far as a clock says."""
    folder = edited_ontology(tmp_path, {"core.ttl": appended("#")})
    monkeypatch.setattr(resources, "ontology_dir", lambda: folder)
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    hour = 3_600_000_000_000
    monkeypatch.setattr(inputs, "_now", lambda: time.time_ns() + hour)
    return folder


def test_the_version_is_remembered(quiet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources that were not touched are not read again, and have the version that they had."""
    first = inputs.remembered_version()
    monkeypatch.setattr(inputs, "inputs_hash", lambda *_: pytest.fail("the sources were read"))

    assert inputs.remembered_version() == first
    assert quiet.is_dir()


@pytest.mark.parametrize("change", ["content", "size", "new", "gone", "renamed"])
def test_a_touched_source_is_read(quiet: Path, change: str) -> None:
    """An edit is seen although the file has the size and the time of change that it had."""
    first = inputs.remembered_version()
    path = quiet / "core.ttl"
    before, text = path.stat(), path.read_bytes()
    match change:
        case "content":
            path.write_bytes(text.replace(b"#", b"%", 1))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "size":
            path.write_bytes(text + b"#")
        case "new":
            (quiet / "more.ttl").touch()
        case "gone":
            path.unlink()
        case "renamed":
            path.rename(quiet / "other.ttl")

    found = inputs.remembered_version()

    assert found == inputs.wanted_version()
    assert found != first


def test_what_was_just_written_is_not_remembered(
    quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the tick of a slow clock a second edit could look like the first."""
    monkeypatch.setattr(inputs, "_now", time.time_ns)
    (quiet / "core.ttl").touch()

    inputs.remembered_version()

    assert not list(resources.cache_dir().glob("sources-*"))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe", b"0\n1 2 3"])
def test_a_damaged_memory_is_no_memory(quiet: Path, content: bytes) -> None:
    """What cannot be read, or is of other files, is as if it were not there."""
    first = inputs.remembered_version()
    (memory,) = resources.cache_dir().glob("sources-*")
    memory.write_bytes(content)

    assert inputs.remembered_version() == first
    assert quiet.is_dir()


def test_a_memory_cut_short_is_no_memory(quiet: Path) -> None:
    """A name that no version can have is not taken for one, though the files look as they did."""
    first = inputs.remembered_version()
    (memory,) = resources.cache_dir().glob("sources-*")
    memory.write_bytes(memory.read_bytes()[1:])

    assert inputs.remembered_version() == first
    assert quiet.is_dir()


def test_hidden_files_are_no_sources(quiet: Path) -> None:
    """What an editor leaves beside a source, such as a lock that leads nowhere, is passed over."""
    before = inputs.wanted_version()
    (quiet / ".#core.ttl").symlink_to("nobody@nowhere.1")
    (quiet / "._core.ttl").write_bytes(b"made by a file manager")

    assert inputs.wanted_version() == before


def test_what_cannot_be_remembered_is_read(
    quiet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache that is no folder keeps nobody from asking."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "file"))

    assert inputs.remembered_version() == inputs.wanted_version()
    assert quiet.is_dir()


class Damaged(NamedTuple):
    """A cache with the version of the sources, and how often it was built again there."""

    folder: Path
    files: dict[str, bytes]
    built: list[Path]


@pytest.fixture(name="damaged")
def _damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Damaged:
    """Give a copy of the built graph to be damaged, and a build that takes no time."""
    own = builder.ready()
    files, built = own.files(), list[Path]()
    folder = publish(tmp_path, own.version, files, own.manifest)
    monkeypatch.setenv("KG_CACHE", str(tmp_path))

    def again(*_: object, **__: object) -> Path:
        built.append(publish(tmp_path, own.version, files, own.manifest))
        return built[-1]

    monkeypatch.setattr(builder, "_publish", again)
    return Damaged(folder, files, built)


def test_damage_is_mended_when_it_is_found(damaged: Damaged) -> None:
    """A question does not mind a damaged graph; whoever asks the graph has it built again."""
    (damaged.folder / "graph.nq").write_bytes(b"damaged")

    graph = builder.ensure()

    assert graph.lexicon.find("multiple myeloma").label == "multiple myeloma"
    assert not damaged.built
    assert graph.store.ask("ASK { ?s ?p ?o }")
    assert damaged.built == [damaged.folder]


def test_a_damaged_model_is_built_again(damaged: Damaged) -> None:
    """What every question reads is checked before it is believed."""
    whole = damaged.files["model.json"]
    (damaged.folder / "model.json").write_bytes(whole.replace(b"myeloma", b"mydloma", 1))

    graph = builder.ensure()

    assert graph.lexicon.find("multiple myeloma").label == "multiple myeloma"
    assert damaged.built == [damaged.folder]


def test_a_graph_for_comparing_is_not_served(damaged: Damaged) -> None:
    """It has no description and no other words, so an endpoint has the graph built whole."""
    files = {name: damaged.files[name] for name in ("graph.nq", "model.json", "modules.nq")}
    own = open_artifact(damaged.folder.parent)
    publish(builder.compared_dir(), own.version, files, own.manifest)
    rmtree(damaged.folder)

    assert builder.of_folder(resources.ontology_dir()).files() == files
    assert not builder.is_current()
    assert builder.ready().files() == damaged.files
    assert damaged.built == [damaged.folder]


def test_what_is_compared_is_built_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources as they are, too: a look at them moves no version that questions are put to."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path))
    asked: list[tuple[Path, bool]] = []

    def publish(_folder: Path, root: Path, *_: object, served: bool, **_given: object) -> Path:
        asked.append((root, served))
        raise ProductError("not built here")

    monkeypatch.setattr(builder, "_publish", publish)
    with pytest.raises(ProductError):
        builder.of_folder(resources.ontology_dir())

    assert asked == [(builder.compared_dir(), False)]


@pytest.mark.slow
@pytest.mark.jvm
def test_a_graph_under_another_base_knows_its_terms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With KG_BASE the triples move, and questions find every term as before."""
    monkeypatch.setenv("KG_BASE", "https://example.org/kg/")

    folder = builder.build(root=tmp_path)
    found = open_artifact(tmp_path, folder.name)

    assert b"https://example.org/kg/id/MultipleMyeloma" in found.content
    assert open_graph(found).lexicon.find("multiple myeloma").label == "multiple myeloma"
    assert open_graph(found).model.tables.topics


@pytest.mark.slow
def test_what_an_endpoint_says_is_made_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question builds no description of the graph; a query finds it as `kg build` makes it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "whole"))
    whole = builder.ready().files()
    shutil.copytree(tmp_path / "whole" / "kept", tmp_path / "asked" / "kept")
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "asked"))

    graph = builder.ensure()
    before = open_artifact(tmp_path / "asked").files().keys()
    described = graph.store.ask("ASK { ?dataset a <http://rdfs.org/ns/void#Dataset> }")

    assert whole.keys() - before == {"words.nq", "about.nq", "published.nq"}
    assert described
    assert open_artifact(tmp_path / "asked").files() == whole


def test_servers_follow_what_has_a_description(tmp_path: Path) -> None:
    """A version that was built for a question takes no place of one that an endpoint can serve."""
    facts = BuildFacts("now", {}, {})
    served = dict.fromkeys(("graph.nq", "published.nq"), b"")
    names = [digit * 64 for digit in "abcdef"]
    publish(tmp_path, names[0], served, facts)
    for name in names[1:]:
        publish(tmp_path, name, {"graph.nq": b""}, facts)

    assert current(tmp_path) == names[0]
    assert (tmp_path / names[0]).is_dir()

    publish(tmp_path, names[5], served, facts)

    assert current(tmp_path) == names[5]
