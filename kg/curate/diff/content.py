"""What a built graph says, thing by thing, in words that can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.compile.retraction import find_statement_kinds
from kg.model.changes import Entities, Entity
from kg.model.rdf import Graph, Quad, labels_of, read_nquads
from kg.model.statements import short_id
from kg.model.vocabulary import (
    BASE,
    EG,
    GRAPH_INFERRED,
    IRI,
    OWL,
    OWL_ANNOTATED,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    BlankNode,
    Literal,
    Term,
    compact,
    text_of,
)
from kg.reasoning.expressions import quote, write_node

_EDGE_ENDS: Final = (EG.edgeSource, EG.edgeProperty, EG.edgeTarget)
_LEFT_OUT: Final = frozenset(
    {
        *OWL_ANNOTATED,
        *_EDGE_ENDS,
        EG.usesAxiom,
        PROV.wasInvalidatedBy,
        RDFS.isDefinedBy,
    }
)
"""What is told otherwise: in the name of a thing, or as its withdrawal."""
_KINDS_LEFT_OUT: Final = frozenset({OWL.Axiom, EG.DerivedEdge, EG.AxiomRecord, OWL.NamedIndividual})

Said = Mapping[IRI, Sequence[Term]]
"""The values of each property of one thing."""


@dataclass(frozen=True)
class Content:
    """Everything in a graph that a curator wrote, and what was concluded from it."""

    statements: Entities
    terms: Entities
    records: Entities
    axioms: Entities
    conclusions: Entities
    withdrawn: Mapping[str, str]
    """Of each withdrawn statement the reason, by its id."""


def read_contents(old: bytes, new: bytes) -> tuple[Content, Content]:
    """The contents of two graphs in N-Quads, which call the same thing by the same name.

    What is named otherwise in the new graph is so called in both: otherwise every statement about
    a term would seem to differ where the term has a new label.
    """
    quads = tuple(read_nquads(old)), tuple(read_nquads(new))
    names = labels_of(quads[0]) | labels_of(quads[1])
    return content_of(quads[0], names), content_of(quads[1], names)


def content_of(quads: tuple[Quad, ...], names: Mapping[str, str]) -> Content:
    """The content of some quads; what is inferred stands in a graph of its own."""
    reader = _Reader(quads, names)
    groups: dict[str, list[Entity]] = {"statement": [], "term": [], "record": [], "": []}
    for group, thing in reader.things():
        groups[group].append(thing)
    return Content(
        statements=_by_id(groups["statement"]),
        terms=_by_id(groups["term"]),
        records=_by_id(groups["record"]),
        axioms=_by_id(reader.axioms()),
        conclusions=_by_id(reader.conclusions()),
        withdrawn=reader.withdrawn(),
    )


class _Reader:
    """Groups quads by what they are about, and puts them in words."""

    def __init__(self, quads: tuple[Quad, ...], names: Mapping[str, str]) -> None:
        self._said = Graph(quad for quad in quads if quad.graph != GRAPH_INFERRED)
        self._inferred = Graph(quad for quad in quads if quad.graph == GRAPH_INFERRED)
        self._kinds = find_statement_kinds(quads)
        self._wording = _Wording(self._said, names)
        self._nodes = [
            said
            for said in self._said.values()
            if OWL.Axiom in said.get(RDF.type, ()) and said.keys() >= set(OWL_ANNOTATED)
        ]
        self._annotated = {tuple(said[end][0] for end in OWL_ANNOTATED) for said in self._nodes}

    def things(self) -> Iterator[tuple[str, Entity]]:
        """Whatever has a name of ours, with the group that it belongs to."""
        for node, said in self._said.items():
            if isinstance(node, IRI) and node.startswith(BASE):
                name = short_id(node)
                name = name if name != node else compact(node)
                yield (
                    self._group(node, said),
                    Entity(name, self._wording.title(node), self._fields(said, node)),
                )

    def axioms(self) -> Iterator[Entity]:
        """The axioms that rest on statements; the others are told with their terms."""
        for said in self._nodes:
            source, role, target = (said[end][0] for end in OWL_ANNOTATED)
            yield self._told(self._wording.sentence(source, role, target), said, "evidence")

    def conclusions(self) -> Iterator[Entity]:
        """The derived edges, and the kinds of kinds that no file states."""
        for node, said in self._inferred.items():
            if EG.DerivedEdge in said.get(RDF.type, ()):
                source, role, target = (said[end][0] for end in _EDGE_ENDS)
                text = self._wording.conclusion(source, role, target)
                yield self._told(text, said, "rule statement")
            for upper in said.get(RDFS.subClassOf, ()):
                if not self._means_a_value(upper):
                    text = self._wording.sentence(node, RDFS.subClassOf, upper)
                    yield Entity(text, text, {})

    def withdrawn(self) -> dict[str, str]:
        """The reasons of withdrawals."""
        return {
            short_id(str(node)): "; ".join(
                text_of(reason)
                for each in said[PROV.wasInvalidatedBy]
                for reason in self._said.objects(each, EG.reason)
            )
            for node, said in self._said.items()
            if PROV.wasInvalidatedBy in said
        }

    def _means_a_value(self, term: Term) -> bool:
        """Whether a class is defined by a value alone: a derived edge says it better."""
        return any(
            OWL.hasValue in self._said.about(each)
            for each in self._said.objects(term, OWL.equivalentClass)
        )

    def _told(self, text: str, said: Said, carrying: str) -> Entity:
        fields = self._fields(said)
        return Entity(text, text, fields, fields.get(carrying, ()))

    def _group(self, node: IRI, said: Said) -> str:
        types = said.get(RDF.type, ())
        if any(kind in self._kinds for kind in types):
            return "statement"
        if OWL.Ontology in types or EG.Withdrawal in types:
            return ""
        return "term" if node.startswith(PREFIXES["eg"]) else "record"

    def _fields(self, said: Said, node: IRI | None = None) -> dict[str, tuple[str, ...]]:
        """What is said, by names that people read, without what is told with an axiom."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for role, values in said.items():
            for value in values if role not in _LEFT_OUT else ():
                told = (node, role, value) in self._annotated
                if not told and not (role == RDF.type and value in _KINDS_LEFT_OUT):
                    found[self._wording.field(role)].add(self._wording.value(value))
        return {name: tuple(sorted(values)) for name, values in sorted(found.items())}


def _by_id(things: Iterable[Entity]) -> dict[str, Entity]:
    return {thing.id: thing for thing in sorted(things, key=lambda each: each.id)}


# ── Words for what one graph speaks of ────────────────────────────────────────────────────────

_FIELDS: Final[Mapping[str, str]] = {
    RDF.type: "kind",
    RDFS.label: "label",
    RDFS.subClassOf: "parents",
    OWL.equivalentClass: "defined as",
    OWL.annotatedProperty: "property",
}
_VERBS: Final[Mapping[str, str]] = {
    RDFS.subClassOf: "SubClassOf",
    OWL.equivalentClass: "EquivalentTo",
    RDFS.subPropertyOf: "SubPropertyOf",
}


class _Wording:
    """Words for what one graph speaks of."""

    def __init__(self, graph: Graph, names: Mapping[str, str]) -> None:
        self._graph = graph
        self._names = names

    def title(self, iri: IRI) -> str:
        """The label of a thing, without the id that the label of a statement opens with."""
        label = self._names.get(iri) or compact(iri)
        return label.removeprefix(f"{short_id(iri)} ")

    def field(self, role: IRI) -> str:
        """The name of a property."""
        return _FIELDS.get(role) or self._names.get(role) or compact(role).rpartition(":")[2]

    def value(self, term: Term) -> str:
        """A value: a term of ours by its label, a statement by its id, a code as it is written."""
        if isinstance(term, Literal):
            return term.value
        if isinstance(term, BlankNode):
            return write_node(self._graph, term, self._name)
        if term.startswith(PREFIXES["eg"]):
            return self.title(term)
        name = short_id(term)
        return name if name != term else compact(term)

    def sentence(self, source: Term, role: Term, target: Term) -> str:
        """A triple in the manner of Manchester syntax."""
        verb = _VERBS.get(str(role)) or self._part(role)
        return f"{self._part(source)} {verb} {self._part(target)}"

    def conclusion(self, source: Term, role: Term, target: Term) -> str:
        """A derived edge as people say it."""
        return f"{self.value(source)}: {self.value(role)} {self.value(target)}"

    def _part(self, term: Term) -> str:
        return write_node(self._graph, term, self._name)

    def _name(self, iri: str) -> str:
        return quote(self.value(IRI(iri)))
