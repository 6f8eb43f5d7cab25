"""What a statement asserts, and where that comes from: the graph, cut to one statement.

The assertion is the normal form of the statement: kind, ends, predicate, polarity, modality, and
every qualifier of its sentence. The bare triple of its ends would say more than the sentence does.
What tells the build which axiom to make (the properties of the module of patterns) is no part of
it. Provenance is the sentence (line, characters, digest), the document with its standing, what its
citation numbers point at, and how the statement was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.nanopubs.words import ADDRESS, NPX, UNKNOWN, part
from kg.model.rdf import Graph, Triple
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, OWL, PREFIXES, PROV, RDF, RDFS, BlankNode, Term, expand

NANOPUB: Final = IRI(ADDRESS + UNKNOWN)
"""The nanopublication while its code is not known."""
ASSERTION: Final = part(NANOPUB, "assertion")

_PATTERNS: Final = expand("ont:patterns")
_HOW_MADE: Final = (EG.evidenceType, EG.note)
_TOLD: Final = tuple(PREFIXES[name] for name in ("eg", "biolink", "dcterms", "prov"))
"""Vocabularies of which a node is described; others say the same, or what points at the node."""
_COUNTS: Final = EG.statementCount
"""It changes with every other statement of the document."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a nanopublication says of one thing, apart from who publishes it."""

    about: IRI
    label: str
    assertion: tuple[Triple, ...]
    provenance: tuple[Triple, ...]


def standing(graph: Graph) -> Sequence[IRI]:
    """The statements of documents that are not withdrawn, in the order of their ids."""
    return sorted(
        node
        for node, said in graph.items()
        if isinstance(node, IRI)
        and node.startswith(PREFIXES["st"])
        and EG.region in said
        and PROV.wasInvalidatedBy not in said
    )


def content_of(graph: Graph, statement: IRI) -> Content:
    """What the nanopublication of a statement says."""
    return Content(
        about=statement,
        label=graph.text(statement, RDFS.label),
        assertion=tuple(_asserted(graph, statement)),
        provenance=tuple(dict.fromkeys(_provenance(graph, statement))),
    )


def _asserted(graph: Graph, statement: IRI) -> Iterator[Triple]:
    for triple in _said(graph, statement):
        if _is_asserted(graph, triple):
            yield triple


def _is_asserted(graph: Graph, triple: Triple) -> bool:
    name, value = triple.predicate, triple.object
    if name == RDF.type:
        return isinstance(value, IRI) and value.startswith(PREFIXES["eg"])
    if not name.startswith(PREFIXES["eg"]):
        return name == RDFS.label
    if name in (EG.region, EG.inDocument, EG.cites, *_HOW_MADE):
        return False
    return _PATTERNS not in graph.objects(name, RDFS.isDefinedBy)


def _provenance(graph: Graph, statement: IRI) -> Iterator[Triple]:
    """The assertion comes from a region; the rest says what region, document and citations are."""
    regions, documents = (
        graph.objects(statement, EG.region),
        graph.objects(statement, EG.inDocument),
    )
    for source in (*regions, *documents):
        yield Triple(ASSERTION, PROV.wasDerivedFrom, source)
    yield from _made(graph, statement)
    pointers = graph.objects(statement, EG.cites)
    for pointer in pointers:
        yield Triple(ASSERTION, EG.cites, pointer)
    works = (work for each in pointers for work in graph.objects(each, EG.inferredReference))
    for node in dict.fromkeys((*regions, *documents, *pointers, *works)):
        yield from _said(graph, node)


def _made(graph: Graph, statement: IRI) -> Iterator[Triple]:
    """How the statement was made, said of the assertion: level of knowledge, agent, evidence."""
    for triple in _said(graph, statement):
        name = triple.predicate
        if name in _HOW_MADE or name.startswith(PREFIXES["biolink"]):
            yield Triple(ASSERTION, name, triple.object)


def _said(graph: Graph, node: Term) -> Iterator[Triple]:
    """What is said of a node in names: neither of the file it stands in, nor of nameless nodes."""
    if isinstance(node, IRI):
        for name, values in sorted(graph.about(node).items()):
            for value in sorted(values, key=lambda each: each.n3()):
                if _is_told(name, value):
                    yield Triple(node, name, value)


def _is_told(name: IRI, value: Term) -> bool:
    """Whether a triple is of the node itself; what other statements add to it is left out."""
    if name == _COUNTS or value == OWL.NamedIndividual or isinstance(value, BlankNode):
        return False
    return name in (RDF.type, RDFS.label) or name.startswith(_TOLD)


def retraction_of(nanopub: IRI, statement: IRI, agent: IRI, graph: Graph) -> Content:
    """What a retraction says: who retracts the nanopublication, and why its statement fell."""
    withdrawals = graph.objects(statement, PROV.wasInvalidatedBy)
    reasons = [Triple(ASSERTION, PROV.wasDerivedFrom, each) for each in withdrawals or [statement]]
    told = [triple for each in withdrawals for triple in _said(graph, each)]
    return Content(
        about=statement,
        label=f"retraction: {graph.text(statement, RDFS.label) or short_id(statement)}",
        assertion=(Triple(agent, NPX.retracts, nanopub),),
        provenance=(Triple(ASSERTION, PROV.wasAttributedTo, agent), *reasons, *told),
    )
