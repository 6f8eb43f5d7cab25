"""Answers follow the files: what a curator changes in the ontology changes them, nothing else."""

from __future__ import annotations

import random

import pytest
from built import answer_for, build_edited, labels, verdicts, with_withdrawal
from excluding import EXCLUDED, EXCLUDING, FLAGSHIP, RULES
from msgspec.structs import replace

from kg.answer.ask import ask
from kg.answer.classified import classify_case
from kg.answer.model import Answer, Verdict
from kg.case import Case, resolve_case
from kg.model.errors import UsageError, ValidationError
from kg.model.terms import Lexicon
from kg.model.vocabulary import eg, expand
from kg.store.knowledge import KnowledgeGraph

LIVER = {
    "hepatic infiltration by myeloma cells",
    "drug-induced liver injury",
    "hepatic amyloidosis",
    "metastatic intrahepatic malignancy",
}

BILE_DUCT_DISORDER = """
eg:BileDuctStricture a owl:Class ;
    rdfs:subClassOf eg:Condition ;
    rdfs:label "bile duct stricture"@en ;
    skos:definition "narrowing of a bile duct"@en ;
    rdfs:isDefinedBy <https://w3id.org/etiograph/ontology/conditions> .

eg:BileDuctStricture rdfs:subClassOf eg:BileDuctDisorder .
[] a owl:Axiom ; owl:annotatedSource eg:BileDuctStricture ;
    owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget eg:BileDuctDisorder ;
    eg:evidence bg:hepatobiliary-is-in-hepatobiliary-system .

eg:BileDuctStricture rdfs:subClassOf eg:RaisedSerumALPFactor .
[] a owl:Axiom ; owl:annotatedSource eg:BileDuctStricture ;
    owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget eg:RaisedSerumALPFactor ;
    eg:evidence st:A011 ;
    eg:saidOf eg:MyelomaCase .
"""


@pytest.mark.slow
@pytest.mark.jvm
def test_withdrawing_the_rule() -> None:
    """Without what is said of a normal GGT, nothing speaks against the liver causes."""
    knowledge = build_edited(
        {"statements/B.ttl": lambda text: with_withdrawal("B027")(with_withdrawal("B026")(text))}
    )

    answer = answer_for(knowledge, FLAGSHIP)

    waits = {"drug-induced liver injury"}
    assert labels(answer, Verdict.CANDIDATE) >= LIVER - waits
    assert labels(answer, Verdict.UNDETERMINED) >= waits
    assert not answer.by_verdict(Verdict.ARGUED_AGAINST)
    assert not answer.rules


@pytest.mark.slow
@pytest.mark.jvm
def test_a_new_cause_in_a_bile_duct() -> None:
    """A disorder of a bile duct falls with its tissue by where it is, though no file says so."""
    knowledge = build_edited({"conditions.ttl": lambda text: text + BILE_DUCT_DISORDER})

    answer = answer_for(knowledge, FLAGSHIP)

    (found,) = [cause for cause in answer.causes if cause.label == "bile duct stricture"]
    assert found.verdict is Verdict.ARGUED_AGAINST
    assert found.by_origin
    assert [origin.label for origin in found.origins] == ["hepatobiliary origin"]
    assert "bile-duct-in-biliary-tree" in found.origin_background
    assert labels(answer, Verdict.ARGUED_AGAINST) == LIVER | {"bile duct stricture"}


@pytest.mark.slow
@pytest.mark.jvm
def test_excluded_only_where_the_words_exclude() -> None:
    """The verdict `excluded` takes a statement whose words exclude; weaker words are refused."""
    with pytest.raises(ValidationError, match="surer than its statement: st:B026"):
        build_edited(RULES)
    answer = answer_for(build_edited(EXCLUDING), FLAGSHIP)

    (found,) = [each for each in answer.causes if each.label == EXCLUDED]
    assert found.verdict is Verdict.EXCLUDED


@pytest.mark.slow
@pytest.mark.jvm
def test_withdrawing_a_cause() -> None:
    """A cause whose only statement is gone is listed no more; the others stay as they were."""
    knowledge = build_edited({"statements/A.ttl": with_withdrawal("A012")})

    answer = answer_for(knowledge, FLAGSHIP)

    assert "hepatic infiltration by myeloma cells" not in verdicts(answer)
    assert labels(answer, Verdict.ARGUED_AGAINST) == LIVER - {
        "hepatic infiltration by myeloma cells"
    }


def test_pure_inference_shows_statements_and_background_apart(knowledge: KnowledgeGraph) -> None:
    """No sentence argues against intrahepatic metastases; what does is shown in two parts."""
    answer = answer_for(knowledge, FLAGSHIP)

    (found,) = [
        each for each in answer.causes if each.label == "metastatic intrahepatic malignancy"
    ]
    (origin,) = [each for each in answer.origins if each.iri == found.origins[0].iri]
    (argument,) = origin.against
    assert (found.by_origin, found.against, found.strength) == (True, (), "")
    assert set(found.origin_statements) <= set(found.statements)
    assert set(found.origin_background) == {
        "a-cause-changes-the-marker-of-its-tissue",
        "intrahepatic-is-in-liver",
        "liver-in-hepatobiliary-system",
    }
    assert argument.rule == ("B026", "B027")
    assert origin.strength == argument.strength == "suggests"
    assert set(found.origin_background) <= answer.background.keys()


def test_population_gap_is_named(knowledge: KnowledgeGraph) -> None:
    """For a man, statements about women after menopause are known not to apply."""
    answer = answer_for(
        knowledge,
        {
            "conditions": ["osteoporosis"],
            "sex": "male",
            "labs": [{"marker": "ALP", "state": "high"}],
        },
    )

    (cause,) = [
        each for each in answer.causes if each.label == "osteoporosis with high bone turnover"
    ]
    gaps = {each.statement: each for each in cause.elsewhere}
    assert gaps["B002"].contradicted
    assert gaps["B002"].population.label == "postmenopausal woman with osteoporosis"
    assert not [row for row in answer.other_populations if row.label == cause.label]


def test_raised_leukocyte_alp_is_another_measurement(knowledge: KnowledgeGraph) -> None:
    """A high leukocyte ALP shows no raised serum ALP, so no cause of one is judged."""
    answer = answer_for(
        knowledge,
        {
            "conditions": ["multiple myeloma"],
            "labs": [{"marker": "leukocyte ALP", "state": "high"}],
        },
    )

    assert not answer.causes
    assert [message.label for message in answer.scope] == ["raised ALP not shown"]


def test_unknown_is_said(knowledge: KnowledgeGraph) -> None:
    """What was not given is listed as unknown with the statements that wait for it."""
    answer = answer_for(
        knowledge,
        {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}]},
    )

    waiting = {unknown.label: unknown.statements for unknown in answer.unknown}
    assert set(waiting["gamma-glutamyl transferase"]) >= {"B025", "B026", "B027"}
    assert {"B043", "B044"} <= set(waiting["ALP value with its range"]) | set(
        waiting["osteoporosis"]
    )
    assert "multiple myeloma" not in waiting


def test_only_known_topics_are_answered(knowledge: KnowledgeGraph) -> None:
    """A finding that nothing is known to cause is refused with the ones that can be asked about."""
    with pytest.raises(UsageError, match="raised ALP"):
        ask(knowledge, Case(), eg("normal-ggt"))


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_inputs_does_not_matter(knowledge: KnowledgeGraph, seed: int) -> None:
    """However the facts are ordered, contradictions among them too, the answer is the same."""
    conditions = ["osteoporosis", "postmenopausal", "CKD", "bone lesion"]
    labs = [
        {"marker": "ALP", "state": "high"},
        {"marker": "GGT", "state": "normal"},
        {"marker": "calcium", "state": "low"},
    ]
    shuffled = random.Random(seed)
    case = {"conditions": conditions, "labs": labs, "sex": "male"}
    first = answer_for(knowledge, case)

    other = {
        "conditions": shuffled.sample(conditions, len(conditions)),
        "labs": shuffled.sample(labs, len(labs)),
        "sex": "male",
    }

    assert replace(answer_for(knowledge, other), case=()) == replace(first, case=())


def test_agreeing_results_keep_their_state(knowledge: KnowledgeGraph) -> None:
    """Two high results are a high result; which value is meant is not guessed."""
    values = [{"marker": "ALP", "value": v, "unit": "U/L", "high": "105"} for v in ("212", "900")]

    answer = answer_for(knowledge, {"conditions": ["multiple myeloma"], "labs": values})

    assert len(answer.causes) == len(
        answer_for(
            knowledge,
            {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}]},
        ).causes
    )
    assert not answer.conflicts
    assert len(answer.unused) == 2


def test_a_bound_beyond_a_limit_is_beyond_it(knowledge: KnowledgeGraph) -> None:
    """More than nine times the limit is more than five times the limit, whatever the value is."""
    above = {"marker": "ALP", "value": "1000", "comparator": ">", "unit": "U/L", "high": "105"}
    near = {**above, "value": "110"}

    far = answer_for(knowledge, {"labs": [above]})
    close = answer_for(knowledge, {"labs": [near]})

    assert "expedited work-up for other diagnoses" in [step.label for step in far.ask_next]
    assert "expedited work-up for other diagnoses" not in [step.label for step in close.ask_next]


def test_a_result_that_decides_nothing_is_asked_for_again(knowledge: KnowledgeGraph) -> None:
    """A GGT without an upper limit is not used, and GGT is still asked for."""
    useless = {"marker": "GGT", "value": "20", "unit": "U/L", "low": "10"}

    answer = answer_for(
        knowledge,
        {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}, useless]},
    )

    assert answer.ask_next[0].label == "GGT"
    assert [each.given for each in answer.unused] == ["GGT=20 U/L(10-)"]


def test_advice_for_women_is_not_given_to_a_man(knowledge: KnowledgeGraph) -> None:
    """Statements on postmenopausal women stand behind no advice for a man."""
    answer = answer_for(
        knowledge, {"sex": "male", "age": "60", "labs": [{"marker": "ALP", "state": "high"}]}
    )

    used = {each for step in answer.ask_next for each in step.statements}
    assert used
    assert not used & {"B029", "B030"}


def test_denied_and_implied_is_a_conflict(knowledge: KnowledgeGraph) -> None:
    """A drug that is given and a treatment with it that is denied contradict each other."""
    answer = answer_for(
        knowledge,
        {
            "conditions": ["multiple myeloma"],
            "drugs": ["bortezomib"],
            "absent": ["bortezomib treatment"],
            "labs": [{"marker": "ALP", "state": "high"}],
        },
    )

    (conflict,) = answer.conflicts
    assert "bortezomib" in conflict.text


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("postmenopausal osteoporosis", "eg:PostmenopausalOsteoporosisCase"),
        ("myeloma bone disease", "eg:RaisedALPInMyelomaBoneDiseaseCase"),
        ("CKD mineral bone disorder", "eg:RaisedALPInCKDCase"),
    ],
)
def test_conditions_imply_whose_they_are(
    knowledge: KnowledgeGraph, lexicon: Lexicon, condition: str, kind: str
) -> None:
    """A condition that only some patients can have makes the case one of them."""
    case = resolve_case(
        {"conditions": [condition], "labs": [{"marker": "ALP", "state": "high"}]}, lexicon
    )

    assert expand(kind) in classify_case(knowledge.rules, case).contexts


def test_a_figure_that_was_not_given_rules_nothing_out(knowledge: KnowledgeGraph) -> None:
    """A change from baseline says nothing of how many times the limit the value is."""
    rise = {"marker": "ALP", "state": "high", "percentChangeFromBaseline": "30"}
    value = {"marker": "ALP", "value": "120", "unit": "U/L", "high": "105"}

    without = answer_for(knowledge, {"conditions": ["osteoporosis"], "labs": [rise]})
    measured = answer_for(knowledge, {"conditions": ["osteoporosis"], "labs": [value]})

    assert _waits_for(without, "B044")
    assert not _waits_for(measured, "B044")
    assert _waits_for(measured, "A019")


def _waits_for(answer: Answer, statement: str) -> bool:
    return any(statement in unknown.statements for unknown in answer.unknown)
