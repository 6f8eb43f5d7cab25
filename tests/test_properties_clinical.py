"""What a clinician holds of any answer, whoever the patient is: properties of random patients.

The patients are made by patients.py. Each property is a function of its own; a few patients in
every run, 5,000 of each at night.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from counting import counts
from patients import Document, Patients

from kg.answer.ask import ask
from kg.answer.model import Answer, Cause, Standing, Verdict
from kg.case import resolve_case
from kg.case.document import read_questions
from kg.curate.diff.difference import shipped_questions
from kg.model.tables import CaseMessage
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import IRI
from kg.store.knowledge import KnowledgeGraph

CASES, CASES_AT_NIGHT = 50, 5_000
SEED = 1111
HIGHER = ("1.2", "1.4", "1.7", "2.5", "4", "6", "12")
"""Multiples of the upper limit, on both sides of each limit that a source draws."""


@pytest.fixture(name="patients", scope="module")
def _patients(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Patients:
    return Patients(lexicon, knowledge.rules, SEED)


@counts(CASES, nightly=CASES_AT_NIGHT)
def test_a_known_cause_is_never_under_other_patients(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """What the patient has, and any statement lists, leads the causes (50; 5,000 at night)."""
    listed = {iri for topic in knowledge.model.tables.topics.values() for iri in topic.causes}
    seen = 0
    for answer in _answers(knowledge, patients, count):
        if not answer.judged:
            continue
        has = {fact.iri for fact in answer.case if fact.value == "yes"} & listed
        clashing = {side for conflict in answer.conflicts for side in conflict.facts}
        known = {each.iri for each in answer.causes if each.present}
        said = {f.iri for f in answer.case if f.iri in has and f.label not in clashing}
        assert said <= known, answer.case
        assert known.isdisjoint(each.iri for each in answer.other_populations), answer.case
        present = [each.present for each in answer.causes]
        assert present == sorted(present, reverse=True), answer.case
        seen += len(known)

    assert seen


@counts(CASES, nightly=CASES_AT_NIGHT)
def test_no_strength_goes_from_a_class_to_its_member(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """What speaks for a cause names it; the word of a tissue is on no cause (50; 5,000)."""
    spoken = 0
    for answer in _answers(knowledge, patients, count):
        of_origins = {
            (argument.finding.iri, rule)
            for origin in answer.origins
            for argument in (*origin.supports, *origin.against)
            for rule in argument.rule
        }
        for cause in answer.causes:
            assert not any(each.inferred for each in cause.supports), (answer.case, cause)
            for argument in (*cause.supports, *cause.against):
                said = {(argument.finding.iri, rule) for rule in argument.rule}
                assert said.isdisjoint(of_origins), (answer.case, cause)
            assert not (cause.by_origin and cause.strength), (answer.case, cause)
        spoken += len(of_origins)

    assert spoken


@counts(CASES, nightly=CASES_AT_NIGHT)
def test_what_supports_a_tissue_lowers_no_cause_of_it(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """With a result more that speaks for a tissue alone, its causes stand no lower (50; 5,000)."""
    order = list(Verdict)
    seen = 0
    for document in patients.documents(count):
        before = _answer(knowledge, document)
        for more in _results(knowledge, document):
            after = _answer(knowledge, more)
            gained = _gained(before, after)
            old = {each.iri: each for each in before.causes}
            for cause in after.causes:
                was = old.get(cause.iri)
                own = {each.iri for each in cause.origins}
                if was is None or not own or not own <= gained or _own(cause) != _own(was):
                    continue
                seen += 1
                assert order.index(cause.verdict) <= order.index(was.verdict), (more, cause)

    assert seen


@pytest.mark.slow
@counts(CASES, nightly=CASES_AT_NIGHT)
def test_a_larger_rise_loses_no_advice(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """A step that is told for a rise is told for a larger one, with its scope (50; 5,000)."""
    seen = 0
    for document in patients.documents(count):
        told: set[str] = set()
        for ratio in HIGHER:
            answer = _answer(knowledge, _with_rise(knowledge, document, ratio))
            if answer.judged:
                steps = {each.iri for each in answer.ask_next}
                assert told <= steps | {e.iri for e in answer.steps_for_others}, (document, ratio)
                told = steps
                seen += len(told)

    assert seen


@counts(CASES, nightly=CASES_AT_NIGHT)
def test_a_settled_question_silences_what_asks_it(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """Once a case says no to it, nothing asks it any more (50 and all that ship; 5,000)."""
    conditions = {entry.iri for entry in knowledge.lexicon.of_kind(Kind.CONDITION)}
    asking = {each.iri: each.settled & conditions for each in _attached(knowledge)}
    shipped = (dict(question.case) for question in read_questions(shipped_questions()))
    seen = 0
    for document in (*shipped, *patients.documents(count)):
        for said in _answer(knowledge, document).messages:
            for settling in sorted(asking.get(said.iri, ())):
                denied = [*document.get("absent", []), settling]
                after = _answer(knowledge, {**document, "absent": denied})
                if after.conflicts:
                    continue
                seen += 1
                assert said.iri not in {each.iri for each in after.messages}, (document, settling)

    assert seen


def _attached(knowledge: KnowledgeGraph) -> tuple[CaseMessage, ...]:
    """Everything that is said of kinds of cases and of findings."""
    tables = knowledge.model.tables
    return (*tables.messages, *tables.rules)


def _answers(knowledge: KnowledgeGraph, patients: Patients, count: int) -> Iterator[Answer]:
    return (_answer(knowledge, document) for document in patients.documents(count))


def _answer(knowledge: KnowledgeGraph, document: Document) -> Answer:
    return ask(knowledge, resolve_case(document, knowledge.lexicon))


def _own(cause: Cause) -> tuple[object, ...]:
    """What is said of a cause itself: whether it is there, what is open, what argues."""
    said = tuple((each.finding.iri, each.rule) for each in (*cause.supports, *cause.against))
    return cause.present, tuple(each.datum.iri for each in cause.needs), said


def _gained(before: Answer, after: Answer) -> set[str]:
    """The tissues that more speaks for, and nothing more against."""
    old = {each.iri: each for each in before.origins}
    return {
        each.iri
        for each in after.origins
        if each.iri in old
        and len(each.supports) > len(old[each.iri].supports)
        and len(each.against) == len(old[each.iri].against)
        and each.standing in (Standing.SUPPORTED, Standing.DISPUTED)
    }


def _results(knowledge: KnowledgeGraph, document: Document) -> Iterator[Document]:
    """The case with one more result, of each measurement that speaks of tissues."""
    topic = next(iter(knowledge.model.tables.topics.values()))
    labs: list[dict[str, Any]] = document.get("labs", [])
    given = {each["marker"] for each in labs}
    for each in topic.possible:
        if each.kind == "state" and not each.brings.isdisjoint(topic.bears_on_origins):
            marker = knowledge.lexicon.find(each.of, Kind.MARKER)
            if given.isdisjoint((marker.iri, marker.label)):
                state = knowledge.lexicon.entries[IRI(each.result)].flag
                yield {**document, "labs": [*labs, {"marker": marker.iri, "state": state}]}


def _with_rise(knowledge: KnowledgeGraph, document: Document, ratio: str) -> Document:
    """The case with one result of the marker asked about, so many times its upper limit."""
    topic = next(iter(knowledge.model.tables.topics.values()))
    shown = knowledge.lexicon.find(topic.finding.iri, Kind.FINDING).of
    assert shown is not None
    marker = knowledge.lexicon.find(shown, Kind.MARKER)
    others = [
        each
        for each in document.get("labs", [])
        if each["marker"] not in (marker.iri, marker.label)
    ]
    rise = {"marker": marker.iri, "value": str(float(ratio) * 100), "unit": "U/L", "high": "100"}
    return {**document, "labs": [*others, rise]}
