"""Compiled rules: they say what HermiT says, to the last digit, or refuse by name."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from counting import counts
from differential import (
    ULP,
    Reasoned,
    assert_same,
    compare,
    random_cases,
    reason,
    reason_file,
)
from msgspec.structs import replace

from kg.model.errors import NotHornError, UnsatisfiableError
from kg.model.json_values import encode
from kg.model.rdf import Graph, read_turtle
from kg.reasoning.engine import classify
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import Facts, Rules

pytestmark = pytest.mark.jvm

HEART = "https://example.org/heart/"
PREFIXES = """
@prefix : <https://example.org/heart/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:r a owl:ObjectProperty . :s a owl:ObjectProperty . :t a owl:ObjectProperty .
:A a owl:Class . :B a owl:Class . :C a owl:Class . :D a owl:Class .
"""
SOME_R = "[ owl:onProperty :r ; owl:someValuesFrom"
VALUE_R = "[ owl:onProperty :r ; owl:hasValue"
SOME_S = "[ owl:onProperty :s ; owl:someValuesFrom"


@pytest.fixture(name="heart")
def _heart(root: Path) -> Reasoned:
    return reason_file(root / "tests/data/reasoning/troponin.ttl")


def _types(rules: Rules, kind: str, *values: tuple[str, str | Decimal]) -> set[str]:
    """Give the local names of what an observation with these values is."""
    facts = Facts(
        types=(("urn:o", HEART + kind),),
        values=tuple(("urn:o", HEART + role, Decimal(value)) for role, value in values),
    )
    return {each.removeprefix(HEART) for each in classify(rules, facts).types("urn:o")}


@counts(15, exhaustive=60)
def test_the_engine_says_what_hermit_says(heart: Reasoned, count: int) -> None:
    """On 15 random cases (60) around every definition, engine and HermiT agree in every fact."""
    cases = random_cases(heart.axioms, count, seed=1)

    compared = assert_same(heart.rules, heart.axioms, cases)

    assert compared.cases > count / 2
    assert compared.facts > 8 * count
    assert compared.clashing > 0


@pytest.mark.parametrize(
    ("kind", "role", "bound", "below", "equal", "above"),
    [
        ("Troponin", "ratio", "1", set(), set(), {"RaisedTroponin"}),
        (
            "Troponin",
            "ratio",
            "5",
            {"RaisedTroponin"},
            {"RaisedTroponin", "MuchRaisedTroponin"},
            {"RaisedTroponin", "MuchRaisedTroponin"},
        ),
        (
            "Troponin",
            "ratio",
            "1.5",
            {"RaisedTroponin"},
            {"RaisedTroponin", "GreyTroponin"},
            {"RaisedTroponin", "GreyTroponin"},
        ),
        (
            "Troponin",
            "ratio",
            "2.0",
            {"RaisedTroponin", "GreyTroponin"},
            {"RaisedTroponin", "GreyTroponin"},
            {"RaisedTroponin"},
        ),
        ("CreatineKinase", "ratio", "1.0", {"NormalCk"}, {"NormalCk"}, set()),
        ("Troponin", "hour", "6", {"NightSample"}, set(), set()),
    ],
)
def test_a_bound_is_exact(  # noqa: PLR0913, PLR0917 - a row of the table
    heart: Reasoned,
    kind: str,
    role: str,
    bound: str,
    below: set[str],
    equal: set[str],
    above: set[str],
) -> None:
    """A value on a threshold, and the nearest on both sides, are told apart."""
    told = {kind, "Observation"}

    found = [_types(heart.rules, kind, (role, Decimal(bound) + step)) for step in (-ULP, 0, ULP)]

    assert found == [told | below, told | equal, told | above]


def test_a_changed_threshold_is_caught(heart: Reasoned) -> None:
    """The comparison with HermiT notices when one `at least` becomes `more than`."""
    changed = tuple(
        (role, Interval(above=interval.at_least), head)
        if interval == Interval(at_least=Decimal(25))
        else (role, interval, head)
        for role, interval, head in heart.rules.facets
    )
    mutant = replace(heart.rules, facets=changed)
    case = Facts(
        types=(("urn:o", f"{HEART}Troponin"), ("urn:d", f"{HEART}Anthracycline")),
        edges=(("urn:o", f"{HEART}during", "urn:d"),),
        values=(
            ("urn:o", f"{HEART}change", Decimal(25)),
            ("urn:o", f"{HEART}day", Decimal(42)),
        ),
    )

    differences = compare(mutant, heart.axioms, [case])

    assert ("urn:o", "type", f"{HEART}EarlySteepRise") in differences.only_hermit
    assert not compare(heart.rules, heart.axioms, [case]).found


def test_a_chain_through_something_unnamed_is_followed(heart: Reasoned) -> None:
    """A value at the end of a chain holds even where the middle is only said to exist."""
    case = Facts(types=(("urn:p", f"{HEART}MyocarditisCase"),))

    closure = classify(heart.rules, case)

    assert closure.objects("urn:p", f"{HEART}needs") == {f"{HEART}imaging"}
    assert not compare(heart.rules, heart.axioms, [case]).found


def test_two_facets_of_one_value_are_joined() -> None:
    """What is at least 1 and at most 2 lies between 1 and 2, without a value being known."""
    facet = (
        "[ owl:onProperty :v ; owl:someValuesFrom [ a rdfs:Datatype ; "
        "owl:onDatatype xsd:decimal ; owl:withRestrictions ({}) ] ]"
    )
    low, high = "[ xsd:minInclusive 1.0 ]", "[ xsd:maxInclusive 2.0 ]"
    reasoned = _reason(
        f"""@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        :v a owl:DatatypeProperty , owl:FunctionalProperty .
        :A owl:equivalentClass {facet.format(low)} . :B owl:equivalentClass {facet.format(high)} .
        :C owl:equivalentClass {facet.format(low + high)} .
        :D owl:equivalentClass {facet.format("[ xsd:maxExclusive 1.0 ]")} ."""
    )
    joined = Facts(types=(("urn:x", f"{HEART}A"), ("urn:x", f"{HEART}B")))
    opposed = Facts(types=(("urn:x", f"{HEART}A"), ("urn:x", f"{HEART}D")))

    assert f"{HEART}C" in classify(reasoned.rules, joined).types("urn:x")
    assert classify(reasoned.rules, opposed).clashes
    assert not compare(reasoned.rules, reasoned.axioms, [joined, opposed]).found


def test_rules_survive_json_and_load_without_libraries(heart: Reasoned, tmp_path: Path) -> None:
    """Rules are plain JSON, read where no RDF library is loaded."""
    path = tmp_path / "rules.json"
    path.write_bytes(encode(heart.rules))
    script = (
        "import msgspec, sys, pathlib; from kg.reasoning import engine, requirements; "
        f"text = pathlib.Path({str(path)!r}).read_bytes(); "
        "msgspec.json.decode(text, type=engine.Rules).index; "
        "print(sorted({'rdflib', 'owlready2', 'jpype'} & set(sys.modules)))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert msgspec.json.decode(encode(heart.rules), type=Rules) == heart.rules
    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("turtle", "said"),
    [
        (":A rdfs:subClassOf [ owl:unionOf ( :B :C ) ] .", "right-hand side"),
        (":A owl:equivalentClass [ owl:unionOf ( :B :C ) ] .", "right-hand side"),
        (
            f":A rdfs:subClassOf {SOME_R} [ owl:unionOf ( :B :C ) ] ] .",
            "right-hand side",
        ),
        (
            f":r owl:inverseOf :s . :A rdfs:subClassOf {SOME_R} :B ] , {SOME_S} :C ] .",
            "beyond the case rules",
        ),
        (":t owl:propertyChainAxiom ( :r :s ) ; rdfs:range :C .", "does not follow"),
        ("owl:Thing rdfs:subClassOf :A .", "contains everything"),
        (
            f":x a :A . :A rdfs:subClassOf {VALUE_R} :y ] . :B owl:equivalentClass {VALUE_R} :x].",
            "outside of any case",
        ),
        (
            ":A rdfs:subClassOf [ owl:onProperty :r ; owl:hasValue :B ] .",
            "used in two roles",
        ),
    ],
)
def test_what_rules_could_answer_only_in_part_is_refused(turtle: str, said: str) -> None:
    """Axioms that rules would follow incompletely stop the build instead."""
    with pytest.raises(NotHornError, match=said):
        _reason(turtle)


def test_a_class_that_can_have_no_member_is_refused() -> None:
    """A contradiction inside a definition stops the build and names the class."""
    with pytest.raises(UnsatisfiableError, match="heart/C"):
        _reason(":A owl:disjointWith :B . :C rdfs:subClassOf :A , :B .")


def _reason(turtle: str) -> Reasoned:
    return reason(Graph(read_turtle((PREFIXES + turtle).encode())))
