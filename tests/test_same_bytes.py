"""A release has the same bytes whoever makes it, wherever, and whatever their machine is set to."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.nightly

PACK = ("hatchling", "build", "--directory", "dist", "--target")
STEPS = (
    ("kg", "build", "--oracle", "--output", "build/product"),
    (*PACK, "wheel"),
    (*PACK, "sdist"),
    ("kg", "export", "--output", "dist"),
)
"""What `make release` does, as it stands there."""


@dataclass(frozen=True)
class Maker:
    """Somebody who makes a release: how new files are protected, and what the system says."""

    umask: int
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, folder: Path, *command: str) -> None:
        """Run a program in a folder, without npm, and with nothing that an earlier run kept."""
        path = "/nonexistent" if "hatchling" in command else os.environ["PATH"]
        variables = {**os.environ, **self.settings, "PATH": path}
        variables |= {"PYTHONPATH": str(folder), "KG_CACHE": str(folder / "build" / "product")}
        done = subprocess.run(
            command, cwd=folder, env=variables, umask=self.umask, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()


HERE = Maker(0o022, {"TZ": "UTC", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"})
THERE = Maker(0o077, {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "77", "LC_ALL": "C"})


def released(root: Path, folder: Path, maker: Maker) -> dict[str, str]:
    """The SHA-256 of each file that somebody makes of the last commit, in a clone of their own."""
    clone = ["git", "clone", "--quiet", "--no-hardlinks", str(root), str(folder)]
    subprocess.run(clone, umask=maker.umask, check=True)
    dated = ["git", "-C", str(folder), "log", "-1", "--format=%ct"]
    time = subprocess.run(dated, capture_output=True, text=True, check=True).stdout.strip()
    made_then = Maker(maker.umask, {**maker.settings, "SOURCE_DATE_EPOCH": time})
    for step in STEPS:
        made_then.run(folder, sys.executable, "-m", *step)
    files = sorted(path for path in (folder / "dist").rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_two_makers_on_two_paths(root: Path, tmp_path: Path) -> None:
    """Wheel, archive of the sources and every export are the same files."""
    here = released(root, tmp_path / "here", HERE)
    there = released(root, tmp_path / "a longer way" / "ünd there", THERE)

    assert here == there
    assert {Path(name).suffix for name in here} >= {".whl", ".gz", ".owl", ".nq", ".trig", ".json"}
    assert len(here) > 100
