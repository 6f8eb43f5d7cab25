"""Where the server itself has what the description of the dataset names.

The graph names the endpoint and the dumps of the address that it is published under, wherever it
is served. What the server sends names its own beside them, so that whoever reads it there is not
sent away. The graph in the store stays as it was built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.model.rdf import Triple
from kg.model.vocabulary import BASE, IRI, RDF_TYPE, Literal, expand
from kg.serve.linked.dumps import MEDIA_TYPES
from kg.serve.linked.finding import DATASET, VOID
from kg.serve.linked.overviews import Reached
from kg.serve.linked.view import View

_ENDPOINT: Final = expand("void:sparqlEndpoint")
_DUMP: Final = expand("void:dataDump")
_TELLING: Final = frozenset(
    (_ENDPOINT, _DUMP, expand("schema:target"), IRI("http://www.w3.org/ns/dcat#downloadURL"))
)
"""The properties whose value is a place to go to."""
_PLACES: Final = frozenset(
    f"{BASE}{path}" for path in ("sparql", *(f"dumps/{n}" for n in MEDIA_TYPES))
)


def with_own_places(triples: Iterable[Triple], view: View, reached: Reached) -> Iterator[Triple]:
    """The triples, and after each that names an endpoint or a dump the same with the server's."""
    is_elsewhere = f"{reached.url}/" != view.base
    for each in triples:
        yield each
        if is_elsewhere and each.predicate in _TELLING and each.object in _PLACES:
            own = IRI(f"{reached.url}/{str(each.object).removeprefix(BASE)}")
            yield Triple(each.subject, each.predicate, own)


def in_short(view: View, reached: Reached) -> tuple[Triple, ...]:
    """What can be said of a graph that does not describe itself."""
    dumps = (name for name in MEDIA_TYPES if view.documents or not name.endswith(".owl"))
    return (
        Triple(VOID, RDF_TYPE, expand("void:DatasetDescription")),
        Triple(VOID, expand("foaf:primaryTopic"), DATASET),
        Triple(DATASET, RDF_TYPE, expand("void:Dataset")),
        Triple(DATASET, expand("dcterms:hasVersion"), Literal(reached.version)),
        Triple(DATASET, expand("void:uriSpace"), Literal(view.base)),
        Triple(DATASET, _ENDPOINT, IRI(f"{reached.url}/sparql")),
        *(Triple(DATASET, _DUMP, IRI(f"{reached.url}/dumps/{name}")) for name in dumps),
    )
