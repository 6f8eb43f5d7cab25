"""`kg cohort`: what is written, what is counted, and that nothing is written by halves."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from cohort_judged import Unused, rows_of, unused_of_case, unused_of_queries
from cohort_patients import ULP, CohortPatients
from patients import Patients

from kg.answer.ask import ask
from kg.cli import main
from kg.cohort import run as run_module
from kg.cohort import text as text_module
from kg.cohort.compiler import Cohort, Compiler
from kg.cohort.engine import Days, Engine, open_engine
from kg.cohort.judge import judge_patient
from kg.cohort.one import read_patients
from kg.cohort.run import Run
from kg.cohort.sources import flat_source
from kg.cohort.unfinished import identity_of
from kg.model.errors import StoreError, UsageError
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph

DAYS = Days(today=date(2026, 6, 1))
PATIENTS = 120

WRONG = {
    "person": (
        "patient,sex,age", "a,female,60", "b,male,50", "b,male,51", ",female,40", "c,other,200",
        "d,,", "d,,",
    ),
    "condition": (
        "patient,term,said", "a,multiple myeloma,", "a,dragon pox,", "a,osteoporosis,perhaps",
        "z,osteoporosis,",
    ),
    "result": (
        "patient,marker,value,unit,high,change,taken", "a,ALP,210,U/L,105,,", "a,,1,,,,",
        "b,ALP,210,U/L,105,,", "a,xyz,1,,,,", "c,GGT,999999999,U/L,999999999,999999999,2026-01-01",
        "c,GGT,999999999.999999999,U/L,0.000000001,-100,2026-01-02",
    ),
}  # fmt: skip
"""Tables with rows that are wrong in one way each."""


@pytest.fixture(name="cohort", scope="module")
def _cohort(knowledge: KnowledgeGraph) -> Cohort:
    return Compiler(knowledge, next(iter(knowledge.model.tables.topics.values()))).compile()


@pytest.fixture(name="source", scope="module")
def _source(knowledge: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    patients = Patients(knowledge.lexicon, knowledge.rules, 31, ulp=ULP)
    return CohortPatients(patients).tables(PATIENTS).write(tmp_path_factory.mktemp("cohort"))


@contextmanager
def _opened(knowledge: KnowledgeGraph, cohort: Cohort, source: Path) -> Iterator[Engine]:
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        engine.open_source(flat_source(source))
        engine.read()
        yield engine


def _rows(folder: Path, name: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as data:
        query = f"SELECT * FROM read_parquet('{folder}/{name}/*.parquet') ORDER BY ALL"  # noqa: S608
        return data.execute(query).fetchall()


@pytest.mark.slow
def test_what_is_written_is_what_the_judge_says(
    knowledge: KnowledgeGraph, cohort: Cohort, source: Path, tmp_path: Path
) -> None:
    """Each file holds the rows of every patient, also of those that only the judge can answer."""
    topic = cohort.topic
    with _opened(knowledge, cohort, source) as engine:
        engine.judge_part(DAYS)
        cases = {
            key: each.case(knowledge.lexicon, DAYS)
            for key, each in read_patients(engine, knowledge.lexicon)
        }
        summary = Run(knowledge, cohort, engine, DAYS).write(tmp_path / "out", "made")
    said = {key: rows_of(ask(knowledge, e, IRI(topic.finding.iri))) for key, e in cases.items()}

    verdicts = {(row[0], row[1]): row[3:5] for row in _rows(tmp_path / "out", "verdicts")}
    steps = {(row[0], row[1]) for row in _rows(tmp_path / "out", "steps")}
    messages = {(row[0], row[1], row[2]) for row in _rows(tmp_path / "out", "messages")}

    assert verdicts == {
        (key, cause): row[:2] for key, e in said.items() for cause, row in e["verdicts"].items()
    }
    assert steps == {(key, row[0]) for key, each in said.items() for row in each["steps"]}
    assert messages == {(key, *row[:2]) for key, each in said.items() for row in each["messages"]}
    assert summary.funnel[0].many == PATIENTS
    by_judge = {row[0] for row in _rows(tmp_path / "out", "patients") if row[1] == "judge"}
    assert 0 < len(by_judge) < PATIENTS
    assert by_judge & {row[0] for row in _rows(tmp_path / "out", "unused")}


@pytest.mark.slow
def test_the_judge_of_cohorts_says_what_answers_say(
    knowledge: KnowledgeGraph, cohort: Cohort, source: Path
) -> None:
    """The rows that are worked out without an answer are those of the answer."""
    with _opened(knowledge, cohort, source) as engine:
        engine.judge_part(DAYS)
        found = [(key, each) for key, each in read_patients(engine, knowledge.lexicon)]
    for _, patient in found:
        case = patient.case(knowledge.lexicon, DAYS)
        short = judge_patient(knowledge, cohort.topic, case)
        whole = rows_of(ask(knowledge, case, IRI(cohort.topic.finding.iri)))

        assert {row[0]: _hashable(row[1:]) for row in short.verdicts} == whole["verdicts"]
        assert set(map(_hashable, short.messages)) == whole["messages"]
        assert set(map(_hashable, short.steps)) == whole["steps"]


def _hashable(row: Iterable[Any]) -> tuple[Any, ...]:
    """A row with tuples in place of its lists."""
    return tuple(tuple(each) if isinstance(each, list) else each for each in row)


def test_what_is_not_used_is_named_as_the_reader_of_cases_names_it(
    knowledge: KnowledgeGraph, cohort: Cohort, source: Path
) -> None:
    """Every result that is used for nothing has the reason that the case has."""
    lexicon = knowledge.lexicon
    with _opened(knowledge, cohort, source) as engine:
        engine.judge_part(DAYS)
        told = unused_of_queries(engine, lexicon)
        found = dict(read_patients(engine, lexicon))
    wanted: Counter[Unused] = Counter()
    for key, patient in found.items():
        wanted += unused_of_case(key, patient.case(lexicon, DAYS))

    assert wanted
    assert told == wanted


def test_a_result_beside_another_is_told_once_whatever_is_given(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """Under two drugs a result that gives way to another is one row, and not two."""
    tables = {
        "person": ("patient,day", "a,2026-03-01"),
        "treatment": (
            "patient,term,start", "a,pomalidomide,2026-01-19", "a,bortezomib,2026-01-19",
        ),
        "result": (
            "patient,marker,flag,taken", "a,ionised calcium,N,2026-02-28",
            "a,corrected calcium,L,2026-02-28",
        ),
    }  # fmt: skip
    for name, lines in tables.items():
        (tmp_path / f"{name}.csv").write_text("\n".join((*lines, "")), "utf-8")
    with _opened(knowledge, cohort, tmp_path) as engine:
        engine.judge_part(DAYS)

        assert engine.rows("SELECT reason FROM unused") == [("not used beside another result",)]


@pytest.mark.slow
def test_parts_make_no_difference(
    knowledge: KnowledgeGraph, cohort: Cohort, source: Path, tmp_path: Path
) -> None:
    """Judged in parts, the patients have the same rows, and the summary the same counts."""
    with _opened(knowledge, cohort, source) as engine:
        run = Run(knowledge, cohort, engine, DAYS)
        whole = run.write(tmp_path / "whole", "made")
        engine.read(size=40)
        parts = run.write(tmp_path / "parts", "made")

    assert parts == whole
    assert len(list((tmp_path / "parts" / "steps").iterdir())) == 3
    for name in text_module.OUTPUTS:
        assert _rows(tmp_path / "parts", name) == _rows(tmp_path / "whole", name), name


@pytest.mark.slow
def test_a_run_that_is_stopped_goes_on(
    knowledge: KnowledgeGraph,
    cohort: Cohort,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stopped in its second part it leaves no folder; run again, it judges what was not finished.

    Another run, and one of which nothing tells that it is the same, begin anew.
    """
    judged: list[int] = []
    judge = Run.judge_part

    def stop_at(last: int) -> None:
        def judge_some(self: Run, part: int) -> None:
            if part == last:
                raise KeyboardInterrupt
            judged.append(part)
            judge(self, part)

        judged.clear()
        monkeypatch.setattr(Run, "judge_part", judge_some)

    with _opened(knowledge, cohort, source) as engine:
        engine.read(size=40)
        run = Run(knowledge, cohort, engine, DAYS)
        for identity in ("one", ""):
            stop_at(1)
            with pytest.raises(KeyboardInterrupt):
                run.write(tmp_path / "out", "made", identity=identity)
            left = [".out.unfinished"] if identity else []
            assert [each.name for each in tmp_path.iterdir()] == left
        for identity, expected in (("two", [0]), ("two", [1]), ("three", [0, 1, 2])):
            stop_at(expected[-1] + 1)
            if expected[-1] < 2:
                with pytest.raises(KeyboardInterrupt):
                    run.write(tmp_path / "out", "made", identity=identity)
            else:
                run.write(tmp_path / "out", "made", identity=identity)
            assert judged == expected
        with pytest.raises(UsageError, match="is there already"):
            run.write(tmp_path / "out", "made")

    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def _command(source: Path, output: Path) -> list[str]:
    run = [sys.executable, "-m", "kg", "cohort", "run", str(source), "--output", str(output)]
    return [*run, "--part", "40", "--day", str(DAYS.today), "--format", "json"]


@pytest.mark.slow
@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_run_that_is_killed_goes_on(source: Path, tmp_path: Path, part: int) -> None:
    """Killed while it judges a part, it left no folder; run again, it says what is said at once."""
    with subprocess.Popen(
        _command(source, tmp_path / "out"), stderr=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stderr is not None
        next(line for line in killed.stderr if line == f"part {part} of 3\n")
        killed.kill()
    assert [each.name for each in tmp_path.iterdir()] == [".out.unfinished"]

    again = subprocess.run(
        _command(source, tmp_path / "out"), capture_output=True, text=True, check=True
    )
    whole = subprocess.run(
        _command(source, tmp_path / "whole"), capture_output=True, text=True, check=True
    )

    before = [f"part {each} of 3 was finished before" for each in range(1, part)]
    assert again.stderr.splitlines()[: part - 1] == before
    assert again.stderr.splitlines()[part - 1 :] == whole.stderr.splitlines()[part - 1 :]
    assert json.loads(again.stdout) == json.loads(whole.stdout)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "whole"]
    for name in text_module.OUTPUTS:
        assert _rows(tmp_path / "out", name) == _rows(tmp_path / "whole", name), name


def test_what_tells_runs_apart(tmp_path: Path) -> None:
    """A byte of a file, its name, a further file and an option each make another run."""
    source = tmp_path / "source"
    source.mkdir()
    file = source / "person.csv"
    file.write_text("patient", "utf-8")
    found = [identity_of(("a",), source), identity_of(("b",), source)]
    file.write_text("patienx", "utf-8")
    found.append(identity_of(("a",), source))
    file.rename(source / "result.csv")
    found.append(identity_of(("a",), source))
    file.write_text("patient", "utf-8")
    found.append(identity_of(("a",), source))

    assert len(set(found)) == len(found)
    assert identity_of(("a",), source) == found[-1]
    assert identity_of(("a",), file) != identity_of(("a",), source / "result.csv")


def test_two_runs_of_one_name_do_not_meet(
    knowledge: KnowledgeGraph, cohort: Cohort, source: Path, tmp_path: Path
) -> None:
    """While a run goes on, no second one begins; what is no part of a run is in no output."""
    left = tmp_path / ".out.unfinished"
    (left / "answers" / "verdicts").mkdir(parents=True)
    (left / "answers" / "verdicts" / "part-00007.parquet").write_bytes(b"half")
    (left / "run").write_text("another", "utf-8")
    with _opened(knowledge, cohort, source) as engine:
        run = Run(knowledge, cohort, engine, DAYS)
        descriptor = os.open(left, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another run writes"):
            run.write(tmp_path / "out", "made")
        assert (left / "run").read_text("utf-8") == "another"
        os.close(descriptor)
        run.write(tmp_path / "out", "made")

    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert [e.name for e in (tmp_path / "out" / "verdicts").iterdir()] == ["part-00000.parquet"]


def test_rows_that_are_wrong_are_counted_and_stop_nothing(
    knowledge: KnowledgeGraph, cohort: Cohort, tmp_path: Path
) -> None:
    """Keys that are missing, double or unknown, names of nothing: each is counted."""
    folder = tmp_path / "wrong"
    folder.mkdir()
    for name, lines in WRONG.items():
        (folder / f"{name}.csv").write_text("\n".join((*lines, "")), "utf-8")
    with _opened(knowledge, cohort, folder) as engine:
        summary = Run(knowledge, cohort, engine, DAYS).write(tmp_path / "out", "wrong")

    assert {each.of: each.many for each in summary.unused} == {
        ("condition", "not covered"): 1,
        ("condition", "of no patient in the table of persons"): 1,
        ("condition", "said is none of yes, no and unknown"): 1,
        ("person", "a sex that no statement speaks of; the patient is used"): 1,
        ("person", "an age that cannot be; the patient is used"): 1,
        ("person", "given more than once, and differently"): 1,
        ("person", "without a key"): 1,
        ("result", "its change is no number that can be"): 1,
        ("result", "a limit is not plausible"): 1,
        ("result", "of a measurement that is not covered"): 1,
        ("result", "of no measurement that is named"): 1,
        ("result", "of no patient in the table of persons"): 1,
    }
    assert len(_rows(tmp_path / "out", "patients")) == 3


@pytest.mark.slow
def test_the_command_says_what_it_wants(tmp_path: Path) -> None:
    """A folder without persons and a table with a strange column are refused with the columns."""
    refused = CliRunner().invoke(main, ["cohort", "run", str(tmp_path), "-o", "x"])
    assert refused.exit_code == 2
    assert "person.parquet" in refused.stderr

    (tmp_path / "person.csv").write_text("patient,height\n1,180\n", "utf-8")
    refused = CliRunner().invoke(main, ["cohort", "run", str(tmp_path), "-o", "x"])
    assert refused.exit_code == 2
    assert "number 2; its columns: patient, sex, age, day." in refused.stderr

    refused = CliRunner().invoke(main, ["cohort", "run", str(tmp_path), "-o", str(tmp_path)])
    assert refused.exit_code == 2
    assert f"{tmp_path} is there already" in refused.stderr


def test_an_error_about_a_row_does_not_quote_it(
    knowledge: KnowledgeGraph, cohort: Cohort, source: Path
) -> None:
    """A value that cannot be converted is told by the kind of the error; a column by its name."""
    with _opened(knowledge, cohort, source) as engine:
        with pytest.raises(UsageError) as told:
            engine.rows("SELECT CAST(text AS INTEGER) FROM (VALUES ('key 4711')) rows(text)")
        assert str(told.value) == "the source cannot be read: ConversionException."
        with pytest.raises(UsageError, match="height"):
            engine.rows("SELECT height FROM source_person")


@pytest.mark.slow
def test_a_run_that_is_ended_leaves_nothing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM in the midst of the first part leaves neither a folder nor what was put aside."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(Run, "judge_part", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    ended = CliRunner().invoke(main, ["cohort", "run", str(source), "-o", str(tmp_path / "out")])

    assert ended.exit_code == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is handler


def test_a_query_that_a_signal_interrupts_says_so(
    knowledge: KnowledgeGraph, cohort: Cohort
) -> None:
    """In the midst of a query DuckDB tells of a signal in its own way, and stops."""
    before = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        with pytest.raises(StoreError, match="stopped by a signal"):
            engine.rows("SELECT sum(hash(range)) FROM range(100_000_000_000)")
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.slow
def test_every_query_of_a_run_is_printed_and_digested(
    cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listing holds each script, and a change of any one is another digest."""
    listed = CliRunner().invoke(main, ["cohort", "sql"]).stdout
    digest = run_module.queries_digest(cohort)
    written = text_module._written
    scripts = ("omop", "cells", "wordings", "load", "left", "inputs", *text_module.STEPS, "summary")
    for script in scripts:
        assert written(script).splitlines()[0] in listed, script
        monkeypatch.setattr(
            text_module,
            "_written",
            lambda name, changed=script: written(name) + ("-- changed" if name == changed else ""),
        )
        assert run_module.queries_digest(cohort) != digest, script


@pytest.mark.slow
def test_one_patient_is_explained_by_the_judge(source: Path, tmp_path: Path) -> None:
    """The command prints the summary without any key, and the answer of one patient."""
    made = CliRunner().invoke(
        main, ["cohort", "run", str(source), "-o", str(tmp_path / "out"), "--format", "json"]
    )
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["funnel"][0] == ["patients", PATIENTS]
    assert re.fullmatch(r"(part \d+ of \d+\n)+", made.stderr)

    shown = CliRunner().invoke(main, ["cohort", "explain", str(source), "17"])
    assert shown.exit_code == 0, shown.output
    assert "raised ALP" in shown.output
