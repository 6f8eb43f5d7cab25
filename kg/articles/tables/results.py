"""The results of one measurement by state and grade, and the findings and cases that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.articles.blocks import (
    Block,
    Term,
    always,
    between,
    both,
    class_of,
    individual_of,
    plain,
    said,
    shut_out,
    some,
    source,
    value,
)
from kg.articles.records import message_property
from kg.articles.tables.records import CaseRecord, FindingRecord, Grade, StateRecord
from kg.articles.tables.states import FACETS, UPPER, State, apart
from kg.model.rdf import Properties
from kg.model.vocabulary import EG, Literal, eg, number

MARKERS: Final = "markers"
"""The module that all of it is part of."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What results are of, in the words that definitions and labels have for it."""

    iri: str
    name: str
    results: str
    """What results are called."""
    measured: str
    short: str
    threshold_from: str
    """The statement by which a result is raised or low; none where nothing states it."""


def state_iri(state: State, iri: str) -> str:
    """The class of the results of a measurement that are in a state."""
    return f"{state.prefix}{iri}"


def state_of(state: State, measured: Measured) -> Properties:
    """That a class of results is a state of a measurement."""
    if not state.flag:
        return ()
    limit = measured.threshold_from
    return [
        (EG.stateOf, [eg(measured.iri)]),
        (EG.flag, plain([state.flag])),
        (EG.thresholdFrom, [source(limit)] if limit else []),
    ]


def states(
    measured: Measured,
    given: Sequence[State],
    own: Mapping[str, StateRecord],
    set_aside_because: str,
) -> Iterator[Block]:
    """The classes of results by state, and which of them shut each other out."""
    for state in given:
        record = own.get(state.word, StateRecord())
        term = Term(
            state_iri(state, measured.iri),
            record.label or state.named(measured.results, "result"),
            f"result of {measured.name} {state.of_a_result}",
            record.note or state.note,
        )
        ratios = dict.fromkeys(ratio for ratio, _, _ in state.bounds)
        limits = [
            between(ratio, [(facet, at) for each, facet, at in state.bounds if each == ratio])
            for ratio in ratios
        ]
        yield class_of(
            term,
            MARKERS,
            above=_above(state, given, measured.iri),
            same_as=both(measured.iri, *limits) if limits else None,
            more=[*_set_aside(record, set_aside_because), *state_of(state, measured)],
        )
    yield from shut_out_states(given, measured.iri)


def shut_out_states(given: Iterable[State], iri: str) -> Iterator[Block]:
    """Which states of a measurement no result is in together."""
    prefixes = {each.word: each.prefix for each in given}
    for word, others in apart(given):
        yield shut_out(f"{prefixes[word]}{iri}", [f"{prefixes[each]}{iri}" for each in others])


def _above(state: State, given: Iterable[State], iri: str) -> list[str]:
    return [state_iri(each, iri) for each in given if each.word == state.below]


def _set_aside(record: StateRecord, because: str) -> Properties:
    return [
        (EG.readWith, [eg(each) for each in record.read_with]),
        (EG.setAsideBy, [eg(each) for each in record.set_aside_by]),
        (EG.setAsideReason, said(because if record.set_aside_by else "")),
    ]


def grades(iri: str, given: Mapping[str, Grade]) -> Iterator[Block]:
    """The classes of results by how far they are above the upper limit."""
    for name, grade in given.items():
        bounds = grade.times_the_upper_limit
        facets = [(FACETS[word], at) for word in FACETS if (at := getattr(bounds, word))]
        yield class_of(
            Term(name, grade.label, grade.definition, grade.note),
            MARKERS,
            same_as=both(grade.kind_of or iri, between(UPPER, facets)),
            more=[(EG.thresholdFrom, [source(grade.threshold_from)])],
        )


# ── Findings and cases ──────────────────────────────────────────────────────────────────────────


def findings(
    measured: Measured,
    given: Mapping[str, FindingRecord],
    cases: Mapping[str, CaseRecord],
    by_word: Mapping[str, State],
    graded: Mapping[str, Grade] = {},
) -> Iterator[Block]:
    """What results show, the cases that show it, and the cases that show no finding."""
    by_class = _states_of_grades(graded, by_word.values(), measured.iri)
    for iri, finding in given.items():
        state = by_word.get(finding.state)
        label = finding.label or (state.named(measured.short) if state else "")
        definition = finding.definition or (
            f"{measured.measured} {state.of_a_value}" if state else ""
        )
        term = Term(iri, label, definition)
        moved = _moved(measured.iri, by_class.get(finding.state) or state)
        asked = _asked(finding, measured.iri, state)
        yield individual_of(term, "Finding", MARKERS, [*moved, *asked])
        case = Term(
            finding.case,
            finding.case_label or f"case with {_one(label)}",
            finding.case_definition or _definition(state, measured),
        )
        yield _case(case, _class(finding.state, state, measured.iri), shows=iri)
    for iri, each in cases.items():
        state = by_word.get(each.state)
        case = Term(iri, each.label, each.definition or _definition(state, measured))
        yield _case(case, _class(each.state, state, measured.iri))


def _states_of_grades(
    graded: Mapping[str, Grade], given: Iterable[State], marker: str
) -> Mapping[str, State]:
    """The state that the results of each grade are in, near or far."""
    found = {state_iri(each, marker): each for each in given}
    for name, grade in graded.items():  # what a grade is a kind of stands above it
        if grade.kind_of in found:
            found[name] = found[grade.kind_of]
    return found


def _moved(marker: str, state: State | None) -> Properties:
    """Which measurement a finding is of and which way it went: statements take it from here."""
    if state is None or state.direction is None:
        return []
    return [(EG.analyte, [eg(marker)]), (EG.direction, [state.direction])]


def _asked(finding: FindingRecord, marker: str, state: State | None) -> Properties:
    """What is said of a finding besides its name."""
    flag = state.flag if state and finding.asked_as else ""
    order: list[Literal] = [] if finding.order is None else [number(str(finding.order))]
    return [
        (EG.turnsOn, [eg(finding.turns_on)] if finding.turns_on else []),
        (EG.askedAs, said(finding.asked_as)),
        (EG.originAskedAs, said(finding.origin_asked_as)),
        (EG.exampleQuestion, said(finding.example_question)),
        (eg(message_property(finding.message)), said(finding.message)),
        (EG.shownBy, [eg(marker)] if finding.asked_as else []),
        (EG.flag, plain([flag] if flag else [])),
        (EG.order, order),
    ]


def _case(term: Term, results: str, *, shows: str = "") -> Block:
    return class_of(
        term,
        MARKERS,
        same_as=both("Case", some("hasObservation", results)),
        more=always(value("hasFinding", shows) if shows else None),
    )


def _class(named: str, state: State | None, iri: str) -> str:
    return state_iri(state, iri) if state else named


def _definition(state: State | None, measured: Measured) -> str:
    return f"case with {state.result.format(measured.measured)}" if state else ""


def _one(label: str) -> str:
    """A finding as one of several: `a raised ALP`, `an ALP that is not raised`."""
    first = label.partition(" ")[0]
    spelled = first.isupper() and first[0] in "AEFHILMNORSX"
    return f"{'an' if spelled or label[0] in 'aeiou' else 'a'} {label}"
