"""What was worked out of one case is kept for all cases that look the same where it matters.

An answer is made of rows, and a row asks a few questions of a case: whether it is of a kind, shows
a finding, has something of a class. Every question has a bit, and a case is the number of the bits
that are a yes. While a row is worked out, its questions are noted; another case that answers these
in the same way has the same row, whatever else is known of it. A row is found again by the bits
that it asked for, so nothing has to be known of what rows depend on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import Enum, auto
from functools import reduce
from itertools import count
from operator import or_
from typing import Final, Generic, TypeVar, cast

from msgspec.structs import replace

from kg.answer.classified import WORKED_OUT, ClassifiedCase
from kg.answer.seen import Names, SeenResult
from kg.model.vocabulary import EG
from kg.reasoning.rules import TYPE
from kg.reasoning.words import MOST_PORTIONS, Lead, Portion

MOST_KEPT: Final = 2048
"""How many values of one row are kept; then they are worked out anew."""

_T = TypeVar("_T")
_NO_NAMES: Final[frozenset[str]] = frozenset()
_SORTS: Final = {
    each: (each,) for each in ("contexts", "findings", "present", "absent", "shown", "gates")
}
_OF_CASE: Final = ("case",)
_SCOPE: Final = "in scope"


class _Nothing(Enum):
    """Stands for what was not found."""

    NOTHING = auto()


_NOTHING: Final = _Nothing.NOTHING

Key = tuple[Hashable, ...]
"""A row: its sort, and what it is about."""
Sort = tuple[str, ...]
"""What questions have in common, such as to ask for a finding, or for a class of a result."""


class Bits(dict[Sort, "BitsOf"]):
    """The bit of every question that was ever asked, or that a case says yes to, by its sort."""

    def __init__(self, measurements: frozenset[str]) -> None:
        super().__init__()
        self._places = count()
        self._measurements = measurements
        """The measurements of whose results something is asked."""
        self._portions: dict[Portion, tuple[int, _Measured]] = {}
        self._tables: dict[tuple[str, int], tuple[Mapping[str, object], dict[int, str], int]] = {}
        """Tables are held, so that no other is taken for one of them."""

    def __missing__(self, sort: Sort) -> BitsOf:
        return self.setdefault(sort, BitsOf(self._places))

    def bits(self, sort: Sort, names: Iterable[str]) -> int:
        """The bits of questions of one sort."""
        return reduce(or_, map(self[sort].__getitem__, names), 0)

    def table(self, name: str, names: Mapping[str, object]) -> tuple[dict[int, str], int]:
        """The names of a table that lasts, by the bits of the questions for them; and all bits."""
        key = name, id(names)
        if key not in self._tables:
            by_bit = {self[_SORTS[name]][each]: each for each in names}
            self._tables[key] = names, by_bit, reduce(or_, by_bit, 0)
        _, by_bit, mask = self._tables[key]
        return by_bit, mask

    def word(self, case: ClassifiedCase) -> int:
        """A case as the number of all questions that it says yes to."""
        word = self[_OF_CASE][_SCOPE] if case.in_scope else 0
        for name in ("absent", "shown", "gates"):
            word |= self.bits(_SORTS[name], getattr(case, name))
        places: dict[str, int] = {}
        for portion in case.found.portions:
            said, measured = self._portions.get(portion) or self._new(portion)
            word |= said
            for measurement, words in measured:
                place = places[measurement] = places.get(measurement, -1) + 1
                word |= words[place]
        return word

    def _new(self, portion: Portion) -> tuple[int, _Measured]:
        """What a portion says yes to, and by measurement what its results do.

        It is kept with others, but where it is a whole case, which does not come again.
        """
        word = 0
        for sort, names in _yes(portion):
            word |= self.bits(sort, names)
        results = [each for each in portion.leads if each.role == EG.hasObservation]
        measured = [
            (measurement, _Places(self, measurement, each))
            for each in results
            for measurement in sorted(self._measurements & each.types)
        ]
        if not portion.apart:
            return word, measured
        if len(self._portions) >= MOST_PORTIONS:
            self._portions = {}
        return self._portions.setdefault(portion, (word, measured))


class _Places(dict[int, int]):
    """What a result says yes to, by its place among those of its measurement."""

    def __init__(self, bits: Bits, measurement: str, result: Lead) -> None:
        super().__init__()
        self._bits = bits
        self._measurement = measurement
        self._result = result

    def __missing__(self, place: int) -> int:
        at, result, bits = (self._measurement, str(place)), self._result, self._bits
        said = {
            "there": True,
            "figures": bool(result.figures),
            "worked out": result.target == WORKED_OUT,
        }
        word = bits.bits(at, [each for each, holds in said.items() if holds])
        word |= bits.bits((*at, "type"), result.types)
        word |= bits.bits((*at, "figure"), result.figures)
        return self.setdefault(place, word)


_Measured = list[tuple[str, _Places]]


class BitsOf(dict[str, int]):
    """The bits of the questions of one sort, by what they are about."""

    def __init__(self, places: Iterator[int]) -> None:
        super().__init__()
        self._places = places

    def __missing__(self, name: str) -> int:
        return self.setdefault(name, 1 << next(self._places))


def _yes(portion: Portion) -> Iterator[tuple[Sort, Iterable[str]]]:
    """Everything that a portion says yes to, by sort, but what is asked of results one by one."""
    yield _SORTS["contexts"], portion.kinds
    yield _SORTS["findings"], [e.target for e in portion.leads if e.role == EG.hasFinding]
    yield _SORTS["present"], portion.has | portion.implied_classes
    yield (TYPE,), portion.types
    yield from (((each.role,), each.types) for each in portion.leads)
    yield from (((role,), (filler,)) for role, filler in portion.implied)
    yield from (((role,), ("",)) for role in portion.figures)


class _Asked:
    """Names of one sort, each question about them noted."""

    __slots__ = ("_sight", "_sort")

    def __init__(self, sight: Sight, *sort: str) -> None:
        self._sight = sight
        self._sort = sort

    def __contains__(self, name: object) -> bool:
        return self._sight.asks(self._sort, str(name))

    def isdisjoint(self, names: Iterable[str]) -> bool:
        return not any(each in self for each in names)


class _AskedResult:
    """One result, each question about it noted."""

    __slots__ = ("_at", "_sight")

    def __init__(self, sight: Sight, *at: str) -> None:
        self._sight = sight
        self._at = at

    @property
    def types(self) -> Names:
        return _Asked(self._sight, *self._at, "type")

    @property
    def figures(self) -> Names:
        return _Asked(self._sight, *self._at, "figure")

    @property
    def has_figures(self) -> bool:
        return self._sight.asks(self._at, "figures")

    @property
    def worked_out(self) -> bool:
        return self._sight.asks(self._at, "worked out")


class Sight:
    """A case of which only single questions can be asked, and are noted."""

    __slots__ = ("_bits", "case", "read", "rows", "word")

    def __init__(self, bits: Bits, case: ClassifiedCase, word: int | None = None) -> None:
        self._bits = bits
        self.case = case
        """The case as it is; whoever looks into it notes what he depends on."""
        self.word = bits.word(case) if word is None else word
        self.read = 0
        """The bits of all questions that were asked."""
        self.rows: dict[Key, object] | None = None
        """Where rows are kept with this case alone, those that it has."""

    def asks(self, sort: Sort, name: str) -> bool:
        """Whether the case says yes to a question, which is noted."""
        bit = self._bits[sort][name]
        self.read |= bit
        return bool(self.word & bit)

    def afresh(self) -> Sight:
        """The same case, of which nothing was asked."""
        return Sight(self._bits, self.case, self.word)

    def with_more(self, more: Iterable[tuple[str, str]]) -> Sight:
        """The case as it would be with more: each by where it is, such as in its `findings`."""
        word = self.word
        for name, each in more:
            word |= self._bits[_SORTS[name]][each]
        return Sight(self._bits, self.case, word)

    def of(self, case: ClassifiedCase) -> Sight:
        """The case as it would be with the kinds and findings of another, and what that has."""
        word = self.word
        for name in ("contexts", "findings", "present"):
            bits = self._bits[_SORTS[name]]
            word &= ~reduce(or_, bits.values(), 0)
            word |= self._bits.bits(_SORTS[name], getattr(case, name))
        return Sight(self._bits, case, word)

    @property
    def contexts(self) -> Names:
        """The kinds of case that it is."""
        return _Asked(self, "contexts")

    @property
    def applicable(self) -> Names:
        """The kinds of case whose statements may be used: none outside the scope."""
        return self.contexts if self.in_scope else _NO_NAMES

    @property
    def findings(self) -> Names:
        """The findings that it shows."""
        return _Asked(self, "findings")

    @property
    def present(self) -> Names:
        """The classes of what it has."""
        return _Asked(self, "present")

    @property
    def absent(self) -> Names:
        """The classes of what it is said not to have."""
        return _Asked(self, "absent")

    @property
    def shown(self) -> Names:
        """The classes of which it has one that only a result shows."""
        return _Asked(self, "shown")

    @property
    def gates(self) -> Names:
        """The kinds of case outside the scope that it would be by what was set aside."""
        return _Asked(self, "gates")

    @property
    def subject_types(self) -> Names:
        """The kinds of case that it is, compound ones too."""
        return _Asked(self, TYPE)

    @property
    def in_scope(self) -> bool:
        """Whether it is one that the sources are about."""
        return self.asks(_OF_CASE, _SCOPE)

    def among(self, name: str, names: Mapping[str, object]) -> list[str]:
        """Those of some names that are in its `contexts`, or in its `gates`; all are noted."""
        by_bit, mask = self._bits.table(name, names)
        self.read |= mask
        found, left = [], self.word & mask
        while left:
            lowest = left & -left
            found.append(by_bit[lowest])
            left ^= lowest
        return found

    def has(self, role: str, filler: str) -> bool:
        """Whether it has what a kind of case asks for: a class, a value, or what leads to one."""
        return self.asks((role,), filler)

    def results(self, measurement: str) -> list[SeenResult]:
        """The results that it has of a measurement."""
        found: list[SeenResult] = []
        while self.asks((measurement, str(len(found))), "there"):
            found.append(_AskedResult(self, measurement, str(len(found))))
        return found


class OnlySight(Sight):
    """The one case that is asked about so far: its rows are kept with it, and nothing is noted."""

    __slots__ = ()

    def __init__(self, bits: Bits, case: ClassifiedCase) -> None:
        super().__init__(bits, case, 0)
        self.rows = {}

    def with_more(self, more: Iterable[tuple[str, str]]) -> OnlySight:
        """The case as it would be with more."""
        names: dict[str, frozenset[str]] = {}
        for name, each in more:
            names[name] = names.get(name, getattr(self.case, name)) | {each}
        return OnlySight(self._bits, replace(self.case, **names))

    def of(self, case: ClassifiedCase) -> OnlySight:
        """Another case, that this one would be."""
        return OnlySight(self._bits, case)

    @property
    def contexts(self) -> Names:
        """The kinds of case that it is."""
        return self.case.contexts

    @property
    def findings(self) -> Names:
        """The findings that it shows."""
        return self.case.findings

    @property
    def present(self) -> Names:
        """The classes of what it has."""
        return self.case.present

    @property
    def absent(self) -> Names:
        """The classes of what it is said not to have."""
        return self.case.absent

    @property
    def shown(self) -> Names:
        """The classes of which it has one that only a result shows."""
        return self.case.shown

    @property
    def gates(self) -> Names:
        """The kinds of case outside the scope that it would be by what was set aside."""
        return self.case.gates

    @property
    def subject_types(self) -> Names:
        """The kinds of case that it is, compound ones too."""
        return self.case.subject_types

    @property
    def in_scope(self) -> bool:
        """Whether it is one that the sources are about."""
        return self.case.in_scope

    def among(self, name: str, names: Mapping[str, object]) -> list[str]:
        """Those of some names that are in its `contexts`, or in its `gates`."""
        return self.case.among(name, names)

    def has(self, role: str, filler: str) -> bool:
        """Whether it has what a kind of case asks for: a class, a value, or what leads to one."""
        return self.case.has(role, filler)

    def results(self, measurement: str) -> list[SeenResult]:
        """The results that it has of a measurement."""
        return [*self.case.results(measurement)]


class Kept(Generic[_T]):
    """What one row comes to in the cases that were seen, by the bits that it asked for."""

    __slots__ = ("_key", "_state", "_work_out")

    def __init__(self, key: Key, work_out: Callable[[Sight], _T]) -> None:
        self._key = key
        self._work_out = work_out
        self._state: tuple[int, dict[int, _T]] = (0, {})
        """The bits that were ever asked for, and by them what was found."""

    @property
    def size(self) -> int:
        """How many values are kept."""
        return len(self._state[1])

    def of(self, sight: Sight) -> _T:
        """What it comes to in a case; what it asks for is noted of whoever asks."""
        if sight.rows is not None:
            return self._alone(sight, sight.rows)
        asked, known = self._state
        found = known.get(sight.word & asked, _NOTHING)
        if found is _NOTHING:
            return self._new(sight)
        sight.read |= asked
        return found

    def _alone(self, sight: Sight, rows: dict[Key, object]) -> _T:
        if self._key not in rows:
            rows[self._key] = self._work_out(sight)
        return cast("_T", rows[self._key])

    def _new(self, sight: Sight) -> _T:
        """Work it out, and keep it.

        What was kept before a further question was met stays true, for it did not turn on that.
        Both change at once, so that no thread looks for the bits of one among those of the other.
        """
        own = sight.afresh()
        found = self._work_out(own)
        before, known = self._state
        asked = before | own.read
        if len(known) >= MOST_KEPT:
            known = {}
        elif asked != before:
            known = known.copy()
        known[sight.word & asked] = found
        self._state = asked, known
        sight.read |= asked
        return found
