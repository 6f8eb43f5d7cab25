"""Promises of a release: a wheel carries the graph, and answers where nothing else is at hand."""

from __future__ import annotations

import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from packing import FLAGSHIP, asked, build, copied_checkout, unpacked, with_graph

from kg.cli import main
from kg.compile import inputs
from kg.model import resources
from kg.pages.docs import sources


@pytest.fixture(name="packages", scope="module")
def _packages(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give the archive of the sources and the wheel of one checkout, with a graph."""
    folder = tmp_path_factory.mktemp("packages")
    checkout = with_graph(copied_checkout(root, folder / "checkout"))
    (checkout / "NOTES.md").write_text("What somebody keeps beside the code.\n", "utf-8")
    return build(checkout, "sdist")[0], build(checkout, "wheel")[0]


@pytest.fixture(name="installed", scope="module")
def _installed(packages: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that holds what the wheel holds."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(packages[1]) as wheel:
        wheel.extractall(folder)
    return folder


@pytest.mark.slow
def test_the_archive_makes_the_same_wheel(packages: tuple[Path, Path], tmp_path: Path) -> None:
    """A wheel that is made of the archive of the sources has the bytes of the released one."""
    archive, wheel = packages

    again, _ = build(unpacked(archive, tmp_path / "unpacked"), "wheel")

    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


@pytest.mark.slow
def test_the_wheel_carries_one_graph(packages: tuple[Path, Path]) -> None:
    """There is one version of the graph in it, whole, and nothing of what built it."""
    with zipfile.ZipFile(packages[1]) as wheel:
        names = [name for name in wheel.namelist() if name.startswith("kg/_data/product/")]

    assert {name.split("/")[3] for name in names if name.count("/") == 4} | {"CURRENT"} == {
        name.split("/")[3] for name in names
    }
    assert len([name for name in names if name.endswith("/manifest.sha256")]) == 1


def test_the_wheel_carries_the_pages_that_are_shown(packages: tuple[Path, Path]) -> None:
    """Beside the folder of the documentation there is what the server shows, and nothing else."""
    with zipfile.ZipFile(packages[1]) as wheel:
        names = {name.removeprefix("kg/_data/") for name in wheel.namelist()}

    shown = {path.name for path in sources().values() if path.parent == resources.data_dir()}
    assert {name for name in names if "/" not in name} == shown


def test_the_first_answer(installed: Path, tmp_path: Path) -> None:
    """The first question is answered from the graph of the wheel, and nothing is built."""
    libraries = sysconfig.get_path("purelib")
    home = tmp_path / "home"

    said, beside = asked(Path(sys.executable), home, {"PYTHONPATH": f"{installed}:{libraries}"})

    assert said == CliRunner().invoke(main, [*FLAGSHIP]).stdout
    assert beside == ""
    assert list(home.rglob("*.nq")) == []


def test_newer_libraries_do_not_build_anew(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graph of a wheel is asked whatever versions of libraries the installer chose."""
    built_here = inputs.wanted_version()
    newer = dict.fromkeys(("pyoxigraph", "rdflib", "pyshacl", "msgspec"), "99")
    monkeypatch.setattr(inputs, "_installed", lambda: newer)
    without = inputs.wanted_version()

    monkeypatch.setattr(resources, "_SHIPPED", installed / "kg" / "_data")

    assert without != built_here
    assert inputs.wanted_version() == built_here
