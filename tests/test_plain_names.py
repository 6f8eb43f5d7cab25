"""A name that is typed without its language is found, and no other query is read otherwise."""

from __future__ import annotations

import pytest

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, RDFS, XSD, Literal, english
from kg.store.local import LocalStore
from kg.store.plain import with_english

STORE = LocalStore(
    write_nquads(
        [
            Quad(EG.a, RDFS.label, english("bone"), EG.g),
            Quad(EG.b, RDFS.label, Literal("liver"), EG.g),
            Quad(EG.b, RDFS.label, english("liver"), EG.g),
            Quad(EG.a, EG.p, english("bone"), EG.g),
        ]
    )
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ('{ ?s rdfs:label "bone" }', '{ ?s rdfs:label "bone"@en }'),
        ("{ ?s rdfs:label 'bone' }", "{ ?s rdfs:label 'bone'@en }"),
        ('{ ?s a ?k ; rdfs:label "x"@de , "bone" }', '{ ?s a ?k ; rdfs:label "x"@de , "bone"@en }'),
        ('{ ?s eg:q|rdfs:label "bone" }', '{ ?s eg:q|rdfs:label "bone"@en }'),
        ('{ [ eg:p "bone" ] ?p ?o }', '{ [ eg:p "bone"@en ] ?p ?o }'),
        ('{ ?s rdfs:label ?n FILTER (?n="bone") }', '{ ?s rdfs:label ?n FILTER (STR(?n)="bone") }'),
        ('{ VALUES ?n { "bone" "x" } }', '{ VALUES ?n { "bone" "bone"@en "x" } }'),
    ],
)
def test_a_name_without_its_language_is_read_in_english_too(typed: str, read: str) -> None:
    """Where a name stands as a value, is compared, or is one of a list."""
    assert with_english(typed, STORE._has_in_english) == read


@pytest.mark.parametrize(
    "typed",
    [
        '{ ?s rdfs:label "liver" }',  # there is one without a language
        '{ ?s rdfs:label "spleen" }',
        '{ ?s eg:q "bone" }',
        '{ ?s rdfs:label "bone"@en }',
        '{ ?s rdfs:label "bone"^^xsd:string }',
        '{ ?s ?p "bone" }',
        '{ ?s rdfs:label ?n FILTER (CONTAINS(?n, "bone")) }',
        '{ ?s rdfs:label ?n FILTER (STR(?n) = "bone") }',
        '{ ?s rdfs:label ?n FILTER (?n != "bone") }',
        '{ ?s rdfs:label ?n } # rdfs:label "bone"',
        '{ ?s eg:q """ rdfs:label "bone" """ }',
        '{ BIND (eg:f(rdfs:label, "bone") AS ?x) }',
    ],
)
def test_every_other_query_is_read_as_it_stands(typed: str) -> None:
    """What is found as it is typed, has its language, or is no name on its own stays."""
    assert with_english(typed, STORE._has_in_english) == typed


def test_a_query_with_such_a_name_has_its_rows() -> None:
    """Each of the three ways finds what is so called, once."""
    for pattern in (
        '?s rdfs:label "bone"',
        '?s rdfs:label ?n FILTER (?n = "bone")',
        'VALUES ?n { "bone" } ?s rdfs:label ?n',
    ):
        assert STORE.select(f"SELECT ?s {{ {pattern} }}").column("s") == (EG.a,)


@pytest.mark.parametrize(
    ("counted", "counts"),
    [
        ('(COUNT(?s) AS ?n) { ?s rdfs:label "bone" }', ["1"]),
        ('(COUNT(*) AS ?n) (COUNT(?k) AS ?m) { ?s eg:p "bone" OPTIONAL { ?s a ?k } }', ["1", "0"]),
        ('(COUNT(*) AS ?n) { ?s rdfs:label "spleen" }', ["0"]),
        ('(COUNT(*) AS ?n) { ?s rdfs:label "liver" }', ["1"]),
        ('?k (COUNT(*) AS ?n) { VALUES ?k { 0 } OPTIONAL { ?s ?p "x" } } GROUP BY ?k', ["0", "1"]),
    ],
)
def test_what_counts_none_finds_nothing(counted: str, counts: list[str]) -> None:
    """A count of 0 is a row, and yet nothing was found; a count of some stands."""
    (row,) = STORE.select(f"SELECT {counted}").rows

    assert [value.value for value in row if isinstance(value, Literal)] == counts


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?n { VALUES ?n { "bone" } }',
        'SELECT ?n { VALUES ?n { "bone"@de "bone" } FILTER (?n = "bone") }',
        'SELECT (?n = "bone" AS ?same) { VALUES ?n { "bone"@de } }',
    ],
)
def test_a_query_that_finds_something_is_not_changed(query: str) -> None:
    """What SPARQL says stands; only where it says nothing is the name read in English."""
    (row,) = STORE.select(query).rows

    assert Literal("true", XSD.boolean) not in row
