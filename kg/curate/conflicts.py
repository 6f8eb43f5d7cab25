"""Statements that speak of the same and say otherwise, found by their terms and the hierarchy.

Two statements speak of the same where they have one predicate and one object, and their subjects
are the same, one a kind of the other, or findings of one measurement in one direction. What a
curator linked by hand confirms what is found, and is no premise of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

from kg.model.statements import short_id
from kg.model.vocabulary import eg, text_of
from kg.store.base import Store
from kg.store.queries import shipped_rows

_DENIED: Final = str(eg("denied"))
_OPPOSITE: Final = {
    frozenset(map(str, map(eg, pair)))
    for pair in (
        ("direction-increased", "direction-decreased"),
        ("direction-increased", "direction-normal"),
        ("direction-increased", "direction-normal-or-decreased"),
        ("direction-decreased", "direction-normal"),
    )
}
"""Directions of which a marker cannot have both."""


class Relation(StrEnum):
    """How two statements about the same stand to each other."""

    OTHERWISE = "says otherwise"
    OTHER_PATIENTS = "says otherwise of other patients"
    ANOTHER_LIMIT = "draws another limit"
    NARROWER = "says it of a narrower kind"
    SAME = "says the same"


@dataclass(frozen=True, slots=True)
class Said:
    """What one statement says, by the IRIs of its terms; empty where it has none."""

    id: str
    subject: str
    predicate: str
    object: str
    context: str
    opposed: bool
    """Whether it denies its relation, or its words are against what they name, and not both."""
    is_finding: bool = False
    """Whether its subject is a finding."""
    analyte: str = ""
    direction: str = ""
    frequency: str = ""
    grade: str = ""
    limit: tuple[str, str, str] = ("", "", "")
    """The two numbers of its size, and their unit."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements and how the first stands to the second."""

    relation: Relation
    statement: str
    other: str
    linked: tuple[str, ...] = ()
    """What a curator calls the link between them; none where there is no link."""


def find_pairs(store: Store) -> tuple[Pair, ...]:
    """Every pair of statements of a graph that speak of the same, with the links between them."""
    links: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for row in _rows(store, "links"):
        links[_ends(row["statement"], row["other"])].append(row["link"])
    return tuple(
        Pair(
            each.relation,
            each.statement,
            each.other,
            tuple(links[_ends(each.statement, each.other)]),
        )
        for each in pairs_of([_said(row) for row in _rows(store, "said")], _above(store))
    )


def pairs_of(said: Iterable[Said], above: Mapping[str, Collection[str]]) -> tuple[Pair, ...]:
    """The pairs among statements; `above` are the classes above each class.

    Only statements of one predicate and object, or of one measurement and degree, are compared.
    """
    groups: defaultdict[tuple[str, ...], list[Said]] = defaultdict(list)
    for each in said:
        groups["said", each.predicate, each.object].append(each)
        if each.frequency:
            groups["often", each.predicate, each.subject, each.frequency].append(each)
        if each.grade and each.limit[0]:
            groups["size", each.analyte, each.direction, each.grade].append(each)
    judge = _Judge(above)
    found = {
        pair: None
        for key, group in groups.items()
        for one, other in combinations(group, 2)
        for pair in judge.related(key[0], one, other)
    }
    return tuple(sorted(found, key=lambda each: (each.relation, each.statement, each.other)))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Tells how two statements of one group stand to each other."""

    above: Mapping[str, Collection[str]]

    def related(self, group: str, one: Said, other: Said) -> Iterator[Pair]:
        """Their relation, where there is one."""
        if one.id == other.id:
            return
        if group == "size":
            if one.limit[2] == other.limit[2] and one.limit != other.limit:
                yield _pair(Relation.ANOTHER_LIMIT, one, other)
            return
        if group == "often":
            yield from self._narrower(one, other)
            return
        if one.opposed != other.opposed or frozenset((one.direction, other.direction)) in _OPPOSITE:
            yield from self._otherwise(one, other)
        elif self._is_of_the_same(one, other):
            if one.context == other.context and not self._is_kind_of(one, other):
                yield _pair(Relation.SAME, one, other)
            else:
                yield from self._narrower(one, other)

    def _otherwise(self, one: Said, other: Said) -> Iterator[Pair]:
        overlap = self._is_within(one.context, other.context) or self._is_within(
            other.context, one.context
        )
        if overlap and one.subject == other.subject:
            yield _pair(Relation.OTHERWISE, one, other)
        elif not overlap and (one.subject == other.subject or one.object == one.analyte):
            yield _pair(Relation.OTHER_PATIENTS, one, other)

    def _narrower(self, one: Said, other: Said) -> Iterator[Pair]:
        """The one that is of narrower patients, or of a narrower thing, and wider in neither."""
        for narrow, wide in ((one, other), (other, one)):
            patients = self._is_below(narrow.context, wide.context)
            thing = self._is_below(narrow.subject, wide.subject)
            wider = self._is_below(wide.context, narrow.context) or self._is_below(
                wide.subject, narrow.subject
            )
            same_patients = narrow.context == wide.context
            if not wider and (patients or (thing and same_patients)):
                yield _pair(Relation.NARROWER, narrow, wide)
                return

    def _is_of_the_same(self, one: Said, other: Said) -> bool:
        if one.subject == other.subject or self._is_kind_of(one, other):
            return True
        alike = _share(one.analyte, other.analyte) and _share(one.direction, other.direction)
        return alike and (one.is_finding or other.is_finding)

    def _is_kind_of(self, one: Said, other: Said) -> bool:
        """Whether what one is about is a kind of what the other is about."""
        subjects = one.subject, other.subject
        return one.subject != other.subject and any(
            self._is_within(*each) for each in (subjects, subjects[::-1])
        )

    def _is_within(self, narrow: str, wide: str) -> bool:
        return narrow == wide or self._is_below(narrow, wide)

    def _is_below(self, narrow: str, wide: str) -> bool:
        return narrow != wide and wide in self.above.get(narrow, ())


def _pair(relation: Relation, one: Said, other: Said) -> Pair:
    """The pair; where both stand to each other alike, by their ids."""
    if relation is not Relation.NARROWER and other.id < one.id:
        one, other = other, one
    return Pair(relation, one.id, other.id)


def _share(one: str, other: str) -> bool:
    return bool(one) and one == other


def _ends(one: str, other: str) -> frozenset[str]:
    return frozenset((short_id(one), short_id(other)))


def _said(row: Mapping[str, str]) -> Said:
    return Said(
        id=short_id(row["statement"]),
        subject=row["subject"],
        predicate=row["predicate"],
        object=row["object"],
        context=row["context"],
        opposed=(row["polarity"] == _DENIED) != ("against" in row),
        is_finding="finding" in row,
        analyte=row.get("analyte", ""),
        direction=row.get("direction", ""),
        frequency=row.get("frequency", ""),
        grade=row.get("grade", ""),
        limit=(row.get("low", ""), row.get("high", ""), row.get("unit", "")),
    )


def _above(store: Store) -> Mapping[str, Collection[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(store, "kinds-of-kinds"):
        found[row["class"]].add(row["above"])
    return found


def _rows(store: Store, name: str) -> Iterator[Mapping[str, str]]:
    for row in shipped_rows(store, f"report/{name}").records():
        yield {key: text_of(value) for key, value in row.items()}
