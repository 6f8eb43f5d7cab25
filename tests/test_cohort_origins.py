"""Cohorts of a finding of which one cause is the origin of another: each has its own rules."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from cohort_judged import rows_of_queries
from cohort_patients import as_tables_of
from msgspec.structs import replace
from patients import Patients
from test_cohort_equality import DAYS

from kg.cohort.compiler import Compiler
from kg.cohort.engine import open_engine
from kg.cohort.judge import judge_patient
from kg.cohort.one import read_patients
from kg.cohort.sources import flat_source
from kg.model.terms import Kind
from kg.model.topics import ListedCause, ListedOrigin, Term, Topic
from kg.store.knowledge import KnowledgeGraph

_RAISED: Final = {"marker": "ALP", "state": "high"}
_GGT: Final = {"marker": "GGT"}


def _with_a_cause_as_origin(topic: Topic) -> tuple[Topic, ListedCause, ListedCause]:
    """A finding of which a cause comes from another cause, which is argued for and against."""
    one = next(each for each in topic.causes.values() if each.origins)
    real = next(each for each in topic.origins.values() if each.against)
    other = next(e for e in topic.causes.values() if e.iri != one.iri and len(e.statements) > 1)
    origin = ListedOrigin(other.iri, other.label, real.tissue, real.supports, real.against)
    led = replace(one.origins[0], origin=Term(other.iri, other.label))
    changed = replace(one, origins=(led,))
    return (
        replace(
            topic,
            causes={**topic.causes, one.iri: changed},
            origins={**topic.origins, other.iri: origin},
        ),
        changed,
        other,
    )


@pytest.mark.slow
def test_a_cause_that_is_the_origin_of_another_lends_it_no_statement(
    knowledge: KnowledgeGraph, tmp_path: Path
) -> None:
    """What lists the one is no word about the other, and what is said of the origin is of one."""
    topic, one, other = _with_a_cause_as_origin(next(iter(knowledge.model.tables.topics.values())))
    conditions = knowledge.lexicon.of_kind(Kind.CONDITION)
    documents = {
        f"{each.label} {state}": {
            "conditions": [each.iri],
            "labs": [_RAISED, _GGT | {"state": state}],
        }
        for each in conditions
        for state in ("normal", "high")
    }
    tables = as_tables_of(Patients(knowledge.lexicon, knowledge.rules, 3), documents)
    cohort = Compiler(knowledge, topic).compile()
    with open_engine(cohort, knowledge.lexicon, threads=1) as engine:
        engine.open_source(flat_source(tables.write(tmp_path)))
        engine.read()
        engine.judge_part(DAYS)
        found = rows_of_queries(engine)
        verdicts = set()
        for key, patient in read_patients(engine, knowledge.lexicon):
            judged = judge_patient(knowledge, topic, patient.case(knowledge.lexicon, DAYS))
            if judged.contradicts:
                continue
            wanted = {cause: (*rest[:2], *map(tuple, rest[2:])) for cause, *rest in judged.verdicts}
            assert found[key]["verdicts"] == wanted
            verdicts |= {(cause, rows[0]) for cause, rows in wanted.items()}

    assert {verdict for cause, verdict in verdicts if cause == one.iri} > {"argued against"}
    assert other.iri in {cause for cause, _ in verdicts}
