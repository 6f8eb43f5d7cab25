"""A whole cohort: every part of the patients judged, and written at once or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
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
from kg.cohort.unfinished import Counted, Unfinished, open_unfinished
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

    def write(self, folder: Path, source: str, *, below: int = 0, identity: str = "") -> Summary:
        """Judge every patient, and write the tables and the summary to a new folder.

        The folder has its name only when everything stands in it. UsageError where there is one.
        """
        with open_unfinished(folder) as unfinished:
            return self.write_in(unfinished, source, below=below, identity=identity)

    def write_in(
        self, unfinished: Unfinished, source: str, *, below: int = 0, identity: str = ""
    ) -> Summary:
        """The same where an earlier run of this identity may have finished some of the parts."""
        unfinished.begin(identity, OUTPUTS)
        summary = replace(self._summary(self._judge(unfinished), source), below=below)
        text = json.dumps(summary.plain(), indent=2, ensure_ascii=False)
        (unfinished.answers / "summary.json").write_text(f"{text}\n", "utf-8")
        if self.page is not None:
            (unfinished.answers / "summary.html").write_bytes(self.page(summary))
        unfinished.publish()
        return summary

    def _judge(self, unfinished: Unfinished) -> _Tally:
        """Judge and write each part that is not finished; what is counted of all of them."""
        parts = self.engine.parts
        tally = _Tally(self.engine.left_out)
        for part in range(parts):
            counted = unfinished.counted(part)
            if counted is None:
                self.progress(f"part {part + 1} of {parts}")
                counted = self._write_part(unfinished.answers, part)
                unfinished.finish(part, counted)
            else:
                self.progress(f"part {part + 1} of {parts} was finished before")
            tally.add(counted)
        return tally

    def _write_part(self, folder: Path, part: int) -> Counted:
        self.judge_part(part)
        for name in OUTPUTS:
            file = folder / name / f"part-{part:05}.parquet"
            self.engine.data.copy(f"SELECT * FROM out_{name}", file)
        return {name: self.engine.rows(query) for name, query in _COUNTED.items()}

    def _summary(self, tally: _Tally, source: str) -> Summary:
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

    def add(self, counted: Counted) -> None:
        """Count what was counted of a part."""
        for name, rows in counted.items():
            for one, other, many in rows:
                self._counted[name][one, other] += many

    def of(self, name: str) -> list[tuple[tuple[Any, str], int]]:
        """What was counted for a part of the summary, in order."""
        return sorted(self._counted[name].items())


def queries_digest(cohort: Cohort) -> str:
    """What tells the tables of knowledge and the queries of two runs apart."""
    return sha256("\n".join(all_sql(cohort, _ANY_DAY)).encode()).hexdigest()
