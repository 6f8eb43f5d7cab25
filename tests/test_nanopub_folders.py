"""Promises of a folder of nanopublications: nothing is missing, swapped, or loses its signature."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner
from signed_exports import few_statements, new_key, written

from kg.cli import main
from kg.export.source import Source
from kg.model.vocabulary import expand


@pytest.fixture(name="key", scope="module")
def _key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a private key."""
    return new_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(name="few", scope="module")
def _few() -> Source:
    """Give a graph of ten statements."""
    return few_statements()


@pytest.fixture(name="first", scope="module")
def _first(few: Source, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a signed export of the ten."""
    return written(replace(few, key=key), tmp_path_factory.mktemp("first"))


@pytest.fixture(name="copy")
def _copy(first: Path, tmp_path: Path) -> Path:
    """Give a copy of the ten, to be spoiled."""
    return Path(shutil.copytree(first / "nanopubs", tmp_path / "copy"))


def _check_folder(folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["nanopub", "check", str(folder)])
    return done.exit_code, done.output


def test_a_whole_folder_is_accepted(copy: Path) -> None:
    """What is there as the index has it is accepted; without an index a line says so."""
    code, output = _check_folder(copy)
    assert (code, "index" in output) == (0, False)

    (copy / "index.tsv").unlink()
    code, output = _check_folder(copy)
    assert (code, "has no index.tsv" in output) == (0, True)


def test_a_missing_file_is_told(copy: Path) -> None:
    """A file that the index names and that is not there is refused like a spoiled one."""
    count = len(list(copy.glob("*.trig")))
    (copy / "A001.trig").unlink()
    code, output = _check_folder(copy)

    assert code == 1
    assert "A001.trig: missing" in output
    assert f"{count - 1} of {count} nanopublications" in output
    for path in copy.glob("*.trig"):
        path.unlink()
    assert _check_folder(copy)[0] == 1


def test_swapped_and_foreign_files_are_told(copy: Path) -> None:
    """Two files that changed places, and one that the index does not name, are refused."""
    one, other = copy / "A001.trig", copy / "A002.trig"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    (copy / "A099.trig").write_bytes(first)
    code, output = _check_folder(copy)

    assert code == 1
    assert output.count("another than the index names") == 2
    assert "A099.trig: refused: the index does not name it" in output


@pytest.mark.parametrize("content", [b"", b"a\tb\n", b"\xff\n"])
def test_what_is_no_index_is_refused(copy: Path, content: bytes) -> None:
    """An index that cannot be read is no index, so none of its files passes."""
    (copy / "index.tsv").write_bytes(content)
    code, output = _check_folder(copy)

    assert code == 1
    assert "index.tsv: refused" in output
    assert "A002.trig: refused: the index does not name it" in output


def test_a_text_without_end_is_refused_alone(copy: Path) -> None:
    """A file with a text that the reader cannot hold is refused, and the others are looked at."""
    text = b'GRAPH <x:g> { <x:a> <x:b> "' + b"a" * (17 * 2**20) + b'" }'
    (copy / "A001.trig").write_bytes(text)
    code, output = _check_folder(copy)

    assert code == 1
    assert "A001.trig: refused: a text in it is too long" in output
    assert "A002.trig: RA" in output


def test_the_index_of_a_chain_is_read(few: Source, first: Path, key: Path, tmp_path: Path) -> None:
    """A folder in which one is retracted, and that is kept later, is whole by its index."""
    statement = f"{expand('st:A001').n3()} ".encode()
    lines = few.content.splitlines(keepends=True)
    without = b"".join(line for line in lines if not line.startswith(statement))
    source = replace(few, content=without, key=key, former=first)
    second = written(source, tmp_path / "second")
    third = written(replace(source, former=second), tmp_path / "third")

    assert _check_folder(second / "nanopubs")[0] == 0
    assert _check_folder(third / "nanopubs")[0] == 0
    (path,) = (third / "nanopubs").glob("*.retracts-*.trig")
    path.unlink()
    assert f"{path.name}: missing" in _check_folder(third / "nanopubs")[1]


def test_a_signature_is_not_written_over(
    few: Source, first: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export without a key does not replace a signed one; with a key, or elsewhere, it is."""
    folder = Path(shutil.copytree(first, tmp_path / "signed"))
    before = {path.name: path.read_bytes() for path in (folder / "nanopubs").iterdir()}
    command = ["export", "--format", "nanopubs", "--output"]
    module = import_module("kg.cli.export")
    monkeypatch.setattr(module, "_source", lambda **given: replace(few, **given))
    again = CliRunner().invoke(main, [*command, str(folder), "--sign", str(key)])
    refused = CliRunner().invoke(main, [*command, str(folder)])

    assert again.exit_code == 0
    assert refused.exit_code == 2
    assert "--sign KEY" in refused.output
    assert {path.name: path.read_bytes() for path in (folder / "nanopubs").iterdir()} == before
    assert CliRunner().invoke(main, [*command, str(tmp_path / "new")]).exit_code == 0
