"""What the ontology offers to the file of an article: its terms, and what may be said of them.

Nothing of it is known to Python. A property of `eg:Statement` that has an `eg:takes` may stand in
a record under its label; a predicate names its usual kind of statement by `eg:usualKind`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.articles.cases import Cases
from kg.model.rdf import Graph, Node, Triple, read_catalogue, read_turtle
from kg.model.vocabulary import (
    BASE,
    EG,
    IRI,
    OWL,
    PREFIXES,
    RDF,
    RDFS,
    ROOT_ONTOLOGY,
    Term,
    eg,
    text_of,
)

MADE: Final = ("documents/", "statements/", "terms/", "axioms.ttl")
"""What is made of articles, below the folder of the ontology."""
NOTHING: Final = "none"
"""Written in a record in place of a value that a default would give."""

_EG: Final = PREFIXES["eg"]
_PROPERTIES: Final = frozenset(
    {
        OWL.AnnotationProperty,
        OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.Ontology,
    }
)
_STATEMENT: Final = "Statement"
CASE: Final = "Case"
"""The class of all cases, and what the name of each kind of case ends with."""


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A property that a record may give."""

    label: str
    """What a curator writes in front of the value."""
    name: str
    """The property, without its prefix."""
    takes: str
    """`words`, `code`, `term`, `number`, `yes`, `statement`, or the class that its term is of."""
    order: int
    """Its place among the properties of a statement."""
    short: str
    """What the names of its terms begin with and a curator leaves out, such as `frequency-`."""
    parts: Mapping[str, Qualifier] = field(default_factory=dict)
    """The properties that put its words into data: `low` is `magnitudeLow`."""


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
    unless_said: Mapping[str, Term]
    """The term that a property has where no record or default names one."""
    taken_from: Mapping[str, tuple[str, ...]]
    """The properties of the same statement whose terms give a property its value, the first that
    does; `given_by` says what a term gives, and a term of the right class gives itself."""
    given_by: Mapping[tuple[str, str], IRI]
    """What a term, the second, gives as the value of a property, the first."""
    modules: frozenset[str]
    """The files of the ontology by their names in its IRIs, such as `evidence`."""
    retired: frozenset[str]
    """The terms that older versions had, which no record may name."""
    release: str
    """The version of the ontology, which the files that are made carry too."""
    facts: tuple[str, ...]
    """The classes of what a case may have, of which kinds of case are made."""
    cases: Mapping[str, str]
    """The kind of case of each fact and finding that the ontology has one of, by their names."""
    _members: Mapping[str, tuple[str, ...]]

    def with_terms(self, given: Mapping[str, Iterable[str]]) -> Words:
        """The same with terms that files bring, each with the classes that it is of."""
        members = {kind: set(names) for kind, names in self._members.items()}
        for term in given:
            for kind in _kinds_above(term, given, self._members):
                members.setdefault(kind, set()).add(term)
        found = {kind: tuple(sorted(names)) for kind, names in members.items()}
        return replace(self, terms=self.terms | given.keys(), _members=found)

    def case_of(self, term: str) -> str | None:
        """The kind of case of whoever has a fact or shows a finding, or is of a class of cases.

        It is that of the ontology, or the fact with `Case` after it, which is made where a
        statement is of such cases. None for what no case has.
        """
        fact = term.removesuffix(CASE)
        if fact in self.cases:
            return self.cases[fact]
        is_made = f"{fact}{CASE}" not in self.terms
        is_fact = any(self.is_of(fact, each) for each in self.facts)
        return f"{fact}{CASE}" if is_fact and is_made else None

    def of_cases(self) -> list[str]:
        """What stands for its kind of case where one is wanted, sorted."""
        facts = {name for each in self.facts for name in self.members(each)}
        return sorted(each for each in {*facts, *self.cases} if self.case_of(each))

    def members(self, kind: str) -> tuple[str, ...]:
        """The subclasses, near and far, or the individuals of a class, sorted."""
        return self._members.get(kind, ())

    def give(self, name: str, kind: str, term: Term) -> IRI | None:
        """What a term gives as the value of a property that takes terms of a class."""
        local = _local(term)
        found = self.given_by.get((name, local))
        return found or (eg(local) if local and self.is_of(local, kind) else None)

    def are_classes(self, kind: str, but: Container[str] = ()) -> bool | None:
        """Whether the terms of a class are classes, as conditions are, or individuals, as findings.

        None where it has some of each, or too few to tell; without some terms, which a file brings.
        """
        members = [each for each in self.members(kind) if each not in but]
        found = {each[0].isupper() for each in members}
        return found.pop() if len(found) == 1 < len(members) else None

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The properties that a record may have beside its triple, in their order."""
        names = []
        for each in self.qualifiers.values():
            names += [each.name, *(part.name for part in each.parts.values())]
        return tuple(names)

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(names) for kind, names in self._members.items()}

    def is_of(self, term: str, kind: str) -> bool:
        """Whether a term is the class, one of its subclasses or one of its individuals."""
        return term == kind or term in self._sets.get(kind, ())

    def near(self, name: str, among: Iterable[str] | None = None, least: float = 0.6) -> str:
        """` Did you mean …?` with the nearest of some names, or nothing."""
        near = get_close_matches(
            name, list(self.terms if among is None else among), n=1, cutoff=least
        )
        return f" Did you mean {near[0]}?" if near else ""


def read_words(folder: Path, made: Mapping[Path, str] | None = None) -> Words:
    """The words of an ontology folder, from all its files but those that are made of articles.

    Files that are made of something else are read as they are to be, not as they are.
    """
    texts = made or {}
    catalogue = read_catalogue(folder)
    paths = sorted({path for path in catalogue.values() if path.is_file()})
    kept = [path for path in paths if not _is_made(path.relative_to(folder).as_posix())]
    contents = ((texts[path].encode() if path in texts else path.read_bytes()) for path in kept)
    read = (read_turtle(text, path=path) for text, path in zip(contents, kept, strict=True))
    return words_of(each for triples in read for each in triples)


def words_of(triples: Iterable[Triple]) -> Words:
    """The words that some triples declare."""
    graph = Graph(triples)
    labels = dict(_labels(graph))
    taken = {
        _local(node): tuple(map(_local, properties[EG.takenFrom]))
        for node, properties in graph.items()
        if EG.takenFrom in properties
    }
    return Words(
        terms=frozenset(_terms(graph)),
        labels=labels,
        qualifiers=dict(_qualifiers(graph, labels)),
        kinds=dict(_kinds(graph)),
        usual_kinds={_local(node): _local(kind) for node, kind in _said(graph, "usualKind")},
        unless_said={_local(node): value for node, value in _said(graph, "unlessSaid")},
        taken_from=taken,
        given_by=dict(_given_by(graph, taken)),
        modules=frozenset(_modules(graph)),
        retired=frozenset(_local(node) for node in graph if OWL.deprecated in graph[node]),
        release=_release(graph),
        facts=tuple(_facts(graph)),
        cases=dict(_cases(graph)),
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
            yield name, graph.text(node, RDFS.label)


def _terms(graph: Graph) -> Iterator[str]:
    """Classes and individuals, which statements speak of."""
    for node, properties in graph.items():
        types = set(properties.get(RDF.type, ()))
        if types and not types & _PROPERTIES and (name := _local(node)):
            yield name


def _qualifiers(graph: Graph, labels: Mapping[str, str]) -> Iterator[tuple[str, Qualifier]]:
    """What may be said, by label and in order; what puts it into data stands in its `parts`."""
    found: list[Qualifier] = []
    parts: dict[str, dict[str, Qualifier]] = defaultdict(dict)
    for node, properties in graph.items():
        for takes in properties.get(EG.takes, ()):
            each = _qualifier(graph, node, takes, labels)
            whole = _local(graph.value(node, EG.dataOf))
            if whole:
                parts[whole][each.name.removeprefix(whole).lower()] = each
            else:
                found.append(each)
    for each in sorted(found, key=_place):
        inner = sorted(parts[each.name].items(), key=lambda item: _place(item[1]))
        yield each.label, replace(each, parts=dict(inner))


def _place(each: Qualifier) -> tuple[int, str]:
    return each.order, each.name


def _qualifier(graph: Graph, node: Node, takes: Term, labels: Mapping[str, str]) -> Qualifier:
    name, kind = _local(node), _local(takes)
    order = graph.text(node, EG.order) or "0"
    short = f"{name}-" if kind else ""
    return Qualifier(labels[name], name, kind or text_of(takes), int(order), short)


def _kinds(graph: Graph) -> Iterator[tuple[str, str]]:
    for node in graph.of_type(OWL.Class):
        if eg(_STATEMENT) in graph.objects(node, RDFS.subClassOf):
            name = _local(node)
            yield name.removesuffix(_STATEMENT), name


def _said(graph: Graph, name: str) -> Iterator[tuple[Node, Term]]:
    """Everything of which a property of ours is said, with its values."""
    for node, properties in graph.items():
        yield from ((node, value) for value in properties.get(eg(name), ()))


def _given_by(graph: Graph, names: Iterable[str]) -> Iterator[tuple[tuple[str, str], IRI]]:
    """What is said of terms, and not of statements, by some properties."""
    for name in names:
        for node, value in _said(graph, name):
            if isinstance(value, IRI) and (term := _local(node)):
                yield (name, term), value


def _modules(graph: Graph) -> Iterator[str]:
    for node in graph.of_type(OWL.Ontology):
        yield str(node).removeprefix(f"{BASE}ontology").removeprefix("/")


def _release(graph: Graph) -> str:
    return graph.text(ROOT_ONTOLOGY, OWL.versionInfo)


def _facts(graph: Graph) -> Iterator[str]:
    """The classes that the properties of a case lead to."""
    for node, properties in graph.items():
        if EG.factOfCase in properties:
            yield from map(_local, graph.objects(node, RDFS.range))


def _cases(graph: Graph) -> Iterator[tuple[str, str]]:
    """What kinds of case are defined by alone, and the findings that they show."""
    cases = Cases(graph)
    for node in graph:
        found = cases.of_fact(node) if isinstance(node, IRI) else None
        if found is not None and found not in cases.made and (name := _local(node)):
            yield name, _local(found)


def _kinds_above(
    term: str, given: Mapping[str, Iterable[str]], members: Mapping[str, Collection[str]]
) -> set[str]:
    """The classes that a term of a file is of, near and far."""
    found: set[str] = set()
    waiting = [*given[term]]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found |= {kind, *(above for above, names in members.items() if kind in names)}
            waiting += given.get(kind, ())
    return found


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
    yield from graph.objects(node, RDF.type)
    yield from graph.objects(node, RDFS.subClassOf)
    for definition in graph.objects(node, OWL.equivalentClass):
        for head in graph.objects(definition, OWL.intersectionOf):
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
