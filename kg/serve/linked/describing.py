"""The description of a resource as triples: what is said of it, closed, and what points at it.

Blank nodes are followed until everything has a name (a concise bounded description). The
annotations of the axioms that it is the subject of are there, and why it was withdrawn. Of the
links to it there are only so many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.model.rdf import Triple
from kg.model.vocabulary import (
    IRI,
    OWL_ANNOTATED_SOURCE,
    PROV_WAS_INVALIDATED_BY,
    RDF_TYPE,
    RDFS_LABEL,
    BlankNode,
)
from kg.serve.linked.view import View

MOST_INCOMING: Final = 250
"""Triples that point at a resource, of those that are given with it."""
_MOST: Final = 50_000


def description(view: View, iri: IRI) -> tuple[Triple, ...]:
    """Everything that a reader of one resource is given."""
    annotations = (each.subject for each in view.pointing(iri, OWL_ANNOTATED_SOURCE))
    withdrawals = (
        each for each in view.values(iri, PROV_WAS_INVALIDATED_BY) if isinstance(each, IRI)
    )
    found = dict.fromkeys(closed(view, [iri, *annotations, *withdrawals]))
    found |= dict.fromkeys(incoming(view, iri))
    return tuple(found)


def incoming(view: View, iri: IRI) -> list[Triple]:
    """The triples by which things with a name point at a resource, as many as are given."""
    pointing = view.pointing(iri, most=4 * MOST_INCOMING)
    return [each for each in pointing if isinstance(each.subject, IRI)][:MOST_INCOMING]


def listing(view: View, members: Iterable[IRI]) -> tuple[Triple, ...]:
    """The name and the kinds of each of many resources."""
    return tuple(
        triple
        for member in members
        for triple in view.about(member)
        if triple.predicate in (RDF_TYPE, RDFS_LABEL)
    )


def closed(view: View, nodes: Iterable[IRI | BlankNode]) -> Iterator[Triple]:
    """What is said of some nodes, and of every blank node that is reached from them."""
    waiting = list(nodes)
    seen = set(waiting)
    count = 0
    while waiting and count < _MOST:
        for triple in view.about(waiting.pop(0)):
            count += 1
            yield triple
            if isinstance(triple.object, BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
