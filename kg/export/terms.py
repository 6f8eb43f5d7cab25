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
from kg.model.vocabulary import EG, IRI, OWL, PREFIXES, RDF, RDFS, SKOS, Term, expand, text_of

_KINDS: Final = {
    OWL.Class: "CLASS",
    OWL.ObjectProperty: "PROPERTY",
    OWL.DatatypeProperty: "PROPERTY",
    OWL.NamedIndividual: "INDIVIDUAL",
}
_DEPRECATED, _REPLACED_BY = OWL.deprecated, expand("obo:IAO_0100001")

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
            label=self.graph.text(iri, RDFS.label),
            definition=self.graph.text(iri, SKOS.definition),
            notes=self._texts(iri, SKOS.note),
            synonyms=tuple(self._synonyms(iri)),
            xrefs=self._texts(iri, XREF),
            matches=tuple(self._matches(iri)),
            parents=tuple(self._parents(iri, kind)),
            some=tuple(self._restrictions(iri, OWL.someValuesFrom)),
            values=tuple(sorted({*self._restrictions(iri, OWL.hasValue), *self._related(iri)})),
            genera=genera,
            differentiae=differentiae,
            disjoint=self._names(iri, OWL.disjointWith),
            is_deprecated=self.graph.text(iri, _DEPRECATED) == "true",
            replaced_by=replacement if isinstance(replacement, IRI) else None,
        )

    def _texts(self, iri: IRI, name: IRI) -> tuple[str, ...]:
        return tuple(sorted(text_of(each) for each in self.graph.objects(iri, name)))

    def _names(self, iri: IRI, name: IRI) -> tuple[IRI, ...]:
        return tuple(each for each in self.graph.objects(iri, name) if isinstance(each, IRI))

    def _synonyms(self, iri: IRI) -> Iterator[Synonym]:
        short = set(self._texts(iri, EG.abbreviation))
        for name, scope in ((EXACT_SYNONYM, "EXACT"), (NARROW_SYNONYM, "NARROW")):
            for text in self._texts(iri, name):
                yield Synonym(scope, text, text in short)

    def _matches(self, iri: IRI) -> Iterator[tuple[IRI, str]]:
        for relation in MATCHES:
            codes = (self.graph.text(each, SKOS.notation) for each in self._names(iri, relation))
            yield from ((relation, code) for code in sorted(codes) if code)

    def _parents(self, iri: IRI, kind: str) -> Iterator[Parent]:
        link = {"CLASS": RDFS.subClassOf, "PROPERTY": RDFS.subPropertyOf}.get(kind, RDF.type)
        for each in self._names(iri, link):
            if each.startswith(PREFIXES["eg"]):
                yield Parent(each, self._evidence.get((iri, link, each), ()))

    @cached_property
    def _evidence(self) -> Mapping[tuple[Term | None, ...], tuple[str, ...]]:
        found: defaultdict[tuple[Term | None, ...], tuple[str, ...]] = defaultdict(tuple)
        for node in self.graph.of_type(OWL.Axiom):
            evidence = map(text_of, self.graph.objects(node, EG.evidence))
            found[self.graph.annotated(node)] += tuple(evidence)
        return found

    def _restrictions(self, iri: IRI, kind: IRI) -> Iterator[Relation]:
        for node in self.graph.objects(iri, RDFS.subClassOf):
            relation = self._relation(node, kind)
            if relation is not None:
                yield relation

    def _relation(self, node: Term, kind: IRI) -> Relation | None:
        """The property and the named thing of a restriction."""
        role, target = self.graph.value(node, OWL.onProperty), self.graph.value(node, kind)
        return (role, target) if isinstance(role, IRI) and isinstance(target, IRI) else None

    def _related(self, iri: IRI) -> Iterator[Relation]:
        """What the build concluded, or a file says, by a property between things."""
        for role in self._roles:
            for target in self.source.graph.objects(iri, role):
                if isinstance(target, IRI):
                    yield role, target

    @cached_property
    def _roles(self) -> tuple[IRI, ...]:
        roles = self.graph.of_type(OWL.ObjectProperty)
        return tuple(each for each in roles if isinstance(each, IRI))

    def _defined(self, iri: IRI) -> tuple[tuple[IRI, ...], tuple[Relation, ...]]:
        """The parts of a definition, where each is a named class or `property some class`."""
        for node in self.graph.objects(iri, OWL.equivalentClass):
            head = self.graph.value(node, OWL.intersectionOf)
            parts = () if head is None else tuple(self.graph.members(head))
            genera = tuple(each for each in parts if isinstance(each, IRI))
            found = [
                self._relation(each, OWL.someValuesFrom) for each in parts if each not in genera
            ]
            relations = tuple(each for each in found if each is not None)
            if genera and len(genera) + len(relations) == len(parts):
                return genera, relations
        return (), ()
