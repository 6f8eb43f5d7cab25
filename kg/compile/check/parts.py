"""A graph in parts that shapes can be checked in one by one, each with all that they look at.

A shape looks at a node, at its values, and at the classes of these. So the nodes are put into
parts, one for each document and one for the rest, and beside the triples of its own nodes a part
holds the classes of the values, and what leads to its nodes where that is what makes a shape look
at them. What is found of the own nodes is then what is found in the whole graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from kg.model.vocabulary import EG, expand

_TYPE, _SUBCLASS = (f"<{expand(name)}>".encode() for name in ("rdf:type", "rdfs:subClassOf"))
_IN_DOCUMENT: Final = f"<{EG.inDocument}>".encode()

Line = tuple[bytes, bytes, bytes]
"""Subject, predicate and object of a line of N-Triples, as they are written."""


@dataclass
class Part:
    """Some nodes of a graph, and the lines that shapes look at to judge them."""

    nodes: set[bytes] = field(default_factory=set)
    lines: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> bytes:
        """The lines as N-Triples, each once, in their order."""
        return b"".join(sorted(set(self.lines)))


def in_parts(ntriples: bytes, leading: Collection[bytes]) -> tuple[Part, ...]:
    """The parts of a graph; `leading` are the properties whose values some shape looks at."""
    lines = [(line, _split(line)) for line in ntriples.splitlines(keepends=True)]
    homes = _homes(each for _, each in lines)
    classes = _Classes(each for _, each in lines)
    parts: defaultdict[bytes, Part] = defaultdict(Part)
    for line, (subject, predicate, value) in lines:
        part = parts[homes[subject]]
        part.nodes.add(subject)
        part.lines.append(line)
        part.lines.extend(classes.of(value))
        if predicate == _TYPE:
            part.lines.extend(classes.above(value))
        if predicate in leading and not value.startswith(b'"'):
            other = parts[homes.setdefault(value, homes[subject])]
            other.nodes.add(value)
            other.lines.append(line)
    return tuple(parts[name] for name in sorted(parts))


def _split(line: bytes) -> Line:
    subject, predicate, rest = line.split(b" ", 2)
    return subject, predicate, rest[: rest.rindex(b" .")]


def _homes(lines: Iterable[Line]) -> dict[bytes, bytes]:
    """The part of each subject: its document, or none; a document is in its own part.

    What has no name is where it is spoken of.
    """
    found: dict[bytes, bytes] = {}
    nameless: dict[bytes, bytes] = {}
    for subject, predicate, value in lines:
        if value.startswith(b"_:"):
            nameless[value] = subject
        if predicate == _IN_DOCUMENT:
            found[subject] = value
            found[value] = value
        else:
            found.setdefault(subject, b"")
    for node in nameless:
        seen, speaker = {node}, node
        while speaker in nameless and nameless[speaker] not in seen:
            speaker = nameless[speaker]
            seen.add(speaker)
        found[node] = found.get(speaker, b"")
    return found


class _Classes:
    """What the graph says of the classes of things, as lines."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._said: defaultdict[bytes, list[tuple[bytes, bytes]]] = defaultdict(list)
        self._above: defaultdict[bytes, list[tuple[bytes, bytes]]] = defaultdict(list)
        for subject, predicate, value in lines:
            if predicate in (_TYPE, _SUBCLASS):
                known = self._said if predicate == _TYPE else self._above
                known[subject].append((value, b"%b %b %b .\n" % (subject, predicate, value)))
        self._closed: dict[bytes, tuple[bytes, ...]] = {}

    def of(self, thing: bytes) -> Iterator[bytes]:
        """The classes of a thing, and what they are kinds of."""
        for class_iri, line in self._said.get(thing, ()):
            yield line
            yield from self.above(class_iri)

    def above(self, class_iri: bytes) -> tuple[bytes, ...]:
        """What a class is a kind of, near and far."""
        if class_iri not in self._closed:
            found: dict[bytes, None] = {}
            seen, waiting = {class_iri}, [class_iri]
            for each in waiting:
                for upper, line in self._above.get(each, ()):
                    found[line] = None
                    if upper not in seen:
                        seen.add(upper)
                        waiting.append(upper)
            self._closed[class_iri] = tuple(found)
        return self._closed[class_iri]
