"""How two statements stand to each other, by their terms and by what the ontology says of these.

Statements are compared where they have one predicate, or two that the ontology compares, and one
object, or one that is a kind of the other; where they advise for and against one measurement; where
their courses are opposite, or one is worse; and where a word of frequency, a degree or an alert is
theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations
from typing import Final


class Relation(StrEnum):
    """How two statements about the same stand to each other."""

    OTHERWISE = "says otherwise"
    OTHER_PATIENTS = "says otherwise of other patients"
    OTHER_MEASUREMENT = "says otherwise of another measurement"
    TENSION = "pulls the other way"
    ANOTHER_LIMIT = "draws another limit"
    NARROWER = "says it of a narrower kind"
    WEAKER = "says it more weakly"
    SAME = "says the same"


_ORDERED: Final = (Relation.NARROWER, Relation.WEAKER)
"""Relations in which the first statement stands to the second, and not the second to the first."""


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
    kind: str = ""
    analyte: str = ""
    direction: str = ""
    frequency: str = ""
    grade: str = ""
    limit: tuple[str, str, str] = ("", "", "")
    """The two numbers of its size, and their unit."""
    measured: frozenset[str] = frozenset()
    """The measurements that its object is, is made of or speaks of."""
    carries: str = ""
    strength: int = 0
    """The rank of its modality; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class Compared:
    """With the statements of which predicate those of another are compared."""

    predicate: str
    is_converse: bool = False
    """Whether subject and object change places."""
    is_opposite: bool = False
    """Whether what the one affirms the other is against."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an ontology says of the terms of statements."""

    above: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The classes above each class, and the wider concepts of each concept."""
    opposites: Collection[frozenset[str]] = frozenset()
    """Pairs of directions, frequencies or courses of which one thing cannot have both."""
    worse: Collection[frozenset[str]] = frozenset()
    """Pairs of courses of which one is worse, and one patient may have both."""
    compared: Mapping[str, Compared] = field(default_factory=dict)
    """Predicates that are read as another one."""
    by_measurement: Collection[str] = frozenset()
    """Predicates whose statements are compared by what is measured."""

    def is_below(self, narrow: str, wide: str) -> bool:
        """Whether a term is a kind of another one."""
        return narrow != wide and wide in self.above.get(narrow, ())

    def overlap(self, one: str, other: str) -> bool:
        """Whether two terms are one, or one is a kind of the other."""
        return one == other or self.is_below(one, other) or self.is_below(other, one)

    def opposed(self, one: str, other: str) -> bool:
        """Whether two terms are opposites."""
        return frozenset((one, other)) in self.opposites

    def pull_apart(self, one: str, other: str) -> bool:
        """Whether one of two courses is worse, and need not be its opposite."""
        return frozenset((one, other)) in self.worse

    def read(self, said: Said) -> Said:
        """A statement as one of the predicate that its own is compared with."""
        compared = self.compared.get(said.predicate)
        if compared is None:
            return said
        ends = said.subject, said.object
        subject, object_ = ends[::-1] if compared.is_converse else ends
        return replace(
            said,
            predicate=compared.predicate,
            subject=subject,
            object=object_,
            opposed=said.opposed or compared.is_opposite,
            is_finding=said.is_finding and not compared.is_converse,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements and how the first stands to the second."""

    relation: Relation
    statement: str
    other: str
    linked: tuple[str, ...] = ()
    """What a curator calls the link between them; none where there is no link."""


def pairs_of(said: Iterable[Said], terms: Terms) -> tuple[Pair, ...]:
    """The pairs among statements, each once.

    Only statements of one group are compared, so the time grows with the groups.
    """
    own = tuple(said)
    read = [terms.read(each) for each in own]
    groups = _groups(read, terms)
    for each in own:  # the same is told of the subject that the sentence has
        if each.carries:
            groups["carried", each.carries, each.subject].append(each)
    judge = _Judge(terms)
    found = {
        pair: None
        for key, group in groups.items()
        for one, other in combinations(group, 2)
        if one.id != other.id
        for pair in judge.related(key[0], one, other)
    }
    found |= {
        pair: None
        for narrow in read
        for wider in terms.above.get(narrow.object, ())
        for wide in groups.get(("said", narrow.predicate, wider), ())
        if narrow.id != wide.id and narrow.opposed == wide.opposed
        for pair in judge.narrower(narrow, wide)
    }
    return tuple(sorted(found, key=lambda each: (each.relation, each.statement, each.other)))


def _groups(read: Iterable[Said], terms: Terms) -> defaultdict[tuple[str, ...], list[Said]]:
    """Statements that are compared with one another; the first of a key says in which respect."""
    groups: defaultdict[tuple[str, ...], list[Said]] = defaultdict(list)
    courses = {each for pairs in (terms.opposites, terms.worse) for pair in pairs for each in pair}
    for each in read:
        groups["said", each.predicate, each.object].append(each)
        if each.frequency:
            groups["often", each.predicate, each.subject, each.frequency].append(each)
        if each.grade and each.limit[0]:
            groups["size", each.analyte, each.direction, each.grade].append(each)
        if each.object in courses and each.analyte:
            groups["course", each.predicate, each.analyte, each.direction].append(each)
        for measured in each.measured if each.predicate in terms.by_measurement else ():
            groups["measured", each.predicate, each.kind, measured].append(each)
    return groups


@dataclass(frozen=True, slots=True)
class _Judge:
    """Tells how two statements of one group stand to each other."""

    terms: Terms

    def related(self, group: str, one: Said, other: Said) -> Iterator[Pair]:
        """Their relation, where there is one."""
        match group:
            case "size":
                yield from _another_limit(one, other)
            case "often":
                yield from self.narrower(one, other)
            case "course":
                yield from self._course(one, other)
            case "carried":
                if one.predicate != other.predicate:
                    yield from self._alike(one, other)
            case "measured":
                yield from self._measured(one, other)
            case _:
                yield from self._said(one, other)

    def _said(self, one: Said, other: Said) -> Iterator[Pair]:
        if one.opposed != other.opposed or self.terms.opposed(one.direction, other.direction):
            yield from self._otherwise(one, other)
        elif self.terms.opposed(one.frequency, other.frequency):
            yield from self._as_often(one, other)
        elif self._is_of_the_same(one, other):
            yield from self._alike(one, other)

    def _alike(self, one: Said, other: Said) -> Iterator[Pair]:
        """Two that say the same of one thing, or of a kind of it."""
        if one.context != other.context or self._is_kind_of(one, other):
            yield from self.narrower(one, other)
        elif one.strength != other.strength:
            yield _pair(Relation.WEAKER, *sorted((one, other), key=lambda each: each.strength))
        else:
            yield _pair(Relation.SAME, one, other)

    def _otherwise(self, one: Said, other: Said) -> Iterator[Pair]:
        if one.subject == other.subject:
            overlap = self.terms.overlap(one.context, other.context)
            yield _pair(Relation.OTHERWISE if overlap else Relation.OTHER_PATIENTS, one, other)

    def _as_often(self, one: Said, other: Said) -> Iterator[Pair]:
        """Frequencies that cannot both be, of one thing or of the like in another measurement."""
        if one.subject == other.subject:
            yield from self._otherwise(one, other)
        elif (
            self.terms.overlap(one.context, other.context)
            and one.analyte
            and other.analyte
            and one.analyte != other.analyte
            and one.direction == other.direction
        ):
            yield _pair(Relation.OTHER_MEASUREMENT, one, other)

    def _course(self, one: Said, other: Said) -> Iterator[Pair]:
        """Courses after the same result that are opposite, or of which one is worse."""
        if one.opposed != other.opposed:
            return
        if self.terms.pull_apart(one.object, other.object):
            yield _pair(Relation.TENSION, one, other)
        elif self.terms.opposed(one.object, other.object):
            if one.subject == other.subject:
                yield from self._otherwise(one, other)
            else:
                yield _pair(Relation.TENSION, one, other)

    def _measured(self, one: Said, other: Said) -> Iterator[Pair]:
        """Advice for and against one measurement, for two things."""
        if one.opposed != other.opposed and (one.subject, one.object) != (
            other.subject,
            other.object,
        ):
            overlap = self.terms.overlap(one.context, other.context)
            yield _pair(Relation.TENSION if overlap else Relation.OTHER_PATIENTS, one, other)

    def narrower(self, one: Said, other: Said) -> Iterator[Pair]:
        """The one that is of narrower patients, or of a narrower thing, and wider in nothing."""
        below = self.terms.is_below
        for narrow, wide in ((one, other), (other, one)):
            ends = ((narrow.subject, wide.subject), (narrow.object, wide.object))
            patients = below(narrow.context, wide.context)
            thing = any(below(*each) for each in ends)
            wider = below(wide.context, narrow.context) or any(below(*each[::-1]) for each in ends)
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
        return one.subject != other.subject and self.terms.overlap(one.subject, other.subject)


def _another_limit(one: Said, other: Said) -> Iterator[Pair]:
    """One degree with two limits in one unit."""
    if one.limit[2] == other.limit[2] and one.limit != other.limit:
        yield _pair(Relation.ANOTHER_LIMIT, one, other)


def _pair(relation: Relation, one: Said, other: Said) -> Pair:
    """The pair; where both stand to each other alike, by their ids."""
    if relation not in _ORDERED and other.id < one.id:
        one, other = other, one
    return Pair(relation, one.id, other.id)


def _share(one: str, other: str) -> bool:
    return bool(one) and one == other
