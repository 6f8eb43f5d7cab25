"""What limits an answer opens it, in every form that an answer has."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping

import pytest

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case import resolve_case
from kg.model.rdf import turtle_to_nquads
from kg.model.terms import Lexicon
from kg.model.vocabulary import eg, text_of
from kg.show import render
from kg.store.knowledge import KnowledgeGraph

TEXTS = f"""
PREFIX eg: <{eg("")}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?text WHERE {{
  {{ ?thing eg:message ?text }} UNION {{ ?thing a eg:BackgroundStatement ; rdfs:label ?text }}
}}
"""
HIGH = {"marker": "ALP", "state": "high"}
CHILD = {
    "conditions": ["bone pain"],
    "age": "13",
    "sex": "male",
    "labs": [{"marker": "ALP", "value": "507", "unit": "U/L", "low": "140", "high": "492"}],
}
LIMITED: dict[str, Mapping[str, object]] = {
    "children": CHILD,
    "pregnancy": {"conditions": ["pregnancy"], "labs": [HIGH]},
    "no raised ALP": {
        "conditions": ["multiple myeloma"],
        "labs": [{"marker": "ALP", "state": "normal"}],
    },
    "ALP without its range": {"labs": [{"marker": "ALP", "value": "164", "unit": "U/L"}]},
    "no ALP at all": {"labs": [{"marker": "GGT", "state": "normal"}]},
}


@pytest.fixture(name="answer", params=LIMITED)
def _answer(request: pytest.FixtureRequest, knowledge: KnowledgeGraph, lexicon: Lexicon) -> Answer:
    return ask(knowledge, resolve_case(dict(LIMITED[request.param]), lexicon))


def test_no_cause_is_judged(answer: Answer) -> None:
    """What lies outside gets no verdict at all."""
    assert answer.scope
    assert not answer.causes


def test_text_opens_with_it(answer: Answer) -> None:
    """The first thing under the question is what the answer is no answer to."""
    second = render(answer, "text").split("\n\n")[1]

    assert " ".join(second.split()).startswith(f"SCOPE {answer.scope[0].text[:40]}")


def test_markdown_opens_with_it(answer: Answer) -> None:
    """Of all that is said, the scope comes first, behind what was given and did nothing."""
    said = render(answer, "md").split("\n- ")[1:]

    first = next(each for each in said if each.startswith("**"))
    assert first.startswith("**Scope**: ")


def test_json_opens_with_it(answer: Answer) -> None:
    """Of all that is found, the scope stands first, behind the question and how it was read."""
    written = json.loads(render(answer, "json"))

    assert list(written)[:3] == ["question", "read_as", "scope"]
    assert [each["text"] for each in written["scope"]] == [each.text for each in answer.scope]


def test_csv_opens_with_it(answer: Answer) -> None:
    """A table of no cause says why, so that it does not read as no cause."""
    first = next(csv.DictReader(io.StringIO(render(answer, "csv"))))

    assert first["label"] == answer.scope[0].text
    assert first["verdict"] == "no verdict"


def test_turtle_carries_it(answer: Answer) -> None:
    """The scope is part of the answer as data too."""
    quads = turtle_to_nquads(render(answer, "ttl").encode()).decode()

    assert answer.scope[0].text in quads


def test_an_unknown_measurement_opens_the_answer(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """What no statement knows is named before the causes that are left without it."""
    case = {"labs": [HIGH, {"marker": "ferritin", "state": "low"}]}

    answer = ask(knowledge, resolve_case(case, lexicon))

    assert answer.causes
    assert "ferritin" in render(answer, "text").split("\n\n")[1]


def test_no_text_counts_the_sources(knowledge: KnowledgeGraph) -> None:
    """What answers print stays true when a further document comes."""
    found = knowledge.store.select(TEXTS).records()

    texts = [text_of(row["text"]).lower() for row in found]
    assert texts
    for words in (
        "both articles",
        "two articles",
        "both documents",
        "either article",
        "neither document",
    ):
        assert not [text for text in texts if words in text], words
