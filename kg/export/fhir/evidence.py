"""A statement as Evidence: what it asserts, of whom, with which figures, how surely, from where.

A number is a Quantity, two are a Range. A comparator that FHIR does not have (about, within a range
that is named) stays in the words, and in a note, so that no number looks surer than it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kg.export.fhir.values import Json, coded, concept, id_of, logical_reference, name_of, quantity
from kg.export.source import Source
from kg.export.tables import Row, read_table
from kg.model.rdf import Graph
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, RDFS, Term, eg, expand, text_of

_ROLES: Final = "http://terminology.hl7.org/CodeSystem/variable-role"
_DRAFT: Final = "draft"
_COMPARATORS: Final = ("<", "<=", ">=", ">")
"""Those that FHIR has."""


def evidence(source: Source, statement: IRI) -> Json:
    """The Evidence of a statement; `draft`, since no clinician has reviewed it."""
    graph = source.graph
    text = graph.text(statement, RDFS.label)
    said = text.removeprefix(f"{short_id(statement)} ")
    return {
        "resourceType": "Evidence",
        "id": id_of(statement),
        "url": source.published(statement),
        "version": source.number,
        "title": text,
        "status": _DRAFT,
        "date": source.date,
        "description": said,
        "assertion": said,
        "note": [{"text": note} for note in _notes(graph, statement)],
        "relatedArtifact": list(_artifacts(graph, statement)),
        "variableDefinition": list(_variables(graph, statement)),
        "statistic": statistics(graph, statement),
        "certainty": [_certainty(graph, statement)],
    }


def _artifacts(graph: Graph, statement: IRI) -> Iterator[Json]:
    """The document, and the works that a curator takes its numbers to mean."""
    for document in graph.objects(statement, EG.inDocument):
        yield _artifact("derived-from", document, graph.text(document, RDFS.label))
    for pointer in graph.objects(statement, EG.cites):
        for work in graph.objects(pointer, EG.inferredReference):
            label = f"inferred, not stated: {graph.text(pointer, RDFS.label)}"
            yield _artifact("cites", work, label)


def _artifact(kind: str, target: object, display: str) -> Json:
    reference = {"reference": f"Citation/{id_of(IRI(str(target)))}", "display": display}
    return {"type": kind, "resourceReference": reference}


def _variables(graph: Graph, statement: IRI) -> Iterator[Json]:
    for row in read_table("fhir-roles.tsv"):
        name = expand(row["property"])
        for term in graph.objects(statement, name):
            words = graph.text(statement, expand(row["words"]))
            yield {
                "description": words or name_of(graph, term),
                "variableRole": coded(_ROLES, row["role"], row["display"]),
                "observed": logical_reference(graph, term),
            }


def _certainty(graph: Graph, statement: IRI) -> Json:
    """How surely the sentence says it: the strength of its words, and no grade of our own."""
    modality = graph.value(statement, EG.modality)
    said = "" if modality is None else name_of(graph, modality)
    return {
        "description": f"strength of the words of the sentence: {said}",
        "type": concept("strength of the words"),
        "rating": concept(said),
    }


def _is_against(graph: Graph, modality: Term, predicate: Term | None) -> bool:
    """Whether words are against what they name, or prefer another thing to it.

    What argues against a thing and prefers another is no denial of that argument.
    """
    if graph.value(modality, EG.speaksAgainst) is not None:
        return True
    argues = predicate is None or graph.value(predicate, EG.oppositeOf) is None
    return argues and graph.value(modality, EG.prefersAnother) is not None


def _notes(graph: Graph, statement: IRI) -> Iterator[str]:
    """What Evidence has no element for: relation, denial, words against, how often and when."""
    predicate = graph.value(statement, EG.predicate)
    if predicate is not None:
        yield f"relation: {name_of(graph, predicate)}"
    if graph.value(statement, EG.polarity) != EG.affirmed:
        yield "The statement denies this relation."
    for modality in graph.objects(statement, EG.modality):
        if _is_against(graph, modality, predicate):
            yield f"The statement speaks against what it names: {name_of(graph, modality)}."
    for name in ("frequency", "direction", "timing", "notStated"):
        for value in graph.objects(statement, eg(name)):
            yield f"{graph.text(eg(name), RDFS.label)}: {name_of(graph, value)}"


# ── Figures ───────────────────────────────────────────────────────────────────────────────────


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
        "note": [{"text": note} for note in _remarks(graph, statement, row)],
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


def _remarks(graph: Graph, statement: IRI, row: Row) -> Iterator[str]:
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
