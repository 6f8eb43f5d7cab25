"""The compiled model as tables for SQL: closures, limits, and rules as masks of bits.

Every fact of a case that some rule asks for is one bit of a few words. What a part of a case brings
is a row with its bits; what follows from several parts is a row with the bits that it needs and
those that it sets. So the queries beside this module know no term, no limit and no statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.case.quantities import value_interval
from kg.cohort.judgement import OUTSIDE, judgement_rules, sort_of
from kg.cohort.parts import CLASH, Parts, beside, leads
from kg.cohort.supports import Need, Supports, smallest
from kg.cohort.tables import Cell, Layout, Table, table
from kg.model.errors import ReasonerError
from kg.model.tables import Topic
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import (
    EG_AGE_IN_YEARS,
    EG_DAY_OF_TREATMENT,
    EG_DURING_TREATMENT,
    EG_HAS_FINDING,
    EG_OUTSIDE_SCOPE,
    EG_PERCENT_CHANGE_FROM_BASELINE,
    EG_RATIO_TO_LLN,
    EG_RATIO_TO_ULN,
)
from kg.store.knowledge import KnowledgeGraph

NUMBERS: Final = {
    "uln": EG_RATIO_TO_ULN,
    "lln": EG_RATIO_TO_LLN,
    "change": EG_PERCENT_CHANGE_FROM_BASELINE,
    "day": EG_DAY_OF_TREATMENT,
}
"""The numbers of a result that rules have limits on, by the name of their cells."""
_COMPARATORS: Final = ("", "<", "≤", ">", "≥")
_EXACT: Final = "DECIMAL(28,0)"
"""The type of a factor: wide enough that a product with it is no number of a narrower type."""
_SAYABLE: Final = (Kind.CONDITION, Kind.DRUG, Kind.TREATMENT)


class Cohort(Struct, frozen=True, eq=False):
    """Everything that a cohort is judged with."""

    topic: Topic
    layout: Layout
    tables: tuple[Table, ...]
    cuts: dict[str, tuple[Decimal, ...]]
    """The limits of each number, in their order."""


class Compiler:
    """Makes the tables of one graph and one finding."""

    def __init__(self, knowledge: KnowledgeGraph, topic: Topic) -> None:
        self._rules, self._lexicon = knowledge.rules, knowledge.lexicon
        self._topic = topic
        self._parts = Parts(knowledge.rules)
        self._said = judgement_rules(knowledge.model, knowledge.rules, topic)
        self._names = {
            each.iri: each.label
            for each in (*knowledge.model.tables.messages, *knowledge.model.tables.rules)
        } | {each.iri: each.label for each in knowledge.model.tables.advised}

    def compile(self) -> Cohort:
        """The tables, and how the bits of their words are laid out."""
        return Cohort(self._topic, self._layout, tuple(self._tables()), self._cuts)

    # ── Facts and their bits ────────────────────────────────────────────────────────────────────

    @cached_property
    def _asked(self) -> frozenset[str]:
        """Every fact that something which is said turns on."""
        return frozenset(fact for each in self._said for fact in (*each.need, *each.unless))

    @cached_property
    def _base(self) -> tuple[str, ...]:
        """The facts that parts bring."""
        sexes = (each.iri for each in self._lexicon.of_kind(Kind.SEX))
        plain = (each for each in self._asked if each.startswith(("there ", "absent ")))
        return (*self._parts.base, *sexes, *sorted(plain))

    @cached_property
    def _supports(self) -> Supports:
        found = dict(self._parts.supports(self._base))
        limits = [each for each in found if each.startswith(f"{EG_OUTSIDE_SCOPE} ")]
        found[OUTSIDE] = smallest(need for each in limits for need in found[each])
        return found

    @cached_property
    def _derived(self) -> tuple[str, ...]:
        """The conclusions that are asked for, in a stable order."""
        shown = leads(EG_HAS_FINDING, self._topic.finding.iri)
        return (CLASH, OUTSIDE, *sorted({shown, *self._asked} - {OUTSIDE, CLASH}))

    @cached_property
    def _layout(self) -> Layout:
        """A bit for each conclusion that is asked for, and for each base fact behind one."""
        behind = {
            fact
            for each in (*self._derived, *self._denying)
            for need in self._supports.get(each, ())
            for fact in need
        }
        return Layout((*self._derived, *(each for each in self._base if each in behind)))

    @cached_property
    def _denying(self) -> tuple[str, ...]:
        """The conclusions by which a case cannot be without what it denies."""
        needing = (self._rules.needing(each.iri) - {each.iri} for each in self._sayable)
        return tuple(sorted(frozenset().union(*needing)))

    @cached_property
    def _sayable(self) -> tuple[Entry, ...]:
        return tuple(each for kind in _SAYABLE for each in self._lexicon.of_kind(kind))

    # ── Tables of cases ─────────────────────────────────────────────────────────────────────────

    def _tables(self) -> Iterator[Table]:
        layout = self._layout
        bits: list[tuple[Cell, ...]] = [(fact, *layout.mask((fact,))) for fact in layout.facts]
        yield table("fact", f"fact VARCHAR, {layout.columns('w')}", bits)
        yield table("part", f"said VARCHAR, term VARCHAR, {layout.columns('w')}", self._of_parts())
        ages = self._of_ages()
        yield table("age_cell", f"cell INTEGER, {layout.columns('w')}", ages)
        yield table("follows", layout.columns("need", "w"), self._of_conclusions())
        yield from self._contradictions()
        yield from self._of_results()
        yield from self._of_judgement()

    def _of_parts(self) -> Iterator[tuple[str | int, ...]]:
        """What each condition, drug, treatment, denial and sex brings."""
        for entry in self._sayable:
            yield "yes", entry.iri, *self._bits(self._parts.of_terms(entry))
            yield "no", entry.iri, *self._bits(self._parts.of_terms(entry, denied=True))
        for entry in self._lexicon.of_kind(Kind.SEX):
            yield "sex", entry.iri, *self._bits(self._parts.of_sex(entry))

    def _of_ages(self) -> Iterator[tuple[int, ...]]:
        for cell, age in enumerate(one_in_each(self._cuts["age"])):
            yield cell, *self._bits(self._parts.of_age(age))

    def _bits(self, facts: frozenset[str]) -> tuple[int, ...]:
        """The bits of what a part brings; ReasonerError where rules see more in it than bits tell.

        What follows from several parts is worked out by bits alone, so they must tell everything.
        """
        own = facts.intersection(self._base)
        for each in self._derived:
            told = any(need <= own for need in self._supports.get(each, ()))
            if told != (each in facts) and each not in (OUTSIDE, CLASH):
                raise ReasonerError(f"a cohort cannot tell {each} of a part of a case")
        return self._layout.mask(own)

    def _of_conclusions(self) -> Iterator[tuple[Cell, ...]]:
        """What follows from which base facts."""
        for each in self._derived:
            for need in sorted(self._supports.get(each, ()), key=sorted):
                if need != {each}:
                    yield *self._layout.mask(need), *self._layout.mask((each,))

    def _contradictions(self) -> Iterator[Table]:
        """What cannot be said together of one patient."""
        said = self._sayable
        opposed = (
            (yes.iri, no.iri) for yes in said for no in said if self._lexicon.is_a(yes.iri, no.iri)
        )
        yield table("opposed", "said VARCHAR, denied VARCHAR", opposed)
        implied = (
            (yes.iri, no.iri) for yes in said for no in said if self._parts.contradicts(yes, no)
        )
        yield table("implied", "said VARCHAR, denied VARCHAR", implied)
        shown: list[tuple[Cell, ...]] = [
            (no.iri, *self._layout.mask(need))
            for no in said
            for need in sorted(self._parts.implying(no, self._supports), key=sorted)
        ]
        yield table("shown", f"denied VARCHAR, {self._layout.columns('need')}", shown)

    # ── Tables of results ───────────────────────────────────────────────────────────────────────

    @cached_property
    def _cuts(self) -> dict[str, tuple[Decimal, ...]]:
        """The limits of each number."""
        roles = {"age": EG_AGE_IN_YEARS, **NUMBERS}
        return {name: self._limits(role) for name, role in roles.items()}

    def _limits(self, role: str) -> tuple[Decimal, ...]:
        found = {
            bound
            for of, each, _ in self._rules.facets
            if of == role
            for bound in (each.at_least, each.above, each.at_most, each.below)
        }
        return tuple(sorted(each for each in found if each is not None))

    @cached_property
    def _of_a_result(self) -> tuple[str, ...]:
        """What is known of a result besides its measurement and state."""
        facets = [head for role, _, head in self._rules.facets if role in NUMBERS.values()]
        under = [head for role, _, head in self._rules.existentials if role == EG_DURING_TREATMENT]
        return tuple(dict.fromkeys((*facets, *map(beside, facets), *under)))

    @cached_property
    def _markers(self) -> tuple[Entry, ...]:
        return self._lexicon.of_kind(Kind.MARKER)

    def _result_supports(self, marker: Entry) -> Supports:
        """What a result of a measurement brings to a case, by the facts of the result."""
        if marker.iri not in self._by_marker:
            states = sorted(each.iri for each in self._lexicon.states(marker.iri).values())
            facts = (*self._of_a_result, *states)
            supports = self._parts.result_supports(marker.iri, facts)
            found: dict[str, frozenset[Need]] = {CLASH: supports[CLASH]}
            for fact, needs in self._parts.brought_by_result(supports):
                if fact in self._layout.facts:
                    found[fact] = smallest((*found.get(fact, ()), *needs))
            self._by_marker[marker.iri] = found
        return self._by_marker[marker.iri]

    def _result_bits(self, marker: Entry) -> Layout:
        """The bits of a result: one for each fact that brings something."""
        needs = (need for each in self._result_supports(marker).values() for need in each)
        layout = Layout(sorted(frozenset().union(*needs)))
        if layout.words > 1:
            raise ReasonerError(f"results of {marker.label} take more than one word of bits")
        return layout

    @cached_property
    def _by_marker(self) -> dict[str, Supports]:
        return {}

    def _of_results(self) -> Iterator[Table]:
        columns = "marker VARCHAR, usable_days INTEGER, low_is_normal BOOLEAN"
        columns += ", high_is_normal BOOLEAN, of_limit VARCHAR, to_judge BOOLEAN"
        yield table("marker", columns, map(self._marker, self._markers))
        yield table("state", "marker VARCHAR, word VARCHAR, state VARCHAR, bits BIGINT", (
            (marker.iri, word, each.iri, *self._result_bits(marker).mask((each.iri,)))
            for marker in self._markers
            for word, each in sorted(self._lexicon.states(marker.iri).items())
        ))  # fmt: skip
        cells = "marker VARCHAR, number VARCHAR, comparator VARCHAR, cell INTEGER, bits BIGINT"
        yield table("number_cell", cells, self._number_cells())
        yield table("under", "marker VARCHAR, term VARCHAR, bits BIGINT", self._under())
        brought = f"marker VARCHAR, need BIGINT, {self._layout.columns('w')}"
        yield table("result_brings", brought, self._brought())
        yield from self._read_together()
        yield from self._units()

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
        layouts = [(each.iri, self._result_bits(each)) for each in self._markers]
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
        layouts = [(each.iri, self._result_bits(each)) for each in self._markers]
        for drug in self._sayable:
            facts = frozenset() if drug.kind is Kind.CONDITION else self._parts.of_treatment(drug)
            for marker, layout in layouts:
                if any(bits := layout.mask(facts)):
                    yield marker, drug.iri, *bits

    def _brought(self) -> Iterator[tuple[str | int, ...]]:
        """What a case has by a result: the facts of the result, and the facts of the case."""
        for marker in self._markers:
            layout = self._result_bits(marker)
            brought: dict[Need, set[str]] = {}
            for fact, needs in self._result_supports(marker).items():
                for need in needs:
                    brought.setdefault(need, set()).add(fact)
            for need, facts in sorted(brought.items(), key=lambda each: sorted(each[0])):
                yield marker.iri, *layout.mask(need), *self._layout.mask(facts)

    def _read_together(self) -> Iterator[Table]:
        """Tests that are read as one, and results that others set aside."""
        members = (
            (group.iri, member) for group in self._lexicon.groups for member in group.members
        )
        yield table("group_member", "in_group VARCHAR, marker VARCHAR", members)
        entries = self._lexicon.entries
        aside = (
            (state.iri, by)
            for marker in self._markers
            for state in self._lexicon.states(marker.iri).values()
            for by in sorted(entries[state.iri].set_aside_by)
        )
        yield table("set_aside", "state VARCHAR, by_state VARCHAR", aside)

    def _units(self) -> Iterator[Table]:
        bounds = ("least", "most", "limit_least", "limit_most")
        bands = ", ".join(f"{each}_{part} {_EXACT}" for each in bounds for part in ("num", "den"))
        columns = f"marker VARCHAR, unit VARCHAR, {bands}"
        yield table("unit", columns, (
            (marker.iri, unit, *_band(marker.measured_in.band(unit)),
             *_band(marker.measured_in.limit_band(unit)))
            for marker in self._markers for unit in ("", *marker.measured_in.names)
        ))  # fmt: skip
        scale = f"marker VARCHAR, unit VARCHAR, to_unit VARCHAR, num {_EXACT}, den {_EXACT}"
        yield table("scale", scale, (
            (marker.iri, unit, to, factor.numerator, factor.denominator)
            for marker in self._markers
            for unit in ("", *marker.measured_in.names)
            for to in ("", *marker.measured_in.names)
            if (factor := marker.measured_in.factor(unit, to)) is not None
        ))  # fmt: skip

    # ── Tables of judgement ─────────────────────────────────────────────────────────────────────

    def _of_judgement(self) -> Iterator[Table]:
        layout = self._layout
        asked = [(sort_of(each), each.need, each.unless) for each in self._said]
        places = {each: number for number, each in enumerate(dict.fromkeys(asked))}
        columns = f"condition INTEGER, kind VARCHAR, {layout.columns('need', 'unless')}"
        yield table("condition", columns, (
            (number, kind, *layout.mask(need), *layout.mask(unless))
            for (kind, need, unless), number in places.items()
        ))  # fmt: skip
        sights: dict[str, set[str]] = {}
        for sort, need, unless in asked:
            sights.setdefault(sort, set()).update(need, unless)
        seen: list[tuple[Cell, ...]] = [(e, *layout.mask(sights[e])) for e in sorted(sights)]
        yield table("sight", f"kind VARCHAR, {layout.columns('w')}", seen)
        columns = "number INTEGER, condition INTEGER, kind VARCHAR, of VARCHAR, id VARCHAR"
        yield table("rule", f"{columns}, role VARCHAR, carries BOOLEAN", (
            (number, places[sort_of(e), e.need, e.unless], e.kind, e.of, e.id, e.role, e.carries)
            for number, e in enumerate(self._said)
        ))  # fmt: skip
        causes = self._topic.causes.values()
        yield table("cause", "cause VARCHAR, label VARCHAR, origins INTEGER", (
            (each.iri, each.label, len({origin.origin.iri for origin in each.origins}))
            for each in causes
        ))  # fmt: skip
        pairs = {(each.iri, origin.origin.iri) for each in causes for origin in each.origins}
        yield table("cause_origin", "cause VARCHAR, origin VARCHAR", sorted(pairs))
        said = {each.of for each in self._said}
        named = sorted((iri, label) for iri, label in self._names.items() if iri in said)
        yield table("named", "iri VARCHAR, label VARCHAR", named)


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
