"""Terms, class expressions and triples in words, so that two versions of them can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.model.rdf import Graph
from kg.model.statements import short_id
from kg.model.vocabulary import (
    IRI,
    OWL_ANNOTATED_PROPERTY,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
    RDFS_SUBCLASS_OF,
    BlankNode,
    Literal,
    Term,
    compact,
    expand,
)
from kg.reasoning.expressions import quote, write_node

_FIELDS: Final[Mapping[str, str]] = {
    RDF_TYPE: "kind",
    RDFS_LABEL: "label",
    RDFS_SUBCLASS_OF: "parents",
    expand("owl:equivalentClass"): "defined as",
    OWL_ANNOTATED_PROPERTY: "property",
}
_VERBS: Final[Mapping[str, str]] = {
    RDFS_SUBCLASS_OF: "SubClassOf",
    expand("owl:equivalentClass"): "EquivalentTo",
    expand("rdfs:subPropertyOf"): "SubPropertyOf",
}


class Wording:
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
