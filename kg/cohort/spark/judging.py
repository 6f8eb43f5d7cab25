"""A run on Spark: those whose facts contradict each other are judged where their rows are.

A query makes one row of each, with all facts in it, and each task judges the rows that it has. So
the package has to be installed on every machine of a cluster; the compiled model is sent to them,
and no row of a patient comes to the machine that started the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from msgspec import Struct
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as f

from kg.case.ranges import RangeTable
from kg.cohort.engine import Days
from kg.cohort.judge import COLUMNS, Judged, judge_patient
from kg.cohort.one import LEFT, facts_of, patient_of
from kg.cohort.run import Run
from kg.cohort.spark.database import SparkDatabase
from kg.cohort.spark.dialect import translate_types
from kg.model.model_file import decode_model, encode_model
from kg.store.knowledge import KnowledgeGraph

_LISTED = tuple(name for name in COLUMNS if name != "judge_patient")
"""The tables that have any number of rows for a patient."""


class SparkRun(Run, frozen=True):
    """A run of which no row of a patient leaves the machines of Spark."""

    def judge_left(self) -> None:
        """Judge those whose facts contradict each other, each where its rows are."""
        data = self.engine.data
        if not isinstance(data, SparkDatabase):
            raise TypeError(f"a run on Spark takes its database, and not {type(data).__name__}")
        judge = _Judge(
            encode_model(self.knowledge.model),
            self.knowledge.version,
            self.cohort.topic.finding.iri,
            self.days,
            self.engine.ranges,
        )
        data.make_judged(_facts(data), judge, _kinds())
        data.view("judge_patient", "SELECT patient, is_judged FROM judged", "what was judged")
        for name in _LISTED:
            data.unroll("judged", name)


class _Judge(Struct, frozen=True):
    """What is sent to each task."""

    model: bytes
    version: str
    finding: str
    days: Days
    ranges: RangeTable | None

    def __call__(self, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
        """The patients of one task, each as a row with the rows of every table in it."""
        knowledge = KnowledgeGraph(decode_model(self.model), _no_store, self.version)
        for row in rows:
            yield _judged_row(row.patient, self._judged(knowledge, row))

    def _judged(self, knowledge: KnowledgeGraph, row: Row) -> Judged:
        person = row.sex, row.age, row.day
        said, results = (
            [tuple(fact)[1:] for fact in sorted(facts or (), key=lambda fact: fact.place)]
            for facts in (row.said, row.results)
        )
        patient = patient_of(knowledge.lexicon, person, said, results, self.ranges)
        topic = knowledge.model.tables.topics[self.finding]
        return judge_patient(knowledge, topic, patient.case(knowledge.lexicon, self.days))


def _judged_row(number: int, judged: Judged) -> tuple[Any, ...]:
    tables = judged.rows(number)
    lists = ([tuple(row[1:]) for row in tables[name]] for name in _LISTED)
    return number, judged.is_judged, *lists


def _kinds() -> str:
    """The columns of a judged row."""
    lists = [f"{name} ARRAY<STRUCT<{_columns(COLUMNS[name])}>>" for name in _LISTED]
    return ", ".join(("patient INT, is_judged BOOLEAN", *lists))


def _columns(written: str) -> str:
    """The columns of a table but that of the patient."""
    pairs = (each.split(" ", 1) for each in written.split(", "))
    return translate_types({name: kind for name, kind in pairs if name != "patient"})


def _facts(data: SparkDatabase) -> DataFrame:
    """All that is known of each patient, a row for each."""
    facts = facts_of(LEFT)
    people = data.frame(facts.people)
    for name, query in (("said", facts.said), ("results", facts.results)):
        rows = data.frame(query)
        fact = f.struct(*(each for each in rows.columns if each != "patient"))
        listed = rows.groupBy("patient").agg(f.collect_list(fact).alias(name))
        people = people.join(listed, "patient", "left")
    return people


def _no_store() -> NoReturn:
    raise RuntimeError("a cohort is judged without the store")
