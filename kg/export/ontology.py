"""The ontology as one: what its files say, in the words of OBO too, with what follows from it.

Four shapes, for four kinds of reader:

merged   the files as one, under the header of the root, with what follows from limits on numbers
         told: what Protégé opens and any reasoner completes
base     the same with definitions, synonyms and codes in the words that OBO tools look for
release  the same with the direct superclasses that follow, so that nobody has to reason
simple   the release without what is no named class or `property some class`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.export.hierarchy import Edge, edge_of, edges_by_limits, inferred_superclasses
from kg.export.obo_words import IS_INFERRED, declared, obo_words
from kg.export.source import STEM, Source, sorted_triples
from kg.model.rdf import Graph, Triple, write_graph
from kg.model.vocabulary import (
    DCTERMS,
    IRI,
    OWL,
    OWL_ANNOTATED,
    RDF,
    RDFS,
    ROOT_ONTOLOGY,
    BlankNode,
    Literal,
    Term,
    english,
)

RDF_XML: Final = "application/rdf+xml"


def merged(source: Source) -> list[Triple]:
    """All files of the ontology as one, under the header of the root; what limits imply is told."""
    said = _files(source)
    told = _inferred("limit", edges_by_limits(source, said))
    return list(dict.fromkeys([*said, *declared(IS_INFERRED), *told]))


def _files(source: Source) -> list[Triple]:
    headers = {
        quad.subject
        for quad in source.files
        if quad.predicate == RDF.type and quad.object == OWL.Ontology
    } - {ROOT_ONTOLOGY}
    triples = (Triple(*quad[:3]) for quad in source.files)
    return [
        each
        for each in dict.fromkeys(triples)
        if each.subject not in headers and each.predicate != OWL.imports
    ]


def base(source: Source) -> list[Triple]:
    """The merged ontology, and the same in the words of OBO."""
    return list(dict.fromkeys([*merged(source), *obo_words(source)]))


def release(source: Source) -> list[Triple]:
    """The base with the direct superclasses that follow, each marked as inferred.

    A superclass that another one implies is left out, unless statements are named as its evidence.
    """
    said = base(source)
    found = inferred_superclasses(source, said)
    kept = (each for each in said if edge_of(each) not in found.spare)
    return sorted_triples([*kept, *_inferred("inferred", found.new)])


def simple(source: Source) -> list[Triple]:
    """The release for tools that walk a graph: named classes, and `property some class`."""
    graph = Graph(release(source))
    kept = {each for each in _plain(graph) if not _is_complex(graph, each)}
    annotations = (node for node in graph.of_type(OWL.Axiom) if graph.annotated(node) in kept)
    return sorted_triples([*kept, *_closed(graph, kept), *_said(graph, annotations)])


# ── Files ───────────────────────────────────────────────────────────────────────────────────


def owl(source: Source) -> dict[str, bytes]:
    """The release in RDF/XML, which every tool for OWL reads."""
    return {f"{STEM}.owl": write_graph(release(source), RDF_XML, source.base)}


def owl_base(source: Source) -> dict[str, bytes]:
    """The base in RDF/XML, under a name of its own."""
    about = "What the ontology states, without what follows from it: for who merges and reasons."
    triples = named(base(source), "base", about)
    return {f"{STEM}-base.owl": write_graph(triples, RDF_XML, source.base)}


def owl_simple(source: Source) -> dict[str, bytes]:
    """The simple form in RDF/XML, under a name of its own."""
    about = "Named classes and what some member of each has: for who walks a graph."
    triples = named(simple(source), "simple", about)
    return {f"{STEM}-simple.owl": write_graph(triples, RDF_XML, source.base)}


def named(triples: Iterable[Triple], name: str, about: str) -> list[Triple]:
    """The triples with the ontology called after its shape, and its title and version too."""
    own = IRI(f"{ROOT_ONTOLOGY}/{name}")
    own_too = (
        _renamed(each, own, name) if each.subject == ROOT_ONTOLOGY else each for each in triples
    )
    return sorted_triples([Triple(own, RDFS.comment, english(about)), *own_too])


def _renamed(said: Triple, own: IRI, name: str) -> Triple:
    value = said.object
    if said.predicate == OWL.versionIRI and isinstance(value, IRI):
        value = IRI(f"{value}/{name}")
    if said.predicate == DCTERMS.title and isinstance(value, Literal):
        value = value._replace(value=f"{value.value} ({name})")
    return Triple(own, said.predicate, value)


# ── Parts ───────────────────────────────────────────────────────────────────────────────────


def _inferred(name: str, edges: Sequence[Edge]) -> Iterator[Triple]:
    for number, (lower, upper) in enumerate(edges):
        node = BlankNode(f"{name}{number}")
        yield Triple(lower, RDFS.subClassOf, upper)
        yield Triple(node, RDF.type, OWL.Axiom)
        for part, value in zip(OWL_ANNOTATED, (lower, RDFS.subClassOf, upper), strict=True):
            yield Triple(node, part, value)
        yield Triple(node, IS_INFERRED, Literal("true"))


def _plain(graph: Graph) -> list[Triple]:
    """What is said of everything that has a name."""
    return [
        Triple(subject, predicate, value)
        for subject, said in graph.items()
        if isinstance(subject, IRI)
        for predicate, values in said.items()
        for value in values
    ]


def _is_complex(graph: Graph, each: Triple) -> bool:
    """Whether a triple leads to a nameless class that is no `property some class`."""
    if not isinstance(each.object, BlankNode):
        return False
    filler = graph.value(each.object, OWL.someValuesFrom)
    is_some = graph.value(each.object, OWL.onProperty) is not None and isinstance(filler, IRI)
    return each.predicate != RDFS.subClassOf or not is_some


def _closed(graph: Graph, triples: Iterable[Triple]) -> Iterator[Triple]:
    """What is said of the nameless nodes that triples lead to."""
    yield from _said(graph, (each.object for each in triples if isinstance(each.object, BlankNode)))


def _said(graph: Graph, nodes: Iterable[Term]) -> Iterator[Triple]:
    for node in nodes:
        if not isinstance(node, Literal):
            for predicate, values in graph.about(node).items():
                yield from (Triple(node, predicate, value) for value in values)
