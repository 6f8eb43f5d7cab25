"""A case in a file: as JSON by the published schema, and as Turtle; both say the same."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from records import Recorder

from kg.case import (
    CASE,
    Case,
    Course,
    case_facts,
    case_to_json,
    parse_json,
    parse_options,
    read_case,
    resolve_case,
)
from kg.case.document import read_questions
from kg.case.fhir import parse_record
from kg.case.fhir import read_case as read_fhir
from kg.case.turtle import case_to_turtle, parse_turtle
from kg.cli import main
from kg.compile.check import run_shapes
from kg.curate.diff.difference import shipped_questions
from kg.model import resources
from kg.model.errors import UsageError
from kg.model.rdf import ntriples_of, turtle_to_nquads
from kg.model.terms import Lexicon
from kg.model.vocabulary import EG, eg
from kg.show.data import schema_text

SCHEMA = Draft202012Validator(json.loads(schema_text("case")))

FULL: dict[str, Any] = {
    "conditions": ["multiple myeloma"],
    "drugs": ["alendronate", {"drug": "bortezomib", "start": "2025-01-10", "stop": "2025-06-01"}],
    "absent": ["bone pain"],
    "unknown": ["osteoporosis"],
    "labs": [
        {
            "marker": "alp",
            "value": "210",
            "unit": "IU/L",
            "low": "0.6",
            "high": 1.75,
            "rangeUnit": "ukat/L",
            "flag": "H",
            "date": "2025-02-09T08:30:00Z",
            "percentChangeFromBaseline": "-25.5",
            "dayOfTreatment": 42,
            "duringTreatment": "alendronate",
        },
        {"marker": "alp", "value": 99, "unit": "U/L", "date": "2025-01-01", "baseline": True},
        {"marker": "ggt", "state": "normal", "date": "2025-02-09"},
        {"marker": "PTH", "value": 90, "unit": "pg/mL", "high": 65, "comparator": ">="},
        {"marker": "calcium", "value": 2.3, "unit": "mmol/L"},
        {"marker": "bone ALP", "value": 2.1, "unit": "{xULN}"},
    ],
    "age": 68.5,
    "sex": "female",
    "date": "2025-02-10",
}


def test_a_case_survives_json(lexicon: Lexicon) -> None:
    """What was written is read back as the same facts, and fits the published schema."""
    first = resolve_case(parse_json(json.dumps(FULL)), lexicon)
    written = case_to_json(first)
    second = resolve_case(json.loads(json.dumps(written)), lexicon)

    assert case_facts(second) == case_facts(first)
    assert case_to_json(second) == written
    assert (f"{CASE}:observation:1", EG.duringTreatment, f"{CASE}:treatment:1") in (
        case_facts(first).edges
    )
    SCHEMA.validate(FULL)
    SCHEMA.validate(written)


def test_a_case_survives_turtle(lexicon: Lexicon) -> None:
    """As Turtle it is the same case, and what is written conforms to the shape of a case."""
    first = resolve_case(parse_json(json.dumps(FULL)), lexicon)
    text = case_to_turtle(first)
    second = resolve_case(parse_turtle(text), lexicon)

    assert case_facts(second) == case_facts(first)
    assert case_to_turtle(second) == text
    assert shape_findings(text) == []


def test_every_question_survives_both_forms(lexicon: Lexicon) -> None:
    """The case of every competency question, from JSON to Turtle and back."""
    for question in read_questions(shipped_questions()):
        case = resolve_case(question.case, lexicon)
        written = json.loads(json.dumps(case_to_json(case)))

        assert case_facts(resolve_case(parse_turtle(case_to_turtle(case)), lexicon)) == case_facts(
            case
        ), question.name
        assert case_facts(resolve_case(written, lexicon)) == case_facts(case), question.name
        SCHEMA.validate(json.loads(json.dumps(question.case, default=float)))
        SCHEMA.validate(written)


STATED = ("percentChangeFromBaseline", "dayOfTreatment", "duringTreatment")
"""What is stated of a change has no place on the command line or in FHIR."""


def test_four_ways_of_saying_a_case_are_one_case(lexicon: Lexicon) -> None:
    """Typed options, JSON, Turtle and FHIR of every shipped question are the same value.

    Each becomes a dictionary of the published schema on the way.
    """
    recorder, typed, recorded = Recorder(lexicon), 0, 0
    for question in read_questions(shipped_questions()):
        said = resolve_case(question.case, lexicon)
        day = max((lab.on.day for lab in said.labs if lab.on), default=date(2026, 11, 22))
        document: dict[str, Any] = {"date": str(day), **case_to_json(said)}
        day = date.fromisoformat(document["date"])
        case, text = resolve_case(document, lexicon, today=day), json.dumps(document)
        forms: list[object] = [parse_json(text), parse_turtle(case_to_turtle(case))]
        if not any(key in text for key in STATED):
            typed += 1
            forms.append(parse_options(lexicon, **_options(case)))
            assert read_case(lexicon, **_options(case), today=day) == case, question.name
        if (record := recorder.record(document)) is not None:
            recorded += 1
            forms.append(parse_record(record, lexicon, day).document)
            assert read_fhir(record, lexicon, day) == case, question.name
        for each in forms:
            SCHEMA.validate(json.loads(json.dumps(each, default=float)))
            assert resolve_case(each, lexicon, today=day) == case, question.name

    assert typed >= 61
    assert recorded >= 50


def _options(case: Case) -> dict[str, Any]:
    """A case as it is typed on the command line; a name as an IRI has no second reading."""
    answers = ((case.denied, "no"), (case.unknown, "unknown"))
    dated = {each.entry.iri for each in case.courses}
    return {
        "has": [each.iri for each in case.conditions],
        "drugs": [
            *(each.iri for each in case.drugs if each.iri not in dated),
            *(_typed(each) for each in case.courses),
        ],
        "findings": [f"{e.iri}={answer}" for group, answer in answers for e in group],
        "labs": [lab.given for lab in (*case.labs, *case.baselines)],
        "age": None if case.age is None else f"{case.age:f}",
        "sex": None if case.sex is None else case.sex.iri,
        "day": None if case.date is None else case.date.text,
    }


def _typed(course: Course) -> str:
    start, stop = ("" if each is None else each.text for each in (course.start, course.stop))
    return f"{course.entry.iri}@{start}" + (f"..{stop}" if stop else "")


def shape_findings(turtle: str) -> list[str]:
    """What the shapes find in a case, with the words of the ontology at hand."""
    ontology = resources.ontology_dir()
    parts = [turtle_to_nquads(turtle.encode())]
    parts += [
        turtle_to_nquads((ontology / name).read_bytes()).replace(
            b"_:c14n", f"_:{name[:4]}".encode()
        )
        for name in ("core.ttl", "markers.ttl", "conditions.ttl", "drugs.ttl", "rules.ttl")
    ]
    found = run_shapes(ntriples_of(b"".join(parts)), ontology / "shapes").findings
    return [each.message for each in found if each.rule.startswith("case")]


def test_the_example_is_one_case_in_two_forms(root: Path, lexicon: Lexicon) -> None:
    """docs/examples holds one case as JSON and as Turtle, and both give the same facts."""
    folder = root / "docs/examples"
    turtle, text = ((folder / f"case.{end}").read_text("utf-8") for end in ("ttl", "json"))

    as_turtle, as_json = (
        resolve_case(parse_turtle(turtle), lexicon),
        resolve_case(parse_json(text), lexicon),
    )

    assert case_facts(as_turtle) == case_facts(as_json)
    assert as_turtle.given == as_json.given
    assert "+30 % from 100 U/L on 2025-01-08 on day 30 of bortezomib" in as_json.labs[0].shown
    assert shape_findings(turtle) == []
    SCHEMA.validate(json.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"conditions": "multiple myeloma"}',
        '{"conditions": [1]}',
        '{"conditions": null}',
        '{"disease": ["multiple myeloma"]}',
        '{"age": 1, "age": 2}',
        '{"age": NaN}',
        '{"age": Infinity}',
        '{"age": true}',
        '{"age": 1e999}',
        '{"age": -1}',
        '{"age": " 5"}',
        '{"sex": null}',
        '{"date": "2025"}',
        '{"drugs": [{"start": "2025-01-01"}]}',
        '{"drugs": [{"drug": "bortezomib", "start": "soon"}]}',
        '{"drugs": [{"drug": "bortezomib", "dose": 5}]}',
        '{"labs": [{"marker": "alp"}]}',
        '{"labs": [{"marker": "", "state": "high"}]}',
        '{"labs": [{"marker": "alp", "state": ""}]}',
        '{"labs": [{"marker": "alp", "state": "high", "value": 1}]}',
        '{"labs": [{"marker": "alp", "state": "high", "unit": "U/L"}]}',
        '{"labs": [{"marker": "alp", "state": "high", "date": "1.1.2025"}]}',
        '{"labs": [{"marker": "alp", "state": "high", "baseline": "yes"}]}',
        '{"labs": [{"marker": "alp", "state": "high", "dayOfTreatment": -1}]}',
        '{"labs": [{"marker": "alp", "value": true, "unit": "U/L", "high": 105}]}',
        '{"labs": [{"marker": "alp", "value": null, "unit": "U/L", "high": 105}]}',
        '{"labs": [{"marker": "alp", "value": "<b>", "unit": "U/L", "high": 105}]}',
        '{"labs": [{"marker": "alp", "value": "1e3", "unit": "U/L", "high": 105}]}',
        '{"labs": [{"marker": "alp", "value": 9, "unit": 5, "high": 105}]}',
        '{"labs": [{"marker": "alp", "value": 9, "comparator": "~", "unit": "U/L"}]}',
        "[" * 100_000,
    ],
)
def test_json_that_is_no_case_is_refused(lexicon: Lexicon, text: str) -> None:
    """The reader is strict: it never takes a slip for a fact. What is JSON the schema refuses."""
    with pytest.raises(UsageError):
        resolve_case(parse_json(text), lexicon)

    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return
    twice = text.count('"age"') > 1
    assert twice or not SCHEMA.is_valid(value)


@pytest.mark.parametrize("key", ["conditions", "drugs", "absent", "unknown"])
def test_an_unknown_term_is_named(lexicon: Lexicon, key: str) -> None:
    """A name that no term carries stops nothing and is not dropped, wherever it stands."""
    case = resolve_case({key: ["no such thing"], "age": 70}, lexicon)

    (left,) = case.unused
    assert (left.given, left.kind) == ("no such thing", "not covered")
    assert case.notices[0].text == "Not covered: no such thing."
    assert [each.kind for each in case.given] == ["age"]


def test_an_unknown_class_in_turtle_is_named(lexicon: Lexicon) -> None:
    """A class that the graph does not have is told as one that is not covered."""
    text = (
        "@prefix eg: <https://w3id.org/etiograph/id/> . [] a eg:Case ; eg:hasCondition [ a eg:X ] ."
    )

    case = resolve_case(parse_turtle(text), lexicon)

    assert [each.kind for each in case.unused] == ["not covered"]


def _places(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a document, the document itself among them."""
    if isinstance(value, dict):
        inner = [(key, each) for key, each in value.items()]
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        inner = []
    return [at, *(place for key, each in inner for place in _places(each, (*at, key)))]


PLACES = [place for place in _places(FULL) if place]
ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 5, 10**60, Decimal("1.5"), "", " ", "5", "-5", "+5", ".5", "5.",
    "1e3", "٣", "high", "U/L", "<", "2025-01-01", "2025-01-01T10:00", "2025-1-1", [], {},
    ["multiple myeloma"],
    "x" * 201,
)  # fmt: skip
GONE = object()
KNOWN_BY_THE_GRAPH = ("is called", "stands for", "wanted here", "is no sex", "neither", "not among",
                      "more than one reading")  # fmt: skip
"""What the reader says where a name or a flag is none of the graph."""


def _changed(place: tuple[Any, ...], odd: object) -> str:
    """The full document as text with one part changed; without it where the part is to go."""
    document: Any = deepcopy(FULL)
    part = document
    for key in place[:-1]:
        part = part[key]
    if odd is GONE:
        del part[place[-1]]
    else:
        part[place[-1]] = odd
    return json.dumps(document, default=float)


@pytest.mark.slow
def test_schema_and_reader_refuse_the_same(lexicon: Lexicon) -> None:
    """Every part of a document changed in many ways: what one accepts the other accepts.

    Only the reader knows names, and that a result is under a treatment that the case names.
    """
    disagreed = []
    for place, odd in product(PLACES, (*ODD, GONE)):
        text = _changed(place, odd)
        fits = SCHEMA.is_valid(json.loads(text))
        try:
            resolve_case(parse_json(text), lexicon)
        except UsageError as error:
            read, because = False, error.message
        else:
            read, because = True, ""
        by_name = fits and any(words in because for words in KNOWN_BY_THE_GRAPH)
        if read != fits and not by_name:
            disagreed.append((place, odd, fits, because))

    assert disagreed == [], disagreed


TURTLE = {
    "not Turtle": ("<", "not Turtle"),
    "no case": ("[] a eg:Observation .", "found 0"),
    "two cases": ("[] a eg:Case . [] a eg:Case .", "found 2"),
    "a property of something else": ("[] a eg:Case ; eg:unit 5 .", "has no property eg:unit"),
    "a text for a node": ("[] a eg:Case ; eg:hasCondition 'myeloma' .", "node of the case"),
    "a class for a patient's own": ("[] a eg:Case ; eg:hasCondition eg:BonePain .", "found 0"),
    "two kinds": ("[] a eg:Case ; eg:hasCondition [ a eg:BonePain , eg:X ] .", "found 2"),
    "a text for a class": ("[] a eg:Case ; eg:saidAbsent 'pain' .", "wanted the IRI"),
    "two values": ("[] a eg:Case ; eg:ageInYears 5 , 6 .", "stands once"),
    "a node for a value": ("[] a eg:Case ; eg:ageInYears [] .", "wanted a value"),
    "two sexes": ("[] a eg:Case , eg:FemaleCase , eg:MaleCase .", "one sex"),
    "something beside it": ("[] a eg:Case . eg:x eg:y 5 .", "no part of the case"),
    "no drug": ("[] a eg:Case ; eg:hasTreatment [ eg:withDrug [] ] .", "found 0"),
    "a result without a kind": ("[] a eg:Case ; eg:hasObservation [ eg:flag 'high' ] .", "found 0"),
    "no number": (
        "[] a eg:Case ; eg:hasObservation [ a eg:GGTObservation ; eg:measuredValue 'x' ] .",
        "not a number",
    ),
}


@pytest.mark.parametrize("name", TURTLE)
def test_turtle_that_is_no_case_is_refused(lexicon: Lexicon, name: str) -> None:
    """As strictly as JSON: nothing that was said is passed over."""
    text, words = TURTLE[name]

    with pytest.raises(UsageError, match=words):
        resolve_case(parse_turtle(f"@prefix eg: <{eg('')}> .\n{text}"), lexicon)


@pytest.mark.parametrize("deep", ["[ <p:p> ", "( "])
def test_deep_turtle_is_no_trap(lexicon: Lexicon, deep: str) -> None:
    """A hundred thousand brackets are an error, and not the end of the process."""
    with pytest.raises(UsageError):
        resolve_case(parse_turtle(f"<x:x> <p:p> {deep * 100_000}"), lexicon)


@pytest.mark.usefixtures("knowledge")
def test_the_command_prints_a_case(root: Path) -> None:
    """`kg case` writes what `--case` reads, in either form, and says what was not used."""
    example = str(root / "docs/examples/case.json")

    as_json = CliRunner().invoke(main, ["case", "--case", example])
    as_turtle = CliRunner().invoke(main, ["case", "--case", example, "--format", "ttl"])
    again = CliRunner().invoke(
        main, ["case", "--case", "-", "--case-format", "ttl"], input=as_turtle.stdout
    )
    spare = CliRunner().invoke(main, ["case", "--lab", "alp=164"])
    clash = CliRunner().invoke(main, ["case", "--lab", "ggt=high", "--lab", "ggt=normal"])

    SCHEMA.validate(json.loads(as_json.stdout))
    assert again.stdout == as_json.stdout
    assert spare.stdout == clash.stdout == "{}\n"
    assert "no reference range and no unit" in spare.stderr
    assert "results that differ" in clash.stderr


def test_a_result_cannot_fall_by_more_than_all_of_it(lexicon: Lexicon) -> None:
    """A change below -100 % is a slip, and no rule may rest on it."""
    result = {"marker": "ALP", "state": "high", "percentChangeFromBaseline": -101}

    case = resolve_case({"labs": [result]}, lexicon)
    kept = resolve_case({"labs": [result | {"percentChangeFromBaseline": -100}]}, lexicon)

    assert case.labs == ()
    assert "more than 100 %" in case.unused[0].reason
    assert len(kept.labs) == 1
