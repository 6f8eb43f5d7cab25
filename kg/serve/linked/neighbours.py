"""What a term is joined to, for the picture of it: kinds, relations, and what statements say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.model.statements import short_id
from kg.model.vocabulary import BASE, IRI, OWL, PROV, RDFS, BlankNode, Literal, Term, eg
from kg.pages.pictures.graph import Graph
from kg.pages.pictures.neighbourhood import Neighbour, neighbourhood_graph
from kg.pages.values import path_of
from kg.serve.linked.links import property_name
from kg.serve.linked.taxonomy import Taxonomy
from kg.serve.linked.view import View

_SUBJECT, _PREDICATE, _OBJECT = map(eg, ("subject", "predicate", "object"))
_IS_A: Final = "is a kind of"

Joined = tuple[str, Term]
"""A relation, and what it is to."""


def term_graph(view: View, taxonomy: Taxonomy, iri: IRI) -> Graph | None:
    """The picture of a term among what it is joined to, to be drawn by `graph_picture`.

    Left of it stand its narrower terms and what statements say leads to it, right of it its wider
    terms, what its definition points at, and what statements say it leads to.
    """
    before = [(_IS_A, each) for each in taxonomy.children(iri)]
    said = [*_said(view, iri, here=_SUBJECT, there=_OBJECT)]
    stated = {each.path for each in said if each.path}  # a statement says more than its axiom
    after = [each for each in _plain(view, _wider(view, taxonomy, iri)) if each.path not in stated]
    return neighbourhood_graph(
        view.name(iri),
        [*_plain(view, before), *_said(view, iri, here=_OBJECT, there=_SUBJECT)],
        [*after, *said],
    )


def _plain(view: View, found: Iterable[Joined]) -> Iterator[Neighbour]:
    """Relations of the ontology, the name of each term with its page."""
    for relation, term in dict.fromkeys(found):
        yield Neighbour(relation, *_name(view, term))


def _name(view: View, term: Term) -> tuple[str, str | None]:
    """What something is called, and its page."""
    if isinstance(term, Literal):
        return term.value, None
    own = isinstance(term, IRI) and term.startswith(BASE)
    return view.name(term), path_of(str(term)) if own else None


# ── What the ontology says ──────────────────────────────────────────────────────────────────


def _wider(view: View, taxonomy: Taxonomy, iri: IRI) -> Iterator[Joined]:
    """The nearest wider terms; a class that is made of a value stands for that relation."""
    for each in taxonomy.parents(iri):
        yield _IS_A, each
    for each in view.iris(iri, RDFS.subClassOf):
        yield from _made(view, each)


def _made(view: View, iri: IRI) -> Iterator[Joined]:
    """The relation that a class is defined by, such as `supported by` a finding."""
    for meant in view.values(iri, OWL.equivalentClass):
        if isinstance(meant, BlankNode):
            role, value = view.iri(meant, OWL.onProperty), view.iri(meant, OWL.hasValue)
            if role and value:
                yield property_name(view, role), value


# ── What statements say ─────────────────────────────────────────────────────────────────────


def _said(view: View, iri: IRI, here: IRI, there: IRI) -> Iterator[Neighbour]:
    """The other end of each statement about a term, with the statements that say the same."""
    found: dict[Joined, list[tuple[str, str]]] = {}
    for each in view.subjects(here, iri):
        relation, other = view.iri(each, _PREDICATE), view.value(each, there)
        if relation and other and not view.values(each, PROV.wasInvalidatedBy):
            key = property_name(view, relation), other
            found.setdefault(key, []).append((short_id(each), view.name(each)))
    for (word, other), ids in sorted(found.items(), key=lambda item: -len(item[1])):
        yield Neighbour(word, *_name(view, other), tuple(ids))
