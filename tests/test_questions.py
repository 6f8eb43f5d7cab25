"""Every competency question gets the answer that the articles give: questions/ holds the answers.

The questions themselves ship with the project, in queries/cases.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from expectations import LISTS, TABLES, as_written, shown

from kg.answer.classified import classify_case
from kg.answer.model import Answer, Argument
from kg.case import resolve_case
from kg.case.document import read_question, read_questions
from kg.compile.topics import gap_texts
from kg.curate.diff.difference import answer_question, shipped_questions
from kg.model.statements import short_id
from kg.model.terms import Lexicon
from kg.model.vocabulary import eg, text_of
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

FILES = sorted(Path(__file__).parent.glob("questions/*.toml"))
GENERAL = Path(__file__).parent / "questions" / "related" / "general.toml"
NOT_COVERED = sorted(Path(__file__).parent.glob("questions/not_covered/*.toml"))
RULES = f"""
PREFIX eg: <{eg("")}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?kind WHERE {{
  ?edge eg:edgeSource ?kind ; eg:byInference false .
  ?kind rdfs:subClassOf eg:Case .
}}
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_answer(path: Path, whole: KnowledgeGraph) -> None:
    """The answer says all that is expected of it, on these statements, and nothing else."""
    answer = answer_of(path, whole)

    expected = tomllib.loads(path.read_text("utf-8"))["expect"]
    assert expected.keys() <= {*LISTS, *TABLES}
    assert as_written(shown(answer)) == as_written(expected)


def test_every_answer_names_all_that_the_sources_leave_out(whole: KnowledgeGraph) -> None:
    """What no source says of a finding is named in every answer about it, whatever the case."""
    rows = shipped_rows(whole.store, "ask/gaps").records()
    gaps = [*gap_texts({key: text_of(value) for key, value in row.items()} for row in rows)]

    assert gaps
    for path in FILES:
        assert list(answer_of(path, whole).not_covered) == gaps, path.stem


@pytest.mark.parametrize("path", NOT_COVERED, ids=lambda path: path.stem)
def test_what_no_statement_knows_is_named(path: Path, lexicon: Lexicon) -> None:
    """A question about what the graph does not know is told so by name, before anything else."""
    question = tomllib.loads(path.read_text("utf-8"))

    case = resolve_case(question["case"], lexicon)

    assert [each.given for each in case.unused if each.kind == "not covered"] == question["names"]
    for name in question["names"]:
        assert name in case.notices[0].text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_rests_on_statements(path: Path, whole: KnowledgeGraph) -> None:
    """Every row of every answer carries a statement, and every id resolves."""
    answer = answer_of(path, whole)

    assert all(cause.statements for cause in answer.causes)
    assert all(message.statements for message in answer.messages if message not in answer.scope)
    assert all(step.statements for step in answer.ask_next)
    assert ids_of(answer) <= answer.statements.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_verdict_is_stronger_than_its_weakest_premise(path: Path, whole: KnowledgeGraph) -> None:
    """What speaks against a cause bounds the strength of the verdict."""
    answer = answer_of(path, whole)

    for cause in answer.causes:
        ranks = [answer.statements[each].strength for each in cause.statements]
        weakest = [argument.weakest for argument in cause.against if argument.weakest]
        bounds = [answer.statements[each].strength for each in weakest]
        rank_of_word = {"": 0, **{n.modality: n.strength for n in answer.statements.values()}}
        assert rank_of_word[cause.strength] <= min([max(ranks), *bounds])


def test_every_rule_is_seen_to_fire(knowledge: KnowledgeGraph, whole: KnowledgeGraph) -> None:
    """Every kind of case that a rule speaks of is the case of some question.

    What an article of a curator's own speaks of is asked of its tests: `test_knowledge.py`.
    """
    questions = read_questions(shipped_questions())
    cases = [resolve_case(question.case, whole.lexicon) for question in questions]
    seen = {kind for case in cases for kind in classify_case(whole.rules, case).contexts}

    kinds = {row["kind"] for row in knowledge.store.select(RULES).records()}

    assert kinds
    assert kinds <= seen


def test_every_statement_is_used_in_a_case_or_said_to_be_general(
    knowledge: KnowledgeGraph, whole: KnowledgeGraph
) -> None:
    """A statement either does something in the answer to a case, or a file says why it cannot."""
    used = {each for path in FILES for each in acting(answer_of(path, whole))}
    general = tomllib.loads(GENERAL.read_text("utf-8"))

    named = [each for reason in general.values() for each in reason["statements"]]
    everything = {
        short_id(text_of(row["statement"]))
        for row in shipped_rows(knowledge.store, "ask/notes").records()
    }
    assert sorted(everything - used) == sorted(named)


def acting(answer: Answer) -> Iterator[str]:
    """The statements that list a cause, argue, caution, advise, or tell the outcome in a case."""
    for cause in answer.causes:
        yield from (*cause.statements, *cause.origin_statements)
    for argument in arguments_of(answer):
        yield from (*argument.statements, *argument.corroboration)
    for message in answer.messages:
        yield from (*message.statements, *message.corroboration)
    for step in answer.ask_next:
        yield from step.statements


def test_every_question_that_ships_has_an_answer_here() -> None:
    """No competency question ships without the answer that is expected of it."""
    shipped = {question.name for question in read_questions(shipped_questions())}

    assert shipped
    assert shipped <= {path.stem for path in FILES}


def answer_of(path: Path, knowledge: KnowledgeGraph) -> Answer:
    """The answer to the question that a file of expectations is named after."""
    question = read_question(shipped_questions() / f"{path.stem}.json")
    found = answer_question(knowledge, question)
    assert isinstance(found, Answer), found
    return found


def arguments_of(answer: Answer) -> Iterator[Argument]:
    """What findings say of causes and of origins."""
    for cause in answer.causes:
        yield from (*cause.supports, *cause.against)
    for origin in answer.origins:
        yield from (*origin.supports, *origin.against)


def ids_of(answer: Answer) -> set[str]:
    """Every statement that the answer names, wherever it does."""
    found: set[str] = set()
    for cause in answer.causes:
        found.update(cause.statements, (each.statement for each in cause.elsewhere))
        found.update(cause.origin_statements)
        found.update(each for need in cause.needs for each in need.statements)
    for argument in arguments_of(answer):
        found.update(argument.rule, argument.statements, argument.corroboration)
    for message in answer.messages:
        found.update(message.statements, message.corroboration)
    for other in answer.other_populations:
        found.update(each.statement for each in other.elsewhere)
    found.update(each for step in answer.ask_next for each in step.statements)
    found.update(each for unknown in answer.unknown for each in unknown.statements)
    found.update(each for tension in answer.tensions for each in tension.statements)
    return found
