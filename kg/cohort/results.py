"""Tables of results: what each measurement and state is, and what its results bring to a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

from kg.case.model import GIVEN_KINDS
from kg.case.quantities import value_interval
from kg.cohort.parts import CLASH, Parts, beside
from kg.cohort.supports import Need, Supports, smallest
from kg.cohort.tables import Layout, Table, table
from kg.model.errors import ReasonerError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG
from kg.reasoning.rules import Rules

NUMBERS: Final = {
    "uln": EG.ratioToULN,
    "lln": EG.ratioToLLN,
    "change": EG.percentChangeFromBaseline,
    "day": EG.dayOfTreatment,
}
"""The numbers of a result that rules have limits on, by the name of their cells."""
_COMPARATORS: Final = ("", "<", "≤", ">", "≥")
_EXACT: Final = "DECIMAL(28,0)"
"""The type of a factor: wide enough that a product with it is no number of a narrower type."""


class Results:
    """Makes the tables of results for the words of a layout and the limits of some numbers."""

    def __init__(
        self,
        rules: Rules,
        lexicon: Lexicon,
        layout: Layout,
        cuts: Mapping[str, tuple[Decimal, ...]],
    ) -> None:
        self._rules, self._lexicon = rules, lexicon
        self._parts = Parts(rules)
        self._layout, self._cuts = layout, cuts
        self._supports: dict[str, Supports] = {}

    def tables(self) -> Iterator[Table]:
        """Each table."""
        columns = "marker TERM, usable_days INTEGER, low_is_normal BOOLEAN"
        columns += ", high_is_normal BOOLEAN, of_limit VARCHAR, to_judge BOOLEAN"
        yield table("marker", columns, map(self._marker, self._markers))
        yield table("state", "marker TERM, word VARCHAR, state TERM, bits BIGINT", (
            (marker.iri, word, each.iri, *self._bits(marker).mask((each.iri,)))
            for marker in self._markers
            for word, each in sorted(self._lexicon.states(marker.iri).items())
        ))  # fmt: skip
        cells = "marker TERM, number VARCHAR, comparator VARCHAR, cell INTEGER, bits BIGINT"
        yield table("number_cell", cells, self._number_cells())
        yield table("under", "marker TERM, term TERM, bits BIGINT", self._under())
        brought = f"marker TERM, need BIGINT, {self._layout.first_columns('w')}"
        yield table("result_brings", brought, self._brought())
        yield from self._read_together()
        yield from self._units()

    @cached_property
    def _of_a_result(self) -> tuple[str, ...]:
        """What is known of a result besides its measurement and state."""
        facets = [head for role, _, head in self._rules.facets if role in NUMBERS.values()]
        under = [head for role, _, head in self._rules.existentials if role == EG.duringTreatment]
        return tuple(dict.fromkeys((*facets, *map(beside, facets), *under)))

    @cached_property
    def _markers(self) -> tuple[Entry, ...]:
        return self._lexicon.of_kind(Kind.MARKER)

    def _of_marker(self, marker: Entry) -> Supports:
        """What a result of a measurement brings to a case, by the facts of the result."""
        if marker.iri not in self._supports:
            states = sorted(each.iri for each in self._lexicon.states(marker.iri).values())
            facts = (*self._of_a_result, *states)
            supports = self._parts.result_supports(marker.iri, facts)
            found: dict[str, frozenset[Need]] = {CLASH: supports[CLASH]}
            for fact, needs in self._parts.brought_by_result(supports):
                if fact in self._layout.facts:
                    found[fact] = smallest((*found.get(fact, ()), *needs))
            self._supports[marker.iri] = found
        return self._supports[marker.iri]

    def _bits(self, marker: Entry) -> Layout:
        """The bits of a result: one for each fact that brings something."""
        needs = (need for each in self._of_marker(marker).values() for need in each)
        layout = Layout(sorted(frozenset().union(*needs)))
        if layout.words > 1:
            raise ReasonerError(f"results of {marker.label} take more than one word of bits")
        return layout

    def _marker(self, marker: Entry) -> tuple[str | int | bool | None, ...]:
        states = self._lexicon.states(marker.iri)
        recipes = {each for recipe in self._lexicon.recipes for each in recipe.of}
        normal = states.get("normal")

        def counts_as_normal(word: str) -> bool:
            found = states.get(word)
            if found is None:
                return word == "low"
            return normal is not None and self._lexicon.is_a(found.iri, normal.iri)

        return (
            marker.iri,
            marker.usable_for_days,
            counts_as_normal("low"),
            counts_as_normal("high"),
            marker.measured_in.of_limit or None,
            marker.iri in recipes or marker.iri in self._lexicon.lines,
        )

    def _number_cells(self) -> Iterator[tuple[str | int, ...]]:
        """What a number brings that lies at a limit or between two, also where it is a bound."""
        layouts = [(each.iri, self._bits(each)) for each in self._markers]
        for name, role in NUMBERS.items():
            for comparator in _COMPARATORS:
                for cell, number in enumerate(one_in_each(self._cuts[name])):
                    known = value_interval(number, comparator)
                    facts = self._parts.of_number(role, known)
                    for marker, layout in layouts:
                        if any(bits := layout.mask(facts)):
                            yield marker, name, comparator, cell, *bits

    def _under(self) -> Iterator[tuple[str | int, ...]]:
        """What it brings to a result that it was taken under a drug or treatment."""
        layouts = [(each.iri, self._bits(each)) for each in self._markers]
        for drug in (each for kind in GIVEN_KINDS for each in self._lexicon.of_kind(kind)):
            facts = self._parts.of_treatment(drug)
            for marker, layout in layouts:
                if any(bits := layout.mask(facts)):
                    yield marker, drug.iri, *bits

    def _brought(self) -> Iterator[tuple[str | int, ...]]:
        """What a case has by a result: the facts of the result, and the facts of the case."""
        for marker in self._markers:
            layout = self._bits(marker)
            brought: dict[Need, set[str]] = {}
            for fact, needs in self._of_marker(marker).items():
                for need in needs:
                    brought.setdefault(need, set()).add(fact)
            for need, facts in sorted(brought.items(), key=lambda each: sorted(each[0])):
                yield marker.iri, *layout.mask(need), *self._layout.first_mask(facts)

    def _read_together(self) -> Iterator[Table]:
        """Tests that are read as one, and results that others set aside."""
        members = (
            (group.iri, member) for group in self._lexicon.groups for member in group.members
        )
        yield table("group_member", "in_group TERM, marker TERM", members)
        entries = self._lexicon.entries
        aside = (
            (state.iri, by)
            for marker in self._markers
            for state in self._lexicon.states(marker.iri).values()
            for by in sorted(entries[state.iri].set_aside_by)
        )
        yield table("set_aside", "state TERM, by_state TERM", aside)

    def _units(self) -> Iterator[Table]:
        """What is plausible in each unit of a measurement, and the factors between its units."""
        bounds = ("least", "most", "limit_least", "limit_most")
        bands = ", ".join(f"{each}_{part} {_EXACT}" for each in bounds for part in ("num", "den"))
        columns = f"marker TERM, unit VARCHAR, {bands}"
        yield table("unit", columns, (
            (marker.iri, unit, *_band(marker.measured_in.band(unit)),
             *_band(marker.measured_in.limit_band(unit)))
            for marker in self._markers for unit in ("", *marker.measured_in.names)
        ))  # fmt: skip
        scale = f"marker TERM, unit VARCHAR, to_unit VARCHAR, num {_EXACT}, den {_EXACT}"
        yield table("scale", scale, (
            (marker.iri, unit, to, factor.numerator, factor.denominator)
            for marker in self._markers
            for unit in ("", *marker.measured_in.names)
            for to in ("", *marker.measured_in.names)
            if (factor := marker.measured_in.factor(unit, to)) is not None
        ))  # fmt: skip


def one_in_each(cuts: Iterable[Decimal]) -> Iterator[Decimal]:
    """A number below the first limit, at it, between it and the next, and so on."""
    found = list(cuts)
    if not found:
        yield Decimal(0)
        return
    yield found[0] - 1
    for one, following in zip(found, (*found[1:], None), strict=True):
        yield one
        yield one + 1 if following is None else (one + following) / 2


def _band(band: tuple[object, object] | None) -> tuple[int | None, ...]:
    if band is None:
        return (None,) * 4
    return tuple(part for each in band for part in each.as_integer_ratio())  # type: ignore[attr-defined]
