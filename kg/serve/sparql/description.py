"""The description of a running endpoint (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kg.model.rdf import Triple, write_graph
from kg.model.vocabulary import BASE, IRI, Literal, Term, expand, number
from kg.serve.http.negotiation import ResultForm
from kg.serve.http.responses import PUBLIC, Reply, etag_of
from kg.serve.state import AppState

_FORMATS: Final = "http://www.w3.org/ns/formats/"
_RESULT_FORMATS: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "N-Quads", "TriG",
)  # fmt: skip
"""Names of https://www.w3.org/ns/formats/"""


def describe_service(state: AppState, form: ResultForm) -> Reply:
    """The description of a running server, in the form that is asked for."""
    sizes, limits = state.settings.sizes, state.settings.limits
    text = (
        f"A query is stopped after {sizes.deadline:g} s and may hold {limits.query_bytes} bytes; "
        f"a result holds at most {limits.result_rows} rows and {limits.result_bytes} bytes, "
        "and is sent whole or not at all. SERVICE and SPARQL Update are off. "
        f"Prefixes of {BASE} need no declaration."
    )
    described = IRI(state.endpoint), text, state.version, state.graphs.now.sizes
    return Reply(
        _write_description(*described, form.media_type),
        form.content_type,
        etag=etag_of(*described, form.content_type),
        cache=PUBLIC,
        headers=(("Graph-Version", state.version),),
        vary=("Accept",),
    )


@lru_cache(maxsize=32)
def _write_description(
    endpoint: IRI, limits: str, version: str, sizes: tuple[tuple[IRI, int], ...], media_type: str
) -> bytes:
    """The description as a graph; everything in it has an IRI."""
    service, dataset, default = (
        IRI(f"{endpoint}#{name}") for name in ("service", "dataset", "default-graph")
    )
    rows: list[tuple[IRI, str, Term]] = [
        (service, "rdf:type", expand("sd:Service")),
        (service, "rdfs:label", Literal("Etiograph SPARQL endpoint")),
        (service, "rdfs:comment", Literal(limits)),
        (service, "sd:endpoint", endpoint),
        (service, "sd:supportedLanguage", expand("sd:SPARQL11Query")),
        (service, "sd:feature", expand("sd:UnionDefaultGraph")),
        *((service, "sd:resultFormat", IRI(_FORMATS + name)) for name in _RESULT_FORMATS),
        (service, "sd:defaultDataset", dataset),
        (dataset, "rdf:type", expand("sd:Dataset")),
        (dataset, "dcterms:hasVersion", Literal(version)),
        (dataset, "sd:defaultGraph", default),
        (default, "rdf:type", expand("sd:Graph")),
    ]
    for position, (name, count) in enumerate(sizes, 1):
        named, graph = IRI(f"{endpoint}#named-{position}"), IRI(f"{endpoint}#graph-{position}")
        rows += [
            (dataset, "sd:namedGraph", named),
            (named, "rdf:type", expand("sd:NamedGraph")),
            (named, "sd:name", name),
            (named, "sd:graph", graph),
            (graph, "rdf:type", expand("sd:Graph")),
            (graph, "void:triples", number(str(count))),
        ]
    return write_graph((Triple(s, expand(p), o) for s, p, o in rows), media_type)
