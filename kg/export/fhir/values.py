"""Codes, references and texts as FHIR has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from kg.export.tables import read_table
from kg.model.rdf import Graph
from kg.model.vocabulary import BASE, EG, RDFS, SKOS, Literal, Term

Json = dict[str, Any]
"""An object of JSON, as FHIR has it."""

_UNIT_SYSTEM: Final = "http://unitsofmeasure.org"


def id_of(iri: Term) -> str:
    """The id of a resource: what kind of thing its IRI names, and the name of it."""
    kind, _, name = str(iri).removeprefix(BASE).partition("/")
    return f"{kind}-{name}"


def concept(text: str) -> Json:
    """A concept of which only the words are said."""
    return {"text": text}


def coded(system: str, code: str, display: str) -> Json:
    """A concept with a code."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def quantity(value: Decimal, unit: str = "") -> Json:
    """A number with its unit; one without a unit is of the unit one."""
    code = unit or "1"
    return {"value": value, "unit": code, "system": _UNIT_SYSTEM, "code": code}


def name_of(graph: Graph, term: Term) -> str:
    """What a term is called; a literal says it itself."""
    if isinstance(term, Literal):
        return term.value
    return graph.text(term, EG.shownAs) or graph.text(term, RDFS.label)


def logical_reference(graph: Graph, term: Term) -> Json:
    """A reference to a term by its name, and by the first code that a system of FHIR has of it."""
    found = next(_codes(graph, term), None)
    display = {"display": name_of(graph, term)}
    return display if found is None else {"identifier": found, **display}


def _codes(graph: Graph, term: Term) -> Iterator[Json]:
    codes = sorted(map(str, graph.objects(term, SKOS.exactMatch)))
    for namespace, system in _systems().items():
        for code in codes:
            if code.startswith(namespace):
                yield {"system": system, "value": code.removeprefix(namespace)}


@cache
def _systems() -> Mapping[str, str]:
    return {row["namespace"]: row["system"] for row in read_table("fhir-systems.tsv")}
