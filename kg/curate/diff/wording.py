"""Terms, class expressions and triples in words, so that two versions of them can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

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

Said = Mapping[IRI, Sequence[Term]]
"""The values of each property of one thing."""

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
_FIRST, _REST = expand("rdf:first"), expand("rdf:rest")
_ON: Final = expand("owl:onProperty")
_JOINED: Final = {expand("owl:intersectionOf"): " and ", expand("owl:unionOf"): " or "}
_RESTRICTED: Final = {expand("owl:someValuesFrom"): "some", expand("owl:hasValue"): "value"}
_FACETS: Final = expand("owl:withRestrictions")
_LIMITS: Final = {
    expand("xsd:minInclusive"): ">=",
    expand("xsd:minExclusive"): ">",
    expand("xsd:maxInclusive"): "<=",
    expand("xsd:maxExclusive"): "<",
}


class Wording:
    """Words for what one graph speaks of."""

    def __init__(self, said: Mapping[Term, Said], names: Mapping[str, str]) -> None:
        self._said = said
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
            return self._expression(term)
        if term.startswith(PREFIXES["eg"]):
            return self.title(term)
        name = short_id(term)
        return name if name != term else compact(term)

    def sentence(self, source: Term, role: Term, target: Term) -> str:
        """A triple in the manner of Manchester syntax."""
        verb = _VERBS.get(str(role)) or self._quoted(role)
        return f"{self._quoted(source)} {verb} {self._quoted(target)}"

    def conclusion(self, source: Term, role: Term, target: Term) -> str:
        """A derived edge as people say it."""
        return f"{self.value(source)}: {self.value(role)} {self.value(target)}"

    def _quoted(self, term: Term) -> str:
        shown = self.value(term)
        return f"'{shown}'" if " " in shown and isinstance(term, IRI) else shown

    def _expression(self, node: BlankNode) -> str:
        said = self._said.get(node, {})
        for role, word in _JOINED.items():
            if role in said:
                parts = [self._quoted(each) for each in self._list(said[role][0])]
                return f"({word.join(sorted(parts))})"
        for role, word in _RESTRICTED.items():
            if role in said and _ON in said:
                return f"({self._quoted(said[_ON][0])} {word} {self._quoted(said[role][0])})"
        if _FACETS in said:
            return f"decimal[{', '.join(map(self._limit, self._list(said[_FACETS][0])))}]"
        told = sorted(
            f"{self.field(role)} {self._quoted(each)}" for role in said for each in said[role]
        )
        return f"[{'; '.join(told)}]"

    def _limit(self, node: Term) -> str:
        said = self._said.get(node, {})
        return " and ".join(
            f"{sign} {self.value(each)}"
            for role, sign in _LIMITS.items()
            for each in said.get(role, ())
        )

    def _list(self, node: Term) -> list[Term]:
        found: list[Term] = []
        while (said := self._said.get(node)) and _FIRST in said:
            found.append(said[_FIRST][0])
            node = said[_REST][0]
        return found
