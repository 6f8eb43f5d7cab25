"""The ontology as terms: what OBO and obographs say of each, read from the release for both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.export.obo_words import EXACT_SYNONYM, MATCHES, NARROW_SYNONYM, XREF
from kg.export.ontology import release
from kg.export.source import Source
from kg.model.rdf import Graph
from kg.model.vocabulary import (
    EG_ABBREVIATION,
    EG_EVIDENCE,
    IRI,
    OWL_AXIOM,
    OWL_EQUIVALENT_CLASS,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
    RDFS_SUBCLASS_OF,
    SKOS_DEFINITION,
    SKOS_NOTATION,
    SKOS_NOTE,
    Term,
    expand,
    text_of,
)

_KINDS: Final = {
    expand("owl:Class"): "CLASS",
    expand("owl:ObjectProperty"): "PROPERTY",
    expand("owl:DatatypeProperty"): "PROPERTY",
    expand("owl:NamedIndividual"): "INDIVIDUAL",
}
_ON_PROPERTY, _HAS_VALUE = expand("owl:onProperty"), expand("owl:hasValue")
_SOME_VALUES, _INTERSECTION = expand("owl:someValuesFrom"), expand("owl:intersectionOf")
_DEPRECATED, _REPLACED_BY = expand("owl:deprecated"), expand("obo:IAO_0100001")
_SUB_PROPERTY, _DISJOINT = expand("rdfs:subPropertyOf"), expand("owl:disjointWith")

Relation = tuple[IRI, IRI]
"""A property and what it leads to."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another name of a term."""

    scope: str
    """EXACT or NARROW."""
    text: str
    is_abbreviation: bool


@dataclass(frozen=True, slots=True)
class Parent:
    """A direct superclass, superproperty, or the class of an individual."""

    iri: IRI
    evidence: tuple[str, ...]
    """The statements that carry it."""


@dataclass(frozen=True, slots=True)
class Described:
    """A class, property or individual of the ontology, with what tools show of it."""

    iri: IRI
    kind: str
    """CLASS, PROPERTY or INDIVIDUAL."""
    label: str
    definition: str
    notes: tuple[str, ...]
    synonyms: tuple[Synonym, ...]
    xrefs: tuple[str, ...]
    """The codes that mean the same."""
    matches: tuple[tuple[IRI, str], ...]
    """The relation to each code, and the code as people write it."""
    parents: tuple[Parent, ...]
    some: tuple[Relation, ...]
    """Of a class: each of its members has such to some member of another."""
    values: tuple[Relation, ...]
    """The individuals that each member, or the individual itself, is related to."""
    genera: tuple[IRI, ...]
    """Of a class that is defined by named classes and `some`: the classes."""
    differentiae: tuple[Relation, ...]
    disjoint: tuple[IRI, ...]
    is_deprecated: bool
    replaced_by: IRI | None


def read_terms(source: Source) -> tuple[Described, ...]:
    """Every class, property and individual under `eg:`, sorted by IRI."""
    return tuple(_Reader(source).terms())


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.graph = Graph(release(source))

    def terms(self) -> Iterator[Described]:
        """The terms, one after the other."""
        kinds: dict[IRI, str] = {}
        for kind, name in _KINDS.items():
            for each in self.graph.of_type(kind):
                if isinstance(each, IRI) and each.startswith(PREFIXES["eg"]):
                    kinds.setdefault(each, name)
        for iri in sorted(kinds):
            yield self._described(iri, kinds[iri])

    def _described(self, iri: IRI, kind: str) -> Described:
        genera, differentiae = self._defined(iri)
        replacement = self.graph.value(iri, _REPLACED_BY)
        return Described(
            iri=iri,
            kind=kind,
            label=self.graph.text(iri, RDFS_LABEL),
            definition=self.graph.text(iri, SKOS_DEFINITION),
            notes=self._texts(iri, SKOS_NOTE),
            synonyms=tuple(self._synonyms(iri)),
            xrefs=self._texts(iri, XREF),
            matches=tuple(self._matches(iri)),
            parents=tuple(self._parents(iri, kind)),
            some=tuple(self._restrictions(iri, _SOME_VALUES)),
            values=tuple(sorted({*self._restrictions(iri, _HAS_VALUE), *self._related(iri)})),
            genera=genera,
            differentiae=differentiae,
            disjoint=self._names(iri, _DISJOINT),
            is_deprecated=self.graph.text(iri, _DEPRECATED) == "true",
            replaced_by=replacement if isinstance(replacement, IRI) else None,
        )

    def _texts(self, iri: IRI, name: IRI) -> tuple[str, ...]:
        return tuple(sorted(text_of(each) for each in self.graph.objects(iri, name)))

    def _names(self, iri: IRI, name: IRI) -> tuple[IRI, ...]:
        return tuple(each for each in self.graph.objects(iri, name) if isinstance(each, IRI))

    def _synonyms(self, iri: IRI) -> Iterator[Synonym]:
        short = set(self._texts(iri, EG_ABBREVIATION))
        for name, scope in ((EXACT_SYNONYM, "EXACT"), (NARROW_SYNONYM, "NARROW")):
            for text in self._texts(iri, name):
                yield Synonym(scope, text, text in short)

    def _matches(self, iri: IRI) -> Iterator[tuple[IRI, str]]:
        for relation in MATCHES:
            codes = (self.graph.text(each, SKOS_NOTATION) for each in self._names(iri, relation))
            yield from ((relation, code) for code in sorted(codes) if code)

    def _parents(self, iri: IRI, kind: str) -> Iterator[Parent]:
        link = {"CLASS": RDFS_SUBCLASS_OF, "PROPERTY": _SUB_PROPERTY}.get(kind, RDF_TYPE)
        for each in self._names(iri, link):
            if each.startswith(PREFIXES["eg"]):
                yield Parent(each, self._evidence.get((iri, link, each), ()))

    @cached_property
    def _evidence(self) -> Mapping[tuple[Term | None, ...], tuple[str, ...]]:
        found: defaultdict[tuple[Term | None, ...], tuple[str, ...]] = defaultdict(tuple)
        for node in self.graph.of_type(OWL_AXIOM):
            evidence = map(text_of, self.graph.objects(node, EG_EVIDENCE))
            found[self.graph.annotated(node)] += tuple(evidence)
        return found

    def _restrictions(self, iri: IRI, kind: IRI) -> Iterator[Relation]:
        for node in self.graph.objects(iri, RDFS_SUBCLASS_OF):
            relation = self._relation(node, kind)
            if relation is not None:
                yield relation

    def _relation(self, node: Term, kind: IRI) -> Relation | None:
        """The property and the named thing of a restriction."""
        role, target = self.graph.value(node, _ON_PROPERTY), self.graph.value(node, kind)
        return (role, target) if isinstance(role, IRI) and isinstance(target, IRI) else None

    def _related(self, iri: IRI) -> Iterator[Relation]:
        """What the build concluded, or a file says, by a property between things."""
        for role in self._roles:
            for target in self.source.graph.objects(iri, role):
                if isinstance(target, IRI):
                    yield role, target

    @cached_property
    def _roles(self) -> tuple[IRI, ...]:
        roles = self.graph.of_type(expand("owl:ObjectProperty"))
        return tuple(each for each in roles if isinstance(each, IRI))

    def _defined(self, iri: IRI) -> tuple[tuple[IRI, ...], tuple[Relation, ...]]:
        """The parts of a definition, where each is a named class or `property some class`."""
        for node in self.graph.objects(iri, OWL_EQUIVALENT_CLASS):
            head = self.graph.value(node, _INTERSECTION)
            parts = () if head is None else tuple(self.graph.members(head))
            genera = tuple(each for each in parts if isinstance(each, IRI))
            found = [self._relation(each, _SOME_VALUES) for each in parts if each not in genera]
            relations = tuple(each for each in found if each is not None)
            if genera and len(genera) + len(relations) == len(parts):
                return genera, relations
        return (), ()
