"""A whole cohort: every part of the patients judged, and written at once or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from kg.cohort.compiler import Cohort
from kg.cohort.engine import Days, Engine
from kg.cohort.judge import COLUMNS, Row, judge_patient
from kg.cohort.one import LEFT, number_patients
from kg.cohort.summary import Count, Summary
from kg.cohort.text import OUTPUTS, all_sql
from kg.model.errors import UsageError
from kg.store.knowledge import KnowledgeGraph

_ANY_DAY: Final = date(2000, 1, 1)
"""The day in the text that is digested, which is the same on each."""
_COUNTED: Final = {
    "funnel": "SELECT place, what, patients FROM funnel",
    "unused": "SELECT what, reason, many FROM not_used",
    "verdicts": "SELECT label, verdict, many FROM counted_verdicts",
    "said": "SELECT kind, label, many FROM counted_said",
}
"""The queries that count what is told of all patients, by the part of the summary."""


class Run(Struct, frozen=True):
    """What a cohort is run with."""

    knowledge: KnowledgeGraph
    cohort: Cohort
    engine: Engine
    days: Days
    progress: Callable[[str], None] = lambda _: None
    page: Callable[[Summary], bytes] | None = None
    """Makes the summary for a browser, where it is to be written."""

    def write(self, folder: Path, source: str, *, below: int = 0) -> Summary:
        """Judge every patient, and write the tables and the summary to a new folder.

        The folder has its name only when everything stands in it. UsageError where there is one.
        """
        check_output(folder)
        with _unfinished(folder) as unfinished:
            summary = replace(self._write(unfinished, source), below=below)
            text = json.dumps(summary.plain(), indent=2, ensure_ascii=False)
            (unfinished / "summary.json").write_text(f"{text}\n", "utf-8")
            if self.page is not None:
                (unfinished / "summary.html").write_bytes(self.page(summary))
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        return summary

    def _write(self, folder: Path, source: str) -> Summary:
        parts = self.engine.parts
        tally = _Tally(self.engine.left_out)
        for name in OUTPUTS:
            (folder / name).mkdir()
        for part in range(parts):
            self.progress(f"part {part + 1} of {parts}")
            self.judge_part(part)
            for name in OUTPUTS:
                file = folder / name / f"part-{part:05}.parquet"
                self.engine.data.copy(f"SELECT * FROM out_{name}", file)
            tally.add(self.engine)
        return Summary(
            source=source,
            graph=self.knowledge.version,
            queries=queries_digest(self.cohort),
            finding=self.cohort.topic.finding.label,
            day=str(self.days.day or ""),
            funnel=tuple(Count((what,), many) for (_, what), many in tally.of("funnel")),
            unused=tuple(Count(*each) for each in tally.of("unused")),
            verdicts=tuple(Count(*each) for each in tally.of("verdicts")),
            said=tuple(Count(*each) for each in tally.of("said")),
        )

    def judge_part(self, part: int) -> None:
        """Judge one part of the patients: most by the queries, the others one by one."""
        self.engine.judge_part(self.days, part)
        self.judge_left()
        self.engine.sum_up()

    def judge_left(self) -> None:
        """Judge those whose facts contradict each other, and put their rows beside the others."""
        for name, columns in COLUMNS.items():
            self.engine.data.run(f"CREATE TEMP TABLE {name} ({columns})")
        lexicon = self.knowledge.lexicon
        found: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        for number, _, patient in number_patients(self.engine, lexicon, LEFT):
            case = patient.case(lexicon, self.days)
            judged = judge_patient(self.knowledge, self.cohort.topic, case)
            for name, rows in judged.rows(number).items():
                found[name] += rows
        for name, rows in found.items():
            self.engine.data.insert(name, rows)


class _Tally:
    """What is counted of each part of the patients: by two names, in how many rows or patients."""

    def __init__(self, left_out: Mapping[tuple[str, str], int]) -> None:
        self._counted: dict[str, Counter[tuple[Any, str]]] = {name: Counter() for name in _COUNTED}
        self._counted["unused"].update(left_out)

    def add(self, engine: Engine) -> None:
        """Count the part that was judged last."""
        for name, query in _COUNTED.items():
            for one, other, many in engine.rows(query):
                self._counted[name][one, other] += many

    def of(self, name: str) -> list[tuple[tuple[Any, str], int]]:
        """What was counted for a part of the summary, in order."""
        return sorted(self._counted[name].items())


def check_output(folder: Path) -> None:
    """UsageError where nothing can be written to a folder of that name."""
    if folder.exists():
        raise UsageError(f"{folder} is there already; name a folder that is not.")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent} is no folder.")


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """An empty folder beside one that is to be; gone at the end, where it was not renamed.

    A run that was killed leaves it behind, and the next one takes it over. UsageError where another
    run is at it.
    """
    place = folder.with_name(f".{folder.name}.unfinished")
    place.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another run writes {folder}; wait for it, or end it.") from None
        try:
            for each in place.iterdir():
                shutil.rmtree(each) if each.is_dir() else each.unlink()
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(descriptor)


def queries_digest(cohort: Cohort) -> str:
    """What tells the tables of knowledge and the queries of two runs apart."""
    return sha256("\n".join(all_sql(cohort, _ANY_DAY)).encode()).hexdigest()
