"""The first query that anybody writes has its rows, on the store as it is served."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib import OWL, RDFS, URIRef
from rdflib.collection import Collection
from servers import Server

from kg.model.resources import ontology_dir
from kg.model.vocabulary import compact, expand

GUESSES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "data" / "first_guesses.toml").read_text("utf-8")
)["guess"]


@pytest.mark.parametrize("guess", GUESSES, ids=lambda guess: guess["asks"])
def test_a_first_guess_has_all_its_rows(guess: dict[str, Any], site: Server) -> None:
    """As many rows as the files that people write have such things, none of them twice."""
    rows = rows_of(site, guess["query"])

    if "rows" in guess:
        assert [compact(row["term"]) for row in rows] == guess["rows"]
    elif guess.get("value"):
        assert rows == [{"n": str(counted(guess))}]
    else:
        assert len(rows) == counted(guess) > 0
        assert len({json.dumps(row) for row in rows}) == len(rows)


def rows_of(site: Server, query: str) -> list[dict[str, str]]:
    """What the server answers to a query, each row by the names of its variables."""
    answer = site.query(query, accept="application/sparql-results+json")
    assert answer.status == 200, answer.body
    bindings = json.loads(answer.body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def counted(guess: dict[str, Any]) -> int:
    """How many there are in the files: lines that fit, or classes below one."""
    if "below" in guess:
        return len(below(guess["below"]))
    pattern, files = guess["lines"]
    texts = (path.read_text("utf-8") for path in ontology_dir().glob(files))
    return sum(len(re.findall(pattern, text, re.MULTILINE)) for text in texts)


def below(name: str) -> set[Any]:
    """The named classes below a class: by what the files call their kind, or define them by."""
    top = URIRef(expand(name))
    found: set[Any] = set()
    waiting = [top]
    while waiting:
        above = waiting.pop()
        narrower = {each for each, wider in kinds() if wider == above} - found - {top}
        found |= narrower
        waiting += narrower
    return found


@cache
def kinds() -> frozenset[tuple[Any, Any]]:
    """Each class of the files with a class that it is told to be a kind of."""
    graph = told()
    whole = graph.triples((None, OWL.equivalentClass, None))
    parts = ((each, graph.value(meant, OWL.intersectionOf)) for each, _, meant in whole)
    defined = (
        (each, part) for each, members in parts if members for part in Collection(graph, members)
    )
    pairs = [*graph.subject_objects(RDFS.subClassOf), *defined]
    return frozenset(pair for pair in pairs if all(isinstance(each, URIRef) for each in pair))


@cache
def told() -> rdflib.Graph:
    """The files of the ontology with the classes, read by another library."""
    graph = rdflib.Graph()
    for path in sorted(ontology_dir().glob("*.ttl")):
        graph.parse(path)
    return graph
