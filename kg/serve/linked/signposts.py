"""What a robot is told of a page before it reads it (https://signposting.org/FAIR/).

How the thing is cited, what kind of thing it is, whose word it is, under which licence, and which
dataset it belongs to; of the front page, which files hold all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.model.vocabulary import IRI, PREFIXES, RDF_TYPE, ROOT_ONTOLOGY, expand
from kg.serve.linked.resolver import DATASET, DUMPS, Kind, Reached, Resolved
from kg.serve.linked.view import View

_LICENCE: Final = expand("dcterms:license")
_AUTHOR: Final = expand("prov:wasAttributedTo")
_CITED: Final = frozenset({Kind.TERM, Kind.ONTOLOGY})


def signposts(view: View, found: Resolved, reached: Reached) -> list[tuple[str, str]]:
    """Each relation with the address that it leads to."""
    return [*_of_thing(view, found), *_of_all(view, found, reached)]


def _of_thing(view: View, found: Resolved) -> Iterator[tuple[str, str]]:
    if found.kind in _CITED:
        yield "cite-as", view.published(found.iri)
        yield "collection", view.published(DATASET)
    for said in view.in_other_words(found.iri):
        if not isinstance(said.object, IRI):
            continue
        if said.predicate == RDF_TYPE and said.object.startswith(PREFIXES["schema"]):
            yield "type", said.object
        if said.predicate == _AUTHOR:
            yield "author", view.published(said.object)


def _of_all(view: View, found: Resolved, reached: Reached) -> Iterator[tuple[str, str]]:
    licence = view.value(ROOT_ONTOLOGY, _LICENCE)
    if isinstance(licence, IRI):
        yield "license", licence
    if found.kind is Kind.FRONT:
        yield "type", expand("schema:Dataset")
        yield from (("item", f"{reached.url}/dumps/{name}") for name in DUMPS)
