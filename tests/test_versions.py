"""`kg diff` and `kg what-if`: versions are found by what users call them, and compared in full."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.compile import builder
from kg.compile.model import compile_model
from kg.curate.diff.difference import Version, difference, find_version
from kg.model import resources
from kg.model.changes import ChangeKind
from kg.model.errors import UsageError
from kg.model.model_file import encode_model
from kg.model.vocabulary import EG, expand
from kg.store import artifact
from kg.store.artifact import Artifact, BuildFacts
from kg.store.artifact_writer import publish
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore

SILENT: Callable[[str], None] = lambda _: None  # noqa: E731 - a name for nobody watching


@pytest.fixture(name="current", scope="module")
def _current() -> Artifact:
    """Give the graph of the sources."""
    return builder.of_folder(resources.ontology_dir())


def run(*arguments: str) -> Result:
    """Run a command."""
    from kg.cli import main

    return CliRunner().invoke(main, list(arguments))


def published(root: Path, graph: bytes, like: Artifact, digit: str) -> Artifact:
    """Publish a graph under a root, with the rules of another, and give it."""
    version, other = digit * 64, open_graph(like)
    compiled = compile_model(LocalStore(graph), other.rules, other.asserted)
    files = {
        artifact.GRAPH: graph,
        artifact.MODEL: encode_model(compiled),
    }
    publish(root, version, files, BuildFacts("2026-11-22T12:00:00+00:00", {}, {}))
    return artifact.open_artifact(root, version)


def edited(current: Artifact, root: Path, *edits: tuple[str, str]) -> Artifact:
    """Give the graph with passages of its text changed; each has to be there."""
    text = current.graph.decode()
    for before, after in edits:
        assert re.search(before, text), before
        text = re.sub(before, after, text)
    return published(root, text.encode(), current, "e")


@pytest.fixture(name="renamed", scope="module")
def _renamed(current: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """Give the graph with another label for one term."""
    labels = '"vitamin D deficiency"@en', '"lack of vitamin D"@en'
    return edited(current, tmp_path_factory.mktemp("renamed"), labels)


@pytest.mark.slow
def test_a_changed_modality_is_told_with_what_it_was(current: Artifact, tmp_path: Path) -> None:
    """A statement that says it more weakly is named with the old word and the new one."""
    statement, role = expand("st:A012"), EG.modality
    new = edited(
        current,
        tmp_path,
        (f"(<{statement}> <{role}>) <[^>]+>", rf"\1 <{expand('eg:modality-may')}>"),
    )

    found = difference(Version("old", current), Version("new", new))

    (change,) = found.statements
    (field,) = change.fields
    assert (change.how, change.id, field.name) == (ChangeKind.CHANGED, "A012", "modality")
    assert field.new == ("may",)
    assert found.terms == ()
    moved = {row.label for answer in found.answers for row in answer.rows if row.part == "causes"}
    assert moved == {"hepatic infiltration by myeloma cells"}


@pytest.mark.slow
def test_a_renamed_term_is_told_with_both_names(current: Artifact, renamed: Artifact) -> None:
    """A term whose label or definition changed is shown as it was and as it is."""
    found = difference(Version("old", current), Version("new", renamed))

    (change,) = found.terms
    assert change.id == "eg:VitaminDDeficiency"
    assert [(f.name, f.old, f.new) for f in change.fields] == [
        ("label", ("vitamin D deficiency",), ("lack of vitamin D",))
    ]


def test_the_exit_codes_are_those_of_diff(
    current: Artifact, renamed: Artifact, tmp_path: Path
) -> None:
    """0 for the same, 1 for a difference, 2 for trouble."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "catalog-v001.xml").write_text("<catalog", "utf-8")

    same = run("diff", current.version[:12], str(current.folder))
    differing = run("diff", str(current.folder), str(renamed.folder))
    trouble = [run("diff", "no such thing"), run("diff", str(broken))]

    assert (same.exit_code, "all answered as before" in same.stdout) == (0, True)
    assert (differing.exit_code, "eg:VitaminDDeficiency" in differing.stdout) == (1, True)
    assert [result.exit_code for result in trouble] == [2, 2]
    assert "no version" in trouble[0].stderr


@pytest.mark.slow
def test_the_comparison_as_json(current: Artifact, renamed: Artifact) -> None:
    """The same comparison as plain values, for a program that reads it."""
    shown = run("diff", str(current.folder), str(renamed.folder), "--format", "json").stdout

    found = json.loads(shown)
    assert [change["id"] for change in found["terms"]] == ["eg:VitaminDDeficiency"]
    assert found["asked"] > 0
    assert found["statements"] == []


def test_no_line_of_the_comparison_is_too_long(current: Artifact, renamed: Artifact) -> None:
    """The text fits a page of 100 columns."""
    shown = run("diff", str(current.folder), str(renamed.folder)).stdout

    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.usefixtures("knowledge")
def test_a_version_has_many_names(current: Artifact, tmp_path: Path) -> None:
    """A folder of sources, a version, one of its files, a folder of versions, and a hash."""
    one = published(tmp_path, current.graph, current, "a")

    found = [
        find_version(name, SILENT).product.version
        for name in (
            str(resources.ontology_dir()),
            current.version[:8],
            str(one.folder),
            str(one.folder / "graph.nq"),
            str(tmp_path),
        )
    ]

    assert found == [current.version, current.version, one.version, one.version, one.version]


def test_too_few_digits_are_no_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Digits that several versions begin with are refused with all of them."""
    monkeypatch.setattr(builder, "roots", lambda: (tmp_path,))
    for version in ("a" * 64, "a" * 63 + "b"):
        (tmp_path / version).mkdir()

    with pytest.raises(UsageError, match="2 versions begin with aaaaaaa"):
        find_version("a" * 7, SILENT)


def test_a_revision_is_taken_out_of_git(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, current: Artifact
) -> None:
    """The sources are those of the revision, and the checkout is left as it is."""
    seen: dict[str, str] = {}

    def of_folder(folder: Path, *, progress: object, checked: bool) -> Artifact:
        seen["text"] = (folder / "core.ttl").read_text("utf-8")
        seen["checked"] = str(checked)
        assert progress
        return current

    checkout = tmp_path / "checkout"
    (checkout / "ontology").mkdir(parents=True)
    for number, text in enumerate(("first", "second")):
        (checkout / "ontology" / "core.ttl").write_text(text, "utf-8")
        _git(checkout, *(["init", "--quiet"] if number == 0 else ["status", "--short"]))
        _git(checkout, "add", ".")
        _git(checkout, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", text)
    monkeypatch.setattr(resources, "data_dir", lambda: checkout)
    monkeypatch.setattr(builder, "of_folder", of_folder)

    found = find_version("HEAD~1", SILENT)

    assert (found.name, seen["text"], seen["checked"]) == ("HEAD~1", "first", "False")
    assert (checkout / "ontology" / "core.ttl").read_text("utf-8") == "second"


@pytest.mark.parametrize("name", ["--help", "HEAD:ontology", "-x", "HEAD~99999"])
def test_what_is_no_revision_is_refused(name: str) -> None:
    """A name that git would take for an option, a file or nothing is no version."""
    with pytest.raises(UsageError, match="is no version"):
        find_version(name, SILENT)


@pytest.mark.usefixtures("knowledge")
def test_what_if_asks_for_a_statement_that_there_is() -> None:
    """An id with a slip of the finger gets the ids that are near it."""
    result = run("what-if", "--withdraw", "B0266")

    assert result.exit_code == 2
    assert "Did you mean" in result.stderr
    assert "B026" in result.stderr


@pytest.mark.slow
def test_what_if_leaves_the_graph_as_it_is(current: Artifact) -> None:
    """The answers that would move are shown, and no version is written anywhere."""
    before = kept()

    result = run("what-if", "--withdraw", "B051")

    assert result.exit_code == 0
    assert "(withdrawn)" in result.stdout
    assert "listed by: - B051" in result.stdout
    assert kept() == before
    assert artifact.current(resources.cache_dir()) == current.version


def kept() -> dict[Path, int]:
    """Everything in the cache but results that are kept, with the time of its last change."""
    paths = resources.cache_dir().rglob("*")
    results = {"kept", "reasoned"}
    return {path: path.stat().st_mtime_ns for path in paths if results.isdisjoint(path.parts)}


@pytest.mark.slow
@pytest.mark.jvm
def test_what_if_reasons_again_where_an_axiom_falls() -> None:
    """Without what is said of a normal GGT, nothing speaks against the liver any more."""
    withdrawn = ("--withdraw", "B026", "--withdraw", "B027")
    found = json.loads(run("what-if", *withdrawn, "--format", "json").stdout)

    (flagship,) = [each for each in found["answers"] if each["question"] == "myeloma_normal_ggt"]
    verdicts = {
        row["label"]: (field["old"], field["new"])
        for row in flagship["rows"]
        for field in row["fields"]
        if field["name"] == "verdict"
    }
    assert verdicts["hepatic amyloidosis"] == (["argued against"], ["candidate"])
    assert [row["label"] for row in flagship["rows"] if row["part"] == "rules"] == ["normal GGT"]


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)
