"""The figures of a statement as statistics: a number is a Quantity, two are a Range.

A comparator that FHIR does not have (about, within a range that is named) stays in the words, and
in a note, so that no number looks surer than it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kg.export.fhir.values import Json, concept, name_of, quantity
from kg.export.tables import Row, read_table
from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI, RDFS, Term, expand, text_of

_COMPARATORS: Final = ("<", "<=", ">=", ">")


def statistics(graph: Graph, statement: IRI) -> list[Json]:
    """A statistic for each figure, and one with the size of the study."""
    found = [_statistic(graph, statement, row) for row in read_table("fhir-figures.tsv")]
    return [each for each in found if each is not None] + list(_sample(graph, statement))


def _statistic(graph: Graph, statement: IRI, row: Row) -> Json | None:
    """One figure; None where the statement has no number of it."""
    low, high = (_number(graph, statement, row[name]) for name in ("low", "high"))
    if low is None:
        return None
    name = graph.text(expand(row["words"]), RDFS.label)
    words = _text(graph, statement, row["words"]) or _text(graph, statement, row["low"])
    return {
        "description": f"{name}: {words}",
        "note": [{"text": note} for note in _notes(graph, statement, row)],
        "statisticType": concept(name),
        **_value(graph, statement, row, (low, low if high is None else high)),
    }


def _value(graph: Graph, statement: IRI, row: Row, ends: tuple[Decimal, Decimal]) -> Json:
    low, high = ends
    unit = _text(graph, statement, row["unit"])
    if low == high:
        sign = _text(graph, statement, row["comparator"])
        comparator = {"comparator": sign} if sign in _COMPARATORS else {}
        return {"quantity": quantity(low, unit) | comparator}
    bounds = {"low": quantity(low, unit), "high": quantity(high, unit)}
    return {"attributeEstimate": [{"type": concept("range"), "range": bounds}]}


def _notes(graph: Graph, statement: IRI, row: Row) -> Iterator[str]:
    """What number and unit do not say: what it is relative to, and a sign that FHIR has not."""
    for term in graph.objects(statement, _property(row["relative"])):
        yield f"relative to: {name_of(graph, term)}"
    sign = _text(graph, statement, row["comparator"])
    low, high = (_text(graph, statement, row[name]) for name in ("low", "high"))
    if sign and sign != "=" and (sign not in _COMPARATORS or (high and low != high)):
        yield f"comparator: {sign}"


def _sample(graph: Graph, statement: IRI) -> Iterator[Json]:
    for size in graph.objects(statement, EG.studySize):
        number = int(text_of(size))
        name = graph.text(EG.studySize, RDFS.label)
        yield {
            "description": f"{name}: {number}",
            "sampleSize": {"numberOfParticipants": number},
        }


def _property(name: str) -> IRI:
    return expand(name) if name else IRI("")


def _text(graph: Graph, statement: IRI, name: str) -> str:
    return graph.text(statement, _property(name))


def _number(graph: Graph, statement: IRI, name: str) -> Decimal | None:
    found: Term | None = graph.value(statement, _property(name))
    return None if found is None else Decimal(text_of(found))
