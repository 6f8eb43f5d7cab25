"""The classes that axioms of statements end at, as the ontology defines them.

The right side of an axiom is a class of all things with one value of a property, such as
"supported by a normal GGT", or the class of a clinical role below it, such as "factor that may
raise serum ALP". Where the ontology has none, one is made, with words by the property's template.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI, OWL, PREFIXES, RDFS, Term, eg

_EG: Final = PREFIXES["eg"]


class Classes:
    """Classes of an ontology, found by what defines them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._by_value: dict[tuple[Term, Term], IRI] = {}
        self._below: dict[Term, list[IRI]] = defaultdict(list)
        for node in graph:
            if isinstance(node, IRI):
                self._read(node)

    def target(self, property_: IRI, value: IRI) -> IRI | None:
        """The class that an axiom with this property and value ends at; a role before a value."""
        if property_ == RDFS.subClassOf:
            return value
        return self.role(property_, value) or self._by_value.get((property_, value))

    def role(self, property_: Term | None, value: IRI) -> IRI | None:
        """The class of a clinical role that comes with a value, such as a factor of a finding."""
        if property_ is None:
            return None
        found = self._by_value.get((property_, value))
        below = self._below.get(found, []) if found is not None else []
        roles = (each for each in below if self._graph.value(each, EG.clinicalRole) is not None)
        return next(roles, None)

    def findings(self, context: Term) -> Iterator[Term]:
        """The findings that every case of a class shows, as the ontology tells it of the class."""
        for above in self._graph.objects(context, RDFS.subClassOf):
            if self._graph.value(above, OWL.onProperty) == EG.hasFinding:
                yield from self._graph.objects(above, OWL.hasValue)

    def _read(self, node: IRI) -> None:
        for above in self._graph.objects(node, RDFS.subClassOf):
            self._below[above].append(node)
        for definition in self._graph.objects(node, OWL.equivalentClass):
            value = self._graph.value(definition, OWL.hasValue)
            on = self._graph.value(definition, OWL.onProperty)
            if value is not None and on is not None:
                self._by_value.setdefault((on, value), node)


def name_of(property_: IRI, value: IRI) -> IRI:
    """The IRI of a class that is made for a property and a value.

    >>> name_of(EG.supportedBy, eg("low-iron")).rsplit("/", 1)[1]
    'SupportedByLowIron'
    """
    return eg(_upper(property_) + _upper(value))


def role_of(value: IRI) -> IRI:
    """The IRI of the class of what sources list as a factor of a value.

    >>> role_of(eg("low-iron")).rsplit("/", 1)[1]
    'LowIronFactor'
    """
    return eg(f"{_upper(value)}Factor")


def _upper(term: IRI) -> str:
    """The name of a term without its prefix, in capitals where its words begin."""
    return "".join(each[:1].upper() + each[1:] for each in term.removeprefix(_EG).split("-"))
