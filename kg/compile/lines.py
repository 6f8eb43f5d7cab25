"""The lines of a graph, in groups of which it is told whether they changed.

A group is what one pattern of a query tells apart: the property, the class where that is the type,
and the kind of the subject, which is the folder of its name.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from kg.model.vocabulary import BASE, RDF

if TYPE_CHECKING:
    from hashlib import _Hash

_BASE: Final = f"<{BASE}".encode()
_TYPE: Final = RDF.type.n3().encode()
_Group = tuple[bytes, bytes, bytes]
"""A property, a class where that is the type, and a kind of subject."""


class Place(Struct, frozen=True):
    """Where a node surely stands: in a line with one of these properties."""

    properties: tuple[str, ...]
    is_subject: bool
    object: str
    """The object of that line where it is known, or nothing."""


class Pattern(Struct, frozen=True):
    """The lines that one triple of a query can match; what is empty may be anything."""

    properties: tuple[str, ...] = ()
    subject: str = ""
    object: str = ""
    sure: tuple[tuple[Place, ...], ...] = ()
    """Where the subject of such a line surely stands, if the line is to matter: at one of these
    places, and at one of those."""


class Reading(Struct, frozen=True):
    """What a query looks at."""

    patterns: tuple[Pattern, ...]
    centred: bool = False
    """Whether each row is made of lines of one subject: then the rows of a graph are those of its
    parts, if the lines of no subject stand in two."""


class Lines:
    """The lines of a graph in groups, with a digest of each; the lines themselves are not kept."""

    def __init__(self, nquads: bytes) -> None:
        self._nquads = nquads
        self._digests: defaultdict[_Group, _Hash] = defaultdict(hashlib.sha256)
        self._of_property: defaultdict[bytes, list[_Group]] = defaultdict(list)
        self._values: defaultdict[bytes, set[bytes]] = defaultdict(set)
        for group, value, line in _grouped(nquads):
            self._digests[group].update(line)
            self._values[group[0]].add(value)
        for group in sorted(self._digests):
            self._of_property[group[0]].append(group)
        self._kinds: dict[Place, frozenset[bytes]] = {}

    def digests(self, reading: Reading) -> Iterator[bytes]:
        """The name and digest of each group of lines that a query can match."""
        for group in self._matched(reading):
            yield b" ".join((*group, self._digests[group].digest()))

    def matched(self, reading: Reading) -> bytes:
        """The lines that a query can match."""
        groups = {*self._matched(reading)}
        return b"".join(line for group, _, line in _grouped(self._nquads) if group in groups)

    def _matched(self, reading: Reading) -> list[_Group]:
        return sorted({group for each in reading.patterns for group in self._matching(each)})

    def _matching(self, pattern: Pattern) -> Iterator[_Group]:
        kinds = [frozenset().union(*map(self._kinds_at, places)) for places in pattern.sure]
        if pattern.subject:
            kinds.append(frozenset([kind_of(pattern.subject.encode())]))
        for group in self._of(pattern.properties, pattern.object):
            if all(group[2] in each for each in kinds):
                yield group

    def _of(self, properties: Sequence[str], value: str) -> Iterator[_Group]:
        """The groups of some properties, or of all, as far as a class is the one that is named."""
        for name in [each.encode() for each in properties] or self._of_property:
            for group in self._of_property.get(name, ()):
                if not value or not group[1] or group[1] == value.encode():
                    yield group

    def _kinds_at(self, place: Place) -> frozenset[bytes]:
        """The kinds of the nodes that stand at a place."""
        if place not in self._kinds:
            if place.is_subject:
                found = {group[2] for group in self._of(place.properties, place.object)}
            else:
                names = (each.encode() for each in place.properties)
                found = {kind for name in names for kind in self._values.get(name, ())}
            self._kinds[place] = frozenset(found)
        return self._kinds[place]


def _grouped(nquads: bytes) -> Iterator[tuple[_Group, bytes, bytes]]:
    """Each line with its group, and with the kind of its object."""
    before, kind = b"", b""
    for line in BytesIO(nquads):
        subject, name, rest = line.split(b" ", 2)
        if subject != before:
            before, kind = subject, kind_of(subject)
        value = rest[:1] if rest.startswith(b'"') else rest[: rest.index(b" ")]
        yield (name, value if name == _TYPE else b"", kind), kind_of(value), line


def kind_of(node: bytes) -> bytes:
    """What a node is called by: the folder of its IRI, or what any other term begins with."""
    if not node.startswith(_BASE):
        return node[:1]
    end = node.find(b"/", len(_BASE))
    return _BASE if end < 0 else node[: end + 1]
