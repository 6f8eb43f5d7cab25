"""The judge, exactly: every precedence of verdicts, strength and scope, on a small graph."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pytest
from proving import Rederiving
from small import small_case, small_graph

from kg.answer.ask import ask
from kg.answer.classified import classify_case
from kg.answer.judge import judge
from kg.answer.model import Answer, Cause, Verdict
from kg.answer.proof.explain import Explainer
from kg.answer.proof.why_not import contrasts_of
from kg.case import Case, resolve_case
from kg.model.vocabulary import IRI, NONE, text_of
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

SIGNS = ("diving", "mining", "rash", "scar", "pallor", "strain")
COMBINED = [each for size in range(len(SIGNS)) for each in combinations(SIGNS, size)]

CANDIDATE, UNDETERMINED = Verdict.CANDIDATE, Verdict.UNDETERMINED
ARGUED_AGAINST, EXCLUDED = Verdict.ARGUED_AGAINST, Verdict.EXCLUDED


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        ("", CANDIDATE),
        ("pulse", CANDIDATE),
        ("pallor", UNDETERMINED),
        ("pallor pulse", UNDETERMINED),
        ("diving rash", ARGUED_AGAINST),
        ("diving rash pulse", ARGUED_AGAINST),
        ("diving rash pallor", ARGUED_AGAINST),
        ("mining scar", ARGUED_AGAINST),
        ("mining scar pallor", ARGUED_AGAINST),
        ("diving scar", EXCLUDED),
        ("diving scar pulse", EXCLUDED),
        ("diving scar pallor", EXCLUDED),
        ("diving scar rash", EXCLUDED),
        ("diving scar rash pallor", EXCLUDED),
        ("diving mining scar", EXCLUDED),
        ("diving mining scar rash pallor pulse", EXCLUDED),
    ],
)
def test_the_gravest_reason_decides(conditions: str, verdict: Verdict) -> None:
    """Settled before argued against, that before what is open; what speaks for it lifts nothing."""
    assert verdict_on("stone", conditions.split()) is verdict


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        ("rash", CANDIDATE),
        ("rash pallor", UNDETERMINED),
        ("mining rash", CANDIDATE),
        ("scar", CANDIDATE),
        ("scar pallor", UNDETERMINED),
        ("mining scar rash", ARGUED_AGAINST),
    ],
)
def test_only_statements_about_such_a_case_argue(conditions: str, verdict: Verdict) -> None:
    """A finding says nothing where every statement that says so is about other patients."""
    assert verdict_on("stone", conditions.split()) is verdict


def test_only_words_that_settle_exclude() -> None:
    """The same finding argues against the cause where no statement is worded to exclude."""
    asserted = {"S6": ("asserts", "DiverCase")}
    confirmed = {"S7": ("confirms", "MinerCase")}

    assert verdict_on("stone", ["diving", "scar"], asserted) is ARGUED_AGAINST
    assert verdict_on("stone", ["mining", "scar"], confirmed) is EXCLUDED


def test_words_that_settle_exclude_only_where_the_source_says_so() -> None:
    """What is said to argue against a cause excludes it in no words."""
    confirmed = {"S5": ("confirms", "DiverCase")}

    assert verdict_on("stone", ["diving", "rash"], confirmed) is ARGUED_AGAINST


def test_a_kind_inherits_what_is_said_of_its_kind() -> None:
    """What speaks against a stone speaks against a cyst, by inference."""
    (argument,) = cause_of(answered("diving", "rash"), "cyst").against

    assert argument.inferred
    assert argument.rule == ("S5",)
    assert verdict_on("cyst", ["diving", "pallor"]) is UNDETERMINED


def test_listed_for_other_patients_only() -> None:
    """A cause that statements list for divers alone is none in anyone else, and that is said."""
    answer = answered("pallor")

    (other,) = answer.other_populations
    (gap,) = other.elsewhere
    assert verdict_on("cyst", []) is None
    assert verdict_on("cyst", ["diving"]) is CANDIDATE
    assert (other.label, gap.statement, gap.population.label) == ("cyst", "S2", "diver")
    assert (gap.missing, gap.contradicted) == (("diving",), False)


def test_patients_that_this_one_is_known_not_to_be() -> None:
    """Where the case denies what makes a diver, the statement is known not to apply."""
    (other,) = answered(denied=["diving"]).other_populations

    assert [each.contradicted for each in other.elsewhere] == [True]


def test_what_is_denied_is_no_cause() -> None:
    """A denied cause and its kinds have no verdict, and are named as denied."""
    answer = answered("diving", denied=["stone"])

    assert [cause.label for cause in answer.causes] == ["strain"]
    assert {each.label for each in answer.absent} == {"stone", "cyst"}
    assert not answer.other_populations


def test_a_denied_kind_leaves_the_wider_cause() -> None:
    """Without a cyst there may be a stone."""
    answer = answered("diving", denied=["cyst"])

    assert {cause.label for cause in answer.causes} == {"stone", "strain"}


def test_undetermined_until_it_is_known_to_be_there() -> None:
    """A cause that has to be there first waits for that, and not where it is denied."""
    assert verdict_on("strain", []) is UNDETERMINED
    assert verdict_on("strain", ["strain"]) is CANDIDATE
    assert verdict_on("strain", [], denied=["strain"]) is None


def test_outside_the_scope_nothing_is_judged() -> None:
    """Of an infant no cause is judged, whatever speaks for or against one."""
    answer = answered("infancy", "diving", "scar")

    assert not answer.judged
    assert not answer.causes
    assert not answer.other_populations
    assert [each.label for each in answer.scope] == ["infants"]


def test_a_contradiction_lifts_no_limit_of_scope() -> None:
    """Who is said to be an infant and not one may be an infant."""
    answer = answered("infancy", denied=["infancy"])

    assert not answer.judged
    assert answer.conflicts


def test_without_the_finding_nothing_is_judged() -> None:
    """A case that does not show what is asked about has no causes of it."""
    graph = small_graph()
    answer = ask(graph, resolve_case({"conditions": ["diving"]}, graph.lexicon))

    assert not answer.judged
    assert not answer.causes


@pytest.mark.parametrize(
    ("cause", "conditions", "strength"),
    [
        ("strain", "", "may"),
        ("strain", "mining", "asserts"),
        ("stone", "", "asserts"),
        ("stone", "pallor", "asserts"),
        ("stone", "pulse", "asserts"),
        ("stone", "diving rash", "suggests"),
        ("stone", "diving scar", "asserts"),
        ("stone", "diving scar rash", "suggests"),
    ],
)
def test_strength_is_that_of_the_weakest_premise(
    cause: str, conditions: str, strength: str
) -> None:
    """The best statement that lists the cause counts, and every argument against it."""
    assert cause_of(answered(*conditions.split()), cause).strength == strength


def test_the_strongest_statement_that_lists_a_cause_counts() -> None:
    """Whichever of them it is."""
    graph = small_graph(S3=("asserts", "Case"), S4=("may", "MinerCase"))
    answer = ask(graph, small_case(graph, "mining"))

    assert cause_of(answer, "strain").strength == "asserts"


@pytest.mark.parametrize(
    ("denial", "conditions", "verdict", "strength"),
    [
        (("may", "Case"), "strain", CANDIDATE, "may"),
        (("suggests", "Case"), "strain", ARGUED_AGAINST, "may"),
        (("suggests", "Case"), "", ARGUED_AGAINST, "may"),
        (("asserts", "Case"), "strain mining", CANDIDATE, "asserts"),
        (("confirms", "Case"), "strain mining", ARGUED_AGAINST, "asserts"),
        (("confirms", "DiverCase"), "strain mining", CANDIDATE, "asserts"),
        (("confirms", "DiverCase"), "strain mining diving", ARGUED_AGAINST, "asserts"),
    ],
)
def test_what_denies_a_cause_stands_beside_what_lists_it(
    denial: tuple[str, str], conditions: str, verdict: Verdict, strength: str
) -> None:
    """Both are named; it is argued against where every statement that lists it is weaker."""
    graph = small_graph(S10=denial)
    case = small_case(graph, *conditions.split())
    answer = ask(graph, case)

    cause = cause_of(answer, "strain")
    about = denial[1] == "Case" or "diving" in conditions
    assert (cause.verdict, cause.strength) == (verdict, strength)
    assert (cause.counter, cause.counter_strength) == ((("S10",), denial[0]) if about else ((), ""))
    assert {*cause.counter} <= answer.statements.keys()
    assert Rederiving(graph).check(case, answer) >= len(answer.causes)
    assert verdicts_of_the_query(graph, case)["strain"] == verdict


def test_statements_are_those_about_such_a_case() -> None:
    """A cause names the statements that list it here, and apart from them the others."""
    cause = cause_of(answered(), "strain")

    assert cause.statements == ("S3",)
    assert [each.statement for each in cause.elsewhere] == ["S4"]
    assert cause_of(answered("mining"), "strain").statements == ("S3", "S4")


def test_reasons_stand_in_their_order() -> None:
    """What argues comes before what excludes; each with its own statements, and what is open."""
    cause = cause_of(answered("diving", "mining", "scar", "rash", "pallor", "pulse"), "stone")

    assert [(each.direction, each.rule) for each in cause.against] == [
        ("argues against", ("S5",)),
        ("excludes", ("S6", "S7")),
    ]
    assert [(each.finding.label, each.rule) for each in cause.supports] == [("a pulse", ("S8",))]
    assert [each.datum.label for each in cause.needs] == ["origin"]


@pytest.mark.parametrize("conditions", COMBINED, ids=" ".join)
def test_the_query_says_the_same(conditions: tuple[str, ...]) -> None:
    """`queries/ask/causes.rq` gives each cause the verdict that the judge gives it."""
    graph = small_graph()
    case = small_case(graph, *conditions)
    (topic,) = graph.model.tables.topics.values()

    judged = judge(topic, classify_case(graph.rules, case)).values()

    found = {each.cause.label: each.verdict for each in judged if each.verdict}
    assert verdicts_of_the_query(graph, case) == found


@pytest.mark.parametrize("conditions", COMBINED, ids=" ".join)
def test_proofs_take_the_reasons_of_the_judge(conditions: tuple[str, ...]) -> None:
    """From the facts of each proof alone its row is answered again, and from no fewer."""
    graph = small_graph()
    case = small_case(graph, *conditions)
    answer = ask(graph, case)

    assert Rederiving(graph).check(case, answer) >= len(answer.causes)


def test_why_not_names_the_rules_that_gave_no_reason() -> None:
    """What would argue against it: a finding that is missing, or one said of other patients."""
    graph = small_graph()
    case = small_case(graph, "rash")
    explainer = Explainer.of(graph, case, ask(graph, case))

    found = contrasts_of(explainer, "stone", verdict=Verdict.ARGUED_AGAINST)

    (contrast,) = found.verdicts
    assert [(each.premise, each.statements) for each in contrast.missing] == [
        ("a rash is there, but this is said of: diver", ("S5",)),
        ("a scar; that takes: scar", ("S6", "S7")),
    ]


def test_why_not_keeps_to_the_scope_of_the_answer() -> None:
    """Where facts that contradict each other keep a case outside, no verdict is claimed of it."""
    graph = small_graph()
    case = small_case(graph, "infancy", denied=["infancy"])
    explainer = Explainer.of(graph, case, ask(graph, case))

    found = contrasts_of(explainer, "stone", verdict=Verdict.EXCLUDED)

    assert found.conclusion == "stone: no verdict on it in this case"
    assert [each.premise for each in found.verdicts[0].missing] == [
        "the case is outside the scope of the sources"
    ]


def test_a_result_moves_what_the_judge_says_it_moves() -> None:
    """What is shown to turn out next is what the answer says once it has turned out."""
    (unadvised,) = [each for each in answered("diving").unadvised if each.label == "rash"]
    (result,) = unadvised.results

    moves = {(each.label, each.before, each.after, each.statements) for each in result.moves}
    assert moves == {(label, CANDIDATE, ARGUED_AGAINST, ("S5",)) for label in ("stone", "cyst")}


def verdicts_of_the_query(graph: KnowledgeGraph, given: Case) -> dict[str, str]:
    """The verdict that the query gives each cause of a case."""
    case = classify_case(graph.rules, given)
    (topic,) = graph.model.tables.topics.values()
    rows = shipped_rows(
        graph.store,
        "ask/causes",
        about=(IRI(topic.finding.iri),),
        context=terms(case.contexts),
        rule_context=terms(case.contexts),
        finding=terms(case.findings),
        present=terms(case.present),
        absent=terms(case.absent),
    )
    return {text_of(row["label"]): text_of(row["verdict"]) for row in rows.records()}


def terms(names: frozenset[str]) -> tuple[IRI, ...]:
    """Names as a row of a query."""
    return tuple(map(IRI, sorted(names))) or (NONE,)


def answered(*conditions: str, denied: Iterable[str] = ()) -> Answer:
    """The answer of the small graph to a case with a high titre."""
    graph = small_graph()
    return ask(graph, small_case(graph, *conditions, denied=denied))


def cause_of(answer: Answer, label: str) -> Cause:
    """The cause of that name."""
    (found,) = [each for each in answer.causes if each.label == label]
    return found


def verdict_on(
    label: str,
    conditions: Iterable[str],
    wording: dict[str, tuple[str, str]] | None = None,
    denied: Iterable[str] = (),
) -> Verdict | None:
    """The verdict on a cause, with some statements worded otherwise."""
    graph = small_graph(**wording or {})
    answer = ask(graph, small_case(graph, *conditions, denied=denied))
    return next((each.verdict for each in answer.causes if each.label == label), None)
