"""Measures the lines of `kg ask --batch`, whole and short: `make bench-batch`.

    python benchmarks/batch.py [--beside FOLDER] [--cases 2000] [--rounds 3]

Two files are answered: cases that all differ at random, and patients of a made hospital. Each
measurement is a process of its own that opens the graph first, and the processor time of reading,
answering and writing counts, from the first line on. With `--beside FOLDER` another checkout of the
project is measured in turn with this one, on the same files, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import replace

HERE = Path(__file__).resolve().parent.parent
DAY = date(2026, 1, 1)
WHOLE, SHORT = "whole", "short"


def main() -> None:
    """Print a line for each file and checkout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, help="another checkout that is measured in turn")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "FORM"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measure(*options.measure)))
        return
    folders = {"here": HERE} | ({"beside": options.beside.resolve()} if options.beside else {})
    with tempfile.TemporaryDirectory() as name:
        for file in _write_cases(Path(name), options.cases):
            _compare(file, folders, options.rounds)


def _compare(file: Path, folders: dict[str, Path], rounds: int) -> None:
    asked = [(form, name) for form in (WHOLE, SHORT) for name in folders]
    found: dict[tuple[str, str], list[dict[str, float]]] = {each: [] for each in asked}
    for _ in range(rounds):
        for form, name in asked:
            found[form, name].append(_run(folders[name], file, form))
    for (form, name), figures in found.items():
        if all(figures):
            middle = {key: statistics.median(each[key] for each in figures) for key in figures[0]}
            print(
                f"{file.stem:10} {form:6} {name:7} {middle['rate']:7.0f} a second of processor  "
                f"p50 {middle['p50']:.2f} ms  {middle['bytes']:6.0f} bytes a line  "
                f"{middle['memory']:4.0f} MiB",
                flush=True,
            )


def _run(folder: Path, file: Path, form: str) -> dict[str, float]:
    environment = {
        **os.environ, "PYTHONPATH": str(folder), "KG_CACHE": str(folder / "build" / "bench-cache"),
    }  # fmt: skip
    command = [sys.executable, str(Path(__file__)), "--measure", str(file), form]
    result = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return found


def _measure(name: str, form: str) -> dict[str, float]:
    """The figures of one file; none where the checkout has no such lines."""
    import resource

    from kg.cli import batch
    from kg.compile.builder import ensure

    knowledge = ensure()
    if form == SHORT and "shortly" not in batch.Batch.__struct_fields__:
        return {}
    answering = batch.Batch(knowledge, knowledge.lexicon, DAY)
    if form == SHORT:
        answering = replace(answering, shortly=True)
    gc.enable()
    took, size = [], 0
    with Path(name).open("rb") as stream:
        for line in batch.read_lines(stream):
            start = time.process_time()
            size += len(answering.answer(line).text)
            took.append(time.process_time() - start)
    return {
        "rate": len(took) / sum(took),
        "p50": statistics.median(took) * 1000,
        "bytes": size / len(took),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


# ── Cases ───────────────────────────────────────────────────────────────────────────────────


def _write_cases(folder: Path, count: int) -> Iterator[Path]:
    sys.path[:0] = [str(HERE), str(HERE / "tests")]
    from random_cases import CaseMaker

    from kg.compile.builder import ensure
    from kg.model.terms import Kind

    lexicon = ensure().lexicon
    made = CaseMaker(lexicon, seed=11).documents(count, about=lexicon.find("ALP", Kind.MARKER))
    for name, cases in (("random", made), ("hospital", _patients(folder, count))):
        path = folder / f"{name}.ndjson"
        path.write_text("\n".join(map(json.dumps, cases)) + "\n", "utf-8")
        yield path


def _patients(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """The patients of the made hospital whose cohorts are judged, as cases."""
    import duckdb
    from cohort import make

    from kg.compile.builder import ensure

    make(ensure(), folder, count)
    with duckdb.connect() as data:

        def rows(name: str, *columns: str) -> dict[int, list[dict[str, Any]]]:
            found: dict[int, list[dict[str, Any]]] = {}
            table = data.read_parquet(f"{folder / name}.parquet").project(
                ", ".join(("patient", *columns))
            )
            for patient, *values in table.fetchall():
                row = dict(zip(columns, values, strict=True))
                found.setdefault(patient, []).append(
                    {key: str(value) for key, value in row.items() if value is not None}
                )
            return found

        people, said = rows("person", "sex", "age"), rows("condition", "term", "said")
        given = rows("treatment", "term", "start")
        results = rows("result", "marker", "value", "unit", "low", "high", "flag", "taken")
    names = {"flag": "state", "taken": "date"}
    for patient, (person,) in people.items():
        own = said.get(patient, ())
        yield {
            **person,
            "date": str(DAY),
            "conditions": [each["term"] for each in own if each["said"] == "yes"],
            "absent": [each["term"] for each in own if each["said"] == "no"],
            "drugs": [{"drug": e["term"], "start": e["start"]} for e in given.get(patient, ())],
            "labs": [
                {names.get(key, key): value for key, value in each.items()}
                for each in results.get(patient, ())
            ],
        }


if __name__ == "__main__":
    main()
