"""Origins and what the patient has, exactly: tissues, presence, order and strength, invented."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pytest
from proving import Rederiving
from small import small_case, tissue_graph

from kg.answer.ask import ask
from kg.answer.classified import classify_case
from kg.answer.judge import judge, judge_origins
from kg.answer.model import Answer, Basis, Cause, Origin, Standing, Verdict
from kg.answer.proof.explain import Explainer, find_row
from kg.answer.proof.why_not import contrasts_of
from kg.model.vocabulary import IRI, NONE, text_of
from kg.store.queries import shipped_rows

SIGNS = ("diving", "glow", "chill", "frost", "ember", "rust")
COMBINED = [each for size in range(len(SIGNS) + 1) for each in combinations(SIGNS, size)]

CANDIDATE, ARGUED_AGAINST = Verdict.CANDIDATE, Verdict.ARGUED_AGAINST
OPEN, SUPPORTED = Standing.OPEN, Standing.SUPPORTED
DISPUTED, AGAINST = Standing.DISPUTED, Standing.ARGUED_AGAINST


@pytest.mark.parametrize(
    ("conditions", "shell", "core"),
    [
        ("", OPEN, OPEN),
        ("ember", OPEN, OPEN),
        ("glow", SUPPORTED, OPEN),
        ("chill", AGAINST, OPEN),
        ("glow chill", DISPUTED, OPEN),
        ("frost", OPEN, OPEN),
        ("diving frost", OPEN, AGAINST),
        ("diving frost glow", SUPPORTED, AGAINST),
    ],
)
def test_an_origin_stands_by_what_is_said_of_it(
    conditions: str, shell: Standing, core: Standing
) -> None:
    """It is open until a statement about such a case speaks; both sides make it disputed."""
    found = {each.label: each.standing for each in answered(*conditions.split()).origins}

    assert found == {"shell origin": shell, "core origin": core}


@pytest.mark.parametrize(
    ("conditions", "word"),
    [("glow", "confirms"), ("chill", "suggests"), ("glow chill", ""), ("", "")],
)
def test_the_word_of_an_origin_is_the_strongest_that_prevails(conditions: str, word: str) -> None:
    """Where the sides are against each other, no word prevails."""
    assert origin_of(answered(*conditions.split()), "shell origin").strength == word


def test_a_word_of_advice_is_no_strength() -> None:
    """What is only advised speaks for the origin, in no word of strength."""
    graph = tissue_graph(T6=("imperative", "Case"))
    found = origin_of(ask(graph, small_case(graph, "glow")), "shell origin")

    assert (found.standing, found.strength) == (SUPPORTED, "")
    assert [each.weighed for each in found.supports] == [False]


def test_supported_origins_are_read_first() -> None:
    """Then disputed ones, those that are argued against, and the open ones."""
    assert [each.label for each in answered("chill").origins] == ["shell origin", "core origin"]
    labels = [each.label for each in answered("diving", "frost", "glow").origins]
    assert labels == ["shell origin", "core origin"]


@pytest.mark.parametrize(
    ("cause", "conditions", "verdict"),
    [
        ("crack", "", CANDIDATE),
        ("crack", "glow", CANDIDATE),
        ("crack", "chill", ARGUED_AGAINST),
        ("crack", "glow chill", CANDIDATE),
        ("crack", "ember chill", ARGUED_AGAINST),
        ("rot", "chill", CANDIDATE),
        ("rot", "frost", CANDIDATE),
        ("rot", "diving frost", ARGUED_AGAINST),
        ("split", "chill", CANDIDATE),
        ("split", "diving frost", CANDIDATE),
        ("split", "diving frost chill", ARGUED_AGAINST),
        ("split", "diving frost chill glow", CANDIDATE),
        ("fever", "diving frost chill", CANDIDATE),
        ("hairline", "chill", ARGUED_AGAINST),
    ],
)
def test_a_cause_falls_with_all_its_tissues(cause: str, conditions: str, verdict: Verdict) -> None:
    """Not while one tissue is left or supported; without a stated tissue never."""
    found = cause_of(answered(*conditions.split()), cause)

    assert found.verdict is verdict
    assert found.by_origin == (verdict is ARGUED_AGAINST)
    assert not found.against


def test_no_word_of_an_origin_is_a_word_of_a_cause() -> None:
    """That the shell is confirmed, or argued against, is said of no cause in it."""
    for conditions in (["glow"], ["chill"], ["glow", "chill"]):
        for cause in answered(*conditions).causes:
            assert not cause.supports
            assert not cause.against
            assert cause.strength == ("" if cause.by_origin else word_of(cause))


def test_what_speaks_for_a_kind_speaks_for_no_member() -> None:
    """An ember speaks for a crack, and not for a hairline, which is one."""
    answer = answered("ember")

    assert [each.rule for each in cause_of(answer, "crack").supports] == [("T9",)]
    assert not cause_of(answer, "hairline").supports
    assert cause_of(answer, "hairline").basis is Basis.LISTED


def test_a_cause_says_its_tissues_and_on_what_that_rests() -> None:
    """A kind is in the tissue of its kind."""
    answer = answered()

    labels = {each.label: [one.label for one in each.origins] for each in answer.causes}
    assert labels["split"] == ["shell origin", "core origin"]
    assert labels["fever"] == []
    assert labels["hairline"] == ["shell origin"]
    assert cause_of(answer, "crack").origin_statements == ("T10",)


# ── What the patient has ────────────────────────────────────────────────────────────────────


def test_what_the_patient_has_is_judged_and_leads() -> None:
    """Rust is listed for divers, and a cause in whoever has it; that is said beside it."""
    answer = answered("rust")

    first = answer.causes[0]
    assert (first.label, first.verdict, first.basis) == ("rust", CANDIDATE, Basis.DIAGNOSED)
    assert first.statements == ("T5",)
    assert [(e.statement, e.population.label) for e in first.elsewhere] == [("T5", "diver")]
    assert not answer.other_populations


def test_who_has_it_and_is_one_it_is_said_of() -> None:
    """Of a diver the statement is about this patient, and nothing is noted."""
    first = answered("rust", "diving").causes[0]

    assert (first.label, first.basis, first.elsewhere) == ("rust", Basis.DIAGNOSED, ())


def test_what_the_patient_has_falls_with_its_tissue_and_leads_still() -> None:
    """It is argued against and stands before every candidate."""
    answer = answered("rust", "chill")

    first = answer.causes[0]
    assert (first.label, first.verdict, first.by_origin) == ("rust", ARGUED_AGAINST, True)
    assert CANDIDATE in {each.verdict for each in answer.causes[1:]}


def test_nobody_else_has_it() -> None:
    """Without it, it stays with the patients that it is said of; denied it is no cause."""
    assert [each.label for each in answered().other_populations] == ["rust"]
    answer = answered(denied=["rust"])
    assert not answer.other_populations
    assert "rust" not in {each.label for each in answer.causes}


def test_outside_the_scope_what_is_there_is_not_judged() -> None:
    """Of an infant with rust the sources say nothing."""
    answer = answered("rust", "infancy", "glow")

    assert not answer.judged
    assert not answer.causes
    assert not answer.origins


# ── Order ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("conditions", "order"),
    [
        ("", "rot=FLAGGED crack=LISTED hairline=LISTED split=LISTED fever=LISTED"),
        ("ember", "crack=SUPPORTED rot=FLAGGED hairline=LISTED split=LISTED fever=LISTED"),
        ("glow", "crack=TISSUE hairline=TISSUE split=TISSUE rot=FLAGGED fever=LISTED"),
        ("glow ember", "crack=SUPPORTED hairline=TISSUE split=TISSUE rot=FLAGGED fever=LISTED"),
        ("chill", "rot=FLAGGED split=LISTED fever=LISTED crack=LISTED hairline=LISTED"),
        ("fever", "fever=DIAGNOSED rot=FLAGGED crack=LISTED hairline=LISTED split=LISTED"),
    ],
)
def test_causes_stand_in_the_order_of_their_basis(conditions: str, order: str) -> None:
    """Diagnosed, then by verdict: supported, of a supported tissue, flagged, as listed."""
    answer = answered(*conditions.split())

    assert " ".join(f"{each.label}={each.basis.name}" for each in answer.causes) == order


# ── The same elsewhere ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("conditions", COMBINED, ids=" ".join)
def test_the_queries_say_the_same(conditions: tuple[str, ...]) -> None:
    """`origins.rq` and `causes.rq` give each origin and cause what the judge gives it."""
    graph = tissue_graph()
    case = classify_case(graph.rules, small_case(graph, *conditions))
    (topic,) = graph.model.tables.topics.values()
    common = {
        "about": (IRI(topic.finding.iri),),
        "rule_context": terms(case.contexts),
        "finding": terms(case.findings),
    }

    origins = shipped_rows(graph.store, "ask/origins", **common)
    causes = shipped_rows(
        graph.store,
        "ask/causes",
        **common,
        context=terms(case.contexts),
        present=terms(case.present),
        absent=terms(case.absent),
    )

    assert {text_of(r["origin"]): text_of(r["standing"]) for r in origins.records()} == {
        iri: each.standing for iri, each in judge_origins(topic, case).items()
    }
    assert {text_of(r["cause"]): text_of(r["verdict"]) for r in causes.records()} == {
        iri: each.verdict for iri, each in judge(topic, case).items() if each.verdict
    }


@pytest.mark.parametrize("conditions", COMBINED, ids=" ".join)
def test_proofs_take_the_reasons_of_the_judge(conditions: tuple[str, ...]) -> None:
    """From the facts of each proof alone its row is answered again, and from no fewer."""
    graph = tissue_graph()
    case = small_case(graph, *conditions)
    answer = ask(graph, case)

    assert Rederiving(graph).check(case, answer) >= len(answer.causes)


def test_a_proof_goes_through_the_tissue() -> None:
    """A cause that falls is proved by its tissue, and by what speaks against that."""
    graph = tissue_graph()
    case = small_case(graph, "chill")
    answer = ask(graph, case)

    (proof,) = Explainer.of(graph, case, answer).explain(find_row(answer, "crack")).proofs

    assert [part.role for part in proof.parts] == ["asked", "listed", "tissue", "shown", "argued"]
    assert proof.statements == ("T10", "T7", "T1")
    assert "no statement argues against crack" in {each.text for each in proof.absences}


def test_why_not_names_the_tissue() -> None:
    """What stands in the way of a candidate is said of its tissue, where it is."""
    graph = tissue_graph()
    case = small_case(graph, "chill")
    explainer = Explainer.of(graph, case, ask(graph, case))

    found = contrasts_of(explainer, "crack", verdict=CANDIDATE)
    (missing,) = found.verdicts[0].missing
    assert (missing.premise, missing.statements) == (
        "a chill speaks against its tissue source",
        ("T7",),
    )
    (against,) = contrasts_of(explainer, "rot", verdict=ARGUED_AGAINST).verdicts
    assert [each.statements for each in against.missing] == [("T8",)]


def test_a_result_moves_the_tissue_and_what_falls_with_it() -> None:
    """What would turn out says how the origin would stand, and which causes would fall."""
    (unadvised,) = [each for each in answered().unadvised if each.label == "chill"]
    (result,) = unadvised.results

    assert {(each.label, each.after, each.statements) for each in result.moves} == {
        (label, ARGUED_AGAINST, ("T7",)) for label in ("crack", "hairline")
    }


def terms(names: frozenset[str]) -> tuple[IRI, ...]:
    """Names as a row of a query."""
    return tuple(map(IRI, sorted(names))) or (NONE,)


def answered(*conditions: str, denied: Iterable[str] = ()) -> Answer:
    """The answer of the graph of tissues to a case with a high titre."""
    graph = tissue_graph()
    return ask(graph, small_case(graph, *conditions, denied=denied))


def cause_of(answer: Answer, label: str) -> Cause:
    """The cause of that name."""
    (found,) = [each for each in answer.causes if each.label == label]
    return found


def origin_of(answer: Answer, label: str) -> Origin:
    """The origin of that name."""
    (found,) = [each for each in answer.origins if each.label == label]
    return found


def word_of(cause: Cause) -> str:
    """The word of the statement that lists it."""
    return "may" if cause.statements == ("T11",) else "asserts"
