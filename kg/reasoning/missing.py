"""What an individual still lacks for a class: which datum is unknown, and which is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final

from kg.reasoning.closure import Closure
from kg.reasoning.intervals import Interval
from kg.reasoning.ruleset import THING, TYPE, Rules

_MOST_WAYS: Final = 16
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class Lack:
    """One fact that is missing.

    `path` leads from the individual to something the case does not have yet; it is empty when the
    individual itself lacks the fact. `filler` is a class (role rdf:type, or what the property must
    lead to) or an individual; for a decimal it is empty and `interval` holds the bounds.
    `open` is false when what is known already rules the fact out.
    """

    individual: str
    path: tuple[str, ...]
    role: str
    filler: str
    interval: Interval | None = None
    open: bool = True


Way = tuple[Lack, ...]
"""Facts that would suffice together."""


def missing(rules: Rules, class_iri: str, closure: Closure, individual: str) -> tuple[Way, ...]:
    """The ways in which the individual could come to belong to the class, the nearest first.

    One empty way means that it belongs already; no way at all, that only rules could tell.
    """
    finder = _Finder(rules, closure)
    return finder.ordered(finder.of_class(class_iri, _Place(individual), ()))


@dataclass(frozen=True, slots=True)
class _Place:
    """An individual of the case, or what its properties would lead to."""

    individual: str
    path: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()

    @property
    def exists(self) -> bool:
        """Whether the case has it already."""
        return not self.path

    def lack(
        self, role: str, filler: str, interval: Interval | None = None, *, open_: bool = True
    ) -> Way:
        return (Lack(self.individual, self.path, role, filler, interval, open_),)


class _Finder:
    """Reads the definitions backwards, from a class to the facts it asks for."""

    def __init__(self, rules: Rules, closure: Closure) -> None:
        self._rules = rules
        self._closure = closure

    def ordered(self, ways: Iterable[Way]) -> tuple[Way, ...]:
        """Each way once, without those that ask for more than another one."""
        unique = {frozenset(way): way for way in ways}
        least = [way for key, way in unique.items() if not any(each < key for each in unique)]
        return tuple(sorted(least, key=_cost)[:_MOST_WAYS])

    def of_class(self, iri: str, place: _Place, above: tuple[str, ...]) -> list[Way]:
        if self._holds(iri, place):
            return [()]
        if iri in self._rules.definitions:
            return self._of_expression(self._rules.definitions[iri], place, above)
        if iri in above or len(above) >= _DEEPEST:
            return []
        ways = [
            way
            for each in self._definitions_of(iri)
            for way in self.of_class(each, place, (*above, iri))
        ]
        told = [place.lack(TYPE, iri, open_=self._possible(iri, place))]
        return list(self.ordered(ways)) if self._is_defined(iri) else [*told, *self.ordered(ways)]

    def _of_expression(
        self, definition: tuple[str, ...], place: _Place, above: tuple[str, ...]
    ) -> list[Way]:
        kind, *parts = definition
        match kind:
            case "and":
                choices = [self.ordered(self.of_class(part, place, above)) for part in parts]
                joined = (_join(choice) for choice in product(*choices))
                return list(self.ordered(joined))
            case "or":
                return [way for part in parts for way in self.of_class(part, place, above)]
            case "some":
                return self._of_some(parts[0], parts[1], place, above)
            case "value":
                return [place.lack(parts[0], parts[1])]
        interval = Interval.from_list([bound or None for bound in parts[1:]])
        known = self._closure.values(place.individual, parts[0]) if place.exists else frozenset()
        undecided = not (known and parts[0] in self._rules.functional)
        return [place.lack(parts[0], "", interval, open_=undecided)]

    def _of_some(self, role: str, filler: str, place: _Place, above: tuple[str, ...]) -> list[Way]:
        ways: list[Way] = []
        if place.exists:
            for target in sorted(self._closure.objects(place.individual, role)):
                ways.extend(self.of_class(filler, _Place(target), above))
        new = _Place(place.individual, (*place.path, role), self._ranges(role))
        imagined = self.of_class(filler, new, above)
        return [*ways, *(way or place.lack(role, filler) for way in imagined)]

    def _holds(self, iri: str, place: _Place) -> bool:
        if iri == THING:
            return True
        if place.exists:
            return self._closure.has_type(place.individual, iri)
        return iri in place.known

    def _ranges(self, role: str) -> frozenset[str]:
        """The classes of whatever the property leads to."""
        uppers = self._rules.super_properties.get(role, ())
        roles = {role, *(upper.property for upper in uppers)}
        told = {rule.target for rule in self._rules.ranges if rule.property in roles}
        implied = {each for iri in told for each in self._rules.supers.get(iri, ())}
        return frozenset(told | implied)

    def _is_defined(self, iri: str) -> bool:
        return any(each in self._rules.definitions for each in self._equivalents(iri))

    def _equivalents(self, iri: str) -> list[str]:
        supers = self._rules.supers
        return [each for each in supers.get(iri, ()) if iri in supers.get(each, ())]

    def _definitions_of(self, iri: str) -> list[str]:
        """The expressions that say what the class is; else the defined classes just below it."""
        own = [each for each in self._equivalents(iri) if each in self._rules.definitions]
        if own:
            return own
        below = [each for each, uppers in self._rules.supers.items() if iri in uppers]
        defined = [
            each for each in below if each in self._rules.definitions or self._is_defined(each)
        ]
        highest = [
            each
            for each in defined
            if not any(other in self._rules.supers.get(each, ()) for other in defined)
        ]
        return highest if len(highest) <= _MOST_WAYS else []

    def _possible(self, iri: str, place: _Place) -> bool:
        """Whether no known class of the individual excludes it."""
        if not place.exists:
            return True
        implied = {iri, *self._rules.supers.get(iri, ())}
        return not any(
            (one in implied and self._holds(other, place))
            or (other in implied and self._holds(one, place))
            for one, other, _ in self._rules.disjoint
        )


def _join(ways: Iterable[Way]) -> Way:
    return tuple(dict.fromkeys(lack for way in ways for lack in way))


def _cost(way: Way) -> tuple[int, int, str]:
    return sum(not lack.open for lack in way), len(way), repr(way)
