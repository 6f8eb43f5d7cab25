"""A case is joined with tables in this process; the SPARQL queries say the same of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from curating import PREFIX_LINES
from random_cases import CaseMaker

from kg.answer.ask import ask
from kg.answer.classified import ClassifiedCase, classify_case
from kg.answer.consequences import NextSteps, advised_to, case_messages, rules_set_off
from kg.answer.judge import judge
from kg.answer.model import Message
from kg.case import Case, resolve_case
from kg.case.document import read_questions
from kg.compile import builder
from kg.compile.model import open_store
from kg.compile.topics import gap_texts
from kg.curate.diff.difference import shipped_questions
from kg.model.rdf import turtle_to_nquads
from kg.model.statements import short_id
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import IRI, NONE, Term, text_of
from kg.store.artifact import Artifact
from kg.store.base import Store
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore
from kg.store.queries import shipped_rows

Row = tuple[str, ...]
RANDOM = 200
TOPIC = "raised ALP"


@pytest.fixture(name="cases", scope="module")
def _cases(lexicon: Lexicon) -> tuple[Case, ...]:
    """Give the case of every question that ships, and some hundred random ones."""
    shipped = (question.case for question in read_questions(shipped_questions()))
    marker = lexicon.find("ALP", Kind.MARKER)
    made = CaseMaker(lexicon, seed=20).documents(RANDOM, about=marker)
    return tuple(resolve_case(each, lexicon) for each in (*shipped, *made))


@pytest.fixture(name="classified", scope="module")
def _classified(knowledge: KnowledgeGraph, cases: tuple[Case, ...]) -> tuple[ClassifiedCase, ...]:
    """Give each case as the rules see it."""
    return tuple(classify_case(knowledge.rules, case) for case in cases)


@pytest.mark.slow
def test_verdicts_are_those_of_the_query(
    knowledge: KnowledgeGraph, classified: tuple[ClassifiedCase, ...]
) -> None:
    """Every case gets the verdicts that queries/ask/causes.rq gives it."""
    seen: set[str] = set()
    for case in classified:
        for iri, topic in knowledge.model.tables.topics.items():
            rows = shipped_rows(
                knowledge.store,
                "ask/causes",
                about=(IRI(iri),),
                context=terms(case.applicable),
                rule_context=terms(case.applicable),
                finding=terms(case.findings),
                present=terms(case.present),
                absent=terms(case.absent),
            )
            asked = {(text_of(r["cause"]), text_of(r["verdict"])) for r in rows.records()}
            found = {
                (cause, judgement.verdict.value)
                for cause, judgement in judge(topic, case).items()
                if judgement.verdict is not None
            }
            seen |= {verdict for _, verdict in found}

            assert found == (asked if iri in case.findings else set())
    assert {"candidate", "undetermined", "argued against"} <= seen


def test_consequences_are_those_of_the_query(
    knowledge: KnowledgeGraph, classified: tuple[ClassifiedCase, ...]
) -> None:
    """Every case gets the cautions, advice and outcomes of queries/ask/consequences.rq."""
    topic = next(iter(knowledge.model.tables.topics.values()))
    within = [case for case in classified if case.in_scope]
    for case in within:
        rows = shipped_rows(
            knowledge.store,
            "ask/consequences",
            context=terms(case.contexts),
            rule_context=terms(case.contexts),
            finding=terms(case.findings),
            known=terms(case.present | case.absent),
        )
        asked = {
            tuple(text(each) for each in row) for row in selected(rows.records(), "kind", "item")
        }
        carried = {row[:2] for row in asked if row[2] == "statement" or row[0] == "scope"}
        said = dict(case_messages(knowledge.model.tables, topic, case))
        said.pop("question", None)  # what the record is asked for is no consequence

        found = {(kind, *row) for kind, group in said.items() for row in premises(*group)}
        assert found == {row for row in asked if row[:2] in carried}
    assert within


def test_outside_the_scope_only_what_holds_there_is_said(
    knowledge: KnowledgeGraph, classified: tuple[ClassifiedCase, ...]
) -> None:
    """Of a child or in pregnancy, only the scope and cautions that are marked so are said."""
    topic = next(iter(knowledge.model.tables.topics.values()))
    outside = [case for case in classified if not case.in_scope]
    for case in outside:
        rows = shipped_rows(
            knowledge.store,
            "ask/consequences",
            context=terms(case.contexts),
            rule_context=terms(case.contexts),
            finding=terms(case.findings),
            known=terms(case.present | case.absent),
        )
        always = {text_of(row["item"]) for row in rows.records() if "always" in row}
        said = dict(case_messages(knowledge.model.tables, topic, case))

        assert {kind for kind, group in said.items() if group} <= {"scope", "alert"}
        assert {each.iri for each in said.get("alert", ())} <= always
        assert said["scope"]
    assert outside


def test_rules_are_those_of_the_query(
    knowledge: KnowledgeGraph, classified: tuple[ClassifiedCase, ...]
) -> None:
    """Every case gets the rules of queries/ask/rules.rq, on the same statements."""
    for case in classified:
        rows = shipped_rows(
            knowledge.store,
            "ask/rules",
            finding=terms(case.findings),
            rule_context=terms(case.applicable),
            known=terms(case.present | case.absent),
        )
        asked = {tuple(text(each) for each in row) for row in selected(rows.records(), "finding")}
        carried = {row[0] for row in asked if row[1] == "statement"}

        found = set(premises(*rules_set_off(knowledge.model.tables, case)))
        assert found == {row for row in asked if row[0] in carried}


@pytest.mark.slow
def test_next_steps_are_those_of_the_query(
    knowledge: KnowledgeGraph, classified: tuple[ClassifiedCase, ...]
) -> None:
    """Every case is advised what queries/ask/next_steps.rq finds, by the same statements."""
    topic = next(iter(knowledge.model.tables.topics.values()))
    for case in classified:
        rows = shipped_rows(
            knowledge.store,
            "ask/next_steps",
            context=terms(case.applicable),
            rule_context=terms(case.applicable),
            done=terms(case.present | case.absent),
        )
        asked: dict[str, set[str]] = {}
        for row in rows.records():
            asked.setdefault(text_of(row["investigation"]), set()).add(
                short_id(text_of(row["premise"]))
            )
        advised = {text_of(row["investigation"]) for row in rows.records() if said_outright(row)}

        told = advised_to(knowledge.model.tables, topic, case)
        found = NextSteps(case, judge(topic, case), topic, told).steps(None)
        assert {each.iri: {*each.statements, *each.background} for each in found} == {
            iri: asked[iri] for iri in advised
        }


def test_any_store_gives_the_same_answers(
    knowledge: KnowledgeGraph, product: Artifact, cases: tuple[Case, ...]
) -> None:
    """A graph without prepared results is asked instead, and says the same."""
    store = LocalStore(product.graph)
    bare = open_store(store, knowledge.rules, knowledge.asserted, knowledge.version)

    for case in islice(cases, 80):
        assert ask(bare, case) == ask(knowledge, case)


def test_an_answer_does_not_open_the_store(product: Artifact) -> None:
    """Nothing of a whole answer, the names of terms included, needs a query to be run."""
    closed = open_graph(product, never)
    said = {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}]}

    answer = ask(closed, resolve_case(said, closed.lexicon))

    assert answer.causes


@pytest.fixture(name="product", scope="module")
def _product() -> Artifact:
    """Give the built graph as it lies on disk."""
    from kg.model import resources

    builder.ensure()
    return builder.of_folder(resources.ontology_dir())


def never() -> Store:
    """Stands for a store that must not be opened."""
    pytest.fail("the store was opened")


def terms(names: frozenset[str]) -> tuple[IRI, ...]:
    """Names as a row of a query."""
    return tuple(map(IRI, sorted(names))) or (NONE,)


def selected(records: Iterator[dict[str, Term]], *names: str) -> Iterator[tuple[Term, ...]]:
    """Some values of each row, with its role and premise."""
    for record in records:
        yield tuple(record[name] for name in (*names, "role", "premise"))


def text(term: Term) -> str:
    """A term as answers name it."""
    return short_id(text_of(term))


def premises(*found: Message) -> Iterator[Row]:
    """Each message with each thing that it rests on."""
    for each in found:
        for role in ("statement", "corroboration", "background"):
            named = each.statements if role == "statement" else getattr(each, role)
            yield from ((each.iri, role, one) for one in named)


def said_outright(row: dict[str, Term]) -> bool:
    """Whether a row holds what advises, a statement or background alone, and not what agrees."""
    return text(row["role"]) in ("statement", "background")


def test_gaps_are_found_by_what_is_said(knowledge: KnowledgeGraph) -> None:
    """Whom, which drugs and which tissue no source speaks of is read off the statements."""
    (topic,) = knowledge.model.tables.topics.values()

    assert topic.gaps[:5] == (
        "children",
        "pregnant patients",
        "any antimyeloma drug other than bortezomib",
        "any bone-modifying agent other than alendronate and risedronate",
        "causes of other non-hepatic origin",
    )


_ZOLEDRONATE = """
    st:X001 eg:subject eg:x ; eg:analyte eg:SerumALPObservation .
    eg:x owl:equivalentClass [ owl:intersectionOf ( eg:Treatment
        [ owl:onProperty eg:withDrug ; owl:someValuesFrom eg:Zoledronate ] ) ] .
"""
_ANOTHER_MARKER = _ZOLEDRONATE.replace("SerumALP", "GGT")


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("st:X001 eg:context eg:ChildCase .", {"children"}),
        ("st:X001 eg:context eg:ChildCase ; prov:wasInvalidatedBy eg:x .", set()),
        ("st:X001 eg:context eg:PregnancyCase .", {"pregnant patients"}),
        (_ZOLEDRONATE, {"any bone-modifying agent other than alendronate and risedronate"}),
        (_ANOTHER_MARKER, set()),
    ],
)
def test_a_gap_goes_with_the_statement_that_fills_it(
    product: Artifact, knowledge: KnowledgeGraph, said: str, gone: set[str]
) -> None:
    """What a statement about the finding speaks of is missed no more; else nothing changes."""
    more = turtle_to_nquads((PREFIX_LINES + said).encode())
    rows = shipped_rows(LocalStore(product.graph + more), "ask/gaps").records()
    (topic,) = knowledge.model.tables.topics.values()

    found = gap_texts({key: text_of(value) for key, value in row.items()} for row in rows)

    assert {*topic.gaps} - {*found} == gone
