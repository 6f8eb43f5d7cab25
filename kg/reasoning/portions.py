"""A case put together of its portions: each is worked out once, for all cases that have the like.

Rules lead from a part of a case, such as a result, to the case, and from there to what it shows.
Where no property has an inverse they never lead back, so a part is what it is whatever else the
case has, and what the case is follows from its parts and from its own classes together. Each of
them is a portion, which the engine classifies when the first of its like is met; only conjunctions
of the classes of the case are left to be found.

A portion is found again by its classes and properties, and by the limits between which its numbers
lie: by nothing that says whose it is. Where a case cannot be taken apart, it is one portion, which
is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from itertools import chain
from typing import Final

from msgspec import Struct

from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.rules import Facts, Rules
from kg.reasoning.words import Key, Lead, Portion

_DEEPEST: Final = 4
"""A part that leads further than this is not taken apart from its case."""
_NONE: Final[frozenset[str]] = frozenset()


class Together(Struct, frozen=True, eq=False):
    """A case put together of its portions."""

    portions: tuple[Portion, ...]
    possible: bool
    """Whether its facts can hold together."""
    parts: Mapping[str, Portion]
    """The portion of each part of the case, by its name; none where it is one."""
    closure: Closure | None = None
    """Where it was classified as a whole, all that follows."""

    @property
    def types(self) -> frozenset[str]:
        """The classes and expressions of the case."""
        return _NONE.union(*[each.types for each in self.portions])

    def types_of(self, part: str) -> AbstractSet[str]:
        """The classes and expressions of a part of the case."""
        if self.closure is not None:
            return self.closure.type_table[part].keys()
        return self.parts[part].leads[0].types


def together(rules: Rules, facts: Facts, subject: str) -> Together:
    """What follows from the facts of a case.

    The first case of a process is one portion: most processes answer no other.
    """
    found = None if rules.words.is_new else _put_together(rules, facts, subject)
    rules.words.is_new = False
    return found or as_one(rules, classify(rules, facts), subject)


def as_one(rules: Rules, closure: Closure, subject: str) -> Together:
    """A case that is not taken apart."""
    whole = portion_of(rules, closure, subject)
    return Together((whole,), whole.possible, {}, closure)


def _put_together(rules: Rules, facts: Facts, subject: str) -> Together | None:
    """What follows from the facts; None where they cannot be taken apart."""
    parts = _TakenApart(rules, facts, subject)
    portions = None if rules.inverses else parts.portions()
    if portions is None:
        return None
    word = _complete(rules, subject, portions)
    if not all(each.apart for each in portions):
        return None
    possible = all(each.possible and not each.refused & word for each in portions)
    possible = possible and not rules.words.clash(word)
    return Together(tuple(portions), possible, parts.found)


def portion_of(
    rules: Rules, closure: Closure, subject: str, *, refused: int = 0, apart: bool = False
) -> Portion:
    """All that follows from some facts as one portion."""
    types = closure.type_table
    own = types.get(subject, {}).keys()
    figures: dict[str, set[str]] = {}
    for each, role, _ in closure.value_table:
        figures.setdefault(each, set()).add(role)
    leads = [
        Lead(role, sort_of(to, subject), frozenset(types[to]), frozenset(figures.get(to, ())))
        for each, role, to in closure.edge_table
        if each == subject
    ]
    others = _NONE.union(*[types[each] for each in types if each != subject])
    implied = frozenset(_implied(rules, own))
    return Portion(
        word=rules.words.word(own),
        types=frozenset(own),
        kinds=frozenset(own).difference(rules.definitions),
        leads=tuple(leads),
        others=others,
        has=others.difference(rules.definitions),
        implied=implied,
        implied_classes=frozenset([each for _, each in implied]).difference(rules.definitions),
        figures=frozenset(figures.get(subject, ())),
        refused=refused,
        possible=not closure.clashes,
        apart=apart,
    )


def _implied(rules: Rules, types: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What something of these classes has, by property and class, as the rules say."""
    for each in types:
        kind, *parts = rules.definitions.get(each, ("",))
        if kind == "some":
            role, filler = parts
            yield from ((role, each) for each in (filler, *rules.supers.get(filler, ())))


def sort_of(individual: str, subject: str) -> str:
    """What sort of part an individual of a case is; of any other, the individual itself."""
    own = f"{subject}:"
    if not individual.startswith(own):
        return individual
    return individual.removeprefix(own).partition(":")[0]


def _complete(rules: Rules, subject: str, portions: list[Portion]) -> int:
    """Add what follows from several classes of the case; gives all of them as bits."""
    have = 0
    for each in portions:
        have |= each.word
    grows = True
    while grows:
        grows = False
        for parts, bit, head in rules.words.conjunctions(have):
            if not bit & have and parts & have == parts:
                found = _by_class(rules, subject, head)
                portions.append(found)
                have |= found.word
                grows = True
    return have


def _by_class(rules: Rules, subject: str, head: str) -> Portion:
    """What a case is and shows by one of its classes."""
    key = "class", head
    known = rules.words.portion(key)
    return known or _new(rules, key, Facts(types=((subject, head),)), subject)


def _by_number(rules: Rules, subject: str, role: str, value: Decimal) -> Portion:
    """What a case is and shows by one of its numbers, and what it cannot be with that."""
    key = "number", role, rules.words.place(role, value)
    known = rules.words.portion(key)
    if known is not None:
        return known
    limited = rules.index.intervals.get(role, {}).items()
    refused = rules.words.word([head for head, each in limited if not each.contains(value)])
    return _new(rules, key, Facts(values=((subject, role, value),)), subject, refused)


def _new(rules: Rules, key: Key, facts: Facts, subject: str, refused: int = 0) -> Portion:
    """A portion of which none was met before, worked out and kept."""
    closure = classify(rules, facts)
    apart = all(
        types.keys() == _unled(rules, facts, each)
        for each, types in closure.type_table.items()
        if each != subject
    )
    portion = portion_of(rules, closure, subject, refused=refused, apart=apart)
    return rules.words.keep(key, portion)


def _unled(rules: Rules, facts: Facts, individual: str) -> AbstractSet[str]:
    """The classes and expressions that an individual has where nothing leads to it."""
    said, unled = rules.index.constants.get(individual), rules.words.unled
    if said is None:
        own = _Parts(facts).facts_of(individual)
        return classify(rules, own).type_table.get(individual, {}).keys()
    if individual not in unled:
        own = Facts(types=((individual, said[0][0]),))
        unled[individual] = frozenset(classify(rules, own).type_table[individual])
    return unled[individual]


# ── Taking a case apart ─────────────────────────────────────────────────────────────────────


class _Parts:
    """The facts of a case by the individual that they are of."""

    def __init__(self, facts: Facts) -> None:
        self.types: dict[str, list[str]] = {}
        self.edges: dict[str, list[tuple[str, str]]] = {}
        self.values: dict[str, list[tuple[str, Decimal]]] = {}
        for individual, class_iri in facts.types:
            self.types.setdefault(individual, []).append(class_iri)
        for individual, role, target in facts.edges:
            self.edges.setdefault(individual, []).append((role, target))
        for individual, role, value in facts.values:
            self.values.setdefault(individual, []).append((role, value))

    def facts_of(self, individual: str, *before: tuple[str, str, str]) -> Facts:
        """The facts of an individual and of all that it leads to, behind some edges."""
        found = [*self._reached(individual)]
        edges = [(each, *edge) for each in found for edge in self.edges.get(each, ())]
        return Facts(
            tuple([(each, name) for each in found for name in self.types.get(each, ())]),
            (*before, *edges),
            tuple([(each, *value) for each in found for value in self.values.get(each, ())]),
        )

    def _reached(self, individual: str) -> Iterator[str]:
        yield individual
        for _, target in self.edges.get(individual, ()):
            yield from self._reached(target)


class _TakenApart(_Parts):
    """A case as the portions that its facts are of."""

    def __init__(self, rules: Rules, facts: Facts, subject: str) -> None:
        super().__init__(facts)
        self._rules = rules
        self._subject = subject
        self._led_by: dict[str, list[str]] = {}
        """By part of the case, the properties that lead to it from there."""
        for role, part in self.edges.get(subject, ()):
            self._led_by.setdefault(part, []).append(role)
        self.found: dict[str, Portion] = {}
        """The portion of each part."""
        self._looked_at: set[str] = set()
        self._met = {subject}
        """The individuals that belong to a portion."""

    def portions(self) -> list[Portion] | None:
        """The portions that are given; None where the case is not made of such."""
        rules, subject = self._rules, self._subject
        parts = [self._part(each) for each in self._led_by]
        found = [each for each in parts if each is not None]
        numbers = self.values.get(subject, ())
        once = len({role for role, _ in numbers}) == len(numbers)
        is_whole = self._met.issuperset((*self.types, *self.edges, *self.values))
        if len(found) < len(parts) or not (once and is_whole):
            return None
        found += [_by_class(rules, subject, each) for each in self.types.get(subject, ())]
        found += [_by_number(rules, subject, role, value) for role, value in numbers]
        return found

    def _part(self, part: str) -> Portion | None:
        """What the case is and shows by a part of it, where that turns on nothing else."""
        if part in self._looked_at:
            return self.found.get(part)
        self._looked_at.add(part)
        key = self._key(part, _DEEPEST) if self._is_parted(part) else None
        if key is None:
            return None
        roles = self._led_by[part]
        key = ("part", *roles, *key)
        known = self._rules.words.portion(key)
        if known is None:
            edges = [(self._subject, role, part) for role in roles]
            known = _new(self._rules, key, self.facts_of(part, *edges), self._subject)
        self.found[part] = known
        return known

    def _is_parted(self, part: str) -> bool:
        """Whether a part could be parted from others that it leads to, and now is.

        It is given the classes that it has by them.
        """
        own: list[tuple[str, str]] = []
        for role, to in self.edges.get(part, ()):
            if to not in self._led_by:
                own.append((role, to))
                continue
            classes = self._classes_by(role, to)
            if classes is None:
                return False
            self.types[part] = [*self.types.get(part, ()), *classes]
        if part in self.edges:
            self.edges[part] = own
        return True

    def _classes_by(self, role: str, to: str) -> list[str] | None:
        """The classes that something has since it leads to a part of the case."""
        portion, rules = self._part(to), self._rules.index.roles.get(role)
        if portion is None or rules is None:
            return None if portion is None else []
        types = portion.leads[0].types
        told = any(each not in types for each, _ in rules.ranges)
        if told or rules.implied or rules.before or rules.after:
            return None
        classes = [each for each, _ in rules.domains] + rules.anything
        heads = [heads for each, heads in rules.some.items() if each in types]
        return [*classes, *chain.from_iterable(heads)]

    def _key(self, part: str, deepest: int) -> Key | None:
        """What the portion of a part is found by; None where it is not of the case alone."""
        if not deepest or part == self._subject or part in self._rules.index.constants:
            return None
        self._met.add(part)
        place, values = self._rules.words.place, self.values.get(part, ())
        numbers = {role: place(role, value) for role, value in values}
        further = [(role, self._key(to, deepest - 1)) for role, to in self.edges.get(part, ())]
        if len(numbers) < len(values) or any(key is None for _, key in further):
            return None
        types = tuple(self.types.get(part, ()))
        return sort_of(part, self._subject), types, *numbers.items(), *further
