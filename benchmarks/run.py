"""Measures what the project promises about speed: `make bench` prints the table of this file.

Whole processes are started anew each time, in turn with a bare Python, so that a busy machine slows
both; in-process figures come from one process that has answered before. Medians are given, with the
slowest of a hundred where there are that many.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.case import Case
    from kg.store.knowledge import KnowledgeGraph

MANY = 3000
BATCH = 10_000
ROUNDS = 30
BARE = [sys.executable, "-c", "import json"]
"""The yardstick: what any program in Python takes before it does anything."""
GIVEN = ["--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal"]
QUESTION = ["ask", *GIVEN]
PROCESSES = (
    ("kg ask", QUESTION, "< 6 x"),
    ("kg why", ["why", "hepatic amyloidosis", *GIVEN], "< 10 x"),
    ("kg build, nothing changed", ["build"], ""),
)
CASE = {
    "conditions": ["multiple myeloma"],
    "labs": [
        {"marker": "ALP", "value": "241", "unit": "U/L", "low": "35", "high": "105"},
        {"marker": "GGT", "value": "24", "unit": "U/L", "high": "40"},
    ],
}


def main() -> None:
    """Print one line for each figure, with the figure to reach."""
    kg = shutil.which("kg", path=str(Path(sys.executable).parent))
    if kg is None:
        sys.exit("kg is not installed beside this Python; run `make bench`.")
    subprocess.run([kg, "build"], check=True, stdout=subprocess.DEVNULL)
    print(f"bytecode: {_bytecode()}")
    _whole_processes(kg)
    _fhir(kg)
    _in_process()
    _cold_build(kg)


def _bytecode() -> str:
    """How many modules of the package are there as bytecode; the others are compiled each time."""
    package = importlib.util.find_spec("kg")
    modules = [*Path(str(package and package.origin)).parent.rglob("*.py")]
    return f"{sum(map(_is_compiled, modules))} of {len(modules)} modules"


def _is_compiled(module: Path) -> bool:
    """Whether the bytecode of a module is there, and is of its source as it is now (PEP 552)."""
    compiled, source = Path(importlib.util.cache_from_source(str(module))), module.stat()
    if not compiled.is_file():
        return False
    head = compiled.read_bytes()[8:16]
    return head == struct.pack("<II", int(source.st_mtime), source.st_size)


def _whole_processes(kg: str) -> None:
    """Each command beside a bare Python: processor time in multiples of it, and seconds."""
    commands = [BARE, *([kg, *arguments] for _, arguments, _ in PROCESSES)]
    rounds = [[_spent(each) for each in commands] for _ in range(ROUNDS + 1)][1:]
    (yardstick, bare), *medians = (
        [statistics.median(figures) for figures in zip(*spent, strict=True)]
        for spent in zip(*rounds, strict=True)
    )
    _report("python -c 'import json'", f"{bare:.3f} s", "")
    for (name, _, wanted), (processor, seconds) in zip(PROCESSES, medians, strict=True):
        _report(f"{name}, whole process", f"{processor / yardstick:.1f} x", wanted)
        _report("    the same", f"{seconds:.3f} s", "")
    megabytes = _peak_memory([kg, *QUESTION])
    _report("kg ask, peak memory", f"{megabytes:.0f} MB", "< 120 MB")


def _spent(command: Sequence[str]) -> tuple[float, float]:
    """Processor seconds of a process, and seconds until it ends."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _run(command)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, seconds


def _in_process() -> None:
    from kg.answer.ask import ask
    from kg.case import case_facts, resolve_case
    from kg.compile import builder
    from kg.reasoning.engine import classify

    knowledge = builder.ensure()
    case = resolve_case(CASE, knowledge.lexicon)
    facts = case_facts(case)
    classified = _times(lambda: classify(knowledge.rules, facts), 2000)
    _report("classification of one case, p50", _milliseconds(classified), "< 0.3 ms")
    _report("classification of one case, p99", _milliseconds(classified, 99), "")
    answered = _times(lambda: ask(knowledge, case), 500)
    _report("whole answer, p50", _milliseconds(answered), "< 4 ms")
    _report("whole answer, p99", _milliseconds(answered, 99), "< 12 ms")
    _many(knowledge)


def _many(knowledge: KnowledgeGraph) -> None:
    """Cases that all differ, so that nothing kept from one case answers another."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from random_cases import CaseMaker

    from kg.answer.ask import ask
    from kg.case import case_facts, resolve_case
    from kg.model.terms import Kind
    from kg.reasoning.engine import classify

    lexicon = knowledge.lexicon
    documents = CaseMaker(lexicon, seed=11).documents(MANY, about=lexicon.find("ALP", Kind.MARKER))
    cases = [resolve_case(document, lexicon) for document in documents]
    facts = [case_facts(case) for case in cases]
    rate = _rate(lambda each: classify(knowledge.rules, each), facts)
    _report("classification, random cases", f"{rate:.0f}/s", "> 5000/s")
    _report(
        "whole answers, random cases",
        f"{_rate(lambda c: ask(knowledge, c), cases):.0f}/s",
        "> 600/s",
    )
    _proofs(knowledge, cases[:500])
    _claims(knowledge)
    _batch(cases)


def _claims(knowledge: KnowledgeGraph) -> None:
    """Distorted claims of every kind, each read from plain values and checked."""
    from claims import Material

    from kg.audit import check_claims, read_claims
    from kg.audit.evidence import evidence_of

    evidence = evidence_of(knowledge)
    made = [each.claim for each in Material(knowledge.store).distortions()]
    rate = _rate(lambda claim: check_claims(evidence, read_claims([claim])), made)
    _report(f"check of a claim, mean of {len(made)}", f"{1000 / rate:.2f} ms", "< 1 ms")


def _batch(cases: Sequence[Case]) -> None:
    """A file of cases as a whole process: reading, answering and writing, on one core."""
    from kg.case import case_to_json

    kg = str(Path(sys.executable).parent / "kg")
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "cases.ndjson"), Path(folder, "answers.ndjson")
        lines = [json.dumps(case_to_json(case)) for case in cases]
        few, many = lines[:100], list(islice(cycle(lines), BATCH))
        command = [kg, "ask", "--batch", str(source), "--output", str(output)]
        for name, part in (("few", few), ("many", many)):
            source.write_text("\n".join(part), "utf-8")
            output.unlink(missing_ok=True)
            started = time.perf_counter()
            megabytes = _peak_memory(command)
            seconds = time.perf_counter() - started
            if name == "many":
                _report(f"kg ask --batch, {BATCH} cases", f"{BATCH / seconds:.0f}/s", "> 600/s")
            _report(f"the same, {len(part)} cases: peak memory", f"{megabytes:.0f} MB", "")


def _fhir(kg: str) -> None:
    """A record of fifty resources, and one of five thousand."""
    coding = {"coding": [{"system": "http://loinc.org", "code": "6768-6"}]}
    patient = {"resource": {"resourceType": "Patient", "id": "p", "gender": "female"}}
    with tempfile.TemporaryDirectory() as folder:
        for count, target in ((50, "< 0.40 s"), (5000, "< 2 s")):
            results = [
                {
                    "resource": {
                        "resourceType": "Observation",
                        "status": "final",
                        "code": coding,
                        "subject": {"reference": "Patient/p"},
                        "effectiveDateTime": str(date(2026, 1, 1) - timedelta(days=number)),
                        "valueQuantity": {"value": 150 + number % 90, "unit": "U/L"},
                        "referenceRange": [{"low": {"value": 35}, "high": {"value": 105}}],
                    }
                }
                for number in range(count - 1)
            ]
            path = Path(folder, f"{count}.json")
            bundle = {"resourceType": "Bundle", "type": "collection", "entry": [patient, *results]}
            path.write_text(json.dumps(bundle), "utf-8")
            asked = partial(_run, [kg, "ask", "--fhir", str(path)])
            seconds = _times(asked, 7)
            name = f"kg ask --fhir, {count} resources"
            _report(name, f"{statistics.median(seconds):.3f} s", target)


def _proofs(knowledge: KnowledgeGraph, cases: Sequence[Case]) -> None:
    """Whole answers with the proofs of all their rows."""
    from kg.answer.ask import ask
    from kg.answer.proof.explain import proofs_of

    proofs_of(knowledge, cases[0], ask(knowledge, cases[0]))
    seconds = []
    for case in cases:
        started = time.perf_counter()
        proofs_of(knowledge, case, ask(knowledge, case))
        seconds.append(time.perf_counter() - started)
    _report("answer with all proofs, p50", _milliseconds(seconds), "< 15 ms")
    _report("answer with all proofs, p99", _milliseconds(seconds, 99), "")


def _cold_build(kg: str) -> None:
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "KG_CACHE": cache}
        started = time.perf_counter()
        result = subprocess.run(
            [kg, "build"], env=environment, check=True, capture_output=True, text=True
        )
        _report("kg build, cold", f"{time.perf_counter() - started:.1f} s", "< 40 s")
    for line in result.stderr.splitlines():
        print(f"    {line}")


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _times(action: Callable[[], object], count: int) -> list[float]:
    """Seconds of each of `count` runs, after one that does not count."""
    action()
    found = []
    for _ in range(count):
        started = time.perf_counter()
        action()
        found.append(time.perf_counter() - started)
    return found


def _rate(action: Callable[[Any], object], inputs: Sequence[object]) -> float:
    """How many inputs a second of one core takes."""
    started = time.process_time()
    for each in inputs:
        action(each)
    return len(inputs) / (time.process_time() - started)


def _peak_memory(command: Sequence[str]) -> float:
    """Peak resident memory in MB of a process and its children, of a child that runs just it."""
    script = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, *command], check=True, capture_output=True, text=True
    )
    return int(result.stdout) / 1024


def _milliseconds(seconds: Sequence[float], percentile: int = 50) -> str:
    ordered = sorted(seconds)
    return f"{ordered[(len(ordered) - 1) * percentile // 100] * 1000:.2f} ms"


def _report(what: str, found: str, wanted: str) -> None:
    print(f"{what:36} {found:>10}   {wanted}")


if __name__ == "__main__":
    main()
