"""Reads axioms with their evidence from a graph; what the fragment does not hold is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from kg.compile.owl.axioms import Axiom, Declarations, axiom_text, make_axiom, used
from kg.model.errors import BuildError, NotHornError
from kg.model.rdf import Graph, Node, Triple
from kg.model.vocabulary import (
    EG,
    IRI,
    OWL,
    RDF,
    RDFS,
    XSD,
    BlankNode,
    Literal,
    Term,
    expand,
    text_of,
)
from kg.reasoning.expressions import (
    Expression,
    Facet,
    Named,
    Some,
    Value,
    canonical,
    conjunction,
    disjunction,
)
from kg.reasoning.intervals import Interval

_CHAIN_LENGTH: Final = 2

_Evidence = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""The statements that carry an axiom, those that agree with it, and those that deny it."""
_EVIDENCE: Final = (EG.evidence, EG.corroboration, EG.counterEvidence)
"""The properties of axioms that lead to each of them."""
_NO_EVIDENCE: Final[_Evidence] = ((), (), ())


def _named(node: Term) -> Named:
    """A name as plain text: what is made of axioms is written as JSON."""
    return Named(str(node))


def _owl(names: str) -> tuple[IRI, ...]:
    return tuple(expand(f"owl:{name}") for name in names.split())


_CLASS, _OBJECT_PROPERTY, _DATA_PROPERTY, _INDIVIDUAL = _owl(
    "Class ObjectProperty DatatypeProperty NamedIndividual"
)
_TRANSITIVE, _FUNCTIONAL, _CHAIN, _INVERSE_OF, _DISJOINT = _owl(
    "TransitiveProperty FunctionalProperty propertyChainAxiom inverseOf disjointWith"
)
_ALL_DISJOINT, _MEMBERS = _owl("AllDisjointClasses members")
_ON_PROPERTY, _HAS_VALUE, _SOME_VALUES, _ON_DATATYPE, _FACETS = _owl(
    "onProperty hasValue someValuesFrom onDatatype withRestrictions"
)
_SUB_PROPERTY, _DOMAIN, _RANGE, _DATATYPE = (
    expand(f"rdfs:{name}") for name in ("subPropertyOf", "domain", "range", "Datatype")
)
_CLASS_KINDS: Final = {
    RDFS.subClassOf: "subclass",
    OWL.equivalentClass: "equivalent",
    _DISJOINT: "disjoint",
}
_PROPERTY_LINKS: Final = {_SUB_PROPERTY: "subproperty", _INVERSE_OF: "inverse"}
_REFUSED_TYPES: Final = _owl(
    "AllDisjointProperties AllDifferent NegativePropertyAssertion "
    "SymmetricProperty AsymmetricProperty ReflexiveProperty IrreflexiveProperty "
    "InverseFunctionalProperty"
)
_REFUSED_LINKS: Final = _owl(
    "disjointUnionOf hasKey propertyDisjointWith equivalentProperty sameAs differentFrom"
)
_REFUSED_EXPRESSIONS: Final = _owl(
    "allValuesFrom complementOf oneOf minCardinality maxCardinality cardinality "
    "minQualifiedCardinality maxQualifiedCardinality qualifiedCardinality hasSelf onProperties "
    "disjointUnionOf datatypeComplementOf"
)
_JOINED: Final[Mapping[IRI, Callable[[list[Expression]], Expression]]] = dict(
    zip(_owl("intersectionOf unionOf"), (conjunction, disjunction), strict=True)
)
_BOUNDS: Final = {
    XSD.minInclusive: "at_least",
    XSD.minExclusive: "above",
    XSD.maxInclusive: "at_most",
    XSD.maxExclusive: "below",
}


def read_axioms(graph: Graph) -> tuple[Axiom, ...]:
    """Every logical axiom of the graph, in an order that depends on the content alone."""
    _refuse_other_axioms(graph)
    notes = _read_annotations(graph)
    found: dict[str, Axiom] = {}
    for triple, axiom in dict.fromkeys(_read_triples(graph, read_declarations(graph))):
        evidence, corroboration, counter = notes.pop(triple, _NO_EVIDENCE)
        annotated = replace(axiom, evidence=evidence, corroboration=corroboration, counter=counter)
        known = found.get(axiom.id)
        found[axiom.id] = annotated if known is None else _merge(known, annotated)
    _refuse_dangling(graph, notes)
    _refuse_wrong_kinds(graph, found.values())
    return tuple(sorted(found.values(), key=_order))


def read_declarations(graph: Graph) -> Declarations:
    """The classes and properties that the graph declares."""

    def declared(kind: IRI) -> frozenset[str]:
        return frozenset(str(each) for each in graph.of_type(kind) if isinstance(each, IRI))

    return Declarations(
        classes=declared(_CLASS),
        object_properties=declared(_OBJECT_PROPERTY),
        data_properties=declared(_DATA_PROPERTY),
    )


def _read_triples(graph: Graph, declared: Declarations) -> Iterator[tuple[Triple, Axiom]]:
    for subject, said in graph.items():
        for predicate, kind in _CLASS_KINDS.items():
            for target in said.get(predicate, ()):
                if _DATATYPE in said.get(RDF.type, ()):
                    raise _not_horn(subject, "a named datatype")
                terms = (read_expression(graph, each, within=subject) for each in (subject, target))
                yield Triple(subject, predicate, target), make_axiom(kind, *terms)
    for iri in sorted(declared.object_properties | declared.data_properties):
        yield from _read_property(graph, IRI(iri), declared)
    yield from _read_types(graph)
    yield from _read_groups(graph)


def _read_groups(graph: Graph) -> Iterator[tuple[Triple, Axiom]]:
    """The classes of which nothing is in two."""
    for node in graph.of_type(_ALL_DISJOINT):
        head = graph.value(node, _MEMBERS)
        members = () if head is None else tuple(dict.fromkeys(graph.members(head)))
        if head is None or len(members) < _CHAIN_LENGTH:
            raise BuildError("An owl:AllDisjointClasses lacks two classes among its owl:members.")
        terms = (read_expression(graph, each) for each in members)
        yield Triple(node, _MEMBERS, head), make_axiom("disjoint", *terms)


def _read_property(
    graph: Graph, role: IRI, declared: Declarations
) -> Iterator[tuple[Triple, Axiom]]:
    name = _named(role)
    for predicate, kind in _PROPERTY_LINKS.items():
        for other in graph.objects(role, predicate):
            if not isinstance(other, IRI):
                raise _not_horn(role, "an anonymous property")
            if role in declared.data_properties:
                link = predicate.rpartition("#")[2]
                raise NotHornError(f"<{role}>: HermiT follows no {link} of decimals.")
            yield Triple(role, predicate, other), make_axiom(kind, name, _named(other))
    for head in graph.objects(role, _CHAIN):
        chain = tuple(_named(link) for link in graph.members(head))
        if len(chain) != _CHAIN_LENGTH:
            raise NotHornError(f"<{role}>: write a chain of {len(chain)} as chains of two.")
        yield Triple(role, _CHAIN, head), make_axiom("chain", *chain, name)
    yield from _read_characteristics(graph, role, declared)
    yield from _read_ends(graph, role, declared)


def _read_characteristics(
    graph: Graph, role: IRI, declared: Declarations
) -> Iterator[tuple[Triple, Axiom]]:
    kinds = graph.objects(role, RDF.type)
    if _TRANSITIVE in kinds:
        yield Triple(role, RDF.type, _TRANSITIVE), make_axiom("transitive", _named(role))
    if _FUNCTIONAL in kinds:
        if role not in declared.data_properties:
            raise NotHornError(f"<{role}>: only data properties may be functional.")
        yield Triple(role, RDF.type, _FUNCTIONAL), make_axiom("functional", _named(role))


def _read_ends(graph: Graph, role: IRI, declared: Declarations) -> Iterator[tuple[Triple, Axiom]]:
    """The domain of a property and its range; that of a data property is always the same."""
    for predicate, kind in ((_DOMAIN, "domain"), (_RANGE, "range")):
        for node in graph.objects(role, predicate):
            if kind == "range" and role in declared.data_properties:
                _check_data_range(role, node)
                continue
            target = read_expression(graph, node, within=role)
            yield Triple(role, predicate, node), make_axiom(kind, _named(role), target)


def _check_data_range(role: IRI, node: Term) -> None:
    if node != XSD.decimal:
        raise NotHornError(f"<{role}>: the range of a data property is xsd:decimal here.")


def _read_types(graph: Graph) -> Iterator[tuple[Triple, Axiom]]:
    """The classes of the individuals that some hasValue names; they hold in every case."""
    values = (each for said in graph.values() for each in said.get(_HAS_VALUE, ()))
    for individual in sorted({each for each in values if isinstance(each, IRI)}):
        for node in graph.objects(individual, RDF.type):
            if node == _INDIVIDUAL:
                continue
            target = read_expression(graph, node, within=individual)
            yield Triple(individual, RDF.type, node), make_axiom("type", _named(individual), target)


# ── Evidence ────────────────────────────────────────────────────────────────────────────────


def _read_annotations(graph: Graph) -> dict[Triple, _Evidence]:
    notes: dict[Triple, _Evidence] = {}
    for node in graph.of_type(OWL.Axiom):
        triple = _annotated(graph, node)
        evidence, corroboration, counter = (
            tuple(sorted({*known, *map(str, graph.objects(node, link))}))
            for known, link in zip(notes.get(triple, _NO_EVIDENCE), _EVIDENCE, strict=True)
        )
        notes[triple] = evidence, corroboration, counter
    return notes


def _annotated(graph: Graph, node: Node) -> Triple:
    """The triple that an axiom node is about."""
    source, predicate, target = graph.annotated(node)
    if not isinstance(source, IRI | BlankNode) or not isinstance(predicate, IRI) or target is None:
        raise BuildError("An owl:Axiom node lacks its annotated source, property or target.")
    return Triple(source, predicate, target)


def _merge(known: Axiom, again: Axiom) -> Axiom:
    """One axiom from two spellings of it; both must say whether it needs evidence."""
    if bool(known.evidence) != bool(again.evidence):
        raise BuildError(f"Stated twice, once without evidence: {axiom_text(known, {})}.")
    return replace(
        known,
        evidence=tuple(sorted({*known.evidence, *again.evidence})),
        corroboration=tuple(sorted({*known.corroboration, *again.corroboration})),
        counter=tuple(sorted({*known.counter, *again.counter})),
    )


def _order(axiom: Axiom) -> tuple[str, str]:
    return axiom.kind, " ".join(map(canonical, axiom.terms))


# ── What is refused ─────────────────────────────────────────────────────────────────────────


def _refuse_dangling(graph: Graph, notes: Iterable[Triple]) -> None:
    """An annotation on a triple that is not there would lose its evidence in silence."""
    for source, predicate, target in notes:
        if target not in graph.objects(source, predicate):
            raise BuildError(
                f"An owl:Axiom node annotates {source.n3()} {predicate.n3()} {target.n3()}, "
                "which the graph does not contain."
            )


def _refuse_wrong_kinds(graph: Graph, axioms: Iterable[Axiom]) -> None:
    """Without a kind a property loses its axioms; a class that is a thing is two things here."""
    declared = read_declarations(graph)
    entities = used(axioms, data_properties=declared.data_properties)
    for kind, properties, known in (
        ("ObjectProperty", entities.object_properties, declared.object_properties),
        ("DatatypeProperty", entities.data_properties, declared.data_properties),
    ):
        for role in sorted(properties - known):
            raise BuildError(f"<{role}> is used as an owl:{kind} and not declared as one.")
    for individual in sorted(entities.individuals & declared.classes):
        raise NotHornError(f"<{individual}> is used in two roles: a class and an individual.")


def _refuse_other_axioms(graph: Graph) -> None:
    for node, said in graph.items():
        for each in (*said.get(RDF.type, ()), *said):
            if each in _REFUSED_TYPES or each in _REFUSED_LINKS:
                raise _not_horn(node, f"owl:{str(each).rpartition('#')[2]}")


def _not_horn(node: Term | None, construct: str) -> NotHornError:
    place = "" if node is None else f"{node.n3()}: "
    return NotHornError(f"{place}the case rules cannot carry {construct}.")


# ── Class expressions ───────────────────────────────────────────────────────────────────────


def read_expression(graph: Graph, node: Term, *, within: Term | None = None) -> Expression:
    """The class expression at a node; `within` is what the message of a refusal names."""
    if isinstance(node, IRI):
        return _named(node)
    said = graph.about(node)
    for construct in _REFUSED_EXPRESSIONS:
        if construct in said:
            raise _not_horn(within, f"owl:{construct.rpartition('#')[2]}")
    if _ON_PROPERTY in said:
        return _read_restriction(graph, node, within)
    for construct, join in _JOINED.items():
        if (head := graph.value(node, construct)) is not None:
            members = graph.members(head)
            return join([read_expression(graph, each, within=within) for each in members])
    raise _not_horn(within, "an anonymous class that is no restriction, intersection or union")


def _read_restriction(graph: Graph, node: Term, within: Term | None) -> Expression:
    role = graph.value(node, _ON_PROPERTY)
    if not isinstance(role, IRI):
        raise _not_horn(within, "owl:inverseOf inside a restriction")
    individual = graph.value(node, _HAS_VALUE)
    if isinstance(individual, IRI):
        return Value(str(role), str(individual))
    if individual is not None:
        written = individual.n3()
        raise _not_horn(within, f"owl:hasValue with {written}, which is no named individual")
    filler = graph.value(node, _SOME_VALUES)
    if filler is None:
        raise _not_horn(within, f"a restriction on <{role}> of an unknown kind")
    if _is_datatype(graph, filler):
        return Facet(str(role), _read_interval(graph, filler, within))
    return Some(str(role), read_expression(graph, filler, within=within))


def _is_datatype(graph: Graph, node: Term) -> bool:
    if _DATATYPE in graph.objects(node, RDF.type):
        return True
    return (
        node.startswith(XSD.decimal.removesuffix("decimal"))
        if isinstance(node, IRI)
        else _ON_DATATYPE in graph.about(node)
    )


def _read_interval(graph: Graph, node: Term, within: Term | None) -> Interval:
    if node == XSD.decimal:
        return Interval()
    if graph.value(node, _ON_DATATYPE) != XSD.decimal:
        shown = node.n3() if isinstance(node, IRI) else "a restriction of another datatype"
        raise _not_horn(within, f"{shown}; only xsd:decimal carries facets here")
    interval = Interval()
    head = graph.value(node, _FACETS)
    for facet in () if head is None else graph.members(head):
        for predicate, bounds in graph.about(facet).items():
            for bound in bounds:
                interval = interval.intersection(_read_bound(predicate, bound, within))
    return interval


def _read_bound(predicate: IRI, bound: Term, within: Term | None) -> Interval:
    if predicate not in _BOUNDS:
        raise _not_horn(within, f"the facet {predicate.n3()}")
    if not isinstance(bound, Literal) or bound.datatype not in (XSD.decimal, XSD.integer):
        raise _not_horn(within, f"the bound {text_of(bound)}, which is no xsd:decimal")
    try:
        value = Decimal(bound.value)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise _not_horn(within, f"the bound {text_of(bound)}, which is no number")
    return Interval(**{_BOUNDS[predicate]: value})
