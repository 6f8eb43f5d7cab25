"""The Turtle of the markers: measurements, their results, findings and cases.

What is made of one marker stands together, so that a new record adds lines in one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.articles.blocks import (
    Block,
    Head,
    Term,
    all_apart,
    below,
    class_of,
    decimal,
    individual_of,
    plain,
    said,
    table_module,
)
from kg.articles.tables.records import (
    AnyOf,
    ConversionRecord,
    Defaults,
    MarkerRecord,
    MarkerTable,
    Panel,
    UnitRecord,
)
from kg.articles.tables.results import (
    MARKERS,
    Measured,
    findings,
    grades,
    shut_out_states,
    state_iri,
    state_of,
    states,
)
from kg.articles.tables.states import states_of
from kg.model.rdf import Heading, Properties
from kg.model.vocabulary import EG, SKOS, eg, english, number

REMARK = """Etiograph markers: laboratory measurements, and the classes of their results.

Made of ontology/tables/markers.yaml, where changes are made; whatever is written here is lost.
A result counts as raised or low against the reference range printed with it; there is no
built-in normal range. With no value, the flag of the laboratory (high, normal, low) puts a
result into its class."""


def markers_turtle(table: MarkerTable) -> str:
    """`ontology/markers.ttl`."""
    about = table.module
    head = Head(MARKERS, about.title, about.description, ("core",), about.version)
    return table_module(head, REMARK, marker_blocks(table))


def marker_blocks(table: MarkerTable) -> Iterator[Block]:
    """Everything that the table says, in the order of its records."""
    for iri, marker in table.markers.items():
        yield Heading(marker.name)
        yield from _marker(iri, marker, table)
    for iri, group in table.any_of.items():
        yield Heading(group.label)
        yield from _any_of(iri, group)
    for iri, panel in table.panels.items():
        yield Heading(panel.name)
        yield from _panel(iri, panel, table.defaults)
    yield Heading("Kinds of measurement that a source groups; they hold no results of their own")
    for iri, kind in table.kinds.items():
        yield class_of(Term(iri, kind.label, kind.definition), MARKERS, above=["Observation"])
    yield Heading("No result is a result of two measurements")
    kinds_of_others = [iri for iri, marker in table.markers.items() if marker.kind_of]
    yield all_apart([iri for iri in (*table.markers, *table.panels) if iri not in kinds_of_others])
    yield Heading("Conversions between units")
    for iri, conversion in table.conversions.items():
        yield _conversion(iri, conversion, table.markers)


# ── One measurement ─────────────────────────────────────────────────────────────────────────────


def _marker(iri: str, marker: MarkerRecord, table: MarkerTable) -> Iterator[Block]:
    measured = _measured(iri, marker, table.defaults)
    names = [
        (EG.shownAs, said(marker.name)),
        (EG.abbreviation, plain(marker.abbreviations)),
        (SKOS.altLabel, [english(each) for each in marker.synonyms]),
    ]
    yield class_of(
        Term(iri, _label(marker, measured), marker.definition, marker.note, names),
        MARKERS,
        above=[marker.kind_of or "Observation"],
        more=[*_units(marker, table.units), *_plausible(marker, table.defaults)],
    )
    given = states_of(marker.limits, marker.states)
    yield from states(measured, given, marker.states, marker.set_aside_because)
    yield from grades(iri, marker.grades)
    by_word = {each.word: each for each in given}
    yield from findings(measured, marker.findings, marker.cases, by_word, marker.grades)


def _measured(iri: str, marker: MarkerRecord, defaults: Defaults) -> Measured:
    short = marker.short or marker.name
    limit = marker.threshold_from or defaults.threshold_from
    return Measured(
        iri,
        marker.name,
        marker.result or short,
        marker.measured or marker.name,
        short,
        "" if limit == "not stated" else limit,
    )


def _label(marker: MarkerRecord, measured: Measured) -> str:
    return marker.label or f"{measured.results} result"


def _units(marker: MarkerRecord, units: Mapping[str, UnitRecord]) -> Properties:
    aliases = [f"{also}={unit}" for unit in marker.units for also in units[unit].also]
    return [
        (EG.unit, plain(marker.units)),
        (EG.unitAlias, plain(aliases)),
        (EG.unitNote, said(marker.unit_note)),
        (EG.limitUnit, plain(unit for unit in marker.units if units[unit].of_the_limit)),
    ]


def _plausible(marker: MarkerRecord, defaults: Defaults) -> Properties:
    given = marker.plausible
    bounds = {
        "plausibleFrom": given.from_,
        "plausibleTo": given.to,
        "plausibleLimitFrom": given.limit_from,
        "plausibleLimitTo": given.limit_to,
    }
    return [
        (EG.referenceUnit, plain([given.in_])),
        *((eg(name), [decimal(value)] if value else []) for name, value in bounds.items()),
        (EG.usableForDays, [number(str(marker.usable_for_days or defaults.usable_for_days))]),
    ]


def _conversion(
    iri: str, conversion: ConversionRecord, markers: Mapping[str, MarkerRecord]
) -> Block:
    units = {conversion.from_, conversion.to}
    given = conversion.for_ or [e for e, marker in markers.items() if units <= {*marker.units}]
    return individual_of(
        Term(iri, conversion.label, conversion.definition),
        "UnitConversion",
        MARKERS,
        [
            (EG.conversionFor, [eg(each) for each in given]),
            (EG.fromUnit, plain([conversion.from_])),
            (EG.toUnit, plain([conversion.to])),
            (EG.factor, plain([conversion.factor])),
            (EG.factorFrom, said(conversion.because)),
        ],
    )


# ── Several measurements ────────────────────────────────────────────────────────────────────────


def _any_of(iri: str, group: AnyOf) -> Iterator[Block]:
    """The states of a result by any of several measurements; it is no measurement itself."""
    given = states_of("both")
    for state in reversed(given):
        own = state_iri(state, iri)
        definition = state.named(f"result of {group.measured}")
        term = Term(own, state.named(group.label), definition)
        yield class_of(term, MARKERS, above=["Observation"])
        yield from (below(state_iri(state, each), own) for each in group.of)
    measured = Measured(iri, group.label, group.label, group.measured, group.short, "")
    # A statement is about one test: which of them a finding of several is of, no row says.
    by_word = {each.word: replace(each, direction=None) for each in given}
    yield from findings(measured, group.findings, group.cases, by_word)


_OF_A_PANEL = {
    "raised": "{} of which at least one that was measured is raised",
    "normal": "{} of which at least one was measured and none that was measured is raised",
}


def _panel(iri: str, panel: Panel, defaults: Defaults) -> Iterator[Block]:
    """Tests that are read together, and the states that are worked out for them."""
    names = [
        (EG.shownAs, said(panel.name)),
        (SKOS.altLabel, [english(each) for each in panel.synonyms]),
    ]
    members: Properties = [
        (EG.memberTest, [eg(each) for each in panel.members]),
        (EG.usableForDays, [number(str(defaults.usable_for_days))]),
    ]
    term = Term(iri, panel.label, panel.definition, names=names)
    yield class_of(term, MARKERS, above=["Observation"], more=members)
    measured = Measured(iri, panel.name, panel.name, "", panel.name, defaults.threshold_from)
    given = [each for each in states_of("upper") if each.word in _OF_A_PANEL]
    for state in given:
        definition = _OF_A_PANEL[state.word].format(panel.subject)
        own = Term(state_iri(state, iri), state.named(panel.name), definition)
        yield class_of(own, MARKERS, above=[iri], more=state_of(state, measured))
    yield from shut_out_states(given, iri)
