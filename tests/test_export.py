"""Promises of `kg export`: the formats that are listed are written, the same everywhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from exporting import exported, own_source

from kg.cli import main
from kg.export.formats import EVERY, NAMES, write_files
from kg.export.source import File
from kg.model import resources
from kg.model.errors import UsageError

ELSEWHERE = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Chatham", "LC_ALL": "C"}
HERE = {"PYTHONHASHSEED": "0", "TZ": "UTC"}


def _write(folder: Path, variables: dict[str, str]) -> dict[str, str]:
    """The sum of each file that the command writes into a folder."""
    own_source()
    command = (sys.executable, "-m", "kg", "export", "--output", str(folder))
    cache = {"KG_CACHE": str(resources.cache_dir())}
    done = subprocess.run(
        command, env=os.environ | cache | variables, check=True, capture_output=True, text=True
    )
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert sorted(done.stdout.split("\n")[:-1]) == sorted(map(str, files))
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.mark.slow
def test_the_same_bytes_everywhere(tmp_path: Path) -> None:
    """Every file is the same wherever, whenever and by whichever process it is written."""
    first = _write(tmp_path / "one", HERE)
    second = _write(tmp_path / "another folder" / "deeper", ELSEWHERE)

    assert first == second
    sums = (tmp_path / "one" / "SHA256SUMS").read_text().splitlines()
    assert sums == [f"{digest}  {name}" for name, digest in first.items() if name != "SHA256SUMS"]


def test_list_names_every_format() -> None:
    """`kg export --list` has a line for each format, with what it is and its media type."""
    lines = CliRunner().invoke(main, ["export", "--list"], standalone_mode=False).output

    assert [line.split()[0] for line in lines.splitlines()] == list(NAMES)
    for each in EVERY:
        assert f"{each.about} ({each.media_type})" in lines


def test_one_format_writes_its_files_only() -> None:
    """A format that is asked for alone writes what it says it writes, and nothing else."""
    assert set(exported("nquads")) == {"etiograph.nq"}
    assert set(exported("trig")) == {"etiograph.trig"}


def test_output_is_wanted() -> None:
    """Without a folder nothing is written, and the message says what is wanted."""
    with pytest.raises(UsageError, match="--output"):
        CliRunner().invoke(main, ["export"], standalone_mode=False, catch_exceptions=False)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--output", ""), "--output is wanted"),
        (("--format", "csv", "--sign", "no.pem", "--output", "out"), "--sign is for"),
        (("--format", "csv", "--since", "none", "--output", "out"), "--since is for"),
        (("--since", "out", "--output", "in/../out"), "both name"),
        (("--format", "sha256sums", "--output", "out"), "sha256sums describes"),
        (("--format", "ro-crate", "--output", "out"), "ro-crate describes"),
    ],
)
def test_what_would_do_nothing_is_refused(
    options: tuple[str, ...], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder, a key without nanopublications, sums of no file: refused, and nothing is written.

    Sums of nothing would replace those of a whole export.
    """
    own_source()
    monkeypatch.chdir(tmp_path)
    command = ["export", *options]

    with pytest.raises(UsageError, match=complaint):
        CliRunner().invoke(main, command, standalone_mode=False, catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_waits_is_not_followed(tmp_path: Path) -> None:
    """A link at the name of the unfinished file is no way to write elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"mine")
    (tmp_path / ".a.part").symlink_to(elsewhere)

    write_files(tmp_path, {"a": File(b"new", "text/plain", "a file")})

    assert elsewhere.read_bytes() == b"mine"
    assert (tmp_path / "a").read_bytes() == b"new"
    assert not (tmp_path / "a").is_symlink()


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Where a file cannot take its place, its unfinished form is gone too."""
    (tmp_path / "a").mkdir()

    with pytest.raises(UsageError, match="cannot be written"):
        write_files(tmp_path, {"a": File(b"new", "text/plain", "a file")})
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", ""])
def test_no_file_outside_the_folder(tmp_path: Path, name: str) -> None:
    """Whatever a writer calls its file, it is below the folder or nowhere."""
    with pytest.raises(UsageError, match="below"):
        write_files(tmp_path / "in", {name: File(b"", "text/plain", "nothing")})

    assert not (tmp_path / "out").exists()
