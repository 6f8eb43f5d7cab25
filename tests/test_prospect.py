"""What may still turn out is judged as if it had: no more and no less than asking again says."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from random_cases import CaseMaker, Document

from kg.answer.ask import ask
from kg.answer.classified import classify_case
from kg.answer.consequences import NextSteps, advised_to
from kg.answer.judge import judge
from kg.answer.model import Answer, Move, NextStep, Result, Standing, Verdict
from kg.case import case_facts, resolve_case
from kg.case.document import read_questions
from kg.compile.possible import possible_results
from kg.curate.diff.difference import shipped_questions
from kg.model.errors import UsageError
from kg.model.terms import Kind, Lexicon
from kg.model.topics import Hypothesis
from kg.model.vocabulary import EG, text_of
from kg.reasoning.continuation import Continuation
from kg.reasoning.engine import classify
from kg.reasoning.rules import Facts
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

OPEN = (Verdict.CANDIDATE, Verdict.UNDETERMINED)
RANDOM = 25
FLAGSHIP: Document = {
    "conditions": ["multiple myeloma"],
    "labs": [{"marker": "ALP", "state": "high"}],
}


@pytest.fixture(name="documents", scope="module")
def _documents(lexicon: Lexicon) -> tuple[Document, ...]:
    """Give the case of every question that ships and can be read, and some random ones."""
    shipped = [
        dict(question.case)
        for question in read_questions(shipped_questions())
        if can_be_read(dict(question.case), lexicon)
    ]
    made = CaseMaker(lexicon, seed=5).documents(RANDOM, about=lexicon.find("ALP", Kind.MARKER))
    return (*shipped, *made)


@pytest.mark.slow
def test_moves_are_what_asking_again_says(
    knowledge: KnowledgeGraph, lexicon: Lexicon, documents: tuple[Document, ...]
) -> None:
    """Each result of each step moves the causes that it moves once the case holds it."""
    compared = moving = 0
    for document in documents:
        answer = ask(knowledge, resolve_case(document, lexicon))
        for step in answer.ask_next:
            said = {result.label: result for result in step.results}
            for hypothesis in results_of(knowledge, lexicon, document, step):
                again = after(knowledge, lexicon, document, hypothesis)
                if again is None:
                    continue
                compared += 1
                moved = {
                    move.iri: (move.before, move.after) for move in moves(said, hypothesis.label)
                }
                moving += bool(moved)

                assert moved == differences(answer, again), (document, hypothesis.label)
    assert compared > 100
    assert moving > 20


@pytest.mark.slow
def test_what_is_not_advised_moves_open_causes(
    knowledge: KnowledgeGraph, lexicon: Lexicon, documents: tuple[Document, ...]
) -> None:
    """What no text advises and would move an open cause is shown, and nothing else."""
    seen = 0
    for document in documents[:40:3]:
        answer = ask(knowledge, resolve_case(document, lexicon))
        said = {result.label: result for each in answer.unadvised for result in each.results}
        advised = {each for step in answer.ask_next for each in asked_of(knowledge, step.iri)}
        causes = next(iter(knowledge.model.tables.topics.values())).causes
        for hypothesis in hypotheses(knowledge):
            if hypothesis.of in causes or hypothesis.of in advised or hypothesis.denied:
                continue
            again = after(knowledge, lexicon, document, hypothesis)
            if again is None or not answer.causes or hypothesis.kind == "treatment":
                continue
            weakened = {
                iri: change
                for iri, change in differences(answer, again).items()
                if change[0] in OPEN
            }
            shown = {move.iri: (move.before, move.after) for move in moves(said, hypothesis.label)}
            seen += bool(shown)
            if not shown and weakened:
                assert wider(knowledge, said, hypothesis), (document, hypothesis.label)
            else:
                assert shown == weakened, (document, hypothesis.label)
    assert seen


def test_every_move_rests_on_statements(
    knowledge: KnowledgeGraph, lexicon: Lexicon, documents: tuple[Document, ...]
) -> None:
    """A move names the statements that bring it about; only a denial needs none."""
    results = [
        result
        for document in documents
        for result in ask(knowledge, resolve_case(document, lexicon)).results
    ]

    assert results
    for result in results:
        assert result.moves or result.supports or result.origins
        assert all(origin.statements for origin in result.origins)
        assert all(move.statements for move in result.moves if move.after is not None)
        assert not any(move.statements for move in result.moves if move.after is None)
        assert all(support.statements for support in result.supports)


def test_a_test_that_was_done_is_not_asked_again(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """With a GGT in the case, no step and no hint asks for one."""
    before = ask(knowledge, resolve_case(FLAGSHIP, lexicon))
    labs = [*FLAGSHIP["labs"], {"marker": "GGT", "state": "normal"}]  # type: ignore[misc]

    after_ = ask(knowledge, resolve_case({**FLAGSHIP, "labs": labs}, lexicon))

    assert "GGT" in [step.label for step in before.ask_next]
    assert "GGT" not in [step.label for step in after_.ask_next]
    assert not any(result.label.startswith("GGT ") for result in after_.results)


def test_a_normal_ggt_would_weaken_the_liver_causes(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """The step that asks for GGT says which causes a normal one speaks against, and by what."""
    answer = ask(knowledge, resolve_case(FLAGSHIP, lexicon))

    (step,) = [each for each in answer.ask_next if each.label == "GGT"]
    (normal,) = [each for each in step.results if each.label == "GGT normal"]
    against = {
        move.label: move.statements for move in normal.moves if move.after is Verdict.ARGUED_AGAINST
    }
    assert against == dict.fromkeys(
        (
            "hepatic infiltration by myeloma cells",
            "drug-induced liver injury",
            "hepatic amyloidosis",
            "metastatic intrahepatic malignancy",
        ),
        ("B026", "B027"),
    )
    moved = {move.label: (move.before, move.after) for move in normal.origins}
    assert moved == {
        "bone origin": (Standing.OPEN, Standing.SUPPORTED),
        "hepatobiliary origin": (Standing.OPEN, Standing.ARGUED_AGAINST),
        "other non-hepatic origin": (Standing.OPEN, Standing.SUPPORTED),
    }


@pytest.mark.slow
def test_nothing_that_bears_on_a_verdict_is_sorted_out(
    knowledge: KnowledgeGraph, lexicon: Lexicon, documents: tuple[Document, ...]
) -> None:
    """What a hypothesis brings to any case is within what it was said to bring at most."""
    topic = next(iter(knowledge.model.tables.topics.values()))
    kept = {each.label: each for each in topic.possible}
    for document in documents:
        case = classify_case(knowledge.rules, resolve_case(document, lexicon))
        continuation = Continuation(knowledge.rules, case.closure)
        known = case.contexts | case.findings
        for hypothesis in hypotheses(knowledge):
            if hypothesis.denied or hypothesis.kind == "size":
                continue
            types = tuple(("urn:new", each) for each in hypothesis.classes)
            edge = (case.subject, hypothesis.role, "urn:new")
            closure = continuation.with_facts(Facts(types, (edge,)))
            gained = closure.types(case.subject) | closure.objects(case.subject, EG.hasFinding)
            brought = (gained - known) & topic.bears_on.keys()

            assert not brought or brought <= kept[hypothesis.label].brings


def test_going_on_is_the_same_as_starting_anew(
    knowledge: KnowledgeGraph, lexicon: Lexicon, documents: tuple[Document, ...]
) -> None:
    """Facts that are added later bring what they bring when given at once, clashes too."""
    shuffled = random.Random(3)
    for document in documents:
        facts = case_facts(resolve_case(document, lexicon))
        given = list(facts.all())
        later = set(shuffled.sample(given, len(given) // 2))
        first = classify(
            knowledge.rules, Facts.of(tuple(each for each in given if each not in later))
        )

        went_on = Continuation(knowledge.rules, first).with_facts(Facts.of(tuple(later)))

        whole = classify(knowledge.rules, facts)
        assert set(went_on.all()) == set(whole.all())
        if not first.clashes:
            assert bool(went_on.clashes) == bool(whole.clashes)


def test_what_facts_bring_is_what_the_case_has_more_with_them(
    knowledge: KnowledgeGraph, lexicon: Lexicon, documents: tuple[Document, ...]
) -> None:
    """Of more facts it is told which types and edges come with them, and that they clash."""
    for document in documents[:40]:
        given = case_facts(resolve_case(document, lexicon))
        first = classify(knowledge.rules, Facts(given.types[:2], given.edges[:2]))
        more = Facts(given.types[2:], given.edges[2:], given.values)

        gains = Continuation(knowledge.rules, first).gains(more, ())

        whole = Continuation(knowledge.rules, first).with_facts(more)
        assert gains.possible == (not whole.clashes)
        if gains.possible:
            before = first.type_table
            for individual, types in whole.type_table.items():
                new = types.keys() - before.get(individual, {}).keys()
                assert set(gains.types.get(individual, ())) == new
            assert set(gains.edges) == whole.edge_table.keys() - first.edge_table.keys()


def hypotheses(knowledge: KnowledgeGraph) -> Iterator[Hypothesis]:
    """Everything that the graph knows may turn out, whether or not it bears on a cause."""
    rows, together = (
        [
            {name: text_of(term) for name, term in each.items()}
            for each in shipped_rows(knowledge.store, f"ask/{query}").records()
        ]
        for query in ("possible_results", "tests_read_together")
    )
    return possible_results(rows, together, knowledge.rules, knowledge.model.names)


def can_be_read(document: Document, lexicon: Lexicon) -> bool:
    """Whether a case names only what the graph knows."""
    try:
        resolve_case(document, lexicon)
    except UsageError:
        return False
    return True


def asked_of(knowledge: KnowledgeGraph, investigation: str) -> frozenset[str]:
    """What an investigation is answered by."""
    advised = {each.iri: each for each in knowledge.model.tables.advised}
    return advised[investigation].answered_by


def results_of(
    knowledge: KnowledgeGraph, lexicon: Lexicon, document: Document, step: NextStep
) -> Iterator[Hypothesis]:
    """Every result that an investigation of a shown finding can have."""
    tables = knowledge.model.tables
    case = classify_case(knowledge.rules, resolve_case(document, lexicon))
    topic = next(iter(tables.topics.values()))
    if topic.finding.iri in case.findings:
        steps = NextSteps(case, judge(topic, case), topic, advised_to(tables, topic, case))
        advised = [each for each in tables.advised if each.iri == step.iri]
        of = {each for advice in advised for each in steps.asked_by(advice)}
        yield from (each for each in hypotheses(knowledge) if each.of in of)


def after(
    knowledge: KnowledgeGraph, lexicon: Lexicon, document: Document, hypothesis: Hypothesis
) -> Answer | None:
    """The answer once the case says so; None where it cannot be said, or contradicts the case."""
    with_it = said(document, hypothesis, lexicon)
    if with_it is None:
        return None
    case = resolve_case(with_it, lexicon)
    already = classify_case(knowledge.rules, resolve_case(document, lexicon))
    if hypothesis.of in already.present | already.absent:
        return None
    found = ask(knowledge, case)
    return found if len(found.conflicts) <= len(already.conflicts) and found.causes else None


def said(document: Document, hypothesis: Hypothesis, lexicon: Lexicon) -> Document | None:
    """The case with one more fact, in place of results that contradict each other."""
    if hypothesis.denied:
        return {**document, "absent": [*listed(document, "absent"), hypothesis.result]}
    match hypothesis.kind:
        case "state":
            word = hypothesis.label.rpartition(" ")[2]
            lab = {"marker": hypothesis.of, "state": word}
            others = [
                each
                for each in listed(document, "labs")
                if isinstance(each, dict) and not is_of(lexicon, each["marker"], hypothesis.of)
            ]
            return {**document, "labs": [*others, lab]}
        case "condition":
            return {**document, "conditions": [*listed(document, "conditions"), hypothesis.result]}
        case "treatment":
            return {**document, "drugs": [*listed(document, "drugs"), hypothesis.result]}
    return None


def is_of(lexicon: Lexicon, name: object, marker: str) -> bool:
    """Whether a name, known or not, is that of a measurement."""
    try:
        return lexicon.find(str(name), Kind.MARKER).iri == marker
    except UsageError:
        return False


def listed(document: Document, key: str) -> list[object]:
    """The values of one key of a case."""
    found = document.get(key, [])
    assert isinstance(found, list)
    return found


def moves(said: dict[str, Result], label: str) -> Iterator[Move]:
    """The moves of a result, if it is shown."""
    if label in said:
        yield from said[label].moves


def wider(knowledge: KnowledgeGraph, said: dict[str, Result], hypothesis: Hypothesis) -> bool:
    """Whether a shown result is a wider one that says the same."""
    above = knowledge.rules.supers.get(hypothesis.result, ())
    return any(result.iri in above for result in said.values())


def differences(one: Answer, other: Answer) -> dict[str, tuple[Verdict | None, Verdict | None]]:
    """The causes with another verdict, or with one in one of the two only."""
    before = {cause.iri: cause.verdict for cause in one.causes}
    then = {cause.iri: cause.verdict for cause in other.causes}
    return {
        iri: (before.get(iri), then.get(iri))
        for iri in {*before, *then}
        if before.get(iri) is not then.get(iri)
    }
