"""A whole cohort: every part of the patients judged, and written at once or not at all."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from kg.cohort.compiler import Cohort
from kg.cohort.engine import Days, Engine
from kg.cohort.judge import COLUMNS, Row, judge_patient
from kg.cohort.one import read_patients
from kg.cohort.summary import Count, Summary
from kg.cohort.text import all_sql, summary_sql
from kg.model.errors import UsageError
from kg.store.knowledge import KnowledgeGraph

PART: Final = 100_000
"""The patients that are judged at once: more take more memory, and fewer more time."""
_ANY_DAY: Final = date(2000, 1, 1)
"""The day in the text that is digested, which is the same on each."""
_LISTS: Final = "statements, supported_by, against_by, denied_by, waits_for"
OUTPUTS: Final = {
    "patients": "SELECT p.patient, if(p.to_judge, 'judge', 'queries') AS answered_by, "
    "coalesce(s.has_finding AND s.in_scope, j.is_judged, FALSE) AS is_judged "
    "FROM patient_state p LEFT JOIN shown s ON s.patient = p.patient "
    "LEFT JOIN judge_patient j ON j.patient = p.patient",
    "verdicts": f"SELECT v.patient, v.cause, c.label, v.verdict, v.present, {_LISTS} FROM ("
    f"SELECT p.patient, cause, verdict, present, {_LISTS} FROM patient_state p "
    "JOIN verdict v ON v.state = p.verdict_state UNION ALL SELECT * FROM judge_verdict) v "
    "JOIN cause c ON c.cause = v.cause",
    "messages": "SELECT m.patient, m.kind, m.iri, n.label, statements, agreeing, background FROM ("
    "SELECT p.patient, kind, iri, statements, agreeing, background FROM patient_state p "
    "JOIN message m ON m.state = p.message_state UNION ALL SELECT * FROM judge_message) m "
    "JOIN named n ON n.iri = m.iri",
    "steps": "SELECT t.patient, t.iri, n.label, statements, background, optional, offered FROM ("
    "SELECT p.patient, iri, statements, background, optional, offered FROM patient_state p "
    "JOIN step t ON t.state = p.step_state UNION ALL SELECT * FROM judge_step) t "
    "JOIN named n ON n.iri = t.iri",
    "unused": "SELECT patient, marker, reason FROM unused",
}
"""The tables that are written, a Parquet file of each for each part."""


def _counted(name: str, columns: str) -> str:
    """A query that counts the rows of a table by two columns."""
    return f"SELECT {columns}, count(*) FROM ({OUTPUTS[name]}) GROUP BY ALL"


_COUNTED: Final = {
    "funnel": ("SELECT place, what, patients FROM funnel",),
    "unused": ("SELECT what, reason, many FROM not_used",),
    "verdicts": (_counted("verdicts", "label, verdict"),),
    "said": (_counted("messages", "kind, label"), _counted("steps", "'step', label")),
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

    def write(self, folder: Path, source: str, *, part: int = PART, below: int = 0) -> Summary:
        """Judge every patient, and write the tables and the summary to a new folder.

        The folder has its name only when everything stands in it. UsageError where there is one.
        """
        check_output(folder)
        unfinished = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            summary = replace(self._write(unfinished, source, part), below=below)
            text = json.dumps(summary.plain(), indent=2, ensure_ascii=False)
            (unfinished / "summary.json").write_text(f"{text}\n", "utf-8")
            if self.page is not None:
                (unfinished / "summary.html").write_bytes(self.page(summary))
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        finally:
            with suppress(OSError):
                shutil.rmtree(unfinished)
        return summary

    def _write(self, folder: Path, source: str, size: int) -> Summary:
        patients = self.engine.rows("SELECT count(*) FROM source_person")[0][0]
        parts = max(1, -(-patients // size))
        tally = _Tally(self.engine.bad_lines)
        for name in OUTPUTS:
            (folder / name).mkdir()
        for part in range(parts):
            self.progress(f"part {part + 1} of {parts}")
            self.judge_part(part, parts)
            for name, query in OUTPUTS.items():
                self.engine.copy(query, folder / name / f"part-{part:05}.parquet")
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

    def judge_part(self, part: int, parts: int) -> None:
        """Judge one part of the patients: most by the queries, the others one by one."""
        self.engine.judge_part(self.days, part, parts)
        for name, columns in COLUMNS.items():
            self.engine.execute(f"CREATE TEMP TABLE {name} ({columns})")
        lexicon = self.knowledge.lexicon
        contradicting = "patient IN (SELECT patient FROM for_judge)"
        found: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        for key, patient in read_patients(self.engine, lexicon, contradicting):
            case = patient.case(lexicon, self.days)
            judged = judge_patient(self.knowledge, self.cohort.topic, case)
            for name, rows in judged.rows(key).items():
                found[name] += rows
        for name, rows in found.items():
            self.engine.insert(name, rows)
        self.engine.execute(summary_sql(self.cohort))


class _Tally:
    """What is counted of each part of the patients: by two names, in how many rows or patients."""

    def __init__(self, bad_lines: Mapping[tuple[str, str], int]) -> None:
        self._counted: dict[str, Counter[tuple[Any, str]]] = {name: Counter() for name in _COUNTED}
        self._counted["unused"].update(bad_lines)

    def add(self, engine: Engine) -> None:
        """Count the part that was judged last."""
        for name, queries in _COUNTED.items():
            for query in queries:
                rows = engine.rows(query)
                self._counted[name].update({(one, other): many for one, other, many in rows})

    def of(self, name: str) -> list[tuple[tuple[Any, str], int]]:
        """What was counted for a part of the summary, in order."""
        return sorted(self._counted[name].items())


def check_output(folder: Path) -> None:
    """UsageError where nothing can be written to a folder of that name."""
    if folder.exists():
        raise UsageError(f"{folder} is there already; name a folder that is not.")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent} is no folder.")


def queries_digest(cohort: Cohort) -> str:
    """What tells the tables of knowledge and the queries of two runs apart."""
    return sha256("\n".join(all_sql(cohort, _ANY_DAY)).encode()).hexdigest()
