"""Every rendering of an answer says the same, and no line stands without its statements."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from kg.answer.model import (
    Answer,
    Argument,
    Basis,
    Cause,
    Citation,
    Conflict,
    Document,
    Elsewhere,
    GivenFact,
    Message,
    Need,
    NextStep,
    OtherPopulation,
    StatementNote,
    Tension,
    Term,
    Unknown,
    Unused,
    Verdict,
)
from kg.model.notes import NoteQualifier
from kg.model.rdf import turtle_to_nquads
from kg.show import FORMATS, render
from kg.show.blocks import WIDTH
from kg.show.data import schema_text, to_data
from kg.show.words import VERDICTS

BASE = "https://example.org/"
ALL = ("all",)
ID = re.compile(r"\b[XY]\d{3}\b")


def _iri(name: str) -> str:
    return BASE + name.replace(" ", "-")


def _term(label: str) -> Term:
    return Term(_iri(label), label)


def _note(identifier: str) -> StatementNote:
    return StatementNote(
        id=identifier,
        iri=_iri(identifier),
        document=identifier[0],
        text=f"what {identifier} says of frogs and the ponds that they live in",
        modality="asserts",
        strength=4,
        population="frogs of any age",
        context=_iri("pond"),
        section="1.2",
        item="1",
        line=26,
        digest="ni:///sha-256;" + "a" * 43,
        citations=(Citation(1, "unresolved"), Citation(5, "inferred", "Frogs", "0.75")),
        qualifiers=(NoteQualifier("frequency", "common"),),
    )


def _document(identifier: str) -> Document:
    return Document(
        id=identifier,
        iri=_iri(identifier),
        title="frogs in ponds",
        publisher="The Pond",
        updated="2025-08-27",
        review="pending human review",
        references="empty",
        statements=67,
        resolved=0,
        origin="The Pond",
    )


def _argument(direction: str, *, inferred: bool = True) -> Argument:
    return Argument(
        finding=_term("dry pond"),
        direction=direction,
        strength="suggests",
        rule=("Y026",),
        weakest="Y026",
        statements=("Y026", "X013"),
        corroboration=("X027",),
        background=("ponds-hold-water",) if inferred else (),
        inferred=inferred,
    )


def _cause(label: str, verdict: Verdict, *statements: str) -> Cause:
    return Cause(_iri(label), label, verdict, "asserts", statements, statements[:1])


def make_answer() -> Answer:
    """An answer with something in every field."""
    elsewhere = Elsewhere("Y045", _term("frogs in a drought"), ("rain",), contradicted=False)
    never = Elsewhere("Y046", _term("tadpoles"), (), contradicted=True)
    causes = (
        replace(
            _cause("a wet spring | with <b>marks</b>", Verdict.CANDIDATE, "X004", "X005"),
            note="common",
            supports=(_argument("supports"),),
            elsewhere=(elsewhere,),
        ),
        replace(_cause("a wet April", Verdict.CANDIDATE, "X006"), broader=(causes_iri(),)),
        replace(
            _cause("a heron", Verdict.UNDETERMINED, "X018"),
            needs=(Need(_term("heron list"), "whether a heron is there", ("X042",)),),
            tensions=("Y037",),
        ),
        replace(
            _cause(
                "a very long name of a cause of frogs that nobody would ever think of saying aloud",
                Verdict.ARGUED_AGAINST,
                "X013",
            ),
            premises=("X013", "Y026"),
            against=(_argument("argues against"),),
        ),
    )
    ids = [
        "X001",
        "X004",
        "X005",
        "X006",
        "X013",
        "X018",
        "X027",
        "X042",
        "Y026",
        "Y037",
        "Y045",
        "Y046",
    ]
    return Answer(
        question="Causes of many frogs",
        finding=_term("many frogs"),
        graph="2026-11-22",
        case=(
            GivenFact("condition", "pond", _iri("pond"), "yes"),
            GivenFact("absent", "fish", _iri("fish"), "no"),
            GivenFact("unknown", "newts", _iri("newts"), "unknown"),
            GivenFact("lab", "water", _iri("water"), "high (no value)"),
            GivenFact("age", "age", _iri("age"), "3"),
        ),
        documents=(_document("X"), _document("Y")),
        scope=(Message(_iri("s"), "scope", "Nothing is said of newts.", ("X001",)),),
        conflicts=(Conflict(("a=yes", "a=no"), "a is there and not there."),),
        alerts=(
            Message(_iri("a"), "alert", "Look again. " * 12, ("X001", "X042"), (), (), "should"),
        ),
        rules=(Message(_iri("r"), "rule", "A dry pond suggests few frogs.", ("Y026",), ("X027",)),),
        outcomes=(Message(_iri("o"), "outcome", "More frogs.", ("X001",)),),
        advice=(Message(_iri("d"), "advice", "X says to dig a pond.", ("X042",)),),
        causes=causes,
        absent=(_term("fish"),),
        other_populations=(OtherPopulation(_iri("rain"), "rain", (elsewhere, never)),),
        ask_next=(
            NextStep(
                _iri("n"), "list of herons", (_iri("a heron"),), (), ("X042",), optional=False
            ),
            NextStep(_iri("m"), "a look at the pond", (), (), ("X042",), optional=True),
        ),
        tensions=(Tension(("X018", "Y037"), "in tension with"),),
        unknown=(Unknown("rain", ("Y045",)),),
        not_covered=("newts", "toads"),
        unused=(Unused("water=>3", "only a bound is known"),),
        statements={each: _note(each) for each in ids},
        background={"ponds-hold-water": "a pond holds water"},
    )


def causes_iri() -> str:
    """The IRI of the wider cause."""
    return _iri("a wet spring | with <b>marks</b>")


@pytest.fixture(name="answer")
def _answer() -> Answer:
    return replace(make_answer(), causes=_with_iris(make_answer().causes))


def _with_iris(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Give each cause an IRI without the marks of its label."""
    renamed = {cause.iri: f"{BASE}cause-{number}" for number, cause in enumerate(causes)}
    return tuple(
        replace(
            each, iri=renamed[each.iri], broader=tuple(renamed[wider] for wider in each.broader)
        )
        for each in causes
    )


@pytest.mark.parametrize("form", FORMATS)
def test_an_answer_renders_the_same_each_time(answer: Answer, form: str) -> None:
    """One answer has one text in each form, ended by one line end."""
    written = render(answer, form)

    assert written == render(answer, form)
    assert written.endswith("\n")
    assert not written.endswith("\n\n")


@pytest.mark.parametrize("form", FORMATS)
def test_an_answer_without_anything_renders(answer: Answer, form: str) -> None:
    """An answer to an empty case is still an answer in every form."""
    empty = Answer(
        question="Causes", finding=_term("frogs"), graph="v", case=(), documents=answer.documents
    )

    assert render(empty, form)


@pytest.mark.parametrize(
    ("basis", "said"),
    [(Basis.GIVEN, "given to the patient"), (Basis.DIAGNOSED, "already diagnosed")],
)
def test_a_treatment_that_is_given_is_no_diagnosis(answer: Answer, basis: Basis, said: str) -> None:
    """What the case has says in which way it has it."""
    cause = replace(answer.causes[0], present=True, basis=basis)
    text = render(replace(answer, causes=(cause,)), "text", ("causes",))

    assert said in text


def test_text_is_as_wide_as_a_page(answer: Answer) -> None:
    """No line is wider than 100 columns, and none ends in blanks or holds control characters."""
    for line in render(answer, "text", ALL).split("\n"):
        assert len(line) <= WIDTH, line
        assert line == line.rstrip()
        assert line.isprintable(), line


def test_every_cause_ends_in_its_statements(answer: Answer) -> None:
    """A line with a verdict ends in the ids of the statements that list the cause."""
    lines = render(answer, "text", ALL).splitlines()
    causes = [line for line in lines if re.match(r" {2,}[+?x-] ", line)]

    assert len(causes) >= len(answer.causes)
    for line in causes:
        assert ID.search(line.split("  ")[-1]), line


def test_every_id_of_the_text_is_explained(answer: Answer) -> None:
    """Whatever id is printed, its statement is in the answer."""
    printed = set(ID.findall(render(answer, "text", ALL)))

    assert printed
    assert printed <= answer.statements.keys()


def test_blocks_stand_in_their_order(answer: Answer) -> None:
    """What limits the answer comes first, then contradictions and sources, absence last."""
    text = render(answer, "text", ALL)
    heads = (
        "Causes of many frogs    given: pond; no fish; newts not known; water high",
        "SCOPE",
        "CONFLICT",
        "SOURCES",
        "ALERT",
        "OUTCOME",
        "RULE",
        "CANDIDATE (2)",
        "UNDETERMINED (1)",
        "ARGUED AGAINST (1)",
        "EXCLUDED (0)",
        "NOT PRESENT",
        "OTHER CAUSES IN THE SOURCES",
        "NEXT STEPS",
        "MISSING INFORMATION",
        "NOT COVERED",
        "GIVEN AND NOT USED",
        "\nSTATEMENTS",
        "BACKGROUND",
        "Research and education",
    )
    places = [text.index(head) for head in heads]

    assert places == sorted(places)


def test_a_narrower_cause_stands_under_the_wider(answer: Answer) -> None:
    """What is a kind of another listed cause is indented below it."""
    assert re.search(
        r"\n {2}\+ a wet spring[^+]*\+[^\n]*\n(.*\n)*? {4}\+ a wet April",
        render(answer, "text", ALL),
    )


def test_marks_say_what_weakens_and_what_pulls_apart(answer: Answer) -> None:
    """`<` is weakened by, `+` supported by, `~` in tension with."""
    text = render(answer, "text", ALL)

    assert "X013 < Y026" in text
    assert "X005 + Y026" in text
    assert "X018 ~ Y037" in text


def test_inference_is_told_with_its_background(answer: Answer) -> None:
    """A verdict that no sentence states says so, and on which common knowledge it rests."""
    text = render(answer, "text", ALL)

    assert text.count("by inference, with background: ponds-hold-water") == 1
    assert "ponds-hold-water: a pond holds water" in text


def test_the_standing_of_the_sources_is_told(answer: Answer) -> None:
    """Review status, origin and reference list stand on every answer."""
    for form in ("text", "md"):
        written = render(answer, form, ALL)
        assert "pending human review" in written
        assert "2 documents, 1 origin (The Pond)" in written
        assert "0 of 67 statements" in written
        assert "Agreement between them is not a second opinion." in written


@pytest.mark.parametrize("form", ["text", "md"])
def test_two_origins_are_two_opinions(answer: Answer, form: str) -> None:
    """Only documents that share an origin are said to be no second opinion."""
    one, other = answer.documents
    both = replace(answer, documents=(one, replace(other, origin="The River")))

    written = " ".join(render(both, form, ALL).split())

    assert "2 documents, 2 origins (The Pond, The River)." in written
    assert "second opinion" not in written


def test_json_fits_its_schema(answer: Answer) -> None:
    """The published schema describes what is written, and everything that is written."""
    schema = json.loads(schema_text("answer"))
    Draft202012Validator.check_schema(schema)

    written = json.loads(render(answer, "json"))

    Draft202012Validator(schema).validate(written)
    assert set(schema["required"]) == written.keys()


def _ids(value: object) -> set[str]:
    """Every id in a JSON value."""
    if isinstance(value, dict):
        return {each for part in value.values() for each in _ids(part)}
    if isinstance(value, list):
        return {each for part in value for each in _ids(part)}
    return {value} if isinstance(value, str) and ID.fullmatch(value) else set()


def test_every_id_of_the_json_is_explained(answer: Answer) -> None:
    """Whatever id is written, its statement is in the same answer."""
    written = to_data(answer)

    assert _ids(written) == answer.statements.keys()


def test_csv_has_a_row_for_each_cause(answer: Answer) -> None:
    """After what limits the answer, the table holds every cause with verdict, ids and labels."""
    scope, conflict, *rows = csv.DictReader(io.StringIO(render(answer, "csv")))

    assert (scope["label"], scope["verdict"]) == ("Nothing is said of newts.", "no verdict")
    assert (conflict["label"], conflict["verdict"]) == ("a is there and not there.", "no verdict")
    assert [each["label"] for each in rows] == [cause.label for cause in answer.causes]
    assert rows[0]["statements"] == "X004; X005"
    assert rows[0]["supported_by"] == "dry pond"
    assert rows[2]["needs"] == "heron list"
    assert rows[3]["statements_against"] == "Y026; X013"
    assert rows[3]["documents"] == "X; Y"
    assert rows[3]["inferred"] == "yes"


def test_turtle_parses_and_derives_every_verdict(answer: Answer) -> None:
    """Each verdict is an entity that was derived from its premises, and from nothing else."""
    quads = turtle_to_nquads(render(answer, "ttl").encode()).decode()

    derived = "<http://www.w3.org/ns/prov#wasDerivedFrom> <https://w3id.org/etiograph/statement/"
    assert quads.count("VerdictOnCause>") == len(answer.causes)
    for each in ("X004", "X013", "Y026"):
        assert f"{derived}{each}>" in quads
    assert f"{derived}X005>" not in quads


def test_turtle_says_the_rest_of_the_answer_too(answer: Answer) -> None:
    """Messages, advised steps and causes stated for others are entities with their statements."""
    quads = turtle_to_nquads(render(answer, "ttl").encode()).decode()

    carried = [message for message in answer.messages if message.statements]
    assert quads.count("AnswerMessage>") == len(carried) > 0
    assert quads.count("AdvisedStep>") == len(answer.ask_next) > 0
    assert quads.count("CauseForOtherPatients>") == len(answer.other_populations) > 0
    for step in answer.ask_next:
        assert all(f"/statement/{each}>" in quads for each in step.statements)


def test_markdown_has_no_marks_but_its_own(answer: Answer) -> None:
    """Whatever a label holds, it makes no column, no link and no tag."""
    written = render(answer, "md", ALL)
    tables = [line for line in written.splitlines() if line.startswith("|")]

    assert "<b>" not in written.replace("\\<b\\>", "")
    assert all(re.split(r"(?<!\\)\|", line)[-1] == "" for line in tables)
    assert any("a wet spring \\| with" in line for line in tables)


def test_every_verdict_has_its_words() -> None:
    """A verdict that the model knows has a heading and a meaning."""
    assert set(VERDICTS) == set(Verdict)
