"""What holds of every answer, whoever the patient is: less said is never more concluded.

Patients are made by patients.py: the same ones on every machine, in every run. A failure names the
smallest patient that still fails. The counts in the default run are small ones; `make
test-nightly` takes the full ones, which stand beside them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import pytest
from counting import counts, share_of
from msgspec.structs import replace
from patients import Document, Patients, smallest, without_each_part

from kg.answer.ask import ask
from kg.answer.classified import ClassifiedCase, classify_case
from kg.answer.model import Answer, Cause, Verdict
from kg.case import Case, case_facts
from kg.model.terms import Entry, Kind, Lexicon
from kg.reasoning.engine import classify
from kg.store.knowledge import KnowledgeGraph

Pair = tuple[Document, Document]

REMOVALS, REMOVALS_AT_NIGHT = 150, 5_000
"""Patients of whom one thing is taken back, and two answers are compared."""
SITUATIONS, SITUATIONS_AT_NIGHT = 300, 5_000
"""Patients of whom each thing is taken back in turn, and two situations are compared."""
UNKNOWNS, UNKNOWNS_AT_NIGHT = 60, 1_000
ORDERS, ORDERS_AT_NIGHT = 30, 500
OUTSIDE, OUTSIDE_AT_NIGHT = 40, 100
SEED = 2026


@pytest.fixture(name="patients", scope="module")
def _patients(knowledge: KnowledgeGraph, lexicon: Lexicon) -> Patients:
    return Patients(lexicon, knowledge.rules, SEED)


# ── less said is never more concluded ───────────────────────────────────────────────────────────
#
# What is held against a cause has an order: candidate and undetermined (nothing), argued against,
# excluded, said to be absent. To take back something that was said may move a cause down this
# order and never up, for whatever speaks against a cause is something that was said. Candidate
# and undetermined hold nothing against a cause and stand on one step: undetermined means that a
# finding turns on something open, and without the finding nothing turns on it any more. So a
# cause may become a candidate when a finding goes, and not when only a denial or the word that it
# is there goes.
# The word of a verdict is not compared: it is that of the weakest premise, and goes with it.
# Two things are not taken back here: one side of a contradiction, for what is left says more than
# both did, and what puts a patient outside the scope, for no cause was judged there at all.

HELD_AGAINST = {
    Verdict.CANDIDATE: 0,
    Verdict.UNDETERMINED: 0,
    Verdict.ARGUED_AGAINST: 1,
    Verdict.EXCLUDED: 2,
}
ABSENT = 3


@counts(REMOVALS, nightly=REMOVALS_AT_NIGHT)
def test_what_is_taken_back_strengthens_nothing(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """With one thing less, no cause is more argued against, or gone (150 patients; 5,000)."""
    judge = _Judge(knowledge, patients)
    compared = 0
    for number, document in enumerate(patients.documents(count)):
        fewer = _one_less(document, random.Random(number))
        if judge.may_be_compared(document, fewer):
            compared += 1
            if judge.gained(document, fewer):
                pytest.fail(judge.smallest_gain(document))

    assert compared > count // 2


@pytest.mark.slow
@counts(SITUATIONS, nightly=SITUATIONS_AT_NIGHT)
def test_what_is_taken_back_adds_nothing_to_the_situation(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """With anything less, no kind of case, finding or denial is more (300 patients; 5,000)."""
    for document in patients.documents(count):
        before = _situation(knowledge, patients, document)
        if before.conflicts:
            continue
        for _, fewer in without_each_part(document):
            if not _reads_the_same_groups(patients, document, fewer):
                continue
            after = _situation(knowledge, patients, fewer)
            for name in ("contexts", "findings", "present", "absent"):
                assert set(getattr(after, name)) <= set(getattr(before, name)), (document, fewer)


@counts(REMOVALS // 3, nightly=REMOVALS_AT_NIGHT // 5)
def test_a_result_that_is_taken_back_is_asked_for(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """Where a result that goes changes a verdict, more is unknown (50 patients; 1,000 at night)."""
    moved = 0
    for document in patients.documents(count):
        for place, lab in enumerate(document.get("labs", ())):
            fewer = {**document, "labs": [e for n, e in enumerate(document["labs"]) if n != place]}
            if not _reads_the_same_groups(patients, document, fewer):
                continue
            before, after = (_answer(knowledge, patients, each) for each in (document, fewer))
            if not before.conflicts and _verdicts(before) != _verdicts(after) and after.causes:
                moved += 1
                known, waiting = ({e.label for e in a.unknown} for a in (before, after))
                assert waiting - known, (document, lab)

    assert moved


@counts(UNKNOWNS, nightly=UNKNOWNS_AT_NIGHT)
def test_unknown_is_as_not_mentioned(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """To say that something is unknown changes only the list of what was said (60; 1,000)."""
    names = [entry.label for kind in DENIED for entry in patients.lexicon.of_kind(kind)]
    lists = ("conditions", "absent", "unknown", "drugs")
    for number, document in enumerate(patients.documents(count)):
        said = {each for key in lists for each in document.get(key, ())}
        name = random.Random(number).choice([each for each in names if each not in said])

        unknown = {**document, "unknown": [*document.get("unknown", ()), name]}

        one, other = (_answer(knowledge, patients, each) for each in (document, unknown))
        assert replace(one, case=()) == replace(other, case=()), (document, name)
        assert len(other.case) == len(one.case) + 1


@counts(ORDERS, nightly=ORDERS_AT_NIGHT)
def test_the_order_of_inputs_does_not_matter(
    knowledge: KnowledgeGraph, patients: Patients, count: int
) -> None:
    """However the facts of a patient are ordered, the answer is the same (30; 500 at night)."""
    for number, document in enumerate(patients.documents(count)):
        shuffled = _shuffled(document, random.Random(number))

        one, other = (_answer(knowledge, patients, each) for each in (document, shuffled))

        assert _unordered(one) == _unordered(other), (document, shuffled)


# ── contradictions ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize(
    "taken",
    [lambda pairs: pairs[::8], pytest.param(share_of, marks=pytest.mark.exhaustive)],
    ids=["default", "exhaustive"],
)
def test_every_pair_of_findings(
    knowledge: KnowledgeGraph, patients: Patients, taken: Callable[[Sequence[Pair]], Sequence[Pair]]
) -> None:
    """Of all n·(n-1)/2 pairs of findings, those that contradict each other are a conflict.

    One pair in eight in every run, each in the exhaustive one.

    Findings are every state of every measurement, every condition, drug and treatment, said to be
    there and said not to be, and either sex. Two contradict each other where one is denied and
    the other comes under it or implies it, and where the ontology calls what they are disjoint.
    """
    findings = list(_findings(patients.lexicon))
    assert len(findings) > 100
    pairs = taken(list(pairs_of(findings)))
    contradictory = 0
    for one, other in pairs:
        conflicts = _situation(knowledge, patients, _both(one, other)).conflicts
        expected = _contradict(knowledge, patients, one, other)
        assert bool(conflicts) == expected, (one, other, conflicts)
        contradictory += expected

    assert contradictory > len(pairs) // 200


@pytest.mark.slow
def test_nothing_is_concluded_from_a_contradiction(
    knowledge: KnowledgeGraph, patients: Patients
) -> None:
    """With a contradictory pair the answer is the one without it, but that it is shown."""
    pairs = [
        (one, other)
        for one, other in pairs_of(list(_findings(patients.lexicon)))
        if _contradict(knowledge, patients, one, other)
    ]
    rest: Document = {
        "conditions": ["multiple myeloma"],
        "labs": [{"marker": "ALP", "state": "high"}],
    }
    for one, other in random.Random(SEED).sample(pairs, 60):
        pair = _both(one, other)
        if _touches(patients, pair, rest):
            continue
        if not _situation(knowledge, patients, _both(pair, rest)).in_scope:
            continue  # a contradiction lifts no limit of the scope

        without = _answer(knowledge, patients, rest)
        found = _answer(knowledge, patients, _both(pair, rest))

        assert found.conflicts
        assert _drawn(found) == _drawn(without), (one, other)


# ── limits of the scope ─────────────────────────────────────────────────────────────────────────


@counts(OUTSIDE, nightly=OUTSIDE_AT_NIGHT)
def test_outside_the_scope(knowledge: KnowledgeGraph, patients: Patients, count: int) -> None:
    """Every child and every pregnant patient is told so first, and not judged (40; 100 each)."""
    for number, document in enumerate(patients.documents(count)):
        rng = random.Random(number)
        child = {**document, "age": f"{rng.randrange(0, 1800) / 100:.2f}"}
        pregnant = _pregnant(document)
        for outside in (child, pregnant):
            answer = _answer(knowledge, patients, outside)
            if not answer.conflicts:
                assert any(each.background for each in answer.scope), outside
                judged = (answer.causes, answer.rules, answer.outcomes, answer.advice)
                assert not any((*judged, answer.ask_next)), outside


class _Judge:
    """Compares the answer to a patient with the answer to one of whom less is said."""

    def __init__(self, knowledge: KnowledgeGraph, patients: Patients) -> None:
        self._knowledge = knowledge
        self._patients = patients

    def may_be_compared(self, document: Document, fewer: Document) -> bool:
        """Whether neither contradicts itself, and both are inside the scope."""
        if not _reads_the_same_groups(self._patients, document, fewer):
            return False
        found = [_situation(self._knowledge, self._patients, each) for each in (document, fewer)]
        return all(each.in_scope and not each.conflicts for each in found)

    def gained(self, document: Document, fewer: Document) -> list[str]:
        """What is concluded more, and must not be."""
        before, after = (_answer(self._knowledge, self._patients, e) for e in (document, fewer))
        if after.finding != before.finding:
            return ["another question"]
        shown = _situation(self._knowledge, self._patients, fewer).findings
        if after.finding.iri not in shown:
            return [f"{cause.label} is judged" for cause in after.causes]
        found = (_more_against, _vanished, _more_said)
        return [each for find in found for each in find(before, after)]

    def smallest_gain(self, document: Document) -> str:
        """The smallest patient of whom something can be taken back that strengthens something."""

        def fails(patient: Document) -> bool:
            return any(
                self.may_be_compared(patient, fewer) and self.gained(patient, fewer)
                for _, fewer in without_each_part(patient)
            )

        found = smallest(document, fails)
        for _, fewer in without_each_part(found):
            if self.may_be_compared(found, fewer) and (gained := self.gained(found, fewer)):
                return f"{found} without a part is {fewer}, and that gains {gained}"
        return f"{document}: one part less gains something"


def _reads_the_same_groups(patients: Patients, document: Document, fewer: Document) -> bool:
    """Whether tests that are read together have the same state: it is of those that were given.

    Without its one raised member a group is normal, and a total calcium may be used that another
    result set aside: so it is meant.
    """
    cases = [patients.case(each) for each in (document, fewer)]
    groups = [{(each.marker.iri, each.state) for each in case.groups} for case in cases]
    labs = [{each.marker.iri for each in case.labs} for case in cases]
    return groups[0] == groups[1] and labs[1] <= labs[0]


def _more_against(before: Answer, after: Answer) -> Iterator[str]:
    """Causes that are held to be less likely than before, or more strongly spoken against."""
    old, new = _held(before), _held(after)
    yield from (f"against {iri}" for iri, rank in new.items() if rank > old.get(iri, 0))
    known = {cause.iri: cause for cause in before.causes}
    for cause in after.causes:
        earlier = known.get(cause.iri)
        if earlier is not None:
            yield from _more_of_one(earlier, cause)


def _more_of_one(before: Cause, after: Cause) -> Iterator[str]:
    for name in ("supports", "against"):
        told = {each.finding.iri for each in getattr(before, name)}
        gained = {each.finding.iri for each in getattr(after, name)} - told
        yield from (f"{after.label}: {name} {each}" for each in sorted(gained))
    if after.present and not before.present:
        yield f"{after.label} is there"
    lost = {need.datum.iri for need in before.needs} - {need.datum.iri for need in after.needs}
    fewer_findings = len(after.supports + after.against) < len(before.supports + before.against)
    if before.verdict is Verdict.UNDETERMINED and after.verdict is Verdict.CANDIDATE and not lost:
        yield f"{after.label} is a candidate {fewer_findings}"


def _vanished(before: Answer, after: Answer) -> Iterator[str]:
    """Causes that are nowhere any more: neither listed, nor denied, nor of other patients."""
    kept = {*_held(after), *(each.iri for each in after.other_populations)}
    yield from (f"{iri} is gone" for iri in _held(before) if iri not in kept)


def _more_said(before: Answer, after: Answer) -> Iterator[str]:
    """Rules, outcomes and advice that were not there; a caution may come, for it is one."""
    for name in ("rules", "outcomes", "advice"):
        told = {each.iri for each in getattr(before, name)}
        yield from (f"{name} {e.iri}" for e in getattr(after, name) if e.iri not in told)


def _held(answer: Answer) -> dict[str, int]:
    """How much is held against each cause."""
    found = {cause.iri: HELD_AGAINST[cause.verdict] for cause in answer.causes}
    return found | {term.iri: ABSENT for term in answer.absent}


def _one_less(document: Document, rng: random.Random) -> Document:
    parts = [fewer for _, fewer in without_each_part(document)]
    return rng.choice(parts) if parts else document


def _situation(knowledge: KnowledgeGraph, patients: Patients, document: Document) -> ClassifiedCase:
    return classify_case(knowledge.rules, patients.case(document))


def _answer(knowledge: KnowledgeGraph, patients: Patients, document: Document) -> Answer:
    return ask(knowledge, patients.case(document))


def _verdicts(answer: Answer) -> dict[str, Verdict]:
    return {cause.iri: cause.verdict for cause in answer.causes}


def _shuffled(document: Document, rng: random.Random) -> Document:
    keys = rng.sample(list(document), len(document))
    return {
        key: rng.sample(document[key], len(document[key]))
        if isinstance(document[key], list)
        else document[key]
        for key in keys
    }


def _unordered(answer: Answer) -> Answer:
    """The answer with the lists of what was given, which keep the order of the inputs, sorted."""
    return replace(
        answer,
        case=tuple(sorted(answer.case, key=repr)),
        unused=tuple(sorted(answer.unused, key=repr)),
        conflicts=tuple(sorted(answer.conflicts, key=repr)),
        idle=tuple(sorted(answer.idle, key=repr)),
    )


def _findings(lexicon: Lexicon) -> Iterator[Document]:
    """Everything that can be said of a patient in one word."""
    for marker in lexicon.of_kind(Kind.MARKER):
        for flag in lexicon.states(marker.iri):
            yield {"labs": [{"marker": marker.label, "state": flag}]}
    for kind in (Kind.CONDITION, Kind.DRUG, Kind.TREATMENT):
        key = "conditions" if kind is Kind.CONDITION else "drugs"
        for entry in lexicon.of_kind(kind):
            yield {key: [entry.label]}
            yield {"absent": [entry.label]}
    yield from ({"sex": entry.label} for entry in lexicon.of_kind(Kind.SEX))


def pairs_of(findings: list[Document]) -> Iterator[Pair]:
    """Every pair that one patient can be said to have: of sexes a case holds one."""
    for one, other in combinations(findings, 2):
        if not ("sex" in one and "sex" in other):
            yield one, other


def _both(one: Document, other: Document) -> Document:
    """What two documents say; of two sexes the second, which then is the only one."""
    lists = ("conditions", "absent", "unknown", "drugs", "labs")
    joined = {key: [*one.get(key, ()), *other.get(key, ())] for key in lists}
    single = {key: each[key] for each in (one, other) for key in each if key not in lists}
    return {key: value for key, value in joined.items() if value} | single


def _contradict(
    knowledge: KnowledgeGraph, patients: Patients, one: Document, other: Document
) -> bool:
    """Whether two findings cannot both be so, by what the ontology makes of each."""
    if set(one) == set(other) == {"labs"}:
        return bool(one["labs"][0]["marker"] == other["labs"][0]["marker"])
    for said, denied in ((one, other), (other, one)):
        if "absent" in denied and "absent" not in said:
            entry = patients.lexicon.find(denied["absent"][0], *DENIED)
            return _implies(knowledge, patients.case(said), entry)
    both = patients.case(_both(one, other))
    return bool(classify(knowledge.rules, case_facts(both)).clashes)


DENIED = (Kind.CONDITION, Kind.DRUG, Kind.TREATMENT)


def _implies(knowledge: KnowledgeGraph, said: Case, entry: Entry) -> bool:
    """Whether something in the case is what the entry names, or cannot be without such a thing."""
    rules = knowledge.rules
    closure = classify(rules, case_facts(said))
    if any(closure.has_type(each, entry.iri) for each in closure.individuals):
        return True
    having = {
        expression
        for expression, (kind, *parts) in rules.definitions.items()
        if kind == "some" and entry.iri in {parts[1], *rules.supers.get(parts[1], ())}
    }
    return any(closure.has_type(each, kind) for each in closure.individuals for kind in having)


def _touches(patients: Patients, pair: Document, rest: Document) -> bool:
    """Whether a pair says again, or contradicts, what the rest of the patient is made of."""
    markers = {each["marker"] for each in pair.get("labs", ())}
    asked = {patients.lexicon.find(e["marker"], Kind.MARKER).label for e in rest["labs"]}
    known = {patients.lexicon.find(e, Kind.CONDITION).label for e in rest["conditions"]}
    return bool(markers & asked or known & {*pair.get("conditions", ()), *pair.get("absent", ())})


def _drawn(answer: Answer) -> Answer:
    """The answer without what was given and what was set aside."""
    return replace(answer, case=(), conflicts=(), unused=())


def _pregnant(document: Document) -> Document:
    """The patient as a pregnant woman."""
    denied = [each for each in document.get("absent", ()) if each != "pregnancy"]
    conditions = [*dict.fromkeys([*document.get("conditions", ()), "pregnancy"])]
    return {**document, "conditions": conditions, "absent": denied, "sex": "female", "age": "30"}
