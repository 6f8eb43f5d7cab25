"""Each statement as an edge of Biolink, or the reasons why it is none.

An edge is read without its hedges, so nothing is made an edge that says less than the edge would:
no denial, no possibility, no advice, nobody's finding as everybody's. What an edge cannot carry
besides is told too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.biolink.words import Node, Relation, Words, read_words
from kg.export.nanopubs.content import standing
from kg.export.obo_words import obo_curie
from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI, OWL, PREFIXES, RDF, RDFS, Term, expand, text_of

DISEASE_CONTEXT: Final = "biolink:disease_context_qualifier"

_CARRIED: Final = frozenset(
    {
        *(RDF.type, RDFS.label, RDFS.isDefinedBy),
        *(EG.subject, EG.predicate, EG.object, EG.polarity, EG.modality),
        *(EG.populationClass, EG.population, EG.region, EG.inDocument, EG.evidenceType),
    }
)
"""What an edge says, or what stands behind its publication."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement that Biolink can say, at least in part."""

    statement: IRI
    text: str
    subject: Node
    predicate: str
    object: Node
    qualifiers: tuple[tuple[str, str], ...]
    knowledge_level: str
    agent_type: str
    publications: tuple[str, ...]
    evidence: tuple[str, ...]
    """The kinds of its evidence, as CURIEs of ECO."""
    review: tuple[str, ...]
    """What its documents say of their own review, such as that it is pending."""
    left_out: tuple[str, ...]
    """What the statement says besides, by the names of its properties."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A statement that no edge is made of."""

    statement: IRI
    text: str
    reasons: tuple[str, ...]


def edges_of(graph: Graph) -> tuple[tuple[Edge, ...], tuple[Unsaid, ...]]:
    """The edges and what is none, in the order of the statements; none is withdrawn."""
    words = read_words()
    found = [_said(graph, words, each) for each in standing(graph)]
    return (
        tuple(each for each in found if isinstance(each, Edge)),
        tuple(each for each in found if isinstance(each, Unsaid)),
    )


def _said(graph: Graph, words: Words, statement: IRI) -> Edge | Unsaid:
    text = graph.text(statement, RDFS.label)
    relation = _relation(graph, words, statement)
    ends = tuple(
        words.node(graph, _value(graph, statement, end)) for end in (EG.subject, EG.object)
    )
    scope = _scope(graph, words, statement)
    reasons = tuple(_reasons(graph, statement, relation, ends, scope))
    subject, object_ = ends
    if reasons or subject is None or object_ is None or scope is None:
        return Unsaid(statement, text, reasons)
    if relation.turned:
        subject, object_ = object_, subject
    return Edge(
        *(statement, text, subject, relation.predicate, object_, scope),
        knowledge_level=graph.text(statement, expand("biolink:knowledge_level")),
        agent_type=graph.text(statement, expand("biolink:agent_type")),
        publications=tuple(map(str, graph.objects(statement, EG.inDocument))),
        evidence=tuple(
            obo_curie(text_of(each)) for each in graph.objects(statement, EG.evidenceType)
        ),
        review=tuple(_review(graph, statement)),
        left_out=tuple(_left_out(graph, statement)),
    )


def _relation(graph: Graph, words: Words, statement: IRI) -> Relation:
    predicate = _value(graph, statement, EG.predicate)
    found = words.relation(predicate, _value(graph, statement, EG.modality))
    none = graph.text(predicate, EG.noCounterpartBecause) or "Biolink has no predicate for it"
    return found or Relation("", turned=False, reason=none)


def _reasons(
    graph: Graph,
    statement: IRI,
    relation: Relation,
    ends: Sequence[Node | None],
    scope: tuple[tuple[str, str], ...] | None,
) -> Iterator[str]:
    """Why a statement is no edge, each reason once."""
    if _value(graph, statement, EG.polarity) != EG.affirmed:
        yield "it denies; whoever passes over `negated` would read the contrary"
    if not relation.predicate:
        yield relation.reason
    for name, node in zip((EG.subject, EG.object), ends, strict=True):
        if node is None:
            term = graph.text(_value(graph, statement, name), RDFS.label)
            yield f"no public code of a Biolink category means just its {_local(name)}, {term}"
    if scope is None:
        whom = graph.text(_whom(graph, statement), RDFS.label)
        yield f"Biolink has no qualifier for whom it is about: {whom}"


def _scope(graph: Graph, words: Words, statement: IRI) -> tuple[tuple[str, str], ...] | None:
    """Whom it is about as qualifiers: nobody in particular, or patients with one disease."""
    population = _whom(graph, statement)
    if population == EG.Case:
        return ()
    condition = _only_condition(graph, population)
    node = None if condition is None else words.node(graph, condition)
    return None if node is None else ((DISEASE_CONTEXT, node.id),)


def _whom(graph: Graph, statement: IRI) -> Term:
    """Whom it is about; where it names nobody, the cases to which alone it applies."""
    population = _value(graph, statement, EG.populationClass)
    if population != EG.Case:
        return population
    return graph.value(statement, EG.context) or population


def _only_condition(graph: Graph, population: Term) -> Term | None:
    """The condition that all of a kind of case have, where that is its whole definition."""
    for definition in graph.objects(population, OWL.equivalentClass):
        head = graph.value(definition, OWL.intersectionOf)
        parts = [] if head is None else list(graph.members(head))
        rest = [part for part in parts if part != EG.Case]
        if len(rest) == 1 and len(parts) > 1:
            (part,) = rest
            if graph.value(part, OWL.onProperty) == EG.hasCondition:
                return graph.value(part, OWL.someValuesFrom)
    return None


def _review(graph: Graph, statement: IRI) -> Iterator[str]:
    for document in graph.objects(statement, EG.inDocument):
        yield from map(text_of, graph.objects(document, EG.reviewStatus))


def _left_out(graph: Graph, statement: IRI) -> Iterator[str]:
    """The names of what an edge does not carry, sorted."""
    same = _value(graph, statement, EG.context) == _whom(graph, statement)
    carried = _CARRIED | {EG.context} if same else _CARRIED
    patterns = expand("ont:patterns")
    names = {
        graph.text(name, RDFS.label) or _local(name)
        for name in graph.about(statement)
        if name.startswith(PREFIXES["eg"])
        and name not in carried
        and patterns not in graph.objects(name, RDFS.isDefinedBy)
    }
    yield from sorted(names)


def _value(graph: Graph, statement: IRI, name: IRI) -> Term:
    return graph.value(statement, name) or IRI("")


def _local(name: IRI) -> str:
    return name.removeprefix(PREFIXES["eg"])
