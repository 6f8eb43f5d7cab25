"""Makes small changes of the code that has to be exact, and counts those that no test notices.

`make test-mutants` runs it. What is changed, and by which tests it is to be noticed, stands in
pyproject.toml under `tool.mutmut`. It works on a copy, so the checkout can be edited meanwhile;
`build/mutation/log` holds what mutmut says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
WORK: Final = ROOT / "build" / "mutation"
COPIED: Final = ("kg", "tests", "ontology", "queries", "docs")
LEAST: Final = 0.9
"""The share of all mutants that the tests have to notice."""


def main() -> int:
    """Print how many mutants were noticed, and the names of the others; 1 if they are too many."""
    _copy()
    _mutmut("run", "--max-children", str(os.cpu_count() or 2))
    _mutmut("export-cicd-stats")
    counts = json.loads((WORK / "mutants" / "mutmut-cicd-stats.json").read_text("utf-8"))
    noticed, total = counts["killed"] + counts["timeout"], counts["total"]
    for module, names in sorted(_survivors().items()):
        print(f"{module}: {', '.join(names)}")  # noqa: T201
    print(f"{noticed} of {total} mutants noticed ({noticed / max(total, 1):.1%}).")  # noqa: T201
    return int(noticed < LEAST * total or not total)


def _copy() -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "_data")
        shutil.copytree(ROOT / name, WORK / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", WORK)


def _mutmut(*arguments: str) -> str:
    """What mutmut prints; its spinner goes to the log."""
    program = Path(sys.executable).with_name("mutmut")
    environment = {**os.environ, "KG_CACHE": str(WORK / "cache")}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [program, *arguments],
        cwd=WORK,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    with (WORK / "log").open("a", encoding="utf-8") as log:
        log.write(done.stdout + done.stderr)
    if done.returncode:
        sys.exit(f"mutmut {arguments[0]} failed; {WORK / 'log'} says why.")
    return done.stdout


def _survivors() -> dict[str, list[str]]:
    """The names of the mutants that were not noticed, by module."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in _mutmut("results").splitlines():
        name, _, status = line.strip().rpartition(": ")
        module, _, function = name.rpartition(".")
        if name and status not in {"killed", "timeout"}:
            found[module].append(function)
    return found


if __name__ == "__main__":
    sys.exit(main())
