"""Every proof re-derives its row, and none of its premises can be spared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from counting import share_of
from differential import random_cases
from proving import Rederiving, owl_questions, parts_of, read
from random_cases import CaseMaker

from kg.answer.model import Answer, Cause, Verdict
from kg.answer.proof.explain import Explainer, explain_classes, find_row, proofs_of, rows_of
from kg.answer.proof.model import Explanation, Part
from kg.answer.proof.prover import MEMBER_OF, class_prover
from kg.answer.proof.why_not import contrasts_of
from kg.case import Case, resolve_case
from kg.case.document import Question, read_questions
from kg.compile.owl.axioms import Axiom
from kg.compile.owl.reading import read_axioms
from kg.curate.diff.difference import answer_question, shipped_questions
from kg.model import resources
from kg.model.errors import UsageError
from kg.model.rdf import Graph, read_ntriples, read_sources
from kg.model.terms import Kind, Lexicon
from kg.reasoning.engine import classify
from kg.reasoning.rules import TYPE, Fact, Facts
from kg.store.knowledge import KnowledgeGraph

QUESTIONS = read_questions(shipped_questions())
RANDOM = 60
MANY = 500
FLAGSHIP = {
    "conditions": ["multiple myeloma"],
    "labs": [{"marker": "ALP", "state": "high"}, {"marker": "GGT", "state": "normal"}],
}


@pytest.fixture(name="rederiving", scope="module")
def _rederiving(knowledge: KnowledgeGraph) -> Rederiving:
    return Rederiving(knowledge)


@pytest.fixture(name="explained", scope="module")
def _explained(knowledge: KnowledgeGraph, lexicon: Lexicon) -> tuple[Explanation, ...]:
    """Give every row of every question with its proofs."""
    return tuple(
        each
        for question in QUESTIONS
        for case, answer in [_answered(knowledge, lexicon, question)]
        for each in proofs_of(knowledge, case, answer)
    )


@pytest.fixture(name="axioms", scope="module")
def _axioms() -> tuple[Axiom, ...]:
    """Give the axioms of the ontology."""
    sources = read_sources(resources.ontology_dir())
    return read_axioms(Graph(read_ntriples(sources.ntriples(), "the ontology")))


@pytest.fixture(name="flagship", scope="module")
def _flagship(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Explainer:
    case, answer = read(knowledge, lexicon, FLAGSHIP)
    return Explainer.of(knowledge, case, answer)


def _answered(
    knowledge: KnowledgeGraph, lexicon: Lexicon, question: Question
) -> tuple[Case, Answer]:
    answer = answer_question(knowledge, question)
    assert isinstance(answer, Answer), answer
    return resolve_case(dict(question.case), lexicon), answer


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_proofs_of_a_question(
    question: Question, knowledge: KnowledgeGraph, lexicon: Lexicon, rederiving: Rederiving
) -> None:
    """From the facts of a proof alone its row is answered again; without any of them it is not."""
    case, answer = _answered(knowledge, lexicon, question)

    assert rederiving.check(case, answer) >= len(rows_of(answer))


@pytest.mark.slow
def test_proofs_of_random_patients(
    knowledge: KnowledgeGraph, lexicon: Lexicon, rederiving: Rederiving
) -> None:
    """The same holds of every row of patients that nobody thought of."""
    proofs = sum(_checked(knowledge, lexicon, rederiving, _patients(lexicon, RANDOM)))

    assert proofs > RANDOM


@pytest.mark.exhaustive
def test_proofs_of_many_random_patients(
    knowledge: KnowledgeGraph, lexicon: Lexicon, rederiving: Rederiving
) -> None:
    """And of five hundred of them."""
    patients = share_of(_patients(lexicon, MANY))

    assert sum(_checked(knowledge, lexicon, rederiving, patients)) > len(patients)


def _patients(lexicon: Lexicon, count: int) -> list[dict[str, Any]]:
    about = lexicon.find("ALP", Kind.MARKER)
    return list(CaseMaker(lexicon, seed=count).documents(count, about=about))


def _checked(
    knowledge: KnowledgeGraph,
    lexicon: Lexicon,
    rederiving: Rederiving,
    patients: Sequence[dict[str, Any]],
) -> Iterator[int]:
    for document in patients:
        yield rederiving.check(*read(knowledge, lexicon, document))


def test_what_is_there_is_a_premise_where_the_like_is_denied(
    knowledge: KnowledgeGraph, lexicon: Lexicon, rederiving: Rederiving
) -> None:
    """A drug that is given keeps a cause from falling with the kind of drug that is denied."""
    given = {"drugs": ["antimyeloma drug"], "absent": ["treatment with a hepatotoxic drug"]}
    case, answer = read(knowledge, lexicon, FLAGSHIP | given)
    cause = next(each for each in answer.causes if each.label == "drug-induced liver injury")

    assert cause.verdict is Verdict.ARGUED_AGAINST
    assert rederiving.check(case, answer) >= len(rows_of(answer))
    proof, *_ = Explainer.of(knowledge, case, answer).explain(find_row(answer, cause.label)).proofs
    assert "present" in {each.role for each in proof.parts}


@pytest.mark.slow
def test_every_part_follows_from_its_premises_alone(
    knowledge: KnowledgeGraph, explained: tuple[Explanation, ...]
) -> None:
    """What a part claims follows from its facts and axioms, and from no fewer of either."""
    parts = parts_of(iter(explained))

    assert len(parts) > 200
    for part in parts.values():
        facts, axioms = _premises(part), frozenset(part.axioms)
        assert _follows(knowledge, facts, axioms, part.goal)
        for fact in part.facts:
            fewer = tuple(each for each in facts if each != fact)
            assert not _follows(knowledge, fewer, axioms, part.goal), (part.conclusion, fact)
        for axiom in axioms:
            assert not _follows(knowledge, facts, axioms - {axiom}, part.goal), (
                part.conclusion,
                axiom,
            )


def _premises(part: Part) -> tuple[Fact, ...]:
    return (Fact(MEMBER_OF, TYPE, part.source),) if part.source else part.facts


def _follows(
    knowledge: KnowledgeGraph, facts: tuple[Fact, ...], axioms: frozenset[str], goal: Fact
) -> bool:
    closure = classify(knowledge.asserted.rules, Facts.of(facts))
    steps = [each for each in knowledge.asserted.steps(closure) if axioms.issuperset(each.axioms)]
    known: set[Fact] = set()
    while (
        new := {each.fact for each in steps if known.issuperset(each.premises)} - known
    ) and goal not in known:
        known |= new
    return goal in known


def test_rules_of_one_step_are_complete_for_classes(knowledge: KnowledgeGraph) -> None:
    """Whatever HermiT says lies above a class, the rules that proofs are made of derive too."""
    for lower, above in knowledge.rules.supers.items():
        closure = classify(knowledge.asserted.rules, Facts(types=(("urn:x", lower),)))

        assert {each for each in above if not closure.has_type("urn:x", each)} == set()


@pytest.mark.slow
def test_rules_of_one_step_are_complete_for_cases(
    knowledge: KnowledgeGraph, axioms: tuple[Axiom, ...]
) -> None:
    """On random cases around every definition they derive what the rules for cases derive."""
    for facts in random_cases(axioms, 500, seed=7):
        told = classify(knowledge.asserted.rules, facts)
        closed = classify(knowledge.rules, facts)
        for individual in closed.individuals:
            assert told.types(individual) == closed.types(individual)
        assert told.edge_table.keys() >= closed.edge_table.keys()


def test_every_derived_edge_is_proved_by_its_justification(knowledge: KnowledgeGraph) -> None:
    """The axioms that HermiT found for an edge are the ones that its proof takes, to the last."""
    classes = class_prover(knowledge)

    assert len(classes.tables.edges) > 200
    for edge in classes.tables.edges:
        facts = (Fact(MEMBER_OF, TYPE, edge.source),)
        goal = Fact(MEMBER_OF, edge.property, edge.target)
        trace = classes.tracer.trace(facts, goal, within=edge.axioms)
        assert frozenset(trace.axioms) == edge.axioms


@pytest.mark.jvm
@pytest.mark.parametrize(
    "taken",
    [
        pytest.param(lambda parts: parts[::8], marks=pytest.mark.slow),
        pytest.param(share_of, marks=pytest.mark.exhaustive),
    ],
    ids=["default", "exhaustive"],
)
def test_the_owl_api_agrees(
    explained: tuple[Explanation, ...],
    axioms: tuple[Axiom, ...],
    taken: Callable[[list[Part]], list[Part]],
) -> None:
    """HermiT says that one part in eight (each) follows from its premises and from no fewer.

    The explanation that the OWL API finds for it is the same set.
    """
    parts = [part for part in parts_of(iter(explained)).values() if part.axioms]
    assert len(parts) > 200
    questions = owl_questions(taken(parts), axioms)

    verdicts = _asked(questions)

    assert verdicts
    for question, verdict in zip(questions, verdicts, strict=True):
        assert verdict["follows"], question
        assert verdict["spared"] == [], question
        assert verdict["explained"] == verdict["axioms"], question


def _asked(questions: list[dict[str, str]]) -> list[dict[str, Any]]:
    script = Path(__file__).with_name("owl_proofs.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_weakest_premise_comes_first(explained: tuple[Explanation, ...]) -> None:
    """The statements of a proof stand by their strength, and the first bounds its words."""
    for each in explained:
        for proof in each.all_proofs():
            ranks = [each.statements[name].strength for name in proof.statements]
            assert ranks == sorted(ranks)
            if proof.statements:
                assert proof.strength == each.statements[proof.statements[0]].modality


def test_no_verdict_is_stronger_than_its_proofs(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """The word of a verdict is that of the weakest premise of its proofs, if it has a word."""
    for question in QUESTIONS:
        case, answer = _answered(knowledge, lexicon, question)
        rank = {note.modality: note.strength for note in answer.statements.values()}
        explainer = Explainer.of(knowledge, case, answer)
        for row in rows_of(answer):
            if isinstance(row.source, Cause) and not row.source.by_origin:
                proofs = explainer.explain(row).proofs
                assert rank[row.source.strength] == min(rank[each.strength] for each in proofs)


def test_everything_named_is_there(explained: tuple[Explanation, ...]) -> None:
    """Every axiom, statement and background that a proof names can be looked up in it."""
    for each in explained:
        for proof in each.all_proofs():
            assert set(proof.statements) <= each.statements.keys()
            assert set(proof.axioms) <= each.axioms.keys()
            assert all(part.statement in {"", *each.statements} for part in proof.parts)
        for note in each.axioms.values():
            assert set(note.statements) <= each.statements.keys()
            assert set(note.background) <= each.background.keys()


def test_the_flagship(flagship: Explainer) -> None:
    """A liver cause falls with its tissue by a normal GGT, by what is stated and background."""
    found = flagship.explain(find_row(flagship.answer, "hepatic amyloidosis"))

    (proof,) = found.proofs
    assert proof.statements == ("B026", "A015")
    assert flagship.answer.by_verdict(Verdict.ARGUED_AGAINST)[0].by_origin
    assert proof.given == ("ALP=high", "multiple myeloma", "GGT=normal")
    assert [part.role for part in proof.parts] == [
        "asked", "listed", "about", "tissue", "shown", "argued", "about",
    ]  # fmt: skip
    assert "liver-in-hepatobiliary-system" in found.background
    assert {found.axioms[each].standing for each in proof.axioms} == {
        "stated", "background", "definition",
    }  # fmt: skip


def test_what_is_needed_for_no_verdict_stands_beside_it(flagship: Explainer) -> None:
    """A finding that supports a candidate is shown, and the verdict does not rest on it."""
    found = flagship.explain(find_row(flagship.answer, "vitamin D deficiency"))

    assert [proof.statements[0] for proof in found.beside] == ["B026"]
    assert all("GGT=normal" not in proof.given for proof in found.proofs)


def test_what_is_said_of_others_is_used_only_where_it_must(flagship: Explainer) -> None:
    """Of two ways to a conclusion the one is taken whose statements are about such a case."""
    found = flagship.explain(find_row(flagship.answer, "second malignancy with bone metastases"))

    assert [each.statements for each in found.beside] == [("B026",)]
    assert [each.conclusion for each in found.beside] == ["normal GGT supports bone origin"]


def test_a_candidate_says_what_was_looked_for(flagship: Explainer) -> None:
    """That nothing speaks against a cause names what would, and the statements that say so."""
    found = flagship.explain(find_row(flagship.answer, "Paget disease of bone"))

    looked = [each for each in found.proofs[0].absences if each.looked_at]
    assert [each.statements for each in looked] == [("B050",)]


def test_a_treatment_that_is_given_is_a_premise(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """A cause that has to be there is a candidate by the fact that it is there."""
    document = {
        "conditions": ["multiple myeloma", "vitamin D deficiency"],
        "drugs": ["bortezomib"],
        "labs": [{"marker": "ALP", "state": "high"}],
    }
    case, answer = read(knowledge, lexicon, document)

    found = proofs_of(knowledge, case, answer)

    given = {each.label: each.proofs[0].given for each in found if each.kind == "cause"}
    assert "bortezomib" in given["bortezomib treatment"]
    assert "vitamin D deficiency" not in given["vitamin D deficiency"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("myeloma unexamined", "raised ALP not to be attributed to myeloma without work-up"),
        ("normal GGT", "normal GGT"),
        ("NTx", "NTx"),
        ("Treat the underlying", "treat the underlying cause"),
    ],
)
def test_rows_are_found_by_their_words(flagship: Explainer, text: str, label: str) -> None:
    """An alert, a rule, a step or advice is found by its name or some words of it."""
    assert find_row(flagship.answer, text).label == label


@pytest.mark.parametrize(
    ("text", "words"),
    [("mortalities", "is no row of the answer; its rows:"), ("liver", "fits 2 rows")],
)
def test_a_row_that_is_none(flagship: Explainer, text: str, words: str) -> None:
    """What names no row, or several, is refused with the rows."""
    with pytest.raises(UsageError, match=words):
        find_row(flagship.answer, text)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("hepatobiliary origin argued against by normal GGT?", ("B026",)),
        ("Hepatobiliary origin is argued against by a normal GGT", ("B026",)),
        ("vitamin D deficiency may cause raised ALP", ("A004",)),
        ("hepatic amyloidosis is a disorder of the liver", ("A015",)),
        ("liver is a part of the hepatobiliary system", ()),
    ],
)
def test_claims_about_classes(
    knowledge: KnowledgeGraph, lexicon: Lexicon, text: str, statements: tuple[str, ...]
) -> None:
    """What holds whoever the case is can be asked without one."""
    found = explain_classes(knowledge, lexicon, text)

    assert found.proofs[0].statements == statements
    assert not found.proofs[0].facts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hepatic amyloidosis", "is no conclusion about classes"),
        (
            "hepatobiliary origins argued against by normal GGT",
            "Did you mean: hepatobiliary origin",
        ),
        ("vitamin D deficiency is a disorder of the liver", "does not follow"),
    ],
)
def test_a_claim_that_is_none(
    knowledge: KnowledgeGraph, lexicon: Lexicon, text: str, words: str
) -> None:
    """A claim that cannot be read, or does not follow, is refused and says so."""
    with pytest.raises(UsageError, match=words):
        explain_classes(knowledge, lexicon, text)


def test_why_not(flagship: Explainer) -> None:
    """Each other verdict is named with what it lacks."""
    found = contrasts_of(flagship, "hepatic amyloidosis")

    says = {each.verdict: each for each in found.verdicts}
    assert set(says) == {"candidate", "undetermined", "excluded"}
    assert says["excluded"].text == "no statement excludes hepatic amyloidosis"
    (missing,) = says["candidate"].missing
    assert missing.premise == "normal GGT speaks against its tissue source"
    assert missing.statements == ("B026", "B027")


def test_why_not_without_the_finding(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """A finding that would speak against a cause is named with the result that shows it."""
    document = {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}]}
    explainer = Explainer.of(knowledge, *read(knowledge, lexicon, document))

    found = contrasts_of(explainer, "hepatic amyloidosis", verdict=Verdict.ARGUED_AGAINST)

    (contrast,) = found.verdicts
    assert contrast.missing[0].premise == "normal GGT; that takes: normal GGT result"
    assert contrast.missing[0].statements == ("B026", "B027")


def test_why_not_of_another_population(flagship: Explainer) -> None:
    """A cause that is listed for other patients only has a gap, which is named."""
    found = contrasts_of(flagship, "bone metastases", verdict=Verdict.CANDIDATE)

    gaps = {each.statements: each.premise for each in found.verdicts[0].missing}
    assert "bone pain" in gaps["B049",]
    assert "population gap" in gaps["B046",]


def test_why_not_an_alert(flagship: Explainer) -> None:
    """An alert that an answer does not give is named with the kind of case it is for."""
    found = contrasts_of(flagship, "bisphosphonates are contraindicated")

    assert found.conclusion.startswith("alert:")
    assert any("hypophosphatasia" in each.premise for each in found.verdicts[0].missing)


def test_why_not_says_what_is(flagship: Explainer) -> None:
    """A verdict that a row has is no gap."""
    found = contrasts_of(flagship, "hepatic amyloidosis", verdict=Verdict.ARGUED_AGAINST)

    assert [each.text for each in found.verdicts] == ["it is: kg why shows the proof"]


def test_a_proof_is_the_same_in_every_process() -> None:
    """Of derivations that are equally short the same one is shown, whatever Python hashes by."""
    row = "leukocyte ALP is not informative in myeloma"
    case = ("--has", "multiple myeloma", "--lab", "LAP score=high")
    command = [sys.executable, "-m", "kg", "why", row, *case]

    first, second = (
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1")
    )

    assert first == second
