"""What the endpoint says of itself, as a graph: SPARQL 1.1 Service Description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.model.rdf import Triple, write_graph
from kg.model.vocabulary import BASE, IRI, RDF_TYPE, RDFS_LABEL, XSD_INTEGER, Literal, expand
from kg.serve.formats import Sent
from kg.serve.replies import PUBLIC, Reply, etag_of
from kg.serve.site import Site

_FORMATS: Final = "http://www.w3.org/ns/formats/"
_RESULT_FORMATS: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "N-Quads", "TriG",
)  # fmt: skip
"""Names of https://www.w3.org/ns/formats/"""


@dataclass(frozen=True, slots=True)
class Service:
    """What an endpoint says of itself."""

    endpoint: IRI
    version: str
    graphs: tuple[tuple[IRI, int], ...]
    limits: str

    @property
    def triples(self) -> tuple[Triple, ...]:
        """The description as a graph; everything in it has an IRI."""
        return (*self._service(), *self._dataset())

    def _service(self) -> Iterator[Triple]:
        service, dataset = self._part("service"), self._part("dataset")
        yield Triple(service, RDF_TYPE, expand("sd:Service"))
        yield Triple(service, RDFS_LABEL, Literal("Etiograph SPARQL endpoint"))
        yield Triple(service, expand("rdfs:comment"), Literal(self.limits))
        yield Triple(service, expand("sd:endpoint"), self.endpoint)
        yield Triple(service, expand("sd:supportedLanguage"), expand("sd:SPARQL11Query"))
        yield Triple(service, expand("sd:feature"), expand("sd:UnionDefaultGraph"))
        for name in _RESULT_FORMATS:
            yield Triple(service, expand("sd:resultFormat"), IRI(_FORMATS + name))
        yield Triple(service, expand("sd:defaultDataset"), dataset)

    def _dataset(self) -> Iterator[Triple]:
        dataset, default = self._part("dataset"), self._part("default-graph")
        yield Triple(dataset, RDF_TYPE, expand("sd:Dataset"))
        yield Triple(dataset, expand("dcterms:hasVersion"), Literal(self.version))
        yield Triple(dataset, expand("sd:defaultGraph"), default)
        yield Triple(default, RDF_TYPE, expand("sd:Graph"))
        for number, (name, count) in enumerate(self.graphs, 1):
            named, graph = self._part(f"named-{number}"), self._part(f"graph-{number}")
            yield Triple(dataset, expand("sd:namedGraph"), named)
            yield Triple(named, RDF_TYPE, expand("sd:NamedGraph"))
            yield Triple(named, expand("sd:name"), name)
            yield Triple(named, expand("sd:graph"), graph)
            yield Triple(graph, RDF_TYPE, expand("sd:Graph"))
            yield Triple(graph, expand("void:triples"), Literal(str(count), XSD_INTEGER))

    def _part(self, name: str) -> IRI:
        return IRI(f"{self.endpoint}#{name}")


def service_of(site: Site) -> Service:
    """The description of a running server."""
    serving = site.graphs.now
    sizes, limits = site.settings.sizes, site.settings.limits
    text = (
        f"A query is stopped after {sizes.deadline:g} s and may hold {limits.query_bytes} bytes; "
        f"a result holds at most {limits.result_rows} rows and {limits.result_bytes} bytes, "
        "and is sent whole or not at all. SERVICE and SPARQL Update are off. "
        f"Prefixes of {BASE} need no declaration."
    )
    return Service(IRI(site.endpoint), serving.version, serving.graphs, text)


def description_reply(site: Site, sent: Sent) -> Reply:
    """The description in the format that is asked for."""
    service = service_of(site)
    return Reply(
        _written(service, sent.written),
        sent.content_type,
        etag=etag_of(service, sent.content_type),
        cache=PUBLIC,
        headers=(("Graph-Version", service.version),),
        vary=("Accept",),
    )


@lru_cache(maxsize=32)
def _written(service: Service, media_type: str) -> bytes:
    return write_graph(service.triples, media_type)
