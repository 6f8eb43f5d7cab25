"""What HermiT says of individuals: their classes, and what they have to do with each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.compile.owl import hermit
from kg.compile.owl.hierarchy import Hierarchy
from kg.model.errors import InconsistentError
from kg.reasoning.rules import THING

OPTIONS = ("--classify", "--classifyOPs", "-I", "-Y")
"""Classes and object properties, and of individuals their classes and values: owlready2's own."""

TYPE = re.compile(r"^Type\( <(.*)> <(.*)> \)$", re.MULTILINE)
STATED_TYPE = re.compile(r"^ClassAssertion\(<([^<>]*)> <([^<>]*)>\)$", re.MULTILINE)
STATED_EDGE = re.compile(r"^ObjectPropertyAssertion\(<(.*)> <(.*)> <(.*)>\)$", re.MULTILINE)
IMPLIED = re.compile(r"^SubObjectPropertyOf\(<([^<>]*)> <([^<>]*)>\)$", re.MULTILINE)
INVERSE = re.compile(r"^InverseObjectProperties\(<(.*)> <(.*)>\)$", re.MULTILINE)
VALUES = re.compile(r"^<([^>]+)> \(known instances:\s*(.*?)\s*\|", re.MULTILINE)
PAIR = re.compile(r"\(<([^>]*)>, <([^>]*)>\)")


@dataclass(frozen=True, slots=True)
class Realisation:
    """What holds of each individual: all its named classes, and its object-property facts."""

    types: dict[str, frozenset[str]]
    edges: frozenset[tuple[str, str, str]]
    hierarchy: Hierarchy


def realise(text: str) -> Realisation:
    """Give the class hierarchy of an ontology, and what follows for every individual."""
    reply = hermit.run(text, *OPTIONS)
    if not reply.consistent:
        raise InconsistentError("The axioms contradict each other.")
    hierarchy = hermit.read_hierarchy(text, reply.printed)
    types: defaultdict[str, set[str]] = defaultdict(set)
    stated = ((individual, kind) for kind, individual in STATED_TYPE.findall(text))
    for individual, kind in (*TYPE.findall(reply.printed), *stated):
        types[individual].update({kind, *hierarchy.supers.get(kind, ())})
    return Realisation(
        {individual: frozenset(found - {THING}) for individual, found in sorted(types.items())},
        closed(_edges(text, reply.printed), IMPLIED.findall(text), INVERSE.findall(text)),
        hierarchy,
    )


def _edges(text: str, printed: str) -> Iterable[tuple[str, str, str]]:
    for role, subject, target in STATED_EDGE.findall(text):
        yield subject, role, target
    for role, pairs in VALUES.findall(printed):
        yield from ((subject, role, target) for subject, target in PAIR.findall(pairs))


def closed(
    edges: Iterable[tuple[str, str, str]],
    implied: Iterable[tuple[str, str]],
    inverses: Iterable[tuple[str, str]],
) -> frozenset[tuple[str, str, str]]:
    """Give the edges with those of implied and inverse properties: HermiT lists the narrowest."""
    upper: defaultdict[str, set[str]] = defaultdict(set)
    for lower, above in implied:
        upper[lower].add(above)
    opposite: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in inverses:
        opposite[one].add(other)
        opposite[other].add(one)
    found: set[tuple[str, str, str]] = set()
    queue = list(edges)
    while queue:
        subject, role, target = queue.pop()
        if (subject, role, target) in found:
            continue
        found.add((subject, role, target))
        queue.extend((subject, above, target) for above in upper[role])
        queue.extend((target, other, subject) for other in opposite[role])
    return frozenset(found)
