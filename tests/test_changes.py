"""What differs between two versions is named, all of it, and nothing else is."""

from __future__ import annotations

import json
import random

import pytest
from counting import share_of
from jsonschema import Draft202012Validator
from removal import Graphed, Whole

from kg.answer.model import Answer
from kg.answer.what_if import COMPARED, NOT_COMPARED, VERDICT, row_changes
from kg.curate.diff.content import Content, content_of
from kg.curate.diff.difference import compare_statements
from kg.model.changes import AnswerChange, Change, ChangeKind, Difference, Field, Side, changes
from kg.model.errors import UnknownTermError
from kg.model.rdf import labels_of, read_nquads, turtle_to_nquads
from kg.model.statements import short_id
from kg.model.vocabulary import expand
from kg.show.changes import render_difference
from kg.show.data import schema_text
from kg.store.statements import find_statement

SAMPLE = 2
"""So many statements are taken out in every run; all of them in the exhaustive one."""


@pytest.fixture(name="whole", scope="module")
def _whole() -> Whole:
    return Whole()


def test_every_part_of_an_answer_is_compared() -> None:
    """A part of an answer that is not compared is left out for a reason."""
    parts = {*Answer.__struct_fields__}

    assert parts == {*COMPARED, *NOT_COMPARED}


@pytest.mark.slow
def test_a_graph_does_not_differ_from_itself(whole: Whole) -> None:
    """Between a graph and itself there is no difference of any kind."""
    content = whole.graph.content

    assert compare_statements(content, content) == ()
    assert other_changes(content, content) == []
    assert all(row_changes(answer, answer) == () for answer in whole.answers.values())


WORDS = """
@prefix eg: <https://w3id.org/etiograph/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/etiograph/statement/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
eg:CauseStatement rdfs:subClassOf eg:Statement .
st:X001 a eg:CauseStatement ; rdfs:label "X001 frost is a cause" .
"""
HIGH = """
eg:High a owl:Class ; rdfs:label "high" ; owl:equivalentClass [ owl:intersectionOf ( eg:Result
    [ owl:onProperty eg:ratio ; owl:someValuesFrom [ owl:onDatatype xsd:decimal ;
      owl:withRestrictions ( [ xsd:minExclusive %s ] ) ] ] ) ] .
"""
AXIOM = """
[] a owl:Axiom ; owl:annotatedSource eg:Frost ; owl:annotatedProperty rdfs:subClassOf ;
    owl:annotatedTarget eg:Cause ; eg:evidence %s .
"""
WITHDRAWAL = """
st:X001 prov:wasInvalidatedBy eg:w . eg:w a eg:Withdrawal ; eg:reason "it was snow" .
"""


def said(*parts: str) -> Content:
    """What a Turtle text says."""
    text = WORDS + "".join(parts)
    quads = tuple(read_nquads(turtle_to_nquads(text.encode(), graph=expand("graph:ontology"))))
    return content_of(quads, labels_of(quads))


def test_a_changed_limit_is_told_in_words() -> None:
    """A threshold in a definition is shown as it was and as it is, not as blank nodes."""
    (change,) = changes(said(HIGH % "1.5").terms, said(HIGH % "2.0").terms)

    assert [(f.name, f.old, f.new) for f in change.fields] == [
        (
            "defined as",
            ("eg:Result and (eg:ratio some xsd:decimal[> 1.5])",),
            ("eg:Result and (eg:ratio some xsd:decimal[> 2])",),
        )
    ]


def test_an_axiom_with_other_evidence_is_told() -> None:
    """An axiom that rests on other statements than before is named with both."""
    (change,) = changes(said(AXIOM % "st:X001").axioms, said(AXIOM % "st:X001 , st:X002").axioms)

    (field,) = change.fields
    assert (change.how, change.label) == (ChangeKind.CHANGED, "eg:Frost SubClassOf eg:Cause")
    assert (field.name, field.old, field.new) == ("evidence", ("X001",), ("X001", "X002"))


def test_a_withdrawal_is_told_with_its_reason_and_may_be_taken_back() -> None:
    """Withdrawn and standing again are two changes of their own."""
    standing, withdrawn = said(), said(WITHDRAWAL)

    (gone,) = compare_statements(standing, withdrawn)
    (back,) = compare_statements(withdrawn, standing)

    assert (gone.how, gone.label, gone.note) == (
        ChangeKind.WITHDRAWN,
        "frost is a cause",
        "it was snow",
    )
    assert (back.how, back.note) == (ChangeKind.RESTORED, "")
    assert changes(standing.terms, withdrawn.terms) == ()


MOVED = Change(
    ChangeKind.CHANGED,
    "frost",
    "frost",
    (Field(VERDICT, ("candidate",), ()), Field("why", ("cold", "wet"), ("cold", "dry"))),
    statements=("X001",),
    part="causes",
)
WAITING = Change(ChangeKind.ADDED, "heat", "heat", part="unknown")
DIFFERENCE = Difference(
    Side("old", "0123", "2026-11-22"),
    Side("new"),
    asked=3,
    statements=(Change(ChangeKind.WITHDRAWN, "X001", "frost is a cause", note="it was snow"),),
    records=(
        Change(ChangeKind.ADDED, "place", "place"),
        Change(ChangeKind.CHANGED, "X002", "a place", (Field("line", ("1",), ()),)),
    ),
    answers=(
        AnswerChange("winter", "What of frost?", (MOVED,)),
        AnswerChange(
            "summer", "What of heat?", (Change(ChangeKind.ADDED, "h", "h", part="unknown"),)
        ),
    ),
)


def test_a_difference_is_shown() -> None:
    """What changed stands with its sign and its ids, and below it how; a page says the same."""
    shown = [" ".join(line.split()) for line in render_difference(DIFFERENCE, "text").splitlines()]

    assert shown == [
        "old old (graph 0123, built 2026-11-22)",
        "new new",
        "",
        "STATEMENTS 1 withdrawn",
        "- frost is a cause (withdrawn) X001",
        "because: it was snow",
        "",
        "PLACES and what is cited: 1 added, 1 changed",
        "~ a place X002",
        "line: 1 → nothing",
        "",
        "ANSWERS 2 of 3 competency questions answered differently, verdicts moved in 1",
        "What of frost? winter",
        "~ frost: candidate → not listed X001",
        "why: - wet; + dry",
        "only what is missing differs in: summer",
    ]
    page = render_difference(DIFFERENCE, "md")
    assert "\n## Statements: 1 withdrawn\n\n- withdrawn: frost is a cause (X001)\n" in page
    assert "\n    - changed: frost: candidate → not listed (X001)\n        - why: - wet" in page


def test_a_difference_fits_its_schema() -> None:
    """The JSON is what `kg schema difference` promises."""
    data = json.loads(render_difference(DIFFERENCE, "json"))

    Draft202012Validator(json.loads(schema_text("difference"))).validate(data)
    assert data["statements"][0]["how"] == "withdrawn"


@pytest.mark.slow
@pytest.mark.jvm
def test_deleting_a_statement_is_named_and_moves_the_answers(whole: Whole) -> None:
    """A few statements by chance: see the test of all of them."""
    statements = whole.statements()
    chosen = random.Random(len(statements)).sample(statements, SAMPLE)

    for statement in chosen:
        assert_named_and_moved(whole, statement)


@pytest.mark.jvm
@pytest.mark.exhaustive
def test_deleting_any_statement_is_named_and_moves_the_answers(whole: Whole) -> None:
    """Whichever statement is deleted, the comparison names it and no other.

    Every answer that named it says something else, and no answer and nothing that is known names
    it any more.
    """
    statements = share_of(whole.statements())

    for statement in statements:
        assert_named_and_moved(whole, statement)

    assert statements


@pytest.mark.slow
def test_withdrawing_a_statement_is_named_with_how(whole: Whole) -> None:
    """A withdrawn statement is still there, is said to be withdrawn, and stands in no answer."""
    statement = next(each for each in whole.statements() if whole.questions_that_name(each))

    withdrawn = whole.withdrawn(statement)

    (change,) = compare_statements(whole.graph.content, withdrawn.content)
    assert (change.how, change.id, change.fields) == (ChangeKind.WITHDRAWN, short_id(statement), ())
    assert find_statement(withdrawn.knowledge.store, short_id(statement)) == statement
    assert_gone_from_answers(whole, statement, withdrawn)


def assert_named_and_moved(whole: Whole, statement: str) -> None:
    """Fail the test unless one statement, deleted, is what the comparison is about."""
    old, new = whole.graph, whole.deleted(statement)

    (change,) = compare_statements(old.content, new.content)
    assert (change.how, change.id) == (ChangeKind.REMOVED, short_id(statement))
    assert other_changes(old.content, new.content, besides=short_id(statement)) == []
    assert_gone_from_conclusions(new.content, short_id(statement))
    assert_gone_from_answers(whole, statement, new)
    with pytest.raises(UnknownTermError):
        find_statement(new.knowledge.store, short_id(statement))


def other_changes(old: Content, new: Content, *, besides: str = "") -> list[str]:
    """What differs of terms, places and documents, besides what hung on a statement by name.

    A class whose limit was taken from the statement loses its definition with it.
    """
    found = (*changes(old.terms, new.terms), *changes(old.records, new.records))
    return [
        change.id
        for change in found
        if not any(besides in field.old for field in change.fields if field.new == ())
    ]


def assert_gone_from_conclusions(content: Content, statement: str) -> None:
    """Fail the test if an axiom or a conclusion still rests on a statement."""
    resting = [
        thing.id
        for thing in (*content.axioms.values(), *content.conclusions.values())
        for values in thing.fields.values()
        if statement in values
    ]
    assert resting == [], statement


def assert_gone_from_answers(whole: Whole, statement: str, new: Graphed) -> None:
    """Fail the test unless every answer that named the statement has changed and names it not."""
    for question in whole.questions_that_name(statement):
        answer = new.answer(question)
        assert short_id(statement) not in answer.statements, (statement, question.name)
        assert row_changes(whole.answers[question.name], answer), (statement, question.name)
