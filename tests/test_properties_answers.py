"""What every answer carries, whoever the patient is: its statements, their weight, its schema.

The patients are made by patients.py. 60 whole answers in every run; `make test-nightly` takes
1,000.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from counting import counts
from jsonschema import Draft202012Validator
from patients import Patients
from test_questions import ids_of

from kg.answer.ask import ask
from kg.answer.model import Answer, Standing, Verdict
from kg.model.statements import short_id
from kg.model.terms import Lexicon
from kg.model.vocabulary import text_of
from kg.show.data import json_text, schema_text, with_notice
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

ANSWERS, ANSWERS_AT_NIGHT = 60, 1_000
SEED = 1306
EXCLUDES = 4
"""The rank of a word that excludes: `confirms` and its like."""


@pytest.fixture(name="patients", scope="module")
def _patients(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Patients:
    return Patients(lexicon, knowledge.rules, SEED)


@counts(ANSWERS, nightly=ANSWERS_AT_NIGHT)
def test_every_row_rests_on_statements(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """Every row names a statement, and every id resolves to one that stands (60; 1,000)."""
    standing = {
        short_id(text_of(row["statement"]))
        for row in shipped_rows(knowledge.store, "ask/notes").records()
    }

    for answer in _answers(knowledge, patients, count):
        rows = (answer.causes, answer.ask_next, answer.unknown, answer.tensions)
        for ids in (row.statements for group in rows for row in group):
            assert ids, answer.case
        for row in answer.messages:
            assert row.statements or row.background or row in answer.scope, (answer.case, row)
        for other in answer.other_populations:
            assert other.elsewhere, (answer.case, other)
        named = ids_of(answer)
        assert named <= answer.statements.keys() <= standing, answer.case
        background = {each for part in answer.messages for each in part.background}
        assert background <= answer.background.keys(), answer.case


@counts(ANSWERS, nightly=ANSWERS_AT_NIGHT)
def test_no_verdict_is_stronger_than_its_weakest_premise(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """The word of a verdict is no stronger than any premise of it (60 answers; 1,000 at night)."""
    for answer in _answers(knowledge, patients, count):
        notes = answer.statements
        rank_of = {"": 0, **{note.modality: note.strength for note in notes.values()}}
        for cause in answer.causes:
            listed = max(notes[each].strength for each in cause.statements)
            bounds = [notes[each.weakest].strength for each in cause.against if each.weakest]
            said = [each for each in (*cause.supports, *cause.against) if each.rule]
            rules = [
                max(notes[e].strength for e in each.rule) for each in cause.against if each.rule
            ]
            assert rank_of[cause.strength] <= min([listed, *bounds, *rules]), (answer.case, cause)
            for argument in said:
                premises = [notes[each].strength for each in argument.rule]
                assert rank_of[argument.strength] <= max(premises), (answer.case, argument)


@counts(ANSWERS, nightly=ANSWERS_AT_NIGHT)
def test_each_verdict_has_its_ground(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """Each verdict is borne out by what stands beside it (60 answers; 1,000 at night)."""
    seen = set()
    for answer in _answers(knowledge, patients, count):
        for cause in answer.causes:
            seen.add(cause.verdict)
            excluding = [each for each in cause.against if each.direction == "excludes"]
            standing = {each.iri: each.standing for each in answer.origins}
            stands = {standing[each.iri] for each in cause.origins}
            falls = stands == {Standing.ARGUED_AGAINST}
            ground = {
                Verdict.CANDIDATE: not cause.against and not cause.needs and not falls,
                Verdict.UNDETERMINED: bool(cause.needs) and not cause.against and not falls,
                Verdict.ARGUED_AGAINST: bool(cause.against) or falls,
                Verdict.EXCLUDED: any(
                    answer.statements[each].strength >= EXCLUDES
                    for argument in excluding
                    for each in argument.rule
                ),
            }
            assert ground[cause.verdict], (answer.case, cause)

    assert seen == {Verdict.CANDIDATE, Verdict.UNDETERMINED, Verdict.ARGUED_AGAINST}


@pytest.mark.slow
@counts(ANSWERS, nightly=ANSWERS_AT_NIGHT)
def test_every_answer_is_what_the_schema_says(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """Every answer as JSON validates against the published schema (60; 1,000 at night)."""
    validator = Draft202012Validator(json.loads(schema_text("answer")))

    for answer in _answers(knowledge, patients, count):
        written = json.loads(json_text(with_notice(answer)))
        error = next(validator.iter_errors(written), None)
        assert error is None, (answer.case, error)


def _answers(knowledge: KnowledgeGraph, patients: Patients, count: int) -> Iterator[Answer]:
    return (ask(knowledge, patients.case(each)) for each in patients.documents(count))
