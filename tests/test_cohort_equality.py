"""Cohorts: the queries say of each patient what the judge says, row for row, and no more.

Patients are made by cohort_patients.py, with values on and beside each limit, series, courses and
slips. 150 of each kind in every run; `make test-nightly` takes 10,000 of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from cohort_judged import Unused, judged, rows_of_queries, unused_of_case, unused_of_queries
from cohort_patients import ULP, CohortPatients, Tables, as_tables_of, rounded
from cohort_witnesses import beside_limits, beside_plausible, without_range, witnesses
from counting import counts
from patients import Patients

from kg.case.document import read_questions
from kg.case.ranges import RangeTable, read_table
from kg.cohort import engine as engine_module
from kg.cohort import text
from kg.cohort.cells import Cells
from kg.cohort.compiler import Cohort, Compiler
from kg.cohort.engine import Days, Engine, open_engine
from kg.cohort.one import read_patients
from kg.cohort.sources import flat_source
from kg.curate.diff.difference import shipped_questions
from kg.model.errors import StoreError
from kg.store.knowledge import KnowledgeGraph

RANGES = """marker,unit,low,high,sex,age
ALP,U/L,35,105,female,18-
ALP,U/L,40,130,male,18-
ALP,ukat/L,1,6,,-17
GGT,U/L,,60,,
GGT,U/L,,60,female,
ALT,U/L,,35,female,
AST,U/L,,40,,18-
calcium,mmol/L,2.1,2.6,,
phosphate,mg/dL,2.5,4.5,,-64
phosphate,mg/dL,2.4,4.4,,65-
"""
FROM_THE_SITE = """
SELECT count(*) FROM measured m JOIN reading r ON r.reading = m.reading
WHERE r.site_unit IS NOT NULL
"""
DAYS = Days(today=date(2026, 6, 1))
SEED = 2077


@pytest.fixture(name="cohort", scope="module")
def _cohort(knowledge: KnowledgeGraph) -> Cohort:
    return Compiler(knowledge, next(iter(knowledge.model.tables.topics.values()))).compile()


@pytest.fixture(name="patients", scope="module")
def _patients(knowledge: KnowledgeGraph) -> Patients:
    return Patients(knowledge.lexicon, knowledge.rules, SEED, ulp=ULP)


@contextmanager
def _judging(
    knowledge: KnowledgeGraph,
    cohort: Cohort,
    tables: Tables,
    folder: Path,
    ranges: RangeTable | None = None,
) -> Iterator[Engine]:
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        engine.open_source(flat_source(tables.write(folder)))
        engine.ranges = ranges
        engine.read()
        engine.judge_part(DAYS)
        yield engine


def _differing(
    knowledge: KnowledgeGraph,
    cohort: Cohort,
    tables: Tables,
    folder: Path,
    ranges: RangeTable | None = None,
) -> int:
    """How many patients are judged otherwise, and how many reasons of unused results differ.

    Patients that contradict themselves are the same.
    """
    about = cohort.topic.finding.iri
    with _judging(knowledge, cohort, tables, folder, ranges) as engine:
        found = rows_of_queries(engine)
        wrong = 0
        for key, said in found.items():
            wanted = judged(knowledge, engine, DAYS, about, key)
            if said["contradicts"] and wanted["contradicts"]:
                continue
            wrong += said != wanted
        assert len(found) == len(tables.rows["person"])
        assert engine.rows(_LOST) == []
        return wrong + _reasons_that_differ(knowledge, engine)


_LOST: Final = """
SELECT p.patient, w.wording, w.value, w.low, w.high, r.day, r.change, r.treatment_day
FROM given_result r JOIN person p ON p.key = r.patient JOIN written w ON w.written = r.written
EXCEPT ALL
SELECT m.patient, d.wording, d.value, CASE WHEN d.site_unit IS NULL THEN d.low END,
  CASE WHEN d.site_unit IS NULL THEN d.high_given END, m.day, c.change, c.treatment_day
FROM measured m JOIN reading d USING (reading) LEFT JOIN stated_change c USING (line)
"""
"""Results with the reading of others: the judge is given the same and would not see it."""


def _reasons_that_differ(knowledge: KnowledgeGraph, engine: Engine) -> int:
    wanted: Counter[Unused] = Counter()
    for key, patient in read_patients(engine, knowledge.lexicon):
        wanted.update(unused_of_case(key, patient.case(knowledge.lexicon, DAYS)))
    found = unused_of_queries(engine, knowledge.lexicon)
    return ((found - wanted) + (wanted - found)).total()


@pytest.mark.slow
@pytest.mark.parametrize("plain", [True, False], ids=["flags and values", "series and courses"])
@counts(150, nightly=10_000)
def test_queries_say_what_the_judge_says(  # noqa: PLR0913 - the makings of a cohort
    knowledge: KnowledgeGraph,
    cohort: Cohort,
    patients: Patients,
    tmp_path: Path,
    count: int,
    *,
    plain: bool,
) -> None:
    """Verdicts, messages and steps are equal; exactly contradictions are left to the judge."""
    tables = CohortPatients(patients, plain=plain).tables(count)

    assert _differing(knowledge, cohort, tables, tmp_path) == 0


@pytest.mark.slow
def test_ranges_of_a_site_are_used_as_the_reader_of_cases_uses_them(
    knowledge: KnowledgeGraph, cohort: Cohort, patients: Patients, tmp_path: Path
) -> None:
    """Values without a range get the one that is for the patient, and none where two may be."""
    tables = CohortPatients(patients).tables(120)
    for name, rows in as_tables_of(patients, dict(without_range())).rows.items():
        tables.rows[name] += rows
    for row in tables.rows["result"]:
        row.update({"low": "", "high": "", "range_unit": ""} if row.get("value") else {})
    ranges = read_table(RANGES, knowledge.lexicon, "ranges.csv")

    assert _differing(knowledge, cohort, tables, tmp_path / "with", ranges) == 0
    with _judging(knowledge, cohort, tables, tmp_path / "with", ranges) as engine:
        assert engine.rows(FROM_THE_SITE)[0][0] > 20


@pytest.mark.slow
def test_an_unreadable_result_of_the_same_morning_silences_the_one_before(
    knowledge: KnowledgeGraph, cohort: Cohort, patients: Patients, tmp_path: Path
) -> None:
    """What is later by an hour and says nothing leaves the state of the measurement open."""
    lab = {"marker": "GGT", "state": "normal", "date": "2026-03-01T08:30:00"}
    tables = as_tables_of(patients, {"1": {"labs": [lab, {"marker": "ALP", "state": "high"}]}})
    late = {"patient": "1", "marker": "GGT", "value": "many", "taken": "2026-03-01T09:00:00"}
    tables.rows["result"].append(late)

    assert _differing(knowledge, cohort, tables, tmp_path) == 0
    with _judging(knowledge, cohort, tables, tmp_path) as engine:
        assert engine.rows("SELECT iri FROM silenced JOIN term ON term.term = marker") == [
            (patients.lexicon.find("GGT").iri,)
        ]


@pytest.mark.slow
def test_every_shipped_question_is_answered_alike(
    knowledge: KnowledgeGraph, cohort: Cohort, patients: Patients, tmp_path: Path
) -> None:
    """The questions that ship, with what they say of results under treatment."""
    documents = {each.name: _rounded(each.case) for each in read_questions(shipped_questions())}
    assert documents

    assert _differing(knowledge, cohort, as_tables_of(patients, documents), tmp_path) == 0


@pytest.mark.slow
def test_limits_are_met_to_the_last_place(
    knowledge: KnowledgeGraph, cohort: Cohort, patients: Patients, tmp_path: Path
) -> None:
    """Just below, at and just above each limit of each number, the judge and the queries agree."""
    documents = dict(beside_limits(cohort)) | dict(beside_plausible(knowledge.lexicon))

    assert _differing(knowledge, cohort, as_tables_of(patients, documents), tmp_path) == 0


@pytest.mark.slow
def test_what_chance_makes_too_seldom_is_judged_alike(
    knowledge: KnowledgeGraph, cohort: Cohort, patients: Patients, tmp_path: Path
) -> None:
    """Bounds at a limit, baselines that are tied or of other units, rows that are copies."""
    documents = dict(witnesses())

    assert _differing(knowledge, cohort, as_tables_of(patients, documents), tmp_path) == 0


def test_cells_that_cannot_be_told_apart_are_refused(
    knowledge: KnowledgeGraph,
    cohort: Cohort,
    patients: Patients,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two rows of cells of one key would be read as one: no result is taken for another."""
    labs = [{"marker": "GGT", "state": state} for state in ("normal", "high")]
    tables = as_tables_of(patients, {"1": {"labs": labs[:1]}, "2": {"labs": labs[1:]}})
    monkeypatch.setattr(Cells, "cells_key", lambda _: "hash(k.marker)")

    with (
        pytest.raises(StoreError, match="cannot be told apart"),
        _judging(knowledge, cohort, tables, tmp_path),
    ):
        pytest.fail("they were judged")


def _rounded(case: Mapping[str, Any]) -> dict[str, Any]:
    return {**case, "labs": [rounded(each) for each in case.get("labs", ())]}


MUTANTS = (
    ("readings", "scaled > high_limit", "scaled >= high_limit"),
    ("readings", "scaled < low_limit", "scaled <= low_limit"),
    ("results", "s.day = w.last_day", "s.day <= w.last_day"),
    ("results", "k.usable_days < a.day", "k.usable_days <= a.day"),
    ("courses", "e.day <= c.start", "e.day < c.start"),
    ("courses", "g.start <= i.day", "g.start < i.day"),
    ("patients", "WHERE p.conflict AND", "WHERE FALSE AND p.conflict AND"),
    ("patients", "WHERE i.only_state OR d.is_kept", "WHERE FALSE"),
    ("patients", "m.is_read AND NOT EXISTS", "m.is_read AND EXISTS"),
    ("verdicts", "(s.w0 & c.unless0)", "(s.w0 & 0)"),
    ("verdicts", "e.many = k.origins", "e.many > 0"),
    ("verdicts", "AND NOT r.is_denied", ""),
)


def test_what_is_changed_of_the_queries_stands_in_them(cohort: Cohort) -> None:
    """Each change changes its script, so that the nightly run below can start."""
    assert [each for each in MUTANTS if each[1] not in text.step_sql(cohort, each[0])] == []


@pytest.mark.nightly
def test_small_changes_of_the_queries_are_noticed(
    knowledge: KnowledgeGraph,
    cohort: Cohort,
    patients: Patients,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a comparison or a condition changed, some patient is judged otherwise."""
    tables = CohortPatients(patients).tables(1_000)
    for name, rows in as_tables_of(patients, dict(witnesses())).rows.items():
        tables.rows[name] += rows
    with _judging(knowledge, cohort, tables, tmp_path) as engine:
        right = rows_of_queries(engine)
        whole = text.step_sql
        for step, before, after in MUTANTS:
            with monkeypatch.context() as patch:
                patch.setattr(
                    engine_module,
                    "step_sql",
                    lambda of, name, step=step, before=before, after=after: (
                        whole(of, name).replace(before, after) if name == step else whole(of, name)
                    ),
                )
                engine.judge_part(DAYS)
            assert rows_of_queries(engine) != right, (step, before)
