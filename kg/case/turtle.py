"""A case as Turtle, in the vocabulary of the ontology: the same case as in JSON, for linked data.

What the text says becomes the plain values of the case schema, so that there is one reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from kg.model.errors import SourceSyntaxError, UsageError
from kg.model.rdf import read_turtle
from kg.model.vocabulary import (
    EG_AGE_IN_YEARS,
    EG_ASKED_ON,
    EG_CASE,
    EG_DAY_OF_TREATMENT,
    EG_DURING_TREATMENT,
    EG_FLAG,
    EG_HAS_CONDITION,
    EG_HAS_OBSERVATION,
    EG_HAS_TREATMENT,
    EG_IS_BASELINE,
    EG_MEASURED_VALUE,
    EG_PERCENT_CHANGE_FROM_BASELINE,
    EG_RANGE_HIGH,
    EG_RANGE_LOW,
    EG_RANGE_UNIT,
    EG_SAID_ABSENT,
    EG_SAID_UNKNOWN,
    EG_STARTED_ON,
    EG_STOPPED_ON,
    EG_TAKEN_ON,
    EG_TREATMENT,
    EG_UNIT,
    EG_VALUE_COMPARATOR,
    EG_WITH_DRUG,
    IRI,
    RDF_TYPE,
    BlankNode,
    Literal,
    Term,
    compact,
)

_TEXTS: Final[Mapping[IRI, str]] = {
    EG_MEASURED_VALUE: "value",
    EG_UNIT: "unit",
    EG_RANGE_LOW: "low",
    EG_RANGE_HIGH: "high",
    EG_RANGE_UNIT: "rangeUnit",
    EG_VALUE_COMPARATOR: "comparator",
    EG_TAKEN_ON: "date",
    EG_PERCENT_CHANGE_FROM_BASELINE: "percentChangeFromBaseline",
    EG_DAY_OF_TREATMENT: "dayOfTreatment",
}
"""What is said of an observation, and the key of the case schema for it."""
_OBSERVATION: Final = frozenset({*_TEXTS, EG_FLAG, EG_IS_BASELINE, EG_DURING_TREATMENT})
_TREATMENT: Final = frozenset({EG_WITH_DRUG, EG_STARTED_ON, EG_STOPPED_ON})
_LISTS: Final = frozenset(
    {EG_HAS_CONDITION, EG_HAS_TREATMENT, EG_HAS_OBSERVATION, EG_SAID_ABSENT, EG_SAID_UNKNOWN}
)
_CASE: Final = frozenset({*_LISTS, EG_AGE_IN_YEARS, EG_ASKED_ON})

_Node = IRI | BlankNode
_Value = TypeVar("_Value")


def document(text: str) -> dict[str, object]:
    """The plain values that a Turtle text with one eg:Case says; UsageError where it has none."""
    try:
        triples = list(read_turtle(text.encode()))
    except SourceSyntaxError as error:
        raise UsageError(f"the case is not Turtle: {error.message}") from None
    said: dict[_Node, dict[IRI, list[Term]]] = {}
    for triple in triples:
        said.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)
    cases = [node for node, about in said.items() if EG_CASE in about.get(RDF_TYPE, ())]
    if len(cases) != 1:
        raise UsageError(f"wanted one node of type eg:Case; found {len(cases)}.")
    return _Reader(said).case(cases[0])


class _Reader:
    """Reads the nodes of one case."""

    def __init__(self, said: Mapping[_Node, Mapping[IRI, list[Term]]]) -> None:
        self._said = said
        self._seen: set[_Node] = set()

    def case(self, node: _Node) -> dict[str, object]:
        about = self._about(node, _CASE, "a case")
        values: dict[str, object] = {
            "conditions": [self._class(each) for each in about.get(EG_HAS_CONDITION, ())],
            "drugs": [self._drug(each) for each in about.get(EG_HAS_TREATMENT, ())],
            "absent": [_iri(each, "eg:saidAbsent") for each in about.get(EG_SAID_ABSENT, ())],
            "unknown": [_iri(each, "eg:saidUnknown") for each in about.get(EG_SAID_UNKNOWN, ())],
            "labs": [self._lab(each) for each in about.get(EG_HAS_OBSERVATION, ())],
        }
        sexes = [each for each in self._types(node) if each != EG_CASE]
        if sexes:
            values["sex"] = _one(sexes, "a case has one sex")
        for role, key in ((EG_AGE_IN_YEARS, "age"), (EG_ASKED_ON, "date")):
            if role in about:
                values[key] = _text(about[role], role)
        self._check_all_read()
        return values

    def _about(self, node: _Node, roles: frozenset[IRI], what: str) -> Mapping[IRI, list[Term]]:
        """What is said of a node; UsageError for what a node of its kind cannot hold."""
        about = self._said.get(node, {})
        self._seen.add(node)
        unknown = sorted(compact(role) for role in about.keys() - roles - {RDF_TYPE})
        if unknown:
            known = ", ".join(sorted(map(compact, roles)))
            raise UsageError(f"{what} has no property {', '.join(unknown)}; it has: {known}.")
        return about

    def _types(self, node: _Node) -> list[str]:
        return [_iri(each, "rdf:type") for each in self._said.get(node, {}).get(RDF_TYPE, ())]

    def _node(self, term: Term) -> _Node:
        if isinstance(term, Literal):
            raise UsageError(f"{term.n3():.80} stands where a node of the case is wanted.")
        return term

    def _class(self, term: Term, *but: IRI) -> str:
        """The one class of a node that stands for a condition, a drug or a treatment."""
        node = self._node(term)
        self._about(node, frozenset(_TREATMENT if but else ()), "it")
        return _one([each for each in self._types(node) if each not in but], f"{node} has one type")

    def _drug(self, term: Term) -> dict[str, object]:
        node = self._node(term)
        about = self._about(node, _TREATMENT, "a treatment")
        drugs = about.get(EG_WITH_DRUG, [])
        name = self._class(_one(drugs, "a treatment is with one drug")) if drugs else ""
        values: dict[str, object] = {"drug": name or self._class(node, EG_TREATMENT)}
        for role, key in ((EG_STARTED_ON, "start"), (EG_STOPPED_ON, "stop")):
            if role in about:
                values[key] = _text(about[role], role)
        return values

    def _lab(self, term: Term) -> dict[str, object]:
        node = self._node(term)
        about = self._about(node, _OBSERVATION, "an observation")
        values: dict[str, object] = {
            "marker": _one(self._types(node), "an observation has one measurement as its type")
        }
        values |= {key: _text(about[role], role) for role, key in _TEXTS.items() if role in about}
        if EG_FLAG in about:
            key = "flag" if "value" in values else "state"
            values[key] = _text(about[EG_FLAG], EG_FLAG)
        if EG_IS_BASELINE in about:
            values["baseline"] = _text(about[EG_IS_BASELINE], EG_IS_BASELINE) in ("true", "1")
        if EG_DURING_TREATMENT in about:
            treatment = _one(about[EG_DURING_TREATMENT], "an observation is during one treatment")
            values["duringTreatment"] = self._drug(treatment)["drug"]
        return values

    def _check_all_read(self) -> None:
        """UsageError where something was said that the case does not lead to."""
        for node, about in self._said.items():
            if node not in self._seen:
                roles = ", ".join(sorted(compact(role) for role in about))
                raise UsageError(f"{node} ({roles}) is no part of the case.")


def _iri(term: Term, role: str) -> str:
    if not isinstance(term, IRI):
        raise UsageError(f"{role}: wanted the IRI of a term; found {term.n3():.80}.")
    return str(term)


def _one(values: Sequence[_Value], wanted: str) -> _Value:
    if len(values) != 1:
        raise UsageError(f"{wanted}; found {len(values)}.")
    return values[0]


def _text(values: list[Term], role: IRI) -> str:
    value = _one(values, f"{compact(role)} stands once on a node")
    if not isinstance(value, Literal):
        raise UsageError(f"{compact(role)}: wanted a value; found {value.n3():.80}.")
    return value.value
