"""Promises of the export to FHIR: R5 reads it, no figure is lost, nothing looks surer than said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from exporting import exported, own_source
from fhir.resources.bundle import Bundle

from kg.export.fhir.evidence import statistics
from kg.export.nanopubs.content import standing
from kg.export.tables import read_table
from kg.model.rdf import Graph, Triple
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, Literal, Term, eg, expand, number, text_of

S = expand("st:X001")


@cache
def _content() -> bytes:
    return exported("fhir")["fhir-evidence.json"].content


@cache
def _resources(kind: str) -> dict[str, dict[str, Any]]:
    bundle = json.loads(_content(), parse_float=Decimal)
    found = (entry["resource"] for entry in bundle["entry"])
    return {each["id"]: each for each in found if each["resourceType"] == kind}


def _numbers(value: object) -> set[Decimal]:
    """Every value of a Quantity below."""
    if isinstance(value, list):
        return {number for each in value for number in _numbers(each)}
    if not isinstance(value, dict):
        return set()
    own = {Decimal(value["value"])} if "value" in value and "system" in value else set()
    return own | _numbers(list(value.values()))


def test_another_program_reads_it() -> None:
    """fhir.resources reads the Bundle as R5, and finds as many resources as there are."""
    bundle = Bundle.model_validate_json(_content())

    assert bundle.entry is not None
    assert len(bundle.entry) == sum(
        len(_resources(kind)) for kind in ("Evidence", "Citation", "ArtifactAssessment")
    )


def test_each_statement_is_evidence_that_is_assessed() -> None:
    """Each statement has one Evidence and one assessment; each document and work one Citation."""
    graph = own_source().graph
    names = {f"statement-{short_id(each)}" for each in standing(graph)}
    cited = [*graph.of_type(EG.SourceDocument), *graph.of_type(EG.ReferenceEntry)]

    assert set(_resources("Evidence")) == names
    assert set(_resources("ArtifactAssessment")) == {f"assessment-{name}" for name in names}
    assert len(_resources("Citation")) == len(cited)


def test_references_lead_to_what_is_there() -> None:
    """Each reference to a resource leads to one of the Bundle."""
    here = {
        f"{kind}/{name}"
        for kind in ("Evidence", "Citation", "ArtifactAssessment")
        for name in _resources(kind)
    }
    for evidence in _resources("Evidence").values():
        for artifact in evidence["relatedArtifact"]:
            assert artifact["resourceReference"]["reference"] in here
    for assessment in _resources("ArtifactAssessment").values():
        assert assessment["artifactReference"]["reference"] in here


def test_every_number_of_a_statement_is_a_quantity() -> None:
    """Each number of a figure is the value of a Quantity, alone or at an end of a Range."""
    graph = own_source().graph
    rows = read_table("fhir-figures.tsv")
    names = [expand(row[end]) for row in rows for end in ("low", "high") if row[end]]
    counted = 0
    for statement in standing(graph):
        wanted = {Decimal(text_of(v)) for name in names for v in graph.objects(statement, name)}
        evidence = _resources("Evidence")[f"statement-{short_id(statement)}"]
        assert _numbers(evidence.get("statistic", [])) == wanted
        counted += len(wanted)
    assert counted >= 25


def test_a_denial_says_so() -> None:
    """The Evidence of a statement that denies has a note that says so, and no other has one."""
    graph = own_source().graph
    denied = {
        f"statement-{short_id(each)}"
        for each in standing(graph)
        if graph.value(each, EG.polarity) != EG.affirmed
    }

    told = {
        name
        for name, each in _resources("Evidence").items()
        if any("denies" in note["text"] for note in each["note"])
    }
    assert denied
    assert told == denied


def test_words_against_say_so() -> None:
    """The Evidence of a statement whose modality speaks against has a note, and no other has."""
    graph = own_source().graph
    against = {
        f"statement-{short_id(each)}"
        for each in standing(graph)
        if any(map(_is_against, _modalities(each)))
        or (any(map(_prefers, _modalities(each))) and not _argues_against(each))
    }

    told = {
        name
        for name, each in _resources("Evidence").items()
        if any("speaks against what it names" in note["text"] for note in each["note"])
    }
    assert {f"statement-{name}" for name in ("A060", "A061", "A066", "B018", "B043")} <= against
    assert told == against


def _is_against(modality: Term) -> bool:
    return bool(tuple(own_source().graph.objects(modality, EG.speaksAgainst)))


def _prefers(modality: Term) -> bool:
    return bool(tuple(own_source().graph.objects(modality, EG.prefersAnother)))


def _argues_against(statement: IRI) -> bool:
    graph = own_source().graph
    predicates = graph.objects(statement, EG.predicate)
    return any(tuple(graph.objects(each, EG.oppositeOf)) for each in predicates)


def _modalities(statement: IRI) -> Sequence[Term]:
    return tuple(own_source().graph.objects(statement, EG.modality))


def test_nothing_is_reviewed_and_words_keep_their_strength() -> None:
    """Each Evidence is a draft, and its certainty is the modality of its sentence."""
    for evidence in _resources("Evidence").values():
        assert evidence["status"] == "draft"
        assert evidence["certainty"][0]["rating"]["text"]
    assert _resources("Evidence")["statement-B026"]["certainty"][0]["rating"]["text"] == "suggests"


def test_no_list_is_empty() -> None:
    """FHIR allows neither an empty list nor an empty object nor an empty text."""
    for token in (b": []", b": {}", b': ""', b": null"):
        assert token not in _content()


@pytest.mark.parametrize(
    ("low", "high", "sign", "expected", "note"),
    [
        ("25", "25", ">=", {"comparator": ">=", "value": Decimal(25)}, ""),
        ("25", "25", "=", {"value": Decimal(25)}, ""),
        ("50", "50", "~", {"value": Decimal(50)}, "comparator: ~"),
        ("0.5", "0.5", "<", {"comparator": "<", "value": Decimal("0.5")}, ""),
    ],
)
def test_one_number(low: str, high: str, sign: str, expected: dict[str, object], note: str) -> None:
    """One number is a Quantity with its sign; a sign that FHIR has not is a note."""
    (found,) = statistics(_with(low, high, sign), S)

    unit = {"unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    assert found["quantity"] == expected | unit
    assert [each["text"] for each in found["note"]] == ([note] if note else [])


def test_two_numbers_are_a_range() -> None:
    """Two numbers are the ends of a Range; a bound that is a range has its sign in a note."""
    (found,) = statistics(_with("1.5", "2", "<"), S)

    bounds = found["attributeEstimate"][0]["range"]
    assert (bounds["low"]["value"], bounds["high"]["value"]) == (Decimal("1.5"), Decimal(2))
    assert [each["text"] for each in found["note"]] == ["comparator: <"]


def _with(low: str, high: str, sign: str) -> Graph:
    said: list[tuple[str, IRI | Literal]] = [
        ("magnitudeLow", number(low)),
        ("magnitudeHigh", number(high)),
        ("magnitudeComparator", Literal(sign)),
        ("magnitudeUnit", Literal("%")),
    ]
    return Graph(Triple(S, eg(name), value) for name, value in said)
