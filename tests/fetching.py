"""What the scripts that fetch programs of others have in common, and the tests that need those."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def run(*command: str, folder: Path | None = None) -> bool:
    """Whether a command, run in a folder, did what it was to do; if not, that is said."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, env=quiet, check=False)
    if done.returncode:
        sys.stderr.write(f"{Path(command[0]).name} ended with {done.returncode}\n")
    return done.returncode == 0


def install(*packages: str) -> None:
    """Install Debian packages, each as far as it can be had, where they may be installed."""
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        run("apt-get", "update", "--quiet")
        for package in packages:
            run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package)


def say_missing(*reasons: str) -> None:
    """Say what will not be tested, and why; an empty reason is none."""
    for reason in filter(None, reasons):
        sys.stderr.write(f"not tested: {reason}\n")


def there_or_skip(why: str) -> None:
    """Skip a test with the reason why its program is missing, if there is one; in CI it fails.

    CI fetches every program first, so one that is missing there would never be noticed.
    """
    import pytest  # whoever only fetches may not have it

    if why:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
