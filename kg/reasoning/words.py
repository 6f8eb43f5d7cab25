"""The classes of a case as the bits of a number, and what is kept of its portions.

Whether a conjunction holds, and whether classes can be together, is then asked of numbers.
"""

# No `from __future__ import annotations`: the rules are read by msgspec, and hold what is here.

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from functools import reduce
from itertools import count
from operator import or_
from typing import Final

from msgspec import Struct

from kg.reasoning.intervals import Interval

MOST_PORTIONS: Final = 4096
"""How many portions are kept; then they are worked out anew."""
_PAIR: Final = 2

Conjunction = tuple[int, int, str]
"""The bits of its parts, the bit of what follows from them, and its name."""
Key = tuple[Hashable, ...]
"""By which a portion is found again."""


class Lead(Struct, frozen=True, eq=False):
    """What a case leads to by a property."""

    role: str
    target: str
    """An individual of the graph; of a part of the case only what sort of part it is."""
    types: frozenset[str]
    """Its classes and expressions."""
    figures: frozenset[str]
    """The data properties that it has a value of."""


class Portion(Struct, frozen=True, eq=False):
    """What follows from one part of a case, or from one of its classes or numbers."""

    word: int
    """The classes and expressions that the case has by it, as bits."""
    types: frozenset[str]
    """The same by name."""
    kinds: frozenset[str]
    """The classes alone."""
    leads: tuple[Lead, ...]
    others: frozenset[str]
    """The classes and expressions of all other individuals."""
    has: frozenset[str]
    """The classes alone."""
    implied: frozenset[tuple[str, str]]
    """By property, the classes and expressions of which it cannot be without a member."""
    implied_classes: frozenset[str]
    """The classes among them."""
    figures: frozenset[str]
    """The data properties that the case has a value of."""
    refused: int
    """The bits of what the case cannot be with its number."""
    possible: bool
    """Whether there can be such a thing."""
    apart: bool
    """Whether it is the same whatever else a case has."""


class Words:
    """The bits of classes, what follows from several, and the portions of earlier cases."""

    def __init__(
        self,
        conjunctions: Iterable[tuple[str, tuple[str, ...]]],
        apart: Iterable[Iterable[str]],
        unsatisfiable: Iterable[str],
        facets: Iterable[tuple[str, Interval, str]],
    ) -> None:
        self._bits: dict[str, int] = {}
        self._places = count()
        self._conjunctions = tuple(
            [(self.word(parts), self.word((head,)), head) for head, parts in conjunctions]
        )
        self._able: tuple[int, tuple[Conjunction, ...]] = 0, ()
        """The bits that any case had, and the conjunctions of which cases had each part: the
        others are of parts of cases. Both change at once, for threads."""
        self._apart = tuple([self.word(each) for each in apart])
        self._clashing = reduce(or_, self._apart, 0)
        self._unsatisfiable = self.word(unsatisfiable)
        self._limits = _limits(facets)
        self.is_new = True
        """Whether no case was classified yet."""
        self._portions: dict[Key, Portion] = {}
        self.unled: dict[str, frozenset[str]] = {}
        """The classes that an individual of the graph has where nothing leads to it."""

    def word(self, classes: Iterable[str]) -> int:
        """Classes as the number of their bits."""
        bits, new = self._bits, self._places
        known = [bits.get(each) or bits.setdefault(each, 1 << next(new)) for each in classes]
        return reduce(or_, known, 0)

    def conjunctions(self, word: int) -> tuple[Conjunction, ...]:
        """Those that may hold of a case with these classes."""
        met, able = self._able
        if word & ~met:
            met |= word
            able = tuple([each for each in self._conjunctions if each[0] & met == each[0]])
            self._able = met, able
        return able

    def clash(self, word: int) -> bool:
        """Whether nothing can have these classes."""
        if word & self._unsatisfiable:
            return True
        able = word & self._clashing
        if able.bit_count() < _PAIR:
            return False
        return any((able & group).bit_count() >= _PAIR for group in self._apart)

    def place(self, role: str, value: Decimal) -> int:
        """Between which limits of a data property a value lies, or on which."""
        limits = self._limits.get(role, ())
        found = bisect_left(limits, value)
        return 2 * found + (found < len(limits) and limits[found] == value)

    def portion(self, key: Key) -> Portion | None:
        """What is kept by a key."""
        return self._portions.get(key)

    def keep(self, key: Key, portion: Portion) -> Portion:
        """Keep a portion for the cases to come; where there are too many, begin anew."""
        if len(self._portions) >= MOST_PORTIONS:
            self._portions = {}
        self._portions[key] = portion
        return portion

    def forget(self) -> None:
        """Forget all cases."""
        self._portions, self.is_new = {}, True


def _limits(facets: Iterable[tuple[str, Interval, str]]) -> Mapping[str, tuple[Decimal, ...]]:
    """By data property, every limit that a class sets."""
    found: dict[str, set[Decimal]] = {}
    for role, interval, _ in facets:
        ends = (interval.at_least, interval.above, interval.at_most, interval.below)
        found.setdefault(role, set()).update(each for each in ends if each is not None)
    return {role: tuple(sorted(limits)) for role, limits in found.items()}
