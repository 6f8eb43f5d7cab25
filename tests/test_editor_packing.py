"""How the SPARQL editor gets into the package: by npm and a lock, or not at all."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from packing import build, copied_checkout, unpacked

FILES = {"yasqe.min.js": b"js", "yasqe.min.css": b"css", "editor-licences.txt": b"text"}
NPM = """
import json, pathlib, sys
lock = json.loads(pathlib.Path("package-lock.json").read_text("utf-8"))
for name, about in lock["packages"].items():
    if name:
        folder = pathlib.Path(name)
        (folder / "build").mkdir(parents=True)
        (folder / "package.json").write_text(json.dumps(about))
        (folder / "build" / "yasqe.min.js").write_text("editor")
        (folder / "build" / "yasqe.min.css").write_text("style")
        if "@" not in name:
            (folder / "LICENSE").write_text(f"of {name}. Permission is hereby granted")
"""
"""What npm does to the folder, without a network."""


@pytest.fixture(name="editor")
def _editor(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give the script that packs, which works in a folder of the test."""
    found = importlib.util.spec_from_file_location("pack", root / "editor" / "pack.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setattr(module, "_FOLDER", tmp_path / "work")
    return module


def npm(folder: Path, program: str) -> Sequence[str]:
    """A command that does what a program does, in place of npm."""
    script = folder / "npm.py"
    script.write_text(program, "utf-8")
    return (sys.executable, str(script))


# ── The lock ────────────────────────────────────────────────────────────────────────────────


def test_the_lock(root: Path) -> None:
    """Each package has a digest, and none has the address of a registry."""
    text = (root / "editor" / "package-lock.json").read_text("utf-8")
    packages = {name: about for name, about in json.loads(text)["packages"].items() if name}

    assert len(packages) > 5
    assert all(about["integrity"].startswith("sha512-") for about in packages.values())
    assert not any("resolved" in about for about in packages.values())
    assert not any("hasInstallScript" in about for about in packages.values())


def test_versions_are_exact(root: Path) -> None:
    """What is asked for is one version of each package."""
    asked = json.loads((root / "editor" / "package.json").read_text("utf-8"))["dependencies"]

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in asked.values())


def test_nothing_of_it_is_in_the_repository(root: Path) -> None:
    """Git ignores the folder that the editor is packed into."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    path = "kg/pages/editor/yasqe.min.js"
    done = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=root, check=False)

    assert done.returncode == 0


# ── Packing ─────────────────────────────────────────────────────────────────────────────────


def test_packing(editor: ModuleType, tmp_path: Path) -> None:
    """Two files and the licence of each package are packed, and the same bytes each time."""
    contents = []
    for name in ("first", "second"):
        shutil.rmtree(tmp_path / "work", ignore_errors=True)
        editor.pack(npm(tmp_path, NPM), tmp_path / name)
        assert editor.missing(tmp_path / name) == ""
        contents.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})

    assert contents[0] == contents[1]
    assert contents[0].keys() == {*FILES, "packed.json"}
    licences = contents[0]["editor-licences.txt"].decode()
    assert "codemirror" in licences
    assert "@zazuko/yasqe 4.6.2 (MIT)\n=========================\n\nThe MIT License" in licences


def test_another_package_is_refused(editor: ModuleType, tmp_path: Path) -> None:
    """Where a digest is not the one of the lock, it is said so, and what was packed stays."""
    editor.pack(npm(tmp_path, NPM), tmp_path / "packed")
    wrong = npm(tmp_path, "import sys; sys.exit('npm error code EINTEGRITY')")

    with pytest.raises(editor.PackError, match=r"is not the one that editor/package-lock\.json"):
        editor.pack(wrong, tmp_path / "packed")

    assert editor.missing(tmp_path / "packed") == ""
    assert not (tmp_path / "work" / "node_modules").exists()


def test_no_network(editor: ModuleType, tmp_path: Path) -> None:
    """A registry that is not there is no error of the lock."""
    offline = npm(tmp_path, "import sys; sys.exit('npm error code ENOTFOUND')")

    with pytest.raises(editor.UnavailableError, match="could not fetch"):
        editor.pack(offline, tmp_path / "packed")

    assert not (tmp_path / "packed").exists()


def test_what_was_packed_is_checked(editor: ModuleType, tmp_path: Path) -> None:
    """A file that changed since, or a lock that did, is packed anew."""
    folder = tmp_path / "packed"
    editor.pack(npm(tmp_path, NPM), folder)

    (folder / "yasqe.min.js").write_text("another", "utf-8")
    assert "make editor" in editor.missing(folder)

    shutil.rmtree(tmp_path / "work")
    editor.pack(npm(tmp_path, NPM), folder)
    stamp = json.loads((folder / "packed.json").read_text("utf-8"))
    (folder / "packed.json").write_text(json.dumps({**stamp, "lists": "old"}), "utf-8")
    assert "make editor" in editor.missing(folder)
    assert "make editor" in editor.missing(tmp_path / "nowhere")


# ── Building ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(name="checkout")
def _checkout(root: Path, tmp_path: Path) -> Path:
    """Give a copy of what a build reads, without an editor."""
    return copied_checkout(root, tmp_path / "checkout")


def packed_in(folder: Path, editor: ModuleType) -> None:
    """Put an editor into a checkout, as npm would."""
    editor.pack(npm(folder.parent, NPM), editor.target(folder))


def test_a_build_without_npm(checkout: Path) -> None:
    """A machine without npm builds a wheel without the editor, and is told how to get it."""
    wheel, said = build(checkout, "wheel")

    assert "make editor" in said
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if "yasqe" in name]


@pytest.mark.slow
def test_a_wheel_from_an_archive_of_the_sources(
    checkout: Path, editor: ModuleType, tmp_path: Path
) -> None:
    """The archive carries the packed editor, so that a wheel of it needs no npm."""
    packed_in(checkout, editor)
    archive, _ = build(checkout, "sdist")

    wheel, said = build(unpacked(archive, tmp_path / "unpacked"), "wheel")

    assert "make editor" not in said
    with zipfile.ZipFile(wheel) as built:
        assert {f"kg/pages/editor/{name}" for name in FILES} <= set(built.namelist())
        assert built.read("kg/pages/editor/yasqe.min.js") == b"editor"


def test_a_build_with_another_package(checkout: Path, tmp_path: Path) -> None:
    """What npm fetches and is not what the lock says ends the build."""
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "npm"
    fake.write_text("#!/bin/sh\necho 'npm error code EINTEGRITY' >&2\nexit 1\n", "utf-8")
    fake.chmod(0o755)

    with pytest.raises(AssertionError, match="Nothing was packed"):
        build(checkout, "wheel", path=f"{tmp_path / 'bin'}:/usr/bin:/bin")
