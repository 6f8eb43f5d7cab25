"""A case as the facts that rules start from: an individual for each thing in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kg.case.model import CASE, Case, Change, Figure, LabResult
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import EG, IRI
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import Fact, Facts

_DERIVED: Final = f"{CASE}:derived:"
"""The beginning of the name of what was worked out."""


def case_facts(case: Case) -> Facts:
    """The facts of one case."""
    return _FactBuilder(case).facts()


def case_bounds(case: Case) -> tuple[tuple[str, str, Interval], ...]:
    """The figures of which only a bound is known: individual, data property, interval."""
    return tuple(
        (name, figure.role, figure.interval) for name, figure in _bounded(case) if figure.comparator
    )


def _bounded(case: Case) -> Iterator[tuple[str, Figure]]:
    """The numbers of results of which only a bound is known, and what was worked out.

    Each has the individual that it is of.
    """
    for place, lab in enumerate(case.labs, 1):
        names = _names_of(place, lab) if lab.comparator else ()
        yield from ((name, figure) for name in names for figure in lab.numbers)
    for place, derived in enumerate(case.derived, 1):
        if derived.figure is not None:
            yield f"{_DERIVED}{place}", derived.figure


def fact_parts(case: Case, fact: Fact) -> tuple[str, ...]:
    """What was said that something derived was worked out of; nothing of any other fact."""
    for name in (fact.value, fact.subject):
        if isinstance(name, str) and name.startswith(_DERIVED):
            return case.derived[int(name.removeprefix(_DERIVED)) - 1].parts
    return ()


def fact_source(case: Case, fact: Fact) -> str:
    """What was said that gave a fact: a name, a result, an age or a sex; empty for no such fact."""
    for name in (fact.value, fact.subject):
        if isinstance(name, str) and name.startswith(f"{CASE}:"):
            kind, place = name.removeprefix(f"{CASE}:").split(":")[:2]
            return _source_of_part(case, kind, int(place) - 1)
    if fact.predicate == EG.ageInYears:
        return f"age {fact.value}"
    if case.sex is not None and fact.value == case.sex.iri:
        return case.sex.label
    return ""


def _source_of_part(case: Case, kind: str, index: int) -> str:
    match kind:
        case "condition":
            return (*case.conditions, *case.assumed)[index].label
        case "treatment":
            return case.drugs[index].label
        case "group":
            return case.groups[index].given
        case "derived":
            return case.derived[index].given
        case _:
            return case.labs[index].given


def _names_of(place: int, lab: LabResult) -> tuple[str, ...]:
    """The individuals that stand for a result: one, or one for each treatment it was taken under.

    A result has one day of treatment and one change from baseline under each treatment, and an
    individual can hold only one of either.
    """
    first = f"{CASE}:observation:{place}"
    return (first, *(f"{first}:{number}" for number in range(2, len(lab.changes) + 1)))


class _FactBuilder:
    """Builds the facts of one case: an individual for each thing in it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._types: list[tuple[str, str]] = [(CASE, EG.Case)]
        self._edges: list[tuple[str, str, str]] = []
        self._values: list[tuple[str, str, Decimal]] = []
        self._treatments: dict[IRI, str] = {}

    def facts(self) -> Facts:
        case = self._case
        if case.sex is not None:
            self._types.append((CASE, case.sex.iri))
        if case.age is not None:
            self._values.append((CASE, EG.ageInYears, case.age))
        for place, condition in enumerate((*case.conditions, *case.assumed), 1):
            self._part(EG.hasCondition, "condition", place, condition.iri)
        for place, drug in enumerate(case.drugs, 1):
            self._treatment(place, drug)
        for place, lab in enumerate(case.labs, 1):
            for name, change in zip(_names_of(place, lab), lab.changes or (Change(),), strict=True):
                self._result(name, lab, change)
        for place, group in enumerate(case.groups, 1):
            classes = (group.marker.iri, *((group.state_class,) if group.state_class else ()))
            self._part(EG.hasObservation, "group", place, *classes)
        for place, derived in enumerate(case.derived, 1):
            if derived.figure is not None:
                name = self._part(EG.hasObservation, "derived", place, derived.iri)
                self._number(name, derived.figure)
        return Facts(tuple(self._types), tuple(self._edges), tuple(self._values))

    def _part(self, role: str, name: str, place: int, *classes: str) -> str:
        individual = f"{CASE}:{name}:{place}"
        self._edges.append((CASE, role, individual))
        self._types.extend((individual, each) for each in classes)
        return individual

    def _treatment(self, place: int, entry: Entry) -> None:
        if entry.kind is Kind.TREATMENT:
            treatment = self._part(EG.hasTreatment, "treatment", place, EG.Treatment, entry.iri)
        else:
            treatment = self._part(EG.hasTreatment, "treatment", place, EG.Treatment)
            drug = f"{treatment}:drug"
            self._edges.append((treatment, EG.withDrug, drug))
            self._types.append((drug, entry.iri))
        self._treatments[entry.iri] = treatment

    def _result(self, name: str, lab: LabResult, change: Change) -> None:
        self._edges.append((CASE, EG.hasObservation, name))
        self._types.append((name, lab.marker.iri))
        if lab.state_class is not None and (lab.flagged or not lab.exact):
            self._types.append((name, lab.state_class))
        for figure in lab.numbers:
            self._number(name, figure)
        for role, value in (
            (EG.percentChangeFromBaseline, change.percent),
            (EG.dayOfTreatment, change.day),
        ):
            if value is not None:
                self._values.append((name, role, value))
        if change.during is not None and change.during in self._treatments:
            self._edges.append((name, EG.duringTreatment, self._treatments[change.during]))

    def _number(self, name: str, figure: Figure) -> None:
        """What is exactly known; a bound is no value."""
        if not figure.comparator:
            self._values.append((name, figure.role, figure.value))
