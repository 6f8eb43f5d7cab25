"""Class expressions: what is read, what is refused by name, and how they are shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.compile.owl.axioms import expression_text
from kg.compile.owl.reading import read_expression
from kg.model import rdf
from kg.model.errors import NotHornError
from kg.model.vocabulary import IRI, OWL, compact
from kg.reasoning.expressions import (
    And,
    Expression,
    Facet,
    Named,
    Or,
    Some,
    Value,
    canonical,
    expression_iri,
    quote,
    write_node,
)
from kg.reasoning.intervals import Interval

PREFIXES = """
@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SUBJECT = IRI("https://example.org/Defined")


def _read(turtle: str) -> Expression:
    text = f"{PREFIXES} :Defined owl:equivalentClass {turtle} ."
    graph = rdf.Graph(rdf.read_turtle(text.encode()))
    node = graph.value(SUBJECT, OWL.equivalentClass)
    assert node is not None
    return read_expression(graph, node, within=SUBJECT)


def _iri(name: str) -> str:
    return f"https://example.org/{name}"


def _facets(body: str, datatype: str = "xsd:decimal") -> str:
    return (
        "[ owl:onProperty :ratio ; owl:someValuesFrom [ a rdfs:Datatype ; "
        f"owl:onDatatype {datatype} ; owl:withRestrictions ( {body} ) ] ]"
    )


def test_every_allowed_expression_is_read() -> None:
    """A definition may use classes, and, or, some, value and decimal facets."""
    some = "[ owl:onProperty :in ; owl:someValuesFrom :B ]"
    value = "[ owl:onProperty :shows ; owl:hasValue :finding ]"

    read = _read(f"[ owl:intersectionOf ( :A {some} [ owl:unionOf ( :C {value} ) ] ) ]")

    assert read == And(
        (
            Named(_iri("A")),
            Or((Named(_iri("C")), Value(_iri("shows"), _iri("finding")))),
            Some(_iri("in"), Named(_iri("B"))),
        )
    )


@pytest.mark.parametrize(
    ("facet", "interval"),
    [
        ("[ xsd:minInclusive 1.5 ]", Interval(at_least=Decimal("1.5"))),
        ("[ xsd:minExclusive 1.5 ]", Interval(above=Decimal("1.5"))),
        ("[ xsd:maxInclusive 42 ]", Interval(at_most=Decimal(42))),
        ("[ xsd:maxExclusive 1.5 ]", Interval(below=Decimal("1.5"))),
        (
            "[ xsd:minInclusive 1.5 ] [ xsd:maxInclusive 2.0 ]",
            Interval(at_least=Decimal("1.5"), at_most=Decimal(2)),
        ),
    ],
)
def test_every_bound_is_read_for_what_it_is(facet: str, interval: Interval) -> None:
    """A facet keeps its direction and whether the bound belongs."""
    assert _read(_facets(facet)) == Facet(_iri("ratio"), interval)


def test_a_threshold_keeps_every_digit() -> None:
    """A threshold is never rounded on its way through a float."""
    digits = "1.000000000000000000001"

    read = _read(_facets(f'[ xsd:minInclusive "{digits}"^^xsd:decimal ]'))

    assert isinstance(read, Facet)
    assert str(read.interval.at_least) == digits


@pytest.mark.parametrize(
    ("turtle", "construct"),
    [
        ("[ owl:onProperty :in ; owl:allValuesFrom :B ]", "owl:allValuesFrom"),
        ("[ owl:complementOf :B ]", "owl:complementOf"),
        ("[ owl:oneOf ( :a :b ) ]", "owl:oneOf"),
        ("[ owl:onProperty :in ; owl:minCardinality 1 ]", "owl:minCardinality"),
        ("[ owl:onProperty :in ; owl:maxCardinality 1 ]", "owl:maxCardinality"),
        ("[ owl:onProperty :in ; owl:cardinality 1 ]", "owl:cardinality"),
        (
            "[ owl:onProperty :in ; owl:minQualifiedCardinality 1 ; owl:onClass :B ]",
            "owl:minQualifiedCardinality",
        ),
        (
            "[ owl:onProperty :in ; owl:maxQualifiedCardinality 1 ; owl:onClass :B ]",
            "owl:maxQualifiedCardinality",
        ),
        (
            "[ owl:onProperty :in ; owl:qualifiedCardinality 1 ; owl:onClass :B ]",
            "owl:qualifiedCardinality",
        ),
        ("[ owl:onProperty :in ; owl:hasSelf true ]", "owl:hasSelf"),
        ("[ owl:onProperty :ratio ; owl:hasValue 1.0 ]", "owl:hasValue with"),
        ("[ owl:onProperty [ owl:inverseOf :in ] ; owl:someValuesFrom :B ]", "owl:inverseOf"),
        ("[ owl:onProperty :ratio ; owl:someValuesFrom xsd:integer ]", "XMLSchema#integer"),
        (_facets("[ xsd:minInclusive 1 ]", "xsd:integer"), "only xsd:decimal"),
        (_facets("[ xsd:minInclusive 1.0e0 ]"), "no xsd:decimal"),
        (_facets('[ xsd:minInclusive "<30"^^xsd:decimal ]'), "no number"),
        (_facets('[ xsd:pattern "1.*" ]'), "the facet"),
        ("[ rdfs:comment 'nothing' ]", "an anonymous class"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*Failed to convert.*")
def test_what_rules_cannot_carry_is_refused_by_name(turtle: str, construct: str) -> None:
    """A construct outside the fragment stops the build and names the class and itself."""
    with pytest.raises(NotHornError) as refusal:
        _read(turtle)

    assert "https://example.org/Defined" in str(refusal.value)
    assert construct in str(refusal.value)


def test_the_order_of_parts_and_trailing_zeros_do_not_matter() -> None:
    """The name of an expression follows from what it means, not from how it is written."""
    one = _read(f"[ owl:intersectionOf ( :A {_facets('[ xsd:minInclusive 1.50 ]')} ) ]")
    other = _read(f"[ owl:intersectionOf ( {_facets('[ xsd:minInclusive 1.5 ]')} :A ) ]")

    assert canonical(one) == canonical(other)
    assert expression_iri(one) == expression_iri(other)


def test_people_see_labels_in_manchester_syntax() -> None:
    """An expression is shown as Protégé shows it."""
    read = _read(f"[ owl:intersectionOf ( :A {_facets('[ xsd:minExclusive 1.50 ]')} ) ]")

    shown = expression_text(read, {_iri("A"): "Bone ALP"})

    assert shown == "'Bone ALP' and (ratio some xsd:decimal[> 1.5])"


def _shown(turtle: str) -> str:
    """What is shown of a node of a graph that is only read to be shown."""
    own = "https://example.org/"
    graph = rdf.Graph(
        rdf.read_turtle(f"{PREFIXES} :Defined owl:equivalentClass {turtle} .".encode())
    )
    node = graph.value(IRI(_iri("Defined")), OWL.equivalentClass)
    assert node is not None
    return write_node(graph, node, lambda iri: quote(compact(iri.removeprefix(own))))


@pytest.mark.parametrize(
    "turtle",
    [
        ":A",
        "[ owl:onProperty :in ; owl:someValuesFrom [ owl:unionOf ( :C :B ) ] ]",
        "[ owl:intersectionOf ( [ owl:onProperty :shows ; owl:hasValue :finding ] :A ) ]",
        _facets("[ xsd:minInclusive 1.50 ] [ xsd:maxExclusive 2.0 ]"),
        "[ owl:onProperty :ratio ; owl:someValuesFrom xsd:decimal ]",
    ],
)
def test_what_is_built_and_what_is_shown_are_written_alike(turtle: str) -> None:
    """A graph that is shown reads an expression as the build does, and writes it so."""
    assert _shown(turtle) == expression_text(_read(turtle), {})


@pytest.mark.parametrize(
    ("turtle", "shown"),
    [
        ("[ owl:complementOf :B ]", "[owl:complementOf B]"),
        (
            "[ owl:intersectionOf ( :A [ owl:complementOf [ owl:onProperty :in ] ] ) ]",
            "[owl:complementOf [owl:onProperty in]] and A",
        ),
        ("[ owl:onProperty :r ; owl:hasValue 1 ]", "[owl:hasValue 1; owl:onProperty r]"),
        ("[ rdfs:comment 'in words' ; :r :B ]", "[r B; rdfs:comment in words]"),
    ],
)
def test_what_is_no_expression_is_shown_as_it_is_told(turtle: str, shown: str) -> None:
    """Of a node that is not understood all is shown that is said of it, and nothing is refused."""
    assert _shown(turtle) == shown


def test_an_expression_within_itself_ends() -> None:
    """A node that is a part of itself is not followed for ever."""
    node = "_:a owl:intersectionOf ( :A _:a ) . :Defined owl:equivalentClass"

    assert _shown(f":B . {node} _:a").count("A") < 20
