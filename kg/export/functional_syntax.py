"""The ontology in OWL's functional syntax: an axiom a line, with its annotations, sorted.

https://www.w3.org/TR/owl2-syntax/. The form that `git diff` and `grep` like: who carries an axiom
stands on its line. `kg.compile.owl.functional` writes axioms for a reasoner, without annotations;
here every triple of the ontology is written, and one that cannot be is an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.export.ontology import base
from kg.export.source import STEM, Source
from kg.model.errors import BuildError
from kg.model.rdf import Graph, Triple, rebase
from kg.model.vocabulary import (
    IRI,
    OWL,
    OWL_ANNOTATED,
    PREFIXES,
    RDF,
    RDFS,
    ROOT_ONTOLOGY,
    BlankNode,
    Literal,
    Term,
    compact,
)

_DECLARED: Final = {
    OWL.Class: "Class",
    OWL.ObjectProperty: "ObjectProperty",
    OWL.DatatypeProperty: "DataProperty",
    OWL.AnnotationProperty: "AnnotationProperty",
    OWL.NamedIndividual: "NamedIndividual",
}
_SORTS: Final = ("ObjectProperty", "DataProperty", "AnnotationProperty")
_CLASS_AXIOMS: Final = {
    RDFS.subClassOf: "SubClassOf",
    OWL.equivalentClass: "EquivalentClasses",
    OWL.disjointWith: "DisjointClasses",
}
_PROPERTY_AXIOMS: Final = {
    RDFS.subPropertyOf: "Sub{}Of",
    RDFS.domain: "{}Domain",
    RDFS.range: "{}Range",
    OWL.inverseOf: "InverseObjectProperties",
}
_CHARACTERISTICS: Final = {
    OWL.TransitiveProperty: "Transitive",
    OWL.FunctionalProperty: "Functional",
}
_JOINED: Final = {
    OWL.intersectionOf: "ObjectIntersectionOf",
    OWL.unionOf: "ObjectUnionOf",
}
CHECKER: Final = "check-proof.mjs"
PROGRAM: Final = Path(__file__).with_name(CHECKER)


def ofn(source: Source) -> dict[str, bytes]:
    """What the files of the ontology state, in functional syntax."""
    text = write_functional(base(source), source.base)
    return {f"{STEM}.ofn": text.encode()}


def write_functional(triples: Iterable[Triple], base: str) -> str:
    """An ontology as functional syntax; BuildError for a triple that is no part of OWL."""
    writer = _Writer(Graph(triples))
    prefixes = (f"Prefix({name}:=<{iri}>)" for name, iri in sorted(PREFIXES.items()))
    version = writer.graph.value(ROOT_ONTOLOGY, OWL.versionIRI)
    names = " ".join(each.n3() for each in (ROOT_ONTOLOGY, version) if isinstance(each, IRI))
    parts = (writer.header(), set(writer.declarations()), writer.axioms())
    lines = [line for part in parts for line in sorted(part)]
    text = "\n".join([*prefixes, "", f"Ontology({names}", *lines, ")", ""])
    return rebase(text, base)


@lru_cache(maxsize=65_536)
def _name(iri: IRI) -> str:
    short = compact(iri)
    return iri.n3() if short == iri else short


class _Writer:
    """Writes what the triples of an ontology say, each axiom with what is said of it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._sort = {
            iri: sort
            for kind, sort in _DECLARED.items()
            if sort in _SORTS
            for iri in graph.of_type(kind)
        }
        self._notes: defaultdict[tuple[Term | None, ...], list[str]] = defaultdict(list)
        for node in graph.of_type(OWL.Axiom):
            about = (RDF.type, *OWL_ANNOTATED)
            self._notes[graph.annotated(node)] += self._annotations(node, about)

    def header(self) -> Iterator[str]:
        """What is said of the ontology itself."""
        return iter(self._annotations(ROOT_ONTOLOGY, (RDF.type, OWL.versionIRI)))

    def declarations(self) -> Iterator[str]:
        """Every class, property and individual."""
        for kind, sort in _DECLARED.items():
            for iri in self.graph.of_type(kind):
                if isinstance(iri, IRI):
                    yield f"Declaration({sort}({self._term(iri)}))"

    def axioms(self) -> Iterator[str]:
        """Every axiom and every annotation of something with a name."""
        for subject, said in self.graph.items():
            if subject == ROOT_ONTOLOGY:
                continue
            if OWL.AllDisjointClasses in said.get(RDF.type, ()):
                yield f"DisjointClasses({self._list(self.graph.value(subject, OWL.members))})"
            for predicate, values in said.items() if isinstance(subject, IRI) else ():
                for value in values:
                    triple = Triple(subject, predicate, value)
                    if not (predicate == RDF.type and value in _DECLARED):
                        yield self._axiom(triple)

    def _axiom(self, triple: Triple) -> str:
        name, parts = self._parts(triple)
        notes = self._notes.get(triple, ())
        return f"{name}({' '.join([*sorted(notes), *parts])})"

    def _parts(self, triple: Triple) -> tuple[str, tuple[str, ...]]:
        """The name of an axiom, and what stands in its brackets."""
        subject, predicate, value = triple
        term = self._term(subject)
        if predicate == RDF.type:
            return self._typed(subject, value)
        if predicate in _CLASS_AXIOMS:
            return _CLASS_AXIOMS[predicate], (term, self._term(value))
        if predicate in _PROPERTY_AXIOMS and subject in self._sort:
            name = _PROPERTY_AXIOMS[predicate].format(self._sort[subject])
            return name, (term, self._term(value))
        if predicate == OWL.propertyChainAxiom:
            chain = f"ObjectPropertyChain({self._list(value)})"
            return "SubObjectPropertyOf", (chain, term)
        sort = self._sort.get(predicate, "AnnotationProperty")
        if sort == "AnnotationProperty":
            return "AnnotationAssertion", (self._term(predicate), term, self._term(value))
        return f"{sort}Assertion", (self._term(predicate), term, self._term(value))

    def _typed(self, subject: Term, kind: Term) -> tuple[str, tuple[str, ...]]:
        if isinstance(kind, IRI) and kind in _CHARACTERISTICS and isinstance(subject, IRI):
            return f"{_CHARACTERISTICS[kind]}{self._sort[subject]}", (self._term(subject),)
        return "ClassAssertion", (self._term(kind), self._term(subject))

    def _annotations(self, node: Term, without: tuple[IRI, ...]) -> list[str]:
        return [
            f"Annotation({self._term(predicate)} {self._term(value)})"
            for predicate, values in self.graph.about(node).items()
            if predicate not in without
            for value in values
        ]

    def _list(self, head: Term | None) -> str:
        members = () if head is None else self.graph.members(head)
        return " ".join(map(self._term, members))

    def _term(self, node: Term) -> str:
        """A name, a literal, or a class expression or data range in brackets."""
        if isinstance(node, IRI):
            return _name(node)
        if isinstance(node, Literal):
            return self._literal(node)
        said = self.graph.about(node)
        if OWL.onProperty in said:
            return self._restriction(node)
        if OWL.onDatatype in said:
            return self._data_range(node)
        for predicate, name in _JOINED.items():
            if predicate in said:
                return f"{name}({self._list(self.graph.value(node, predicate))})"
        raise BuildError(f"{node.n3()} is no class expression that can be written: {dict(said)}.")

    def _restriction(self, node: BlankNode) -> str:
        role, value, filler = (
            self.graph.value(node, each)
            for each in (OWL.onProperty, OWL.hasValue, OWL.someValuesFrom)
        )
        inside = filler if value is None else value
        if role is None or inside is None:
            raise BuildError(f"{node.n3()} is a restriction of another kind than some and value.")
        is_data = isinstance(role, IRI) and self._sort.get(role) == "DataProperty"
        sort = "Data" if is_data else "Object"
        name = "SomeValuesFrom" if value is None else "HasValue"
        return f"{sort}{name}({self._term(role)} {self._term(inside)})"

    def _data_range(self, node: BlankNode) -> str:
        kind = self.graph.value(node, OWL.onDatatype)
        head = self.graph.value(node, OWL.withRestrictions)
        facets = [
            f"{self._term(predicate)} {self._term(value)}"
            for member in (() if head is None else self.graph.members(head))
            for predicate, values in self.graph.about(member).items()
            for value in values
        ]
        return f"DatatypeRestriction({self._term(kind or ROOT_ONTOLOGY)} {' '.join(facets)})"

    def _literal(self, literal: Literal) -> str:
        """A literal; only quotes and backslashes are escaped in this syntax."""
        quoted = literal.value.replace("\\", "\\\\").replace('"', '\\"')
        if literal.language is not None:
            return f'"{quoted}"@{literal.language}'
        return f'"{quoted}"^^{self._term(literal.datatype)}'


def checker(_: Source) -> dict[str, bytes]:
    """The program that checks proofs against that text, the same for every graph.

    For whoever has Node.js and not this software: nothing here imports it, and it imports nothing.
    """
    return {CHECKER: PROGRAM.read_bytes()}
