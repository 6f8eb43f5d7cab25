"""The compiled model as tables for SQL: closures, limits, and rules as masks of bits.

Every fact of a case that some rule asks for is one bit of a few words. What a part of a case brings
is a row with its bits; what follows from several parts is a row with the bits that it needs and
those that it sets. So the queries beside this module know no term, no limit and no statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.cohort.judgement import ORIGIN_KINDS, OUTSIDE, Rule, judgement_rules, sort_of, suffices
from kg.cohort.parts import CLASH, Parts, leads
from kg.cohort.results import NUMBERS, Results, one_in_each
from kg.cohort.supports import Supports, smallest
from kg.cohort.tables import Cell, Layout, Table, table
from kg.model.errors import ReasonerError
from kg.model.terms import Entry, Kind
from kg.model.topics import Topic
from kg.model.vocabulary import EG
from kg.store.knowledge import KnowledgeGraph

_FACTS_OF_FAMILY: Final = 24
"""On how many facts a family of conclusions turns at most: the fewer, the fewer ways to differ."""
_SAYABLE: Final = (Kind.CONDITION, Kind.DRUG, Kind.TREATMENT)


class Cohort(Struct, frozen=True, eq=False, kw_only=True):
    """Everything that a cohort is judged with."""

    topic: Topic
    layout: Layout
    tables: tuple[Table, ...]
    cuts: dict[str, tuple[Decimal, ...]]
    """The limits of each number, in their order."""
    families: tuple[tuple[int, ...], ...]
    """The bits of the facts that the conclusions of each family turn on."""
    sorts: Mapping[str, tuple[int, ...]]
    """The bits of the facts that verdicts, messages and steps turn on."""
    terms: Mapping[str, int]
    """The number that stands for each term in the tables."""


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
        terms = {str(iri): number for number, iri in enumerate(sorted(self._lexicon.entries))}
        return Cohort(
            topic=self._topic,
            layout=self._layout,
            tables=tuple(self._tables()),
            cuts=self._cuts,
            families=self._masks,
            sorts={sort: self._layout.mask(_seen(rules)) for sort, rules in self._sorts.items()},
            terms=terms,
        )

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
        limits = [each for each in found if each.startswith(f"{EG.outsideScope} ")]
        found[OUTSIDE] = smallest(need for each in limits for need in found[each])
        return found

    @cached_property
    def _derived(self) -> tuple[str, ...]:
        """The conclusions that are asked for, in a stable order."""
        shown = leads(EG.hasFinding, self._topic.finding.iri)
        return (CLASH, OUTSIDE, *sorted({shown, *self._asked} - {OUTSIDE, CLASH}))

    @cached_property
    def _layout(self) -> Layout:
        """A bit for each base fact behind a conclusion, and each conclusion that is asked for."""
        behind = {
            fact
            for each in (*self._derived, *self._denying)
            for need in self._supports.get(each, ())
            for fact in need
        }
        return Layout((CLASH, *(each for each in self._base if each in behind)), self._derived)

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
        entries = sorted(self._lexicon.entries)
        yield table("term", "term TERM, iri VARCHAR", ((iri, iri) for iri in entries))
        bits: list[tuple[Cell, ...]] = [(fact, *layout.mask((fact,))) for fact in layout.facts]
        yield table("fact", f"fact VARCHAR, {layout.columns('w')}", bits)
        columns = f"said VARCHAR, term TERM, {layout.first_columns('w')}"
        yield table("part", columns, self._of_parts())
        ages = self._of_ages()
        yield table("age_cell", f"cell INTEGER, {layout.first_columns('w')}", ages)
        columns = f"family INTEGER, {layout.first_columns('need')}, {layout.columns('w')}"
        yield table("follows", columns, self._of_conclusions())
        yield from self._contradictions()
        yield from Results(self._rules, self._lexicon, layout, self._cuts).tables()
        yield from self._of_judgement()
        yield from self._of_causes()

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
        return self._layout.first_mask(own)

    @cached_property
    def _families(self) -> tuple[tuple[str, ...], ...]:
        """The conclusions, put together as far as they turn on the same few facts."""
        left = {e: facts for e in self._derived if (facts := self._behind(e)) is not None}
        found = []
        while left:
            first = max(left, key=lambda each: (len(left[each]), each))
            family, facts = [first], left.pop(first)
            while left:
                more = min(left, key=lambda each: (len(facts | left[each]), each))
                if len(facts | left[more]) > _FACTS_OF_FAMILY:
                    break
                facts |= left.pop(more)
                family.append(more)
            found.append(tuple(family))
        return tuple(found)

    def _behind(self, fact: str) -> frozenset[str] | None:
        """The facts that a conclusion turns on; None where nothing leads to it but itself."""
        needs = [need for need in self._supports.get(fact, ()) if need != {fact}]
        return frozenset().union(*needs) if needs else None

    @cached_property
    def _masks(self) -> tuple[tuple[int, ...], ...]:
        """The facts that the conclusions of each family turn on."""
        behind = (
            frozenset().union(*(self._behind(e) or () for e in each)) for each in self._families
        )
        return tuple(map(self._layout.first_mask, behind))

    def _of_conclusions(self) -> Iterator[tuple[Cell, ...]]:
        """What follows from which base facts."""
        for family, conclusions in enumerate(self._families):
            for each in conclusions:
                for need in sorted(self._supports[each], key=sorted):
                    if need != {each}:
                        yield family, *self._layout.first_mask(need), *self._layout.mask((each,))

    def _contradictions(self) -> Iterator[Table]:
        """What cannot be said together of one patient."""
        said = self._sayable
        opposed = (
            (yes.iri, no.iri) for yes in said for no in said if self._lexicon.is_a(yes.iri, no.iri)
        )
        yield table("opposed", "said TERM, denied TERM", opposed)
        implied = (
            (yes.iri, no.iri) for yes in said for no in said if self._parts.contradicts(yes, no)
        )
        yield table("implied", "said TERM, denied TERM", implied)
        shown: list[tuple[Cell, ...]] = [
            (no.iri, *self._layout.first_mask(need))
            for no in said
            for need in sorted(self._parts.implying(no, self._supports), key=sorted)
        ]
        yield table("shown", f"denied TERM, {self._layout.first_columns('need')}", shown)

    # ── Limits ──────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _cuts(self) -> dict[str, tuple[Decimal, ...]]:
        """The limits of each number."""
        roles = {"age": EG.ageInYears, **NUMBERS}
        return {name: self._limits(role) for name, role in roles.items()}

    def _limits(self, role: str) -> tuple[Decimal, ...]:
        found = {
            bound
            for of, each, _ in self._rules.facets
            if of == role
            for bound in (each.at_least, each.above, each.at_most, each.below)
        }
        return tuple(sorted(each for each in found if each is not None))

    # ── Tables of judgement ─────────────────────────────────────────────────────────────────────

    def _of_judgement(self) -> Iterator[Table]:
        """The rules of what is said, and what each cause, message and step turns on."""
        layout = self._layout
        columns = layout.columns("need", "unless")
        yield table("sort", f"sort VARCHAR, {columns}", self._of_sorts())
        columns = layout.columns("w", "need", "unless")
        columns = f"sight INTEGER, sort VARCHAR, of VARCHAR, kind VARCHAR, {columns}"
        yield table("sight", columns, self._of_sights())
        asked = [
            (sight, each.need, each.unless)
            for sight, rules in enumerate(self._sights.values())
            for each in rules
        ]
        places = {each: number for number, each in enumerate(dict.fromkeys(asked))}
        columns = f"condition INTEGER, sight INTEGER, {layout.columns('need', 'unless')}"
        yield table("condition", columns, (
            (number, sight, *layout.mask(need), *layout.mask(unless))
            for (sight, need, unless), number in places.items()
        ))  # fmt: skip
        columns = "condition INTEGER, kind VARCHAR, of VARCHAR, id VARCHAR, role VARCHAR"
        rules = (each for rules in self._sights.values() for each in rules)
        yield table("rule", f"{columns}, carries BOOLEAN", (
            (places[one], e.kind, e.of, e.id, e.role, e.carries)
            for one, e in zip(asked, rules, strict=True)
        ))  # fmt: skip

    @cached_property
    def _sights(self) -> dict[tuple[str, str, str], list[Rule]]:
        """The rules of each cause with those of its origins, of each message, and of each step."""
        found: dict[tuple[str, str, str], list[Rule]] = {}
        of_origins: dict[
            str, list[Rule]
        ] = {}  # apart: an origin of one cause may be a cause itself
        for each in self._said:
            if each.kind in ORIGIN_KINDS:
                of_origins.setdefault(each.of, []).append(each)
            else:
                kind = each.kind if sort_of(each) == "message" else ""
                found.setdefault((sort_of(each), each.of, kind), []).append(each)
        for cause in self._topic.causes.values():
            for origin in dict.fromkeys(each.origin.iri for each in cause.origins):
                found["verdict", cause.iri, ""] += of_origins.get(origin, [])
        return {each: rules for each, rules in found.items() if any(map(suffices, rules))}

    @cached_property
    def _sorts(self) -> dict[str, list[Rule]]:
        """The rules of verdicts, messages and steps."""
        found: dict[str, list[Rule]] = {}
        for (sort, _, _), rules in self._sights.items():
            found.setdefault(sort, []).extend(rules)
        return found

    def _of_sorts(self) -> Iterator[tuple[Cell, ...]]:
        """With and without which facts nothing is said of any."""
        for sort, rules in self._sorts.items():
            yield sort, *self._telling(rules)

    def _of_sights(self) -> Iterator[tuple[Cell, ...]]:
        """What each of them turns on."""
        for sight, (key, rules) in enumerate(self._sights.items()):
            yield sight, *key, *self._layout.mask(_seen(rules)), *self._telling(rules)

    def _telling(self, rules: list[Rule]) -> tuple[int, ...]:
        """The facts with which, and those without which something is said by rules."""
        telling = [each for each in rules if suffices(each)]
        need = frozenset.intersection(*(each.need for each in telling))
        unless = frozenset.intersection(*(each.unless for each in telling))
        return *self._layout.mask(need), *self._layout.mask(unless)

    def _of_causes(self) -> Iterator[Table]:
        """The causes with the number of their origins, and the names of what else is said."""
        causes = self._topic.causes.values()
        yield table("cause", "cause VARCHAR, label VARCHAR, origins INTEGER", (
            (each.iri, each.label, len({origin.origin.iri for origin in each.origins}))
            for each in causes
        ))  # fmt: skip
        said = {each.of for each in self._said}
        named = sorted((iri, label) for iri, label in self._names.items() if iri in said)
        yield table("named", "iri VARCHAR, label VARCHAR", named)


def _seen(rules: list[Rule]) -> frozenset[str]:
    """The facts that rules turn on."""
    return frozenset().union(*(each.need | each.unless for each in rules))
