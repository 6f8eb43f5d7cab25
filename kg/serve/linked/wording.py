"""Class expressions and axioms of the graph in words, each name leading to its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from kg.model.rdf import Graph, Triple
from kg.model.vocabulary import EG, IRI, OWL, OWL_ANNOTATED, RDF, RDFS, BlankNode, Literal, Term
from kg.pages.values import Link, Phrase, joined, path_of, phrase
from kg.reasoning.expressions import (
    And,
    Expression,
    Facet,
    Named,
    Or,
    Some,
    Value,
    quote,
    read_node,
    walk,
    write_expression,
)
from kg.reasoning.intervals import Interval, plain
from kg.serve.linked.links import link_to
from kg.serve.linked.view import View, close

KIND_OF: Final = "is a kind of"
_VERBS: Final = {
    RDFS.subClassOf: "SubClassOf",
    OWL.equivalentClass: "EquivalentTo",
    OWL.disjointWith: "DisjointWith",
    RDFS.subPropertyOf: "SubPropertyOf",
    OWL.inverseOf: "InverseOf",
    RDFS.domain: "Domain",
    RDFS.range: "Range",
}
"""What the properties that relate terms are in Manchester syntax."""
TOLD: Final = tuple(_VERBS)
"""The properties whose values on a term are axioms."""
_MEANT: Final = {
    "EquivalentTo": "means",
    "SubClassOf": KIND_OF,
    "DisjointWith": "is never",
    "SubPropertyOf": "implies",
    "InverseOf": "is the reverse of",
    "Domain": "is said of",
    "Range": "leads to",
    "Type": "is a",
}
"""How an axiom in Manchester syntax reads aloud."""
_ASKED: Final = re.compile(r"('[^']*'|[^\s(']+) (?:some|value) ")
"""A property before what is asked of it."""
_BOUNDS: Final = {
    "at_least": "at least", "above": "above", "at_most": "at most", "below": "below",
}  # fmt: skip
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rule:
    """An axiom that statements or background carry, in words."""

    iri: IRI | None
    """Of its record; None in a graph that keeps none."""
    about: Phrase
    """What it is said of."""
    verb: str
    """How what is said is related to it, as the property is called."""
    says: Phrase
    text: str
    """The same in Manchester syntax."""
    evidence: tuple[IRI, ...]
    """Each of them carries it alone."""
    corroboration: tuple[IRI, ...]
    counter: tuple[IRI, ...]
    """The statements that deny it."""
    uses: frozenset[str]
    """The terms that stand in it, and in what it says by definition."""

    @property
    def sentence(self) -> Phrase:
        """The rule as one sentence."""
        return (*self.about, Link(f" — {self.verb} — "), *self.says)


def axiom_records(view: View) -> dict[str, IRI]:
    """The record of each axiom by its text in Manchester syntax."""
    return {
        view.text(each, EG.axiomText): each
        for each in view.subjects(RDF.type, EG.AxiomRecord, _MOST)
    }


def read_rules(view: View, records: Mapping[str, IRI]) -> tuple[Rule, ...]:
    """Every axiom of a graph with evidence, in the order of what they say."""
    nodes = (each.subject for each in view.pointing(OWL.Axiom, RDF.type, most=_MOST))
    found = (_rule(view, node, records) for node in nodes if view.values(node, EG.evidence))
    return tuple(sorted(filter(None, found), key=lambda each: (each.verb, each.text)))


def told_of(view: View, iri: IRI, records: Mapping[str, IRI]) -> tuple[Rule, ...]:
    """The axioms that are told of a term and not inferred, those with evidence first."""
    nodes = (each.subject for each in view.pointing(iri, OWL.annotatedSource))
    noted = [_rule(view, node, records) for node in nodes]
    said = [e for e in view.about(iri) if e.predicate in _VERBS and not view.is_inferred(e)]
    bare = [_axiom(view, each, None, records) for each in said]
    found: dict[str, Rule] = {}
    for each in (*filter(None, noted), *bare):
        if each.text not in found or len(each.evidence) > len(found[each.text].evidence):
            found[each.text] = each
    return tuple(sorted(found.values(), key=lambda each: (not each.evidence, each.verb, each.text)))


def _rule(view: View, node: IRI | BlankNode, records: Mapping[str, IRI]) -> Rule | None:
    source, relation, target = (view.value(node, each) for each in OWL_ANNOTATED)
    if source is None or isinstance(source, Literal):
        return None
    if target is None or not isinstance(relation, IRI):
        return None
    return _axiom(view, Triple(source, relation, target), node, records)


def _axiom(
    view: View, said: Triple, node: IRI | BlankNode | None, records: Mapping[str, IRI]
) -> Rule:
    """An axiom with what its annotation says of it, where it has one."""
    source, relation, target = said
    graph = _graph_of(view, (source, target))
    left, right = read_node(graph, source), read_node(graph, target)
    meant = definition(view, target) if isinstance(right, Named) else right
    text = f"{_manchester(view, left)} {_verb(view, relation)} {_manchester(view, right)}"
    value = meant if isinstance(meant, Value) else None
    verb = link_to(view, IRI(value.property)).text if value else KIND_OF
    says = (_named(view, value.individual),) if value else words(view, right)
    parts = (left, right, *([meant] if meant else []))
    return Rule(
        records.get(text),
        words(view, left),
        verb if relation == RDFS.subClassOf else _MEANT.get(_verb(view, relation), "implies"),
        says,
        text,
        evidence=_noted(view, node, EG.evidence),
        corroboration=_noted(view, node, EG.corroboration),
        counter=_noted(view, node, EG.counterEvidence),
        uses=frozenset(chain.from_iterable(map(mentions, parts))),
    )


def _noted(view: View, node: IRI | BlankNode | None, predicate: IRI) -> tuple[IRI, ...]:
    return () if node is None else tuple(view.iris(node, predicate))


def axiom_words(view: View, axiom: IRI) -> Phrase:
    """An axiom that defines terms in words; its verb leads to its page."""
    text = view.text(axiom, EG.axiomText)
    for written, meant in _MEANT.items():
        left, found, right = text.partition(f" {written} ")
        if found:
            verb = Link(meant, path=path_of(axiom))
            return phrase(_unquoted(left), " — ", verb, " — ", _unquoted(right))
    return (link_to(view, axiom),)


def _unquoted(text: str) -> str:
    """Manchester syntax without quotes around names and types before limits."""
    asked = _ASKED.sub(r"\1: ", text.replace("some xsd:decimal[", "some ["))
    return asked.replace("'", "")


def definition(view: View, term: Term) -> Expression | None:
    """What a class is defined as, where it is; of several the first."""
    if not isinstance(term, IRI):
        return None
    for node in view.values(term, OWL.equivalentClass):
        found = read_node(_graph_of(view, [node]), node)
        if isinstance(node, BlankNode) and found != Named(node.n3()):
            return found
    return None


def mentions(expression: Expression) -> Iterator[str]:
    """The classes, properties and individuals in an expression."""
    for part in walk(expression):
        match part:
            case Named(iri):
                yield iri
            case Some(role, _) | Facet(role, _):
                yield role
            case Value(role, individual):
                yield from (role, individual)


def words(view: View, expression: Expression) -> Phrase:
    """An expression as people say it: names, with what is asked of them in brackets."""
    match expression:
        case Named(iri):
            return (_named(view, iri),)
        case And(parts):
            return _conjunction(view, parts)
        case Or(parts):
            return joined((words(view, each) for each in parts), " or ")
        case _:
            return phrase("anything (", *_restriction(view, expression), ")")


def _conjunction(view: View, parts: Iterable[Expression]) -> Phrase:
    every = tuple(parts)
    named = [words(view, each) for each in every if not isinstance(each, Some | Value | Facet)]
    asked = [_restriction(view, each) for each in every if isinstance(each, Some | Value | Facet)]
    kinds = joined(named, " and ") or phrase("anything")
    return (*kinds, *phrase(" ("), *joined(asked, "; "), *phrase(")")) if asked else kinds


def _restriction(view: View, expression: Expression) -> Phrase:
    match expression:
        case Some(role, filler):
            return (_named(view, role), *phrase(": "), *words(view, filler))
        case Value(role, individual):
            return phrase(_named(view, role), ": ", _named(view, individual))
        case Facet(role, interval):
            return phrase(_named(view, role), f": {_bounds(interval)}")
    return words(view, expression)


def _bounds(interval: Interval) -> str:
    given = ((word, getattr(interval, name)) for name, word in _BOUNDS.items())
    return " and ".join(f"{word} {plain(value)}" for word, value in given if value is not None)


def _named(view: View, iri: str) -> Link:
    return Link("something") if iri.startswith("_:") else link_to(view, IRI(iri))


def _manchester(view: View, expression: Expression) -> str:
    """An expression under the labels of its terms, as the text of an axiom has them."""

    def label(iri: str) -> str:
        return view.text(IRI(iri), RDFS.label) or _named(view, iri).text

    return write_expression(expression, lambda iri: quote(label(iri)))


def _verb(view: View, relation: IRI) -> str:
    return _VERBS.get(relation) or link_to(view, relation).text


def _graph_of(view: View, nodes: Iterable[Term]) -> Graph:
    return Graph(close(view, [each for each in nodes if isinstance(each, BlankNode)]))
