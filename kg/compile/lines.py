"""The lines of a graph in groups, and whether they changed.

A group is what one pattern of a query tells apart: the property, the class where that is the type,
and the kinds of subject and object, which are the folders of their names. A graph is given in parts
that change one by one, such as its files; the groups of each are counted once.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from kg.model.vocabulary import BASE, RDF

if TYPE_CHECKING:
    from hashlib import _Hash

_BASE: Final = f"<{BASE}"
_TYPE: Final = RDF.type.n3()
_FEW: Final = 32
"""The subjects of so many lines of a group are known by name."""


class Place(Struct, frozen=True):
    """Where a node surely stands: in a line with one of these properties."""

    properties: tuple[str, ...]
    is_subject: bool
    object: str
    """The object of that line where it is known, or nothing."""


class End(Struct, frozen=True):
    """What a node of a line has to be, if the line is to matter; what is empty may be anything."""

    name: str = ""
    sure: tuple[tuple[Place, ...], ...] = ()
    """It stands at one of these places, and at one of those."""
    starts: tuple[str, ...] = ()
    """It is an IRI that begins with each of these."""


_ANY: Final = End()


class Pattern(Struct, frozen=True):
    """The lines that one triple of a query can match; what is empty may be anything."""

    properties: tuple[str, ...] = ()
    subject: End = _ANY
    object: End = _ANY
    property_sure: tuple[tuple[Place, ...], ...] = ()
    """Where the property surely stands, if the line is to matter."""
    any_object: bool = False
    """Whether nothing depends on what the object is."""


class Reading(Struct, frozen=True):
    """What a query looks at."""

    patterns: tuple[Pattern, ...]
    looked_up: tuple[Pattern, ...] | None = None
    """Where each row is made of the lines of one subject and of those that these patterns match:
    then a graph in which it finds something has a part, with all of the latter, in which it does,
    if the lines of no subject stand in two. None for a query that may take more."""

    @property
    def centred(self) -> bool:
        """Whether each row is made of lines of one subject."""
        return self.looked_up == ()


class Group(Struct, frozen=True):
    """Which lines are together."""

    property: str
    type: str
    """The class, where the property says that the subject is of it."""
    subject: str
    """The kind of the subjects."""
    object: str
    """The kind of the objects."""


class Counted(Struct, frozen=True):
    """A group in a part of a graph."""

    group: Group
    digest: str
    """Of its lines."""
    outline: str
    """Of its subjects, each as often as it stands there."""
    subjects: tuple[str, ...] | None
    """Where they are few."""


Counts = tuple[Counted, ...]
"""The groups of a part of a graph."""


def count_lines(nquads: bytes) -> Counts:
    """The groups of some lines; the same lines in the same order have the same."""
    lines: defaultdict[tuple[bytes, bytes, str, str], _Hash] = defaultdict(hashlib.sha256)
    subjects: defaultdict[tuple[bytes, bytes, str, str], list[bytes]] = defaultdict(list)
    kinds: dict[bytes, str] = {}
    typed = _TYPE.encode()
    before, kind = b"", ""
    for line in BytesIO(nquads):
        subject, name, rest = line.split(b" ", 2)
        if subject != before:
            before, kind = subject, kind_of(subject.decode())
        value = b'"' if rest.startswith(b'"') else rest[: rest.index(b" ")]
        of_value = kinds.get(value)
        if of_value is None:
            of_value = kinds[value] = kind_of(value.decode())
        group = (name, value if name == typed else b"", kind, of_value)
        lines[group].update(line)
        subjects[group].append(subject)
    return tuple(
        Counted(
            Group(name.decode(), of.decode(), kind, of_value),
            digest.hexdigest(),
            hashlib.sha256(b" ".join(found := subjects[name, of, kind, of_value])).hexdigest(),
            tuple(each.decode() for each in dict.fromkeys(found)) if len(found) <= _FEW else None,
        )
        for (name, of, kind, of_value), digest in sorted(lines.items(), key=lambda each: each[0])
    )


class Lines:
    """The groups of a whole graph, of which each query can match some."""

    def __init__(self, parts: Iterable[Counts]) -> None:
        self._counted: defaultdict[Group, list[Counted]] = defaultdict(list)
        for part in parts:
            for each in part:
                self._counted[each.group].append(each)
        self._of_property: defaultdict[str, list[Group]] = defaultdict(list)
        for group in sorted(
            self._counted, key=lambda each: (each.property, each.type, each.subject, each.object)
        ):
            self._of_property[group.property].append(group)
        self._kinds: dict[Place, frozenset[str]] = {}

    def digests(self, reading: Reading) -> Iterator[bytes]:
        """What tells of each group of lines that a query can match whether it is the same."""
        needed: dict[Group, bool] = {}
        for pattern in reading.patterns:
            for group in self._matching(pattern):
                needed[group] = needed.get(group, True) and pattern.any_object
        for group, any_object in sorted(needed.items(), key=lambda each: repr(each[0])):
            yield repr(group).encode()
            for each in self._counted[group]:
                yield (each.outline if any_object else each.digest).encode()

    def matched(self, reading: Reading) -> frozenset[Group]:
        """The groups of lines that a query can match."""
        return frozenset(group for each in reading.patterns for group in self._matching(each))

    def few(self, patterns: Iterable[Pattern]) -> list[str] | None:
        """The properties that patterns look at, where there are few lines of them; None if not."""
        names = {name for each in patterns for name in each.properties or self._of_property}
        groups = [group for name in names for group in self._of_property.get(name, ())]
        counted = [each for group in groups for each in self._counted[group]]
        return None if any(each.subjects is None for each in counted) else sorted(names)

    def _matching(self, pattern: Pattern) -> Iterator[Group]:
        subject, value = self._kinds_of(pattern.subject), self._kinds_of(pattern.object)
        properties = pattern.properties or self._named(pattern.property_sure)
        for group in self._of(properties, pattern.object.name):
            if _is_of(group.subject, subject, pattern.subject.starts) and _is_of(
                group.object, value, pattern.object.starts
            ):
                yield group

    def _kinds_of(self, end: End) -> list[frozenset[str]]:
        """The kinds that a node may be of: of each of these sets one."""
        kinds = [frozenset().union(*map(self._kinds_at, places)) for places in end.sure]
        return [*kinds, frozenset([kind_of(end.name)])] if end.name else kinds

    def _of(self, properties: Sequence[str] | None, value: str) -> Iterator[Group]:
        """The groups of some properties, or of all, as far as a class is the one that is named."""
        for name in self._of_property if properties is None else properties:
            for group in self._of_property.get(name, ()):
                if not value or not group.type or group.type == value:
                    yield group

    def _named(self, sure: Iterable[tuple[Place, ...]]) -> list[str] | None:
        """The properties that stand at places of which few are known by name; None for any."""
        for places in sure:
            found = [self._subjects_at(place) for place in places]
            if None not in found:
                return sorted({name for names in found for name in names or ()})
        return None

    def _subjects_at(self, place: Place) -> list[str] | None:
        if not place.is_subject:
            return None
        counted = [
            e for group in self._of(place.properties, place.object) for e in self._counted[group]
        ]
        if any(each.subjects is None for each in counted):
            return None
        return [name for each in counted for name in each.subjects or ()]

    def _kinds_at(self, place: Place) -> frozenset[str]:
        """The kinds of the nodes that stand at a place."""
        if place not in self._kinds:
            groups = self._of(place.properties, place.object)
            self._kinds[place] = frozenset(
                group.subject if place.is_subject else group.object for group in groups
            )
        return self._kinds[place]


def _is_of(kind: str, among: Iterable[frozenset[str]], starts: Iterable[str]) -> bool:
    """Whether nodes of a kind may be meant."""
    return all(kind in each for each in among) and all(_may_start(kind, each) for each in starts)


def _may_start(kind: str, start: str) -> bool:
    """Whether the name of a node of a kind may be an IRI that begins with something."""
    wanted = f"<{start}"
    if kind == "<":  # none of ours
        return not wanted.startswith(_BASE)
    return kind.startswith("<") and (kind.startswith(wanted) or wanted.startswith(kind))


def kind_of(node: str) -> str:
    """What a node is called by: the folder of its IRI, or what any other term begins with."""
    if not node.startswith(_BASE):
        return node[:1]
    end = node.find("/", len(_BASE))
    return _BASE if end < 0 else node[: end + 1]


def lines_saying(nquads: bytes, properties: Iterable[str]) -> bytes:
    """The lines of properties of which there are few, found without a look at the others."""
    found = []
    for name in properties:
        needle, start = f" {name} ".encode(), 0
        while (place := nquads.find(needle, start)) >= 0:
            first, start = nquads.rfind(b"\n", 0, place) + 1, nquads.index(b"\n", place) + 1
            line = nquads[first:start]
            if line.split(b" ", 2)[1] == name.encode():
                found.append(line)
    return b"".join(found)


def lines_by_property(nquads: bytes) -> dict[str, bytes]:
    """The lines of each property."""
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for line in BytesIO(nquads):
        found[line.split(b" ", 2)[1]].append(line)
    return {name.decode(): b"".join(lines) for name, lines in found.items()}
