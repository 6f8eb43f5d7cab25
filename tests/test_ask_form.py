"""Promises about the form: what it offers, and that it loses nothing of a case."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import asdict
from records import condition, observation, record
from small import small_graph

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case import resolve_case
from kg.case.document import Question, case_to_json, read_questions
from kg.case.fhir import read_case
from kg.model import resources
from kg.model.errors import UsageError
from kg.pages.ask.form import arrange
from kg.pages.ask.offers import Offers, offers_of
from kg.pages.ask.reading import (
    AskedCase,
    UnreadableFormError,
    digest_of,
    read_form,
    settled,
    typed_before,
)
from kg.pages.ask.typed import Typed, document_of, typed_from, typed_of
from kg.serve.api.places import find_places
from kg.store.knowledge import KnowledgeGraph

DAY = date(2026, 11, 22)
QUESTIONS = read_questions(resources.queries_dir() / "cases")
RECORDS = Path(__file__).parent / "data" / "fhir"


@pytest.fixture(name="offers", scope="module")
def _offers(knowledge: KnowledgeGraph) -> Offers:
    return offers_of(knowledge.model)


def sent(typed: Typed, offers: Offers) -> Typed:
    """What the form sends in which this stands."""
    return typed_of(arrange(typed, offers).fields())


def asked(typed: Typed, offers: Offers, day: date = DAY) -> AskedCase:
    """The case of a form."""
    return read_form(typed, offers, day, lambda case: find_places(case, offers.lexicon, day))


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers have the same rows; facts may stand in another order."""

    def rows(answer: Answer) -> dict[str, object]:
        facts = sorted(map(str, answer.case))
        return asdict(answer) | {"case": facts, "read_as": None}

    return rows(one) == rows(other)


# ── What the form offers ────────────────────────────────────────────────────────────────────


def test_offered_rows(offers: Offers) -> None:
    """First what can be asked about, then what the statements wait for most."""
    assert [each.label for each in offers.topics] == ["raised ALP"]
    assert [each.label for each in offers.markers[:2]] == [
        "alkaline phosphatase",
        "gamma-glutamyl transferase",
    ]
    assert [each.label for each in offers.conditions[:2]] == ["multiple myeloma", "osteoporosis"]
    assert "bone pain" in {each.label for each in offers.findings}
    assert [each.entry.label for each in offers.person] == ["postmenopausal"]


def test_the_graph_says_what_is_offered() -> None:
    """Another graph makes another form, without a line of code."""
    found = offers_of(small_graph().model)

    assert [each.label for each in found.markers] == ["titre"]
    assert [each.label for each in found.conditions] == ["diving", "mining"]


def test_nothing_is_said_at_first(offers: Offers) -> None:
    """The empty form says nothing, and every answer in it is that nothing is known."""
    form = arrange(Typed(), offers)

    assert all(not each.answer for each in form.choices)
    assert document_of(sent(Typed(), offers)).document == {}


# ── A case and its form ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_form_of_a_case(knowledge: KnowledgeGraph, offers: Offers, question: Question) -> None:
    """The form of a shipped case is answered as the case is, row for row."""
    case = resolve_case(dict(question.case), offers.lexicon, today=DAY)
    answer = ask(knowledge, case)

    found = asked(sent(typed_from(dict(question.case)), offers), offers)  # type: ignore[arg-type]
    again = asked(sent(found.typed, offers), offers)
    plain = asked(sent(typed_from(case_to_json(case)), offers), offers)

    assert same(ask(knowledge, found.case), answer)
    assert again.case == found.case
    assert {c.label: c.verdict for c in ask(knowledge, plain.case).causes} == {
        c.label: c.verdict for c in answer.causes
    }


def test_every_key_of_a_result_has_its_field(offers: Offers) -> None:
    """Whatever a result can say comes back from the form as it was."""
    case: dict[str, object] = {
        "drugs": [{"drug": "bortezomib", "start": "2026-01-01", "stop": "2026-02-01"}],
        "labs": [
            {
                "marker": "GGT", "value": "60", "unit": "U/L", "low": "5", "high": "40",
                "rangeUnit": "U/L", "comparator": ">", "flag": "H", "date": "2026-01-20",
                "baseline": True, "percentChangeFromBaseline": "-25", "dayOfTreatment": "19",
                "duringTreatment": "bortezomib",
            },
            {"marker": "something unknown", "state": "positive"},
        ],
    }  # fmt: skip

    found = settled(case, offers)  # type: ignore[arg-type]

    assert found == case | {
        "labs": [
            case["labs"][0] | {"marker": "eg:GGTObservation"},  # type: ignore[index]
            case["labs"][1],  # type: ignore[index]
        ]
    }


def test_names_stay_as_they_were_typed(offers: Offers) -> None:
    """A name with words beside it, and one that is none, stand in their own field."""
    case = {
        "conditions": ["mild osteoporosis of the hip", "something else", "PCM"],
        "absent": ["Paget disease of bone", "nothing known"],
        "unknown": ["bone pain"],
        "drugs": ["bortezomib treatment", "a drug unknown"],
    }

    form = arrange(typed_from(case), offers)  # type: ignore[arg-type]

    assert [each.value for each in form.has if each.value] == case["conditions"][:2]
    answers = {each.label: each.answer for each in form.choices if each.answer}
    assert answers == {
        "multiple myeloma": "yes",
        "Paget disease of bone": "no",
        "nothing known": "no",
        "bone pain": "unknown",
        "bortezomib treatment": "yes",
    }


# ── A question in words ─────────────────────────────────────────────────────────────────────

WORDS = "causes of raised ALP given multiple myeloma and normal GGT, mother had diabetes"


def test_a_question_fills_the_form(knowledge: KnowledgeGraph, offers: Offers) -> None:
    """A question is read as `kg ask` reads it; asked again by the rows, it is the same."""
    there = ask(knowledge, resolve_case({"question": WORDS}, offers.lexicon, today=DAY))

    found = asked(Typed(question=WORDS), offers)
    again = asked(sent(found.typed, offers), offers)

    form = arrange(found.typed, offers)
    assert ask(knowledge, found.case) == ask(knowledge, again.case) == there
    assert {each.label: each.answer for each in form.choices if each.answer} == {
        "multiple myeloma": "yes"
    }
    assert {each.label: each.get("state") for each in form.labs if each.get("state")} == {
        "ALP": "high",
        "GGT": "normal",
    }
    assert not again.is_edited


def test_rows_hold_once_they_are_changed(knowledge: KnowledgeGraph, offers: Offers) -> None:
    """A row that is changed holds against the question, whose unused words are told still."""
    found = asked(Typed(question=WORDS), offers)
    pairs = [
        (name, "high" if value == "normal" else value)
        for name, value in arrange(found.typed, offers).fields()
    ]

    edited = asked(typed_of(pairs), offers)

    answer = ask(knowledge, edited.case)
    assert edited.is_edited
    assert answer.read_as is None
    assert "GGT high" in {fact.text.partition(" (")[0] for fact in answer.case}
    assert [each.given for each in edited.case.unused] == [each.given for each in found.case.unused]


def test_another_question_is_another_patient(offers: Offers) -> None:
    """What a question filled in is gone when another takes its place."""
    found = asked(Typed(question=WORDS), offers)
    other = "raised ALP in osteoporosis"
    pairs = [
        (name, other if name == "question" else value)
        for name, value in arrange(found.typed, offers).fields()
    ]

    beside = asked(Typed(question=other, age="70"), offers)
    replaced = asked(typed_of(pairs), offers)

    assert [each.label for each in replaced.case.conditions] == ["osteoporosis"]
    assert beside.case.age == 70


# ── A record ────────────────────────────────────────────────────────────────────────────────


def examples() -> Mapping[str, str]:
    """Records: those that are kept as files, and some in which a part cannot be used."""
    broken = observation(valueQuantity={"value": "x"}, effectiveDateTime="2026-11-10")
    made = {
        "clashing": record(observation(), observation(valueQuantity={"value": 20})),
        "newest unread": record(observation(), broken),
        "refuted": record(condition("refuted"), observation()),
        "old": record(observation(effectiveDateTime="2001-01-01")),
    }
    files = {path.stem: path.read_text("utf-8") for path in RECORDS.glob("*.json")}
    return {**files, **made}


@pytest.mark.parametrize("name", examples())
def test_a_record_fills_the_form(knowledge: KnowledgeGraph, offers: Offers, name: str) -> None:
    """A record is answered as `kg ask --fhir` does; asked again, the rows say the same."""
    text = examples()[name]
    try:
        there = ask(knowledge, read_case(text, offers.lexicon, DAY))
    except UsageError:
        with pytest.raises(UnreadableFormError):
            asked(Typed(record=text), offers)
        return

    found = asked(Typed(record=text), offers)
    again = asked(sent(found.typed, offers), offers)

    assert ask(knowledge, found.case) == there
    assert same(ask(knowledge, again.case), there)


def test_another_record_is_another_patient(offers: Offers) -> None:
    """Nothing that a record filled in is left when another takes its place."""
    found = asked(Typed(record=record(condition(), observation())), offers)
    other = record(observation())

    pairs = [
        (name, other if name == "record" else value)
        for name, value in arrange(found.typed, offers).fields()
    ]
    replaced = asked(typed_of(pairs), offers)

    assert found.case.conditions
    assert not replaced.case.conditions
    assert replaced.typed.record_read == digest_of(other)


def test_a_long_record(knowledge: KnowledgeGraph, offers: Offers) -> None:
    """A record with hundreds of results fills the form, which can be sent again."""
    days = (DAY - timedelta(days=n) for n in range(500))
    text = record(*(observation(effectiveDateTime=day.isoformat()) for day in days))

    found = asked(Typed(record=text), offers)
    again = asked(sent(found.typed, offers), offers)

    assert len(found.typed.labs) == 500
    assert ask(knowledge, again.case).causes == ask(knowledge, found.case).causes


def test_a_fact_is_typed_beside_a_record(offers: Offers) -> None:
    """What is typed beside a record is asked with it; an age that differs is a contradiction."""
    text = record(observation())

    found = asked(Typed(record=text, has=("multiple myeloma",)), offers)

    assert [each.label for each in found.case.conditions] == ["multiple myeloma"]
    assert found.case.labs


# ── Anything ────────────────────────────────────────────────────────────────────────────────

POOL = {
    "question": ("", "", WORDS, "raised ALP in osteoporosis", "MM with raised ALP", "rain"),
    "question-read": ("", WORDS),
    "record": ("", "", "", "{}", record(condition(), observation())),
    "record-read": ("", digest_of(record(condition(), observation()))),
    "has": ("", "PCM", "osteoporosis", "suspected myeloma", "no bone pain", "x", "x" * 300),
    "absent": ("", "bone pain", "PCM", "bortezomib"),
    "unknown": ("", "bone pain", "no such thing"),
    "assume": ("", "", "menopause"),
    "finding-1": ("eg:BonePain", "eg:MultipleMyeloma", "x"),
    "finding-1-is": ("", "yes", "no", "unknown"),
    "finding-2": ("eg:BortezomibTreatment",),
    "finding-2-is": ("", "yes", "no"),
    "lab-1-marker": ("", "ALP", "eg:SerumALPObservation", "hair", "no ALP"),
    "lab-1-state": ("", "high", "H", "odd"),
    "lab-1-value": ("", "", "212", "<30", "3,5", "x", "1e3", "-4", "9" * 80),
    "lab-1-unit": ("", "U/L", "mg/dL", "parsecs"),
    "lab-1-low": ("", "35", "x"),
    "lab-1-high": ("", "105", "1"),
    "lab-1-flag": ("", "high", "L"),
    "lab-1-date": ("", "2026-11-01", "2026-13-01", "2030-01-01", "then"),
    "lab-1-baseline": ("", "", "yes"),
    "lab-1-duringTreatment": ("", "", "bortezomib"),
    "lab-2-marker": ("", "GGT"),
    "lab-2-state": ("", "normal", "low"),
    "drug-1": ("", "bortezomib", "Velcade", "x"),
    "drug-1-start": ("", "2026-10-01", "2027-01-01", "then"),
    "drug-1-stop": ("", "", "2026-09-01"),
    "age": ("", "", "68", "400", "x"),
    "sex": ("", "female", "F", "x"),
    "date": ("", "", "2026-11-20", "2027-01-01", "then"),
}
"""What may stand in each field."""


@pytest.mark.parametrize("seed", range(150))
def test_any_form(knowledge: KnowledgeGraph, offers: Offers, seed: int) -> None:
    """Any form makes a case or says where it makes none; the form shown with it makes the same."""
    chance = random.Random(seed)
    chosen = chance.sample(sorted(POOL), k=chance.randrange(2, 14))
    typed = typed_of([(name, chance.choice(POOL[name])) for name in chosen])
    found = outcome(typed, offers)

    if isinstance(found, UnreadableFormError):
        assert found.problems
        assert sent(found.typed, offers) == sent(typed, offers)
        return
    again = asked(sent(found.typed, offers), offers)

    one, other = ask(knowledge, found.case), ask(knowledge, again.case)
    assert one.causes == other.causes
    assert one.scope == other.scope
    assert sorted(map(str, one.conflicts)) == sorted(map(str, other.conflicts))


def outcome(typed: Typed, offers: Offers) -> AskedCase | UnreadableFormError:
    """The case of a form, or why it makes none."""
    try:
        return asked(typed, offers)
    except UnreadableFormError as error:
        return error


# ── What cannot be read ─────────────────────────────────────────────────────────────────────

WRONG = {
    "age": (Typed(age="400"), "age"),
    "sex": (Typed(sex="canary"), "sex"),
    "value": (Typed(labs=({"marker": "ALP", "value": "x"},)), "labs 0 value"),
    "nothing of a result": (Typed(labs=({"marker": "ALP"},)), "labs 0"),
    "limit": (Typed(labs=({"marker": "ALP", "value": "1", "low": "x"},)), "labs 0 low"),
    "day": (Typed(drugs=({"drug": "bortezomib", "start": "x"},)), "drugs 0 start"),
    "name": (Typed(has=("x" * 300,)), "has 0"),
    "question": (Typed(question="is it raining"), "question"),
    "two readings": (Typed(question="MM with raised ALP"), "question"),
    "record": (Typed(record="{"), "record"),
    "day asked about": (Typed(date="x", age="60"), "date"),
}


@pytest.mark.parametrize(("typed", "place"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_stands_beside_its_field(offers: Offers, typed: Typed, place: str) -> None:
    """An error belongs to the field in which the mistake stands, and what was typed is kept."""
    with pytest.raises(UnreadableFormError) as error:
        asked(typed, offers)

    assert set(error.value.problems) == {place}
    assert error.value.typed == typed
    form = arrange(typed, offers, error.value.problems)
    assert document_of(typed_of(form.fields()), offers.treatment_names) == document_of(
        sent(typed, offers), offers.treatment_names
    )


@pytest.mark.parametrize(
    "pair",
    [("canary", "x"), ("lab-1-canary", "x"), ("lab-0-value", "x"), ("finding-1-is", "maybe")],
)
def test_what_the_form_does_not_have(pair: tuple[str, str]) -> None:
    """A field that the form does not have is refused, and not repeated."""
    with pytest.raises(UsageError) as error:
        typed_of([pair])

    assert "canary" not in error.value.message
    assert "maybe" not in error.value.message


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "[]", "{}", "null", '{"case": 1, "assume": []}', '{"case": {}, "assume": 1}',
        '{"case": {"conditions": [1]}, "assume": []}', '{"case": {"labs": [1]}, "assume": []}',
        '{"case": {"x": 1}, "assume": []}', '{"case": {"age": []}, "assume": []}',
    ],
)  # fmt: skip
def test_what_was_before_may_be_anything(text: str) -> None:
    """What stands in the hidden field and is no case is no case."""
    assert typed_before(Typed(before=text)) is None


def test_no_row_is_too_many() -> None:
    """A form of thousands of rows is refused."""
    with pytest.raises(UsageError, match="more than"):
        typed_of([(f"drug-{n}", "x") for n in range(1, 3000)])
