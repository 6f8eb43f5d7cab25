"""Kinds of case that statements are of, found or made: the context with the subject.

A statement on a raised marker in a disease is of the patients with the disease who show the raised
marker, and of nobody else: what it makes starts from the class of both. Where no file has that
class, it is made. What a class is told to be decides, part by part, and no figure is compared: a
class that a reasoner alone would find is made again, which gives nobody an axiom too many.

>>> from kg.model.rdf import read_turtle
>>> graph = Graph(read_turtle(b'''
... @prefix eg: <https://w3id.org/etiograph/id/> .
... @prefix owl: <http://www.w3.org/2002/07/owl#> .
... @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
... eg:rash a eg:Finding . eg:DiverCase a owl:Class .
... eg:RashCase rdfs:subClassOf [ owl:onProperty eg:hasFinding ; owl:hasValue eg:rash ] .
... '''))
>>> cases = Cases(graph)
>>> cases.with_subject(EG.DiverCase, EG.rash) == EG.RashInDiverCase
True
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI, OWL, PREFIXES, RDF, RDFS, Term

_CASE: Final = "Case"
_EG: Final = PREFIXES["eg"]
_OF_RESTRICTIONS: Final = (OWL.someValuesFrom, OWL.hasValue)


@dataclass(frozen=True, slots=True)
class MadeCase:
    """What defines a class of cases that no file has."""

    context: IRI
    """The wider class of cases."""
    subject: IRI
    """What each of its cases has too: a finding, a condition, a treatment, a result, a case."""
    member: IRI
    """The class by which the definition says so: the cases that show a finding, or the subject."""
    property: IRI | None = None
    """By which property a case has `member`; none where that is a class of cases itself."""


class Cases:
    """The kinds of case of an ontology, and those that are made of them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.made: dict[IRI, MadeCase] = {}
        """The classes that no file has, by their names."""
        self._parts: dict[Hashable, list[frozenset[Hashable]]] = defaultdict(list)
        self._named: dict[frozenset[Hashable], IRI] = {}
        self._told: dict[Hashable, list[Hashable]] = defaultdict(list)
        self._showing: dict[Hashable, IRI] = {}
        self._found: dict[tuple[IRI, IRI], IRI | None] = {}
        self._measurements = {each for node in graph for each in graph.objects(node, EG.stateOf)}
        for node in graph:
            if isinstance(node, IRI):
                self._read(node)
        self._ranges = {
            property_: tuple(graph.objects(property_, RDFS.range))
            for property_ in graph
            if isinstance(property_, IRI) and graph.value(property_, EG.factOfCase) is not None
        }

    def with_subject(self, context: IRI, subject: IRI) -> IRI | None:
        """The cases of a context that have the subject of a statement; the context where all do.

        None for a finding that no case shows, for a class of what no case has, and for a
        measurement, of which a case has a result and not the thing itself. A subject that is one
        thing and no kind of them, such as a cell or a test, leaves the context as it is.
        """
        key = context, subject
        if key not in self._found:
            self._found[key] = self._looked_up(context, subject)
        return self._found[key]

    def _looked_up(self, context: IRI, subject: IRI) -> IRI | None:
        if self.is_finding(subject):
            return self._with_finding(context, subject)
        if self.is_below(subject, EG.Case):
            is_all = self.is_below(context, subject)
            return context if is_all else self._both(context, MadeCase(context, subject, subject))
        return self._with_fact(context, subject)

    def of_fact(self, fact: IRI) -> IRI | None:
        """The cases of anyone with a fact or a finding; None for what no case has."""
        if self.is_finding(fact):
            return self.showing(fact)
        property_ = self._property(fact)
        return property_ and self._both(EG.Case, MadeCase(EG.Case, fact, fact, property_))

    def declare(self, name: IRI) -> None:
        """Define a kind of case that a statement names and no file has, by the fact in its name."""
        if name not in self._graph and name.endswith(_CASE):
            self.of_fact(IRI(name.removesuffix(_CASE)))

    def is_finding(self, term: Term) -> bool:
        """Whether a term is something that a case shows."""
        return EG.Finding in self._graph.objects(term, RDF.type)

    def is_measurement(self, term: Term) -> bool:
        """Whether a term is a measurement, of whose results some are raised, normal or low."""
        return term in self._measurements

    def showing(self, finding: Term) -> IRI | None:
        """The class of the cases that show a finding."""
        return self._showing.get(finding)

    def _with_finding(self, context: IRI, finding: IRI) -> IRI | None:
        """The cases of a context that show a finding."""
        showing = self.showing(finding)
        if showing is None or self.is_below(context, showing):
            return showing and context
        return self._both(context, MadeCase(context, finding, showing))

    def _with_fact(self, context: IRI, subject: IRI) -> IRI | None:
        """The cases of a context with a fact of a class."""
        if self._has(context, subject):
            return context
        property_ = self._property(subject)
        if property_ is None:
            is_class = OWL.Class in self._graph.objects(subject, RDF.type)
            return None if is_class else context
        found = self._find(MadeCase(context, subject, subject, property_))
        if found is None and subject in self._measurements:
            return None
        return found or self._both(context, MadeCase(context, subject, subject, property_))

    def _both(self, context: IRI, case: MadeCase) -> IRI:
        """The class that a definition is of: the one that has it, or a new one."""
        if context == EG.Case and case.property is None:
            return case.member
        found = self._find(case)
        if found is None:
            found = name_of(case)
            self.made[found] = case
            self._define(found, frozenset(_members(case)))
        return found

    def _find(self, case: MadeCase) -> IRI | None:
        return self._named.get(frozenset(_members(case)))

    def _property(self, subject: IRI) -> IRI | None:
        """By which property a case has things of a class."""
        for property_, ranges in self._ranges.items():
            if any(self.is_below(subject, each) for each in ranges):
                return property_
        return None

    # ── What classes are told to be ─────────────────────────────────────────────────────────────

    def is_below(self, lower: Hashable, upper: Hashable) -> bool:
        """Whether all of a class are of another, as the parts of their definitions tell it."""
        return self._is_met(upper, self._above(lower), frozenset())

    def _is_met(
        self, wanted: Hashable, told: Collection[Hashable], asked: frozenset[Hashable]
    ) -> bool:
        """Whether something told is what is wanted, or all parts are told of which it consists."""
        if any(wanted == each or self._is_narrower(each, wanted) for each in told):
            return True
        definitions = self._parts.get(wanted, ()) if wanted not in asked else ()
        return any(
            all(self._is_met(part, told, asked | {wanted}) for part in parts)
            for parts in definitions
        )

    def _is_narrower(self, told: Hashable, wanted: Hashable) -> bool:
        if not (isinstance(told, tuple) and isinstance(wanted, tuple)):
            return False
        both = told[:2] == wanted[:2] and told[1] == OWL.someValuesFrom
        return both and self.is_below(told[2], wanted[2])

    def _above(self, lower: Hashable) -> set[Hashable]:
        """A class, and all that it is told to be, near and far."""
        found: set[Hashable] = set()
        waiting = [lower]
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += self._told.get(each, ())
                waiting += (part for parts in self._parts.get(each, ()) for part in parts)
        return found

    def _has(self, context: Hashable, fact: IRI) -> bool:
        """Whether every case of a class has something of another, such as a drug by a treatment."""
        facts = (each for each in self._above(context) if isinstance(each, tuple))
        return any(self.is_below(each[2], fact) or self._has(each[2], fact) for each in facts)

    def _read(self, node: IRI) -> None:
        for each in self._graph.objects(node, RDFS.subClassOf):
            told = self._member(each)
            self._told[node].append(told)
            if isinstance(told, tuple) and told[:2] == (EG.hasFinding, OWL.hasValue):
                self._showing.setdefault(told[2], node)
        for each in self._graph.objects(node, OWL.equivalentClass):
            for head in self._graph.objects(each, OWL.intersectionOf):
                self._define(node, frozenset(map(self._member, self._graph.members(head))))

    def _define(self, node: IRI, parts: frozenset[Hashable]) -> None:
        self._parts[node].append(parts)
        self._named.setdefault(parts, node)

    def _member(self, term: Term) -> Hashable:
        """A class as it is, and a restriction by what it says."""
        on = self._graph.value(term, OWL.onProperty)
        for kind in _OF_RESTRICTIONS:
            if on is not None and (of := self._graph.value(term, kind)) is not None:
                return on, kind, of if isinstance(of, IRI) else self._bounds(of)
        return term

    def _bounds(self, node: Term) -> Hashable:
        """A range of numbers by its facets, and a class without a name by its parts."""
        listed = (
            each
            for name in (OWL.withRestrictions, OWL.intersectionOf)
            for head in self._graph.objects(node, name)
            for each in self._graph.members(head)
        )
        return (
            frozenset(
                each
                if isinstance(each, IRI)
                else frozenset(
                    (name, tuple(values)) for name, values in self._graph.about(each).items()
                )
                for each in listed
            )
            or node
        )


def _members(case: MadeCase) -> Iterator[Hashable]:
    """The parts of a definition."""
    yield case.context
    yield case.member if case.property is None else (case.property, OWL.someValuesFrom, case.member)


def name_of(case: MadeCase) -> IRI:
    """The IRI of a class that is made: `RaisedXInDiseaseCase`; of one fact alone, `DiseaseCase`.

    >>> name_of(MadeCase(EG.DiverCase, EG.rash, EG.RashCase)) == EG.RashInDiverCase
    True
    >>> name_of(MadeCase(EG.Case, EG.Gout, EG.Gout, EG.hasCondition)) == EG.GoutCase
    True
    """
    name = case.member.removesuffix(_CASE)
    if case.context == EG.Case:
        return IRI(f"{name}{_CASE}")
    return IRI(f"{name}In{case.context.removeprefix(_EG)}")
