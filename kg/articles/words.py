"""What the ontology offers to the file of an article: its terms, and what may be said of them.

Nothing of it is known to Python. A property of `eg:Statement` that has an `eg:takes` may stand in
a record under its label; a predicate names its usual kind of statement by `eg:usualKind`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.model.rdf import Graph, Triple, read_catalogue, read_turtle
from kg.model.vocabulary import (
    BASE,
    IRI,
    PREFIXES,
    RDF_TYPE,
    RDFS_SUBCLASS_OF,
    Literal,
    Term,
    eg,
    expand,
    text_of,
)

MADE: Final = ("documents/", "statements/")
"""Where the files that are made of articles stand, below the folder of the ontology."""
NOTHING: Final = "none"
"""Written in a record in place of a value that a default would give."""

_EG: Final = PREFIXES["eg"]
_CLASS: Final = expand("owl:Class")
_ANNOTATION: Final = expand("owl:AnnotationProperty")
_PROPERTIES: Final = frozenset(
    {
        _ANNOTATION,
        expand("owl:ObjectProperty"),
        expand("owl:DatatypeProperty"),
        expand("owl:Ontology"),
    }
)
_STATEMENT: Final = "Statement"


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A property that a record may give."""

    label: str
    """What a curator writes in front of the value."""
    name: str
    """The property, without its prefix."""
    takes: str
    """`words`, `term`, `number`, `yes`, `statement`, or the class that its term is of."""
    order: int
    """Its place among the properties of a statement."""
    short: str
    """What the names of its terms begin with and a curator leaves out, such as `frequency-`."""


@dataclass(frozen=True)
class Words:
    """Terms by their names without a prefix, and what may be said in a record."""

    terms: frozenset[str]
    labels: Mapping[str, str]
    """The label of each term and property."""
    qualifiers: Mapping[str, Qualifier]
    """By label."""
    kinds: Mapping[str, str]
    """The kinds of statement by what a curator calls them: `Cause` is `CauseStatement`."""
    usual_kinds: Mapping[str, str]
    """The kind of statement that each predicate makes unless the record names another."""
    unless_said: Mapping[str, str]
    """The term that a property has where no record or default names one."""
    release: str
    """The version of the ontology, which the files that are made carry too."""
    _members: Mapping[str, tuple[str, ...]]

    def members(self, kind: str) -> tuple[str, ...]:
        """The subclasses, near and far, or the individuals of a class, sorted."""
        return self._members.get(kind, ())

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(names) for kind, names in self._members.items()}

    def is_of(self, term: str, kind: str) -> bool:
        """Whether a term is the class, one of its subclasses or one of its individuals."""
        return term == kind or term in self._sets.get(kind, ())

    def near(self, name: str, among: Iterable[str] | None = None) -> str:
        """` Did you mean …?` with the nearest of some names, or nothing."""
        near = get_close_matches(name, list(self.terms if among is None else among), n=1)
        return f" Did you mean {near[0]}?" if near else ""


def read_words(folder: Path) -> Words:
    """The words of an ontology folder, from all its files but those that are made of articles."""
    catalogue = read_catalogue(folder)
    paths = sorted({path for path in catalogue.values() if path.is_file()})
    kept = [path for path in paths if not _is_made(path.relative_to(folder).as_posix())]
    triples = [each for path in kept for each in read_turtle(path.read_bytes(), path=path)]
    return words_of(triples)


def words_of(triples: Iterable[Triple]) -> Words:
    """The words that some triples declare."""
    graph = Graph(triples)
    labels = dict(_labels(graph))
    return Words(
        terms=frozenset(_terms(graph)),
        labels=labels,
        qualifiers=dict(_qualifiers(graph, labels)),
        kinds=dict(_kinds(graph)),
        usual_kinds=dict(_pairs(graph, "usualKind")),
        unless_said=dict(_pairs(graph, "unlessSaid")),
        release=_release(graph),
        _members=_members(graph),
    )


def _is_made(name: str) -> bool:
    return name.startswith(MADE) and not name.endswith("background.ttl")


def _local(node: object) -> str:
    """The name without its prefix of a term of this project; empty for anything else."""
    name = str(node)
    return name[len(_EG) :] if isinstance(node, IRI) and name.startswith(_EG) else ""


def _labels(graph: Graph) -> Iterator[tuple[str, str]]:
    for node in graph:
        if name := _local(node):
            yield name, graph.text(node, expand("rdfs:label"))


def _terms(graph: Graph) -> Iterator[str]:
    """Classes and individuals, which statements speak of."""
    for node, properties in graph.items():
        types = set(properties.get(RDF_TYPE, ()))
        if types and not types & _PROPERTIES and (name := _local(node)):
            yield name


def _qualifiers(graph: Graph, labels: Mapping[str, str]) -> Iterator[tuple[str, Qualifier]]:
    found = []
    for node, properties in graph.items():
        for takes in properties.get(eg("takes"), ()):
            name = _local(node)
            order = next(iter(properties.get(eg("order"), ())), Literal("0"))
            kind = _local(takes) or text_of(takes)
            short = f"{name}-" if isinstance(takes, IRI) else ""
            found.append(Qualifier(labels[name], name, kind, int(text_of(order)), short))
    for each in sorted(found, key=lambda each: (each.order, each.name)):
        yield each.label, each


def _kinds(graph: Graph) -> Iterator[tuple[str, str]]:
    for node in graph.of_type(_CLASS):
        if eg(_STATEMENT) in graph.objects(node, RDFS_SUBCLASS_OF):
            name = _local(node)
            yield name.removesuffix(_STATEMENT), name


def _pairs(graph: Graph, name: str) -> Iterator[tuple[str, str]]:
    for node, properties in graph.items():
        for value in properties.get(eg(name), ()):
            yield _local(node), _local(value)


def _release(graph: Graph) -> str:
    root = IRI(f"{BASE}ontology")
    return graph.text(root, expand("owl:versionInfo"))


def _members(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The individuals and the subclasses, near and far, of each class."""
    below: dict[str, set[str]] = defaultdict(set)
    for node in graph:
        if name := _local(node):
            for parent in _parents(graph, node):
                if above := _local(parent):
                    below[above].add(name)
    return {kind: tuple(sorted(_reach(kind, below))) for kind in below}


def _parents(graph: Graph, node: Term) -> Iterator[Term]:
    """What a term is said to be: by its type, as a subclass, or as a part of its definition."""
    yield from graph.objects(node, RDF_TYPE)
    yield from graph.objects(node, RDFS_SUBCLASS_OF)
    for definition in graph.objects(node, expand("owl:equivalentClass")):
        for head in graph.objects(definition, expand("owl:intersectionOf")):
            yield from graph.members(head)


def _reach(kind: str, below: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [kind]
    while waiting:
        for each in below.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
