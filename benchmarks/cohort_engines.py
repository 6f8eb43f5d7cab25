"""Measures `kg cohort run` on DuckDB and on Spark, one after the other, on the same patients.

    python benchmarks/cohort_engines.py [PATIENTS]

Both run with two threads on this machine, as processes of their own; what they start is counted
too. It reads /proc, and takes the packages of the extra `spark`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from cohort import make

from kg.compile.builder import ensure

PATIENTS = 20_000
_EVERY = 0.2
"""How often processes are looked at, in seconds."""


def measured(command: list[str]) -> dict[str, Any]:
    """How long a command takes, and how much memory with all that it starts."""
    start = time.perf_counter()
    spent: dict[int, float] = {}
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            used = _used(process.pid)
            spent |= {pid: seconds for pid, (seconds, _) in used.items()}
            most = max(most, sum(memory for _, memory in used.values()))
            time.sleep(_EVERY)
    return {
        "ended with": process.returncode,
        "processor seconds": round(sum(spent.values()), 1),
        "seconds": round(time.perf_counter() - start, 1),
        "peak memory, MiB": most // 2**20,
    }


def _used(first: int) -> dict[int, tuple[float, int]]:
    """The processor seconds and bytes in memory of a process and of all below it."""
    stats = {int(each.name): _stat(each) for each in Path("/proc").glob("[0-9]*")}
    found = {first}
    while more := {pid for pid, stat in stats.items() if stat and int(stat[1]) in found} - found:
        found |= more
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    return {
        pid: ((int(stat[11]) + int(stat[12])) / tick, int(stat[21]) * page)
        for pid in found
        if (stat := stats.get(pid))
    }


def _stat(process: Path) -> list[str]:
    """What stands behind the name of a process; nothing of one that has ended."""
    try:
        return (process / "stat").read_text("utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return []


def main() -> None:
    """Print the figures of both as JSON."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures: dict[str, Any] = {"patients": patients, "rows": make(ensure(), folder, patients)}
        for engine in ("duckdb", "spark"):
            command = [sys.executable, "-m", "kg", "cohort", "run", name, "--day", "2026-01-01"]
            command += ["--output", str(folder / engine), "--engine", engine, "--threads", "2"]
            figures[engine] = measured(command)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
