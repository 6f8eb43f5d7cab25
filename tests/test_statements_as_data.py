"""Statements are data: terms at both ends, few relations, numbers as numbers, populations."""

from __future__ import annotations

import pytest

from kg.model.vocabulary import text_of
from kg.store.knowledge import KnowledgeGraph

PREFIXES = """
PREFIX eg: <https://w3id.org/etiograph/id/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
WIDER_CONTEXTS = {"A018", "A033", "B060", "B061", "B062", "B063", "B064"}
"""Statements that are shown for more cases than their sentence is about: a cause beside those who
do not have it yet, a course beside those before it, the signs of a disease beside those who only
show them."""


def ids(knowledge: KnowledgeGraph, where: str) -> list[str]:
    """The statements that a pattern finds, by id and in order."""
    rows = knowledge.store.select(f"{PREFIXES} SELECT DISTINCT ?statement WHERE {{ {where} }}")
    return sorted(text_of(row["statement"]).rsplit("/", 1)[1] for row in rows.records())


def test_both_ends_are_terms(knowledge: KnowledgeGraph) -> None:
    """Subject and object of every statement are terms of the ontology."""
    stated = ids(knowledge, "?statement eg:region ?region ; eg:predicate ?predicate")
    whole = ids(
        knowledge,
        "?statement eg:subject ?s ; eg:object ?o ; eg:region ?region . "
        "FILTER (isIRI(?s) && isIRI(?o)) ?s rdfs:label ?a . ?o rdfs:label ?b",
    )

    assert whole == stated
    assert len(stated) > 100


@pytest.mark.parametrize("end", ["comparator", "tissueSource", "relativeTo", "populationClass"])
def test_other_ends_are_terms(knowledge: KnowledgeGraph, end: str) -> None:
    """What a statement compares with, comes from and is measured against is a term as well."""
    assert ids(knowledge, f"?statement eg:{end} ?x . FILTER (!isIRI(?x))") == []
    assert ids(knowledge, f"?statement eg:{end} ?x") != []


def test_few_predicates(knowledge: KnowledgeGraph) -> None:
    """Twenty relations say it all, each is used, and each has a definition of its own."""
    rows = knowledge.store.select(
        f"{PREFIXES} SELECT DISTINCT ?predicate WHERE {{ ?predicate a eg:Predicate . "
        "FILTER NOT EXISTS { ?predicate owl:deprecated true } }"
    )
    used = knowledge.store.select(
        f"{PREFIXES} SELECT DISTINCT ?predicate {{ ?s eg:region []; eg:predicate ?predicate }}"
    )

    assert len(rows.rows) <= 20
    assert set(used.column("predicate")) == set(rows.column("predicate"))


@pytest.mark.parametrize(
    ("words", "number"),
    [("magnitude", "magnitudeLow"), ("timing", "timingLow"), ("dose", "doseLow")],
)
def test_figures_are_numbers(knowledge: KnowledgeGraph, words: str, number: str) -> None:
    """Every figure that stands in words stands as a number too, and the other way round."""
    in_words = ids(knowledge, f'?statement eg:{words} ?w . FILTER REGEX(STR(?w), "[0-9]")')
    as_number = ids(knowledge, f"?statement eg:{number} ?n . FILTER isNumeric(?n)")

    assert in_words == as_number != []


def test_every_quantity_is_data(knowledge: KnowledgeGraph) -> None:
    """No size, time, dose, duration, sample size or p value is left in words alone."""
    given = "VALUES ?words { eg:magnitude eg:timing eg:dose eg:duration } ?statement ?words ?text ."
    in_words = ids(
        knowledge, f"{given} FILTER NOT EXISTS {{ ?data eg:dataOf ?words . ?statement ?data ?x }}"
    )
    in_numbers = "?statement eg:studySize|eg:pValue ?n . FILTER (!isNumeric(?n))"

    assert in_words == []
    assert ids(knowledge, in_numbers) == []


def test_population_and_context(knowledge: KnowledgeGraph) -> None:
    """A statement's context is of its population, but for those that are named."""
    both = "?statement eg:context ?context ; eg:populationClass ?population ."
    agreeing = ids(knowledge, f"{both} ?context rdfs:subClassOf ?population") + ids(
        knowledge, f"{both} FILTER (?context = ?population)"
    )
    stated = ids(knowledge, "?statement eg:populationClass ?population")

    assert set(stated) - set(agreeing) == WIDER_CONTEXTS
