"""A case as the facts that rules start from: an individual for each thing in it."""

from __future__ import annotations

from decimal import Decimal

from kg.case.model import CASE, Case
from kg.case.results import Change, LabResult
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import (
    EG_AGE_IN_YEARS,
    EG_CASE,
    EG_DAY_OF_TREATMENT,
    EG_DURING_TREATMENT,
    EG_HAS_CONDITION,
    EG_HAS_OBSERVATION,
    EG_HAS_TREATMENT,
    EG_PERCENT_CHANGE_FROM_BASELINE,
    EG_RATIO_TO_LLN,
    EG_RATIO_TO_ULN,
    EG_TREATMENT,
    EG_WITH_DRUG,
    IRI,
)
from kg.reasoning.intervals import Interval
from kg.reasoning.ruleset import Fact, Facts


def facts_of(case: Case) -> Facts:
    """The facts of one case."""
    return _Facts(case).facts()


def bounds_of(case: Case) -> tuple[tuple[str, str, Interval], ...]:
    """The ratios of which only a bound is known."""
    return tuple(
        (name, EG_RATIO_TO_ULN, lab.bound_to_uln)
        for index, lab in enumerate(case.labs, 1)
        if lab.bound_to_uln is not None
        for name in _names_of(index, lab)
    )


def _names_of(index: int, lab: LabResult) -> tuple[str, ...]:
    """The individuals that stand for a result: one, or one for each treatment it was taken under.

    A result has one day of treatment and one change from baseline under each treatment, and an
    individual can hold only one of either.
    """
    first = f"{CASE}:observation:{index}"
    return (first, *(f"{first}:{number}" for number in range(2, len(lab.changes) + 1)))


def said(case: Case, fact: Fact) -> str:
    """What was said that gave a fact: a name, a result, an age or a sex."""
    for name in (fact.value, fact.subject):
        if isinstance(name, str) and name.startswith(f"{CASE}:"):
            kind, index = name.removeprefix(f"{CASE}:").split(":")[:2]
            return _names(case, kind)[int(index) - 1]
    if fact.predicate == EG_AGE_IN_YEARS:
        return f"age {fact.value}"
    if case.sex is not None and fact.value == case.sex.iri:
        return case.sex.label
    return ""


def _names(case: Case, kind: str) -> tuple[str, ...]:
    match kind:
        case "condition":
            return tuple(entry.label for entry in case.conditions)
        case "treatment":
            return tuple(entry.label for entry in case.drugs)
        case _:
            return tuple(lab.given for lab in case.labs)


class _Facts:
    """Builds the facts of one case: an individual for each thing in it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._types: list[tuple[str, str]] = [(CASE, EG_CASE)]
        self._edges: list[tuple[str, str, str]] = []
        self._values: list[tuple[str, str, Decimal]] = []
        self._treatments: dict[IRI, str] = {}

    def facts(self) -> Facts:
        case = self._case
        if case.sex is not None:
            self._types.append((CASE, case.sex.iri))
        if case.age is not None:
            self._values.append((CASE, EG_AGE_IN_YEARS, case.age))
        for index, condition in enumerate(case.conditions, 1):
            self._part(EG_HAS_CONDITION, "condition", index, condition.iri)
        for index, drug in enumerate(case.drugs, 1):
            self._treatment(index, drug)
        for index, lab in enumerate(case.labs, 1):
            self._observation(index, lab)
        return Facts(tuple(self._types), tuple(self._edges), tuple(self._values))

    def _part(self, role: str, name: str, index: int, *classes: str) -> str:
        individual = f"{CASE}:{name}:{index}"
        self._edges.append((CASE, role, individual))
        self._types.extend((individual, each) for each in classes)
        return individual

    def _treatment(self, index: int, entry: Entry) -> None:
        if entry.kind is Kind.TREATMENT:
            treatment = self._part(EG_HAS_TREATMENT, "treatment", index, EG_TREATMENT, entry.iri)
        else:
            treatment = self._part(EG_HAS_TREATMENT, "treatment", index, EG_TREATMENT)
            drug = f"{treatment}:drug"
            self._edges.append((treatment, EG_WITH_DRUG, drug))
            self._types.append((drug, entry.iri))
        self._treatments[entry.iri] = treatment

    def _observation(self, index: int, lab: LabResult) -> None:
        for name, change in zip(_names_of(index, lab), lab.changes or (Change(),), strict=True):
            self._result(name, lab, change)

    def _result(self, name: str, lab: LabResult, change: Change) -> None:
        self._edges.append((CASE, EG_HAS_OBSERVATION, name))
        self._types.append((name, lab.marker.iri))
        if lab.state_class is not None and (lab.flagged or not lab.exact):
            self._types.append((name, lab.state_class))
        for role, value in (
            (EG_RATIO_TO_ULN, lab.ratio_to_uln),
            (EG_RATIO_TO_LLN, lab.ratio_to_lln),
            (EG_PERCENT_CHANGE_FROM_BASELINE, change.percent),
            (EG_DAY_OF_TREATMENT, change.day),
        ):
            if value is not None:
                self._values.append((name, role, value))
        if change.during is not None and change.during in self._treatments:
            self._edges.append((name, EG_DURING_TREATMENT, self._treatments[change.during]))
