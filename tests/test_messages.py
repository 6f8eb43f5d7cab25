"""Figures of messages are those of their statements, and one that is not there is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from article_files import read_changed

from kg.articles.axiom_file import axioms_turtle
from kg.articles.messages import Messages
from kg.articles.tables.made import message_places
from kg.articles.write import places_of_terms
from kg.model.errors import ValidationError
from kg.model.rdf import Graph, Triple, read_turtle
from kg.model.vocabulary import EG, eg

WORLD = """
@prefix doc: <https://w3id.org/etiograph/document/> .
@prefix eg: <https://w3id.org/etiograph/id/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/etiograph/statement/> .

eg:size rdfs:label "size" ; eg:takes "words" .
eg:sizeLow eg:dataOf eg:size ; eg:takes "number" .
eg:sizeHigh eg:dataOf eg:size ; eg:takes "number" .
eg:sizeUnit eg:dataOf eg:size ; eg:takes "code" .
eg:divers rdfs:label "divers counted" ; eg:takes "number" .
st:X001 eg:inDocument doc:X ; eg:sizeLow 25 ; eg:sizeHigh 30.5 ; eg:sizeUnit "%" .
st:X002 eg:inDocument doc:X ; eg:sizeLow 8 ; eg:sizeHigh 8 ; eg:divers 626 .
st:X003 eg:inDocument doc:X ; eg:divers 7 ; prov:wasInvalidatedBy eg:mistake .
"""


def world(template: str, more: str = "") -> list[Triple]:
    """The triples with one template."""
    said = f'eg:told eg:messageTemplate "{template}"@en . {more}'
    return [*read_turtle((WORLD + said).encode())]


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("about {X001.size} %", "about 25–30.5 %"),  # noqa: RUF001
        ("{X001.size.low} to {X001.size.high} %", "25 to 30.5 %"),
        ("after {X002.size} years, {X002.divers counted} divers", "after 8 years, 626 divers"),
        ("no figure", "no figure"),
    ],
)
def test_figures_are_filled_in(template: str, told: str) -> None:
    """A range, one end of it, one number said twice, and a plain number."""
    made = Messages(Graph(world(template)))

    assert made.filled == {EG.told: told}
    assert made.losses == []


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{X009.size} %", "{X009.size} names no statement"),
        ("{X001.dose} mg", "X001 has no figure of that name, as {X001.dose} wants"),
        ("{X001.divers counted}", "X001 has no figure of that name"),
        ("{X001.size.unit} ", ""),
        ("{X001.size.middle}", "X001 has no figure of that name"),
        ("{X002.divers counted.low}", "X002 has no figure of that name"),
        ("{X003.divers counted}", "names a statement that was withdrawn"),
        ("{size} %", "has a brace that names no figure"),
        ("at least {X009.size} × ULN", "{X009.size} names no statement"),
        ("{X001.size %", "has a brace that names no figure"),
    ],
)
def test_what_is_no_figure_is_an_error(template: str, problem: str) -> None:
    """A message that would print nothing where its figure belongs is not made."""
    losses = Messages(Graph(world(template))).losses

    assert [problem in each.problem for each in losses] == ([True] if problem else [])


def test_one_slip_in_a_name_is_one_error() -> None:
    """What words say beside a figure is compared where there is such a figure, and not before."""
    slip = "at least {X009.size} per cent, {X005.size} × ULN"
    losses = Messages(Graph(world(slip, WORDED))).losses

    assert [each.rule for each in losses] == ["message-without-figure"]


WORDED = """
eg:sizeUnit eg:wording "%: # per cent" ,
    "{ULN}: # × ULN" , "d: day #" , "[IU]/d: # IU … daily" .
eg:sizeComparator eg:dataOf eg:size ; eg:takes "code" ; eg:wording
    ">=: at least #" , ">=: # or more" , ">=: less than the #" , "<: less than #" , "<=: by #" ,
    "~: about #" .
eg:sizeStatistic eg:dataOf eg:size ; eg:takes "code" ; eg:wording "mean: a mean of #" .
st:X004 eg:inDocument doc:X ; eg:sizeLow 25 ; eg:sizeHigh 25 ; eg:sizeUnit "%" ;
    eg:sizeComparator ">=" .
st:X005 eg:inDocument doc:X ; eg:sizeLow 2 ; eg:sizeHigh 4 ; eg:sizeUnit "[IU]/d" ;
    eg:sizeComparator "=" .
st:X006 eg:inDocument doc:X ; eg:sizeLow 42 ; eg:sizeHigh 42 ; eg:sizeUnit "d" ;
    eg:sizeComparator "<=" ; eg:sizeStatistic "mean" .
"""


@pytest.mark.parametrize(
    "template",
    [
        "At least {X004.size} % rose",
        "rose by {X004.size} per cent or more.",
        "{X004.size.comparator} {X004.size} {X004.size.unit}",
        "less than the {X004.size} % that",
        "{X005.size.low} to {X005.size.high} IU of oil daily",
        "{X005.size} [IU]/d",
        "by a mean of day {X006.size}",
        "{X002.divers counted} divers, at least {X004.size} %",
    ],
)
def test_words_that_say_what_the_statement_says(template: str) -> None:
    """Unit, statistic and comparator stand before or after, as words or as their code."""
    assert Messages(Graph(world(template, WORDED))).losses == []


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{X004.size} %", "comparator beside {X004.size} is not given ('#'), and >= was"),
        (
            "less than {X004.size} %",
            "comparator beside {X004.size} is 'less than #' (<), and >= was",
        ),
        ("at least {X004.size} × ULN", "unit beside {X004.size} is '# × ULN' ({ULN}), and % was"),
        ("at least {X004.size} of them", "unit beside {X004.size} is not given ("),
        ("about {X005.size} IU daily", "comparator beside {X005.size} is 'about #' (~), and = was"),
        ("{X005.size} IU. Take it daily", "unit beside {X005.size} is not given"),
        ("{X005.size.low} to {X005.size.high} IU of oil", "unit beside {X005.size} is not given"),
        ("by day {X006.size}", "statistic beside {X006.size} is not given"),
        (
            "at least a mean of {X004.size} %",
            "statistic beside {X004.size} is 'a mean of #' (mean), and none",
        ),
        (
            "at least {X002.divers counted} divers",
            "comparator beside {X002.divers counted} is 'at least #'",
        ),
    ],
)
def test_words_that_say_something_else(template: str, problem: str) -> None:
    """The error says what was found, what was expected, and leads to the statement."""
    (loss,) = Messages(Graph(world(template, WORDED))).losses

    assert problem in loss.problem
    assert loss.about.endswith(template.partition("{")[2][:4])
    assert loss.rule == "words-unlike-figure"


def test_a_message_stands_once() -> None:
    """Who writes both message and template would print two."""
    made = Messages(Graph(world("{X001.size} %", 'eg:told eg:message "25 %"@en .')))

    assert ["a message and a template" in each.problem for each in made.losses] == [True]


def test_a_corrected_figure_moves_the_message() -> None:
    """The Turtle that is made has the message, and another one for another figure."""
    triples = world("about {X001.size.low} %")
    text = axioms_turtle(triples, "1")
    corrected = WORLD.replace("25", "26") + 'eg:told eg:messageTemplate "{X001.size.low} %"@en .'

    assert 'eg:told eg:message "about 25 %"@en .' in text
    assert '"26 %"@en' in axioms_turtle(read_turtle(corrected.encode()), "1")


def test_nothing_is_made_without_a_figure() -> None:
    """`kg source write` stops, and names the term and what to write."""
    with pytest.raises(ValidationError, match=r"the message of eg:told: .* names no statement"):
        axioms_turtle(world("{X009.size} %"), "1")


def test_an_error_leads_to_the_file_that_a_person_wrote(root: Path, tmp_path: Path) -> None:
    """A message of the table of markers, and one of a term of an article, each to its line."""
    table = root / "ontology/tables/markers.yaml"
    term = 'terms:\n  told: {is: Alert, label: told, definition: so, message: "{C009.size}"}\n'
    article = read_changed(tmp_path, ("statements:", f"{term}statements:"))

    places = message_places(root / "ontology") | places_of_terms([article])

    for iri, found in (("border-zone-serum-alp", "{B016.magnitude}"), ("told", "{C009.size}")):
        path, _, line = places[eg(iri)].rpartition(":")
        assert found in Path(path).read_text("utf-8").splitlines()[int(line) - 1]
    assert places[eg("border-zone-serum-alp")].startswith(f"{table}:")
